r"""The lines of PostgreSQL's ``COPY … FROM stdin``: values between tabs, ``\N`` for null, ``\.`` at the end.

The manual, COPY, "Text Format". A block of lines goes through Arrow's parser once its escapes are rewritten; lines
that this cannot prove are read one at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa

from colmate.intake.accounting import Account
from colmate.intake.readers.sql.arrow import parse
from colmate.intake.readers.sql.buffer import Buffer
from colmate.intake.readers.sql.collected import Collected
from colmate.intake.readers.sql.inserts import Target
from colmate.intake.readers.sql.marks import Codes, Offsets, escapes
from colmate.intake.reading import Chunk

__all__ = ["copied_lines", "line_values"]

WINDOW: Final = 2 << 20
FEW: Final = 4 << 10
# what may stand for \N; the first that the block does not hold
UNUSED: Final = (1, 2, 3, 4, 5, 6, 7, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 29, 30, 31)
NULL: Final = b"\\N"
END: Final = re.compile(rb"^\\\.\r?$", re.MULTILINE)
ESCAPE: Final = re.compile(rb"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|(.))", re.DOTALL)
LETTERS: Final = dict(zip(b"bfnrtv", (8, 12, 10, 13, 9, 11), strict=True))


def _escapes() -> Codes:
    meant = np.arange(256, dtype=np.uint8)
    for letter, code in LETTERS.items():
        meant[letter] = code
    return meant


MEANT: Final = _escapes()
# escapes that take more than one character, or end a line that goes on: read by hand
LONG: Final = np.isin(np.arange(256), np.frombuffer(b"01234567x\r\n", np.uint8))


def copied_lines(buffer: Buffer, account: Account, collected: Collected, target: Target) -> Iterator[Chunk]:
    """Read the lines at the buffer's place up to their end mark; what was begun when the text ends is a reject."""
    while True:
        place = buffer.place
        last = buffer.data.rfind(b"\n", place, place + WINDOW) + 1
        if last <= place:
            last = buffer.data.find(b"\n", place) + 1
        if last <= place:
            if buffer.more():
                continue
            return _last_line(buffer)
        mark = END.search(buffer.data, place, last)
        _lines(buffer, account, collected, target, mark.start() if mark else last)
        if collected.full:
            yield from collected.take()
        if mark:
            buffer.passed("statement", buffer.data.index(b"\n", mark.start()) + 1)
            return None


def _last_line(buffer: Buffer) -> None:
    """The text ends, or a line without an end: nothing but the mark is whole."""
    end = len(buffer.data)
    if buffer.data[buffer.place :].strip() in (b"", b"\\."):
        buffer.passed("statement", end)
        return
    reason = (buffer.stopped or "truncated_record") if buffer.final else "record_too_long"
    buffer.reject(buffer.place, end, reason)
    buffer.passed("reject", end)


def _lines(buffer: Buffer, account: Account, collected: Collected, target: Target, end: int) -> None:
    """Read whole lines up to ``end``."""
    place = buffer.place
    if end <= place:
        return
    data = buffer.data[place:end]
    if not target.columns:
        target.of_width(data[: data.index(b"\n")].count(b"\t") + 1)
    table = _at_once(data, len(target.columns)) if len(data) >= FEW else None
    if table is None:
        _one_by_one(buffer, account, collected, target, data)
        return
    account.find(data.count(b"\n"))
    collected.block(target.table, target.columns, table, len(data))
    buffer.passed("record", end)


def _at_once(data: bytes, width: int) -> pa.Table | None:
    """Return the records of the lines of ``data``, or None when not all of them are plain."""
    if b"\r" in data:
        return None
    codes = np.frombuffer(data, np.uint8)
    marks = np.flatnonzero((codes == 9) | (codes == 10))
    ends = np.flatnonzero(codes[marks] == 10)
    escaped = escapes(codes)
    letters = codes[escaped]
    if not (np.diff(ends, prepend=-1) == width).all() or LONG[letters].any():
        return None
    stand_in = next((code for code in UNUSED if code not in data), None)
    if stand_in is None:
        return None
    out = codes.copy()
    out[escaped] = MEANT[letters]
    nulls = _nulls(codes, escaped[letters == 78])
    out[nulls - 1] = stand_in
    out[nulls] = 78
    rows = int(ends.size)
    overhead = int(escaped.size - nulls.size) + rows * width
    text = (chr(stand_in) + "N",)
    return parse(out, width, rows, overhead, b"", escaped.size > nulls.size, b"\t", text)


def _nulls(codes: Codes, letters: Offsets) -> Offsets:
    """Return those of the escaped ``letters`` N that are the whole of a value."""
    if not letters.size:
        return letters
    before = codes[np.maximum(letters - 2, 0)]
    alone = (letters < 2) | (before == 9) | (before == 10)
    after = codes[letters + 1]
    nulls: Offsets = letters[alone & ((after == 9) | (after == 10))]
    return nulls


def _one_by_one(buffer: Buffer, account: Account, collected: Collected, target: Target, data: bytes) -> None:
    place = 0
    start = buffer.place
    while place < len(data):
        end = data.index(b"\n", place) + 1
        while _goes_on(data, place, end) and end < len(data):
            end = data.index(b"\n", end) + 1
        line = data[place : end - 1]
        values = line_values(line[:-1] if line.endswith(b"\r") else line)
        place = end
        if len(values) != len(target.columns):
            buffer.reject(buffer.place, start + end, "column_count")
            buffer.passed("reject", start + end)
            continue
        account.find()
        collected.row(target.table, target.columns, values, len(line))
        buffer.passed("record", start + end)


def _goes_on(data: bytes, start: int, end: int) -> bool:
    """Whether the line end before ``end`` is escaped, and so part of a value."""
    place = end - 2
    while place >= start and data[place] == 92:
        place -= 1
    return (end - 2 - place) % 2 == 1


def line_values(line: bytes) -> list[str | None]:
    """Return the values of a line without its end."""
    return [_value(cell) for cell in line.split(b"\t")]


def _value(cell: bytes) -> str | None:
    if cell == NULL:
        return None
    if b"\\" in cell:
        cell = ESCAPE.sub(_meant, cell)
    return cell.decode("utf-8", "replace")


def _meant(found: re.Match[bytes]) -> bytes:
    octal, hexed, char = found.groups()
    if octal:
        return bytes([int(octal, 8) & 0xFF])
    if hexed:
        return bytes([int(hexed, 16)])
    return bytes([LETTERS.get(char[0], char[0])])
