"""What stands outside the strings of a block of tuples: found on the whole block at once.

Quotes open and close in turn once those that a backslash makes literal are left out, so the parity of their number
tells what is inside a string.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from colmate.intake.readers.sql.grammar import Grammar

__all__ = [
    "BLANK",
    "CLASS",
    "MARKER",
    "MEANT",
    "ODD",
    "STRUCTURE",
    "Codes",
    "Flags",
    "Marks",
    "Offsets",
    "escapes",
    "joined",
    "kinds_of",
    "marks_of",
    "quoted_places",
    "tuples_of",
]

Offsets = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

# stands before a tuple whose own INSERT INTO was taken away; a picture within the tuples hardly holds these four bytes
MARKER: Final = b"\x1f\x0b\x0c\x1f"
QUOTE: Final = 39
PLAIN, STRUCTURE, BLANK, ODD, POISON = range(5)


def _classes() -> bytes:
    classes = np.full(256, ODD, np.uint8)
    plain = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.+-'"
    classes[np.frombuffer(plain, np.uint8)] = PLAIN
    classes[0x80:] = PLAIN
    classes[np.frombuffer(b"(),", np.uint8)] = STRUCTURE
    classes[np.frombuffer(b" \t\r\n\f\v" + MARKER, np.uint8)] = BLANK
    classes[np.frombuffer(b';"`#$[]\\', np.uint8)] = POISON
    return classes.tobytes()


CLASSES: Final = _classes()
CLASS: Final = np.frombuffer(CLASSES, np.uint8)


def _meanings() -> Codes:
    """What a backslash makes of the character after it: the manual of MySQL, table 11.1."""
    meant = np.arange(256, dtype=np.uint8)
    for letter, code in zip(b"0nrtbZ", (0, 10, 13, 9, 8, 26), strict=True):
        meant[letter] = code
    return meant


MEANT: Final = _meanings()


def escapes(codes: Codes) -> Offsets:
    """Return the places of the characters that a backslash stands before, itself not escaped."""
    slashes = np.flatnonzero(codes == 92)
    if not slashes.size:
        return slashes
    apart = np.diff(slashes, prepend=-2) != 1
    if not apart.all():
        begins = np.flatnonzero(apart)
        rank = np.arange(slashes.size) - np.repeat(begins, np.diff(np.append(begins, slashes.size)))
        slashes = slashes[rank % 2 == 0]
    followers = slashes + 1
    return followers[followers < codes.size]


def quoted_places(data: bytes, codes: Codes, grammar: Grammar) -> tuple[Flags, Offsets]:
    """Return which bytes are unescaped quotes, and the places of escaped characters."""
    quotes = codes == QUOTE
    escaped = np.empty(0, np.int64)
    if grammar.backslash and b"\\" in data:
        escaped = escapes(codes)
        quotes[escaped] = False
    return quotes, escaped


@dataclass
class Marks:
    """The marks outside strings: ``places``, their ``kinds`` and codes ``chars``, and the ``depth`` after each."""

    places: Offsets
    kinds: Codes
    chars: Codes
    depth: npt.NDArray[np.int32]

    def upto(self, limit: int) -> Marks:
        """Return the marks before ``limit``."""
        size = int(np.searchsorted(self.places, limit))
        return Marks(self.places[:size], self.kinds[:size], self.chars[:size], self.depth[:size])


def kinds_of(data: bytes, inside: Codes) -> Codes:
    """Return the kind of each byte, `PLAIN` within strings; ``inside``: 1 there."""
    kinds: Codes = np.frombuffer(data.translate(CLASSES), np.uint8) & (inside - 1)
    return kinds


def marks_of(codes: Codes, inside: Codes, kinds: Codes) -> Marks:
    """Return the marks outside strings, up to the first thing that is no part of tuples."""
    places = np.flatnonzero(kinds)
    kinds, chars = kinds[places], codes[places]
    limit = codes.size
    poison = kinds == POISON
    if poison.any():
        limit = int(places[np.argmax(poison)])
    depth = np.cumsum((chars == 40).view(np.int8) - (chars == 41).view(np.int8), dtype=np.int32)
    if depth.size and int(depth.min()) < 0:
        limit = min(limit, int(places[np.argmax(depth < 0)]))
    limit = min(limit, _comment(codes, inside, places[chars == 47]))
    return Marks(places, kinds, chars, depth).upto(limit)


def _comment(codes: Codes, inside: Codes, slashes: Offsets) -> int:
    """Return where the first comment outside strings begins."""
    dashes = (codes == 45) & (inside == 0)
    double = np.flatnonzero(dashes[1:] & dashes[:-1])
    starred = slashes[codes[np.minimum(slashes + 1, codes.size - 1)] == 42]
    return min((int(found[0]) for found in (double, starred) if found.size), default=codes.size)


def tuples_of(marks: Marks) -> tuple[Offsets, Offsets]:
    """Return where the whole tuples open and where they close."""
    opens = marks.places[(marks.chars == 40) & (marks.depth == 1)]
    closes = marks.places[(marks.chars == 41) & (marks.depth == 0)]
    return opens[: closes.size], closes


def joined(marks: Marks, opens: Offsets, closes: Offsets) -> int:
    """Return how many tuples follow each other with one comma (and blanks) between them."""
    if closes.size < 2:
        return int(closes.size)
    last, following = np.searchsorted(marks.places, closes[:-1]), np.searchsorted(marks.places, opens[1:])
    commas = np.cumsum((marks.chars == 44) & (marks.depth == 0), dtype=np.int32)
    odd = np.cumsum(marks.kinds == ODD, dtype=np.int32)
    good = (commas[following] - commas[last] == 1) & (odd[following] == odd[last])
    good &= following - last == opens[1:] - closes[:-1]
    return int(closes.size) if good.all() else int(np.argmin(good)) + 1
