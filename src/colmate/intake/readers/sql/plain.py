"""Blocks of tuples in which every value is plain: a string in quotes, or a word of letters and digits.

Most of a dump is that. Nothing but comparisons over the whole block: where a place is not needed, none is looked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from colmate.intake.readers.sql.arrow import parse
from colmate.intake.readers.sql.marks import BLANK, MEANT, ODD, STRUCTURE, Codes, Flags, Offsets

__all__ = ["Layer", "read_plain"]

OPEN, CLOSE, COMMA, DASH, LINE_END = b"(),-\n"
ZERO, HEX = b"0x"


@dataclass
class Layer:
    """What is known of each byte of a block: ``inside`` strings (1), an unescaped quote, its kind outside strings."""

    codes: Codes
    inside: Codes
    quotes: Flags
    escaped: Offsets
    kinds: Codes

    def upto(self, end: int) -> Layer:
        """Return what is known of the bytes before ``end``."""
        escaped = self.escaped[: int(np.searchsorted(self.escaped, end))]
        return Layer(self.codes[:end], self.inside[:end], self.quotes[:end], escaped, self.kinds[:end])


def read_plain(layer: Layer, width: int, hexed: bool) -> tuple[int, int, pa.Table] | None:
    """Return how many tuples there are, where the last of them ends, and their records; None where any is not plain.

    ``hexed``: a number in hexadecimal is not plain.
    """
    end = _end(layer.codes, layer.kinds)
    if not end:
        return None
    layer = layer.upto(end)
    codes, structure, blank = layer.codes, layer.kinds == STRUCTURE, layer.kinds == BLANK
    pairs = _pairs(layer, structure, blank, hexed)
    if pairs < 0:
        return None
    if layer.escaped.size:
        taken = codes[layer.escaped]
        if ((taken == 37) | (taken == 95)).any():
            return None
        codes = codes.copy()
        codes[layer.escaped] = MEANT[taken]
    if blank.any():
        solid = ~blank
        codes, structure = codes[solid], structure[solid]
    found = _lines(codes, structure)
    if found is None:
        return None
    rows, text = found
    quotes = int(np.count_nonzero(layer.quotes))
    overhead = quotes - pairs + int(layer.escaped.size) + rows * width
    table = parse(text, width, rows, overhead, b"'" if quotes else b"", bool(layer.escaped.size))
    return None if table is None else (rows, end, table)


def _end(codes: Codes, kinds: Codes) -> int:
    """Return where the last tuple ends before anything that is not plain; 0 when most is behind that."""
    other = kinds >= ODD
    stop = int(np.argmax(other)) if other.any() else codes.size
    closing = (codes[:stop] == CLOSE) & (kinds[:stop] == STRUCTURE)
    behind = int(np.argmax(closing[::-1])) if stop else 0
    end = stop - behind if stop and closing[stop - 1 - behind] else 0
    return end if end * 2 > codes.size else 0


def _pairs(layer: Layer, structure: Flags, blank: Flags, hexed: bool) -> int:
    """Return how many quotes stand for one in a string; -1 where a value is something else than a string or a word."""
    codes, quotes, inside = layer.codes, layer.quotes, layer.inside.view(np.bool_)
    edge = structure | blank
    opening, closing = quotes & inside, quotes & ~inside
    doubled = closing[:-1] & opening[1:]
    dashes = (codes == DASH) & ~inside
    faults = blank[1:] & ~edge[:-1]
    faults |= opening[1:] & ~(edge | closing)[:-1]
    faults |= closing[:-1] & ~(structure | opening)[1:]
    faults |= dashes[1:] & dashes[:-1]
    if hexed:
        faults[:-1] |= edge[:-2] & (codes[1:-1] == ZERO) & (codes[2:] == HEX)
    return -1 if faults.any() else int(np.count_nonzero(doubled))


def _lines(codes: Codes, structure: Flags) -> tuple[int, Codes] | None:
    """Return the tuples, one a line without their parentheses, and their number; None where some are not plain."""
    opening, closing, comma = ((codes == mark) & structure for mark in (OPEN, CLOSE, COMMA))
    joint = closing[:-2] & comma[1:-1] & opening[2:]
    rows = int(np.count_nonzero(joint)) + 1
    # parentheses within a tuple, a value that is missing
    if int(np.count_nonzero(opening)) != rows or int(np.count_nonzero(closing)) != rows:
        return None
    if int(np.count_nonzero(structure[1:] & structure[:-1])) != 2 * (rows - 1):
        return None
    lines = codes.copy()
    lines[1:-1] ^= joint.view(np.uint8) * np.uint8(COMMA ^ LINE_END)
    lines[-1] = LINE_END
    keep = ~(opening | closing)
    keep[-1] = True
    return rows, lines[keep]
