"""Opening a database that is not trusted: read-only, nothing of it executed, nothing written beside it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from colmate.errors import FormatError
from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.readers.sqlite.log import with_log
from colmate.intake.reading import Options

__all__ = ["MAGIC", "opened"]

MAGIC: Final = b"SQLite format 3\0"
WHOLE: Final = 512 << 20  # of a file and its log that are put together, in memory and a few times over
# where the header says how the file is written and read: 2 is "with a write-ahead log" (file format, section 1.3.3)
VERSIONS: Final = slice(18, 20)
ROLLBACK: Final = b"\x01\x01"
LIMITS: Final = {
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1 << 20,
}


@contextmanager
def opened(source: Source, account: Account, options: Options) -> Iterator[tuple[sqlite3.Connection, int]]:
    """Give a connection to the database, and the size of the file.

    It is the file itself where it lies on the disk, else a copy in memory. The file is opened as immutable, so no
    lock, journal or log is made beside it. With a log that lies there (the last transactions may be in it alone) it is
    a copy in memory, too, with what the log committed; noted "write_ahead_log_read", or "write_ahead_log" where that
    cannot be had. Raises `FormatError`.
    """
    with source.whole() as content:
        size = content.seek(0, os.SEEK_END)
        content.seek(0)
        path = _path(content)
        try:
            connection = _on_disk(path, account) if path else _in_memory(content.read())
        except (sqlite3.Error, MemoryError, OverflowError):
            raise FormatError(f"{source.name} is a SQLite database that cannot be opened: damaged or cut") from None
        try:
            _harden(connection, options)
            yield connection, size
        finally:
            connection.close()


def _path(content: BinaryIO) -> Path | None:
    """Return where the file lies, if that is still the file that was opened."""
    name = getattr(content, "name", None)
    if not isinstance(name, (str, os.PathLike)):
        return None
    path = Path(name).absolute()
    try:
        same = os.path.samestat(os.fstat(content.fileno()), path.stat())
    except (OSError, ValueError):
        return None
    return path if same else None


def _on_disk(path: Path, account: Account) -> sqlite3.Connection:
    log = path.with_name(path.name + "-wal")
    size = log.stat().st_size if log.is_file() and not log.is_symlink() else 0
    if size and path.stat().st_size + size <= WHOLE and (whole := with_log(path.read_bytes(), log.read_bytes())):
        account.note("write_ahead_log_read")
        return _in_memory(whole)
    account.note("write_ahead_log", int(size > 0))
    # the path's own escaping covers ? and #, which would end it
    return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)


def _in_memory(content: bytes) -> sqlite3.Connection:
    data = bytearray(content)
    # a database in memory has no log beside it
    data[VERSIONS] = ROLLBACK
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(bytes(data))
    return connection


def _harden(connection: sqlite3.Connection, options: Options) -> None:
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max(options.limit, 1 << 20))
    for limit, value in LIMITS.items():
        connection.setlimit(limit, value)
    for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", "query_only=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
