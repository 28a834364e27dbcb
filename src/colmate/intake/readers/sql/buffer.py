"""The text of a dump as it streams by: what is held, where it is, and the books of what was passed."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np

from colmate.intake.accounting import Account, Kind

__all__ = ["Buffer", "Text"]

SMALL: Final = 4096


class Text(Protocol):
    """UTF-8 text that streams by."""

    @property
    def stopped(self) -> str | None: ...

    def read(self, size: int) -> bytes: ...


class Buffer:
    """``data[place:]`` is not yet passed; ``base`` is where ``data`` begins in the text, ``line`` the current line.

    ``booked``: whether the bytes passed are booked (those of an archive are the container's).
    """

    def __init__(self, text: Text, account: Account, block: int, limit: int, booked: bool = True) -> None:
        self.data = b""
        self.place = 0
        self.base = 0
        self.line = 1
        self.final = False
        self._text, self._account, self._block, self._limit = text, account, block, limit
        self._booked = booked

    @property
    def stopped(self) -> str | None:
        """Why the text ended before its end."""
        return self._text.stopped

    @property
    def left(self) -> int:
        """Bytes held and not passed."""
        return len(self.data) - self.place

    @property
    def long(self) -> bool:
        """Whether what is held is longer than any record may be."""
        return self.left > self._limit

    def more(self) -> bool:
        """Read on; False when there is no more, or what is held is too long already."""
        if self.final or self.long:
            return False
        part = self._text.read(self._block)
        self.final = not part
        if part:
            self.base += self.place
            self.data = self.data[self.place :] + part
            self.place = 0
        return not self.final

    def passed(self, kind: Kind, end: int, headers: int = 0) -> None:
        """Book everything up to ``end`` as ``kind``, ``headers`` bytes of it as headers."""
        if end > self.place:
            self.line += self._lines(end)
            if self._booked and end - self.place > headers:
                self._account.consume(kind, end - self.place - headers)
            if self._booked and headers:
                self._account.consume("header", headers)
            self.place = end

    def reject(self, start: int, end: int, reason: str, verbatim: bytes | None = None) -> None:
        """Find and reject the record in ``data[start:end]``, or ``verbatim`` that stands for it; books no bytes."""
        self._account.find()
        text = self.data[start:end] if verbatim is None else verbatim
        line = self.line + self._lines(start)
        self._account.reject(line, self.base + start, text, reason)

    def _lines(self, end: int) -> int:
        """Return how many lines end between the place and ``end``."""
        if end - self.place < SMALL:
            return self.data.count(b"\n", self.place, end)
        return int(np.count_nonzero(np.frombuffer(self.data, np.uint8)[self.place : end] == 10))
