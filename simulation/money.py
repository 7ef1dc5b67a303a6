"""Adds the money side to a firm whose people, projects and time sheet exist. Draws from random streams of its own."""

from __future__ import annotations

from simulation.assignments import plan_work
from simulation.billing import BillingDesk, spend
from simulation.contracts import sign_contracts
from simulation.events import Firm
from simulation.ledger import buy, keep_books, recognize
from simulation.rate_cards import publish_rates
from simulation.truth_people import People
from simulation.truth_pricing import Book, Pricer
from simulation.window import Window


def add_money(firm: Firm, window: Window) -> None:
    sign_contracts(firm, window)
    publish_rates(firm, window)
    plan_work(firm, window)
    spend(firm, window)
    people, book = People(firm), Book(firm)
    BillingDesk(firm, window, people, book, Pricer(firm, people, book)).run()
    recognize(firm, window, book)
    buy(firm, window)
    keep_books(firm)
