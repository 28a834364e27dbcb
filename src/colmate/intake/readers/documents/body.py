"""The text of a document as it is put together from the events of a parser: paragraphs, and tables within tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from colmate.intake.readers.documents.grid import Grid

__all__ = ["Body"]

NESTED: Final = 16
# cells of one document that are kept as tables besides the text
CELLS: Final = 2_000_000


@dataclass
class _Cell:
    columns: int
    rows: int
    start: int  # where its text begins among the parts of the document's
    above: bool = False  # repeats the cell above it


@dataclass
class _Table:
    grid: Grid = field(default_factory=Grid)
    row: list[tuple[str, int, int]] | None = None
    cell: _Cell | None = None
    nests: bool = False


class Body:
    """Collects text; what is inside a table goes both into the text (cells parted by tabs) and into a `Grid`.

    A table that holds another is a layout and gives no grid. Beyond 16 tables within one another the inner ones are
    plain text.
    """

    def __init__(self) -> None:
        self.tables: list[Grid] = []
        self._parts: list[str] = []
        self._open: list[_Table] = []
        self._deeper = 0
        self._cells = 0

    def add(self, text: str) -> None:
        """Add text as it is."""
        self._parts.append(text)

    def line(self) -> None:
        """End a line, unless it has just begun."""
        if self._parts and not self._parts[-1].endswith(("\n", "\t")):
            self._parts.append("\n")

    def text(self) -> str:
        """Return the text so far."""
        return "".join(self._parts)

    def begin_table(self) -> None:
        """A table begins."""
        if len(self._open) >= NESTED:
            self._deeper += 1
            return
        if self._open:
            self._open[-1].nests = True
        self.line()
        self._open.append(_Table())

    def end_table(self) -> None:
        """The innermost table ends."""
        if self._deeper:
            self._deeper -= 1
        elif self._open:
            self.end_row()
            table = self._open.pop()
            if not table.nests and table.grid.rows:
                self.tables.append(table.grid)
            self.line()

    def begin_row(self, *, header: bool = False) -> None:
        """A row begins; one that is still open ends."""
        if self._open and not self._deeper:
            self.end_row()
            self._open[-1].row = []
            if header:
                self.mark_header()

    def mark_header(self) -> None:
        """The row is one of headers."""
        if self._open and not self._deeper and not self._open[-1].grid.rows:
            self._open[-1].grid.marked = True

    def widen(self, columns: int) -> None:
        """The open cell spans so many columns."""
        if self._open and not self._deeper and (cell := self._open[-1].cell):
            cell.columns = columns

    def repeat_above(self) -> None:
        """The open cell is merged with the one above it."""
        if self._open and not self._deeper and (cell := self._open[-1].cell):
            cell.above = True

    def end_row(self) -> None:
        """The row ends, with the cell that is open in it."""
        if self._open and not self._deeper and self._open[-1].row is not None:
            self.end_cell()
            table = self._open[-1]
            if table.row and self._cells < CELLS:
                self._cells += len(table.row)
                table.grid.add(table.row)
            table.row = None
            self._parts.append("\n")

    def begin_cell(self, columns: int = 1, rows: int = 1, *, header: bool = False) -> None:
        """A cell begins that spans so many columns and rows."""
        if not self._open or self._deeper:
            return
        if self._open[-1].row is None:
            self.begin_row()
        self.end_cell()
        if header:
            self.mark_header()
        table = self._open[-1]
        table.cell = _Cell(columns, rows, len(self._parts))

    def drop_cell(self) -> None:
        """The open cell is none, if it is empty: what ends cells opens one too many."""
        cell = self._open[-1].cell if self._open and not self._deeper else None
        if cell and not any(part.strip() for part in self._parts[cell.start :]):
            self._open[-1].cell = None

    def end_cell(self) -> None:
        """The open cell ends."""
        if not self._open or self._deeper:
            return
        table = self._open[-1]
        if table.cell is not None and table.row is not None:
            text = "".join(self._parts[table.cell.start :]).strip()
            if not table.nests:
                held = _above(table) if table.cell.above else text
                table.row.append((held, table.cell.columns, table.cell.rows))
            # one line a row, so that a label and its value stand together
            del self._parts[table.cell.start :]
            self._parts.append(text if table.nests else " ".join(text.split("\n")))
            self._parts.append("\t")
        table.cell = None

    def take_rows(self) -> list[list[str]]:
        """Return and forget the rows of the outermost open table but the last, and the text so far.

        For a file that is one long table; a table that holds others gives none.
        """
        if len(self._open) != 1 or self._open[0].row is not None or self._open[0].nests:
            return []
        grid = self._open[0].grid
        rows, grid.rows = grid.rows[:-1], grid.rows[-1:]
        self._cells = 0
        self._parts.clear()
        return rows

    def drop_row(self) -> str:
        """Return the text of the row that is open, and forget it."""
        if not self._open or self._open[0].row is None:
            return ""
        table = self._open[0]
        cut = " ".join(text for text, _, _ in table.row or ())
        if table.cell is not None:
            cut += " " + "".join(self._parts[table.cell.start :])
        table.row = table.cell = None
        return cut.strip()

    @property
    def outside(self) -> bool:
        """Whether no table is open."""
        return not self._open

    def finish(self) -> None:
        """The document ends, perhaps within tables."""
        self._deeper = 0
        while self._open:
            self.end_table()


def _above(table: _Table) -> str:
    """Return the text of the cell over the one that is open."""
    place = sum(columns for _, columns, _ in table.row or ())
    rows = table.grid.rows
    return rows[-1][place] if rows and place < len(rows[-1]) else ""
