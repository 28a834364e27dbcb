"""A sheet's grid as stretches of filled rows: what stands between two empty rows, with a sample to look at first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["SAMPLE", "Filled", "Stretch", "cells_of", "filled", "stretches"]

SAMPLE: Final = 400  # rows that decide what a stretch is

Filled = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Stretch:
    """Filled rows, the first of which is row ``row`` of the sheet; ``begins``: after an empty row, or at the top."""

    rows: pa.Table
    row: int
    begins: bool


def filled(rows: pa.Table) -> Filled:
    """Return which cells hold something: an entry a row and column."""
    if not rows.num_columns:
        return np.zeros((rows.num_rows, 0), np.bool_)
    # blanks alone are nothing, as in a line of text
    columns = [pc.not_equal(pc.utf8_trim_whitespace(column), "").to_numpy() for column in rows.columns]
    return np.column_stack(columns).astype(np.bool_)


def cells_of(rows: pa.Table) -> list[tuple[str, ...]]:
    """Return rows as tuples of text."""
    return list(zip(*(column.to_pylist() for column in rows.columns), strict=True))


def stretches(batches: Iterable[pa.RecordBatch], row: int) -> Iterator[Stretch]:
    """Yield the stretches of a sheet that begins at ``row``; the first of each run has `SAMPLE` rows, or is whole."""
    held: list[pa.Table] = []
    size, first = 0, True
    for batch in batches:
        table = pa.Table.from_batches([batch])
        inked: npt.NDArray[np.bool_] = np.any(filled(table), axis=1)
        edges = np.flatnonzero(np.diff(inked, prepend=not inked[0] if inked.size else False))
        for begin, end in zip(edges.tolist(), [*edges[1:].tolist(), inked.size], strict=True):
            if inked[begin]:
                held.append(table.slice(begin, end - begin))
                size += end - begin
                if size >= SAMPLE or not first:
                    yield Stretch(pa.concat_tables(held), row + end - size, first)
                    held, size, first = [], 0, False
                continue
            if held:
                yield Stretch(pa.concat_tables(held), row + begin - size, first)
            held, size, first = [], 0, True
        row += batch.num_rows
    if held:
        yield Stretch(pa.concat_tables(held), row - size, first)
