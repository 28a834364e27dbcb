"""The records of an INSERT: blocks of tuples at once where that can be proven, else a tuple at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from colmate.intake.accounting import Account
from colmate.intake.names import column_names
from colmate.intake.readers.sql.block import Block, read_block
from colmate.intake.readers.sql.buffer import Buffer
from colmate.intake.readers.sql.collected import Collected, rows_table
from colmate.intake.readers.sql.expressions import evaluate
from colmate.intake.readers.sql.grammar import Grammar
from colmate.intake.readers.sql.marks import MARKER
from colmate.intake.readers.sql.schema import Table
from colmate.intake.readers.sql.tuples import read_tuple, resume
from colmate.intake.reading import Chunk

__all__ = ["Inserts", "Target"]

BETWEEN: Final = re.compile(rb"[\s,]*+")
SMALLEST: Final = 64 << 10
# with all that is made of it, it fits in a processor's own memory
LARGEST: Final = 1 << 19
# fewer bytes than this are read faster one tuple at a time
FEW: Final = 4 << 10
MEMORY: Final = 1 << 17
LONGEST_KEPT: Final = 80


@dataclass
class Target:
    """Where the records of a statement go; ``columns`` are empty until the first tuple tells how many there are."""

    table: Table
    columns: tuple[str, ...]
    hexed: frozenset[int] = frozenset()

    def of_width(self, width: int) -> None:
        """Name the columns of a table that nothing describes."""
        if not self.columns:
            self.table.columns = self.columns = column_names([""] * width)


class Inserts:
    """Reads the tuples at a buffer's place."""

    def __init__(self, buffer: Buffer, account: Account, collected: Collected) -> None:
        self._buffer, self._account, self._collected = buffer, account, collected
        # where the last tuple ended, in the text
        self.closed = -1
        self._window = SMALLEST
        self._pause = 0
        self._penalty = 4
        self._memory: dict[tuple[bytes, bool], str | None] = {}

    def read(self, target: Target, grammar: Grammar, joint: bytes) -> Iterator[Chunk]:
        """Read tuples up to what is neither a tuple, a comma, nor blank; that is left in the buffer.

        ``joint``: what stands between the tuples of single statements, b"" when that is not known.
        """
        buffer = self._buffer
        while self._at_tuple():
            if self._pause or not target.columns or not self._many(target, grammar, joint):
                self._pause = max(0, self._pause - 1)
                if not self._one(target, grammar):
                    return
            self.closed = buffer.base + buffer.place
            if self._collected.full:
                yield from self._collected.take()
        if buffer.left == 0 and not buffer.final:
            buffer.more()

    def _at_tuple(self) -> bool:
        """Pass the comma and blanks before a tuple; say whether one begins here."""
        buffer = self._buffer
        while True:
            data, place = buffer.data, buffer.place
            found = BETWEEN.match(data, place)
            end = found.end() if found else place
            if end > place:
                buffer.passed("record", end)
            if end < len(data):
                return data[end] == 40
            if not buffer.more():
                return False

    def _many(self, target: Target, grammar: Grammar, joint: bytes) -> bool:
        """Read a window of tuples; False when the one at the place has to be read on its own."""
        buffer = self._buffer
        if buffer.left < SMALLEST:
            buffer.more()
        place, data = buffer.place, buffer.data
        stop = min(len(data), place + self._window)
        if joint:
            # what stands for a joint must stand for nothing else
            own = data.find(MARKER, place, stop)
            stop = own if own >= 0 else stop
        else:
            close = data.find(b");", place, stop)
            stop = close + 2 if close >= 0 else stop
        if stop - place < FEW:
            # the last tuples of a statement, or text in which no window opens for a while
            self._pause = self._penalty if joint else 0
            return False
        piece = data[place:stop]
        size = len(piece)
        if joint:
            piece = piece.replace(b")" + joint + b"(", b")," + MARKER + b"(")

        def value(expression: bytes, column: int) -> str | None:
            return self._evaluated(expression, grammar, column in target.hexed)

        block = read_block(piece, grammar, len(target.columns), value, target.hexed, marked=bool(joint))
        if block is None:
            self._failed(size)
            return False
        self._keep(target, grammar, joint, piece, block)
        done = buffer.place - place
        ended = buffer.data[buffer.place : buffer.place + 1] not in (b",", b"")
        if done * 4 > size * 3:
            self._window = min(LARGEST, self._window * 2)
        elif done * 4 < size:
            self._window = max(SMALLEST, self._window // 2)
        if (done * 8 < size and not (ended and not joint)) or len(block.odd) * 2 > block.count:
            self._failed(0)
        else:
            self._penalty = 4
        return True

    def _failed(self, size: int) -> None:
        """Nothing was gained: look further next time, or read one by one for a while."""
        if size >= self._window and self._window < LARGEST:
            self._window *= 2
        self._penalty = min(4096, self._penalty * 2)
        self._pause = self._penalty

    def _evaluated(self, expression: bytes, grammar: Grammar, textual: bool) -> str | None:
        key = (expression, textual)
        if key in self._memory:
            return self._memory[key]
        text = evaluate(expression, grammar, textual)
        if len(expression) <= LONGEST_KEPT and len(self._memory) < MEMORY:
            self._memory[key] = text
        return text

    def _keep(self, target: Target, grammar: Grammar, joint: bytes, piece: bytes, block: Block) -> None:
        """Take a block's records; those that it left out are read with care and put in their places."""
        buffer = self._buffer
        self._account.find(block.count - len(block.odd))
        shift = len(joint) - 1 - len(MARKER) if joint else 0
        rows: dict[int, list[str | None]] = {}
        for rank, start, end in block.odd:
            found = read_tuple(piece, start, grammar, target.hexed)
            if found.state == "read" and found.end == end and len(found.values) == len(target.columns):
                self._account.find()
                rows[rank] = found.values
                continue
            reason = "column_count" if found.state == "read" else "unreadable_value"
            at = buffer.place + start + shift * piece.count(MARKER, 0, start)
            buffer.reject(at, at, reason, piece[start:end])
        joints = piece.count(MARKER, 0, block.end) if joint else 0
        size = block.end + shift * joints
        records = block.records
        if rows:
            records = _in_order(records, rows, {rank for rank, _, _ in block.odd}, block.count)
        self._collected.block(target.table, target.columns, records, size)
        buffer.passed("record", buffer.place + size, headers=joints * len(joint))

    def _one(self, target: Target, grammar: Grammar) -> bool:
        """Read the tuple at the place; False when the text ends within it."""
        buffer = self._buffer
        found = read_tuple(buffer.data, buffer.place, grammar, target.hexed)
        while found.state == "cut" and buffer.more():
            found = read_tuple(buffer.data, buffer.place, grammar, target.hexed)
        start = buffer.place
        if found.state != "read":
            # of parentheses without end, all that were looked at are one reject
            return self._damaged(found.end if found.state == "deep" else start, cut=found.state == "cut")
        target.of_width(len(found.values))
        if len(found.values) != len(target.columns):
            buffer.reject(start, found.end, "column_count")
            buffer.passed("reject", found.end)
            return True
        self._account.find()
        self._collected.row(target.table, target.columns, found.values, found.end - start)
        buffer.passed("record", found.end)
        return True

    def _damaged(self, seen: int, cut: bool) -> bool:
        """Reject what cannot be read, up to where reading can go on behind ``seen``."""
        buffer = self._buffer
        end = resume(buffer.data, seen)
        while end == len(buffer.data) and not cut and buffer.more():
            end = resume(buffer.data, buffer.place)
        over = end == len(buffer.data)
        reason = "unreadable_value"
        if over and buffer.final:
            reason = buffer.stopped or "truncated_record"
        elif over:
            reason = "record_too_long"
        buffer.reject(buffer.place, end, reason)
        buffer.passed("reject", end)
        return not over


def _in_order(records: pa.Table, rows: dict[int, list[str | None]], odd: set[int], count: int) -> pa.Table:
    """Put ``rows`` in their ranks among ``records``, which hold the ranks that are not ``odd``."""
    ranks = [rank for rank in range(count) if rank not in odd] + list(rows)
    together = pa.concat_tables([records, rows_table(list(rows.values()), records.column_names)])
    order = sorted(range(len(ranks)), key=ranks.__getitem__)
    return together.take(pa.array(order))
