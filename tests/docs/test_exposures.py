"""The pages of the dashboard are exposures: each names an owner and models that exist."""

from __future__ import annotations

import re

import yaml

from tieout.docs_reference import PROJECT

PAGES = {
    "overview",
    "utilization",
    "backlog",
    "wip_and_billing",
    "revenue_and_margin",
    "breaks",
    "catalogue",
    "data_health",
}


def test_every_page_is_an_exposure_of_models_that_exist() -> None:
    exposures = yaml.safe_load((PROJECT / "models/exposures.yml").read_text(encoding="utf-8"))["exposures"]
    assert {each["name"] for each in exposures} == PAGES
    models = {path.stem for path in (PROJECT / "models").rglob("*.sql")}
    for each in exposures:
        assert each["owner"]["name"]
        assert each["description"]
        named = {re.fullmatch(r"ref\('(\w+)'\)", text)[1] for text in each["depends_on"]}  # type: ignore[index]
        assert named
        assert named <= models, each["name"]
