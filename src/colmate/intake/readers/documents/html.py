"""HTML and XHTML, as a stream of tags and text: an export of half a gigabyte is one table and no tree is built.

The standard library's parser takes quadratic time on unclosed comments, and parsers that build a tree need many
times the file's size; what is needed here is text, tables and a few properties.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.readers.documents.body import Body
from colmate.intake.readers.documents.tags import Tag, tokens
from colmate.intake.readers.documents.writing import Content, Desk
from colmate.intake.reading import Chunk, Member, Options

__all__ = ["Page", "read_html", "text_of_html"]

BLOCK: Final = 1 << 20
TEXT: Final = 64 << 20
LINES: Final = frozenset(
    [
        *("p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "header"),
        *("footer", "nav", "aside", "main", "address", "blockquote", "pre", "hr", "form", "fieldset", "dl", "dd"),
        *("dt", "figure", "figcaption", "option", "caption"),
    ]
)
HIDDEN: Final = frozenset({"script", "style", "template", "head", "noscript", "svg", "math", "object", "xml"})
CELLS: Final = frozenset({"table", "tr", "td", "th"})
BLANKS: Final = re.compile(r"[ \t\n\r\f]+")


class Page:
    """Takes tags and text, and makes a `Body` of them."""

    def __init__(self) -> None:
        self.body = Body()
        self.size = 0
        self.title = ""
        self.author = ""
        self._hidden = ""  # the element whose content is not shown
        self._titled = False
        self._tables: list[tuple[bool, bool]] = []

    @property
    def hidden(self) -> bool:
        """Whether what comes is not shown."""
        return bool(self._hidden) or self._titled

    def text(self, raw: str) -> None:
        """Take text between tags."""
        if self._titled:
            self.title = (self.title + html.unescape(raw))[:1_000]
        elif not self._hidden and raw:
            text = BLANKS.sub(" ", html.unescape(raw) if "&" in raw else raw)
            self.size += len(text)
            self.body.add(text)

    def tag(self, tag: Tag) -> None:
        """Take a tag."""
        name = tag.name
        if name in CELLS and not self._hidden:
            self._table(tag)
        elif name == "title":
            self._titled = not tag.closing
        elif name == "meta" and tag.attribute("name").lower() in {"author", "auteur"}:
            self.author = tag.attribute("content")[:1_000]
        elif self._hidden:
            # what is not closed ends where the page's body begins
            if (tag.closing and name == self._hidden) or name == "body":
                self._hidden = ""
        elif name in HIDDEN:
            if not tag.closing and not tag.empty:
                self._hidden = name
        elif name in LINES:
            self.body.line()
        elif name == "input" and tag.attribute("type").lower() in {"", "text", "email", "tel", "date", "number"}:
            self.body.add(f" {tag.attribute('value')} ")

    def _table(self, tag: Tag) -> None:
        body, name, closing = self.body, tag.name, tag.closing
        if name == "td" or name == "th":
            if closing:
                body.end_cell()
            else:
                columns, rows = tag.attribute("colspan"), tag.attribute("rowspan")
                body.begin_cell(_count(columns), _count(rows), header=name == "th")
        elif name == "tr":
            (body.end_row if closing else body.begin_row)()
        else:
            (body.end_table if closing else body.begin_table)()


def _count(text: str) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 1


def text_of_html(markup: str) -> str:
    """Return the text of a piece of HTML (the body of a message)."""
    page = Page()
    for token in tokens(iter((markup,))):
        if isinstance(token, str):
            page.text(token)
        else:
            page.tag(token)
    page.body.finish()
    return tidy(page.body.text())


def tidy(text: str) -> str:
    """Return text without blanks at the ends of its lines, and with at most one empty line in a row."""
    lines = "\n".join(line.strip(" \xa0") for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")


def read_html(source: Source, account: Account, _options: Options) -> Iterator[Chunk | Member]:
    """Read a page."""
    page, desk = Page(), Desk(source, account)
    text = source.utf8(account)

    def blocks() -> Iterator[str]:
        while block := text.read(BLOCK):
            account.consume("record", len(block))
            yield block.decode("utf-8", "replace")

    stopped = None
    for token in tokens(blocks()):
        if stopped:
            continue
        if isinstance(token, str):
            page.text(token)
        else:
            page.tag(token)
        if page.size > TEXT:
            stopped = "document_too_large"
    page.body.finish()
    content = Content(tidy(page.body.text()), page.title.strip(), page.author, "", page.body.tables)
    content.stopped = text.stopped or stopped
    yield from desk.document(content)
