"""The reader of HPRIM XML: the events of messages about patients, stays, acts and diagnoses, as records of tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.names import shown
from colmate.intake.readers.hprim_xml.elements import (
    DECLARED,
    DROPPED,
    EVENT,
    EVENTS,
    MESSAGE,
    MESSAGES,
    PREFIX,
    table_of,
)
from colmate.intake.readers.xml_data.columns import append
from colmate.intake.readers.xml_data.cutter import Cutter
from colmate.intake.readers.xml_data.items import Batch, Opened, Stray
from colmate.intake.readers.xml_data.markup import local, plain
from colmate.intake.readers.xml_data.shape import Shape
from colmate.intake.reading import Chunk, Declared, Member, Options, Reference, Rows

__all__ = ["ROOTS", "read"]

Row = dict[str, str]
# roots of messages (HPRIM XML; those that answer them begin with "acquittements")
ROOTS: Final = ("evenements", "acquittements")
MANY: Final = 9
DEEPEST: Final = 60
# columns of one record; what is beyond is joined in one
WIDEST: Final = 500
OTHER: Final = "other_values"
TABLES: Final = 200


def read(source: Source, account: Account, options: Options) -> Iterator[Chunk | Member]:
    """Yield the records of the messages of a content."""
    messages = _Messages(source.serial, account)
    for item in Cutter(source, account, options.limit, _opens, salvage=True).items():
        if isinstance(item, Opened):
            name = local(item.shape.name.decode("utf-8", "replace"))
            if name.startswith(ROOTS):
                messages.begin(name, item.attributes)
        elif isinstance(item, Batch):
            for element in item.elements:
                messages.element(element)
        elif isinstance(item, Stray) and item.text.strip():
            messages.add(EVENTS, {**messages.event(), "text": item.text.strip()})
        if messages.rows.full:
            yield from messages.rows.take()
    messages.end()
    yield from messages.rows.take()


def _opens(shape: Shape) -> bool:
    """Open messages, and what stands around them."""
    if _is_root(shape):
        return bool(shape.children)
    return any(_is_root(one) or _opens(one) for one in shape.children.values())


def _is_root(shape: Shape) -> bool:
    return local(shape.name.decode("utf-8", "replace")).startswith(ROOTS)


class _Messages:
    """The messages of one content; ``serial`` numbers it."""

    def __init__(self, serial: int, account: Account) -> None:
        self.rows = Rows()
        self._account = account
        self._serial = serial
        self._counts: Counter[str] = Counter()
        self._message: Row = {}
        self._event = ""
        self._declared: set[str] = set()

    def begin(self, kind: str, attributes: Row) -> None:
        """Begin a message."""
        self.end()
        self._message = {
            MESSAGE: self._next(MESSAGE),
            "type": kind,
            **{shown(name): value for name, value in attributes.items()},
        }

    def end(self) -> None:
        """Hand over what is known of the message."""
        if self._message:
            self.add(MESSAGES, self._message)
        self._message = {}

    def event(self) -> Row:
        """Begin an event of the message."""
        self._event = self._next(EVENT)
        return {EVENT: self._event, MESSAGE: self._message.get(MESSAGE, "")}

    def element(self, element: Element) -> None:
        """Take an element of a message: its header, or an event."""
        plain(element)
        if not self._message:
            # a message that is one element, or an event without a message
            self.begin(element.tag, {})
        if element.tag == "enteteMessage":
            self._event = ""
            self._values(element, "", self._message, 0)
            return
        row = {**self.event(), "type": element.tag}
        table = table_of(element)
        if table:
            self._record(element, table, 0)
        else:
            self._values(element, "", row, 0)
        self.add(EVENTS, row)

    def add(self, table: str, row: Row) -> None:
        """Take a record and count it as found."""
        if table not in self._declared and len(self._declared) >= TABLES:
            table = f"{PREFIX}other"
        if table not in self._declared:
            self._declared.add(table)
            reference = (Reference((EVENT,), EVENTS, (EVENT,)),)
            self.rows.declare(table, DECLARED.get(table) or Declared(references=reference))
        self.rows.add(table, row)
        self._account.find()

    def _next(self, kind: str) -> str:
        self._counts[kind] += 1
        return f"{self._serial}-{self._counts[kind]}"

    def _record(self, element: Element, table: str, depth: int) -> None:
        row = {EVENT: self._event, "element": element.tag}
        self._values(element, "", row, depth)
        if len(row) > 2:
            self.add(table, row)

    def _values(self, element: Element, path: str, row: Row, depth: int) -> None:
        """Put the values of an element into a row; the records in it go into tables of their own."""
        for name, value in element.attrib.items():
            _put(row, _joined(path, name), value)
        if element.text and not element.text.isspace():
            _put(row, path or "text", element.text.strip())
        times = Counter(child.tag for child in element)
        for child in element:
            if child.tail and not child.tail.isspace():
                _put(row, _joined(path, "text"), child.tail.strip())
            if depth >= DEEPEST:
                _put(row, _joined(path, child.tag), "".join(child.itertext()).strip())
            elif self._event and (table := table_of(child)):
                self._record(child, table, depth + 1)
            elif self._event and len(child) and times[child.tag] > 1:
                self._record(child, PREFIX + shown(child.tag), depth + 1)
            else:
                self._values(child, _joined(path, child.tag), row, depth + 1)


def _joined(path: str, name: str) -> str:
    """Return the column of a part: the names of what it stands in, but for those that say nothing more."""
    if name in DROPPED or (name == "date" and path.startswith("dateNaissance")):
        return path
    return f"{path}_{name}" if path else name


def _put(row: Row, column: str, value: str) -> None:
    """Set a value in the first free of column, column_2…; what is beyond is joined to the last."""
    if not value:
        return
    column = shown(column) or "value"
    for time in range(1, MANY + 1):
        wanted = column if time == 1 else f"{column}_{time}"
        if wanted not in row and len(row) >= WIDEST:
            append(row, OTHER, f"{wanted}: {value}")
            return
        if wanted not in row:
            row[wanted] = value
            return
    append(row, wanted, value)
