"""Which entities a metric needs beyond those of a first load: `needs` in the metadata of a semantic model, replaced by
`needs` of the metric itself. A ratio or a derived metric needs what its inputs need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieout.firm_schema import REQUIRED_ENTITIES

# Without these there are no people, no capacity and no hours.
FIRST_LOAD = (*REQUIRED_ENTITIES, "employee_attribute", "calendar")


def needs_of(
    metric: str, metrics: Mapping[str, Mapping[str, Any]], model_of_measure: Mapping[str, Mapping[str, Any]]
) -> tuple[str, ...]:
    """Entities, each once. `metrics` are definitions by name, as YAML or as in a semantic manifest."""
    definition = metrics[metric]
    own = _meta(definition).get("needs")
    if own is not None:
        return tuple(own)
    params = definition["type_params"]
    found: dict[str, None] = {}
    if measure := params.get("measure"):
        found.update(dict.fromkeys(_meta(model_of_measure[_name(measure)]).get("needs", ())))
    for given in (params.get("numerator"), params.get("denominator"), *(params.get("metrics") or ())):
        if given:
            found.update(dict.fromkeys(needs_of(_name(given), metrics, model_of_measure)))
    return tuple(found)


def _name(given: str | Mapping[str, Any]) -> str:
    return given if isinstance(given, str) else str(given["name"])


def _meta(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    return (definition.get("config") or {}).get("meta") or {}
