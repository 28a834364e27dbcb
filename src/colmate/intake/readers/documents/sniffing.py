"""How the formats of documents are told by their content."""

from __future__ import annotations

import re
import zlib
from typing import Final

from colmate.intake.readers.documents.export import is_export
from colmate.intake.readers.documents.old import MESSAGE, WORD
from colmate.intake.readers.documents.plain import is_prose
from colmate.intake.reading import CERTAIN, LIKELY, Head

__all__ = ["export", "html", "odt", "ole", "pdf", "rtf", "text", "word"]

_PDF: Final = re.compile(rb"%PDF-\d\.\d")
_OPENING: Final = re.compile(
    rb"(?:\s|<!--.{0,4096}?-->|<\?xml[^>]{0,200}\?>)*+(?:<!doctype\s+html\b|<html[\s>]|<(?:head|body|meta|table)[\s>])",
    re.IGNORECASE | re.DOTALL,
)
# a piece of a page, without its beginning
_PIECE: Final = re.compile(
    rb"\s*+<(?:div|p|h[1-6]|ul|ol|title|style|center|font|span|b|br)\b[^<>]{0,1000}>", re.IGNORECASE
)
_ROWS: Final = re.compile(rb"<t[rdh][\s>]", re.IGNORECASE)
_TAG: Final = re.compile(rb"</?(?:p|div|br|span|td|tr|h[1-6]|li|ul|b|i|a|body|html)\b", re.IGNORECASE)
_ODT: Final = b"application/vnd.oasis.opendocument.text"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def pdf(head: Head) -> float:
    """A mark within the first KiB (ISO 32000-1, annex H.3.4.1: readers accept what stands before it)."""
    found = _PDF.search(head.raw[:1024])
    if found is None:
        return 0.0
    blank = not head.raw[: found.start()].strip(b" \t\r\n\0\xef\xbb\xbf")
    return CERTAIN if blank else LIKELY if b" obj" in head.raw else 0.0


def word(head: Head) -> float:
    """A zip package with Word's parts; their names stand uncompressed before them."""
    raw = head.raw
    if not raw.startswith(b"PK\x03\x04"):
        return 0.0
    if b"word/document" in raw and (b"[Content_Types].xml" in raw or b"word/" in raw[:65_536]):
        return CERTAIN
    return LIKELY if b"[Content_Types].xml" in raw[:4096] and b"word/" in raw and not head.whole else 0.0


def odt(head: Head) -> float:
    """A zip package whose first part says so (OpenDocument part 3, §3.3: stored as it is; some writers pack it)."""
    raw = head.raw
    if not (raw.startswith(b"PK\x03\x04") and raw[30:38] == b"mimetype"):
        return 0.0
    kind = raw[38 + int.from_bytes(raw[28:30], "little") :][:200]
    if raw[8:10] == b"\x08\0":
        try:
            kind = zlib.decompressobj(-15).decompress(kind, 200)
        except zlib.error:
            return 0.0
    return CERTAIN if kind.startswith(_ODT) else 0.0


def rtf(head: Head) -> float:
    """The first group of every such file."""
    return CERTAIN if head.raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf") else 0.0


def html(head: Head) -> float:
    """A page by its first tag, or a piece of one by its first tag and several that follow."""
    text = head.text.lstrip(b"\xef\xbb\xbf\0")
    found = _OPENING.match(text[:16_384])
    # a page may be XML besides; a table may be anybody's element
    if found and (b"<table" not in found[0].lower() or _ROWS.search(text[:16_384])):
        return LIKELY + 0.02
    if _PIECE.match(text[:4096]) and len(_TAG.findall(text[:65_536])) >= 3:
        return 0.7
    return 0.0


def export(head: Head) -> float:
    """A page that is a table."""
    return is_export(head) if html(head) and b"<t" in head.text.lower()[:131_072] else 0.0


def text(head: Head) -> float:
    """Prose."""
    return is_prose(head)


def ole(head: Head) -> float:
    """Word before 2007 and messages of Outlook, which are told by the names of their streams."""
    raw = head.raw
    return LIKELY if raw.startswith(_OLE) and any(name in raw for name in (WORD, MESSAGE)) else 0.0
