"""How a delimited file is written: delimiter, quotes, escapes, header, lines above it. Decided on a sample.

Each candidate delimiter cuts the sample into cells; the best is the one whose rows agree on their number of fields
*and* whose cells look like something: numbers, dates, words (the idea of van den Burg, Nazábal and Sutton, "Wrangling
messy CSV files by detecting row and type patterns", 2019; the measure here is our own).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from colmate.intake.careful import Grammar, after_line_end, strict_record
from colmate.intake.header import find_header
from colmate.intake.rows import Row
from colmate.intake.shapes import VALUES, shape

__all__ = ["Dialect", "Plan", "detect", "plan"]

# how plausible a delimiter is before anything is seen; control characters are made for this purpose
PRIOR: Final = {
    ",": 1.0, ";": 1.0, "\t": 1.05, "|": 1.0, "^": 0.9, "~": 0.9, ":": 0.45, " ": 0.4,
    "\x01": 1.0, "\x02": 0.9, "\x1c": 0.9, "\x1d": 0.9, "\x1e": 0.9, "\x1f": 1.0, "\x14": 0.9, "\x07": 0.9,
    "#": 0.5, "!": 0.5, "*": 0.5, "&": 0.4, "$": 0.5, "%": 0.4, "=": 0.35, "\xa6": 0.8, "\xa7": 0.7, "\xac": 0.7,
}  # fmt: skip
LONG: Final = re.compile(rb"\|\|\||\|\||;;|::|~~|\^\^|\|~\||~\|~|\^\|\^|@@|##|\$\$|<>|&&|\x07\|\x07")
SCORED: Final = 48_000  # bytes of the sample that are cut into cells for each candidate
SPOT: Final = 6_000
ROWS: Final = 1_000
STAND_IN: Final = b"\x1f"
ACCEPTED: Final = 0.32
SEPARATOR_LINE: Final = re.compile(rb"\"?sep=(.|\\t)\"?\r?\n|\"?sep=(.|\\t)\"?\r", re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """``delimiter`` "" means one column; ``escape`` is a backslash or "" (quotes doubled)."""

    delimiter: bytes
    quote: bytes = b'"'
    escape: bytes = b""


@dataclass(frozen=True)
class Plan:
    """How to read a table: the names in its header (None without one), its width, and where its records begin.

    ``preamble``: bytes before the header; ``header``: the header's own, line end included; ``header_text``: without.
    """

    dialect: Dialect
    names: tuple[bytes, ...] | None
    width: int
    trailing: bool
    preamble: int
    header: int
    header_text: bytes


def rows_of(sample: bytes, dialect: Dialect, limit: int = ROWS, *, whole: bool = True) -> list[Row]:
    """Cut a sample into rows (blank lines left out); the last, perhaps cut, is left out unless ``whole``."""
    grammar = Grammar(dialect.delimiter, dialect.quote, dialect.escape, 0)
    rows: list[Row] = []
    place = 0
    while place < len(sample) and len(rows) < limit:
        found = strict_record(sample, place, len(sample), grammar)
        if found is None:
            line = grammar.line.match(sample, place)
            end = line.end() if line else len(sample)
            text = sample[place:end]
            found = (text.split(dialect.delimiter) if dialect.delimiter else [text]), end
        fields, end = found
        if not whole and end >= len(sample):
            break
        following = after_line_end(sample, end)
        if sample[place:end].strip():
            rows.append(Row(place, end, following, tuple(fields)))
        place = following
    return rows


def detect(
    sample: bytes,
    more: Sequence[bytes] = (),
    *,
    whole: bool,
    delimiter: bytes | None = None,
    encoding: str = "utf-8",
) -> Dialect:
    """Return the dialect of ``sample``, the beginning of a file; ``more`` are whole lines from elsewhere in it.

    ``whole`` when the sample is all there is. With ``delimiter`` given only quotes and escapes are looked for.
    """
    # at least a few lines, however long they are
    scored = max(SCORED, 4 * _line_length(sample))
    body, whole = sample[:scored], whole and len(sample) <= scored
    whole = whole or not rows_of(body, Dialect(b""), 1, whole=False)
    if delimiter is not None:
        return _quoting(sample, delimiter)
    best, chosen, named, led = 0.0, _quoting(sample, b""), False, True
    other, under_names = 0.0, None
    single = _one_column(rows_of(body, chosen, whole=whole))
    for candidate, prior in _candidates(sample, encoding):
        dialect = _quoting(sample, candidate)
        cut = replace(dialect, delimiter=STAND_IN) if len(candidate) > 1 else dialect
        rows = rows_of(body.replace(candidate, cut.delimiter), cut, whole=whole)
        for part in more:
            rows += rows_of(part[:SPOT].replace(candidate, cut.delimiter), cut, ROWS // 16, whole=False)
        score = prior * _score(rows, cut)
        names = score > 0 and _named(rows)
        if score > best:
            best, chosen, named, led = score, dialect, names, len(rows[0].fields) > 1
        if names and score > other:
            other, under_names = score, dialect
    if under_names and not led:
        # the best leaves the first line whole, which another cuts into names of what that finds in every line
        return under_names
    return chosen if best > ACCEPTED and (best > single or named) else _quoting(sample, b"")


def _line_length(sample: bytes) -> int:
    ends = [place for mark in (b"\n", b"\r") if (place := sample.find(mark)) >= 0]
    return min(ends, default=len(sample))


def _candidates(sample: bytes, encoding: str) -> list[tuple[bytes, float]]:
    present = Counter(sample[:SCORED].decode(encoding, "replace"))
    single = [(char, prior) for char, prior in PRIOR.items() if present[char]]
    # any control character that a table could be cut by
    single += [
        (char, 0.8) for char in map(chr, range(1, 32)) if present[char] and char not in PRIOR and char not in "\r\n"
    ]
    long = Counter(LONG.findall(sample[:SCORED]))
    # one that is made of a likelier delimiter is believed when that one never stands alone: "a||b", not "a||b|c"
    longer = [
        (
            text,
            1.6 if all(sample.count(bytes([code])) == text.count(code) * sample.count(text) for code in text) else 0.3,
        )
        for text, times in long.items()
        if times >= 2
    ]
    return [(char.encode(encoding), prior) for char, prior in single] + longer


def _quoting(sample: bytes, delimiter: bytes) -> Dialect:
    """Return how fields are quoted: by counting the fields that begin and end with a quote."""
    edge = re.escape(delimiter) if delimiter else rb"[\r\n]"
    counts: dict[bytes, int] = {}
    for quote in (b'"', b"'"):
        body = rb"[^" + quote + rb"]*+(?:" + quote + quote + rb"[^" + quote + rb"]*+)*+"
        pattern = re.compile(
            rb"(?:\A|(?<=[\r\n])|" + edge + rb") ?" + quote + body + quote + rb"(?=" + edge + rb"|[\r\n]|\Z)"
        )
        counts[quote] = len(pattern.findall(sample)) if quote in sample else 0
    escape = b"\\" if re.search(rb"(?<!\\)\\(?:\\\\)*\"", sample) else b""
    if escape and len(re.findall(rb'\\"(?=' + edge + rb"|[\r\n]|\Z)", sample)) > len(re.findall(rb'\\"', sample)) // 2:
        escape = b""  # a path that ends in a backslash, not an escape
    lines = sample.count(b"\n") + sample.count(b"\r") + 1
    if counts[b"'"] > counts[b'"'] and counts[b"'"] >= max(2, lines // 4) and delimiter:
        return Dialect(delimiter, b"'", b"\\" if rb"\'" in sample else b"")
    if counts[b'"'] or escape or not _only_inside(sample, edge):
        return Dialect(delimiter, b'"', escape)
    return Dialect(delimiter, b"", b"")


def _only_inside(sample: bytes, edge: bytes) -> bool:
    """Tell whether double quotes are but characters of the text: many, and seldom at both ends of fields."""
    opening = len(re.findall(rb"(?:\A|[\r\n]|" + edge + rb')"', sample))
    closing = len(re.findall(rb'"(?:\Z|[\r\n]|' + edge + rb")", sample))
    total = sample.count(b'"')
    return total >= 20 and min(opening, closing) < total / 10


def _score(rows: Sequence[Row], dialect: Dialect) -> float:
    """Return how much the rows look like those of a table: agreement on the width, times known shapes."""
    widths = Counter(len(row.fields) for row in rows)
    if not widths:
        return 0.0
    width = max(widths, key=lambda size: (widths[size] * (size - 1) / size, size))
    agreeing = widths[width] / len(rows)
    if width < 2 or (dialect.delimiter == b" " and (agreeing < 0.95 or width < 3)):
        return 0.0
    near = sum(times for size, times in widths.items() if abs(size - width) == 1) / len(rows)
    cells = [cell for row in rows if len(row.fields) == width for cell in row.fields]
    return (agreeing + 0.2 * near) * (width - 1) / width * _known(cells)


def _known(cells: Sequence[bytes]) -> float:
    """Share of cells of a known shape; empty ones count less, free text a little."""
    shapes = Counter(shape(cell.decode("latin-1")) for cell in cells[:8_000])
    weights = {"empty": 0.7, "text": 0.3, "words": 0.9}
    total = shapes.total()
    return sum(weights.get(name, 1.0) * times for name, times in shapes.items()) / total if total else 0.0


def _one_column(rows: Sequence[Row]) -> float:
    """Return how sure it is that lines are not to be cut: they are dates, times, addresses, numbers as they are."""
    cells = [row.fields[0].decode("latin-1") for row in rows if len(row.fields) == 1]
    values = sum(shape(cell) in VALUES for cell in cells[1:] or cells)
    return 2.0 if cells and values >= 0.9 * len(cells[1:] or cells) else 0.0


def _named(rows: Sequence[Row]) -> bool:
    """Tell whether the first line is cut into as many names as all other lines have fields.

    "1,2" may be a number and "http://a/b,c" an address; below "rank,points" and "link,name" they are not.
    """
    names = rows[0].fields if rows else ()
    words = all(
        shape(name.decode("latin-1")) in ("word", "code") and name == name.strip() and not name.isdigit()
        for name in names
    )
    return len(names) > 1 and len(rows) > 1 and words and all(len(row.fields) == len(names) for row in rows[1:])


def plan(sample: bytes, dialect: Dialect, *, whole: bool) -> Plan:
    """Return where the header is and what it says, and the width of the table."""
    start = 0
    if found := SEPARATOR_LINE.match(sample):
        start = found.end()
    rows = rows_of(sample[start:], dialect, whole=whole)
    if len(rows) < 2 and not whole:
        rows = rows_of(sample[start:], dialect)  # a record that is cut says more about the header than none
    rows = [replace(row, start=row.start + start, end=row.end + start, next=row.next + start) for row in rows]
    found_header = find_header(rows)
    if found_header.row is None:
        begin = rows[found_header.first].start if rows else start
        return Plan(dialect, None, found_header.width, found_header.trailing, begin, 0, b"")
    row = rows[found_header.row]
    following = rows[found_header.first].start if found_header.first < len(rows) else row.next
    following = following if found_header.first > found_header.row + 1 else row.next
    return Plan(
        dialect, row.fields, found_header.width, found_header.trailing, row.start, following - row.start,
        sample[row.start : row.end],
    )  # fmt: skip
