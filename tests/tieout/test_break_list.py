"""The list of breaks, its groups and the page of one break say of the breaks what the published tables hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tieout import break_list, break_page
from tieout.break_words import money, stake_words
from tieout.check_catalogue import read_checks
from tieout.cli import main
from tieout.metrics_service import BadFilter, Filter, MetricsService, UnknownName

GROUPINGS = ("check", "project", "contract", "customer", "practice", "owner")


@pytest.fixture(scope="module")
def service(published_tiny: Path) -> Iterator[MetricsService]:
    opened = MetricsService.open(published_tiny)
    yield opened
    opened.close()


def breaks(service: MetricsService) -> list[dict[str, object]]:
    return break_list.find(service, (), 100_000)[0]  # type: ignore[return-value]


def test_most_money_stands_first_whatever_its_kind(service: MetricsService) -> None:
    rows = breaks(service)
    amounts = [row["primary_reporting"] for row in rows]
    known = [Decimal(str(amount)) for amount in amounts if amount is not None]
    assert known == sorted(known, reverse=True)
    assert all(amount is None for amount in amounts[len(known) :])
    kinds = [row["stake_kind"] for row in rows[: len(known)]]
    headline = [kind in ("leak", "cash_delay") for kind in kinds]
    assert headline != sorted(headline, reverse=True), "a kind that stands apart is not listed last"


@pytest.mark.parametrize("by", [*((name,) for name in GROUPINGS), ("check", "project")])
def test_groups_are_all_breaks_and_all_their_money(service: MetricsService, by: tuple[str, ...]) -> None:
    found, whole = service.break_groups(by), service.break_totals()
    assert found.total == len(found.groups) > 1
    assert sum(group.count for group in found.groups) == whole.count
    for name in ("headline", "misstated", "exposed"):
        parts = [getattr(group, name) for group in found.groups]
        assert sum((part for part in parts if part is not None), Decimal(0)) == (getattr(whole, name) or 0)
    most = [
        max((amount or Decimal(0)) for amount in (group.headline, group.misstated, group.exposed))
        for group in found.groups
    ]
    assert most == sorted(most, reverse=True)


def test_a_group_is_the_breaks_that_its_keys_choose(service: MetricsService) -> None:
    for group in service.break_groups(("check", "project")).groups[:5]:
        where = [Filter(name, "=", (value,)) for name, value in group.keys.items() if value]
        rows, total = break_list.find(service, where, 100_000)
        assert total == group.count
        assert group.oldest == max(int(str(row["age_business_days"])) for row in rows)
        assert group.largest == rows[0]["break_id"]
        assert group.action == rows[0]["action"]


def test_a_group_is_told_to_do_what_heals_most_of_its_money(service: MetricsService) -> None:
    """The action is that of the check with most money of a team, whatever its kind and whatever the largest break is."""
    for group in service.break_groups(("owner",)).groups:
        where = [Filter("owner_team", "=", (group.keys["owner_team"],))]
        money: dict[str, Decimal] = {}
        actions: dict[str, object] = {}
        for row in break_list.find(service, where, 100_000)[0]:
            check = str(row["check_id"])
            money[check] = money.get(check, Decimal(0)) + Decimal(str(row["primary_reporting"] or 0))
            actions[check] = row["action"]
        assert group.action == actions[max(money, key=lambda check: money[check])], group.names


def test_the_list_its_groups_and_its_foot_tie(
    published_tiny: Path, service: MetricsService, capsys: pytest.CaptureFixture[str]
) -> None:
    """Counted and in the headline: the columns of a check's list add up to what its line, its group and the totals say."""
    for group in service.break_groups(("check",)).groups:
        check = group.keys["check_id"]
        where = [Filter("check_id", "=", (check,))]
        rows, totals = break_list.find(service, where, 100_000)[0], service.break_totals(where)
        listed = {
            name: sum((Decimal(str(row[name] or 0)) for row in rows), Decimal(0))
            for name in ("primary_reporting", "headline_reporting")
        }
        assert listed["primary_reporting"] == (group.counted or 0), check
        assert listed["headline_reporting"] == (group.headline or 0) == (totals.headline or 0), check
        assert main(["--firm", str(published_tiny), "breaks", "--check", check]) == 0
        shown = capsys.readouterr().out
        assert f"{group.count:,} failed: counted {group.counted:,.2f} USD" in shown
        if group.headline is not None and group.headline != group.counted:
            assert f"{group.headline:,.2f} USD of it in the headline" in shown


def test_the_headline_is_the_sum_of_its_parts(
    published_tiny: Path, service: MetricsService, capsys: pytest.CaptureFixture[str]
) -> None:
    totals = service.break_totals()
    parts = (totals.headline_leak, totals.headline_delay)
    assert None not in parts
    assert sum(part for part in parts if part is not None) == totals.headline
    said = f"headline {totals.headline:,.2f} USD (leaks {parts[0]:,.2f}, waits {parts[1]:,.2f})"
    for asked in ([], ["--by", "check"]):
        assert main(["--firm", str(published_tiny), "breaks", *asked]) == 0
        assert said in capsys.readouterr().out


def test_only_what_the_filters_leave_is_said(
    published_tiny: Path, service: MetricsService, capsys: pytest.CaptureFixture[str]
) -> None:
    firm = ["--firm", str(published_tiny), "breaks"]
    for grouping in ([], ["--by", "project"]):
        assert main([*firm, "--check", "R-01", "--owner", "Delivery", *grouping]) == 0
        assert capsys.readouterr().out == (
            "No break fits: check R-01, owner team Delivery. R-01 belongs to Billing.\n"
        )
    assert main([*firm, "--owner", "Integration", "--limit", "1"]) == 0
    shown = capsys.readouterr().out
    owned = {str(row["check_id"]): row["owner_team_name"] for row in breaks(service)}
    said = {check for check in owned if f"\n{check}  " in shown}
    assert said == {check for check, team in owned.items() if team == "Integration"}


def test_a_team_stands_once_in_a_list_of_teams(
    published_tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--firm", str(published_tiny), "breaks", "--by", "owner"]) == 0
    assert capsys.readouterr().out.splitlines()[0].split().count("owner") == 1


def test_a_download_has_the_columns_of_the_page(
    published_tiny: Path, service: MetricsService, capsys: pytest.CaptureFixture[str]
) -> None:
    from dashboard.views.breaks import EXPORT

    assert main(["--firm", str(published_tiny), "breaks", "--limit", "3", "--format", "csv"]) == 0
    head = capsys.readouterr().out.splitlines()[0].split(",")
    page = [*(column.name for column in EXPORT), "currency", "as_of", "filters", "version", "firm"]
    assert [name for name in head if name in page] == [name for name in page if name in head]
    # a stake in words, or as a number with its currency and what else is to be said of it
    assert set(page) ^ set(head) <= {"stake_text", "stake_amount", "stake_currency", "stake_note"}


def test_an_amount_that_is_not_known_is_not_nothing() -> None:
    assert stake_words("EUR 491700.00; GBP 2.00") == "491,700.00 EUR; 2.00 GBP"
    assert stake_words("? unknown") == stake_words("EUR unknown") == "amount not known"
    assert money(None, "EUR") == "amount not known"


def test_a_grouping_that_breaks_do_not_have_is_refused(service: MetricsService) -> None:
    with pytest.raises(UnknownName, match="grouping of breaks"):
        service.break_groups(("month",))
    with pytest.raises(BadFilter):
        service.break_groups(())


def test_causes_and_checks_are_printed_with_their_money(
    published_tiny: Path, service: MetricsService, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--firm", str(published_tiny), "breaks", "--by", "check,project", "--limit", "1"]) == 0
    first = service.break_groups(("check", "project"), limit=1).groups[0]
    shown = capsys.readouterr().out
    assert f"{first.keys['check_id']} {first.keys['title']}" in shown
    assert f"{first.count:,}" in shown
    assert "groups, most money first, whatever its kind" in shown
    assert main(["--firm", str(published_tiny), "breaks", "--limit", "1"]) == 0
    shown = capsys.readouterr().out
    for row in break_list.results(service):
        if row["has_run"] and row["failed"]:
            assert f"{row['failed']:,} failed: counted {row['primary_reporting']:,.2f} USD" in shown


@pytest.mark.parametrize("form", ["table", "json"])
def test_one_break_tells_all_that_its_owner_asks(
    published_tiny: Path, service: MetricsService, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    row = next(row for row in breaks(service) if row["check_id"] == "B-01")
    asked = ["--firm", str(published_tiny), "breaks", str(row["break_id"])[:8], "--format", form]
    assert main(asked) == 0
    shown = capsys.readouterr().out
    stakes = {check.check_id: check.stake for check in read_checks()}
    if form == "json":
        document = json.loads(shown)
        assert document["break"]["break_id"] == row["break_id"]
        assert document["stake_rule"] == stakes["B-01"]
        assert document["sides"][0]["source"]["system"] == row["left_system"]
        assert document["sides"][0]["source"]["file"]
        assert document["history"][0]["event_kind"] == "opened"
        return
    for words in (
        str(row["item_name"]),
        str(row["finding"]),
        str(row["action"]),
        f"{row['owner_team_name']} ({row['owner_team']})",
        f"project {row['project_name']}",
        stakes["B-01"],
        str(row["break_id"]),
        "opened",
        f"Its chain: tieout trace {row['left_system']}:{row['left_id']}",
    ):
        assert words in shown, words


def test_what_stands_beside_a_stake_is_said_and_not_counted() -> None:
    row = {"display_amount": Decimal(8000), "currency": "EUR"}
    assert break_page._beside(row) == "; beside it 8,000.00 EUR, not counted"
    assert break_page._beside({**row, "display_amount": None}) == ""


def test_a_side_comes_from_its_own_system(service: MetricsService) -> None:
    found = 0
    for check in sorted({str(row["check_id"]) for row in breaks(service)}):
        row = next(row for row in breaks(service) if row["check_id"] == check)
        sides = break_page.open_page(service, str(row["break_id"])).sides
        assert [side.id for side in sides] == [
            row[f"{side}_id"] for side in ("left", "right") if row[f"{side}_object"] is not None
        ]
        for side in sides:
            assert side.source is None or side.source.system == side.system
            found += side.source is not None
    assert found > 3


def test_a_break_is_found_by_its_record_and_what_is_not_there_is_said(service: MetricsService) -> None:
    rows = breaks(service)
    ids = [row["left_id"] for row in rows]
    one = next(row for row in rows if row["left_id"] and ids.count(row["left_id"]) == 1)
    found = break_page.open_page(service, f"{one['left_system']}:{one['left_id']}")
    assert found.row["break_id"] == one["break_id"]
    with pytest.raises(UnknownName, match="There is no break 'nope'"):
        break_page.open_page(service, "nope")
    with pytest.raises(BadFilter, match="breaks are named"):
        break_page.open_page(service, str(next(one for one in ids if one and ids.count(one) > 1)))


def test_a_break_is_not_filtered(published_tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--firm", str(published_tiny), "breaks", "abc", "--owner", "DEL"]) == 2
    assert "One break is not filtered" in capsys.readouterr().err


@pytest.mark.parametrize("grouping", [[], ["--by", "check,project"]])
def test_breaks_are_written_as_a_workbook(
    published_tiny: Path, service: MetricsService, tmp_path: Path, grouping: list[str]
) -> None:
    file = tmp_path / "breaks.xlsx"
    asked = ["--firm", str(published_tiny), "breaks", *grouping, "--limit", "100000", "--format", "xlsx"]
    assert main([*asked, "--out", str(file)]) == 0
    book = openpyxl.load_workbook(file)
    rows = list(book["Rows"].values)
    head = [str(name) for name in rows[0]]
    assert not [name for name in head if "_" in name or name.islower()], "headings are words"
    assert len(set(head)) == len(head)
    assert book["Rows"].auto_filter.ref
    amount = head.index("Leaks or waits") if grouping else head.index("Counted")
    held = sum((Decimal(str(row[amount])) for row in rows[1:] if row[amount] is not None), Decimal(0))
    whole = service.break_totals()
    expected = (
        whole.headline
        if grouping
        else sum((row["primary_reporting"] or Decimal(0) for row in breaks(service)), Decimal(0))  # type: ignore[misc]
    )
    assert held == pytest.approx(expected, abs=Decimal("0.01"))
    assert {row[head.index("Currency")] for row in rows[1:]} == {"USD"}
    assert dict(book["About"].values)["Version"] == service.version.id
    assert all(cell.data_type != "f" for line in book["Rows"] for cell in line)


def test_a_workbook_needs_a_file(published_tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--firm", str(published_tiny), "breaks", "--format", "xlsx"]) == 2
    assert "Add --out" in capsys.readouterr().err
