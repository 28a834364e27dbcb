"""Where the brackets of JSON are, outside strings, and how deep: with NumPy, for hundreds of megabytes a second."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["Brackets", "Tokens"]

ESCAPED: Final = re.compile(rb"\\.", re.DOTALL)
# what each byte is: 1 a quote, 2 opens, 3 closes
CLASSES: Final = bytes(1 if byte == 0x22 else 2 if byte in b"[{" else 3 if byte in b"]}" else 0 for byte in range(256))


class Tokens:
    """Brackets of a stretch of text: ``at`` where, ``low`` the lesser of the depths before and behind.

    ``deepest``: how deep they nest at most.
    """

    def __init__(self, at: npt.NDArray[np.int64], low: npt.NDArray[np.int64]) -> None:
        self._at, self._low = at, low
        self.deepest = int(low.max()) + 1 if low.size else 0
        self._levels: dict[int, tuple[list[int], list[int]]] = {}

    def upto(self, level: int) -> tuple[list[int], list[int]]:
        """Return places and depths of the brackets not deeper than ``level``."""
        if level not in self._levels:
            chosen = np.flatnonzero(self._low <= level)
            self._levels[level] = (self._at[chosen].tolist(), self._low[chosen].tolist())
        return self._levels[level]


class Brackets:
    """Goes through a text stretch by stretch; ``depth`` and the state of strings are carried over."""

    def __init__(self, depth: int = 0) -> None:
        self.depth = depth
        self._inside = 0
        self._escape = False

    def scan(self, text: bytes, start: int) -> Tokens:
        """Return the brackets of ``text[start:]``, their places counted in ``text``."""
        part = text[start:] if start else text
        if b"\\" in part or self._escape:
            part = self._unescaped(part)
        kinds = np.frombuffer(part.translate(CLASSES), np.uint8)
        at = np.flatnonzero(kinds)
        found = kinds[at]
        quotes = found == 1
        outside = ((np.cumsum(quotes) + self._inside) & 1) == 0
        self._inside = (self._inside + int(quotes.sum())) & 1
        brackets = outside & ~quotes
        at, found = at[brackets], found[brackets]
        opens = found == 2
        after = self.depth + np.cumsum(np.where(opens, 1, -1))
        if at.size:
            self.depth = int(after[-1])
        return Tokens(at + start, after - opens)

    def _unescaped(self, part: bytes) -> bytes:
        """Blank out what follows a backslash, also over the edge of two stretches."""
        if self._escape and part:
            part = b"_" + part[1:]
        part = ESCAPED.sub(b"__", part)
        self._escape = part.endswith(b"\\")
        return part
