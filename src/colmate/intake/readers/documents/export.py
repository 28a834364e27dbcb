"""A page that is a table: what spreadsheets and practice software write as "Excel" or HTML. Records, not prose.

Read row by row as the tags come, so that its size does not matter; the file is a table under its own name, not one
of the documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.names import column_names, table_name
from colmate.intake.readers.documents.grid import Grid
from colmate.intake.readers.documents.html import BLOCK, Page
from colmate.intake.readers.documents.tags import tokens
from colmate.intake.reading import LIKELY, Chunk, Head, Options, Rows
from colmate.intake.values import text_of

__all__ = ["is_export", "read_export"]

SEEN: Final = 128 << 10
EVERY: Final = 500
# tables of one page: each costs a dataset
TABLES: Final = 100


def is_export(head: Head) -> float:
    """Return how sure it is that a page of HTML is a table of records: few words stand outside its one or more tables.

    The beginning is read as the reader would; rows are as wide as the first, which names the columns.
    """
    page, outside = Page(), 0
    for token in tokens(iter((head.text[:SEEN].decode("utf-8", "replace"),))):
        if isinstance(token, str):
            page.text(token)
            outside += len(token.split()) if page.body.outside and not page.hidden else 0
        else:
            page.tag(token)
    page.body.finish()
    grids = [grid for grid in page.body.tables if len(grid.rows) > 2]
    if not grids or outside > 40:
        return 0.0
    cells = sum(map(len, grids[0].rows))
    even = all(len(row) == len(grids[0].rows[0]) for row in grids[0].rows[:-1])
    fits = even and grids[0].names() is not None and len(grids[0].rows[0]) > 2 and outside < max(10, cells // 3)
    return LIKELY + 0.05 if fits else 0.0


class _Sheet:
    """The table that is being read: its names, and its records as they come."""

    def __init__(self, source: Source, account: Account) -> None:
        self._name = table_name(source.name)
        self._account = account
        self._rows = Rows()
        self._columns: tuple[str, ...] | None = None
        self._tables = 0
        self._lines = 0

    def add(self, rows: list[list[str]]) -> Iterator[Chunk]:
        """Take the next rows of the table that is open."""
        for row in rows:
            if not any(row):
                continue
            if self._columns is None:
                self._begin()
                if (names := Grid([row]).names()) is not None:
                    self._columns = column_names(names)
                    continue
                self._columns = ()
            if len(row) > len(self._columns):
                self._columns = column_names((*self._columns, *[""] * (len(row) - len(self._columns))))
            self._account.find()
            self._rows.add(self._table, dict(zip(self._columns, map(text_of, row), strict=False)))
        if self._rows.full:
            yield from self._rows.take()

    def _begin(self) -> None:
        self._tables += 1
        number = min(self._tables, TABLES)
        self._table = self._name if number == 1 else f"{self._name}_{number}"

    def end(self) -> Iterator[Chunk]:
        """The table ends; the next has its own columns."""
        self._columns = None
        yield from self._rows.take()


def read_export(source: Source, account: Account, _options: Options) -> Iterator[Chunk]:
    """Read the tables of a page as records."""
    page, sheet, text = Page(), _Sheet(source, account), source.utf8(account)

    def blocks() -> Iterator[str]:
        while block := text.read(BLOCK):
            account.consume("record", len(block))
            yield block.decode("utf-8", "replace")

    rows = 0
    for token in tokens(blocks()):
        if isinstance(token, str):
            page.text(token)
            continue
        page.tag(token)
        if token.name == "tr":
            rows += 1
            if rows % EVERY == 0:
                yield from sheet.add(page.body.take_rows())
        elif token.name == "table":
            yield from _ended(page, sheet)
    # a row that the end of the content has cut is not one
    if text.stopped and (cut := page.body.drop_row()):
        account.find()
        account.reject(rows, text.delivered, cut.encode("utf-8", "replace"), text.stopped)
    page.body.finish()
    yield from _ended(page, sheet)


def _ended(page: Page, sheet: _Sheet) -> Iterator[Chunk]:
    for grid in page.body.tables:
        yield from sheet.add(grid.rows)
        yield from sheet.end()
    page.body.tables.clear()
