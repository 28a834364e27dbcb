"""From nested values to tables: objects to dotted columns, lists of objects to tables of their own.

``{"id": 7, "name": {"family": "X"}, "visits": [{…}, {…}]}`` is one record of a table with the columns ``id`` and
``name.family``, and two of the table ``….visits`` whose column ``_parent`` has the key of the record: its ``_id`` or
``id``, else a number given to it in a column ``_row``. A list of plain values is one cell, joined with " | ". An
object whose members are records of one shape ({"-Kx1": {…}, "-Kx2": {…}}) is a list of them, the keys in ``_key``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Set
from typing import Any, Final

import msgspec
import pyarrow as pa

from colmate.intake.accounting import Account
from colmate.intake.names import shown
from colmate.intake.readers.json_data.exports import plain
from colmate.intake.readers.json_data.values import JOIN, NESTED, is_keyed, scalar
from colmate.intake.readers.json_data.wide import Flat, flatten
from colmate.intake.reading import Chunk, Declared, Meaning, Reference, Rows

__all__ = ["KEY", "NUMBER", "OWN_KEYS", "PARENT", "REST", "Columns", "Tables", "joined_name"]

PARENT: Final = "_parent"
NUMBER: Final = "_row"
KEY: Final = "_key"
REST: Final = "_rest"
OWN_KEYS: Final = ("_id", "id")
COLUMNS: Final = 2_000
TABLES: Final = 250
PERSONAL: Final = re.compile(r"\d{4}|@")
BYTES: Final = 16 << 20

Row = dict[str, str]
Texts = list["str | None"]
Wide = dict[str, "Texts | pa.Array"]


def joined_name(table: str, name: str) -> str:
    """Return the name of the table for the lists called ``name`` in ``table``; none that may be a person's value."""
    clean = shown(name) or "list"
    return f"{table}.{'list' if PERSONAL.search(clean) else clean}" if table else clean


class Columns:
    """Keeps the columns of tables to names that can be shown, and to so many: keys may be anything, and data."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._known: dict[str, set[str]] = {}

    def fit(self, table: str, row: Row) -> Row:
        """Return the record under names that are fit for columns; past the limit they go to `REST`, as JSON."""
        known = self._known.get(table)
        if known is not None and row.keys() <= known:
            return row
        known = self._known.setdefault(table, set())
        fitting: Row = {}
        rest: Row = {}
        for name, text in row.items():
            clean = name if name in known else shown(name) or "_"
            if clean in fitting:
                clean = _free(fitting, clean)
            if clean in known or len(known) < COLUMNS:
                known.add(clean)
                fitting[clean] = text
            else:
                rest[name] = text
        if rest:
            self._account.note("columns_beyond_limit")
            known.add(REST)
            fitting[REST] = msgspec.json.encode(rest).decode()
        return fitting

    def renamed(self, table: str, names: Set[str]) -> list[str] | None:
        """Return names fit for columns for those of many records; None where there may be too many."""
        known = self._known.get(table, set())
        if len(known) + len(names) >= COLUMNS:
            return None
        return list(names) if names <= known else list(self.fit(table, dict.fromkeys(names, "")))

    def names(self, table: str) -> Set[str]:
        """Return the columns that a table has so far."""
        return self._known.get(table, set())


class Tables:
    """Takes values, table by table, and hands them out in chunks. ``keys`` counts the keys of objects it has seen."""

    def __init__(self, account: Account) -> None:
        self.keys = 0
        self.size = 0
        self._account = account
        self._rows = Rows()
        self._columns = Columns(account)
        self._own: dict[str, str] = {}
        self._numbers: Counter[str] = Counter()
        self._declared: dict[str, Declared] = {}
        self._names: dict[tuple[str, str], str] = {}

    @property
    def full(self) -> bool:
        """Whether it is time to hand out what is held."""
        return self._rows.full or self.size > BYTES

    def take(self) -> Iterator[Chunk]:
        """Hand out what is held."""
        self.size = 0
        return self._rows.take()

    def add(self, table: str, value: Any, extra: Row | None = None) -> None:
        """Take one record, found already; those of its lists are found here."""
        row: Row = dict(extra) if extra else {}
        lists: list[tuple[str, Any]] = []
        if type(value) is dict:
            self._object(row, lists, "", value, 0)
        elif type(value) is list:
            self._list(row, value)
        else:
            row["value"] = scalar(value)
        if lists:
            key, column = self.key_of(table, row)
            for name, items in lists:
                self._children(table, column, key, name, items)
        self._put(table, row)

    def add_all(self, table: str, values: list[Any], extra: Wide) -> None:
        """Take many records, found already, with the texts that ``extra`` has for each (None: none): see `add`."""
        flat = flatten(values, extra) if set(map(type, values)) == {dict} else None
        if flat is None or not self._columnar(table, flat, extra, len(values)):
            for place, value in enumerate(values):
                self.add(
                    table, value, {name: text for name, texts in extra.items() if (text := texts[place]) is not None}
                )

    def add_columns(self, table: str, columns: dict[str, pa.Array], count: int, extra: Row) -> bool:
        """Take many records as columns of text, with a text of ``extra`` for all; False if they are too many."""
        flat = Flat(count, ())
        flat.columns = {**columns}
        return self._columnar(table, flat, {name: pa.repeat(text, count) for name, text in extra.items()}, count)

    def _columnar(self, table: str, flat: Flat, extra: Wide, count: int) -> bool:
        columns = {**extra, **flat.columns}
        # the key that records may be given is one more
        names = self._columns.renamed(table, dict.fromkeys((*columns, NUMBER)).keys())
        if names is None:
            return False
        self.keys += flat.keys
        if flat.lists:
            places = sorted({place for _, entries in flat.lists for place, _ in entries})
            column = self._keyed(table, columns, places, count)
            for name, entries in flat.lists:
                self._descendants(table, column, columns[column], name, entries)
        names = self._columns.renamed(table, columns.keys()) or []
        self._rows.add_all(table, dict(zip(names, columns.values(), strict=True)), count)
        return True

    def _keyed(self, table: str, columns: Wide, places: list[int], count: int) -> str:
        """Give the records in ``places`` a key where they have none; return its column."""
        column, given = "", list(columns.get(self._own.get(table, ""), ()))
        for place in places:
            if given and given[place]:
                continue
            row: Row = {str(name): columns[name][place] or "" for name in (*OWN_KEYS, NUMBER) if name in columns}
            _, column = self.key_of(table, row)
            given = given or list(columns.get(column) or [None] * count)
            given[place] = row[column]
        column = column or self._own[table]
        columns[column] = given
        return column

    def _descendants(self, table: str, column: str, keys: Texts, name: str, entries: list[tuple[int, Any]]) -> None:
        child = self.child(table, name)
        self.refer(child, table, column)
        owners: Texts = []
        owns: Texts = []
        items: list[Any] = []
        for place, members in entries:
            if type(members) is dict:
                members = {own: item for own, item in members.items() if item}
                owns += members
                kept = list(members.values())
            else:
                kept = [item for item in members if item is not None and item != {}]
                owns += [None] * len(kept)
            items += kept
            owners += [keys[place]] * len(kept)
        extra = {PARENT: owners}
        if set(owns) != {None}:
            extra[KEY] = owns
        self._account.find(len(items))
        if items:
            self.add_all(child, items, extra)

    def key_of(self, table: str, row: Row) -> tuple[str, str]:
        """Return the key of a record, given to it if it has none, and the column it is in; declare it."""
        column = self._own.get(table)
        if column is None:
            column = next((name for name in OWN_KEYS if row.get(name)), NUMBER)
            self._own[table] = column
            meaning = {NUMBER: Meaning("record_id")} if column == NUMBER else {}
            self._declare(table, Declared(primary=(column,), meanings=meaning))
        if not row.get(column):
            self._numbers[table] += 1
            row[column] = str(self._numbers[table]) if column == NUMBER else f"{NUMBER}{self._numbers[table]}"
            self._account.note("record_numbered")
        return row[column], column

    def own(self, table: str, column: str) -> None:
        """Say that ``column`` is the key of ``table``, unless it has one."""
        if self._own.setdefault(table, column) == column and table not in self._declared:
            self._declare(table, Declared(primary=(column,)))

    def refer(self, table: str, parent: str, column: str) -> None:
        """Declare that the records of ``table`` belong to those of ``parent``."""
        known = self._declared.get(table)
        reference = Reference((PARENT,), parent, (column,))
        if known is None or reference not in known.references:
            primary = known.primary if known else ()
            meanings = {**(known.meanings if known else {}), PARENT: Meaning("record_id")}
            self._declare(table, Declared(primary, (reference,), meanings))

    def _declare(self, table: str, declared: Declared) -> None:
        known = self._declared.get(table)
        if known:
            declared = Declared(
                declared.primary or known.primary,
                declared.references or known.references,
                {**known.meanings, **declared.meanings},
            )
        self._declared[table] = declared
        self._rows.declare(table, declared)

    def _put(self, table: str, row: Row) -> None:
        self._rows.add(table, self._columns.fit(table, row))

    def _object(self, row: Row, lists: list[tuple[str, Any]], prefix: str, value: dict[str, Any], depth: int) -> None:
        self.keys += len(value)
        for key, item in value.items():
            name = prefix + key if prefix else key or "_"
            if name in row:
                name = _free(row, name)
            kind = type(item)
            if kind is str:
                row[name] = item
            elif item is None:
                row[name] = ""
            elif kind is dict:
                self._member(row, lists, name, item, depth)
            elif kind is list:
                self._array(row, lists, name, item)
            else:
                row[name] = str(item) if kind is int else scalar(item)

    def _member(self, row: Row, lists: list[tuple[str, Any]], name: str, item: dict[str, Any], depth: int) -> None:
        text = plain(item) if len(item) < 4 else None
        if text is not None:
            self.keys += len(item) + sum(len(inner) for inner in item.values() if type(inner) is dict)
            row[name] = text
        elif not item:
            row[name] = ""
        elif depth >= NESTED:
            row[name] = msgspec.json.encode(item).decode()
            self._account.note("kept_as_json")
        elif len(item) > 2 and is_keyed(item):
            self.keys += len(item)
            lists.append((name, item))
        else:
            self._object(row, lists, name + ".", item, depth + 1)

    def _array(self, row: Row, lists: list[tuple[str, Any]], name: str, items: list[Any]) -> None:
        texts: list[str] = []
        for item in items:
            kind = type(item)
            if kind is dict:
                text = plain(item)
                if text is None:
                    lists.append((name, items))
                    return
                self.keys += len(item)
                texts.append(text)
            elif kind is list:
                lists.append((name, items))
                return
            else:
                texts.append(item if kind is str else scalar(item))
        row[name] = JOIN.join(texts)

    def _list(self, row: Row, items: list[Any]) -> None:
        """Take a list as a record: its items are its columns."""
        for place, item in enumerate(items, 1):
            name = f"column_{place}"
            if type(item) in (dict, list):
                row[name] = msgspec.json.encode(item).decode()
            else:
                row[name] = scalar(item)

    def _children(self, table: str, column: str, key: str, name: str, items: Any) -> None:
        child = self.child(table, name)
        self.refer(child, table, column)
        pairs = items.items() if type(items) is dict else ((None, item) for item in items)
        for own, item in pairs:
            if item is None or item == {}:
                continue
            self._account.find()
            self.add(child, item, {PARENT: key} if own is None else {PARENT: key, KEY: own})

    def child(self, table: str, name: str) -> str:
        """Return the table of the lists called ``name`` in ``table``; past so many tables there is one for the rest."""
        known = self._names.get((table, name))
        if known is None:
            known = joined_name(table, name)
            if len(self._names) >= TABLES:
                self._account.note("tables_beyond_limit")
                return f"{table.split('.')[0]}.{REST}"
            self._names[table, name] = known
        return known


def _free(row: Row, name: str) -> str:
    """Return a name like ``name`` that the record does not have: two paths may be written alike."""
    place = 2
    while f"{name}_{place}" in row:
        place += 1 if place < 100 else len(row)
    return f"{name}_{place}"
