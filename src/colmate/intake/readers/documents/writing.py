"""From what a format found in a document to the record of that document and the tables within it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.compression import Plain
from colmate.intake.evidence import Source
from colmate.intake.names import column_names, shown
from colmate.intake.readers.documents.grid import Grid
from colmate.intake.readers.documents.identity import COLUMNS, identify
from colmate.intake.reading import Chunk, Declared, Meaning, Member, Reference, Rows, Within
from colmate.intake.values import text_of

__all__ = ["TABLE", "VERBATIM", "Content", "Desk", "refuse"]

TABLE: Final = "documents"
# characters of one record's text: a longer document is several records
PART: Final = 4 << 20
TABLES: Final = 500
VERBATIM: Final = 4096
DOCUMENTS: Final = Declared(
    primary=("document",),
    meanings={
        "text": Meaning("free_text"),
        # a document's title is no form of address
        "title": Meaning("unknown"),
        "created": Meaning("timestamp"),
        **{name: Meaning(column.semantic_type, column.role) for name, column in COLUMNS.items()},
    },
)


@dataclass
class Content:
    """What was found in one document.

    ``files``: what is embedded in it, by name. ``stopped``: why it ended before its end, a reject's reason.
    """

    text: str = ""
    title: str = ""
    author: str = ""
    created: str = ""
    tables: list[Grid] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    stopped: str | None = None


class Desk:
    """Writes the records of one source: documents by `document`, tables by `rows`."""

    def __init__(self, source: Source, account: Account) -> None:
        self._source = source
        self._account = account
        self._rows = Rows()
        self._parts = 0
        self._tables: dict[str, tuple[str, ...]] = {}
        self._rows.declare(TABLE, DOCUMENTS)

    def key(self, part: int = 1) -> str:
        """Return the key of a part of the document."""
        return f"{self._source.serial}-{part}"

    def document(self, content: Content) -> Iterator[Chunk | Member]:
        """Yield a document with its tables and the files in it; what was cut off is a reject."""
        yield from self.text(content)
        for grid in content.tables:
            yield from self.grid(grid)
        if content.stopped:
            self._account.find()
            self._account.reject(1, 0, b"", content.stopped)
        yield from self.rest()
        for number, (name, data) in enumerate(content.files, 1):
            within = Within(TABLE, "document", self.key())
            yield Member(shown(name) or f"file_{number}", Plain(io.BytesIO(data)), len(data), within=within)

    def text(self, content: Content) -> Iterator[Chunk]:
        """Yield the record of a document, several when its text is very long; they are found here."""
        text = text_of(content.text).replace("\0", "").strip()
        if not text:
            self._account.note("no_text_layer")
        for start in range(0, max(len(text), 1), PART):
            self._parts += 1
            if self._parts > 1:
                self._account.note("document_split")
            part = text[start : start + PART]
            self._account.find()
            self._rows.add(
                TABLE,
                {
                    "document": self.key(self._parts),
                    "file": text_of(self._source.name),
                    "title": text_of(content.title),
                    "author": text_of(content.author),
                    "created": text_of(content.created),
                    "text": part,
                    **identify(part),
                },
            )
            yield from self._rows.take()

    def grid(self, grid: Grid) -> Iterator[Chunk]:
        """Yield a table of the document, if it is one: a header and records under it."""
        header = grid.header()
        if header is None:
            return
        if len(self._tables) >= TABLES:
            self._account.note("tables_left_in_text")
            return
        yield from self.records(self.begin(column_names(header)), grid.records())

    def begin(self, columns: tuple[str, ...], table: str | None = None) -> str:
        """Return the name of a new table with these columns; its records refer to the document."""
        name = table or f"table_{len(self._tables) + 1}"
        # the key of the document must not be mistaken for a column of the same name
        self._tables[name] = column_names(("document", *columns))
        self._rows.declare(name, Declared(references=(Reference(("document",), TABLE, ("document",)),)))
        return name

    def records(self, table: str, records: list[list[str]]) -> Iterator[Chunk]:
        """Yield rows of a table that was begun; they are found here."""
        names = self._tables[table]
        for record in records:
            self._account.find()
            cells = [self.key(), *map(text_of, record)]
            if len(cells) > len(names):
                names = self._tables[table] = column_names((*names, *[""] * (len(cells) - len(names))))
            self._rows.add(table, dict(zip(names, cells, strict=False)))
            if self._rows.full:
                yield from self._rows.take()

    def rest(self) -> Iterator[Chunk]:
        """Yield what is held."""
        yield from self._rows.take()


def refuse(source: Source, account: Account, begin: bytes, reason: str) -> Iterator[Chunk]:
    """Reject a whole document, of which ``begin`` is kept; the table is declared all the same."""
    account.find()
    account.reject(1, 0, begin, reason)
    yield from Desk(source, account).rest()
