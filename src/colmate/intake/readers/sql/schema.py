"""The tables of a dump: what they are called, their columns and keys, as far as its statements say so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

from colmate.intake.names import column_names, shown
from colmate.intake.reading import Chunk, Declared, Reference

__all__ = ["Definition", "Link", "Schema", "Table"]

TEXT_TYPES: Final = ("char", "text", "clob", "string", "enum", "json", "xml")
BINARY_TYPES: Final = ("binary", "varchar for bit", "char for bit")


@dataclass(frozen=True)
class Link:
    """A foreign key: ``columns`` hold the values of ``targets`` (empty: the primary key) of the table so qualified."""

    columns: tuple[str, ...]
    table: tuple[str, ...]
    targets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Definition:
    """What one statement says of the table with the qualified name ``table``: (column, type) pairs and keys.

    ``automatic``: the columns that SQL Server fills in itself; an INSERT without a list of columns skips them.
    """

    table: tuple[str, ...]
    columns: tuple[tuple[str, str], ...] = ()
    primary: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    automatic: frozenset[str] = frozenset()
    created: bool = False


@dataclass
class Table:
    """A table: the ``name`` it is shown by, its ``columns`` (none known: empty), their ``types`` in lower case."""

    name: str
    columns: tuple[str, ...] = ()
    types: dict[str, str] = field(default_factory=dict)
    primary: tuple[str, ...] = ()
    links: list[Link] = field(default_factory=list)
    automatic: frozenset[str] = frozenset()

    def spelled(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return ``names`` as the table's own columns are spelled, unique."""
        own = {name.casefold(): name for name in self.columns}
        return column_names(own.get(shown(name).casefold(), name) for name in names)

    def textual(self, columns: Sequence[str]) -> frozenset[int]:
        """Return the places of the columns that are declared as text."""
        found = set()
        for place, name in enumerate(columns):
            kind = self.types.get(name, "")
            if any(one in kind for one in TEXT_TYPES) and not any(one in kind for one in BINARY_TYPES):
                found.add(place)
        return frozenset(found)

    def bytes_columns(self, columns: Sequence[str]) -> tuple[int, ...]:
        r"""Return the places of PostgreSQL's columns of bytes, which it writes as ``\\x…``."""
        return tuple(place for place, name in enumerate(columns) if self.types.get(name, "").startswith("bytea"))


class Schema:
    """All tables of a dump, by their qualified names; ``current`` is the schema in use, where there is one."""

    def __init__(self) -> None:
        self.current = ""
        self._database = ""
        self._tables: dict[tuple[str, str, str], Table] = {}
        self._names: set[str] = set()

    def use(self, database: str, schemas: bool) -> None:
        """Names without one mean those of ``database`` from here on; ``schemas``: it has schemas in it."""
        if schemas:
            self._database = database
        else:
            self.current = database

    def table(self, parts: Sequence[str], created: bool = False) -> Table:
        """Return the table of the qualified name ``parts``; made when it is new (or ``created``), its name unique."""
        name = shown(parts[-1]) or "table"
        schema = parts[-2] if len(parts) > 1 else self.current
        database = parts[-3] if len(parts) > 2 else self._database
        key = (database.casefold(), schema.casefold(), name.casefold())
        known = self._tables.get(key) or (None if created else self._elsewhere(key))
        if known is None:
            known = self._tables[key] = Table(self._free([shown(part) for part in (database, schema) if part], name))
        return known

    def _free(self, qualifiers: list[str], name: str) -> str:
        """Return a name that no other table has: with as many qualifiers as that takes, then a number."""
        names = [".".join([*qualifiers[place:], name]) for place in range(len(qualifiers), -1, -1)]
        free = next((one for one in names if one.casefold() not in self._names), "")
        times = 1
        while not free:
            times += 1
            free = f"{name}_{times}" if f"{name}_{times}".casefold() not in self._names else ""
        self._names.add(free.casefold())
        return free

    def _elsewhere(self, key: tuple[str, str, str]) -> Table | None:
        """A name without its schema, here or where the table was made, means the table of that name."""
        database, schema, name = key
        if schema:
            return self._tables.get((database, "", name))
        found = (table for (one, _, own), table in self._tables.items() if own == name and one == database)
        return next(found, None)

    def learn(self, definition: Definition) -> None:
        """Take in what a statement says of a table."""
        table = self.table(definition.table, definition.created)
        if definition.columns and definition.created:
            table.columns = column_names(name for name, _ in definition.columns)
            table.automatic = definition.automatic
            table.types = dict(zip(table.columns, (kind for _, kind in definition.columns), strict=True))
        if definition.primary:
            table.primary = table.spelled(definition.primary)
        for link in definition.links:
            self.table(link.table)
            table.links.append(link)

    def declared(self) -> Iterator[Chunk]:
        """Say what is known of each table, without records."""
        for table in list(self._tables.values()):
            if not table.columns:
                continue
            references = tuple(filter(None, (self._reference(table, link) for link in table.links)))
            empty = pa.table({name: pa.array([], pa.string()) for name in table.columns})
            yield Chunk(table.name, empty, Declared(table.primary, tuple(dict.fromkeys(references))))

    def _reference(self, table: Table, link: Link) -> Reference | None:
        target = self.table(link.table)
        targets = target.spelled(link.targets) if link.targets else target.primary
        columns = table.spelled(link.columns)
        return Reference(columns, target.name, targets) if len(columns) == len(targets) else None
