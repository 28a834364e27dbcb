"""An xlsx workbook that was cut: its parts stand one after the other, and those before the cut are whole.

The list of parts stands at the end of a zip archive and is lost first; each part has a header of its own (PKWARE
APPNOTE 4.3.7), so the archive is written anew from those that can be unpacked. Of the part that was cut, the rows
(or texts) before the cut are kept. What a workbook needs besides its sheets is made up where it was lost; texts that
lay behind the cut are empty.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.compression import Bounds

__all__ = ["mended"]

LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
SHEET: Final = re.compile(r"xl/worksheets/(?:[^/]+/)*([^/]+)\.xml")
TEXTS: Final = "xl/sharedStrings.xml"
BOOK: Final = "xl/workbook.xml"
LINKS: Final = "xl/_rels/workbook.xml.rels"
# the last whole row or text of a part, and what closes it behind
CLOSED: Final = {"worksheets/": (b"</row>", b"</sheetData></worksheet>"), TEXTS: (b"</si>", b"</sst>")}
TEXT_OF_CELL: Final = re.compile(rb't="s"[^>]*><v>(\d{1,8})</v>')
MOST_TEXTS: Final = 5_000_000
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"


def mended(content: bytes, bounds: Bounds, account: Account) -> bytes | None:
    """Return a workbook of what is left of one, or None when no sheet is left or it unpacks to an absurd size."""
    buffer = io.BytesIO()
    names: list[str] = []
    book: dict[str, bytes] = {}
    highest, texts, produced = -1, 0, 0
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in _parts(content, bounds):
            produced += len(data)
            if bounds.burst(produced, len(content)):
                return None
            if SHEET.fullmatch(name):
                highest = max([highest, *(int(found[1]) for found in TEXT_OF_CELL.finditer(data))])
            if name == TEXTS:
                texts = data.count(b"</si>") + data.count(b"<si/>")
                lost = min(max(0, highest + 1 - texts), MOST_TEXTS)
                data = data.replace(b"</sst>", b"<si><t/></si>" * lost + b"</sst>")
                account.note("texts_lost", lost)
            if not name:
                # a damaged header: no sheet goes by it
                continue
            names.append(name)
            if name in (BOOK, LINKS):
                book[name] = data
            else:
                archive.writestr(name, data)
        sheets = [name for name in names if SHEET.fullmatch(name)]
        if TEXTS not in names and highest >= 0:
            archive.writestr(TEXTS, f'<sst xmlns="{MAIN}">{"<si><t/></si>" * min(highest + 1, MOST_TEXTS)}</sst>')
            account.note("texts_lost", highest + 1)
        made = book if len(book) == 2 else _made_up(sheets)
        for name, data in made.items():
            archive.writestr(name, data)
    return buffer.getvalue() if sheets else None


def _parts(content: bytes, bounds: Bounds) -> Iterator[tuple[str, bytes]]:
    """Yield the parts that can be unpacked, in the order of the file; the last one perhaps closed by us."""
    place, seen = 0, set()
    while place >= 0 and len(content) >= place + LOCAL.size:
        _, _, _, method, _, _, _, packed, _, name_size, extra = LOCAL.unpack_from(content, place)
        begin = place + LOCAL.size + name_size + extra
        name = content[place + LOCAL.size : place + LOCAL.size + name_size].decode("utf-8", "replace")
        # a name ends at its first NUL, as zipfile has it
        name = name.partition("\0")[0]
        data, end = _unpacked(content, begin, bounds) if method == zipfile.ZIP_DEFLATED else (b"", -1)
        if method == zipfile.ZIP_STORED and packed and begin + packed <= len(content):
            data, end = content[begin : begin + packed], begin + packed
        whole = end >= 0
        if (data := data if whole else _closed(name, data)) and name not in seen:
            seen.add(name)
            yield name, data
        place = content.find(b"PK\x03\x04", end if whole else len(content))


def _unpacked(content: bytes, begin: int, bounds: Bounds) -> tuple[bytes, int]:
    """Return a part's text and where it ended, -1 when it was cut or damaged."""
    decoder = zlib.decompressobj(-15)
    parts: list[bytes] = []
    size, view = 0, memoryview(content)
    try:
        for place in range(begin, len(content), 1 << 16):
            parts.append(decoder.decompress(view[place : place + (1 << 16)]))
            size += len(parts[-1])
            if bounds.burst(size, place - begin + 1):
                return b"", -1
            if decoder.eof:
                return b"".join(parts), min(place + (1 << 16), len(content)) - len(decoder.unused_data)
    except zlib.error:
        pass  # what came before is whole
    return b"".join(parts), -1


def _closed(name: str, data: bytes) -> bytes:
    """Return a part that was cut with its last whole row or text, closed; nothing of other parts."""
    for part, (last, end) in CLOSED.items():
        place = data.rfind(last)
        if part in name and place >= 0:
            return data[: place + len(last)] + end
    return b""


def _made_up(sheets: list[str]) -> dict[str, bytes]:
    """Return the parts that list the sheets, by number: their names are lost."""
    targets = [(name.removeprefix("xl/"), "worksheet") for name in sheets]
    links = "".join(
        f'<Relationship Id="r{place}" Type="{RELATIONS}/{kind}" Target="{name}"/>'
        for place, (name, kind) in enumerate([("sharedStrings.xml", "sharedStrings"), *targets])
    )
    listed = "".join(
        f'<sheet name="sheet{place}" sheetId="{place}" r:id="r{place}"/>' for place in range(1, len(sheets) + 1)
    )
    return {
        LINKS: f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'.encode(),
        BOOK: f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>'.encode(),
    }
