"""How many cells of each column say something, pass their check, and differ: counted over the whole table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from colmate.columns.calendar import to_iso
from colmate.columns.column import RecordsTable, TableColumns
from colmate.columns.recogniser import recognisers
from colmate.columns.text import blank, trimmed
from colmate.engine import Engine

__all__ = ["Measured", "canonical_text", "duplicates", "measure_cells", "measure_records"]

CELL = "columns:cell"


@dataclass(frozen=True)
class Measured:
    """Counts over all the records of a table."""

    filled: int
    valid: int
    distinct: int


def canonical_text(value: ir.StringValue, semantic_type: str, layout: str) -> ir.StringValue:
    """Return the canonical text of a trimmed value as the recogniser of its type makes it, or NULL."""
    recogniser = recognisers()[semantic_type]
    if layout in ("mdy", "serial") and semantic_type != "timestamp":
        low, high = recogniser.lengths
        inside = value.length().between(min(low, 3), high)
        return ibis.cases((inside, to_iso(value, layout)), else_=ibis.null(str))
    return recogniser.canonical(value)


def measure_cells(engine: Engine, kinds: Mapping[int, tuple[str, str]], cells: pa.Table) -> dict[int, Measured]:
    """Return the counts of each field, by its number, of (semantic type, layout).

    ``cells`` (``field``, ``value``, ``n``) are the distinct texts of tables that were read as a whole, with the number
    of records that hold each: each is judged once, all columns of one type together.
    """
    alike: dict[tuple[str, str], list[int]] = {}
    for index, kind in kinds.items():
        alike.setdefault(kind, []).append(index)
    found: dict[int, Measured] = {}
    for (semantic_type, layout), indexes in alike.items():
        engine.memtable(cells.filter(pc.is_in(cells["field"], pa.array(indexes, pa.int32()))), CELL)
        found |= _judged(engine, semantic_type, layout)
    return {index: found.get(index, Measured(0, 0, 0)) for index in kinds}


def measure_records(engine: Engine, columns: Sequence[tuple[ir.Table, str, str, str]]) -> list[Measured]:
    """Return the counts for each (records, physical field, semantic type, layout): the engine scans each column."""
    return list(engine.together(lambda beside, column: _scanned(beside, *column), columns))


def _scanned(engine: Engine, records: ir.Table, field: str, semantic_type: str, layout: str) -> Measured:
    texts = records.group_by(value=records[field]).aggregate(n=ibis._.count())
    engine.view(texts.select(field=ibis.literal(0, "int32"), value="value", n="n"), CELL)
    return _judged(engine, semantic_type, layout).get(0, Measured(0, 0, 0))


def _judged(engine: Engine, semantic_type: str, layout: str) -> dict[int, Measured]:
    """Return the counts by field of the texts in the view of cells."""
    key = f"columns:measure:{semantic_type}:{layout}"
    rows = engine.rows(engine.compiled(key, lambda: _counted(engine.backend.table(CELL), semantic_type, layout)))
    return {row["field"]: Measured(int(row["filled"]), int(row["valid"]), int(row["distinct"])) for row in rows}


def _counted(cells: ir.Table, semantic_type: str, layout: str) -> ir.Table:
    recogniser = recognisers().get(semantic_type)
    clean = cells.filter(cells.value != "").mutate(text=trimmed(cells.value))
    judged = clean.mutate(filled=~blank(clean.text, recogniser.nulls if recogniser else ()))
    if recogniser is not None:
        written = judged.mutate(canonical=canonical_text(judged.text, semantic_type, layout))
        judged = written.mutate(valid=written.filled & recogniser.accepts(written.canonical))
    else:
        judged = judged.mutate(valid=judged.filled)
    return judged.group_by("field").aggregate(
        filled=judged.filled.ifelse(judged.n, 0).sum(),
        valid=judged.valid.ifelse(judged.n, 0).sum(),
        distinct=judged.count(),
    )


def duplicates(engine: Engine, table: RecordsTable, decided: TableColumns) -> int:
    """Return how many records are equal to an earlier one: none where a column has another value in each record."""
    if table.count < 2 or any(column.distinct == table.count for column in decided.columns):
        return 0
    return table.count - engine.distinct_rows(table.records.drop("record"))
