"""OpenDocument texts (ISO/IEC 26300): content.xml, headers and footers of styles.xml, properties of meta.xml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.readers.documents.body import Body
from colmate.intake.readers.documents.docx import properties
from colmate.intake.readers.documents.package import Package, events
from colmate.intake.readers.documents.writing import VERBATIM, Content, Desk, refuse
from colmate.intake.reading import Chunk, Member, Options

__all__ = ["read_odt"]

SKIPPED: Final = frozenset({"binary-data", "automatic-styles", "scripts", "script", "font-face-decls"})
SPACES: Final = 1_000


class _OpenDocument:
    """Turns the elements of OpenDocument into a `Body`. ``pages``: only what stands in headers and footers."""

    def __init__(self, body: Body, *, pages: bool = False) -> None:
        self._body = body
        self._skipping = 0
        self._paragraphs = 0
        self._shown = not pages
        self._header = False

    def __call__(self, kind: str, name: str, attributes: Mapping[str, str]) -> None:
        if kind == "text":
            if self._paragraphs and self._shown and not self._skipping:
                self._body.add(name)
        elif name in SKIPPED:
            self._skipping += 1 if kind == "start" else -1
        elif name in {"header", "footer", "header-left", "footer-left", "header-first", "footer-first"}:
            self._shown = kind == "start"
        elif kind == "start":
            self._start(name, attributes)
        else:
            self._end(name)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        body = self._body
        if name in {"p", "h"}:
            self._paragraphs += 1
        elif name == "tab":
            body.add("\t")
        elif name == "line-break":
            body.add("\n")
        elif name == "s":
            body.add(" " * min(_count(attributes.get("c", "1")), SPACES))
        elif name == "table":
            body.begin_table()
        elif name == "table-header-rows":
            self._header = True
        elif name == "table-row":
            body.begin_row(header=self._header)
        elif name == "table-cell":
            # the cells that it covers stand in the file besides (covered-table-cell), and are left out
            columns = attributes.get("number-columns-spanned", attributes.get("number-columns-repeated", "1"))
            body.begin_cell(_count(columns), _count(attributes.get("number-rows-spanned", "1")))

    def _end(self, name: str) -> None:
        body = self._body
        if name in {"p", "h"}:
            self._paragraphs -= 1
            body.line()
        elif name == "table":
            body.end_table()
        elif name == "table-header-rows":
            self._header = False
        elif name == "table-row":
            body.end_row()
        elif name == "table-cell":
            body.end_cell()


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def read_odt(source: Source, account: Account, options: Options) -> Iterator[Chunk | Member]:
    """Read an OpenDocument text."""
    begin = source.head.raw[:VERBATIM]
    with source.whole() as file:
        content = _content(Package(file, options.bounds))
    if isinstance(content, str):
        yield from refuse(source, account, begin, content)
        return
    content.stopped = content.stopped or source.stopped
    yield from Desk(source, account).document(content)


def _content(package: Package) -> Content | str:
    """Return what the document holds, or the code of the reason why it cannot be read."""
    body = Body()
    if _encrypted(package):
        return "encrypted_document"
    stopped = package.stopped
    events(package, "styles.xml", _OpenDocument(body, pages=True))
    package.stopped = stopped
    body.finish()
    body.line()
    if not events(package, "content.xml", _OpenDocument(body)):
        return package.stopped or "damaged_document"
    body.finish()
    content = Content(body.text(), tables=body.tables, stopped=package.stopped)
    properties(package, "meta.xml", content)
    return content


def _encrypted(package: Package) -> bool:
    """Tell whether the manifest says that parts are encrypted (OpenDocument part 3, §4.4)."""
    held = [False]

    def handler(kind: str, name: str, _attributes: Mapping[str, str]) -> None:
        held[0] |= kind == "start" and name == "encryption-data"

    stopped = package.stopped
    events(package, "META-INF/manifest.xml", handler)
    package.stopped = stopped
    return held[0]
