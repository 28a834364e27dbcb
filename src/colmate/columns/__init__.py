"""What each column of a table holds: its semantic type, whose value it is, and how many cells say so.

Content decides first, header and neighbours second. The path: `sample` draws evenly spread texts, `evidence` weighs
every
recogniser and word list on them, `headers` reads the names, `decision` and `roles` conclude, `measure` counts over the
whole table, `canonical` rewrites each cell for the later stages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from colmate.columns.canonical import canonical
from colmate.columns.column import Column, TableColumns
from colmate.columns.controllers import find_controller, find_keys
from colmate.columns.decision import decide_types, layout_of
from colmate.columns.evidence import weigh
from colmate.columns.headers import Header, read
from colmate.columns.measure import Measured, measure
from colmate.columns.roles import assign_roles
from colmate.columns.sample import draw
from colmate.engine import Engine

__all__ = ["Column", "TableColumns", "canonical", "decide", "recognise"]


def decide(engine: Engine, records: ir.Table, names: Sequence[str], count: int) -> TableColumns:
    """Return the columns of a records dataset (``record``, ``c0``…) of ``count`` records; ``names`` as in the file."""
    fields = [f"c{index}" for index in range(len(names))]
    if not fields:
        return TableColumns((), None, ())
    sample = draw(engine, records, fields, count)
    found = weigh(engine, sample.texts) if sample.texts.num_rows else {}
    evidence = [found.get(index) for index in range(len(fields))]
    headers = [read(name) for name in names]
    decisions = decide_types(evidence, headers)
    types = [decision.semantic_type for decision in decisions]
    layouts = [layout_of(ev, one) for ev, one in zip(evidence, types, strict=True)]
    measured = measure(engine, records, list(zip(fields, types, layouts, strict=True)), sample.cells)
    types = [
        _numbered(one, header, counts, count) for one, header, counts in zip(types, headers, measured, strict=True)
    ]
    roles = assign_roles(types, headers)
    columns = tuple(
        Column(
            name=name,
            position=index + 1,
            field=fields[index],
            semantic_type=types[index],
            role=roles[index],
            confidence=decisions[index].confidence,
            filled=measured[index].filled,
            valid=measured[index].valid,
            distinct=measured[index].distinct,
            records=count,
            layout=layouts[index],
        )
        for index, name in enumerate(names)
    )
    keys = find_keys(columns)
    controller = find_controller(columns, headers, evidence)
    if controller is not None and controller.semantic_type in ("record_id", "number", "unknown"):
        # what names a controller is no identifier of records: a code
        controller = replace(controller, semantic_type="code", role=None)
        columns = tuple(controller if one.position == controller.position else one for one in columns)
    return TableColumns(columns, controller, keys)


def _numbered(semantic_type: str, header: Header, counts: Measured, records: int) -> str:
    """Return ``record_id`` for the number of a file or a request that no two records share: it numbers no stay.

    The words that name a stay alone (``sejour``, ``iep``, ``venue``) keep it one.
    """
    unique = records > 1 and counts.distinct == counts.filled == records
    either = header.score("record_id") >= header.score("stay_id") > 0
    return "record_id" if semantic_type == "stay_id" and unique and either else semantic_type


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
