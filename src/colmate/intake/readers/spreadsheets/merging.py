"""Merged cells: the value stands in the first one; a label beside several rows belongs to each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyarrow as pa

__all__ = ["Merged"]

TALLEST: Final = 10_000  # rows that a label may stand beside


class Merged:
    """The merged ranges (row, column, last row, last column) of a sheet whose grid begins at ``column``."""

    def __init__(self, ranges: Sequence[tuple[int, int, int, int]], column: int) -> None:
        sane = [one for one in ranges if one[0] <= one[2] < one[0] + TALLEST and column <= one[1] <= one[3]]
        self._ranges = sorted((one[0], one[1] - column, one[2], one[3] - column) for one in sane)
        self._last = max((one[2] for one in sane), default=-1)

    def within(self, row: int, columns: Sequence[int], rows: int) -> list[tuple[int, int, int, int]]:
        """Return the ranges that begin in a block, in its own rows and columns."""
        places = {column: place for place, column in enumerate(columns)}
        return [
            (top - row, places[left], bottom - row, places.get(right, len(columns) - 1))
            for top, left, bottom, right in self._ranges
            if row <= top < row + rows and left in places
        ]

    def filled_down(self, rows: pa.Table, row: int) -> pa.Table:
        """Return rows in which each label that spans several of them is written in all."""
        if row > self._last:
            return rows
        columns: dict[int, list[str]] = {}
        for top, left, bottom, _ in self._ranges:
            first, last = max(top, row), min(bottom, row + rows.num_rows - 1)
            if bottom == top or first > last or left >= rows.num_columns:
                continue
            cells = columns.setdefault(left, rows.column(left).to_pylist())
            label = cells[top - row] if top >= row else ""
            for place in range(first - row, last - row + 1):
                cells[place] = cells[place] or label
        for place, cells in columns.items():
            rows = rows.set_column(place, rows.schema.names[place], pa.array(cells, pa.string()))
        return rows
