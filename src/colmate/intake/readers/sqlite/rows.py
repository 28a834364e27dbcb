"""Rows of Python values to columns of text, in batches whose size follows what the rows weigh."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyarrow as pa

from colmate.intake.values import text_of

__all__ = ["Batch", "text_table"]

WEIGHT: Final = 8 << 20  # bytes of text that a batch should hold
FIRST: Final = 256
MOST: Final = 20_000


class Batch:
    """How many rows to ask for next: as many as make `WEIGHT` bytes, going by the last ones."""

    def __init__(self) -> None:
        self.size = FIRST

    def took(self, rows: int, weight: int) -> None:
        """Learn that ``rows`` rows were ``weight`` bytes; the size grows at most fourfold."""
        fitting = rows * WEIGHT // max(weight, 1)
        self.size = max(1, min(fitting, 4 * self.size, MOST))


def text_table(names: Sequence[str], columns: Sequence[Sequence[object]]) -> pa.Table:
    """Return columns of values as columns of text (null where there is nothing)."""
    arrays = [_column(values) for values in columns]
    return pa.Table.from_arrays(arrays, names=list(names))


def _column(values: Sequence[object]) -> pa.Array:
    kinds = set(map(type, values))
    kinds.discard(type(None))
    if kinds == {int}:
        return pa.array([None if value is None else str(value) for value in values], pa.string())
    if kinds <= {str}:
        try:
            return pa.array(values, pa.string())
        except UnicodeEncodeError:
            pass  # lone surrogates: value by value
    return pa.array([text_of(value) for value in values], pa.string())
