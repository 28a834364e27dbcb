"""Records in the less common forms: ``INSERT … SELECT 'a', 'b' UNION ALL …``, ``INSERT … SET a = 1``, COPY of CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.readers.sql.buffer import Buffer
from colmate.intake.readers.sql.collected import Collected
from colmate.intake.readers.sql.expressions import evaluate
from colmate.intake.readers.sql.grammar import IDENTIFIER, Grammar, names_in
from colmate.intake.readers.sql.inserts import Target
from colmate.intake.reading import Chunk

__all__ = ["assigned", "copied_csv", "is_csv", "selected"]

# tables of one record that stand for none
NOTHING: Final = (b"dual", b"sysibm.sysdummy1", b"(values(1))")
ALIAS: Final = re.compile(rb"\s(?:AS\s+)" + IDENTIFIER + rb"\s*\Z", re.IGNORECASE)
CSV: Final = re.compile(rb"\bCSV\b", re.IGNORECASE)
DELIMITED: Final = re.compile(rb"\bDELIMITER\s+(?:AS\s+)?E?'(\\t|.)'", re.IGNORECASE)
HEADER: Final = re.compile(rb"\bHEADER\b(?!\s+(?:false|off|0))", re.IGNORECASE)
Values = list["str | None"]


def selected(text: bytes, grammar: Grammar) -> list[Values] | None:
    """Return the records of constants that ``SELECT … UNION ALL SELECT …`` lists; None when it asks a table."""
    parts: list[list[list[bytes]]] = []
    origin: list[bytes] | None = None
    depth = 0
    for found in grammar.token.finditer(text):
        token = found.group()
        word = token.upper()
        depth += (token == b"(") - (token == b")")
        if depth == 0 and word == b"SELECT":
            parts.append([[]])
            origin = None
        elif depth == 0 and word == b"FROM":
            origin = []
        elif depth == 0 and word in (b"UNION", b";"):
            if origin is not None and b"".join(origin).strip().lower() not in NOTHING:
                return None
            origin = []
        elif origin is not None:
            origin.append(token)
        elif parts and token == b"," and depth == 0:
            parts[-1].append([])
        elif parts and token[:2] not in (b"--", b"/*"):
            parts[-1][-1].append(token)
    if origin is not None and b"".join(origin).strip().lower() not in (b"", *NOTHING):
        return None
    return [[evaluate(ALIAS.sub(b"", b"".join(value)), grammar) for value in record] for record in parts]


def assigned(text: bytes, grammar: Grammar) -> dict[str, str | None] | None:
    """Return the record that the assignments ``a = 1, b = 'x'`` make; None when they cannot be read."""
    items: list[list[bytes]] = [[]]
    depth = 0
    for found in grammar.token.finditer(text):
        token = found.group()
        depth += (token == b"(") - (token == b")")
        if (token == b";" or token.upper() == b"ON") and depth == 0:
            break
        if token == b"," and depth == 0:
            items.append([])
        elif token[:2] not in (b"--", b"/*"):
            items[-1].append(token)
    record: dict[str, str | None] = {}
    for item in items:
        name, equals, value = b"".join(item).partition(b"=")
        if not equals or not name.strip() or not value.strip():
            return None
        record[names_in(name)[-1]] = evaluate(value, grammar)
    return record


def is_csv(options: bytes) -> bool:
    """Whether the options of a COPY ask for CSV."""
    return CSV.search(options) is not None


def copied_csv(
    buffer: Buffer, account: Account, collected: Collected, target: Target, options: bytes
) -> Iterator[Chunk]:
    r"""Read the lines of CSV at the buffer's place up to ``\\.``; an empty line is a record of an only column."""
    found = DELIMITED.search(options)
    delimiter = {b"\\t": "\t"}.get(found.group(1), found.group(1).decode("latin-1")) if found else ","
    header = HEADER.search(options) is not None
    while (end := _record_end(buffer)) > buffer.place:
        line = buffer.data[buffer.place : end]
        if line.rstrip() == b"\\.":
            buffer.passed("statement", end)
            return
        if not line.strip(b"\r\n") and len(target.columns) != 1:
            buffer.passed("blank", end)
            continue
        if header:
            header = False
            buffer.passed("header", end)
            continue
        values = _csv_values(line, delimiter)
        target.of_width(len(values))
        whole = line.endswith(b"\n") or buffer.stopped is None
        if len(values) != len(target.columns) or not whole:
            buffer.reject(buffer.place, end, "column_count" if whole else str(buffer.stopped))
            buffer.passed("reject", end)
            continue
        account.find()
        collected.row(target.table, target.columns, values, len(line))
        buffer.passed("record", end)
        if collected.full:
            yield from collected.take()


def _csv_values(line: bytes, delimiter: str) -> Values:
    """Return the values of a line; none where it is no CSV or longer than the module's own limit on a field."""
    if len(line) >= 100_000:
        return []
    text = line.decode("utf-8", "replace").rstrip("\r\n")
    try:
        return list(next(csv.reader([text + "\n"], delimiter=delimiter), [])) or [""]
    except (csv.Error, TypeError, ValueError):
        # a carriage return outside of quotes; a delimiter that can be none
        return []


def _record_end(buffer: Buffer) -> int:
    """Return where the record at the place ends: at a line end outside quotes."""
    place = buffer.place
    quotes = 0
    while True:
        end = buffer.data.find(b"\n", place) + 1
        if not end:
            offset = place - buffer.place
            if not buffer.more():
                return len(buffer.data)
            place = buffer.place + offset
            continue
        quotes += buffer.data.count(b'"', place, end)
        if quotes % 2 == 0:
            return end
        place = end
