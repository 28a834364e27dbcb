"""Binary values: a document kept in the database is a file in the file; pictures and the like are shown in short."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.compression import Plain
from colmate.intake.names import shown
from colmate.intake.reading import Member, Within
from colmate.intake.values import text_of

__all__ = ["Documents"]

# what may hold text about people: PDF, zip (office documents), old office documents, RTF, gzip
DOCUMENT: Final = re.compile(rb"%PDF-|PK\x03\x04|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\{\\rtf|\x1f\x8b\x08")
SHORT: Final = 1024  # bytes that are written out in full
SHOWN: Final = 16


@dataclass
class Documents:
    """The binary values of one table. ``key``: the place of the column that tells its records apart, None without."""

    table: str
    titles: Sequence[str]
    key: int | None
    account: Account
    count: int = 0
    members: list[Member] = field(default_factory=list)

    def taken_out(self, columns: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
        """Return columns with a document's name in the document's place; `members` are to be handed out after."""
        self.members = []
        for place, values in enumerate(columns):
            if bytes in set(map(type, values)):
                keys = columns[self.key] if self.key is not None else values
                cells = (self._cell(value, key, place) for value, key in zip(values, keys, strict=True))
                columns[place] = tuple(cells)
        return columns

    def _cell(self, value: object, key: object, place: int) -> object:
        if not isinstance(value, bytes) or not value:
            return value
        if DOCUMENT.match(value):
            return self._document(value, key, place)
        if len(value) <= SHORT or _is_text(value):
            return value
        self.account.note("binary_values_shortened")
        return f"0x{value[:SHOWN].hex()}…"

    def _document(self, value: bytes, key: object, place: int) -> str:
        self.count += 1
        name = shown(f"{self.table}.{self.titles[place]}.{self.count}")
        within = None
        if self.key is not None:
            within = Within(self.table, self.titles[self.key], text_of(key))
        self.members.append(Member(name, Plain(io.BytesIO(value)), len(value), self.count, within))
        return name


def _is_text(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in value
