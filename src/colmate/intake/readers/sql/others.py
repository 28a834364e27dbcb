"""Records in the less common forms: ``INSERT … SELECT 'a', 'b' UNION ALL …``, ``INSERT … SET a = 1``, COPY of CSV."""

from __future__ import annotations

import csv
import re
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.readers.sql.buffer import Buffer
from colmate.intake.readers.sql.collected import Collected
from colmate.intake.readers.sql.expressions import evaluate
from colmate.intake.readers.sql.grammar import IDENTIFIER, Grammar, names_in
from colmate.intake.readers.sql.inserts import Target

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


def copied_csv(buffer: Buffer, account: Account, collected: Collected, target: Target, options: bytes) -> None:
    r"""Read the lines of CSV at the buffer's place up to ``\\.``."""
    found = DELIMITED.search(options)
    delimiter = {b"\\t": "\t"}.get(found.group(1), found.group(1).decode("latin-1")) if found else ","
    header = HEADER.search(options) is not None
    while True:
        end = _record_end(buffer)
        line = buffer.data[buffer.place : end]
        if line.strip() in (b"\\.", b""):
            buffer.passed("statement", end)
            if line:
                return
            if not buffer.left:
                return
            continue
        if header:
            header = False
            buffer.passed("header", end)
            continue
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        # the module's own limit on a field is lower than a record's
        values: Values = list(next(csv.reader([text + "\n"], delimiter=delimiter), [])) if len(line) < 100_000 else []
        target.of_width(len(values))
        whole = line.endswith(b"\n") or buffer.stopped is None
        if len(values) != len(target.columns) or not whole:
            buffer.reject(buffer.place, end, "column_count" if whole else str(buffer.stopped))
            buffer.passed("reject", end)
            continue
        account.find()
        collected.row(target.table, target.columns, values, len(line))
        buffer.passed("record", end)


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
