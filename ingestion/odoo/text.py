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
from ingestion.odoo.models import OdooModel


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


def sql_select(model: OdooModel, source: str) -> str:
    """Query over JSON columns named like the fields that gives the text columns of the model, and `_row_number`.

    The inner query takes kind and text of each value once; the outer one decides. In one query the expressions
    would repeat each other, and planning them would take longer than reading the file.
    """
    inner: list[str] = []
    outer: list[str] = []
    for field in model.fields:
        value, name = f'"{field.name}"', field.name
        if field.kind == "ref":
            first = f"case when json_type({value}) = 'ARRAY' then json_extract({value}, 0) else {value} end"
            inner += [_kind_of(name, first), _text_of(name, first)]
            outer.append(_decide(name))
            name, value = f"{field.name}_label", f"json_extract({value}, 1)"
        inner += [_kind_of(name, value), _text_of(name, value, is_tree=field.kind == "json")]
        outer.append(_decide(name, is_number=field.kind == "number", is_bool=field.kind == "bool"))
    rows = f"select {', '.join(inner)}, row_number() over () as {ROW_NUMBER} from {source}"
    return f"select {', '.join(outer)}, {ROW_NUMBER} from ({rows}) as received"


def _kind_of(name: str, value: str) -> str:
    return f'json_type({value}) as "{name}:kind"'


def _text_of(name: str, value: str, *, is_tree: bool = False) -> str:
    text = f"cast(json({value}) as varchar)" if is_tree else f"json_extract_string({value}, '$')"
    return f'{text} as "{name}:text"'


def _decide(name: str, *, is_number: bool = False, is_bool: bool = False) -> str:
    kind, text = f'"{name}:kind"', f'"{name}:text"'
    when = f"case {kind} when 'NULL' then null"
    if not is_bool:
        when += f" when 'BOOLEAN' then nullif({text}, 'false')"
    if is_number:
        # JSON text is the shortest already: only a trailing .0, an exponent and minus nought are left.
        plain = f"rtrim(rtrim(cast(try_cast({text} as decimal(38, 20)) as varchar), '0'), '.')"
        short = f"regexp_replace({text}, '^-0\\.0$|\\.0$', '')"
        when += f" when 'DOUBLE' then coalesce(nullif(if(contains({text}, 'e'), {plain}, {short}), ''), '0')"
    return f'{when} else {text} end as "{name}"'
