"""Reading one record with care: the rules for quotes, escapes, stray quotes and unclosed quotes, in one place.

The fast path (`colmate.intake.structure`) accepts only what these rules read in the same way; everything else comes
here, a record at a time. The rules, in this order, for a record of a table of ``width`` columns:

1. read strictly (RFC 4180: a quoted field ends at a quote before a delimiter or a line end; quotes inside an unquoted
   field are literal), over several lines if need be: taken if it has ``width`` fields;
2. read the line alone, stray quotes literal, in three ways: taken if one has ``width`` fields;
3. read strictly, but ragged: too few fields are padded, surplus empty fields dropped;
4. read over a few lines with stray quotes literal: taken if it has ``width`` fields;
5. the line alone: padded, or rejected.

So an unclosed quote costs its own line at most, and reading resumes on the next.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from colmate.intake.reading import RECORD_LIMIT

__all__ = ["Grammar", "Record", "read_record", "strict_record", "unquote_line"]

LENIENT_LINES: Final = 64
LENIENT_BYTES: Final = 1 << 16

Shape = Literal["read", "stray_quotes", "padded", "surplus_dropped", "too_many_fields", "unclosed_quote"]


@dataclass(frozen=True)
class Record:
    """``fields`` (None for a reject) of the record in ``data[start:end]``; ``next`` is where the following begins."""

    fields: list[bytes] | None
    end: int
    next: int
    shape: Shape = "read"


class Grammar:
    """The bytes that matter in a table of ``width`` columns, and the patterns made of them.

    ``delimiter`` b"" means one column. ``trailing``: each line ends with a delimiter that opens no column.
    """

    def __init__(self, delimiter: bytes, quote: bytes, escape: bytes, width: int, trailing: bool = False) -> None:
        self.delimiter, self.quote, self.escape = delimiter, quote, escape
        self.width, self.trailing = width, trailing
        d, q, e = re.escape(delimiter), re.escape(quote), re.escape(escape)
        stop = d + rb"\r\n"
        escaped = rb"|" + e + rb"(?s:.)" if escape else b""
        self.plain = re.compile(rb"(?:[^" + stop + e + rb"]++" + escaped + (rb"|" + e if escape else b"") + rb")*+")
        self.line = re.compile(rb"[^\r\n]*+")
        self.specials = re.compile(e + rb"([" + e + q + stop + rb"])") if escape else None
        if quote:
            inner = rb"[^" + q + e + rb"]++|" + q + q + escaped
            self.quoted = re.compile(q + rb"((?:" + inner + rb")*+)" + q + rb"(?=[" + stop + rb"]|\Z)")
            self.unfinished = re.compile(
                q + rb"(?:" + inner + rb")*+(?:" + e + rb")?\Z" if escape else q + rb"(?:" + inner + rb")*+\Z"
            )
            spaced = rb"(^|" + d + rb")[ \t]+(?=" + q + rb")" if delimiter else rb"(^)[ \t]+(?=" + q + rb")"
            self.spaces_before = re.compile(spaced)
            self.spaces_after = re.compile(q + rb"[ \t]+(?=" + (d + b"|" if delimiter else b"") + rb"\Z)")

    def fits(self, fields: list[bytes]) -> bool:
        """Tell whether a record has as many fields as the table has columns."""
        surplus = len(fields) - self.width
        return surplus == 0 or (surplus == 1 and self.trailing and not fields[-1])

    def plain_text(self, raw: bytes) -> bytes:
        """Return an unquoted field's text: escapes undone."""
        return self.specials.sub(rb"\1", raw) if self.specials and self.escape in raw else raw

    def quoted_text(self, raw: bytes) -> bytes:
        """Return the text between a field's quotes: doubled quotes and escapes undone."""
        if self.specials and self.escape in raw:
            both = re.compile(
                self.specials.pattern + rb"|" + re.escape(self.quote) + rb"(" + re.escape(self.quote) + rb")"
            )
            return both.sub(lambda found: found[1] or found[2], raw)
        return raw.replace(self.quote + self.quote, self.quote)


def after_line_end(data: bytes, place: int) -> int:
    """Return where the next line begins, given the place of a line end (or of the end of the data)."""
    return place + 2 if data[place : place + 2] == b"\r\n" else min(place + 1, len(data))


def strict_record(data: bytes, start: int, stop: int, grammar: Grammar) -> tuple[list[bytes], int] | None:
    """Return the fields of the record at ``start`` and its end, or None when a quote is out of place."""
    fields: list[bytes] = []
    place = start
    while True:
        if grammar.quote and data[place : place + 1] == grammar.quote:
            found = grammar.quoted.match(data, place, stop)
            if not found:
                return None
            fields.append(grammar.quoted_text(found[1]))
        else:
            found = grammar.plain.match(data, place, stop)
            assert found is not None  # noqa: S101 (the pattern matches the empty text)
            fields.append(grammar.plain_text(found[0]))
        place = found.end()
        if place >= stop or data[place : place + 1] in (b"\r", b"\n"):
            return fields, min(place, stop)
        place += len(grammar.delimiter)


def read_record(data: bytes, start: int, grammar: Grammar, *, final: bool, limit: int = RECORD_LIMIT) -> Record | None:
    """Read the record at ``start`` by the rules above; ``final`` when nothing follows ``data``.

    Returns None when the outcome depends on bytes that are not there, unless the record is too long already.
    The line at ``start`` must not be longer than ``limit`` (the caller sees to that).
    """
    stop = min(len(data), start + limit + 1)
    final = final and stop == len(data)
    over = stop == start + limit + 1
    strict = strict_record(data, start, stop, grammar)
    if strict is not None and strict[1] >= stop and not final:
        if not over:
            return None
        strict = None
    if strict is None and not final and not over and _runs_out(data, start, stop, grammar):
        return None
    if strict and grammar.fits(strict[0]):
        return _closed(data, strict[0][: grammar.width], strict[1])
    line = grammar.line.match(data, start, stop)
    assert line is not None  # noqa: S101 (the pattern matches the empty text)
    alone = line.end()
    if alone >= stop and not final and not over:
        return None
    broken = strict is None or strict[1] > alone or grammar.quote in line[0]
    if broken and (fields := unquote_line(line[0], grammar)):
        return _closed(data, fields, alone, "stray_quotes")
    if strict is not None and not (strict[1] > alone and _swallows(data, alone, strict[1], grammar)):
        return _ragged(data, strict[0], strict[1], grammar)
    if strict is None and grammar.quote and not final and not over and stop - start < LENIENT_BYTES:
        return None
    if strict is None and (lenient := _lenient(data, start, stop, grammar, final=final or over)):
        return _closed(data, lenient[0], lenient[1], "stray_quotes")
    return _line_alone(data, line[0], alone, grammar)


def _runs_out(data: bytes, start: int, stop: int, grammar: Grammar) -> bool:
    """Tell whether the strict reading failed only because the data ends inside quotes (or right after one)."""
    place = start
    while place < stop:
        if grammar.quote and data[place : place + 1] == grammar.quote:
            found = grammar.quoted.match(data, place, stop)
            if not found:
                return grammar.unfinished.match(data, place, stop) is not None
        else:
            found = grammar.plain.match(data, place, stop)
            assert found is not None  # noqa: S101 (the pattern matches the empty text)
        place = found.end() + len(grammar.delimiter)
        if data[found.end() : found.end() + 1] in (b"\r", b"\n", b""):
            return False
    return False


def _closed(data: bytes, fields: list[bytes], end: int, shape: Shape = "read") -> Record:
    return Record(fields, end, after_line_end(data, end), shape)


def _ragged(data: bytes, fields: list[bytes], end: int, grammar: Grammar) -> Record:
    following = after_line_end(data, end)
    missing = grammar.width - len(fields)
    if missing >= 0:
        return Record(fields + [b""] * missing, end, following, "padded" if missing else "read")
    if any(fields[grammar.width :]):
        return Record(None, end, following, "too_many_fields")
    return Record(fields[: grammar.width], end, following, "read" if grammar.fits(fields) else "surplus_dropped")


def _line_alone(data: bytes, line: bytes, end: int, grammar: Grammar) -> Record:
    """The last resort: a line whose quotes make no sense, and whose delimiters do not either."""
    fields = line.split(grammar.delimiter) if grammar.delimiter else [line]
    record = _ragged(data, fields, end, grammar)
    if record.shape == "padded":
        return Record(None, end, record.next, "unclosed_quote")
    return record


def unquote_line(line: bytes, grammar: Grammar) -> list[bytes] | None:
    """Read one line whose quotes are out of place, in the ways that people and programs break them.

    Returns the fields of the first way that gives as many as the table has columns, else None:
    quotes inside a quoted field are literal; a stray opening quote is literal; blanks stand around the quotes.
    """
    if not grammar.quote:
        return None
    bare = grammar.spaces_after.sub(grammar.quote, grammar.spaces_before.sub(rb"\1", line))
    for text, inner in ((line, True), (line, False), (bare, False)):
        fields = _lenient_fields(text, grammar, inner=inner)
        if grammar.fits(fields):
            return fields[: grammar.width]
    return None


def _lenient_fields(line: bytes, grammar: Grammar, *, inner: bool) -> list[bytes]:
    fields: list[bytes] = []
    place, hopeless = 0, False
    while True:
        end = -1
        if line[place : place + 1] == grammar.quote and not hopeless:
            strict = grammar.quoted.match(line, place)
            end = strict.end() if strict else (_closing(line, place, len(line), grammar) if inner else -1)
            hopeless = inner and end < 0
            if end >= 0:
                fields.append(grammar.quoted_text(line[place + 1 : end - 1]))
        if end < 0:
            end = line.find(grammar.delimiter, place) if grammar.delimiter else len(line)
            end = len(line) if end < 0 else end
            fields.append(grammar.plain_text(line[place:end]))
        if end >= len(line):
            return fields
        place = end + len(grammar.delimiter)


def _closing(data: bytes, opening: int, stop: int, grammar: Grammar, *, last: bool = True) -> int:
    """Return where the field opened at ``opening`` ends if quotes not before a delimiter are literal, or -1.

    Before a line end only the ``last`` field of a record may close.
    """
    place = data.find(grammar.quote, opening + 1, stop)
    while place >= 0:
        following = data[place + 1 : place + 2] if place + 1 < stop else b""
        if following == grammar.delimiter or (last and following in (b"", b"\r", b"\n")):
            return place + 1
        place = data.find(grammar.quote, place + (2 if following == grammar.quote else 1), stop)
    return -1


def _swallows(data: bytes, start: int, end: int, grammar: Grammar) -> bool:
    """Tell whether a line between ``start`` and ``end`` would be a whole record by itself: an unclosed quote ate it."""
    if grammar.width < 3:
        return False
    inside = data[start : min(end, start + LENIENT_BYTES)].splitlines()[1:]
    columns = grammar.width + grammar.trailing
    return any(line.count(grammar.delimiter) + 1 == columns for line in inside[:LENIENT_LINES])


def _lenient(data: bytes, start: int, stop: int, grammar: Grammar, *, final: bool) -> tuple[list[bytes], int] | None:
    """Read a record of a few lines whose quoted text has stray quotes, if it has the right number of fields."""
    if not grammar.quote:
        return None
    final = final and stop - start <= LENIENT_BYTES
    stop = min(stop, start + LENIENT_BYTES)
    fields: list[bytes] = []
    place = start
    while len(fields) <= grammar.width + 1:
        if data[place : place + 1] == grammar.quote:
            end = _closing(data, place, stop, grammar, last=len(fields) + 1 >= grammar.width)
            if end < 0 or data.count(b"\n", place, end) > LENIENT_LINES or _swallows(data, place, end, grammar):
                return None
            fields.append(grammar.quoted_text(data[place + 1 : end - 1]))
        else:
            found = grammar.plain.match(data, place, stop)
            assert found is not None  # noqa: S101 (the pattern matches the empty text)
            end = found.end()
            fields.append(grammar.plain_text(found[0]))
        if end >= stop or data[end : end + 1] in (b"\r", b"\n"):
            return (fields[: grammar.width], end) if grammar.fits(fields) and (end < stop or final) else None
        place = end + len(grammar.delimiter)
    return None
