"""Word documents (ECMA-376, WordprocessingML): text, headers, footers, notes, comments, tables, properties.

Read by events rather than with a library that holds the document as a tree: a hostile one may be a gigabyte of tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.readers.documents.body import Body
from colmate.intake.readers.documents.package import Package, events
from colmate.intake.readers.documents.writing import VERBATIM, Content, Desk, refuse
from colmate.intake.reading import Chunk, Member, Options

__all__ = ["read_docx"]

MAIN: Final = "word/document.xml"
# in the order in which a reader of the page meets them; what is said of the patient often stands in the header
BEFORE: Final = re.compile(r"word/header\d*\.xml")
AFTER: Final = re.compile(r"word/(?:footer|footnotes|endnotes|comments)\d*\.xml")
SKIPPED: Final = frozenset({"instrText", "Fallback", "delInstrText"})
EMBEDDED: Final = re.compile(r"word/embeddings/[^/]+\.(?:xlsx|xlsm|xlsb|docx|docm|pdf|csv|txt|rtf)", re.IGNORECASE)
PARTS: Final = 200
FILES: Final = 128 << 20
MARKS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


class _Word:
    """Turns the elements of WordprocessingML (§17) into a `Body`; deleted text, still in the file, is kept apart."""

    def __init__(self, body: Body, deleted: list[str]) -> None:
        self._body = body
        self._deleted = deleted
        self._skipping = 0
        self._text = ""

    def __call__(self, kind: str, name: str, attributes: Mapping[str, str]) -> None:
        if kind == "text":
            if self._skipping or not self._text:
                return
            if self._text == "t":
                self._body.add(name)
            else:
                self._deleted.append(name)
        elif name in SKIPPED:
            self._skipping += 1 if kind == "start" else -1
        elif kind == "start":
            self._start(name, attributes)
        else:
            self._end(name)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        body = self._body
        if name in {"t", "delText"}:
            self._text = name
        elif name in MARKS:
            # a tab in a run, not the definition of a stop
            if "pos" not in attributes:
                body.add(MARKS[name])
        elif name == "gridSpan":
            body.widen(_count(attributes.get("val", "")))
        elif name == "vMerge":
            if attributes.get("val", "continue") != "restart":
                body.repeat_above()
        elif name in {"tbl", "tr", "tc", "tblHeader"}:
            {"tbl": body.begin_table, "tr": body.begin_row, "tc": body.begin_cell, "tblHeader": body.mark_header}[
                name
            ]()

    def _end(self, name: str) -> None:
        body = self._body
        if name in {"t", "delText"}:
            self._text = ""
        elif name == "p":
            body.line()
        elif name == "tbl":
            body.end_table()
        elif name == "tr":
            body.end_row()
        elif name == "tc":
            body.end_cell()


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def read_docx(source: Source, account: Account, options: Options) -> Iterator[Chunk | Member]:
    """Read a Word document."""
    begin = source.head.raw[:VERBATIM]
    with source.whole() as file:
        content = _content(Package(file, options.bounds), account)
    if isinstance(content, str):
        yield from refuse(source, account, begin, content)
        return
    content.stopped = content.stopped or source.stopped
    yield from Desk(source, account).document(content)


def _content(package: Package, account: Account) -> Content | str:
    """Return what the document holds, or the code of the reason why it cannot be read."""
    if package.encrypted:
        return "encrypted_document"
    body, deleted = Body(), list[str]()
    names = package.names()
    parts = [MAIN] if MAIN in names else [one for one in names if re.fullmatch(r"word/document\d*\.xml", one)][:1]
    found = False
    for name in [
        *filter(BEFORE.fullmatch, names[:10_000]),
        *parts,
        *filter(AFTER.fullmatch, names[:10_000]),
    ][:PARTS]:
        found |= events(package, name, _Word(body, deleted)) and name in parts
        body.finish()
        body.line()
    if not found:
        return package.stopped or "damaged_document"
    if deleted:
        account.note("deleted_text", len(deleted))
        body.add("\n" + " ".join(deleted))
    content = Content(body.text(), tables=body.tables, stopped=package.stopped)
    properties(package, "docProps/core.xml", content)
    content.files = _files(package, names)
    return content


def _files(package: Package, names: list[str]) -> list[tuple[str, bytes]]:
    """Return the files that are embedded, but for objects of programs."""
    found: list[tuple[str, bytes]] = []
    size, stopped = 0, package.stopped
    for name in list(filter(EMBEDDED.fullmatch, names))[:PARTS]:
        data = b"".join(package.read(name))
        size += len(data)
        if size > FILES:
            break
        found.append((name.rpartition("/")[2], data))
    package.stopped = stopped
    return found


FIELDS: Final = {"title": "title", "creator": "author", "initial-creator": "author", "created": "created"}


def properties(package: Package, name: str, content: Content) -> None:
    """Take title, author and date of creation (Dublin Core terms) from a part."""
    held = {"field": ""}

    def handler(kind: str, text: str, _attributes: Mapping[str, str]) -> None:
        if kind == "start":
            held["field"] = "created" if text == "creation-date" else FIELDS.get(text, "")
        elif kind == "end":
            held["field"] = ""
        elif held["field"] and len(getattr(content, held["field"])) < 1_000:
            setattr(content, held["field"], (getattr(content, held["field"]) + text)[:1_000])

    stopped = package.stopped
    events(package, name, handler)
    # properties that are damaged cost no text
    package.stopped = stopped
