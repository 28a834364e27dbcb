"""The linkage by itself: which records of a table in memory are of one person.

The path is that of an analysis: the columns are recognised (`colmate.columns`), each cell is brought into its canonical
form, and `colmate.subjects` resolves the persons. Nothing is written, nothing is kept. Cells of any Arrow type are read
as those of a columnar file are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

import ibis.expr.types as ir
import pyarrow as pa

from colmate import columns, subjects
from colmate.catalogue import semantic_types as known_types
from colmate.columns import Column
from colmate.engine import ENGINES, Engine, open_engine
from colmate.errors import UsageError
from colmate.intake.readers.columnar.text import as_text

__all__ = ["link", "resolved"]

MAIN_ROLES = ["patient", "account"]


def link(records: pa.Table, semantic_types: Mapping[str, str] | None = None, *, engine: str = "duckdb") -> pa.Table:
    """Tell which records of an Arrow table are of one person.

    ``semantic_types`` gives the semantic type of columns by their name; columns it does not name are not looked at.
    Without it the types are recognised, as an analysis does. Returns the columns ``record`` (row number from 1),
    ``person`` (int64, null where a record does not tell one) and ``probability`` of the record's best link (1 where
    it needed none), one row a record, in their order. ``engine``: ``duckdb`` or ``spark``; both give the same.

    Raises `UsageError` when ``records`` is no table, ``semantic_types`` names a column that the table does not have or
    a type that is not known, or the engine is not here.
    """
    if engine not in ENGINES:
        raise UsageError(f"engine {engine!r} is not known: choose one of {', '.join(ENGINES)}")
    with open_engine(engine) as running:
        given = _table(records)
        found = resolved(running, given, semantic_types)
        mains = found.mentions.filter(found.mentions.role.isin(MAIN_ROLES))
        told = running.arrow(mains.select("record", "person", "probability").order_by("record"))
    if told.num_rows == given.num_rows:
        return told
    every = pa.table({"record": _numbers(given)})
    return every.join(told, "record").sort_by("record")


def resolved(engine: Engine, records: pa.Table, semantic_types: Mapping[str, str] | None = None) -> subjects.Subjects:
    """Do what `link` does, and give everything that an analysis knows of the persons: the count and its interval."""
    records = _table(records)
    names = [str(name) for name in records.column_names]
    if semantic_types is not None:
        _check(names, semantic_types)
    cells = {f"c{position}": _texts(column) for position, column in enumerate(records.columns)}
    numbered = pa.table({"record": _numbers(records), **cells})
    local = engine.local
    table = local.memtable(numbered, "linking_records")
    decided = columns.decide(local, table, names, records.num_rows)
    telling = decided.telling() if semantic_types is None else _told(decided.columns, semantic_types)
    written: list[ir.Table] = []

    def keep(beside: Engine, _place: int, cells: ir.Table | pa.RecordBatchReader) -> None:
        written.append(cells if isinstance(cells, ir.Table) else beside.memtable(cells.read_all(), "linking_canonical"))

    list(columns.rewrite(local, [columns.Rewriting(table, records.num_rows, telling, {})], keep))
    rewritten = engine.adopt(written[0], "linking_adopted")
    owner = decided.controller.field if decided.controller and semantic_types is None else None
    return subjects.resolve(engine, [subjects.SubjectTable(0, rewritten, telling, owner, records.num_rows)])


def _table(records: object) -> pa.Table:
    """The records as an Arrow table: one, or anything that hands out Arrow (a record batch, a data frame)."""
    if isinstance(records, pa.Table):
        return records
    if isinstance(records, pa.RecordBatch):
        return pa.Table.from_batches([records])
    if hasattr(records, "__arrow_c_stream__"):
        return pa.table(records)
    raise UsageError(f"records must be a pyarrow table, not a {type(records).__name__}")


def _numbers(records: pa.Table) -> pa.Array:
    return pa.array(range(1, records.num_rows + 1), pa.int64())


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array([as_text(chunk) for chunk in column.chunks], pa.string())


def _check(names: list[str], semantic_types: Mapping[str, str]) -> None:
    """Refuse what cannot be meant: a column that is not there, a type that nobody knows."""
    if not isinstance(semantic_types, Mapping):
        raise UsageError("semantic_types must map names of columns to semantic types")
    unknown = sorted({str(name) for name in semantic_types} - set(names))
    if unknown:
        raise UsageError(f"no such columns: {', '.join(unknown)}")
    for name, kind in semantic_types.items():
        if kind not in known_types():
            near = get_close_matches(str(kind), known_types(), 3) or ["last_name", "first_name", "birth_date"]
            raise UsageError(f"column {name}: {kind!r} is no semantic type; did you mean {' or '.join(near)}?")


def _told(found: tuple[Column, ...], semantic_types: Mapping[str, str]) -> list[Column]:
    """The columns that the caller names, in the order of the naming, with the types it gives; all are the patient's.

    Where several columns have one name, it stands for each of them.
    """
    return [
        replace(column, semantic_type=kind, role="patient", layout=_layout(column, kind))
        for name, kind in semantic_types.items()
        for column in found
        if column.name == name
    ]


def _layout(column: Column, kind: str) -> str:
    """How dates are written, where the column was recognised as what the caller says; a date stays a date."""
    return column.layout if column.semantic_type == kind or column.semantic_type.endswith("_date") else ""
