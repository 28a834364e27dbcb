"""What holds a workbook: a zip archive (xlsx, xlsb, ods) or a compound file (xls). Looked into before it is opened."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from colmate.errors import FormatError
from colmate.intake.accounting import Account
from colmate.intake.compression import Bounds
from colmate.intake.reading import CERTAIN, Head

__all__ = ["COMPOUND", "check_archive", "encrypted", "ods", "xls", "xlsb", "xlsx"]

COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTRY: Final = re.compile(rb"PK\x03\x04.{22}(..)(..)", re.DOTALL)
# what the first member of a package may be ([MS-OFFCRYPTO] and ECMA-376 part 2 ask for no order)
FIRST: Final = re.compile(rb"(?:\[Content_Types\]\.xml|_rels/|xl/|docProps/|customXml/|theme/)")
ODS: Final = b"application/vnd.oasis.opendocument.spreadsheet"
MEMBERS: Final = 20_000
ENCRYPTED: Final = 0x1
FILE_PASS: Final = 0x2F
# names of streams are written in UTF-16 in 64 bytes, their length in bytes behind ([MS-CFB] 2.6.1)
BOOKS: Final = tuple(
    name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2)
    for name in ("Workbook", "Book", "WORKBOOK", "BOOK")
)
PACKAGES: Final = tuple(
    name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2) for name in ("EncryptedPackage",)
)
# beginnings of a workbook's stream, BIFF8 and BIFF5 ([MS-XLS] 2.4.21)
BIFF: Final = (b"\x09\x08\x10\x00\x00\x06\x05\x00", b"\x09\x08\x08\x00\x00\x05\x05\x00")
# what formulas look like that were never calculated, and cells that hold an error
UNCALCULATED: Final = (b"</f></c>", b"</f><v/></c>", b"</f><v></v></c>")
ERRORS: Final = b' t="e"'
OVERLAP: Final = 16


def _members(raw: bytes) -> Iterator[bytes]:
    """Yield the names of the members that begin within the head of an archive."""
    for found in ENTRY.finditer(raw):
        size = int.from_bytes(found[1], "little")
        yield raw[found.end() : found.end() + size]


def _package(head: Head, part: bytes) -> float:
    if not head.raw.startswith(b"PK\x03\x04"):
        return 0.0
    names = list(_members(head.raw))
    if not names or not FIRST.match(names[0].replace(b"\\", b"/")):
        return 0.0
    parts = [name.replace(b"\\", b"/").lower() for name in names]
    binary = any(
        name.startswith(b"xl/") and name.endswith(b".bin") and b"printersettings" not in name and b"vba" not in name
        for name in parts
    )
    book = any(name.startswith(b"xl/") for name in parts)
    if part == b"bin":
        return CERTAIN if binary and not any(name == b"xl/workbook.xml" for name in parts) else 0.0
    return CERTAIN if book and (not binary or any(name == b"xl/workbook.xml" for name in parts)) else 0.0


def xlsx(head: Head) -> float:
    """Tell an Office Open XML workbook by the parts it holds."""
    return _package(head, b"xml")


def xlsb(head: Head) -> float:
    """Tell a binary workbook by the parts it holds."""
    return _package(head, b"bin")


def ods(head: Head) -> float:
    """Tell an OpenDocument spreadsheet by its first member, which says its type (OpenDocument 1.3 part 2, 3.3)."""
    found = ENTRY.match(head.raw)
    if not found:
        return 0.0
    begin = found.end() + int.from_bytes(found[1], "little") + int.from_bytes(found[2], "little")
    stored = head.raw[found.end() :].startswith(b"mimetype") and head.raw[begin:].startswith(ODS)
    return CERTAIN if stored and not head.raw[begin + len(ODS) :].startswith(b"-template-x") else 0.0


def xls(head: Head) -> float:
    """Tell an old workbook by the name of its stream; other old Office documents and messages have none such.

    An encrypted package of a newer workbook is claimed too, to be refused with the right reason.
    """
    if not head.raw.startswith(COMPOUND):
        return 0.0
    directory = _directory(head.raw)
    if any(name in directory for name in (*BOOKS, *PACKAGES)):
        return CERTAIN
    begins = any(head.raw[place : place + 8] in BIFF for place in range(512, min(len(head.raw), 1 << 16), 512))
    return CERTAIN if begins and not directory else 0.0


def _directory(raw: bytes) -> bytes:
    """Return the first sectors of the directory of streams, b"" when they lie elsewhere ([MS-CFB] 2.2)."""
    if len(raw) < 512:
        return b""
    shift, first = int.from_bytes(raw[30:32], "little"), int.from_bytes(raw[48:52], "little")
    size = 4096 if shift == 12 else 512
    place = (first + 1) * size
    # the sectors of a directory mostly follow each other; where not, the first holds four names
    return raw[place : place + 8 * size]


def encrypted(raw: bytes) -> bool:
    """Tell whether a compound file holds an encrypted workbook, of the newer kind ([MS-OFFCRYPTO] 2.3) or the old."""
    directory = _directory(raw)
    if any(name in directory for name in PACKAGES):
        return True
    books = [place for place in range(512, len(raw), 512) if raw[place : place + 8] in BIFF]
    return any(_has_password(raw, place) for place in books[:4])


def _has_password(raw: bytes, place: int) -> bool:
    """Tell whether a record that begins encryption is among the first of a workbook's stream ([MS-XLS] 2.4.117)."""
    for _ in range(8):
        kind, size = struct.unpack("<HH", raw[place : place + 4].ljust(4, b"\0"))
        if kind == FILE_PASS:
            return True
        place += 4 + size
    return False


def check_archive(content: BinaryIO, name: str, bounds: Bounds, account: Account) -> bool:
    """Unpack each part once, for its size and a few signs; tell whether all can be unpacked.

    Raises `FormatError` for what is protected or not credible.
    """
    try:
        with zipfile.ZipFile(content) as archive:
            members = archive.infolist()
            if len(members) > MEMBERS:
                raise FormatError(
                    f"{name} is a workbook of {len(members)} parts, more than the {MEMBERS} that can be read"
                )
            for member in members:
                if member.flag_bits & ENCRYPTED:
                    raise FormatError(f"{name} is a workbook protected by a password: remove the protection first")
                _check_part(archive, member, name, bounds, account)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        return False
    finally:
        content.seek(0)
    return True


def _check_part(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, bounds: Bounds, account: Account) -> None:
    bomb = f"{name} is a workbook that unpacks to an absurd size: a decompression bomb"
    if bounds.burst(member.file_size, member.compress_size):
        raise FormatError(bomb)
    signs = "worksheets/" in member.filename.lower() and member.filename.lower().endswith(".xml")
    produced, tail = 0, b""
    with archive.open(member) as part:
        while block := part.read(1 << 20):
            produced += len(block)
            if bounds.burst(produced, member.compress_size):
                raise FormatError(bomb)
            if signs:
                _signs(tail + block, len(tail), account)
                tail = block[-OVERLAP:]


def _signs(text: bytes, seen: int, account: Account) -> None:
    """Count what the reader of workbooks keeps silent about; the first ``seen`` bytes were looked at before."""
    for code, signs in (("formulas_without_value", UNCALCULATED), ("error_values", (ERRORS,))):
        for sign in signs:
            account.note(code, text.count(sign) - text[:seen].count(sign))
