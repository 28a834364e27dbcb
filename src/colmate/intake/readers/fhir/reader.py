"""From a stream of JSON text to the records of its resources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from colmate.intake.accounting import Account
from colmate.intake.evidence import Source, Utf8
from colmate.intake.readers.fhir.meanings import declared, table_of
from colmate.intake.readers.fhir.references import key_of
from colmate.intake.readers.fhir.resources import kind_of, records
from colmate.intake.readers.json_data.documents import Document, Parser
from colmate.intake.readers.json_data.layout import Layout, layout_of, partial
from colmate.intake.readers.json_data.lines import by_line
from colmate.intake.readers.json_data.structure import Structure
from colmate.intake.readers.json_data.tables import Columns
from colmate.intake.reading import Chunk, Member, Options, Rows

__all__ = ["read"]

TYPES: Final = 200
BYTES: Final = 16 << 20
NESTED: Final = 4


def read(source: Source, account: Account, options: Options) -> Iterator[Chunk | Member]:
    """Yield the tables of the resources of a content, and the files in them."""
    layout = _layout(source)
    text = source.utf8(account)
    found = by_line(text, account, options) if layout.lines else Structure(text, account, options, layout).documents()
    reading = _Reading(account, text, source.serial)
    for document in found:
        reading.take(document)
        yield from reading.members
        reading.members.clear()
        if reading.full:
            yield from reading.chunks()
    yield from reading.chunks()


def _layout(source: Source) -> Layout:
    """Return the layout: a bundle is opened, any other resource is one document whatever lists it has."""
    head = source.head
    layout = layout_of(head.text, whole=head.whole)
    if layout.lines or layout.root == "document":
        return layout
    top = partial(head.text[head.text.find(b"{") :])
    entries = top.get("entry") if type(top) is dict else None
    if type(entries) is list and top.get("resourceType", "Bundle") == "Bundle":
        return Layout(root="object", objects=frozenset({()}))
    return Layout()


class _Reading:
    """Where the resources of one content go."""

    def __init__(self, account: Account, text: Utf8, serial: int) -> None:
        self.members: list[Member] = []
        self._account = account
        self._text = text
        self._serial = serial
        self._parser = Parser(account)
        self._rows = Rows()
        self._columns = Columns(account)
        self._size = 0
        self._number = 0
        self._tables: dict[str, str] = {}
        self._declared: dict[str, int] = {}

    @property
    def full(self) -> bool:
        """Whether it is time to hand out what is held."""
        return self._rows.full or self._size > BYTES

    def chunks(self) -> Iterator[Chunk]:
        """Hand out what is held."""
        self._size = 0
        for kind, table in self._tables.items():
            names = self._columns.names(table)
            if len(names) != self._declared.get(table):
                self._declared[table] = len(names)
                self._rows.declare(table, declared(kind, names))
        return self._rows.take()

    def take(self, document: Document) -> None:
        """Take one document: a resource, the entry of a bundle, or what a bundle says of itself."""
        around = document.path and document.path[-1:] != ("entry",)
        if around or not document.size or document.text in (b"{}", b"null"):
            self._account.consume("statement", document.size)
            return
        value, problem = (None, document.problem) if document.problem else self._parser.parse(document.text)
        if problem == "truncated_json" and self._text.stopped:
            problem = self._text.stopped
        resources = [] if problem else list(_resources(value, None, 0))
        if not problem and not resources:
            if document.path and type(value) is dict and "resource" not in value:
                # an entry without a resource: a deletion, or the answer to a request
                self._account.consume("statement", document.size)
                return
            problem = "not_a_resource"
        if problem:
            self._account.find()
            self._account.reject(document.line, document.position, document.text, problem)
            self._account.consume("reject", document.size)
            return
        self._account.consume("record", document.size)
        self._size += len(document.text)
        for kind, resource, url in resources:
            self._add(kind, resource, url, document.position)

    def _add(self, kind: str, resource: dict[str, Any], url: object, place: int) -> None:
        self._number += 1
        key = key_of(kind, resource.get("id"), url, f"{self._serial}-{self._number}")
        for record in records(resource, kind, key, place):
            self._account.find()
            self._account.note("base64_damaged", record.damaged)
            table = self._table(record.kind)
            self._rows.add(table, self._columns.fit(table, record.row))
            self.members.extend(record.members)

    def _table(self, kind: str) -> str:
        known = self._tables.get(kind)
        if known is None:
            if len(self._tables) >= TYPES:
                return "resources"
            known = self._tables[kind] = table_of(kind)
        return known


def _resources(value: Any, url: object, depth: int) -> Iterator[tuple[str, dict[str, Any], object]]:
    """Yield the resources of a document with their types and URLs: of an entry, of a bundle in one piece, or itself."""
    kind = kind_of(value)
    if kind == "Bundle" and depth < NESTED:
        entries = value.get("entry")
        for entry in entries if type(entries) is list else ():
            yield from _resources(entry, None, depth + 1)
    elif kind:
        yield kind, value, url
    elif type(value) is dict and type(value.get("resource")) is dict:
        yield from _resources(value["resource"], value.get("fullUrl"), depth + 1)
