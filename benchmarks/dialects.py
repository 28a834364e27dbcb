"""One database as six systems dump it: the reader must give one and the same content, cell by cell.

The database is Chinook (MIT), from the folder that COLMATE_SHARED_DATA names. Only what the six scripts truly spell
differently is brought together before they are compared: case and underscores of names, and the spelling of dates.
The database file of SQLite, read by SQLite, says what the content is.
"""

from __future__ import annotations

import os
import re
import sqlite3
import tarfile
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.truth import Line
from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.readers.sql import FORMATS
from colmate.intake.reading import Chunk, Options

ARCHIVE = "sql/chinook-6-dialects.tar.xz"
SCRIPTS = {
    "MySQL": "Chinook_MySql.sql",
    "PostgreSQL": "Chinook_PostgreSql.sql",
    "SQL Server": "Chinook_SqlServer.sql",
    "Oracle": "Chinook_Oracle.sql",
    "DB2": "Chinook_Db2.sql",
    "SQLite": "Chinook_Sqlite.sql",
}
DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?: 00:00:00)?")
Content = dict[str, list[tuple[tuple[str, str], ...]]]


@dataclass(frozen=True)
class Reading:
    """What the reader made of one dialect: ``cells`` of which ``differing`` are not those of the database."""

    dialect: str
    tables: int
    records: int
    rejected: int
    cells: int
    differing: int
    primary: int
    references: int
    seconds: float


def run() -> list[Reading]:
    """Read the six scripts; raises KeyError without COLMATE_SHARED_DATA."""
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(Path(os.environ["COLMATE_SHARED_DATA"]) / ARCHIVE) as archive:
            archive.extractall(folder, filter="data")
        truth = database(Path(folder) / "Chinook_Sqlite.sqlite")
        return [
            _reading(dialect, Path(folder) / name, _as_mysql(truth) if dialect == "MySQL" else truth)
            for dialect, name in SCRIPTS.items()
        ]


def lines() -> list[Line]:
    """Return a line a dialect for the report; one that says so where the public files are not at hand."""
    if "COLMATE_SHARED_DATA" not in os.environ:
        return [Line("Chinook in six dialects", "every cell", "skipped: COLMATE_SHARED_DATA is not set", True)]
    return [
        Line(
            f"Chinook, {one.dialect}: {one.records:,} records of {one.tables} tables",
            "every cell",
            f"{one.differing} of {one.cells:,} cells differ, {one.rejected} rejected",
            one.differing == 0 and one.rejected == 0,
        )
        for one in run()
    ]


def database(path: Path) -> Content:
    """Return the content of a database file of SQLite, as SQLite says it."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        content: Content = {}
        for table in names:
            rows = connection.execute(f'SELECT * FROM "{table}"')
            columns = [name for name, *_ in rows.description]
            content[_name(table)] = sorted(
                _record(dict(zip(columns, map(_text, row), strict=True))) for row in rows.fetchall()
            )
    connection.close()
    return content


def _reading(dialect: str, path: Path, truth: Content) -> Reading:
    account = Account(path.name, path.name)
    content: Content = {}
    primary = references = 0
    started = time.process_time()
    source = Source.of(path.read_bytes(), path.name)
    for item in FORMATS[0].read(source, account, Options()):
        assert isinstance(item, Chunk)
        account.read += item.records.num_rows
        content.setdefault(_name(item.table), []).extend(
            _record({name: value or "" for name, value in row.items()}) for row in item.records.to_pylist()
        )
        if item.declared:
            primary += bool(item.declared.primary)
            references += len(item.declared.references)
    seconds = time.process_time() - started
    account.balance(account.bytes.total(), account.found)
    cells = sum(len(record) for records in truth.values() for record in records)
    differing = 0
    for table in truth.keys() | content.keys():
        ours, theirs = sorted(content.get(table, [])), truth.get(table, [])
        differing += abs(len(ours) - len(theirs)) * len((ours or theirs)[0])
        for one, other in zip(ours, theirs, strict=False):
            differing += len(set(one) ^ set(other)) // 2 + abs(len(one) - len(other))
    return Reading(
        dialect, len(content), account.found, account.rejected, cells, differing, primary, references, seconds
    )


def _as_mysql(truth: Content) -> Content:
    """Its script does not double the backslashes of four titles, so MySQL itself loses them."""
    return {
        table: sorted(tuple((name, value.replace("\\ ", " ")) for name, value in record) for record in records)
        for table, records in truth.items()
    }


def _name(name: str) -> str:
    return name.replace("_", "").lower()


def _record(record: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((_name(name), _spelled(value)) for name, value in record.items()))


def _spelled(value: str) -> str:
    found = DATE.fullmatch(value)
    return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}" if found else value


def _text(value: object) -> str:
    return "" if value is None else str(value)
