"""The reader of clinical documents: each `ClinicalDocument` in the content, as records of tables that refer to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from colmate.intake.accounting import Account
from colmate.intake.compression import Plain
from colmate.intake.evidence import Source
from colmate.intake.readers.cda.content import Body, attachments
from colmate.intake.readers.cda.header import document_row, participants
from colmate.intake.readers.cda.people import Row
from colmate.intake.readers.cda.tables import DECLARED, DOCUMENT, DOCUMENTS
from colmate.intake.readers.xml_data.cutter import Cutter
from colmate.intake.readers.xml_data.flatten import Flattener
from colmate.intake.readers.xml_data.items import Batch, Stray
from colmate.intake.readers.xml_data.markup import plain
from colmate.intake.readers.xml_data.shape import Shape
from colmate.intake.reading import Chunk, Member, Options, Rows, Within

__all__ = ["ROOT", "read"]

ROOT: Final = b"ClinicalDocument"
# a document may carry files of some size
LARGEST: Final = 256 << 20
# before the names of what stands beside documents
OTHERS: Final = "cda_"


def read(source: Source, account: Account, options: Options) -> Iterator[Chunk | Member]:
    """Yield the records of all clinical documents of a content, and the files in them."""
    reader = _Reader(source.serial, account)
    cutter = Cutter(source, account, max(LARGEST, options.limit), _opens, salvage=True)
    for item in cutter.items():
        if isinstance(item, Batch):
            for element in item.elements:
                yield from reader.element(element, item)
        elif isinstance(item, Stray) and item.text.strip():
            reader.add(f"{OTHERS}text", {"text": item.text.strip()})
        if reader.rows.full:
            yield from reader.rows.take()
    yield from reader.rows.take()


def _opens(shape: Shape) -> bool:
    """Open what stands around documents."""
    return any(_is_document(one) or _opens(one) for one in shape.children.values()) and not _is_document(shape)


def _is_document(shape: Shape) -> bool:
    return shape.name.rpartition(b":")[2] == ROOT


class _Reader:
    """The documents of one content; ``serial`` numbers it."""

    def __init__(self, serial: int, account: Account) -> None:
        self.rows = Rows()
        self.account = account
        self.flattener = Flattener(self.rows, account)
        self._serial = serial
        self._documents = 0
        self._declared: set[str] = set()

    def add(self, table: str, row: Row) -> None:
        """Take a record and count it as found."""
        if table not in self._declared and table in DECLARED:
            self._declared.add(table)
            self.rows.declare(table, DECLARED[table])
        self.rows.add(table, row)
        self.account.find()

    def element(self, element: Element, batch: Batch) -> Iterator[Chunk | Member]:
        """Yield the files in a document, and add its records; ``batch``: where it was found."""
        plain(element)
        if element.tag.encode("utf-8") != ROOT:
            self.flattener.record(element, self.flattener.level(OTHERS + element.tag), None)
            return
        self._documents += 1
        key = f"{self._serial}-{self._documents}"
        self.add(DOCUMENTS, {DOCUMENT: key, **document_row(element)})
        files = list(attachments(element, key))
        participants(element, key, self.add)
        Body(key, self.add).read(element)
        if files:
            # the record that the files refer to goes before them
            yield from self.rows.take()
        for file in files:
            if file.content is None:
                self.account.find()
                self.account.reject(batch.line, batch.position, file.packed.encode("utf-8"), "undecodable_attachment")
                continue
            within = Within(DOCUMENTS, DOCUMENT, key)
            yield Member(file.name, Plain(file.content), len(file.packed), batch.position, within)
