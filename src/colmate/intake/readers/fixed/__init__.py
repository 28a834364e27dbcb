"""Fixed-width records, a line each, as the PMSI has them (RSS, RSA, RHS…), by a layout that the user gives.

No content says that it is in this format: it is read when ``options.layout`` is set (see `layout` for what that
file holds). Positions count characters of the file's own encoding, so an accented letter is one. Blanks around a
value are padding and left out. What stands behind the last column of the layout (diagnoses and acts that repeat)
goes to a column ``beyond_layout``. Where the program that wrote the file cuts blanks off at line ends (no line of
the beginning ends with one), short records are filled up; else a short record is a reject.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from colmate.errors import UsageError
from colmate.intake.accounting import Account
from colmate.intake.evidence import Source, Utf8
from colmate.intake.names import table_name
from colmate.intake.readers.fixed.layout import Layout, layout_of
from colmate.intake.readers.fixed.slicing import Lines, cut
from colmate.intake.reading import Chunk, Declared, Format, Head, Options

__all__ = ["FORMATS"]

BLOCK: Final = 8 << 20
SAMPLE: Final = 1 << 18
BLANK: Final = 32


def sniff(_head: Head) -> float:
    """Never claim a content: only the user knows."""
    return 0.0


def read(source: Source, account: Account, options: Options) -> Iterator[Chunk]:
    """Yield the records; raises `UsageError` without a layout, or with one that cannot be used."""
    if options.layout is None:
        raise UsageError("fixed-width records need a layout: give the file that describes their columns with --layout")
    layout = layout_of(options.layout)
    padded = _padded(source.head.text, layout.length)
    text = source.utf8(account)
    yield from _Reading(text, account, options, layout, padded).chunks(table_name(source.name))


def _padded(head: bytes, length: int) -> bool:
    """Tell whether the writer fills its lines with blanks, so that a shorter one is no whole record."""
    lines = head[:SAMPLE].splitlines()[:-1]
    if any(line.endswith(b" ") for line in lines):
        return True
    lengths = {len(line.decode("utf-8", "replace")) for line in lines if line}
    return len(lines) > 1 and len(lengths) == 1 and lengths == {length}


class _Reading:
    """The lines of one content, block by block; books every byte."""

    def __init__(self, text: Utf8, account: Account, options: Options, layout: Layout, padded: bool) -> None:
        self.text, self.account, self.layout, self.padded = text, account, layout, padded
        self.limit = options.limit
        self.place, self.line = 0, 1

    def chunks(self, table: str) -> Iterator[Chunk]:
        """Yield the records; the last line counts if the content was not cut."""
        yield Chunk(table, cut(Lines.of(b""), self.layout), Declared(meanings=self.layout.meanings))
        held: list[bytes] = []
        size = 0
        while part := self.text.read(BLOCK):
            end = part.rfind(b"\n") + 1
            if not end:
                held.append(part)
                size += len(part)
                if size > self.limit:
                    self._refuse(b"".join(held), "line_too_long")
                    held, size = [], 0
                continue
            block = b"".join([*held, part[:end]])
            held, size = [part[end:]], len(part) - end
            yield Chunk(table, self._block(block))
        rest = b"".join(held)
        if self.text.stopped:
            self._refuse(rest, self.text.stopped)
        elif rest:
            yield Chunk(table, self._block(rest))

    def _block(self, block: bytes) -> pa.Table:
        """Return the records of whole lines; reject those that are no whole records."""
        lines = Lines.of(block)
        sizes = lines.nexts - lines.starts
        blank = self._blank(lines)
        short = ~blank & (lines.characters < self.layout.length)
        refused = (short & self.padded) | (~blank & (sizes > self.limit))
        kept = ~(blank | refused)
        for place in np.flatnonzero(refused).tolist():
            start, end = int(lines.starts[place]), int(lines.ends[place])
            reason = "line_too_long" if end - start > self.limit else "short_record"
            self.account.reject(self.line + place, self.place + start, block[start:end], reason)
        self.account.find(int((~blank).sum()))
        self.account.note("padded", int((short & kept).sum()))
        self.account.consume("blank", int(sizes[blank].sum()))
        self.account.consume("reject", int(sizes[refused].sum()))
        self.account.consume("record", int(sizes[kept].sum()))
        self.place += len(block)
        self.line += lines.starts.size
        records = cut(lines if kept.all() else lines.select(kept), self.layout)
        self.account.note("beyond_layout", int((kept & (lines.characters > self.layout.length)).sum()))
        return records

    def _blank(self, lines: Lines) -> npt.NDArray[np.bool_]:
        """Tell which lines hold nothing but blanks (or the end-of-file mark of DOS)."""
        codes = np.frombuffer(lines.data, np.uint8)
        inked = np.concatenate([np.zeros(1, np.int64), np.cumsum(codes > BLANK)])
        empty: npt.NDArray[np.bool_] = inked[lines.ends] == inked[lines.starts]
        return empty

    def _refuse(self, raw: bytes, reason: str) -> None:
        """Reject a line that is no record; its end comes later, or never."""
        self.account.find()
        self.account.reject(self.line, self.place, raw, reason)
        self.account.consume("reject", len(raw))
        self.place += len(raw)


FORMATS = (Format("fixed", sniff, read),)
