"""What was found in a stretch of text is written down here: the place in the stream, the books, the records to parse.

Records that were read one by one are kept as well-formed lines until `Ledger.parse_pieces` lets Arrow parse them
together with their neighbours, in the order of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import numpy as np
import pyarrow as pa

from colmate.errors import InternalError
from colmate.intake import careful, cells
from colmate.intake.accounting import Account
from colmate.intake.careful import Grammar, Record
from colmate.intake.decoding import repair_mojibake, to_utf8
from colmate.intake.structure import Extent
from colmate.intake.text import Text

__all__ = ["MARK", "Ledger"]

# what programs print after the last record: "(123 rows)", "123 lignes"
ACCENT: Final = rb"(?:e|\xc3\xa9|\xe9)"
FOOTER: Final = re.compile(
    rb"\W*\d[\d ,.]*\s*(?:rows?|records?|lines?|lignes?|enregistrements?|r" + ACCENT + rb"sultats?)"
    rb"(?: (?:selected|affected|exported|in set|s" + ACCENT + rb"lectionn|export" + ACCENT + rb").*)?\W*",
    re.IGNORECASE | re.DOTALL,
)
MARK: Final = b"\xef\xbb\xbf"
SMALL: Final = 4096
Parser = Callable[[bytes, Grammar, Extent, bool], tuple[pa.Table, int] | None]


class Ledger:
    """Position (of the stream), line, and the books of one table of delimited text. ``header``: the header's line."""

    def __init__(self, text: Text, grammar: Grammar, account: Account, header: bytes, limit: int) -> None:
        self.text, self.grammar, self.account, self.header, self.limit = text, grammar, account, header, limit
        # how records are written for Arrow: those with an escape are written again, quotes doubled
        self.plain = Grammar(grammar.delimiter, grammar.quote, b"", grammar.width, grammar.trailing)
        self.position = 0
        self.line = 1
        self.found = 0
        self._pieces: list[bytes] = []
        self._expected = 0

    def advance(self, data: bytes, size: int) -> None:
        """Move past ``data``, which ends with its line end and was ``size`` bytes of the stream."""
        small = len(data) < SMALL
        self.line += data.count(b"\n") if small else int(np.count_nonzero(np.frombuffer(data, np.uint8) == 10))
        if b"\r" in data:
            self.line += data.count(b"\r") - data.count(b"\r\n")
        self.position += size

    def at_once(self, data: bytes, found: Extent) -> pa.Table | None:
        """Parse and book a stretch of records of which none stands out; None when the proof fails."""
        parsed = self._parse(data, found)
        if parsed is None:
            return None
        table, blank = parsed
        size, blank = self.text.size(data), blank * self.text.encoding.unit
        self.account.consume("blank", blank)
        self.account.consume("record", size - blank)
        self.found += table.num_rows
        self.advance(data, size)
        return table

    def good(self, piece: bytes, count: int) -> None:
        """Book ``count`` records that need no care."""
        self._pieces.append(piece if piece[-1] in b"\r\n" else piece + b"\n")
        self._expected += count
        self.found += count
        size = self.text.size(piece)
        self.account.consume("record", size)
        self.advance(piece, size)

    def book(self, raw: bytes, record: Record, length: int) -> None:
        """Book one record that was read with care: ``raw`` with its line end, ``length`` without."""
        size, text = self.text.size(raw), raw[:length]
        if b"\0" in text:
            record = self._without_nul(text, record)
        if self._is_blank(text):
            self.account.consume("blank", size)
        elif reason := self._refusal(text, record):
            self._reject(text, reason, size)
        else:
            self._keep(text, record)
            self.found += 1
            self.account.consume("record", size)
        self.advance(raw, size)

    def _is_blank(self, text: bytes) -> bool:
        """A line without anything, of byte-order marks alone, or of blanks alone where a record has several fields."""
        several = self.grammar.width > 1
        if several and self.grammar.delimiter in text:
            return False
        bare = text.replace(MARK, b"") if self.text.encoding.name == "utf-8" else text
        return not (bare.strip(b" \t") if several else bare)

    def _without_nul(self, text: bytes, record: Record) -> Record:
        """Read the record once more without its NUL bytes: before a quote they hide the quote."""
        bare = text.replace(b"\0", b"")
        again = careful.read_record(bare, 0, self.grammar, final=True, limit=self.limit)
        return again if again and again.next == len(bare) else record

    def _refusal(self, text: bytes, record: Record) -> str:
        """Return why a record is rejected, or nothing."""
        bare = text.replace(b"\0", b"")
        if len(bare) < len(text) and not bare.replace(MARK, b""):
            return "nul_bytes"
        if self.header and bare.removeprefix(MARK) == self.header:
            return "repeated_header"
        if self.grammar.width > 1 and record.shape in ("padded", "unclosed_quote") and FOOTER.fullmatch(bare):
            return "footer"
        return "" if record.fields is not None else record.shape

    def _keep(self, text: bytes, record: Record) -> None:
        fields = [field.replace(b"\0", b"") for field in record.fields or []]
        self.account.note("nul_bytes", text.count(0))
        if fields[0].startswith(MARK) and self.text.encoding.name == "utf-8":
            while fields[0].startswith(MARK):
                fields[0] = fields[0].removeprefix(MARK)
            self.account.note("byte_order_mark_inside")
        if record.shape != "read":
            self.account.note(record.shape)
        self._pieces.append(cells.quoted_again(fields, self.plain) + b"\n")
        self._expected += 1

    def cut(self, left: bytes, reason: str) -> None:
        """The stream ended before its end: ``left`` was begun last and is no whole record."""
        self._reject(left, reason, self.text.size(left))
        self.account.note(reason)

    def overlong(self, line: bytes, line_end: bytes) -> None:
        """Reject a line that is too long for a record."""
        size = self.text.size(line) + self.text.size(line_end)
        self._reject(line, "line_too_long", size)
        self.advance(line_end, size)

    def _reject(self, text: bytes, reason: str, size: int) -> None:
        self.found += 1
        self.account.reject(self.line, self.position, self.text.verbatim(text), reason)
        self.account.consume("reject", size)

    def _parse(self, data: bytes, found: Extent, parser: Parser = cells.parse) -> tuple[pa.Table, int] | None:
        """Parse well-formed records, from any encoding; None when the proof fails."""
        notes: list[tuple[str, int]] = []

        def note(code: str, count: int) -> None:
            notes.append((code, count))

        lenient = self.text.encoding.name == "utf-8" or self.text.encoding.wide
        text = data if lenient else to_utf8(data, self.text.encoding, note)
        text = repair_mojibake(text, note)
        parsed = parser(text, self.plain, found, text is data)
        if parsed is None and lenient and (mended := to_utf8(text, self.text.encoding, note)) is not text:
            text = repair_mojibake(mended, note)
            parsed = parser(text, self.plain, found, False)
        if parsed is None:
            return None
        table, blank = parsed
        for code, count in notes:
            self.account.note(code, count)
        if self.text.long and text.count(self.text.stand_in) > table.num_rows * (self.grammar.width - 1):
            table = cells.restore(table, self.text.stand_in, self.text.long)
        return table, blank

    def parse_pieces(self) -> pa.Table:
        """Parse the records that were found one by one, in order."""
        data, expected = b"".join(self._pieces), self._expected
        self._pieces, self._expected = [], 0
        found = cells.well_formed(data, self.plain)
        parsed = self._parse(data, found) or self._parse(data, found, cells.by_hand)
        if parsed is None:
            raise InternalError("records that were found well-formed could not be parsed")
        table = parsed[0]
        if table.num_rows != expected:
            raise InternalError(f"{expected} records were found in a block, {table.num_rows} were parsed")
        return table
