"""The tables of a SQLite file, as its schema tells them: their columns, keys and references."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.names import column_names
from colmate.intake.reading import Declared, Reference

__all__ = ["Table", "declared", "quoted", "tables_of"]

HIDDEN: Final = 2  # `PRAGMA table_xinfo`: a generated column that is stored nowhere
CONTENT: Final = "_content"  # the table beside one of full-text search, with its rows
NUMBERED: Final = re.compile(r"c\d+")
VIRTUAL: Final = re.compile(r"(?is)\s*create\s+virtual\s+table\b[^(]*\busing\s+fts\d\s*\((.*)\)\s*\Z")
WORD: Final = re.compile(r"(?s)\A([\"'`\[]?)([^\"'`\]]*?)(?:[\"'`\]].*|\s.*)?\Z")


@dataclass(frozen=True)
class Table:
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
        names = [quoted(name) for name in self.columns] + ([self.rowid] if self.rowid else [])
        return f"SELECT {', '.join(names)} FROM {quoted(self.name)}"


def quoted(name: str) -> str:
    """Return a name as a statement quotes it."""
    return '"' + name.replace('"', '""') + '"'


def tables_of(connection: sqlite3.Connection, account: Account) -> list[Table] | None:
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
    searched = {f"{name}{CONTENT}": name for name, kind in rows if kind == "virtual"}
    account.note("virtual_tables", sum(kinds.get(content) != "shadow" for content in searched))
    names = [
        name
        for name, kind in rows
        if (kind == "table" and not name.lower().startswith("sqlite_")) or (kind == "shadow" and name in searched)
    ]
    shown = column_names([searched.get(name, name) if kinds[name] == "shadow" else name for name in names])
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


def _table(connection: sqlite3.Connection, name: str, shown: str, account: Account) -> Table | None:
    try:
        columns = [row for row in connection.execute(f"PRAGMA table_xinfo({quoted(name)})") if row[6] != HIDDEN]
        names = tuple(row[1] for row in columns)
        rowid = _rowid(connection, name, names)
    except sqlite3.Error:
        columns, names, rowid = [], (), None
    if not columns:
        account.find()
        account.reject(0, 0, b"", "damaged_table")
        return None
    titles = column_names(_said(connection, name, names))
    keyed = sorted((row[5], title) for row, title in zip(columns, titles, strict=True) if row[5])
    return Table(name, shown, names, titles, tuple(title for _, title in keyed), rowid)


def _said(connection: sqlite3.Connection, name: str, columns: tuple[str, ...]) -> Sequence[str]:
    """Return the names of columns; a table of full-text search numbers those that its declaration names.

    Its rows lie in an ordinary table beside it (https://sqlite.org/fts5.html, section 9): nothing is executed.
    """
    numbered = [column for column in columns if NUMBERED.match(column)]
    if not name.endswith(CONTENT) or not numbered:
        return columns
    row = connection.execute("SELECT sql FROM main.sqlite_schema WHERE name = ?", (name[: -len(CONTENT)],)).fetchone()
    found = VIRTUAL.match(str(row[0])) if row else None
    if not found:
        return columns
    parts = [part.strip() for part in found[1].split(",")]
    named = [WORD.sub(r"\2", part) for part in parts if "=" not in part]
    told = dict(zip(numbered, named, strict=False)) if len(named) == len(numbered) else {}
    return [told.get(column) or column for column in columns]


def _rowid(connection: sqlite3.Connection, table: str, columns: Sequence[str]) -> str | None:
    """Return a name of the row's number that no column has taken, None for a table without one."""
    taken = {column.lower() for column in columns}
    for name in ("rowid", "_rowid_", "oid"):
        if name in taken:
            continue
        try:
            connection.execute(f"SELECT {name} FROM {quoted(table)} LIMIT 0")
        except sqlite3.Error:
            return None
        return name
    return None


def declared(connection: sqlite3.Connection, table: Table, tables: Sequence[Table]) -> Declared:
    """Return the keys that the schema declares."""
    by_name = {one.name.lower(): one for one in tables}
    keys: dict[int, list[tuple[str, str, str | None]]] = {}
    try:
        for row in connection.execute(f"PRAGMA foreign_key_list({quoted(table.name)})"):
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


def _titles(table: Table, names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns as they are shown; names are the same in either case."""
    known = {name.lower(): title for name, title in zip(table.columns, table.titles, strict=True)}
    return tuple(known[name.lower()] for name in names if name.lower() in known)
