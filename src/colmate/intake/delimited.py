"""Reading delimited text: one pass over the bytes, whole blocks at the speed of Arrow, odd records with care.

`Delimited.batches` reads a block, finds the records in it (`colmate.intake.structure`), lets Arrow parse it and
proves the outcome (`colmate.intake.cells`). Records that stand out (ragged, stray quotes, NUL bytes, a repeated
header) are read by `colmate.intake.careful` and put back in their place. The outcome does not depend on where the
blocks are cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from colmate.errors import InternalError
from colmate.intake import careful
from colmate.intake.accounting import Account
from colmate.intake.careful import Grammar, Record
from colmate.intake.compression import Stream
from colmate.intake.ledger import MARK, Ledger
from colmate.intake.reading import BLOCK, RECORD_LIMIT
from colmate.intake.structure import Extent, Layout, extent, layout, places
from colmate.intake.text import Text

__all__ = ["Delimited"]

WINDOW: Final = 1 << 16  # how much is tried at once after a fault; grows fourfold while all goes well
PATIENCE: Final = 256


class Delimited:
    """The records after the header of one delimited stream. Books everything in ``account``."""

    def __init__(
        self,
        stream: Stream,
        text: Text,
        grammar: Grammar,
        account: Account,
        *,
        header: bytes = b"",
        block: int = BLOCK,
        limit: int = RECORD_LIMIT,
    ) -> None:
        self.stream, self.text, self.grammar, self.account = stream, text, grammar, account
        self.ledger = Ledger(text, grammar, account, header, limit)
        self.header = header
        self.block, self.limit = block, limit
        self.received = 0  # bytes taken from the stream
        self._step = 0
        self._overlong: list[bytes] | None = None

    def skip(self, text: bytes, mark: int) -> None:
        """Set position and line past what stands above the records (booked by the caller) and a byte-order mark."""
        self.ledger.advance(text, self.text.size(text) + mark)

    def batches(self, buffer: bytes = b"", waiting: bytes = b"", *, final: bool = False) -> Iterator[pa.Table]:
        """Yield the records as tables of text columns ``c0``….

        ``buffer`` is text that was taken from the stream before, ``waiting`` what `Text.substitute` held back of it,
        ``final`` when the stream ended with it.
        """
        while True:
            complete = final and not self.stream.stopped
            consumed = 0
            if buffer:
                table, consumed = self._feed(buffer, final=complete)
                buffer = buffer[consumed:]
                if table.num_rows:
                    self.account.read += table.num_rows
                    yield table
            if final and not (consumed and buffer):
                break
            if final:
                continue
            raw = self.stream.read(self.block)
            self.received += len(raw)
            final = not raw
            text, waiting = self.text.substitute(waiting + self.text.widen(raw, final=final), final=final)
            buffer = buffer + text if buffer else text
        self._finish(buffer)

    def _finish(self, left: bytes) -> None:
        if self._overlong is not None:
            self.ledger.overlong(b"".join([*self._overlong, left]), b"")
            left = b""
        elif left and not self.stream.stopped:
            raise InternalError("some text was left at the end of the stream")
        if reason := self.stream.stopped:
            self.ledger.cut(left, reason)
        if self.text.tail:
            self.account.consume("tail", self.text.tail)
            self.account.note("incomplete_character")

    # --- one buffer ---------------------------------------------------------------------------------------------

    def _feed(self, data: bytes, *, final: bool) -> tuple[pa.Table, int]:
        """Read the whole records of ``data``; returns them and how many bytes they were."""
        skipped = 0
        if self._overlong is not None:
            skipped = self._skip_overlong(data, final=final)
            if self._overlong is not None:
                return self.ledger.parse_pieces(), skipped
            data = data[skipped:]
        found = extent(data, self.grammar, final=final)
        if found.end and not found.fault:
            whole = data[: found.end]
            table = None if self._special(whole) else self.ledger.at_once(whole, found)
            if table is not None:
                return table, skipped + found.end
        consumed = self._in_windows(data, found, final=final)
        return self.ledger.parse_pieces(), skipped + consumed

    def _special(self, data: bytes) -> bool:
        """Tell whether the block holds something that makes single records stand out."""
        if b"\0" in data or len(data) > self.limit or self._headers(data):
            return True
        if self.text.encoding.name == "utf-8" and MARK[:1] in data and MARK in data:
            return True
        return bool(self.grammar.escape and self.grammar.escape in data)

    def _headers(self, data: bytes) -> list[int]:
        """Return the places of lines that begin as the header does."""
        if not self.header:
            return []
        found = [0] if data.startswith(self.header) else []
        for before in (b"\n", b"\r") if b"\r" in data else (b"\n",):
            needle = before + self.header
            place = data.find(needle)
            while place >= 0:
                found.append(place + 1)
                place = data.find(needle, place + 1)
        return found

    # --- windows after a fault ----------------------------------------------------------------------------------

    def _in_windows(self, data: bytes, found: Extent, *, final: bool) -> int:
        """Read record by record where need be, at once where possible; returns the bytes consumed."""
        place, window, run = 0, len(data), 1
        while place < len(data):
            stop = min(len(data), place + window)
            ended = final and stop == len(data)
            if place or stop < len(data):
                found = extent(data[place:stop], self.grammar, final=ended)
            whole = True
            if found.end:
                done, whole = self._by_layout(data[place : place + found.end], found)
                place, window, run = place + done, window * 4, 1
                if whole:
                    continue
            elif not (found.fault or ended or len(data) - place > self.limit):
                if stop == len(data):
                    break
                window *= 4
                continue
            moved = self._some(data, place, run, final=final)
            if not moved:
                break
            place, window, run = place + moved, WINDOW, min(2 * run, PATIENCE)
        return place

    def _some(self, data: bytes, place: int, count: int, *, final: bool) -> int:
        """Read up to ``count`` records with care; returns their bytes, 0 when the first needs more data.

        Where faults are dense it costs less to read a few records in vain than to look at the block again.
        """
        begin = place
        for _ in range(count):
            if place >= len(data) or not self._one(data, place, final=final):
                break
            place += self._step
            if self._overlong is not None:
                break
        return place - begin

    def _one(self, data: bytes, place: int, *, final: bool) -> bool:
        """Read the one record at ``place`` with care; False when it needs more data."""
        limit = self.limit
        line = self.grammar.line.match(data, place, min(len(data), place + limit + 1))
        assert line is not None  # noqa: S101 (the pattern matches the empty text)
        if line.end() - place > limit:
            self._overlong = []
            self._step = self._skip_overlong(data[place:], final=final)
            return self._overlong is None or self._step > 0
        if line.end() == len(data) and not final:
            return False
        record = careful.read_record(data, place, self.grammar, final=final, limit=limit)
        if record is None:
            return False
        if record.next == len(data) and data.endswith(b"\r") and not final:
            return False
        self.ledger.book(data[place : record.next], record, record.end - place)
        self._step = record.next - place
        return True

    # --- many records, some of which stand out ------------------------------------------------------------------

    def _by_layout(self, data: bytes, found: Extent) -> tuple[int, bool]:
        """Book the records of a stretch without faults; returns the bytes consumed, and whether that is all.

        Stops before a record that must be read with care and may end elsewhere than its quotes say.
        """
        rows = layout(data, self.grammar, found)
        odd = np.flatnonzero(self._odd(data, rows))
        first = 0
        for row in odd.tolist():
            self._good(data, rows, first, row)
            start, end, following = int(rows.starts[row]), int(rows.ends[row]), int(rows.nexts[row])
            record = self._as_laid_out(data, start, end, following) if end - start <= self.limit else None
            if record is None:
                return start, False
            self.ledger.book(data[start:following], record, end - start)
            first = row + 1
        self._good(data, rows, first, rows.starts.size)
        return len(data), True

    def _as_laid_out(self, data: bytes, start: int, end: int, following: int) -> Record | None:
        """Read a record that stands out; None when it does not end where its quotes say."""
        text = data[start:end]
        if b"\n" not in text and b"\r" not in text:
            return careful.read_record(text, 0, self.grammar, final=True, limit=self.limit)
        record = careful.read_record(data, start, self.grammar, final=False, limit=self.limit)
        return record if record and record.next == following else None

    def _good(self, data: bytes, rows: Layout, first: int, last: int) -> None:
        if first < last:
            self.ledger.good(data[int(rows.starts[first]) : int(rows.nexts[last - 1])], last - first)

    def _odd(self, data: bytes, rows: Layout) -> npt.NDArray[np.bool_]:
        """Tell which records stand out."""
        lengths = rows.ends - rows.starts
        odd: npt.NDArray[np.bool_] = (
            (rows.fields != self.grammar.width + self.grammar.trailing) | (lengths == 0) | (lengths > self.limit)
        )
        codes = np.frombuffer(data, np.uint8)
        spots = [places(codes, 0)] if b"\0" in data else []
        if self.header:
            spots.append(np.array(self._headers(data), np.int64))
        if self.text.encoding.name == "utf-8":
            spots.append(_finds(data, MARK))
        if self.grammar.escape and self.grammar.escape in data:
            spots.append(places(codes, self.grammar.escape[0]))
        if self.grammar.trailing:
            odd |= codes[np.maximum(rows.ends - 1, 0)] != self.grammar.delimiter[0]
        for spot in spots:
            odd[np.searchsorted(rows.nexts, spot, side="right")] = True
        return odd

    # --- a line too long for memory -----------------------------------------------------------------------------

    def _skip_overlong(self, data: bytes, *, final: bool) -> int:
        """Take what ``data`` holds of an overlong line; returns how many bytes. `_overlong` is None when it ended."""
        assert self._overlong is not None  # noqa: S101
        line = self.grammar.line.match(data)
        assert line is not None  # noqa: S101 (the pattern matches the empty text)
        end = line.end()
        self._overlong.append(data[:end])
        if not final and data[end:] in (b"", b"\r"):
            return end
        following = careful.after_line_end(data, end)
        whole, self._overlong = b"".join(self._overlong), None
        self.ledger.overlong(whole, data[end:following])
        return following


def _finds(data: bytes, needle: bytes) -> npt.NDArray[np.int64]:
    return np.fromiter((found.start() for found in re.finditer(re.escape(needle), data)), np.int64)
