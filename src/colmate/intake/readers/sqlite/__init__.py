"""SQLite database files: every row of every ordinary table, read-only, from a file that is not trusted.

The library itself reads the pages; what it is not allowed: functions of the schema (``trusted_schema``), extensions,
attached files, values beyond the limit of a record, a query that gives no row for a long time. A damaged file is
read around each damaged part (SQLite, "How To Corrupt An SQLite Database File", and the ``.recover`` idea of the
shell), which is a reject.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from itertools import islice
from typing import Final

from colmate.errors import FormatError
from colmate.intake.accounting import Account
from colmate.intake.compression import Bounds
from colmate.intake.evidence import Source
from colmate.intake.readers.sqlite.documents import Documents
from colmate.intake.readers.sqlite.opening import MAGIC, opened
from colmate.intake.readers.sqlite.rows import Batch, text_table
from colmate.intake.readers.sqlite.schema import Table, declared, quoted, tables_of
from colmate.intake.reading import CERTAIN, Chunk, Format, Head, Member, Options

__all__ = ["FORMATS"]

PATIENCE: Final = 60.0  # seconds without a single row
STEPS: Final = 200_000  # instructions of the virtual machine between two looks at the clock
REJECTS: Final = 100_000  # rows that are rejected one by one; of more a single reject tells
GAPS: Final = 1_000  # damaged parts of a table that are passed over
HIGHEST: Final = (1 << 63) - 1


def sniff(head: Head) -> float:
    """Tell by the 16 bytes that begin each database (file format, section 1.3)."""
    return CERTAIN if head.raw.startswith(MAGIC) else 0.0


def read(source: Source, account: Account, options: Options) -> Iterator[Chunk | Member]:
    """Yield the rows of the tables; raises `FormatError` when not even the schema can be read."""
    with opened(source, account, options) as (connection, size):
        limits = _Limits(options.bounds, size)
        connection.set_progress_handler(limits.late, STEPS)
        tables = tables_of(connection, account)
        if tables is None:
            raise FormatError(f"{source.name} is a SQLite database whose schema cannot be read: damaged or encrypted")
        for table in tables:
            limits.tick()
            yield Chunk(
                table.shown, text_table(table.titles, [()] * len(table.titles)), declared(connection, table, tables)
            )
            yield from _Reading(connection, table, account, limits).chunks()
        if source.stopped:
            account.find()
            account.reject(0, source.delivered, b"", source.stopped)


class _Limits:
    """Interrupts a statement that gives nothing for too long, and what gives more than a file can hold.

    ``size``: bytes of the file. Rows may share their pages with each other, if the file is made to.
    """

    def __init__(self, bounds: Bounds, size: int) -> None:
        self._bounds, self._size, self._produced = bounds, size, 0
        self.tick()

    def burst(self, produced: int) -> bool:
        """Count bytes of text; tell whether it is too much."""
        self._produced += produced
        return self._bounds.burst(self._produced, self._size)

    def tick(self) -> None:
        """Begin to wait anew."""
        self._since = time.monotonic()

    def late(self) -> int:
        """Tell SQLite whether to stop (not zero)."""
        return int(time.monotonic() - self._since > PATIENCE)


# --- the rows --------------------------------------------------------------------------------------------------------


class _Reading:
    """The rows of one table, damage and all."""

    def __init__(self, connection: sqlite3.Connection, table: Table, account: Account, limits: _Limits) -> None:
        self.connection, self.table, self.account, self.limits = connection, table, account, limits
        self.read = 0
        key = table.titles.index(table.key[0]) if len(table.key) == 1 else None
        self.documents = Documents(table.shown, table.titles, key, account)
        self.last: int | None = None
        self.failed: str | None = None
        self.gaps = 0

    def chunks(self) -> Iterator[Chunk | Member]:
        """Yield the rows, forwards, then (past damage) backwards; book what is missing."""
        counted = self._count()
        self.account.find(counted or 0)
        yield from self._rows(self.table.query)
        if self.failed == "damaged_page" and self.table.rowid:
            yield from self._past_damage(self.table.rowid)
        self._settle(counted)

    def _past_damage(self, rowid: str) -> Iterator[Chunk | Member]:
        """Yield the rows behind each damaged part; where their numbers do not lead there, those from the end back."""
        for _ in range(GAPS):
            begin = self._next_readable(rowid)
            if self.failed != "damaged_page" or begin is None:
                break
            self.gaps += begin > (self.last or 0) + 1
            self.failed = None
            # `sqlite3` is a row ahead: an error behind a row hides it, unless it is asked for alone
            yield from self._rows(f"{self.table.query} WHERE {rowid} = {begin}")
            self.last = begin
            if self.failed is None:
                yield from self._rows(f"{self.table.query} WHERE {rowid} > {begin} ORDER BY {rowid}")
            if self.failed is None:
                break
        if self.failed == "damaged_page":
            after = f" WHERE {rowid} > {self.last}" if self.last is not None else ""
            self.failed = None
            yield from self._rows(f"{self.table.query}{after} ORDER BY {rowid} DESC")
        self.failed = self.failed or "damaged_page"

    def _next_readable(self, rowid: str) -> int | None:
        """Return a number behind the last row that was read from which rows can be read again, None if there is none.

        Sought in steps that double, then between the last two: a damaged page holds rows of numbers that follow.
        """
        low = self.last or 0
        step = 1
        while (found := self._probe(rowid, high := min(low + step, HIGHEST))) is None:
            if high == HIGHEST or self.limits.late():
                return None
            low, step = high, 2 * step
        while high - low > 1:
            middle = (low + high) // 2
            readable = self._probe(rowid, middle)
            if readable is None:
                low = middle
            else:
                high, found = middle, readable
        return high if found else None

    def _probe(self, rowid: str, number: int) -> bool | None:
        """Tell whether there is a row from ``number`` on, None where the pages do not allow to tell."""
        query = f"SELECT {rowid} FROM {quoted(self.table.name)} WHERE {rowid} >= {number} ORDER BY {rowid} LIMIT 1"
        try:
            return self.connection.execute(query).fetchone() is not None
        except sqlite3.Error:
            return None

    def _count(self) -> int | None:
        """Return how many rows there are by a count of its own; None where the pages do not allow it."""
        try:
            row = self.connection.execute(f"SELECT count(*) FROM {quoted(self.table.name)}").fetchone()
        except sqlite3.Error:
            return None
        return int(row[0])

    def _settle(self, counted: int | None) -> None:
        """Find what was not counted, reject what was counted and not read."""
        missing = (counted or 0) - self.read
        if missing < 0:
            self.account.find(-missing)
        elif missing and not self.failed:
            self.failed = "damaged_page"  # an index knows more rows than the table has
        if not self.failed:
            return
        if missing <= 0 or missing > REJECTS:
            self.account.note("records_lost", max(0, missing))
            parts = max(1, self.gaps)
            self.account.find(parts - max(0, missing))
            missing = parts
        for _ in range(missing):
            self.account.reject(0, 0, b"", self.failed)

    def _rows(self, query: str) -> Iterator[Chunk | Member]:
        """Yield what a query gives; on a text that is no UTF-8 it goes on with a slower, more patient decoder."""
        batch = Batch()
        done = 0
        cursor = self._execute(query)
        while cursor is not None:
            rows: list[tuple[object, ...]] = []
            following: sqlite3.Cursor | None = cursor
            try:
                # what came before an error stays in the list
                rows.extend(islice(cursor, batch.size))
                following = cursor if len(rows) == batch.size else None
            except (sqlite3.Error, UnicodeDecodeError) as error:
                following = None
                if self._undecodable(error):
                    following = self._execute(f"{query} LIMIT -1 OFFSET {done + len(rows)}")
            done += len(rows)
            if rows:
                yield self._chunk(rows, batch)
                yield from self.documents.members
            cursor = following if self.failed != "decompression_bomb" else None
        self.connection.text_factory = str

    def _execute(self, query: str) -> sqlite3.Cursor | None:
        try:
            return self.connection.execute(query)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            if self._undecodable(error):
                return self._execute(query)
            return None

    def _undecodable(self, error: Exception) -> bool:
        """Tell whether a text is no UTF-8, and decode with patience from now on; else remember what went wrong."""
        if "decode" in str(error) and self.connection.text_factory is not _patient:
            self.connection.text_factory = _patient
            self.account.note("undecodable_text")
            return True
        self.failed = "too_slow" if "interrupted" in str(error) else "damaged_page"
        return False

    def _chunk(self, rows: list[tuple[object, ...]], batch: Batch) -> Chunk:
        self.limits.tick()
        self.read += len(rows)
        if self.table.rowid:
            self.last = int(str(rows[-1][-1]))
        columns = list(zip(*rows, strict=True))[: len(self.table.titles)]
        records = text_table(self.table.titles, self.documents.taken_out(columns))
        batch.took(len(rows), records.nbytes)
        if self.limits.burst(records.nbytes):
            self.failed = "decompression_bomb"
        return Chunk(self.table.shown, records)


def _patient(raw: bytes) -> str:
    """Decode a text that may be no UTF-8: then it was written in the code page of French Windows."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


FORMATS = (Format("sqlite", sniff, read),)
