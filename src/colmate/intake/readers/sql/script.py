"""A dump from its first byte to its last: what each statement is, where it ends, who reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.readers.sql.buffer import Buffer
from colmate.intake.readers.sql.collected import Collected
from colmate.intake.readers.sql.copying import copied_lines
from colmate.intake.readers.sql.ddl import definition
from colmate.intake.readers.sql.grammar import NAME, Grammar, names_in, unquoted
from colmate.intake.readers.sql.inserts import Inserts, Target
from colmate.intake.readers.sql.others import assigned, copied_csv, is_csv, selected
from colmate.intake.readers.sql.schema import Schema, Table
from colmate.intake.readers.sql.statements import LONGEST, comment_end, plain_end, statement_end
from colmate.intake.reading import Chunk

__all__ = ["Script"]

AHEAD: Final = 64 << 10
# statements whose end cannot be found, before it is no longer looked for with care
FAILURES: Final = 32
LIST: Final = rb"(?:\s*+\(((?>[^()'`\"\[]++|`[^`]*+`|\"[^\"]*+\"|\[[^\]]*+\])*+)\))?+"
INSERT: Final = re.compile(
    rb"(?:(?:INSERT|REPLACE)\s+(?:(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE|OR\s+\w+)\s+)*+(?:INTO\s+)?|INTO\s+)"
    rb"(?:TABLE\s+)?(?!INTO\b|VALUES\b|ALL\b)(" + NAME + rb")" + LIST
    + rb"\s*+(?:OVERRIDING\s+\w+\s+VALUE\s+)?(VALUES?\s*+(?=\()|SET\s|(?=SELECT\s))",
    re.IGNORECASE,
)  # fmt: skip
COPY: Final = re.compile(rb"COPY\s+(" + NAME + rb")" + LIST + rb"\s+FROM\s+stdin\b([^;]*+);[^\n]*+\n", re.IGNORECASE)
ALL: Final = re.compile(rb"INSERT\s+(?:ALL|FIRST)\s", re.IGNORECASE)
BEGINS: Final = re.compile(rb"(?:INSERT|REPLACE|COPY|INTO)\b", re.IGNORECASE)
TRAILER: Final = re.compile(rb"(?:ON\s+(?:DUPLICATE|CONFLICT)|RETURNING|AS\s)", re.IGNORECASE)
# lines of the command-line clients, which no semicolon ends
LINE: Final = re.compile(
    rb"(?:\\[a-z!]|@|\.[a-z]|(?:GO|REM|REMARK|PROMPT|SPOOL|WHENEVER|PRINT|EXIT|QUIT|DELIMITER)\b|/[ \t\r]*+$)"
    rb"[^\n]*+(?:\n|\Z)",
    re.IGNORECASE | re.MULTILINE,
)
DELIMITER: Final = re.compile(rb"DELIMITER\s+(\S+)", re.IGNORECASE)
USE: Final = re.compile(rb"(?:USE\s+|\\connect\s+)(" + NAME + rb")", re.IGNORECASE)
SEARCH_PATH: Final = re.compile(rb"SET\s+(?:SESSION\s+)?search_path\s*(?:=|TO)\s*(" + NAME + rb")", re.IGNORECASE)
CHANGES: Final = re.compile(rb"(?:UPDATE|DELETE|MERGE|TRUNCATE|LOAD|BULK|INSERT|REPLACE|WITH)\b", re.IGNORECASE)
STRINGS: Final = re.compile(rb"standard_conforming_strings\s*(?:=|TO)\s*'?(on|off)", re.IGNORECASE)
TABLE: Final = re.compile(rb"(?:CREATE|ALTER)\s", re.IGNORECASE)
BLANK: Final = re.compile(rb"\s++")


class Script:
    """Reads one dump."""

    def __init__(self, buffer: Buffer, account: Account, grammar: Grammar) -> None:
        self._buffer, self._account, self._grammar = buffer, account, grammar
        self._schema = Schema()
        self._collected = Collected()
        self._inserts = Inserts(buffer, account, self._collected)
        self._delimiter = b";"
        self._all = False
        # the beginning of the last INSERT up to its first parenthesis, and what it means
        self._head = b"\0"
        self._target: Target | None = None
        self._repeated = False
        self._joint = b""
        self._failures = 0

    def read(self) -> Iterator[Chunk]:
        """Yield all records; then, for every table, what was said of it."""
        while self._next():
            if self._data_begins():
                data = self._insert() if self._buffer.data[self._buffer.place] not in b"cC" else self._copy()
                if data is not None:
                    yield from data
                    continue
            self._statement()
            if self._collected.full:
                yield from self._collected.take()
        yield from self._collected.take()
        yield from self._schema.declared()

    def _next(self) -> bool:
        """Pass blanks and comments; False at the end of the text."""
        buffer = self._buffer
        while True:
            # one read may bring less than was asked for, and a statement's beginning must be there as a whole
            while buffer.left < AHEAD and buffer.more():
                pass
            if not buffer.left:
                return False
            blank = BLANK.match(buffer.data, buffer.place)
            if blank:
                buffer.passed("blank", blank.end())
                continue
            longest = LONGEST if self._failures < FAILURES else AHEAD // 64
            end = comment_end(buffer.data, buffer.place, self._grammar, longest)
            while end == 0 and buffer.left < longest and buffer.more():
                end = comment_end(buffer.data, buffer.place, self._grammar, longest)
            if end < 0:
                return True
            self._failures += end == 0
            # one that never ends is its line
            buffer.passed("statement", end or buffer.data.find(b"\n", buffer.place) + 1 or len(buffer.data))

    def _data_begins(self) -> bool:
        return self._delimiter == b";" and BEGINS.match(self._buffer.data, self._buffer.place) is not None

    def _insert(self) -> Iterator[Chunk] | None:
        """Return the records of the INSERT at the place; None when it has none of its own."""
        buffer = self._buffer
        place = buffer.place
        known = self._target is not None and buffer.data.startswith(self._head, place)
        if not known:
            found = INSERT.match(buffer.data, place)
            if found is None and ALL.match(buffer.data, place):
                self._all = True
                buffer.passed(
                    "statement",
                    buffer.data.index(b"\n" if b"\n" in buffer.data[place : place + 20] else b" ", place + 7),
                )
                return iter(())
            if found is None or (buffer.data[place] in b"iI" and buffer.data[place + 2] in b"tT" and not self._all):
                return None
            table = self._schema.table(names_in(found.group(1)))
            columns = table.spelled(names_in(found.group(2))) if found.group(2) else self._all_columns(table)
            target = Target(table, columns, table.textual(columns))
            if found.group(3)[:1].upper() != b"V":
                return self._constants(target, found.end(), assigning=bool(found.group(3)))
            self._target = target
            self._head = buffer.data[place : found.end()]
            self._joint = b""
        self._repeated = known
        return self._tuples(place + len(self._head))

    def _constants(self, target: Target, start: int, assigning: bool) -> Iterator[Chunk] | None:
        """Take the records of an INSERT with SET, or with SELECT of constants; None when it asks a table."""
        offset = start - self._buffer.place
        end = self._statement_end()
        buffer = self._buffer
        text = buffer.data[buffer.place + offset : end]
        if assigning:
            record = assigned(text, self._grammar)
            if record is None:
                return None
            target.columns, records = target.table.spelled(list(record)), [list(record.values())]
        else:
            found = selected(text, self._grammar)
            if not found:
                return None
            records = found
        for values in records:
            target.of_width(len(values))
            if len(values) != len(target.columns):
                buffer.reject(buffer.place, end, "column_count")
                continue
            self._account.find()
            self._collected.row(target.table, target.columns, values, len(text) // len(records))
        buffer.passed("record", end)
        return iter(())

    def _all_columns(self, table: Table) -> tuple[str, ...]:
        if self._grammar.dialect != "tsql":
            return table.columns
        return tuple(name for name in table.columns if name not in table.automatic)

    def _tuples(self, start: int) -> Iterator[Chunk]:
        buffer, target = self._buffer, self._target
        if target is None:
            return
        closed = self._inserts.closed - buffer.base if self._repeated else -1
        between = buffer.data[closed:start] if 0 <= closed < start else b""
        joint = between if between and between == self._joint else b""
        self._joint = between or self._joint
        buffer.passed("header", start)
        while True:
            yield from self._inserts.read(target, self._grammar, joint)
            if comment_end(buffer.data, buffer.place, self._grammar, 1) < 0 or not self._next():
                break
            if buffer.data[buffer.place : buffer.place + 1] not in (b",", b"("):
                break
        while buffer.left < AHEAD and buffer.more():
            pass
        if buffer.data[buffer.place : buffer.place + 1] == b";":
            buffer.passed("statement", buffer.place + 1)
        elif TRAILER.match(buffer.data, buffer.place):
            self._statement()

    def _copy(self) -> Iterator[Chunk] | None:
        buffer = self._buffer
        found = COPY.match(buffer.data, buffer.place)
        if found is None:
            return None
        table = self._schema.table(names_in(found.group(1)))
        columns = table.spelled(names_in(found.group(2))) if found.group(2) else table.columns
        buffer.passed("header", found.end())
        target = Target(table, columns)
        if is_csv(found.group(3)):
            return copied_csv(buffer, self._account, self._collected, target, found.group(3))
        return copied_lines(buffer, self._account, self._collected, target)

    def _statement(self) -> None:
        """Pass a statement that holds no records, and learn from it."""
        buffer = self._buffer
        line = LINE.match(buffer.data, buffer.place)
        end = line.end() if line else self._statement_end()
        statement = buffer.data[buffer.place : min(end, buffer.place + (1 << 20))]
        buffer.passed("statement", end)
        self._learn(statement)

    def _statement_end(self) -> int:
        """Return where the statement at the place ends; simply at a semicolon, in a dump where that fails too often."""
        buffer = self._buffer
        end = 0
        if self._failures < FAILURES:
            end = statement_end(buffer.data, buffer.place, self._grammar, self._delimiter)
            while end == 0 and buffer.left < LONGEST and buffer.more():
                end = statement_end(buffer.data, buffer.place, self._grammar, self._delimiter)
            self._failures += end == 0
        while end == 0:
            end = plain_end(buffer.data, buffer.place, self._delimiter)
            if end == 0 and not buffer.more():
                end = len(buffer.data)
        return end

    def _learn(self, statement: bytes) -> None:
        if TABLE.match(statement):
            said = definition(statement, self._grammar)
            if said is not None:
                self._schema.learn(said)
            return
        found = DELIMITER.match(statement)
        if found:
            self._delimiter = found.group(1)
            return
        found = USE.match(statement)
        if found:
            self._schema.use(unquoted(found.group(1)), schemas=self._grammar.dialect in ("postgres", "tsql"))
            self._target = None
        found = SEARCH_PATH.match(statement)
        if found:
            path = unquoted(found.group(1))
            self._schema.current = "" if path.strip("'") == "" or path == "pg_catalog" else path
            self._target = None
        found = STRINGS.search(statement) if self._grammar.dialect == "postgres" else None
        if found:
            self._grammar = replace(self._grammar, backslash=found.group(1).lower() == b"off")
        if CHANGES.match(statement):
            self._account.note("statements_not_replayed")
        self._all = False
