"""Sums over the breaks of the published version, so that no client adds them up in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tieout import published_rows
from tieout.metrics_types import Cell, Filter
from tieout.serving import OpenVersion

TABLE = "reconciliation.rec_break"
RESULTS = "reconciliation.rec_check_result"
# Business days from the event, as the columns of an ageing: the first bound that holds.
AGE_BANDS = ((5, "0 to 5"), (20, "6 to 20"), (60, "21 to 60"), (None, "over 60"))

# Breaks in the order in which people work on them: most money first.
BREAK_ORDER = ("-headline_reporting", "-primary_reporting", "-severity_order", "event_date", "break_id")


@dataclass(frozen=True)
class BreakTotals:
    """Breaks that fit, and their money in reporting currency.

    `headline` is money that leaks or waits, each transaction once; `misstated` and `exposed` are what breaks of those
    kinds claim, each transaction once within its kind, and never part of the headline. `unpriced` breaks have no known
    amount. A sum is None where there are breaks of the kind and none has a known amount. `items_tested` and `checks_run` are of the
    checks that were asked for, whatever else the breaks are limited to.
    """

    count: int
    breached: int
    unpriced: int
    items_tested: int
    checks_run: int
    headline: Decimal | None
    leak: Decimal | None
    cash_delay: Decimal | None
    misstated: Decimal | None
    exposed: Decimal | None
    cash_delay_cost: Decimal | None
    currency_code: str | None
    version: str


def totals(opened: OpenVersion, where: Sequence[Filter]) -> BreakTotals:
    """Totals of the breaks that fit. Raises UnknownName and BadFilter."""
    clause, parameters = published_rows.conditions(opened, TABLE, where)
    _, rows = opened.fetch(
        "select count(*),"
        " count(*) filter (where service_level_status = 'breached'),"
        " count(*) filter (where stake_reporting is null),"
        f" {_of('headline_reporting', 'leak', 'cash_delay')},"
        f" {_of('primary_reporting', 'leak')},"
        f" {_of('primary_reporting', 'cash_delay')},"
        f" {_of('primary_reporting', 'misstatement')},"
        f" {_of('primary_reporting', 'exposure')},"
        f" {_of('cash_delay_cost', 'cash_delay')},"
        " max(reporting_currency)"
        f" from {published_rows.relation_of(TABLE)}{clause}",
        parameters,
    )
    checks = [condition for condition in where if condition.name == "check_id"]
    held, values = published_rows.conditions(opened, RESULTS, checks)
    _, looked = opened.fetch(
        "select cast(coalesce(sum(tested), 0) as bigint), count(*) filter (where has_run)"
        f" from {published_rows.relation_of(RESULTS)}{held}",
        values,
    )
    count, breached, unpriced, *sums, currency = rows[0]
    headline, leak, delay, misstated, exposed, cost = (_money(value) for value in sums)
    return BreakTotals(
        count=count,
        breached=breached,
        unpriced=unpriced,
        items_tested=looked[0][0],
        checks_run=looked[0][1],
        headline=headline,
        leak=leak,
        cash_delay=delay,
        misstated=misstated,
        exposed=exposed,
        cash_delay_cost=cost,
        currency_code=currency,
        version=opened.version.id,
    )


def _of(amount: str, *kinds: str) -> str:
    """Sum of the breaks of some kinds: nothing is zero, something without a known amount is null."""
    fits = f"stake_kind in ({', '.join(repr(kind) for kind in kinds)})"
    return f"case when count(*) filter (where {fits}) = 0 then 0 else sum({amount}) filter (where {fits}) end"


def ageing(opened: OpenVersion, by: str, where: Sequence[Filter]) -> list[dict[str, Cell]]:
    """Breaks that fit by a column, kind of stake and age band: count and money claimed, most of a value's money first.

    Raises UnknownName and BadFilter.
    """
    relation = published_rows.resolve(opened, TABLE)
    column = published_rows.quoted(
        published_rows.column_of(relation, published_rows.tables(opened)[relation], by)
    )
    clause, parameters = published_rows.conditions(opened, TABLE, where)
    bands = " ".join(
        f"when age_business_days <= {bound} then '{name}'" for bound, name in AGE_BANDS if bound is not None
    )
    names, rows = opened.fetch(
        f"with banded as (select {column} as name, stake_kind, case {bands} else '{AGE_BANDS[-1][1]}' end as age_band,"
        " primary_reporting, reporting_currency, age_business_days"
        f" from {published_rows.relation_of(TABLE)}{clause})"
        " select name, stake_kind, age_band, count(*) as breaks, sum(primary_reporting) as amount,"
        " max(reporting_currency) as currency,"
        " sum(sum(primary_reporting)) over (partition by name, stake_kind) as total,"
        " cast(sum(count(*)) over (partition by name, stake_kind) as bigint) as total_breaks"
        " from banded group by name, stake_kind, age_band"
        " order by total desc nulls last, name, stake_kind, min(age_business_days)",
        parameters,
    )
    return [
        {
            name: _money(value) if name in ("amount", "total") else value
            for name, value in zip(names, row, strict=True)
        }
        for row in rows
    ]


def _money(value: Any) -> Decimal | None:
    """An amount without the zeros that the column's scale adds beyond cents."""
    if value is None:
        return None
    amount = Decimal(value)
    cents = amount.quantize(Decimal("0.01"))
    return cents if cents == amount else amount
