"""The same records with each cell in the canonical text of its column's type: what the later stages read.

A large table is rewritten by one query. Small ones are rewritten together: each distinct text once, all columns of one
type in one query, and the cells put back in memory; writing out a query for each table would cost far more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from colmate.columns.column import Column
from colmate.columns.keys import key_text
from colmate.columns.measure import canonical_text
from colmate.columns.recogniser import recognisers
from colmate.columns.text import blank, trimmed, when
from colmate.engine import Engine, fingerprint, once

__all__ = ["Rewriting", "canonical", "rewrite"]

# types that keep the cell where it has no canonical text: what a person wrote there still says something
LENIENT = frozenset(("address", "timestamp", "url", "number", "age"))
# records of a table that is rewritten in memory, and distinct texts that are rewritten in one query
SMALL = 5_000
TOGETHER = 400_000
# distinct texts up to which the engine works on a column's dictionary instead of its cells
REPEATED = 20_000
CELLS = "columns:rewritten"
KEY = ("", "key")


# (engine, place of the table, its canonical form)
Write = Callable[[Engine, int, "ir.Table | pa.RecordBatchReader"], object]


@dataclass(frozen=True)
class Rewriting:
    """What is rewritten of a dataset of ``count`` records: its telling columns, and its keys (see `canonical`)."""

    records: ir.Table
    count: int
    columns: Sequence[Column]
    keys: Mapping[str, str]


def canonical(records: ir.Table, columns: Sequence[Column], keys: Mapping[str, str] | None = None) -> ir.Table:
    """Return ``record`` and one text a column: canonical, or NULL where empty, a null token, or invalid for its type.

    Lazy: nothing is computed here. Types without a check, and those that are not identifiers, keep the trimmed text.
    ``keys``: physical fields of keys and references, each with the name of its fingerprint (uint64) in the result.
    """
    prints = {name: _print(records[field]) for field, name in (keys or {}).items()}
    repeating = [column for column in columns if column.distinct <= REPEATED]
    others = [column for column in columns if column.distinct > REPEATED]
    clean = records.select(
        "record",
        **{column.field: _cell_of(records[column.field], column) for column in repeating},
        **{column.field: trimmed(records[column.field]) for column in others},
        **prints,
    )
    texts = clean.mutate(
        **{f"text_{column.field}": canonical_text(clean[column.field], column.semantic_type, column.layout)
           for column in others if _checked(column.semantic_type)}
    )  # fmt: skip
    made = texts.mutate(
        **{column.field: _cell(texts[column.field], _column(texts, f"text_{column.field}"), column.semantic_type)
           for column in others}
    )  # fmt: skip
    return made.select("record", *(column.field for column in columns), *prints)


def _column(table: ir.Table, name: str) -> ir.StringValue | None:
    return table[name] if name in table.columns else None


def _cell_of(value: ir.StringValue, column: Column) -> ir.StringValue:
    """Return the cell as one function of the text as it stands: for columns that repeat their texts."""
    kind = column.semantic_type

    def made(clean: ir.StringValue) -> ir.StringValue:
        if not _checked(kind):
            return _cell(clean, None, kind)
        return once(canonical_text(clean, kind, column.layout), lambda text: _cell(clean, text, kind))

    return once(value, lambda text: once(trimmed(text), made))


def _checked(semantic_type: str) -> bool:
    """Return whether a type has a canonical text of its own."""
    return semantic_type in recognisers() and semantic_type not in LENIENT


def _print(value: ir.StringValue) -> ir.IntegerValue:
    text = key_text(value)
    return ibis.cases((text != "", fingerprint(text)), else_=ibis.null("uint64"))


def _cell(value: ir.StringValue, text: ir.StringValue | None, semantic_type: str) -> ir.StringValue:
    """Return the cell of a trimmed text and its canonical one, None for types that have none."""
    recogniser = recognisers().get(semantic_type)
    filled = ~blank(value, recogniser.nulls if recogniser else ())
    if recogniser is None or text is None:
        return when(filled, value)
    finished = recogniser.finish(text) if recogniser.finish else text
    rest = ibis.null(str) if recogniser.strict else value
    return when(filled, ibis.cases((recogniser.accepts(text), finished), else_=rest))


def rewrite(engine: Engine, tables: Sequence[Rewriting], write: Write) -> Iterator[int]:
    """Have ``write`` write what `canonical` gives for each table, and yield its place in ``tables`` when that is done.

    The small ones come first, put together in memory; the large ones two at a time, the largest first.
    """
    batch: list[tuple[int, Rewriting, pa.Table]] = []
    held = 0
    for place, table in enumerate(tables):
        if table.count > SMALL:
            continue
        fields = dict.fromkeys([column.field for column in table.columns] + list(table.keys))
        cells = engine.arrow(table.records.select("record", *fields))
        batch.append((place, table, cells))
        held += cells.num_rows * len(fields)
        if held > TOGETHER:
            yield from _put_together(engine, batch, write)
            batch, held = [], 0
    yield from _put_together(engine, batch, write)
    large = [place for place, table in enumerate(tables) if table.count > SMALL]
    large.sort(key=lambda place: -tables[place].count * len(tables[place].columns))

    def one(beside: Engine, place: int) -> int:
        table = tables[place]
        write(beside, place, canonical(table.records, table.columns, table.keys))
        return place

    yield from engine.together(one, large)


def _put_together(engine: Engine, batch: Sequence[tuple[int, Rewriting, pa.Table]], write: Write) -> Iterator[int]:
    for place, cells in _rewritten(engine, batch):
        write(engine, place, cells)
        yield place


def _rewritten(
    engine: Engine, batch: Sequence[tuple[int, Rewriting, pa.Table]]
) -> Iterator[tuple[int, pa.RecordBatchReader]]:
    texts = _distinct([(table, cells) for _, table, cells in batch])
    known = {kind: _judged(engine, kind, values) for kind, values in texts.items()}
    for place, table, cells in batch:
        made = {"record": cells.column("record")}
        for column in table.columns:
            made[column.field] = _put_back(cells.column(column.field), *known[_kind(column)])
        for field, name in table.keys.items():
            made[name] = _put_back(cells.column(field), *known[KEY])
        yield place, pa.table(made).to_reader()


def _kind(column: Column) -> tuple[str, str]:
    """Return the type and layout that decide how a text is rewritten; all types without a check are alike."""
    checked = column.semantic_type in recognisers()
    return (column.semantic_type, column.layout) if checked else ("", "")


def _distinct(batch: Sequence[tuple[Rewriting, pa.Table]]) -> dict[tuple[str, str], pa.Array]:
    found: dict[tuple[str, str], list[pa.ChunkedArray]] = {}
    for table, cells in batch:
        for column in table.columns:
            found.setdefault(_kind(column), []).append(cells.column(column.field).unique())
        for field in table.keys:
            found.setdefault(KEY, []).append(cells.column(field).unique())
    return {
        kind: pc.unique(pa.concat_arrays([part.cast(pa.string()) for part in parts])).drop_null()
        for kind, parts in found.items()
    }


def _judged(engine: Engine, kind: tuple[str, str], values: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return distinct texts and what each is rewritten to."""
    engine.memtable(pa.table({"value": values}), CELLS)
    query = engine.compiled(f"columns:canonical:{kind}", lambda: _query(engine.backend.table(CELLS), kind))
    rows = engine.arrow(query)
    return rows.column("value").combine_chunks(), rows.column("text").combine_chunks()


def _query(cells: ir.Table, kind: tuple[str, str]) -> ir.Table:
    semantic_type, layout = kind
    if kind == KEY:
        return cells.select("value", text=_print(cells["value"]))
    clean = cells.select("value", clean=trimmed(cells["value"]))
    if not _checked(semantic_type):
        return clean.select("value", text=_cell(clean.clean, None, semantic_type))
    made = clean.mutate(made=canonical_text(clean.clean, semantic_type, layout))
    return made.select("value", text=_cell(made.clean, made.made, semantic_type))


def _put_back(column: pa.ChunkedArray, values: pa.Array, texts: pa.Array) -> pa.ChunkedArray:
    return texts.take(pc.index_in(column.cast(pa.string()).combine_chunks(), value_set=values))
