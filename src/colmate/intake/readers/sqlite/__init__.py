"""SQLite database files: every row of every ordinary table, read-only, from a file that is not trusted.

The library itself reads the pages; what it is not allowed: functions of the schema (``trusted_schema``), extensions,
attached files, values beyond the limit of a record, a query that gives no row for a long time. A damaged file is
read from both ends of each table (SQLite, "How To Corrupt An SQLite Database File", and the ``.recover`` idea of
the shell), and what lies between is a reject.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from colmate.errors import FormatError
from colmate.intake.accounting import Account
from colmate.intake.compression import Bounds
from colmate.intake.evidence import Source
from colmate.intake.names import column_names
from colmate.intake.readers.sqlite.documents import Documents
from colmate.intake.readers.sqlite.opening import MAGIC, opened
from colmate.intake.readers.sqlite.rows import Batch, text_table
from colmate.intake.reading import CERTAIN, Chunk, Declared, Format, Head, Member, Options, Reference

__all__ = ["FORMATS"]

PATIENCE: Final = 60.0  # seconds without a single row
STEPS: Final = 200_000  # instructions of the virtual machine between two looks at the clock
REJECTS: Final = 100_000  # rows that are rejected one by one; of more a single reject tells
HIDDEN: Final = 2  # `PRAGMA table_xinfo`: a generated column that is stored nowhere


@dataclass(frozen=True)
class _Table:
    """A table of the file: its ``name`` there, the one ``shown``, and its columns likewise."""

    name: str
    shown: str
    columns: tuple[str, ...]
    titles: tuple[str, ...]
    key: tuple[str, ...]
    rowid: str | None

    @property
    def query(self) -> str:
        """The statement that reads the columns, the row's number last where there is one."""
        names = [_quoted(name) for name in self.columns] + ([self.rowid] if self.rowid else [])
        return f"SELECT {', '.join(names)} FROM {_quoted(self.name)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def sniff(head: Head) -> float:
    """Tell by the 16 bytes that begin each database (file format, section 1.3)."""
    return CERTAIN if head.raw.startswith(MAGIC) else 0.0


def read(source: Source, account: Account, options: Options) -> Iterator[Chunk | Member]:
    """Yield the rows of the tables; raises `FormatError` when not even the schema can be read."""
    with opened(source, account, options) as (connection, size):
        limits = _Limits(options.bounds, size)
        connection.set_progress_handler(limits.late, STEPS)
        tables = _tables(connection, account)
        if tables is None:
            raise FormatError(f"{source.name} is a SQLite database whose schema cannot be read: damaged or encrypted")
        for table in tables:
            limits.tick()
            yield Chunk(
                table.shown, text_table(table.titles, [()] * len(table.titles)), _declared(connection, table, tables)
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


# --- the schema ------------------------------------------------------------------------------------------------------


def _tables(connection: sqlite3.Connection, account: Account) -> list[_Table] | None:
    """Return the ordinary tables, or None when the schema cannot be read even leniently."""
    rows = _schema(connection)
    if rows is None:
        # broken entries are passed over, and a file that was cut is opened all the same
        connection.execute("PRAGMA writable_schema=ON")
        account.note("damaged_schema")
        rows = _schema(connection)
    if rows is None:
        return None
    kinds = dict(rows)
    account.note("virtual_tables", sum(kind == "virtual" for kind in kinds.values()))
    names = [name for name, kind in rows if kind == "table" and not name.lower().startswith("sqlite_")]
    shown = column_names(names)
    found = (_table(connection, name, title, account) for name, title in zip(names, shown, strict=True))
    tables = [table for table in found if table]
    return tables if tables or not account.notes["damaged_schema"] else None


def _schema(connection: sqlite3.Connection) -> list[tuple[str, str]] | None:
    """Return the names and kinds (table, view, virtual, shadow) of the tables of the file."""
    try:
        rows = connection.execute("PRAGMA main.table_list").fetchall()
    except (sqlite3.Error, UnicodeDecodeError):
        return None
    return [(row[1], row[2]) for row in reversed(rows)]


def _table(connection: sqlite3.Connection, name: str, shown: str, account: Account) -> _Table | None:
    try:
        columns = [row for row in connection.execute(f"PRAGMA table_xinfo({_quoted(name)})") if row[6] != HIDDEN]
        names = tuple(row[1] for row in columns)
        rowid = _rowid(connection, name, names)
    except sqlite3.Error:
        columns, names, rowid = [], (), None
    if not columns:
        account.find()
        account.reject(0, 0, b"", "damaged_table")
        return None
    titles = column_names(names)
    keyed = sorted((row[5], title) for row, title in zip(columns, titles, strict=True) if row[5])
    return _Table(name, shown, names, titles, tuple(title for _, title in keyed), rowid)


def _rowid(connection: sqlite3.Connection, table: str, columns: Sequence[str]) -> str | None:
    """Return a name of the row's number that no column has taken, None for a table without one."""
    taken = {column.lower() for column in columns}
    for name in ("rowid", "_rowid_", "oid"):
        if name in taken:
            continue
        try:
            connection.execute(f"SELECT {name} FROM {_quoted(table)} LIMIT 0")
        except sqlite3.Error:
            return None
        return name
    return None


def _declared(connection: sqlite3.Connection, table: _Table, tables: Sequence[_Table]) -> Declared:
    """Return the keys that the schema declares."""
    by_name = {one.name.lower(): one for one in tables}
    keys: dict[int, list[tuple[str, str, str | None]]] = {}
    try:
        for row in connection.execute(f"PRAGMA foreign_key_list({_quoted(table.name)})"):
            keys.setdefault(row[0], []).append((row[2], row[3], row[4]))
    except sqlite3.Error:
        keys = {}
    references = []
    for parts in keys.values():
        target = by_name.get(parts[0][0].lower())
        if target is None:
            continue
        own = _titles(table, [part[1] for part in parts])
        theirs = target.key if parts[0][2] is None else _titles(target, [part[2] or "" for part in parts])
        if len(own) == len(theirs) == len(parts):
            references.append(Reference(own, target.shown, theirs))
    return Declared(table.key, tuple(references))


def _titles(table: _Table, names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns as they are shown; names are the same in either case."""
    known = {name.lower(): title for name, title in zip(table.columns, table.titles, strict=True)}
    return tuple(known[name.lower()] for name in names if name.lower() in known)


# --- the rows --------------------------------------------------------------------------------------------------------


class _Reading:
    """The rows of one table, damage and all."""

    def __init__(self, connection: sqlite3.Connection, table: _Table, account: Account, limits: _Limits) -> None:
        self.connection, self.table, self.account, self.limits = connection, table, account, limits
        self.read = 0
        key = table.titles.index(table.key[0]) if len(table.key) == 1 else None
        self.documents = Documents(table.shown, table.titles, key, account)
        self.last: int | None = None
        self.failed: str | None = None

    def chunks(self) -> Iterator[Chunk | Member]:
        """Yield the rows, forwards, then (past damage) backwards; book what is missing."""
        counted = self._count()
        self.account.find(counted or 0)
        yield from self._rows(self.table.query)
        if self.failed == "damaged_page" and self.table.rowid:
            first = self.last
            after = f" WHERE {self.table.rowid} > {first}" if first is not None else ""
            reason, self.failed = self.failed, None
            yield from self._rows(f"{self.table.query}{after} ORDER BY {self.table.rowid} DESC")
            self.failed = self.failed or reason
        self._settle(counted)

    def _count(self) -> int | None:
        """Return how many rows there are by a count of its own; None where the pages do not allow it."""
        try:
            row = self.connection.execute(f"SELECT count(*) FROM {_quoted(self.table.name)}").fetchone()
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
            self.account.find(1 - max(0, missing))
            missing = 1
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
