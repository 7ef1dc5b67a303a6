"""Values as Odoo's JSON holds them to text, in Python (a page of RPC) and in DuckDB SQL (a file of an export).

Both must give the same text, because a system may be replayed first and called later, and a difference would be a
new version of every row. `tests/odoo/test_text.py` compares them on every declared model.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import pyarrow as pa

from ingestion.arrow_pages import ROW_NUMBER, SOURCE_FILE
from ingestion.odoo.models import Field, OdooModel


def page_of(
    model: OdooModel,
    records: Sequence[Mapping[str, object]],
    *,
    first_row_number: int,
    source_file: str | None,
) -> pa.Table:
    """One page of records as text columns; fields that the records lack are null."""
    arrays: dict[str, pa.Array] = {}
    for field in model.fields:
        values = [record.get(field.name, False if field.kind != "bool" else None) for record in records]
        texts: Iterator[str | None]
        if field.kind == "ref":
            arrays[field.columns[1]] = pa.array([_label(value) for value in values], pa.string())
            texts = (_reference(value) for value in values)
        elif field.kind == "bool":
            texts = ("false" if value is False else scalar_text(value) for value in values)
        elif field.kind == "json":
            texts = (None if value in (False, None) else _compact(value) for value in values)
        else:
            texts = (scalar_text(value) for value in values)
        arrays[field.name] = pa.array(list(texts), pa.string())
    count = len(records)
    arrays[ROW_NUMBER] = pa.array(range(first_row_number, first_row_number + count), pa.int64())
    arrays[SOURCE_FILE] = pa.array([source_file] * count, pa.string())
    return pa.table(arrays)


def scalar_text(value: object) -> str | None:
    """Text of a scalar: null for false, numbers in shortest exact decimal form, everything else as it is."""
    if value is None or value is False:
        return None
    if value is True:
        return "true"
    if isinstance(value, float):
        return _number(repr(value))
    if isinstance(value, (list, dict)):
        return _compact(value)
    return str(value)


def _number(text: str) -> str:
    if "e" in text:
        text = format(Decimal(text), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _reference(value: object) -> str | None:
    return scalar_text(value[0] if isinstance(value, list) and value else value)


def _label(value: object) -> str | None:
    return scalar_text(value[1]) if isinstance(value, list) and len(value) > 1 else None


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def sql_columns(model: OdooModel) -> str:
    """Select list that turns JSON columns named like the fields into the text columns of the model."""
    return ",\n".join(expression for field in model.fields for expression in _sql(field))


def _sql(field: Field) -> list[str]:
    name = f'"{field.name}"'
    if field.kind == "ref":
        first = f"case when json_type({name}) = 'ARRAY' then json_extract({name}, 0) else {name} end"
        return [
            f"{_sql_scalar(first)} as {name}",
            f'json_extract_string({name}, 1) as "{field.name}_label"',
        ]
    if field.kind == "bool":
        return [
            f"case when json_type({name}) = 'BOOLEAN' then json_extract_string({name}, '$') end as {name}"
        ]
    if field.kind == "json":
        return [f"case when {_something(name)} then cast(json({name}) as varchar) end as {name}"]
    return [f"{_sql_scalar(name)} as {name}"]


def _sql_scalar(value: str) -> str:
    text = f"json_extract_string({value}, '$')"
    plain = f"case when contains({text}, 'e') then cast(cast({text} as decimal(38, 20)) as varchar) else {text} end"
    trimmed = f"case when contains({plain}, '.') then rtrim(rtrim({plain}, '0'), '.') else {plain} end"
    return (
        f"case when json_type({value}) = 'DOUBLE' then case when {trimmed} = '-0' then '0' else {trimmed} end"
        f" when {_something(value)} then {text} end"
    )


def _something(value: str) -> str:
    return f"json_type({value}) <> 'NULL' and json_extract_string({value}, '$') is not null and not " + (
        f"(json_type({value}) = 'BOOLEAN' and json_extract_string({value}, '$') = 'false')"
    )
