"""The same records with each cell in the canonical text of its column's type: what the later stages read.

A large table is rewritten by one query, which looks up the columns that repeat their texts in a dictionary of them:
each distinct text is judged once. Small tables are rewritten together: all columns of one type in one query, and the
cells put back in memory; writing out a query for each table would cost far more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from colmate.engine import Engine, fingerprint

__all__ = ["Rewriting", "canonical", "rewrite"]

# types that keep the cell where it has no canonical text: what a person wrote there still says something
LENIENT = frozenset(("address", "timestamp", "url", "number", "age"))
# records of a table that is rewritten in memory, and distinct texts that are rewritten in one query
SMALL = 5_000
TOGETHER = 400_000
# a text that comes this often is judged once and looked up; a dictionary must fit in memory beside its query
REPEATED = 5
DICTIONARY = 1_000_000
CELLS = "columns:rewritten"
KEY = ("", "key")


@dataclass(frozen=True)
class Rewriting:
    """What is rewritten of a dataset of ``count`` records: its telling columns, and its keys (see `canonical`)."""

    records: ir.Table
    count: int
    columns: Sequence[Column]
    keys: Mapping[str, str]


def canonical(
    records: ir.Table,
    columns: Sequence[Column],
    keys: Mapping[str, str] | None = None,
    dictionaries: Mapping[str, ir.Table] | None = None,
) -> ir.Table:
    """Return ``record`` and one text a column: canonical, or NULL where empty, a null token, or invalid for its type.

    Lazy: nothing is computed here. Types without a check, and those that are not identifiers, keep the trimmed text.
    ``keys``: physical fields of keys and references, each with the name of its fingerprint (uint64) in the result.
    ``dictionaries``: for some of the fields a table of all their texts (``value``) and what each is rewritten to.
    """
    known = dictionaries or {}
    judged = [column for column in columns if column.field not in known]
    prints = {name: _print(records[field]) for field, name in (keys or {}).items()}
    clean = records.select(
        "record",
        **{column.field: trimmed(records[column.field]) for column in judged},
        **{f"raw_{field}": records[field] for field in known},
        **prints,
    )
    texts = clean.mutate(
        **{f"text_{column.field}": canonical_text(clean[column.field], column.semantic_type, column.layout)
           for column in judged if column.semantic_type in recognisers() and column.semantic_type not in LENIENT}
    )  # fmt: skip
    cells = {column.field: _cell(texts, column.field, column.semantic_type) for column in judged}
    made = texts.select("record", *(f"raw_{field}" for field in known), *prints, **cells)
    for field, dictionary in known.items():
        looked_up = dictionary.select(**{f"value_{field}": "value", field: "text"})
        made = made.left_join(looked_up, made[f"raw_{field}"] == looked_up[f"value_{field}"])
    return made.select("record", *(column.field for column in columns), *prints)


def _print(value: ir.StringValue) -> ir.IntegerValue:
    text = key_text(value)
    return ibis.cases((text != "", fingerprint(text)), else_=ibis.null("uint64"))


def _cell(texts: ir.Table, field: str, semantic_type: str) -> ir.StringValue:
    recogniser = recognisers().get(semantic_type)
    value = texts[field]
    filled = ~blank(value, recogniser.nulls if recogniser else ())
    if recogniser is None or semantic_type in LENIENT:
        return when(filled, value)
    text = texts[f"text_{field}"]
    finished = recogniser.finish(text) if recogniser.finish else text
    rest = ibis.null(str) if recogniser.strict else value
    return when(filled, ibis.cases((recogniser.accepts(text), finished), else_=rest))


def rewrite(engine: Engine, tables: Sequence[Rewriting]) -> Iterator[tuple[int, ir.Table | pa.RecordBatchReader]]:
    """Yield what `canonical` gives for each table, with its place in ``tables``: the small ones first, in memory."""
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
            yield from _rewritten(engine, batch)
            batch, held = [], 0
    yield from _rewritten(engine, batch)
    for place, table in enumerate(tables):
        if table.count > SMALL:
            dictionaries = dict(_dictionaries(engine, table))
            yield place, canonical(table.records, table.columns, table.keys, dictionaries)
            engine.drop(*(known.get_name() for known in dictionaries.values()))


def _dictionaries(engine: Engine, table: Rewriting) -> Iterator[tuple[str, ir.Table]]:
    """Yield the fields that repeat their texts, each with the table of these and what each is rewritten to."""
    for column in table.columns:
        if column.distinct <= min(DICTIONARY, column.filled // REPEATED):
            engine.view(table.records.select(value=table.records[column.field]).distinct(), CELLS)
            yield column.field, engine.materialise(_query_of(engine, _kind(column)), f"columns:dictionary:{column.field}")


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
    rows = engine.arrow(_query_of(engine, kind))
    return rows.column("value").combine_chunks(), rows.column("text").combine_chunks()


def _query_of(engine: Engine, kind: tuple[str, str]) -> str:
    """Return the text of the query that rewrites all that the view of cells holds."""
    return engine.compiled(f"columns:canonical:{kind}", lambda: _query(engine.backend.table(CELLS), kind))


def _query(cells: ir.Table, kind: tuple[str, str]) -> ir.Table:
    semantic_type, layout = kind
    if kind == KEY:
        return cells.select("value", text=_print(cells["value"]))
    clean = cells.select("value", clean=trimmed(cells["value"]))
    if semantic_type and semantic_type not in LENIENT:
        clean = clean.mutate(text_clean=canonical_text(clean.clean, semantic_type, layout))
    return clean.select("value", text=_cell(clean, "clean", semantic_type))


def _put_back(column: pa.ChunkedArray, values: pa.Array, texts: pa.Array) -> pa.ChunkedArray:
    return texts.take(pc.index_in(column.cast(pa.string()).combine_chunks(), value_set=values))
