"""Where the parts of a record go: columns of its row, or rows of tables that refer to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

from colmate.intake.names import shown
from colmate.intake.readers.xml_data.markup import local

__all__ = ["Level", "Record", "TableOf", "append", "field_name", "is_foreign", "mixed", "plain_cells", "whole_text"]

# columns of one table; what is beyond goes into one column, name by name
WIDEST: Final = 500
OTHER: Final = "other_values"
# elements that stand for a column and name it in an attribute: MySQL, phpMyAdmin, Solr, PowerShell, .NET
FIELDS: Final = frozenset(
    {
        "field",
        "column",
        "col",
        "str",
        "int",
        "long",
        "date",
        "bool",
        "double",
        "float",
        "arr",
        "property",
        "attribute",
        "param",
        "value",
        "item",
        "s",
        "n",
        "i32",
        "dt",
        "b",
        "nil",
        "data",
        "champ",
        "donnee",
        "simpledata",
    }
)
NAMING: Final = ("name", "Name", "NAME", "nom", "N", "key", "ColumnName", "id")
# attributes of a field without a value
EMPTY: Final = frozenset({"name", "{xsi}nil"})
# how many sets of names a table's rows may have to be read the short way
KNOWN: Final = 1_000
# attributes of an empty element that are its value (FHIR, HL7 v3, Dublin Core)
VALUES: Final = frozenset({"value", "val", "v"})


@dataclass
class TableOf:
    """A table that is being filled. ``key``: the column that numbers its records once something refers to them."""

    name: str
    key: str = ""
    above: TableOf | None = None
    numbered: bool = False
    records: int = 0
    declared: bool = False
    taken: dict[str, str] = field(default_factory=dict)

    def column(self, wanted: str, source: str) -> str:
        """Return the column for what is at ``source`` (a path): ``wanted``, unless something else has it."""
        base = name = shown(wanted) or "column"
        if self.taken.get(name) == source:
            return name
        if len(self.taken) >= WIDEST:
            return OTHER
        times = 1
        while name in self.taken and self.taken[name] != source:
            times += 1
            name = f"{base}_{times}"
        self.taken[name] = source
        return name


@dataclass
class Record:
    """A record on its way into its table."""

    table: TableOf
    row: dict[str, str] = field(default_factory=dict)
    number: str = ""

    def put(self, column: str, value: str, name: str = "") -> None:
        """Set a value; in the column of all that has none of its own it is added with its name."""
        if column == OTHER:
            append(self.row, OTHER, f"{name}: {value}")
        else:
            self.row[column] = value


def append(row: dict[str, str], column: str, value: str) -> None:
    """Add a line to a value. Taken out of the row it can grow where it is, and many lines take linear time."""
    whole = row.pop(column, "")
    if whole:
        whole += "\n"
    whole += value
    row[column] = whole


class Level:
    """The columns for the parts of one element: of a record, or of an element that stands once in it."""

    __slots__ = ("attributes", "columns", "known", "levels", "path", "table", "tables")

    def __init__(self, table: TableOf, path: str = "") -> None:
        self.table, self.path = table, path
        self.columns: dict[str, list[str]] = {}
        self.attributes: dict[str, str] = {}
        self.levels: dict[str, Level] = {}
        self.tables: dict[str, Level] = {}
        # the columns of rows met before that are nothing but leaves, by the names in them
        self.known: dict[tuple[str | None, ...], tuple[str, ...]] = {}

    def name(self, tag: str) -> str:
        """Return the path of a part, of local names joined by _."""
        return f"{self.path}_{local(tag)}" if self.path else local(tag)

    def column(self, tag: str, time: int = 1) -> str:
        """Return the column of the ``time``-th part called ``tag``."""
        known = self.columns.setdefault(tag, [])
        while len(known) < time:
            wanted = self.name(tag) if not known else f"{known[0]}_{len(known) + 1}"
            if not known and tag.startswith("{") and self._clashes(tag):
                wanted = self.name(f"{tag[1:].partition('}')[0]}_{local(tag)}")
            known.append(self.table.column(wanted, f"{self.path}/{tag}/{len(known)}"))
        return known[time - 1]

    def learn(self, names: tuple[str | None, ...], texts: list[str], row: dict[str, str]) -> None:
        """Remember in which columns of ``row`` the texts of leaves with these names stand, if each has its own."""
        times: dict[str, int] = {}
        columns = []
        for name in names[1:] if names[0] == "=" else names:
            time = times[name or ""] = times.get(name or "", 0) + 1
            known = self.columns.get(name or "", [])
            columns.append(known[time - 1] if time <= len(known) else "")
        found = [row.get(column) for column in columns]
        if len(self.known) < KNOWN and len(set(columns)) == len(columns) and found == texts:
            self.known[names] = tuple(columns)

    def _clashes(self, tag: str) -> bool:
        prefix = tag[1:].partition("}")[0]
        return prefix.isidentifier() and self.name(tag) in self.table.taken

    def attribute(self, name: str) -> str:
        """Return the column of an attribute."""
        known = self.attributes.get(name)
        if known is None:
            known = self.attributes[name] = self.table.column(self.name(name), f"{self.path}/@{name}")
        return known

    def level(self, tag: str) -> Level:
        """Return the columns of the parts of a part that stands once."""
        known = self.levels.get(tag)
        if known is None:
            known = self.levels[tag] = Level(self.table, self.name(tag))
        return known


def plain_cells(element: Element) -> tuple[tuple[str | None, ...], list[str]] | None:
    """Return the names and texts of the parts of an element that has nothing but leaves; None when it has more."""
    if any(map(len, element)) or any(child.tail and not child.tail.isspace() for child in element):
        return None
    texts = [child.text or "" for child in element]
    first = element[0]
    if first.attrib:
        fields = {child.tag for child in element}
        if "name" not in first.attrib or len(fields) > 1 or local(first.tag).lower() not in FIELDS:
            return None
        if not all(texts) and any(not child.text and not child.attrib.keys() <= EMPTY for child in element):
            return None
        return ("=", *[child.get("name") for child in element]), texts
    if any(child.attrib for child in element):
        return None
    return tuple([child.tag for child in element]), texts


def is_foreign(name: str) -> bool:
    """Tell whether an attribute belongs to XML itself (xsi:nil, xml:lang…)."""
    return name.startswith(("{xsi}", "{http://www.w3.org/"))


def field_name(element: Element) -> str | None:
    """Return the name of the column that an element stands for, when it carries it in an attribute."""
    if local(element.tag).lower() in FIELDS:
        for name in NAMING:
            if value := element.attrib.get(name):
                return value
    return None


def mixed(element: Element) -> bool:
    """Tell whether an element holds text between its elements."""
    if element.text and not element.text.isspace():
        return True
    return any(child.tail and not child.tail.isspace() for child in element)


def whole_text(element: Element) -> str:
    """Return all text in an element, without its tags."""
    return "".join(element.itertext()).strip()
