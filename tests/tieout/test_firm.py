"""The firm file: what is accepted, and every problem named with its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tieout.dbt_variables import dbt_vars, with_as_of
from tieout.feeds import Feed
from tieout.firm import FirmError, load_firm
from tieout.firm_schema import Target

GOOD = """\
firm:
  name: ${FIRM_NAME:-Acme}
  reporting_currency: EUR
  timezone: Europe/Paris
  fiscal_year_start_month: 4
  as_of: 2026-06-30
  history_from: 2024-07-01
home: data/home
systems:
  - name: erp
    kind: odoo
    export_dir: .
  - {name: erp_uk, kind: odoo, url: https://erp.example.com, database: d, user: u, password_env: PW}
domains:
  employee: [erp_uk, erp]
policies:
  utilization_population: firm
  standard_hours_per_day: 7.5
  long_unpaid_leave_days: 21
  fx_pivot: USD
  constant_rates: {rate_type: budget, date: 2025-01-01}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "firm.yml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> str:
    with pytest.raises(FirmError) as caught:
        load_firm(write(folder, text))
    assert caught.value.exit_code == 2
    return "\n".join(problem.removeprefix(str(folder / "firm.yml")) for problem in caught.value.problems)


def test_everything_is_typed(tmp_path: Path) -> None:
    firm = load_firm(write(tmp_path, GOOD))
    assert (firm.name, firm.reporting_currency, firm.timezone) == ("Acme", "EUR", "Europe/Paris")
    assert (firm.fiscal_year_start_month, firm.as_of, firm.history_from) == (
        4,
        date(2026, 6, 30),
        date(2024, 7, 1),
    )
    assert firm.home.root == tmp_path / "data/home"
    assert [system.name for system in firm.systems] == ["erp", "erp_uk"]
    assert firm.systems[1].options["url"] == "https://erp.example.com"
    assert firm.domains == {"employee": ("erp_uk", "erp")}
    assert firm.policies.standard_hours_per_day == Decimal("7.5")
    assert firm.policies.constant_rates.date == date(2025, 1, 1)


def test_targets_are_read(tmp_path: Path) -> None:
    text = GOOD + (
        "targets:\n"
        "  billed_revenue: 450000\n"
        "  project_margin_pct: 32.5 %\n"
        "  billable_utilization:\n"
        "    - {value: 0.7}\n"
        "    - {value: 72 %, from: 2026-07}\n"
        "    - {value: 75 %, practice: Data}\n"
    )
    assert load_firm(write(tmp_path, text)).targets == {
        "billed_revenue": (Target(Decimal(450000)),),
        "project_margin_pct": (Target(Decimal("0.325")),),
        "billable_utilization": (
            Target(Decimal("0.7")),
            Target(Decimal("0.72"), date(2026, 7, 1)),
            Target(Decimal("0.75"), None, "Data"),
        ),
    }
    assert load_firm(write(tmp_path, GOOD)).targets == {}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "billd_revenue: 1",
            "targets.billd_revenue: no metric has this name (did you mean billed_revenue?); allowed: any that tieout metrics lists",
        ),
        (
            "billed_revenue: much",
            "targets.billed_revenue: bad value 'much'; allowed: a number such as 450000",
        ),
        ("billed_revenue: [{from: 2026-01}]", "targets.billed_revenue[0].value: is required"),
        ("billed_revenue: [{value: 1, from: 2026}]", "targets.billed_revenue[0].from: bad value '2026'"),
        ("billed_revenue: [{value: 1, until: 2026-01}]", "targets.billed_revenue[0].until: unknown key"),
        ("billed_revenue: [{value: 1}, {value: 2}]", "two values hold from the same month"),
        ("- billed_revenue", "targets: must be a mapping"),
    ],
)
def test_a_wrong_target_is_said(tmp_path: Path, line: str, said: str) -> None:
    assert said in problems(tmp_path, f"{GOOD}targets:\n  {line}\n")


def test_variables_are_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRM_NAME", "From the environment")
    assert load_firm(write(tmp_path, GOOD)).name == "From the environment"
    text = problems(tmp_path, GOOD.replace("${FIRM_NAME:-Acme}", "${NOT_SET_ANYWHERE}"))
    assert (
        text
        == ":2: firm.name: environment variable NOT_SET_ANYWHERE is not set; allowed: ${NOT_SET_ANYWHERE:-default}"
    )


def test_defaults(tmp_path: Path) -> None:
    firm = load_firm(
        write(
            tmp_path,
            "firm: {name: A, reporting_currency: USD}\nsystems: [{name: erp, kind: odoo, export_dir: .}]\n",
        )
    )
    assert (firm.timezone, firm.fiscal_year_start_month, firm.as_of) == ("UTC", 1, None)
    assert firm.home.root == tmp_path / ".tieout"
    assert firm.policies.utilization_population == "billable_resources"
    assert firm.policies.fx_pivot == "USD"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  reporting_currency: EUR\n", "", ":2: firm.reporting_currency: is required"),
        ("  reporting_currency: EUR", "  reporting_currency: euro", ":3: firm.reporting_currency: bad value 'euro'"),
        ("  timezone: Europe/Paris", "  timezone: Paris", ":4: firm.timezone: bad value 'Paris'"),
        ("month: 4", "month: 13", ":5: firm.fiscal_year_start_month: bad value '13'; allowed: a whole number from 1 to 12"),
        ("month: 4", "month: April", ":5: firm.fiscal_year_start_month: bad value 'April'"),
        ("as_of: 2026-06-30", "as_of: 2026-06-31", ":6: firm.as_of: bad value '2026-06-31'; allowed: a date"),
        ("as_of: 2026-06-30", "as_of: 2023-01-01", ":7: firm.history_from: is after firm.as_of (2023-01-01)"),
        ("  timezone:", "  timezon:", ":4: firm.timezon: unknown key (did you mean timezone?); allowed: name,"),
        ("home:", "hom:", ":8: hom: unknown key (did you mean home?); allowed: firm, home,"),
        ("    kind: odoo\n", "", ":10: systems[0].kind: is required"),
        ("    kind: odoo\n", "    kind: odo\n", ":11: systems[0].kind: bad value 'odo' (did you mean odoo?)"),
        ("    export_dir: .\n", "    exportdir: .\n", ":12: systems[0].exportdir: unknown key (did you mean export_dir?)"),
        ("name: erp\n", "name: ERP\n", ":10: systems[0].name: bad value 'ERP'"),
        ("name: erp\n", "name: tieout\n", ":10: systems[0].name: bad value 'tieout'"),
        ("name: erp_uk", "name: erp", ":13: systems[1].name: 'erp' is the name of another system too"),
        ("[erp_uk, erp]", "[hris]", ":15: domains.employee: no system is named 'hris'; allowed: erp, erp_uk"),
        ("[erp_uk, erp]", "[erp, erp]", ":15: domains.employee: 'erp' is listed twice"),
        ("[erp_uk, erp]", "[]", ":15: domains.employee: a firm cannot do without this entity"),
        ("employee:", "employe:", ":15: domains.employe: unknown key (did you mean employee?)"),
        ("population: firm", "population: all", ":17: policies.utilization_population: bad value 'all'; allowed: billable_resources, firm"),
        ("day: 7.5", "day: 25", ":18: policies.standard_hours_per_day: bad value '25'"),
        ("day: 7.5", "day: NaN", ":18: policies.standard_hours_per_day: bad value 'NaN'"),
        ("days: 21", "days: 0", ":19: policies.long_unpaid_leave_days: bad value '0'"),
        ("pivot: USD", "pivot: dollar", ":20: policies.fx_pivot: bad value 'dollar'"),
        ("rate_type: budget", "rate_type: plan", ":21: policies.constant_rates.rate_type: bad value 'plan'"),
        ("  fx_pivot: USD", "  fx_pivot: USD\n  fx_pivot: EUR", ":21: policies.fx_pivot: is given twice"),
        ("  fx_pivot", "  bill_rate_levels: [firm, firm]\n  fx_pivot", ":20: policies.bill_rate_levels: firm is given twice"),
        ("  fx_pivot", "  bill_rate_levels: [fir]\n  fx_pivot", ":20: policies.bill_rate_levels: bad value 'fir'"),
        ("  fx_pivot", "  bill_rate_levels: []\n  fx_pivot", ":20: policies.bill_rate_levels: at least one level"),
        ("policies:\n", "policies: 3\nx:\n", ":16: policies: must be a mapping"),
    ],
)  # fmt: skip
def test_one_problem_is_named_with_its_line(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in GOOD
    found = problems(tmp_path, GOOD.replace(old, new, 1))
    assert expected in found


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("EUR", "euro").replace("month: 4", "month: 0").replace("day: 7.5", "day: x")
    assert [line.split(":")[1] for line in problems(tmp_path, text).splitlines()] == ["3", "5", "18"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "firm.name: is required"),
        ("firm: [", "not valid YAML"),
        ("- a", "must be a mapping"),
        (
            "firm: {name: A, reporting_currency: USD}\nsystems: []\n",
            ":2: systems: at least one system is required",
        ),
        ("firm: {name: A, reporting_currency: USD}\nsystems: erp\n", ":2: systems: must be a list"),
        ("firm: {name: A, reporting_currency: USD}\nsystems: [erp]\n", ":2: systems[0].kind: is required"),
    ],
)
def test_files_that_are_not_firm_files(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in problems(tmp_path, text)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FirmError, match="There is no firm file"):
        load_firm(tmp_path / "nowhere.yml")


def test_vars_for_dbt_are_plain(tmp_path: Path) -> None:
    firm = load_firm(write(tmp_path, GOOD))
    fed = {"erp": Feed(("employee",), ("hr_employee",)), "erp_uk": Feed((), ())}
    variables = with_as_of(dbt_vars(firm, {"erp": ("time approval",)}, fed, "reporting"), date(2026, 6, 30))
    assert variables["systems"][0] == {
        "name": "erp",
        "kind": "odoo",
        "entities": ["employee"],
        "objects": ["hr_employee"],
        "does_not_record": ["time approval"],
    }
    assert variables["as_of"] == "2026-06-30"
    assert variables["history_from"] == "2024-07-01"
    assert variables["domains"] == {"employee": ["erp_uk", "erp"]}
    assert variables["policies"]["standard_hours_per_day"] == 7.5
    assert variables["policies"]["constant_rates"] == {"rate_type": "budget", "date": "2025-01-01"}
