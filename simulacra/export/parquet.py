"""Parquet: wide and long table, in row groups, with what each column means in its metadata."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from simulacra.domain.answer import MissingCode
from simulacra.export.columns import Column
from simulacra.export.drafts import Drafts
from simulacra.export.rows import LONG_COLUMNS, LongColumn, Value
from simulacra.export.study import Study

_GROUP = 5_000


class ParquetFiles:
    """``NAME_wide.parquet`` and ``NAME_long.parquet``."""

    def __init__(self, study: Study, drafts: Drafts) -> None:
        """Open both."""
        about = {"simulated": "1", "note": study.notice}
        about |= {"study": study.name, "run_id": study.run.run_id}
        wide = pa.schema([_wide_field(column) for column in study.columns], metadata=about)
        self._wide = _Table(drafts.path(f"{study.name}_wide.parquet"), wide)
        self._long = _Table(drafts.path(f"{study.name}_long.parquet"), long_schema(about))

    def wide(self, row: list[Value]) -> None:
        """Add a respondent."""
        self._wide.add(row)

    def long(self, row: list[Value]) -> None:
        """Add an answer."""
        self._long.add(row)

    def close(self) -> None:
        """Finish both files."""
        self._wide.close()
        self._long.close()


class _Table:
    """One file; rows are gathered and written group by group."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._writer = pq.ParquetWriter(str(path), schema)
        self._rows: list[list[Value]] = []

    def add(self, row: list[Value]) -> None:
        self._rows.append(row)
        if len(self._rows) >= _GROUP:
            self._flush()

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        arrays = [
            pa.array(values, type=field.type)
            for values, field in zip(zip(*self._rows, strict=True), self._schema, strict=True)
        ]
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))
        self._rows.clear()


def long_schema(about: dict[str, str]) -> pa.Schema:
    """Fields and metadata of the long table."""
    return pa.schema([_long_field(column) for column in LONG_COLUMNS], metadata=about)


def _wide_field(column: Column) -> pa.Field:
    kind = pa.string()
    if column.numeric:
        kind = pa.int64() if column.whole else pa.float64()
    metadata = {"label": column.label, "measure": column.measure}
    if column.item_id is not None:
        metadata["item"] = column.item_id
    if column.takes_codes:
        missing = {str(int(code)): code.label for code in MissingCode}
        metadata["missing_values"] = json.dumps(missing, ensure_ascii=False)
    if column.values:
        labels = {one.value: one.label for one in column.values}
        metadata["value_labels"] = json.dumps(labels, ensure_ascii=False)
    return pa.field(column.name, kind, metadata=metadata)


def _long_field(column: LongColumn) -> pa.Field:
    kind = {str: pa.string(), int: pa.int64(), float: pa.float64()}[column.kind]
    return pa.field(column.name, kind, metadata={"label": column.label})
