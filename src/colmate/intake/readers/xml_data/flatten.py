"""From elements to records: attributes and leaves are columns, what repeats is a table that refers to its record."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from colmate.intake.accounting import Account
from colmate.intake.names import shown
from colmate.intake.readers.xml_data.columns import (
    VALUES,
    Level,
    Record,
    TableOf,
    field_name,
    is_foreign,
    mixed,
    plain_cells,
    whole_text,
)
from colmate.intake.readers.xml_data.markup import local
from colmate.intake.readers.xml_data.shape import BESIDE, Shape
from colmate.intake.reading import Declared, Reference, Rows

__all__ = ["Flattener", "below"]

DEEPEST: Final = 40
TABLES: Final = 1_000
OTHERS: Final = "other_elements"


class Flattener:
    """Fills ``rows`` with the records that elements are, and says what refers to what."""

    def __init__(self, rows: Rows, account: Account) -> None:
        self.rows, self.account = rows, account
        self._levels: dict[str, Level] = {}

    def level(self, name: str, above: TableOf | None = None) -> Level:
        """Return the columns of a table, new or known; beyond `TABLES` names all others share one."""
        name = shown(name) or "records"
        known = self._levels.get(name)
        if known is None and len(self._levels) >= TABLES:
            return self.level(OTHERS) if OTHERS in self._levels else self._new(OTHERS, None)
        return known or self._new(name, above)

    def _new(self, name: str, above: TableOf | None) -> Level:
        table = TableOf(name, f"{name}_row", above)
        table.taken[table.key] = "#"
        if above:
            table.taken.setdefault(above.key, "#above")
        level = self._levels[name] = Level(table)
        return level

    def record(
        self, element: Element, level: Level, shape: Shape | None, above: Record | None = None, depth: int = 0
    ) -> None:
        """Add the record that an element is, with all that stands in it; ``above``: the record it belongs to.

        Below `DEEPEST` elements within elements only the text is kept.
        """
        record = self.begin(level.table, above)
        if element.attrib:
            self._attributes(element, record, level)
        text = element.text
        if text and not text.isspace():
            record.put(level.column(element.tag if not len(element) else "text"), text.strip())
        cells = plain_cells(element) if len(element) else None
        if cells and (columns := level.known.get(cells[0])):
            record.row.update(zip(columns, cells[1], strict=True))
        elif depth < DEEPEST:
            self._parts(element, record, level, shape, depth)
            if cells:
                level.learn(*cells, record.row)
        elif len(element):
            record.put(level.column(element.tag), whole_text(element), "text")
        self.end(record)

    def begin(self, table: TableOf, above: Record | None) -> Record:
        """Return a new record that belongs to the one ``above`` it."""
        record = Record(table)
        if above is not None:
            record.row[above.table.key] = self.number(above)
        return record

    def end(self, record: Record) -> None:
        """Hand over a record, unless it holds nothing."""
        table = record.table
        if not record.row:
            return
        if table.numbered and not record.number:
            self.number(record)
        self.rows.add(table.name, record.row)
        self.account.find()
        if not table.declared:
            self._declare(table)

    def number(self, record: Record) -> str:
        """Return the number by which others refer to a record."""
        if not record.number:
            table = record.table
            table.records += 1
            record.number = record.row[table.key] = str(table.records)
            if not table.numbered:
                table.numbered, table.declared = True, False
        return record.number

    def _declare(self, table: TableOf) -> None:
        table.declared = True
        above = table.above
        references = (Reference((above.key,), above.name, (above.key,)),) if above else ()
        primary = (table.key,) if table.numbered else ()
        if references or primary:
            self.rows.declare(table.name, Declared(primary=primary, references=references))

    def _attributes(self, element: Element, record: Record, level: Level, alone: bool = False) -> None:
        for name, value in element.attrib.items():
            if not is_foreign(name):
                column = level.path if alone and name in VALUES else ""
                record.put(
                    level.table.column(column, f"{level.path}/=") if column else level.attribute(name), value, name
                )

    def _parts(self, element: Element, record: Record, level: Level, shape: Shape | None, depth: int) -> None:
        row = record.row
        seen: dict[str, int] = {}
        for child in element:
            tag = child.tag
            time = seen[tag] = seen.get(tag, 0) + 1
            if child.tail and not child.tail.isspace():
                self._add_text(record, level, child.tail)
            if not len(child) and not child.attrib and time == 1:
                known = level.columns.get(tag)
                if known and known[0] not in row and tag not in level.tables:
                    row[known[0]] = child.text or ""
                    continue
            self.part(child, record, level, below(shape, tag), time, depth)

    def _add_text(self, record: Record, level: Level, text: str) -> None:
        column = level.column("text")
        record.put(column, f"{record.row[column]} {text.strip()}" if column in record.row else text.strip(), "text")

    def part(self, child: Element, record: Record, level: Level, shape: Shape | None, time: int, depth: int) -> None:
        """Put a part of a record where it goes; ``time``: which of its name in its parent it is, from 1."""
        leaf = not len(child)
        if leaf and child.attrib and (name := field_name(child)):
            self._field(name, child, record, level)
            return
        many = shape is not None and shape.most > (BESIDE if leaf and not child.attrib else 1)
        if many or time > (BESIDE if leaf and not child.attrib else 1):
            self._below(child, record, level, shape, depth)
        elif leaf and not child.attrib:
            column = level.column(child.tag, time)
            record.put(column, child.text or "", local(child.tag))
        else:
            self._inline(child, record, level, shape, depth)

    def _field(self, name: str, child: Element, record: Record, level: Level) -> None:
        column, times = level.column(name), 1
        while column in record.row and times < BESIDE:
            times += 1
            column = level.column(name, times)
        value = child.text or next((child.attrib[one] for one in VALUES if one in child.attrib), "")
        record.put(column, value, name)

    def _inline(self, child: Element, record: Record, level: Level, shape: Shape | None, depth: int) -> None:
        """An element that stands once: its parts are columns too, under its name."""
        inner = level.level(child.tag)
        empty = not len(child) and not (child.text and not child.text.isspace())
        if child.attrib:
            self._attributes(child, record, inner, alone=empty)
        if depth >= DEEPEST or not len(child) or mixed(child):
            if not empty:
                record.put(level.column(child.tag), whole_text(child), local(child.tag))
            return
        self._parts(child, record, inner, shape, depth + 1)

    def _below(self, child: Element, record: Record, level: Level, shape: Shape | None, depth: int) -> None:
        """An element that repeats: a record of its own that refers to the one it stands in."""
        inner = level.tables.get(child.tag)
        if inner is None:
            name = f"{level.table.name}_{level.name(child.tag)}"
            inner = level.tables[child.tag] = self.level(name, level.table)
        self.record(child, inner, shape, record, depth + 1)


def below(shape: Shape | None, tag: str) -> Shape | None:
    """Return the shape of a child, if it was met where the document was looked at: under its prefix or its own name."""
    if shape is None:
        return None
    if tag.startswith("{"):
        prefix, _, name = tag[1:].rpartition("}")
        found = shape.children.get(f"{prefix}:{name}".encode("utf-8", "replace"))
        return found or shape.children.get(name.encode("utf-8", "replace"))
    return shape.children.get(tag.encode("utf-8", "replace"))
