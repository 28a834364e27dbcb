"""Small invented cases for the tests of the room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from colmate.engine import Engine
from colmate.exposure import Context, Exposed, ExposureTable, expose

# name → (semantic type, role)
Columns = Mapping[str, tuple[str, str | None]]
Rows = Sequence[Sequence[str | None]]


@dataclass(frozen=True)
class Column:
    field: str
    semantic_type: str
    role: str | None = None
    name: str = "x"
    filled: int = 1


def table(engine: Engine, columns: Columns, rows: Rows, **more: object) -> ExposureTable:
    """A table from name → (semantic type, role) and its rows; ``controller``: the name of a column."""
    number = int(str(more.get("number", 1)))
    data = {f"c{place}": pa.array([row[place] for row in rows], pa.string()) for place in range(len(columns))}
    canonical = engine.memtable(
        pa.table({"record": pa.array(range(1, len(rows) + 1), pa.int64()), **data}), f"t{number}"
    )
    described = [Column(f"c{place}", *kind, name) for place, (name, kind) in enumerate(columns.items())]
    fields = {column.name: column.field for column in described}
    controller = more.get("controller")
    return ExposureTable(
        number, str(more.get("name", "leak")), canonical, described, fields[str(controller)] if controller else None
    )


def mentions(engine: Engine, rows: list[tuple[int, int, str, int | None]]) -> ir.Table:
    """(table, record, role, person); without a person the mention is insufficient."""
    return engine.memtable(
        pa.table(
            {
                "table": pa.array([row[0] for row in rows], pa.int32()),
                "record": pa.array([row[1] for row in rows], pa.int64()),
                "role": pa.array([row[2] for row in rows], pa.string()),
                "person": pa.array([row[3] for row in rows], pa.int64()),
                "status": ["person" if row[3] is not None else "insufficient" for row in rows],
                "probability": pa.array([1.0 for _ in rows], pa.float64()),
            }
        ),
        "given_mentions",
    )


def persons(engine: Engine, rows: dict[int, str], minors: frozenset[int] = frozenset()) -> ir.Table:
    return engine.memtable(
        pa.table(
            {
                "person": pa.array(rows, pa.int64()),
                "role": pa.array(rows.values(), pa.string()),
                "minor": pa.array([key in minors for key in rows], pa.bool_()),
            }
        ),
        "given_persons",
    )


def findings(engine: Engine, rows: Sequence[tuple[Any, ...]]) -> ir.Table:
    """(table, record, field, category, assertion, subject), of a relative perhaps (kin, several)."""
    names = ("table", "record", "field", "category", "assertion", "subject", "kin", "several")
    kinds = (pa.int32(), pa.int64(), *[pa.string()] * 5, pa.bool_())
    whole = [(*row, *("family" if row[5] == "relative" else "", False)[len(row) - 6 :]) for row in rows]
    columns = {
        name: pa.array([row[place] for row in whole], kind)
        for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
    }
    return engine.memtable(pa.table(columns), "given_findings")


def patients(
    engine: Engine,
    columns: Columns,
    rows: Rows,
    found: Sequence[tuple[Any, ...]] = (),
    **more: object,
) -> Exposed:
    """Expose a table in which each record is another patient (person = record); found: (record, category, …)."""
    numbers = range(1, len(rows) + 1)
    minors = more.pop("minors", frozenset())
    context = more.pop("context", Context())
    assert isinstance(minors, frozenset)
    assert isinstance(context, Context)
    return expose(
        engine,
        [table(engine, columns, rows, **more)],
        mentions(engine, [(1, number, "patient", number) for number in numbers]),
        persons(engine, dict.fromkeys(numbers, "patient"), minors),
        findings(engine, [(1, record, f"c{len(columns) - 1}", *rest) for record, *rest in found]),
        context,
    )
