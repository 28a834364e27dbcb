"""Many tuples at once: ``(1,'a'),(2,'b'),…`` to columns of text.

The few marks outside strings (commas, parentheses, blanks) give the tuples and their values; rewritten as delimited
text they go through Arrow's parser. What is not a plain value (a cast, a function, a blob) is evaluated one by one and
put back in its place. What this cannot prove is left to `tuples`, a tuple at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from colmate.intake.readers.sql.arrow import parse
from colmate.intake.readers.sql.grammar import Grammar
from colmate.intake.readers.sql.marks import (
    BLANK,
    CLASS,
    MARKER,
    MEANT,
    ODD,
    STRUCTURE,
    Codes,
    Marks,
    Offsets,
    joined,
    kinds_of,
    marks_of,
    quoted_places,
    tuples_of,
)
from colmate.intake.readers.sql.plain import Layer, read_plain

__all__ = ["Block", "read_block"]

Evaluate = Callable[[bytes, int], str | None]


# E'…' and Oracle's q'[…]' have rules of their own for quotes
OWN_RULES: Final = np.frombuffer(b"EeQq", np.uint8)


@dataclass(frozen=True)
class Block:
    """``count`` tuples that end before ``end``; ``records`` holds those read, ``odd`` the others.

    ``odd``: rank, first byte, and end of the tuples that need care; the ranks not among them are those of ``records``.
    """

    count: int
    end: int
    records: pa.Table
    odd: list[tuple[int, int, int]]


def read_block(
    data: bytes, grammar: Grammar, width: int, evaluate: Evaluate, hexed: frozenset[int], *, marked: bool
) -> Block | None:
    """Return the whole tuples at the beginning of ``data``, which starts with one; None when there is none.

    ``evaluate(expression, place)`` gives the text of what is not a plain value in column ``place`` (None for null).
    ``hexed``: columns of text, where a number in hexadecimal is text. ``marked``: `MARKER` stands for statements taken
    away, wherever they seemed to be: within a string they were text.
    """
    codes = np.frombuffer(data, np.uint8)
    quotes, escaped = quoted_places(data, codes, grammar)
    inside = np.bitwise_xor.accumulate(quotes.view(np.uint8))
    kinds = kinds_of(data, inside)
    within = np.flatnonzero((codes == MARKER[0]) & inside.view(np.bool_)).tolist() if marked else []
    if any(data.startswith(MARKER, place) for place in within):
        return None
    plain = read_plain(Layer(codes, inside, quotes, escaped, kinds), width, bool(hexed))
    if plain is not None:
        return Block(*plain, [])
    marks = marks_of(codes, inside, kinds)
    opens, closes = tuples_of(marks)
    if not closes.size:
        return None
    count = joined(marks, opens, closes)
    opens, closes = opens[:count], closes[:count]
    end = int(closes[-1]) + 1
    work = _Work(data, codes, grammar, width, marks.upto(end), opens, closes, evaluate, hexed)
    work.spell(np.flatnonzero(quotes[:end]), escaped[: int(np.searchsorted(escaped, end))])
    table = work.table()
    if table is None:
        return None
    return Block(count, end, table, work.careful())


class _Work:
    """The rewriting of one block as delimited text."""

    def __init__(
        self,
        data: bytes,
        codes: Codes,
        grammar: Grammar,
        width: int,
        marks: Marks,
        opens: Offsets,
        closes: Offsets,
        evaluate: Evaluate,
        hexed: frozenset[int],
    ) -> None:
        self.data, self.grammar, self.width, self.marks = data, grammar, width, marks
        self.opens, self.closes, self.evaluate, self.hexed = opens, closes, evaluate, hexed
        self.codes = codes
        self.end = int(closes[-1]) + 1
        self.out = codes[: self.end].copy()
        self.keep = np.ones(self.end, np.bool_)
        self.bad: set[int] = set()
        self.changed = False
        self.other = False
        self.overhead = 0

    def spell(self, quotes: Offsets, escaped: Offsets) -> None:
        """Rewrite; ``quotes`` and ``escaped`` are the places of unescaped quotes and of escaped characters."""
        marks, depth = self.marks, self.marks.depth
        separators = (marks.chars == 44) & (depth == 1)
        joints = marks.places[(marks.chars == 44) & (depth == 0)]
        edge = separators | ((marks.chars == 40) & (depth == 1)) | ((marks.chars == 41) & (depth == 0))
        edges = marks.places[edge]
        upto = np.cumsum(separators, dtype=np.int32)[np.searchsorted(marks.places, self.closes)]
        self.bad.update(np.flatnonzero(np.diff(upto, prepend=0) + 1 != self.width).tolist())
        self.keep[self.opens] = False
        self.keep[self.closes[:-1]] = False
        self.out[joints] = 10
        self.out[self.closes[-1]] = 10
        if escaped.size:
            self.out[escaped] = MEANT[self.out[escaped]]
            literal = (self.codes[escaped] == 37) | (self.codes[escaped] == 95)
            self._careful_at(escaped[literal])
        odd = [marks.places[(marks.kinds == ODD) | (depth > 1)], self._blanks(), self._affixes(quotes), self._hex()]
        empty = edges[:-1][(np.diff(edges) == 1) & (self.codes[edges[:-1]] != 41)]
        self._careful_at(empty)
        self._evaluated(np.concatenate(odd), edges)
        for rank in self.bad:
            stop = int(self.opens[rank + 1]) if rank + 1 < self.opens.size else self.end
            self.keep[int(self.opens[rank]) : stop] = False
        self._weigh(quotes, escaped)

    def _careful_at(self, places: Offsets) -> None:
        if places.size:
            self.bad.update((np.searchsorted(self.opens, places, "right") - 1).tolist())

    def _blanks(self) -> Offsets:
        """Drop the blanks beside commas and parentheses; return the others, which belong to an expression."""
        blanks: Offsets = self.marks.places[self.marks.kinds == BLANK]
        if not blanks.size:
            return np.empty(0, np.int64)
        self.keep[blanks] = False
        breaks = np.diff(blanks) != 1
        first = blanks[np.concatenate([[True], breaks])]
        last = blanks[np.concatenate([breaks, [True]])]
        before = CLASS[self.codes[np.maximum(first - 1, 0)]] == STRUCTURE
        after = CLASS[self.codes[np.minimum(last + 1, self.end - 1)]] == STRUCTURE
        odd: Offsets = first[~(before | after)]
        return odd

    def _affixes(self, quotes: Offsets) -> Offsets:
        """Drop the N before a string; return the quotes that have something else before or behind them."""
        codes = self.codes
        opening, closing = quotes[0::2], quotes[1::2]
        doubled = opening[1:] == closing[:-1] + 1
        self.pairs = int(np.count_nonzero(doubled))
        starts = opening[np.concatenate([[True], ~doubled])] if opening.size else opening
        stops = closing[np.concatenate([~doubled, [True]])] if closing.size else closing
        before = codes[starts - 1]
        ruled = self.grammar.dialect == "oracle" or b"\\" in self.data
        self.other = ruled and bool(np.isin(before, OWN_RULES).any())
        fine = CLASS[before] - 1 < BLANK
        national = ((before | 0x20) == 110) & (CLASS[codes[starts - 2]] - 1 < BLANK)
        self.keep[starts[national] - 1] = False
        after = CLASS[codes[np.minimum(stops + 1, codes.size - 1)]] - 1 < BLANK
        odd: Offsets = np.concatenate([starts[~(fine | national)], stops[~after]])
        return odd

    def _hex(self) -> Offsets:
        """Return the numbers in hexadecimal, where some column of text may hold them."""
        if not self.hexed:
            return np.empty(0, np.int64)
        edges = self.marks.places[self.marks.kinds == STRUCTURE]
        inner = edges[edges + 2 < self.end]
        found: Offsets = inner[(self.codes[inner + 1] == 48) & (self.codes[inner + 2] == 120)] + 1
        return found

    def _evaluated(self, odd: Offsets, edges: Offsets) -> None:
        """Put the text of each expression in its place."""
        if not odd.size:
            return
        self.changed = True
        slots = np.unique(np.searchsorted(edges, odd, "right") - 1)
        owners = np.searchsorted(self.opens, edges[slots], "right") - 1
        firsts = np.searchsorted(edges, self.opens)
        for slot, owner in zip(slots.tolist(), owners.tolist(), strict=True):
            start, stop = int(edges[slot]) + 1, int(edges[slot + 1])
            if owner in self.bad:
                continue
            value = self.evaluate(self.data[start:stop], slot - int(firsts[owner]))
            spelled = b"NULL" if value is None else self._spelled(value)
            if len(spelled) > stop - start:
                self.bad.add(owner)
                continue
            middle = start + len(spelled)
            self.out[start:middle] = np.frombuffer(spelled, np.uint8)
            self.keep[start:middle] = True
            self.keep[middle:stop] = False

    def _spelled(self, value: str) -> bytes:
        text = value.encode("utf-8", "replace").replace(b"'", b"''")
        return b"'" + (text.replace(b"\\", b"\\\\") if self.grammar.backslash else text) + b"'"

    def _weigh(self, quotes: Offsets, escaped: Offsets) -> None:
        """Know what is not value in the text: quotes, escapes, delimiters, line ends."""
        rows = self.opens.size - len(self.bad)
        self.rows = rows
        self.text = self.out[self.keep]
        if self.changed or self.bad:
            data = self.text.tobytes()
            flags, escaped = quoted_places(data, self.text, self.grammar)
            quotes = np.flatnonzero(flags)
            self.pairs = int(np.count_nonzero(quotes[2::2] == quotes[1:-1:2] + 1))
        self.overhead = int(quotes.size) - self.pairs + int(escaped.size) + rows * self.width
        self.quoted = bool(quotes.size)
        self.escaped = bool(escaped.size)

    def table(self) -> pa.Table | None:
        """Return the records, or None when Arrow or the arithmetic says no."""
        if self.other:
            return None
        if not self.rows:
            return pa.table({f"c{place}": pa.array([], pa.string()) for place in range(self.width)})
        return parse(self.text, self.width, self.rows, self.overhead, b"'" if self.quoted else b"", self.escaped)

    def careful(self) -> list[tuple[int, int, int]]:
        """Return the tuples that were left out."""
        return [(rank, int(self.opens[rank]), int(self.closes[rank]) + 1) for rank in sorted(self.bad)]
