r"""Rich Text Format (Microsoft's specification 1.9): text of the body, headers, footers and notes; images skipped.

Read as a stream of tokens, so that the megabytes of an image take no memory, with a stack of groups that is no
deeper than a bound. Characters come as ``\'e9`` in the code page of the font, or as ``\u233?``. (striprtf, which is
well kept, drops headers and notes, and its patterns take quadratic time on hostile files.)
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.readers.documents.body import Body
from colmate.intake.readers.documents.rtf_words import ASIDE, CHARSETS, HIDDEN, MARKS, PAGES, SHOWN, SYMBOLS
from colmate.intake.readers.documents.writing import Content, Desk
from colmate.intake.reading import Chunk, Member, Options

__all__ = ["read_rtf"]

BLOCK: Final = 1 << 20
DEEP: Final = 20_000
TEXT: Final = 64 << 20
TOKEN: Final = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|[\r\n\0]+|([^\\{}\r\n\0]+)|(\\)"
)
TABLES: Final = frozenset({b"trowd", b"intbl", b"trhdr", b"cell", b"row", b"nestcell", b"nestrow"})
# no token but text is longer than this: what is left of a block waits for the next
LONGEST: Final = 64


class _Group:
    """What a group inherits from the one around it."""

    __slots__ = ("font", "hidden", "skip", "starred", "where")

    def __init__(self, around: _Group | None = None) -> None:
        self.hidden: bool = around.hidden if around else False
        self.skip: int = around.skip if around else 1
        self.font: int | None = around.font if around else None
        self.where: bytes = around.where if around else b""
        self.starred = False


class _Rows:
    r"""Tables, which are not marked as such: rows are declared (``\trowd``), cells and rows end (``\cell``, ``\row``).

    Word declares a row before it, after it, or both; text that follows a row and is not declared ``\intbl`` ends the
    table.
    """

    def __init__(self, body: Body) -> None:
        self._body = body
        self._open = self._within = False

    def take(self, word: bytes) -> None:
        """Take one control word of `TABLES`."""
        if word in {b"trowd", b"intbl"}:
            self._begin()
        elif word == b"trhdr":
            self._body.mark_header()
        elif word == b"cell" and self._within:
            self._body.end_cell()
            self._body.begin_cell()
        elif word == b"row" and self._within:
            self._body.drop_cell()
            self._body.end_row()
            self._within = False
        else:
            self._body.add("\n" if word in {b"row", b"nestrow"} else "\t")

    def outside(self, text: str) -> None:
        """Text comes: it ends a table whose last row has ended."""
        if self._open and not self._within and text.strip():
            self._body.end_table()
            self._open = False

    def _begin(self) -> None:
        if not self._open:
            self._body.begin_table()
            self._open = True
        if not self._within:
            self._body.begin_row()
            self._body.begin_cell()
            self._within = True


class _Reader:
    """Takes tokens and makes text of them."""

    def __init__(self) -> None:
        self.body = Body()
        self.info = {b"title": "", b"author": "", b"creatim": ""}
        self.binary = 0  # bytes of binary data to come
        self.size = 0
        self._groups: list[_Group] = []
        self._group = _Group()
        self._deeper = 0
        self._page = "cp1252"
        self._fonts: dict[int, str] = {}
        self._defining: int | None = None
        self._held = bytearray()  # bytes of a character that may have two
        self._skip = 0  # characters that stand for the one just read
        self._high = 0  # first half of a surrogate pair
        self._rows = _Rows(self.body)

    @property
    def open(self) -> bool:
        """Whether groups are still open."""
        return bool(self._groups)

    def take(self, token: re.Match[bytes]) -> None:
        """Take one token."""
        word, number, code, symbol, brace, text, _ = token.groups()
        if code is not None:
            if self._skip:
                self._skip -= 1
            elif not self._group.hidden:
                self._held += bytes((int(code, 16),))
            return
        self._flush()
        if text is not None:
            self._text(text)
        elif brace is not None:
            self._brace(brace)
        elif word is not None:
            self._word(word, int(number) if number else None)
        elif symbol == b"*":
            self._group.starred = True
        elif symbol in SYMBOLS:
            if self._skip:
                self._skip -= 1
            else:
                self._add(SYMBOLS[symbol])

    def _text(self, text: bytes) -> None:
        if self._skip:
            self._skip, text = max(0, self._skip - len(text)), text[self._skip :]
        if text and not self._group.hidden:
            self._add(text.decode(self._encoding(), "replace"))

    def _flush(self) -> None:
        if self._held:
            held, self._held = bytes(self._held), bytearray()
            self._add(held.decode(self._encoding(), "replace"))

    def _encoding(self) -> str:
        return self._fonts.get(self._group.font, self._page) if self._group.font is not None else self._page

    def _add(self, text: str) -> None:
        group = self._group
        if group.hidden:
            return
        self._high = 0
        if group.where in self.info:
            self.info[group.where] = (self.info[group.where] + text)[:1_000]
        elif group.where != b"info":
            self.size += len(text)
            self._rows.outside(text)
            self.body.add(text)

    def _brace(self, brace: bytes) -> None:
        self._skip = 0
        if brace == b"{":
            if len(self._groups) >= DEEP:
                self._deeper += 1
            else:
                self._groups.append(self._group)
                self._group = _Group(self._group)
        elif self._deeper:
            self._deeper -= 1
        elif self._groups:
            if self._group.where != self._groups[-1].where and self._group.where not in self.info:
                self.body.line()
            self._group = self._groups.pop()

    def _word(self, word: bytes, number: int | None) -> None:
        group = self._group
        if word == b"bin":
            self.binary = min(max(0, number or 0), 1 << 31)
        elif word == b"u" and number is not None:
            self._unicode(number)
        elif word == b"uc":
            group.skip = min(max(0, number or 0), 32)
        elif word in MARKS:
            self._add(MARKS[word])
        elif word == b"f" or word == b"deff":
            self._defining = number
            group.font = number if word == b"f" else group.font
        elif word == b"fcharset":
            if self._defining is not None and number in CHARSETS and len(self._fonts) < 10_000:
                self._fonts[self._defining] = CHARSETS[number]
        elif word == b"ansicpg" or word in PAGES:
            self._code_page(PAGES.get(word) or f"cp{number}")
        else:
            self._destination(word, number)

    def _destination(self, word: bytes, number: int | None) -> None:
        group = self._group
        if word in HIDDEN or (group.starred and word not in SHOWN):
            group.hidden = True
        elif word in {b"info", b"title", b"author", b"creatim"} and (word == b"info" or group.where == b"info"):
            group.where = word
        elif group.where == b"creatim" and word in {b"yr", b"mo", b"dy"}:
            self._add(f"{number or 0:02d}" if word == b"yr" else f"-{number or 0:02d}")
        elif word in ASIDE:
            group.where = b"aside"
        elif not group.hidden and word in TABLES:
            self._rows.take(word)
        group.starred = False

    def _code_page(self, name: str) -> None:
        try:
            self._page = codecs.lookup(name).name
        except LookupError:
            self._page = "cp1252"

    def _unicode(self, number: int) -> None:
        self._skip = self._group.skip
        code = number & 0xFFFF if -0x8000 <= number < 0x10000 else number
        if 0xD800 <= code < 0xDC00:
            self._high = code
            return
        if 0xDC00 <= code < 0xE000 and self._high:
            code = 0x10000 + ((self._high - 0xD800) << 10) + code - 0xDC00
        self._add(chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd")


def read_rtf(source: Source, account: Account, _options: Options) -> Iterator[Chunk | Member]:
    """Read a document in Rich Text Format."""
    reader, held, stopped = _Reader(), b"", None
    while block := source.read(BLOCK):
        account.consume("record", len(block))
        if stopped:
            continue
        held = _tokens(reader, held + block, final=False)
        stopped = "document_too_large" if reader.size > TEXT else None
    if not stopped:
        _tokens(reader, held, final=True)
    if reader.open and source.stopped is None and not stopped:
        account.note("unclosed_document")
    reader.body.finish()
    info = reader.info
    yield from Desk(source, account).document(
        Content(
            reader.body.text(),
            info[b"title"],
            info[b"author"],
            info[b"creatim"],
            reader.body.tables,
            stopped=source.stopped or stopped,
        )
    )


def _tokens(reader: _Reader, data: bytes, *, final: bool) -> bytes:
    """Give the tokens of ``data`` to the reader; return what waits for more."""
    place = 0
    end = len(data) if final else len(data) - LONGEST
    while place < end:
        token = TOKEN.match(data, place)
        if token is None:
            place += 1
            continue
        reader.take(token)
        place = token.end()
        if reader.binary:
            skipped = min(reader.binary, len(data) - place)
            reader.binary -= skipped
            place += skipped
            if reader.binary:
                return b""
    return data[place:]
