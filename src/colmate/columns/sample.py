"""The sample that the decision rests on: at most `ROWS` records spread evenly, and a second look at thin columns.

The sample is bounded (`CELLS`), so it is reshaped in memory: one row for each distinct text of each column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from colmate.engine import Engine, fingerprint

__all__ = ["Sample", "draw", "draw_records"]

ROWS = 20_000
CELLS = 1_500_000
BLOCKS = 80
# distinct texts kept for one column: shares of a few percent are told well enough by these
DISTINCT = 1_000
# a column with fewer filled cells than this in the sample is looked at again in the whole table
THIN = 150
THIN_COLUMNS = 400


def draw_records(engine: Engine, records: ir.Table, fields: Sequence[str], count: int) -> pa.Table:
    """Return the ``fields`` of at most `ROWS` records in evenly spaced runs, as text."""
    wanted = max(50, min(ROWS, CELLS // max(1, len(fields))))
    chosen = records
    if count > wanted:
        # runs of neighbouring records: the engine skips all the others without decoding them
        stride = max(1, count // BLOCKS)
        chosen = records.filter(records.record % stride < max(1, wanted // BLOCKS))
    return engine.arrow(chosen.select(*fields).limit(2 * wanted))


@dataclass(frozen=True)
class Sample:
    """``texts``: ``field`` (int32, index in the fields), ``value``, ``n`` (int64), at most `DISTINCT` texts a column.

    ``cells``: the same of all texts, where the sample is the whole table; else None.
    """

    texts: pa.Table
    cells: pa.Table | None

    @classmethod
    def empty(cls) -> Sample:
        """Return the sample of a table without columns."""
        nothing = _labelled(_counted(pa.chunked_array([], pa.string())), 0)
        return cls(nothing, nothing)

    def shifted(self, by: int) -> Sample:
        """Return the same with the fields' numbers moved, so that samples of several tables can be put together."""
        texts, cells = _shifted(self.texts, by), None if self.cells is None else _shifted(self.cells, by)
        return Sample(texts, cells)


def draw(engine: Engine, records: ir.Table, fields: Sequence[str], count: int) -> Sample:
    """Return the distinct texts of a sample of records, and more of those columns that it shows too little of."""
    rows = draw_records(engine, records, fields, count)
    every = [_counted(rows.column(field)) for field in fields]
    whole = rows.num_rows >= count
    texts = [_labelled(counted.slice(0, DISTINCT), index) for index, counted in enumerate(every)]
    if whole:
        cells = pa.concat_tables(_labelled(one, index) for index, one in enumerate(every))
        return Sample(pa.concat_tables(texts), cells)
    thin = [index for index, counted in enumerate(every) if (pc.sum(counted["n"]).as_py() or 0) < THIN]
    for index in thin[:THIN_COLUMNS]:
        texts[index] = _labelled(_whole_column(engine, records, fields[index]), index)
    return Sample(pa.concat_tables(texts), None)


def _counted(column: pa.ChunkedArray) -> pa.Table:
    values = column.cast(pa.string())
    filled = values.filter(pc.fill_null(pc.not_equal(values, ""), False))
    counts = pc.value_counts(filled)
    return pa.table({"value": counts.field("values"), "n": counts.field("counts")})


def _shifted(texts: pa.Table, by: int) -> pa.Table:
    return texts.set_column(0, "field", pc.cast(pc.add(texts["field"], by), pa.int32()))


def _labelled(counted: pa.Table, index: int) -> pa.Table:
    field = pa.array([index] * counted.num_rows, pa.int32())
    return pa.table({"field": field, "value": counted["value"].cast(pa.string()), "n": counted["n"].cast(pa.int64())})


def _whole_column(engine: Engine, records: ir.Table, field: str) -> pa.Table:
    """Return up to `DISTINCT` texts of one column, drawn from all of its filled cells."""
    column = records[field]
    counted = records.filter(column != "").group_by(value=column).aggregate(n=ibis._.count())
    return engine.arrow(counted.order_by(fingerprint(counted.value)).limit(DISTINCT))
