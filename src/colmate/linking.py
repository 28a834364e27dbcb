"""The linkage by itself: which records of a table in memory are of one person.

The path is that of an analysis: the columns are recognised (`colmate.columns`), each cell is brought into its canonical
form, and `colmate.subjects` resolves the persons. Nothing is written, nothing is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa

from colmate import columns, subjects
from colmate.columns import Column
from colmate.engine import ENGINES, Engine, open_engine
from colmate.errors import UsageError

__all__ = ["link", "resolved"]

MAIN_ROLES = ["patient", "account"]


def link(records: pa.Table, semantic_types: Mapping[str, str] | None = None, *, engine: str = "duckdb") -> pa.Table:
    """Tell which records of an Arrow table are of one person.

    ``semantic_types`` gives the semantic type of columns by their name; columns it does not name are not looked at.
    Without it the types are recognised, as an analysis does. Returns the columns ``record`` (row number from 1),
    ``person`` (int64, null where a record does not tell one) and ``probability`` of the record's best link (1 where
    it needed none), one row a record that was read. ``engine``: ``duckdb`` or ``spark``; both give the same.

    Raises `UsageError` when ``semantic_types`` names a column that the table does not have, or the engine is not here.
    """
    if engine not in ENGINES:
        raise UsageError(f"engine {engine!r} is not known: choose one of {', '.join(ENGINES)}")
    with open_engine(engine) as running:
        found = resolved(running, records, semantic_types)
        mains = found.mentions.filter(found.mentions.role.isin(MAIN_ROLES))
        return running.arrow(mains.select("record", "person", "probability").order_by("record"))


def resolved(engine: Engine, records: pa.Table, semantic_types: Mapping[str, str] | None = None) -> subjects.Subjects:
    """Do what `link` does, and give everything that an analysis knows of the persons: the count and its interval."""
    names = list(records.column_names)
    unknown = sorted(set(semantic_types or {}) - set(names))
    if unknown:
        raise UsageError(f"no such columns: {', '.join(unknown)}")
    cells = {f"c{position}": records.column(name).cast(pa.string()) for position, name in enumerate(names)}
    numbered = pa.table({"record": pa.array(range(1, records.num_rows + 1), pa.int64()), **cells})
    local = engine.local
    table = local.memtable(numbered, "linking_records")
    decided = columns.decide(local, table, names, records.num_rows)
    telling = decided.telling() if semantic_types is None else _told(decided.columns, semantic_types)
    ((_, rewritten),) = columns.rewrite(local, [columns.Rewriting(table, records.num_rows, telling, {})])
    if isinstance(rewritten, pa.RecordBatchReader):
        rewritten = local.memtable(rewritten.read_all(), "linking_canonical")
    rewritten = engine.adopt(rewritten, "linking_adopted")
    owner = decided.controller.field if decided.controller and semantic_types is None else None
    return subjects.resolve(engine, [subjects.SubjectTable(0, rewritten, telling, owner, records.num_rows)])


def _told(found: tuple[Column, ...], semantic_types: Mapping[str, str]) -> list[Column]:
    """The columns that the caller names, in the order of the naming, with the types it gives; all are the patient's."""
    by_name = {column.name: column for column in found}
    return [
        replace(by_name[name], semantic_type=kind, role="patient", layout=_layout(by_name[name], kind))
        for name, kind in semantic_types.items()
    ]


def _layout(column: Column, kind: str) -> str:
    """How dates are written, where the column was recognised as what the caller says; a date stays a date."""
    return column.layout if column.semantic_type == kind or column.semantic_type.endswith("_date") else ""
