"""The part of a text that is held while its elements are cut out of it."""

from __future__ import annotations

import re
from typing import Final

from colmate.intake.accounting import Account, Kind
from colmate.intake.evidence import Utf8

__all__ = ["SHORTEST", "Window"]

KEPT: Final = 1 << 20
# enough to tell what a markup declaration is
SHORTEST: Final = 16


class Window:
    """What was read and not yet booked: ``data`` from ``at`` on. ``base`` is the position of ``data`` in the text."""

    def __init__(self, text: Utf8, account: Account, block: int) -> None:
        self.data = b""
        self.at = 0
        self.base = 0
        self.line = 1
        self.ended = False
        self._text, self._account, self._block = text, account, block
        # for a mark that was sought and not found: between which positions there is none
        self._absent: dict[bytes, tuple[int, int]] = {}

    @property
    def position(self) -> int:
        """Where the text not yet booked begins."""
        return self.base + self.at

    @property
    def held(self) -> int:
        """Bytes read and not booked."""
        return len(self.data) - self.at

    @property
    def stopped(self) -> str:
        """The reason for a reject when the text ends inside an element."""
        return self._text.stopped or "truncated_element"

    def more(self) -> bool:
        """Read on, as much again as is held (so that what grows is not copied too often); False at the end.

        Places in ``data`` move: they count from ``at`` afterwards.
        """
        if self.ended:
            return False
        part = self._text.read(max(self._block, self.held))
        self.ended = not part
        self.base += self.at
        self.data, self.at = self.data[self.at :] + part, 0
        return not self.ended

    def need(self, size: int) -> None:
        """Read on until ``size`` bytes are held or the text ends."""
        while self.held < size and self.more():
            pass

    def book(self, kind: Kind, end: int) -> bytes:
        """Book the text up to ``end`` and return it."""
        part = self.data[self.at : end]
        self._account.consume(kind, len(part))
        self.line += part.count(b"\n")
        self.at = end
        return part

    def reject(self, end: int, reason: str) -> None:
        """Book the text up to ``end`` as a record found and not read."""
        self._account.find()
        line, position = self.line, self.position
        self._account.reject(line, position, self.book("reject", end), reason)

    def book_until(self, mark: bytes, kind: Kind) -> bool:
        """Book all up to the end of ``mark``, however far; False when the text ended before."""
        while (place := self.data.find(mark, self.at)) < 0:
            self.book(kind, max(self.at, len(self.data) - len(mark) + 1))
            if not self.more():
                self.book(kind, len(self.data))
                return False
        self.book(kind, place + len(mark))
        return True

    def find(self, mark: bytes, size: int = 0, limit: int = KEPT) -> int:
        """Return how far from here ``mark`` is, behind the first ``size`` bytes; -1 when it is not within ``limit``.

        Reads on where that is needed. What was searched in vain is not searched again.
        """
        while True:
            begin = start = self.position + size
            known = self._absent.get(mark)
            if known and known[0] <= begin <= known[1]:
                start = known[1]
            place = self.data.find(mark, start - self.base)
            if place >= 0:
                return place - self.at
            first = known[0] if known and start != begin else begin
            self._absent[mark] = first, self._end(mark, start)
            if self.held > limit or not self.more():
                return -1

    def _end(self, mark: bytes, start: int) -> int:
        """Return the position up to which a mark cannot begin in what is held."""
        return max(start, self.base + len(self.data) - len(mark) + 1)

    def match(self, pattern: re.Pattern[bytes], limit: int) -> re.Match[bytes] | None:
        """Return a match of a tag's pattern here, reading on while the tag could go on behind what is held."""
        self.need(SHORTEST)
        while True:
            found = pattern.match(self.data, self.at)
            if found or self.held > limit or self.data.find(b"<", self.at + 1) >= 0 or not self.more():
                return found
