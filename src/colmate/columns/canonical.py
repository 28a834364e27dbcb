"""The same records with each cell in the canonical text of its column's type: what the later stages read."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from colmate.columns.column import Column
from colmate.columns.measure import canonical_text
from colmate.columns.recogniser import recognisers
from colmate.columns.text import blank, trimmed, when

__all__ = ["canonical"]

# types that keep the cell where it has no canonical text: what a person wrote there still says something
LENIENT = frozenset(("address", "timestamp", "url", "number", "age"))


def canonical(records: ir.Table, columns: Sequence[Column]) -> ir.Table:
    """Return ``record`` and one text a column: canonical, or NULL where empty, a null token, or invalid for its type.

    Lazy: nothing is computed here. Types without a check, and those that are not identifiers, keep the trimmed text.
    """
    clean = records.select("record", **{column.field: trimmed(records[column.field]) for column in columns})
    texts = clean.mutate(
        **{f"text_{column.field}": canonical_text(clean[column.field], column.semantic_type, column.layout)
           for column in columns if column.semantic_type in recognisers() and column.semantic_type not in LENIENT}
    )  # fmt: skip
    return texts.select("record", **{column.field: _cell(texts, column) for column in columns})


def _cell(texts: ir.Table, column: Column) -> ir.StringValue:
    recogniser = recognisers().get(column.semantic_type)
    value = texts[column.field]
    filled = ~blank(value, recogniser.nulls if recogniser else ())
    if recogniser is None or column.semantic_type in LENIENT:
        return when(filled, value)
    text = texts[f"text_{column.field}"]
    finished = recogniser.finish(text) if recogniser.finish else text
    rest = ibis.null(str) if recogniser.strict else value
    return when(filled, ibis.cases((recogniser.accepts(text), finished), else_=rest))
