"""The parts of a message (MIME, RFC 2045 to 2049), with bounds on their number and depth.

Parameters, encoded words, addresses and dates are the standard library's business; the structure is cut here, because
its parser goes as deep as a message asks for and looks at every line in Python.
"""

from __future__ import annotations

import binascii
import codecs
import quopri
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from email.utils import collapse_rfc2231_value
from functools import lru_cache
from typing import Final

from colmate.intake.decoding import to_utf8
from colmate.intake.encoding import detect
from colmate.intake.text import Text

__all__ = ["Headers", "Part", "decoded_text", "headers_of", "in_charset", "parts_of"]

HEADERS: Final = 256 << 10
DEEP: Final = 32
PARTS: Final = 1_000
# no charsets of messages, or slow; ASCII is what programs say that do not know
NEVER: Final = frozenset({"ascii", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7"})
_END_OF_HEADERS: Final = re.compile(rb"(?:\r?\n){2}|\r\r|\A\r?\n")
_FOLD: Final = re.compile(rb"\r?\n(?=[ \t])")
# characters of a field whose parameters are looked at
PARAMETERS: Final = 8192
_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]+")
_HTML: Final = re.compile(rb"\s*<(?:!doctype html|html)", re.IGNORECASE)


Headers = Mapping[str, str]
"""The fields of a message or part by name in small letters, unfolded: the first of each, as sent."""


@dataclass(frozen=True)
class ContentType:
    """What a Content-Type says (RFC 2045, §5; parameters by RFC 2231)."""

    kind: str
    boundary: bytes
    charset: str
    name: str


@dataclass(frozen=True)
class Part:
    """A part that holds no others: its type in small letters, its bytes as sent.

    ``group``: the number of the alternative that it belongs to, 0 for none. ``excess``: the parts of a message that
    were too many, in one.
    """

    kind: str
    headers: Headers
    body: bytes
    group: int = 0
    excess: bool = False

    @property
    def name(self) -> str:
        """The name of the file that is attached, '' for what is to be read in place."""
        return _disposition(self.headers.get("content-disposition", "")) or _type_of(self.headers).name

    @property
    def attached(self) -> bool:
        """Whether it is a file, not text of the message."""
        placed = self.headers.get("content-disposition", "").strip().lower().startswith("attachment")
        return placed or not self.kind.startswith("text/") or bool(self.name)

    def content(self) -> bytes:
        """Return its bytes with the transfer encoding undone (RFC 2045, §6); damaged ones as far as they go."""
        encoding = self.headers.get("content-transfer-encoding", "").strip().lower()
        if encoding == "base64":
            return _from_base64(self.body)
        return quopri.decodestring(self.body) if encoding == "quoted-printable" else self.body


def _from_base64(body: bytes) -> bytes:
    data = _BASE64.sub(b"", body)
    try:
        return binascii.a2b_base64(data[: len(data) // 4 * 4] + (data[len(data) // 4 * 4 :] + b"==")[:4])
    except binascii.Error:
        return binascii.a2b_base64(data[: len(data) // 4 * 4])


def in_charset(raw: bytes, name: str) -> str | None:
    """Return text in a charset by the name that a message gives it; None when there is no such charset."""
    try:
        if name and codecs.lookup(name).name.replace("_", "-") not in NEVER:
            return raw.decode(name, "replace")
    except (LookupError, ValueError):
        pass
    return None


def decoded_text(part: Part) -> str:
    """Return the text of a part in its charset; what it is not told in is found out."""
    raw = part.content()
    if (text := in_charset(raw, _type_of(part.headers).charset)) is not None:
        return text
    if raw.isascii():
        return raw.decode("ascii")
    encoding = detect(raw[:65_536])
    widened = Text(encoding).widen(raw[encoding.bom :], final=True)
    return to_utf8(widened, encoding, lambda _code, _count: None).decode("utf-8", "replace")


def headers_of(message: bytes) -> tuple[Headers, int]:
    """Return the fields of a message or part, and where its body begins. Fields past 256 KiB are left out."""
    end = _END_OF_HEADERS.search(message, 0, HEADERS)
    # without an empty line it is all fields
    stop, body = (end.start(), end.end()) if end else (len(message), len(message))
    found: dict[str, str] = {}
    for line in _FOLD.sub(b"", message[: min(stop, HEADERS)]).splitlines():
        name, colon, value = line.partition(b":")
        if colon and name.isascii():
            found.setdefault(name.decode("ascii").strip().lower(), _field(value.strip()))
    return found, body


def _field(value: bytes) -> str:
    """Return a field as text: ASCII by the standard, UTF-8 by RFC 6532, cp1252 by habit."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


def _type_of(headers: Headers) -> ContentType:
    return _content_type(headers.get("content-type", ""))


@lru_cache(4096)
def _content_type(value: str) -> ContentType:
    """Return what a field says; what is no field of that kind is plain text."""
    if not value:
        return ContentType("text/plain", b"", "", "")
    held = Message()
    held["Content-Type"] = value[:PARAMETERS]
    try:
        return ContentType(
            held.get_content_type(),
            (held.get_boundary() or "").encode("utf-8", "replace")[:1_000],
            str(held.get_content_charset() or ""),
            _text(held.get_param("name", "")),
        )
    except (ValueError, TypeError, LookupError, AttributeError):
        # parameters that are none by RFC 2231
        return ContentType(value.partition(";")[0].strip().lower(), b"", "", "attachment" if "name" in value else "")


@lru_cache(4096)
def _disposition(value: str) -> str:
    """Return the name of the file in a Content-Disposition (RFC 2183)."""
    if "filename" not in value.lower():
        return ""
    held = Message()
    held["Content-Disposition"] = value[:PARAMETERS]
    try:
        return str(held.get_filename() or "")
    except (ValueError, TypeError, LookupError, AttributeError):
        # a parameter that is none by RFC 2231
        return "attachment"


def _text(parameter: object) -> str:
    return collapse_rfc2231_value(parameter) if isinstance(parameter, (str, tuple)) else ""


def parts_of(headers: Headers, body: bytes) -> Iterator[Part]:
    """Yield the leaves of a message's tree of parts in their order."""
    # what is still to be looked at: headers, body, depth, alternative
    waiting: list[tuple[Headers, bytes, int, int]] = [(headers, body, 0, 0)]
    count = alternatives = 0
    while waiting:
        head, held, depth, group = waiting.pop()
        told = _type_of(head)
        kind = told.kind
        boundary = told.boundary if kind.startswith("multipart/") and depth < DEEP else b""
        pieces = _pieces(held, boundary, PARTS - count) if boundary else []
        if not pieces:
            count += 1
            kind = "text/plain" if kind.startswith("multipart/") else kind
            yield Part("text/html" if kind == "text/plain" and _HTML.match(held) else kind, head, held, group)
            continue
        if kind == "multipart/alternative":
            alternatives += 1
            group = alternatives
        *whole, excess = pieces
        if excess:
            yield Part("text/plain", head, excess, group, excess=True)
        for piece in reversed(whole):
            inner, place = headers_of(piece)
            waiting.append((inner, piece[place:], depth + 1, group))


def _pieces(body: bytes, boundary: bytes, limit: int) -> list[bytes]:
    """Cut a body at its boundary (RFC 2046, §5.1.1); the last piece is what was too much, mostly b"".

    What stands before the first boundary is no part; an end that is missing is the end of the body. No boundary at
    all: an empty list.
    """
    line = re.compile(rb"(?:\A|\r?\n|\r)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r|\n|\Z)")
    marks = line.finditer(body)
    mark = next(marks, None)
    pieces: list[bytes] = []
    while mark is not None and mark[1] is None:
        if len(pieces) >= max(1, limit):
            return [*pieces, body[mark.start() :]]
        following = next(marks, None)
        piece = body[mark.end() : following.start() if following else len(body)]
        pieces.append(piece[2:] if piece.startswith(b"\r\n") else piece[1:])
        mark = following
    return [*pieces, b""] if pieces else []
