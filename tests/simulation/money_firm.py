"""A firm of one consultant, one project and one contract, small enough to check by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from simulation.events import (
    AttributeRow,
    CalendarDay,
    Customer,
    Employment,
    Firm,
    FxRate,
    LegalEntity,
    Person,
    Practice,
    ProjectVersion,
    TimeEntry,
)
from simulation.money_events import (
    BillingEvent,
    Contract,
    ContractLine,
    Invoice,
    InvoiceLine,
    RateCard,
    RevenueLine,
)
from simulation.truth_facts import Ground

APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)
END = date(2026, 6, 30)


def money_firm(currency: str = "USD", contract_type: str = "time_and_materials", **line: object) -> Firm:
    """Entity E1 with that functional currency; contract K-1 with line K-1-1 from April to June 2026."""
    firm = Firm("hand", 0, APRIL, END)
    firm.legal_entities = [LegalEntity("E1", "Entity", currency, "US", "Americas", 1, None, "US_GAAP")]
    firm.practices = [Practice("A", "Alpha", None), Practice("B", "Beta", None)]
    firm.calendar_days = [CalendarDay("C", weekday, Decimal(8), True, "Week") for weekday in range(1, 6)]
    firm.people = [Person("E-1", "Consultant 0001", "1", "consultant@firm.example", "U-1")]
    firm.employments = [Employment("E-1-1", "E-1", True, None, date(2020, 1, 1), None)]
    firm.attributes = [
        AttributeRow("E-1-1", name, value, date(2020, 1, 1), None)
        for name, value in (
            ("legal_entity", "E1"), ("practice", "A"), ("role", "Consultant"), ("calendar", "C"),
        )
    ]  # fmt: skip
    firm.customers = [Customer("C-1", "Customer 0001", "101", "linked", None, "US", "Public")]
    firm.projects = [
        ProjectVersion("P-1", "Engagement", "C-1", "A", "E1", "client", True, currency, "active")
    ]
    firm.money.contracts = [
        Contract("K-1", "C-1", "Agreement", None, "E1", currency, "active", APRIL, APRIL, END)
    ]
    add_line(firm, 1, contract_type, **line)
    return firm


def add_line(firm: Firm, number: int, contract_type: str, **changes: object) -> None:
    values: dict[str, object] = {
        "contract_line_id": f"K-1-{number}", "line_version": 1, "contract_id": "K-1", "project_id": "P-1",
        "line_name": "Line", "contract_type": contract_type, "currency": firm.money.contracts[0].currency,
        "start_date": APRIL, "end_date": END, "signed_at": APRIL, "valid_from": APRIL,
    }  # fmt: skip
    values.update(changes)
    firm.money.contract_lines.append(ContractLine(**values))  # type: ignore[arg-type]


def add_rate(firm: Firm, rate: str, scope: str = "firm", scope_id: str | None = None, **more: object) -> None:
    number = f"RC-{len(firm.money.rate_cards) + 1}"
    rate_type = str(more.pop("rate_type", "bill"))
    currency = str(more.pop("currency", firm.money.contracts[0].currency))
    firm.money.rate_cards.append(
        RateCard(number, rate_type, scope, scope_id, Decimal(rate), currency, **more)  # type: ignore[arg-type]
    )


def work(firm: Firm, day: date, hours: str, approved: date | None = None, **changes: object) -> str:
    """One entry; returns its id. Approved on the same day unless said otherwise."""
    entry_id = f"TE-{len(firm.time_entries) + 1:03d}"
    plain = TimeEntry(
        entry_id, "E-1", None, "P-1", None, day, Decimal(hours), "approved", True, None, None, day,
        approved or day, False,
    )  # fmt: skip
    firm.time_entries.append(plain._replace(**changes))
    return entry_id


def bill(
    firm: Firm,
    invoice_id: str,
    posted: date | None,
    amount: str,
    entries: tuple[str, ...] = (),
    kind: str = "invoice",
    line_kind: str = "time",
    line_id: str = "K-1-1",
    reverses: str | None = None,
    reason: str | None = None,
) -> None:
    """An invoice of one line; without a posting date it is a draft."""
    contract = firm.money.contracts[0]
    net = Decimal(amount)
    firm.money.invoices.append(
        Invoice(
            invoice_id, "E1", "101", "K-1", kind, "posted" if posted else "draft", posted or END, posted, None,
            contract.currency, net, Decimal(0), net, reverses, None, reason,
        )
    )  # fmt: skip
    firm.money.invoice_lines.append(
        InvoiceLine(
            f"{invoice_id}-1", invoice_id, 1, line_id, "P-1", line_kind, None, net, Decimal(0), "4000"
        )
    )
    for entry_id in entries:
        firm.money.billing_events.append(
            BillingEvent(
                f"B-{len(firm.money.billing_events) + 1}", line_kind, line_id, "P-1", net, contract.currency,
                "invoiced", time_entry_id=entry_id, invoice_id=invoice_id, invoice_line_id=f"{invoice_id}-1",
            )
        )  # fmt: skip


def recognize(firm: Firm, posted: date, amount: str, line_id: str = "K-1-1") -> None:
    month = posted.replace(day=1)
    firm.money.revenue_lines.append(
        RevenueLine(
            f"RS-{len(firm.money.revenue_lines) + 1}", line_id, "P-1", "E1", month, posted, Decimal(amount),
            Decimal(amount), firm.money.contracts[0].currency, posted, "J", "posted",
        )
    )  # fmt: skip


def quote_rate(firm: Firm, source: str, target: str, rate_type: str, day: date, rate: str) -> None:
    firm.fx_rates.append(FxRate(source, target, rate_type, day, Decimal(rate)))


def ground(firm: Firm) -> Ground:
    return Ground(firm)
