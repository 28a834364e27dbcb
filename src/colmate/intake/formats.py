"""What a file seems to be when it is no delimited text: told from its content, named in one sentence."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["other_format"]

MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"\x7fELF", "a program (ELF)"),
    (b"%PDF-", "a PDF document"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1\0\0", "an Arrow file"),
    (b"ORC", "an ORC file"),
    (b"Obj\x01", "an Avro file"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"PGDMP", "a PostgreSQL dump in the custom format"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"\x00\x01\x00\x00Standard Jet DB", "an Access database"),
    (b"\x00\x01\x00\x00Standard ACE DB", "an Access database"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"{\\rtf", "an RTF document"),
    (b"<?xml", "an XML document"),
    (b"!BDN", "an Outlook mailbox"),
    (b"age-encryption.org/", "an encrypted file (age)"),
    (b"-----BEGIN PGP MESSAGE", "an encrypted file (PGP)"),
    (b"Salted__", "an encrypted file (OpenSSL)"),
    (b"\x04\x22\x4d\x18", "an LZ4 file"),
)
MARKUP: Final = re.compile(
    rb"\s*<(?:!doctype|html|\?xml|[a-z][\w:-]*(?:\s+[\w:-]+=\"[^\"]*\")*\s*>\s*<)", re.IGNORECASE
)
JSON: Final = re.compile(
    rb"\s*(?:\[\s*)?\{\s*(?:\"(?:[^\"\\]|\\.){0,300}\"\s*:|\})|\s*\[\s*(?:\[|\"[^\"]*\"\s*[,\]]|-?\d+(?:\.\d+)?\s*[,\]])"
)
SQL: Final = re.compile(
    rb"\s*(?:(?:--|/\*)[^\r\n]*[\r\n]+\s*)*+(?:/\*![^\r\n]*[\r\n]+\s*)*"
    rb"(?:INSERT\s+INTO\s|CREATE\s+(?:TABLE|DATABASE|SCHEMA)\s|DROP\s+(?:TABLE|DATABASE)\s|SET\s+[\w@.]+\s*=|BEGIN\s*;|USE\s+`?\w+`?\s*;|COPY\s+[\w.\"]+\s*\()",
    re.IGNORECASE,
)
HL7: Final = re.compile(rb"[\x0b\s]*(?:FHS|BHS|MSH)\|\^~\\&")
CONTROLS: Final = bytes([*range(9), *range(14, 28), 127])


def other_format(head: bytes, *, trusted: bool = False) -> str | None:
    """Return what the file seems to be ("a PNG picture"), or None when it may be delimited text.

    ``head``: the beginning of the text. ``trusted``: the user named the delimiter, so odd characters are no sign.
    """
    for magic, name in MAGIC:
        if head.startswith(magic):
            return name
    if head[257:262] == b"ustar":
        return "a tar archive"
    text = head.removeprefix(b"\xef\xbb\xbf")
    if HL7.match(text):
        return "HL7 messages"
    if SQL.match(text):
        return "an SQL dump"
    if JSON.match(text) and text.rstrip()[-1:] in b"}],":
        return "JSON"
    if JSON.match(text) and text.lstrip()[:1] in b"{[":
        return "JSON"
    if MARKUP.match(text):
        return "an XML or HTML document"
    return "binary data" if not trusted and _binary(text) else None


def _binary(head: bytes) -> bool:
    """Tell whether there are too many control characters, of too many kinds, for text.

    A delimiter may be any control character, and stray NUL bytes are met in text: one kind of them is no proof.
    """
    sample = head[:65_536]
    printable = sample.translate(None, CONTROLS)
    controls = len(sample) - len(printable)
    kinds = len(set(sample) & set(CONTROLS) - {0})
    if kinds >= 8 and controls > len(sample) * 0.03:
        return True
    return controls > 0.5 * len(sample) and len(printable) < len(sample) // 2 and kinds > 3
