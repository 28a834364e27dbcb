"""What each column of a table holds: its semantic type, whose value it is, and how many cells say so.

Content decides first, header and neighbours second; what the format itself declares stands above both. The path:
`sample` draws evenly spread texts, `evidence` weighs every recogniser and word list on them, `headers` reads the names,
`decision` and `roles` conclude, `measure` counts over the whole table, `canonical` rewrites each cell for the later
stages; `deciding` does it for all tables together, and `relations` finds which table refers to which.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from colmate.columns.canonical import Rewriting, canonical, rewrite
from colmate.columns.column import Column, RecordsTable, TableColumns
from colmate.columns.deciding import decide_all
from colmate.columns.grouping import groups
from colmate.columns.kinship import settle
from colmate.columns.measure import duplicates

# under another name than the subpackage of recognisers, which would take its place
from colmate.columns.recogniser import recognisers as every_recogniser
from colmate.columns.relations import RelatedTable, Relation, keys_of, relate
from colmate.columns.tying import tie
from colmate.engine import Engine

__all__ = [
    "Column",
    "RecordsTable",
    "RelatedTable",
    "Relation",
    "Rewriting",
    "TableColumns",
    "canonical",
    "decide",
    "decide_all",
    "duplicates",
    "every_recogniser",
    "groups",
    "keys_of",
    "recognise",
    "relate",
    "rewrite",
    "settle",
    "tie",
]


def decide(engine: Engine, records: ir.Table, names: Sequence[str], count: int, name: str = "") -> TableColumns:
    """Return the columns of a records dataset (``record``, ``c0``…) of ``count`` records; ``names`` as in the file."""
    (decided,) = decide_all(engine, [RecordsTable(records, names, count, name)])
    return decided


def recognise(table: Any) -> list[Column]:
    """Return the columns of a table in memory: a pyarrow Table, or anything whose ``records`` is one.

    A column ``record`` is the position of the record and is not judged; every other column is read as text.
    """
    data: pa.Table = table.records if hasattr(table, "records") else table
    names = [name for name in data.column_names if name != "record"]
    texts = {f"c{index}": data.column(name).cast(pa.string()) for index, name in enumerate(names)}
    position = pa.array(range(1, data.num_rows + 1), pa.int64())
    with Engine() as engine:
        records = engine.memtable(pa.table({"record": position} | texts), "columns:records")
        given = getattr(table, "columns", None) if hasattr(table, "records") else None
        shown = list(given) if isinstance(given, (list, tuple)) and len(given) == len(names) else names
        return list(decide(engine, records, [str(name) for name in shown], data.num_rows).columns)
