"""Merged cells of binary workbooks, of which the library tells nothing ([MS-XLSB] 2.4.677)."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import Final

__all__ = ["Range", "merged_of"]

Range = tuple[int, int, int, int]

BOOK: Final = "xl/workbook.bin"
RELATED: Final = "xl/_rels/workbook.bin.rels"
# a sheet in the list of sheets: state, number, the key of its part, its name
LISTED: Final = re.compile(rb"\x9c\x01(?:[\x80-\xff]{0,3}[\x00-\x7f])[\x00-\x02]\0{3}.{4}", re.DOTALL)
RELATION: Final = re.compile(r"<(?:\w+:)?Relationship\s([^<>]*)")
ATTRIBUTE: Final = re.compile(r"""(\w+)\s*=\s*["']([^"']*)["']""")
# how many ranges, the ranges, the end of the list
BEGIN: Final = b"\xb1\x01\x04"
SPAN: Final = struct.Struct("<3sIIII")
ONE: Final = b"\xb0\x01\x10"
END: Final = b"\xb2\x01\x00"
TRIES: Final = 1_000  # of what looks like the list


def merged_of(content: io.BytesIO) -> dict[str, list[Range]]:
    """Return the merged ranges (row, column, last row, last column) of each sheet of a binary workbook, by its name.

    Nothing for what is no binary workbook, or damaged.
    """
    try:
        with zipfile.ZipFile(content) as archive:
            if BOOK not in archive.namelist():
                return {}
            targets = _targets(archive.read(RELATED).decode("utf-8", "replace"))
            parts = {name: _part(targets.get(key, "")) for key, name in _listed(archive.read(BOOK))}
            # each once: a list may name one part a thousand times
            ranges = {part: _ranges(archive.read(part)) for part in set(parts.values())}
            return {name: ranges[part] for name, part in parts.items()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, ValueError, RuntimeError, MemoryError):
        return {}


def _part(target: str) -> str:
    target = target.lstrip("/")
    return target if target.startswith("xl/") else f"xl/{target}"


def _targets(relations: str) -> dict[str, str]:
    """Return the parts by their keys."""
    named = (dict(ATTRIBUTE.findall(one)) for one in RELATION.findall(relations))
    return {one["Id"]: one["Target"] for one in named if "Id" in one and "Target" in one}


def _listed(book: bytes) -> list[tuple[str, str]]:
    """Return the keys and names of the sheets."""
    sheets = []
    for found in LISTED.finditer(book):
        key, place = _text(book, found.end())
        name, _ = _text(book, place)
        if name:
            sheets.append((key, name))
    return sheets


def _text(data: bytes, place: int) -> tuple[str, int]:
    """Return a text behind its length in UTF-16 units, and where it ends."""
    end = place + 4 + 2 * int.from_bytes(data[place : place + 4], "little")
    return data[place + 4 : end].decode("utf-16-le", "replace") if end <= len(data) else "", end


def _ranges(part: bytes) -> list[Range]:
    """Return the ranges of a sheet: the list stands behind the cells, and is told by its count and its end."""
    place = len(part)
    for _ in range(TRIES):
        place = part.rfind(BEGIN, 0, place)
        if place < 0:
            break
        count = int.from_bytes(part[place + 3 : place + 7], "little")
        first, end = place + 7, place + 7 + count * SPAN.size
        if part[end : end + 3] == END:
            spans = list(SPAN.iter_unpack(part[first:end]))
            if all(kind == ONE for kind, *_ in spans):
                return [(top, left, bottom, right) for _, top, bottom, left, right in spans]
    return []
