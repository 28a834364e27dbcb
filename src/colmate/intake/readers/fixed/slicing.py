"""Lines cut into columns, a whole block at once, with numpy where characters are bytes and with Arrow elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from colmate.intake.readers.fixed.layout import Layout

__all__ = ["BEYOND", "Lines", "cut"]

BEYOND: Final = "beyond_layout"
LF: Final = 10
CR: Final = 13
BLANK: Final = 32

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Lines:
    """The lines of ``data``: bytes ``starts`` to ``ends`` (line end excluded), ``nexts`` begins the following.

    ``characters``: how many each has; it is shorter than its bytes where some take several.
    """

    data: bytes
    starts: Places
    ends: Places
    nexts: Places
    characters: Places

    @classmethod
    def of(cls, data: bytes) -> Lines:
        """Find the lines of a block that ends with a line end, or with the content."""
        codes = np.frombuffer(data, np.uint8)
        nexts = np.flatnonzero(codes == LF) + 1
        if data and (not nexts.size or nexts[-1] < len(data)):
            nexts = np.append(nexts, len(data))
        starts = np.concatenate([np.zeros(1, np.int64), nexts[:-1]]) if nexts.size else nexts
        ends = nexts - (codes[nexts - 1] == LF) if nexts.size else nexts
        if ends.size:
            ends = ends - ((ends > starts) & (codes[np.maximum(ends - 1, 0)] == CR))
        lengths = ends - starts
        if not data.isascii():
            inside = np.concatenate([np.zeros(1, np.int64), np.cumsum((codes & 0xC0) == 0x80)])
            lengths = lengths - (inside[ends] - inside[starts])
        return cls(data, starts, ends, nexts, lengths)

    def select(self, which: npt.NDArray[np.bool_]) -> Lines:
        """Return some of the lines."""
        return Lines(self.data, self.starts[which], self.ends[which], self.nexts[which], self.characters[which])


def cut(lines: Lines, layout: Layout) -> pa.Table:
    """Return the columns of the layout (and `BEYOND` where a line is longer) as text without padding."""
    single = lines.characters == lines.ends - lines.starts
    if single.all():
        return _by_bytes(lines, layout)
    tables = [_by_bytes(lines.select(single), layout), _by_characters(lines.select(~single), layout)]
    order = np.concatenate([np.flatnonzero(single), np.flatnonzero(~single)])
    both = pa.concat_tables(tables, promote_options="default")
    return both.take(pa.array(np.argsort(order)))


def _by_bytes(lines: Lines, layout: Layout) -> pa.Table:
    """Cut lines in which every character is a byte."""
    codes = np.frombuffer(lines.data, np.uint8)
    if lines.starts.size and (lines.characters >= layout.length).all():
        matrix = np.lib.stride_tricks.sliding_window_view(codes, layout.length)[lines.starts]
        columns = {one.name: _block(matrix[:, one.start : one.stop]) for one in layout.columns}
    else:
        columns = {
            one.name: _stretches(
                codes,
                np.minimum(lines.starts + one.start, lines.ends),
                np.minimum(lines.starts + one.stop, lines.ends),
            )
            for one in layout.columns
        }
    begins = np.minimum(lines.starts + layout.length, lines.ends)
    if (begins < lines.ends).any():
        columns[BEYOND] = _stretches(codes, begins, lines.ends)
    return _trimmed(columns)


def _by_characters(lines: Lines, layout: Layout) -> pa.Table:
    """Cut lines in which some characters take several bytes: by the places where characters begin."""
    codes = np.frombuffer(lines.data, np.uint8)
    begins = np.append(np.flatnonzero((codes & 0xC0) != 0x80), len(lines.data))
    first = np.searchsorted(begins, lines.starts)
    last = first + lines.characters

    def places(character: int) -> Places:
        found: Places = begins[np.minimum(first + character, last)]
        return np.minimum(found, lines.ends)

    columns = {one.name: _stretches(codes, places(one.start), places(one.stop)) for one in layout.columns}
    if (lines.characters > layout.length).any():
        columns[BEYOND] = _stretches(codes, places(layout.length), lines.ends)
    return _trimmed(columns)


def _block(matrix: npt.NDArray[np.uint8]) -> pa.Array:
    """Return the rows of a matrix of bytes as text."""
    rows, width = matrix.shape
    offsets = np.arange(0, (rows + 1) * width, width, dtype=np.int32)
    return _text(offsets, np.ascontiguousarray(matrix).reshape(-1))


def _stretches(codes: npt.NDArray[np.uint8], begins: Places, ends: Places) -> pa.Array:
    """Return the text of many stretches of a block."""
    lengths = ends - begins
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    taken = codes[np.arange(offsets[-1]) + np.repeat(begins - offsets[:-1], lengths)]
    return _text(offsets.astype(np.int32), taken)


def _text(offsets: npt.NDArray[np.int32], taken: npt.NDArray[np.uint8]) -> pa.Array:
    return pa.Array.from_buffers(pa.string(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(taken)])


def _trimmed(columns: dict[str, pa.Array]) -> pa.Table:
    return pa.table({name: pc.ascii_trim(values, " ") for name, values in columns.items()})
