"""Sums over the breaks of the published version, so that no client adds them up in its own way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tieout import published_rows
from tieout.metrics_catalogue import unknown
from tieout.metrics_types import BadFilter, Cell, Filter
from tieout.serving import OpenVersion

TABLE = "reconciliation.rec_break"
RESULTS = "reconciliation.rec_check_result"
# Business days from the event, as the columns of an ageing: the first bound that holds.
AGE_BANDS = ((5, "0 to 5"), (20, "6 to 20"), (60, "21 to 60"), (None, "over 60"))

# Breaks in the order in which people work on them: most money that no earlier cause claims first, whatever its kind, then
# the more severe, then the older. Those without a known amount come last.
BREAK_ORDER = ("-primary_reporting", "-severity_order", "event_date", "break_id")

# What breaks can be grouped by: the columns that tell a group, its name first.
GROUPS = {
    "check": ("check_id", "title"),
    "project": ("project_name", "project_key"),
    "contract": ("contract_id",),
    "customer": ("customer_name",),
    "practice": ("practice_name",),
    "owner": ("owner_team_name", "owner_team"),
}


@dataclass(frozen=True)
class BreakTotals:
    """Breaks that fit, and their money in reporting currency.

    `headline` is money that leaks or waits, each transaction once; `misstated` and `exposed` are what breaks of those
    kinds claim, each transaction once within its kind, and never part of the headline. `headline_leak` and
    `headline_delay` are the parts that it adds up from; `leak` and `cash_delay` are what each kind claims by itself, so
    that a transaction which leaks and waits is in both. `unpriced` breaks have no known amount. A sum is None where there
    are breaks of the kind and none has a known amount. `items_looked_at` (the population), `items_tested` (those that a rule
    has something to say of) and `checks_run` are of the checks that were asked for, whatever else the breaks are limited to.
    """

    count: int
    breached: int
    unpriced: int
    items_looked_at: int
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
    headline_leak: Decimal | None = None
    headline_delay: Decimal | None = None


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
        f" {_of('headline_reporting', 'leak')},"
        f" {_of('headline_reporting', 'cash_delay')},"
        " max(reporting_currency)"
        f" from {published_rows.relation_of(TABLE)}{clause}",
        parameters,
    )
    checks = [condition for condition in where if condition.name == "check_id"]
    held, values = published_rows.conditions(opened, RESULTS, checks)
    _, looked = opened.fetch(
        "select cast(coalesce(sum(population), 0) as bigint), cast(coalesce(sum(tested), 0) as bigint),"
        " count(*) filter (where has_run)"
        f" from {published_rows.relation_of(RESULTS)}{held}",
        values,
    )
    count, breached, unpriced, *sums, currency = rows[0]
    headline, leak, delay, misstated, exposed, cost, leaks, waits = (_money(value) for value in sums)
    return BreakTotals(
        count=count,
        breached=breached,
        unpriced=unpriced,
        items_looked_at=looked[0][0],
        items_tested=looked[0][1],
        checks_run=looked[0][2],
        headline=headline,
        leak=leak,
        cash_delay=delay,
        misstated=misstated,
        exposed=exposed,
        cash_delay_cost=cost,
        currency_code=currency,
        version=opened.version.id,
        headline_leak=leaks,
        headline_delay=waits,
    )


@dataclass(frozen=True)
class BreakGroup:
    """Breaks that share what they are grouped by: `names` as people call it, `keys` as columns of the breaks tell it.

    `headline`, `misstated` and `exposed` are as in BreakTotals and are not added up; None where the group has no break of
    the kind. `counted` is what its breaks claim within their kinds, so that it says something of a group of one kind, such as
    a check. `oldest` is the age of its oldest break in business days. `action` is that of the check that holds most of the
    group's money, of whatever kind, by its largest break; `owner` and `largest` (an id) are of the same break."""

    names: Mapping[str, str]
    keys: Mapping[str, str]
    count: int
    breached: int
    unpriced: int
    headline: Decimal | None
    misstated: Decimal | None
    exposed: Decimal | None
    oldest: int
    owner: str
    action: str
    largest: str
    currency_code: str
    counted: Decimal | None = None


@dataclass(frozen=True)
class BreakGroups:
    """The first groups, most money first whatever its kind, of `total` groups."""

    groups: tuple[BreakGroup, ...]
    total: int
    version: str


def grouped(opened: OpenVersion, by: Sequence[str], where: Sequence[Filter], limit: int) -> BreakGroups:
    """The breaks that fit by check, project, contract, customer, practice or owner, or by several of them: a cause is a
    check in a project. Raises UnknownName and BadFilter."""
    if not by or len(set(by)) < len(by):
        raise BadFilter("Name what to group breaks by, each once.", f"Known: {', '.join(GROUPS)}.")
    for name in by:
        if name not in GROUPS:
            raise unknown("grouping of breaks", name, GROUPS, f"Known: {', '.join(GROUPS)}")
    columns = [column for name in by for column in GROUPS[name]]
    clause, parameters = published_rows.conditions(opened, TABLE, where)
    # what to do first is what heals most, which need not be the largest single break
    order = ", ".join(
        f"{name.removeprefix('-')} {'desc' if name.startswith('-') else 'asc'} nulls last"
        for name in ("-cause_reporting", *BREAK_ORDER)
    )
    _, rows = opened.fetch(
        f"with fitting as (select *, sum(primary_reporting) over (partition by {', '.join(columns)}, check_id)"
        f" as cause_reporting from {published_rows.relation_of(TABLE)}{clause})"
        f" select {', '.join(columns)}, count(*), count(*) filter (where service_level_status = 'breached'),"
        " count(*) filter (where primary_reporting is null),"
        " sum(headline_reporting) filter (where stake_kind in ('leak', 'cash_delay')) as headline,"
        " sum(primary_reporting) filter (where stake_kind = 'misstatement') as misstated,"
        " sum(primary_reporting) filter (where stake_kind = 'exposure') as exposed, sum(primary_reporting),"
        f" max(age_business_days), first(owner_team_name order by {order}), first(action order by {order}),"
        f" first(break_id order by {order}), max(reporting_currency), count(*) over ()"
        f" from fitting group by {', '.join(columns)}"
        " order by greatest(headline, misstated, exposed) desc nulls last, max(severity_order) desc, min(event_date),"
        f" {', '.join(columns)} limit {int(limit)}",
        parameters,
    )
    width = len(columns)
    found = []
    for row in rows:
        told = dict(zip(columns, ("" if value is None else str(value) for value in row[:width]), strict=True))
        count, breached, unpriced, headline, misstated, exposed, claimed, oldest, *words = row[width:-1]
        owner, action, break_id, currency = (str(word) for word in words)
        found.append(
            BreakGroup(
                names={name: told[GROUPS[name][0]] for name in by},
                keys=told,
                count=count,
                breached=breached,
                unpriced=unpriced,
                headline=_money(headline),
                misstated=_money(misstated),
                exposed=_money(exposed),
                oldest=oldest,
                owner=owner,
                action=action,
                largest=break_id,
                currency_code=currency,
                counted=_money(claimed),
            )
        )
    return BreakGroups(tuple(found), rows[0][-1] if rows else 0, opened.version.id)


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
