"""The fast path: DuckDB's own readers, in their strictest settings. What they refuse is read with care instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.arrow_pages import ROW_NUMBER
from ingestion.connector import ParquetPart
from ingestion.files.columns import Mapping, map_columns
from ingestion.files.csv_dialect import CsvDialect
from ingestion.files.folder import SourceFile
from ingestion.files.lines import LineCount, count_lines
from ingestion.files.reading import NotWellFormed, Reading
from ingestion.files.wide_numbers import has_wide_number
from ingestion.sql import identifier, one_file, text

_INTEGERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
)
_MOMENTS = frozenset({"DATE", "TIME", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"})
_PLAIN = _INTEGERS | _MOMENTS | {"VARCHAR", "BOOLEAN", "FLOAT", "DOUBLE"}
_NESTED = ("[]", "STRUCT(", "MAP(", "UNION(")


class FastReader:
    """Reads well-formed files through one in-memory DuckDB connection into Parquet files of text columns."""

    def __init__(self, scratch: Path, line_limit: int, memory_limit: str = "1GB") -> None:
        self._scratch, self._line_limit = scratch, line_limit
        self._connection = duckdb.connect(
            config={"memory_limit": memory_limit, "temp_directory": str(scratch / "spill")}
        )
        self._connection.execute("set enable_progress_bar = false; set TimeZone = 'UTC'")

    def close(self) -> None:
        self._connection.close()

    def csv(self, file: SourceFile, dialect: CsvDialect, columns: Sequence[str], target: Path) -> Reading:
        """Read a CSV file. Raises `NotWellFormed` for anything but a clean file."""
        if not dialect.simple:
            raise NotWellFormed("header")
        mapping = map_columns(dialect.header, columns)
        declared = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(dialect.header)))
        source = (
            f"read_csv({one_file(file.path)}, columns = {{{declared}}}, header = true, delim = {text(dialect.delimiter)},"
            " quote = '\"', escape = '\"', auto_detect = false, strict_mode = true, null_padding = false,"
            f" nullstr = '', max_line_size = {self._line_limit})"
        )
        names = {position: f"c{position}" for position in range(len(dialect.header))}
        reading = self._copy(file, source, mapping, names, target, first_row=2)
        lines = count_lines(file.path)
        one_line_each = (lines.all if len(names) == 1 else lines.filled) == reading.rows + 1
        if not one_line_each and reading.part is not None:
            self._check_line_ends(source, names, reading.rows, lines)
            reading = self._copy(
                file, source, mapping, names, target, row_number=_first_line_of_record(names.values())
            )
        return reading

    def _check_line_ends(self, source: str, names: dict[int, str], rows: int, lines: LineCount) -> None:
        """Raises `NotWellFormed` unless line ends inside values explain all lines: blank ones are passed over, and
        where they lie only the careful path knows."""
        inside = self._query(f"select sum({_line_ends_in(names.values())}) from {source}")[0][0]
        if lines.ending != b"\n" or len(names) == 1 or lines.filled != rows + 1 + int(inside or 0):
            raise NotWellFormed("blank lines")

    def jsonl(self, file: SourceFile, columns: Sequence[str], target: Path) -> Reading:
        """Read a JSON lines file. Raises `NotWellFormed` for anything but one plain object a line."""
        if has_wide_number(file.path):
            raise NotWellFormed("a number with more digits than the reader keeps")
        # Grouped by the text of the names, which is far cheaper than by the list.
        shapes = self._query(
            "select any_value(json_keys(json)), bool_and(starts_with(ltrim(json, ' \t'), '{')),"
            # The reader takes any object that fits its buffer, whatever limit it is given.
            f" max(strlen(json)) > {self._line_limit}"
            f" from read_ndjson_objects({one_file(file.path)}, maximum_object_size = {self._line_limit})"
            " group by cast(json_keys(json) as varchar)"
        )
        keys: dict[str, None] = {}
        for names, objects, too_long in shapes:
            if not objects or too_long:
                raise NotWellFormed("not one plain object a line")
            keys.update(dict.fromkeys(names or ()))
        if not keys:
            return Reading(missing_columns=tuple(columns), notes=["the file holds no row"], empty=not shapes)
        header = tuple(keys)
        if len({name.strip().lower() for name in header}) < len(header) or not all(
            name.strip() for name in header
        ):
            raise NotWellFormed("a name comes twice")
        mapping = map_columns(header, columns)
        declared = ", ".join(f"{text(name)}: 'VARCHAR'" for name in header)
        source = (
            f"read_json({one_file(file.path)}, format = 'newline_delimited', columns = {{{declared}}},"
            f" maximum_object_size = {self._line_limit})"
        )
        reading = self._copy(file, source, mapping, dict(enumerate(header)), target)
        if count_lines(file.path).filled != reading.rows:
            raise NotWellFormed("blank lines")
        return reading

    def parquet(self, file: SourceFile, columns: Sequence[str], target: Path) -> Reading:
        """Read a Parquet file; one whose columns fit as they are is checked and handed on without a copy."""
        source = f"read_parquet({one_file(file.path)}, binary_as_string = true)"
        described = self._query(f"describe select * from {source}")
        header = tuple(str(row[0]) for row in described)
        kinds = {str(row[0]): str(row[1]) for row in described}
        mapping = map_columns(header, columns)
        if self._fits(file, header, kinds, mapping):
            reading = self._reading(mapping)
            rows = self._check(source, kinds)
            reading.part = ParquetPart(file.path, rows, file.name) if rows else None
            return reading
        texts = ", ".join(f"{_as_text(name, kinds[name])} as {identifier(name)}" for name in header)
        return self._copy(file, f"(select {texts} from {source})", mapping, dict(enumerate(header)), target)

    def _fits(self, file: SourceFile, header: Sequence[str], kinds: dict[str, str], mapping: Mapping) -> bool:
        plain = all(kind in _PLAIN or kind.startswith("DECIMAL(") for kind in kinds.values())
        if mapping.extra or not plain or any(header[i] != name for name, i in mapping.declared.items()):
            return False
        try:
            schema = pq.read_schema(file.path)
        except (pa.ArrowException, OSError) as error:
            raise NotWellFormed(str(error)) from error
        return tuple(schema.names) == tuple(header) and all(_carried_as_is(field.type) for field in schema)

    def _check(self, source: str, kinds: dict[str, str]) -> int:
        # Decodes every value once, so that broken text is found here and not in the middle of the load.
        checks = [
            f"max(strlen({identifier(n)}))" if kind == "VARCHAR" else f"max({identifier(n)})"
            for n, kind in kinds.items()
        ]
        return int(self._query(f"select count(*), {', '.join(checks)} from {source}")[0][0])

    def _copy(
        self,
        file: SourceFile,
        source: str,
        mapping: Mapping,
        names: dict[int, str],
        target: Path,
        *,
        first_row: int = 1,
        row_number: str | None = None,
    ) -> Reading:
        """Copy a source's columns to `target`. Rows are numbered from `first_row` by the loader, as they are positions
        in this file, unless `row_number` is an expression that gives their numbers."""
        reading = self._reading(mapping)
        selected = [
            f"{identifier(names[position])} as {identifier(column)}"
            for column, position in mapping.declared.items()
        ]
        if mapping.extra:
            pairs = ", ".join(
                f"{text(label)}, {identifier(names[position])}" for label, position in mapping.extra.items()
            )
            # A merge patch drops the empty ones.
            extra = f"cast(json_merge_patch('{{}}', json_object({pairs})) as varchar)"
            selected.append(f"nullif({extra}, '{{}}') as _extra")
        if row_number is not None:
            selected.append(f"{row_number} as {ROW_NUMBER}")
        copied = self._query(
            f"copy (select {', '.join(selected)} from {source}) to {text(target)} (format parquet, compression lz4, dictionary_size_limit 1000)"
        )
        rows = int(copied[0][0])
        reading.part = ParquetPart(target, rows, file.name, first_row) if rows else None
        return reading

    def _reading(self, mapping: Mapping) -> Reading:
        return Reading(
            new_columns=tuple(mapping.extra), missing_columns=mapping.missing, notes=list(mapping.notes)
        )

    def _query(self, sql: str) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql).fetchall()
        except duckdb.Error as error:
            raise NotWellFormed(str(error)) from error


def _line_ends_in(names: Iterable[str]) -> str:
    """How many line ends the values of a record hold."""
    return " + ".join(
        f"coalesce(strlen({n}) - strlen(replace({n}, chr(10), '')), 0)" for n in map(identifier, names)
    )


def _first_line_of_record(names: Iterable[str]) -> str:
    """The line on which a CSV record begins: below the header and the lines that the records before it take."""
    ends = _line_ends_in(names)
    return f"cast(1 + sum(1 + {ends}) over (rows unbounded preceding) - ({ends}) as bigint)"


def _as_text(name: str, kind: str) -> str:
    if any(mark in kind for mark in _NESTED):
        return f"cast(to_json({identifier(name)}) as varchar)"
    return f"cast({identifier(name)} as varchar)"


def _carried_as_is(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_date(kind)
        or pa.types.is_decimal(kind)
        or (pa.types.is_timestamp(kind) and kind.tz is None)
    )
