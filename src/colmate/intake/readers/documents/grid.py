"""A table inside a document: cells that span rows and columns, and whether its first row names its columns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

__all__ = ["Grid"]

WIDEST: Final = 1_000
# cells a spanning cell may be repeated to: a span is written in five characters
REPEATED: Final = 200_000
LONGEST_NAME: Final = 60
# what stands in records, not in headers: dates, numbers, addresses of mail
VALUE: Final = re.compile(r"[\d.,/:\s-]*\d[\d.,/:\s-]*|\S+@\S+|.*\d{4,}.*|.*[.!?]\s.*")


@dataclass
class Grid:
    """Rows of cells with their spans expanded. ``marked``: the first row was written as a header."""

    rows: list[list[str]] = field(default_factory=list)
    marked: bool = False
    _pending: dict[int, tuple[str, int]] = field(default_factory=dict)
    _repeated: int = 0

    def add(self, cells: list[tuple[str, int, int]]) -> None:
        """Add a row of cells: text, columns and rows it spans (1 or more; what is absurd is cut)."""
        row: list[str] = []
        for text, columns, rows in cells:
            self._hanging(row)
            columns = max(1, min(columns, WIDEST - len(row)))
            rows = max(1, rows)
            self._repeated += columns - 1
            if self._repeated > REPEATED:
                columns = 1
            for _ in range(columns):
                if rows > 1:
                    self._pending[len(row)] = (text, rows - 1)
                row.append(text)
            if len(row) >= WIDEST:
                break
        self._hanging(row)
        self.rows.append(row)

    def _hanging(self, row: list[str]) -> None:
        """Repeat the cells that hang down from rows above."""
        while (place := len(row)) in self._pending:
            text, left = self._pending.pop(place)
            self._repeated += 1
            if left > 1 and self._repeated < REPEATED:
                self._pending[place] = (text, left - 1)
            row.append(text)

    def names(self) -> list[str] | None:
        """Return the cells of the first row when they name columns, whatever follows."""
        if not self.rows:
            return None
        first = [" ".join(cell.split()) for cell in self.rows[0]]
        while first and not first[-1]:
            first.pop()
        named = (
            len(first) >= 2
            and all(first)
            and len(set(first)) == len(first)
            and all(len(cell) <= LONGEST_NAME and not VALUE.fullmatch(cell) for cell in first)
        )
        return first if named else None

    def header(self) -> list[str] | None:
        """Return the names of the columns of a table of records, None for a layout.

        A table has a header and two records, or one under a header that is marked; most of its rows are as wide as
        the header. A form ("Nom : | Martin") has no header.
        """
        names = self.names()
        records = self.rows[1:]
        if names is None or len(records) < (1 if self.marked else 2) or any(name.endswith(":") for name in names):
            return None
        fitting = sum(len(row) == len(self.rows[0]) for row in records)
        return names if 2 * fitting >= len(records) else None

    def records(self) -> list[list[str]]:
        """Return the rows under the header that hold something."""
        return [row for row in self.rows[1:] if any(cell.strip() for cell in row)]
