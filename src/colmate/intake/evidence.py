"""One content to be read: as bytes, as text in UTF-8, or as a whole that can be sought in."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import BinaryIO, Final

from colmate.errors import FormatError, UsageError
from colmate.intake.accounting import Account
from colmate.intake.compression import Plain, Stream
from colmate.intake.decoding import repair_mojibake, to_utf8
from colmate.intake.encoding import Encoding, named
from colmate.intake.encoding import detect as detect_encoding
from colmate.intake.reading import Head
from colmate.intake.text import Text

__all__ = ["Source", "Utf8"]

HEAD: Final = 1 << 20
WHOLE: Final = 2 << 30
# text is cut behind an ASCII character, sought this far back
BACK: Final = 4096


def _quiet(_code: str, _count: int) -> None:
    """Repairs of what is only looked at are not counted."""


class Source:
    """A content under the name it is shown by, read once from its first byte to its last.

    ``serial`` numbers the contents of a run: keys made with it are unique over all files. ``opened`` returns the
    content as a file that can be sought in, where it lies on the disk as it is. A reader takes `read`, `utf8` or
    `whole`, one of them.
    """

    def __init__(
        self,
        name: str,
        stream: Stream,
        serial: int = 0,
        opened: Callable[[], BinaryIO] | None = None,
        encoding: str | None = None,
    ) -> None:
        self.name = name
        self.serial = serial
        self.delivered = 0
        self.sought = False
        self.text: Utf8 | None = None
        self._stream = stream
        self._opened = opened
        self._asked = encoding
        self._ahead = b""
        self._ended = False
        self._head: Head | None = None
        self._encoding: Encoding | None = None

    @classmethod
    def of(cls, data: bytes, name: str = "leak", serial: int = 0, encoding: str | None = None) -> Source:
        """Return a source over bytes in memory."""
        return cls(name, Plain(io.BytesIO(data)), serial, encoding=encoding)

    @property
    def stopped(self) -> str | None:
        """Why the content ended before its end ("truncated_stream"…), known when it was read; a reject's reason."""
        return self._stream.stopped

    @property
    def head(self) -> Head:
        """The beginning, not consumed."""
        if self._head is None:
            raw = self._fill(HEAD)
            encoding = self.encoding
            text = Text(encoding).widen(raw[encoding.bom :], final=self._ended)
            self._head = Head(raw, to_utf8(text, encoding, _quiet), self._ended)
        return self._head

    @property
    def encoding(self) -> Encoding:
        """The encoding asked for, or found in the beginning."""
        if self._encoding is None:
            raw = self._fill(HEAD)
            self._encoding = named(self._asked, raw) if self._asked else detect_encoding(raw, b"")
        return self._encoding

    def declare(self, name: str) -> None:
        """Believe the encoding that the content names itself, unless one was asked for or the bytes speak against it.

        The width of its characters is what was found, and UTF-8 that is well formed and more than ASCII stays UTF-8. A
        name that stands for a subset of a Windows charset means the latter (WHATWG Encoding Standard, section 4.2).
        """
        if self._asked or self.encoding.wide or self.encoding.bom:
            return
        try:
            told = named(name, b"")
        except UsageError:
            return
        raw = self._fill(HEAD)
        stays = self.encoding.name == "utf-8" and not raw.isascii()
        if stays or told.wide or told.name == "utf-8":
            return
        self._encoding = Encoding("cp1252" if told.name in {"ascii", "iso8859-1"} else told.name)
        self._head = None

    def _fill(self, size: int) -> bytes:
        while len(self._ahead) < size and not self._ended:
            part = self._stream.read(size - len(self._ahead))
            self._ended = not part
            self._ahead += part
        return self._ahead[:size]

    def read(self, size: int) -> bytes:
        """Return up to ``size`` next bytes, b"" at the end."""
        if self._ahead:
            part, self._ahead = self._ahead[:size], self._ahead[size:]
        else:
            part = b"" if self._ended else self._stream.read(size)
        self.delivered += len(part)
        return part

    @property
    def to_book(self) -> int | None:
        """How many bytes the reader had to book: those of the text or of the stream; None when it read the whole."""
        if self.sought:
            return None
        return self.text.delivered if self.text else self.delivered

    def utf8(self, account: Account) -> Utf8:
        """Return the content as a stream of UTF-8 text; repairs are noted in ``account``, the encoding too."""
        account.encoding = self.encoding.name
        self.text = Utf8(self, self.encoding, account)
        return self.text

    def whole(self) -> BinaryIO:
        """Return the content as a file that can be sought in: the file itself, or memory.

        All of its bytes are booked as those of a container. Raises `FormatError` for more than 2 GiB that are not on
        the disk as they are: such a content has to be unpacked first.
        """
        self.sought = True
        if self._opened is not None:
            return self._opened()
        parts: list[bytes] = []
        size = 0
        while part := self.read(1 << 22):
            size += len(part)
            if size > WHOLE:
                raise FormatError(f"{self.name} is too large to be read inside another file: unpack it first")
            parts.append(part)
        return io.BytesIO(b"".join(parts))


class Utf8:
    """The text of a source in UTF-8, without a mark; ``delivered`` counts its bytes."""

    def __init__(self, source: Source, encoding: Encoding, account: Account) -> None:
        self.delivered = 0
        self._source = source
        self._text = Text(encoding)
        self._account = account
        self._held = b""
        self._mark = encoding.bom
        self._final = False

    @property
    def encoding(self) -> Encoding:
        """How the content is written."""
        return self._text.encoding

    @property
    def stopped(self) -> str | None:
        """Why the content ended before its end, known when it was read."""
        return self._source.stopped

    def read(self, size: int) -> bytes:
        """Return about ``size`` bytes of text, cut behind an ASCII character; b"" at the end."""
        while not self._final:
            raw = self._source.read(size)
            self._final = not raw
            if self._mark and raw:
                raw, self._mark = raw[self._mark :], max(0, self._mark - len(raw))
            text = self._held + self._text.widen(raw, final=self._final)
            whole = len(text) if self._final else _boundary(text)
            text, self._held = text[:whole], text[whole:]
            if text:
                return self._mended(text)
        self._account.note("incomplete_character", self._text.tail)
        self._text.tail = 0
        return b""

    def all(self, limit: int) -> bytes:
        """Return all of the text; raises `FormatError` past ``limit`` bytes."""
        parts: list[bytes] = []
        while part := self.read(1 << 20):
            parts.append(part)
            if self.delivered > limit:
                raise FormatError(f"{self._source.name} holds more text than a single document may")
        return b"".join(parts)

    def _mended(self, text: bytes) -> bytes:
        note = self._account.note
        mended = repair_mojibake(to_utf8(text, self._text.encoding, note), note)
        self.delivered += len(mended)
        return mended


def _boundary(text: bytes) -> int:
    """Return where text may be cut: behind the last ASCII character, or else before a character's first byte."""
    for place in range(len(text) - 1, max(-1, len(text) - BACK), -1):
        if text[place] < 0x80:
            return place + 1
    for place in range(len(text) - 1, max(-1, len(text) - 5), -1):
        if text[place] & 0xC0 != 0x80:
            return place
    return max(0, len(text) - 4)
