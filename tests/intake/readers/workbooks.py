"""Workbooks made for tests: cells by their place, written as the formats want them, invented values only."""

from __future__ import annotations

import datetime
import io
import re
import struct
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
# style 1 is a date, style 2 a duration
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="165" formatCode="[h]:mm:ss"/></numFmts>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="165"/></cellXfs></styleSheet>'
)
Cell = str | float | bool | datetime.date | None
Grid = Sequence[Sequence[Cell]]


def column(place: int) -> str:
    """Return a column's letters, from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def sheet(rows: Grid, merged: Sequence[str] = ()) -> str:
    """Return a sheet of an xlsx workbook; a text that begins with "<" stands as it is in the cell's place."""
    parts = []
    for number, row in enumerate(rows, 1):
        cells = "".join(_cell(f"{column(place)}{number}", cell) for place, cell in enumerate(row) if cell is not None)
        parts.append(f'<row r="{number}">{cells}</row>' if cells else "")
    spans = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    return f"<sheetData>{''.join(parts)}</sheetData>" + (f"<mergeCells>{spans}</mergeCells>" if spans else "")


def _cell(place: str, cell: Cell) -> str:
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, (int, float)):
        return f'<c r="{place}"><v>{cell!r}</v></c>'
    if isinstance(cell, str) and cell.startswith("<"):
        return cell.replace("<c ", f'<c r="{place}" ', 1)
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(str(cell or ""))}</t></is></c>'


def xlsx(sheets: Mapping[str, str], hidden: Sequence[str] = ()) -> bytes:
    """Return a workbook of sheets made by `sheet`."""
    listed, related, parts = [], [], {}
    for number, (name, body) in enumerate(sheets.items(), 1):
        state = ' state="hidden"' if name in hidden else ""
        title = escape(name, {'"': "&quot;"})
        listed.append(f'<sheet name="{title}" sheetId="{number}"{state} r:id="r{number}"/>')
        related.append(_relation(f"r{number}", "worksheet", f"worksheets/sheet{number}.xml"))
        parts[f"xl/worksheets/sheet{number}.xml"] = f'<worksheet xmlns="{MAIN}">{body}</worksheet>'
    related.append(_relation("s1", "styles", "styles.xml"))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": _relations(_relation("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{"".join(listed)}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": _relations("".join(related)),
        "xl/styles.xml": STYLES,
        **parts,
    }
    return _zipped(parts)


def _relation(key: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{key}" Type="{RELATIONS}/{kind}" Target="{target}"/>'


def _relations(inner: str) -> str:
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inner}</Relationships>'


def ods(sheets: Mapping[str, Grid]) -> bytes:
    """Return an OpenDocument spreadsheet of texts and numbers."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content{spaces}><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return _zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}, stored=("mimetype",))


def _ods_cell(cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, (int, float)):
        return f'<table:table-cell office:value-type="float" office:value="{cell!r}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>'


# kinds of records in a binary workbook ([MS-XLSB] 2.3.2)
ROW, RK, ERROR, BOOL, REAL, SHARED = 0, 2, 3, 4, 5, 7
DAY = datetime.date(1899, 12, 30)
WRONG = {"#DIV/0!": 7, "#N/A": 42}


def record(kind: int, data: bytes = b"") -> bytes:
    """Return a record of a binary workbook: its kind and its size in groups of seven bits ([MS-XLSB] 2.1.4)."""
    return _sevens(kind) + _sevens(len(data)) + data


def _sevens(number: int) -> bytes:
    return bytes([number & 0x7F | 0x80]) + _sevens(number >> 7) if number > 127 else bytes([number])


def _wide(text: str) -> bytes:
    data = text.encode("utf-16-le")
    return struct.pack("<I", len(data) // 2) + data


def xlsb(
    sheets: Mapping[str, Grid], hidden: Sequence[str] = (), merged: Sequence[str] = (), *, since_1904: bool = False
) -> bytes:
    """Return a binary workbook of texts, numbers, truths, days (`datetime.date`) and errors ("#N/A").

    ``merged``: ranges of cells ("A1:B2") that are one in each sheet.
    """
    words = list(dict.fromkeys(cell for rows in sheets.values() for row in rows for cell in row if type(cell) is str))
    listed, related, parts = b"", "", {}
    for number, (name, rows) in enumerate(sheets.items(), 1):
        listed += record(156, struct.pack("<II", name in hidden, number) + _wide(f"r{number}") + _wide(name))
        related += _relation(f"r{number}", "worksheet", f"worksheets/sheet{number}.bin")
        parts[f"xl/worksheets/sheet{number}.bin"] = _binary_sheet(rows, words, merged, since_1904=since_1904)
    shared = [record(19, b"\0" + _wide(word)) for word in words]
    # the second style is a day
    styles = [record(47, struct.pack("<HH", 0, form) + b"\0" * 12) for form in (0, 14)]
    return _zipped_bytes(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>'.encode(),
            "_rels/.rels": _relations(_relation("r1", "officeDocument", "xl/workbook.bin")).encode(),
            "xl/workbook.bin": record(131)
            + record(153, struct.pack("<III", since_1904, 0, 0))
            + record(143)
            + listed
            + record(144)
            + record(132),
            "xl/_rels/workbook.bin.rels": _relations(related).encode(),
            "xl/styles.bin": record(278)
            + record(617, struct.pack("<I", 2))
            + b"".join(styles)
            + record(618)
            + record(279),
            "xl/sharedStrings.bin": record(159, struct.pack("<II", len(words), len(words)))
            + b"".join(shared)
            + record(160),
            **parts,
        }
    )


def _binary_sheet(rows: Grid, words: list[str], merged: Sequence[str], *, since_1904: bool) -> bytes:
    width = max(map(len, rows), default=1)
    size = struct.pack("<IIII", 0, max(0, len(rows) - 1), 0, max(0, width - 1))
    parts = [record(129), record(148, size), record(145)]
    for number, row in enumerate(rows):
        parts.append(record(ROW, struct.pack("<IIHHBI", number, 0, 300, 0, 0, 0)))
        parts += [_binary_cell(place, cell, words, since_1904) for place, cell in enumerate(row) if cell is not None]
    parts.append(record(146))
    if merged:
        spans = [record(176, struct.pack("<IIII", *_span(one))) for one in merged]
        parts += [record(177, struct.pack("<I", len(spans))), *spans, record(178)]
    return b"".join([*parts, record(130)])


def _span(merged: str) -> tuple[int, int, int, int]:
    """Return first and last row, first and last column of a range."""
    found = re.fullmatch(r"([A-Z])(\d+):([A-Z])(\d+)", merged)
    assert found is not None
    return int(found[2]) - 1, int(found[4]) - 1, ord(found[1]) - 65, ord(found[3]) - 65


def _binary_cell(place: int, cell: Cell, words: list[str], since_1904: bool) -> bytes:
    at = struct.pack("<II", place, isinstance(cell, datetime.date))
    if isinstance(cell, bool):
        return record(BOOL, at + struct.pack("<B", cell))
    if isinstance(cell, datetime.date):
        return record(REAL, at + struct.pack("<d", (cell - DAY).days - 1462 * since_1904))
    if isinstance(cell, int) and -(1 << 29) <= cell < 1 << 29:
        return record(RK, at + struct.pack("<i", cell << 2 | 2))
    if isinstance(cell, (int, float)):
        return record(REAL, at + struct.pack("<d", cell))
    if cell in WRONG:
        return record(ERROR, at + struct.pack("<B", WRONG[cell]))
    return record(SHARED, at + struct.pack("<I", words.index(cell or "")))


def _zipped_bytes(parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _zipped(parts: Mapping[str, str], stored: Sequence[str] = ()) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            declaration = "" if name in stored else '<?xml version="1.0" encoding="UTF-8"?>'
            archive.writestr(name, declaration + text, zipfile.ZIP_STORED if name in stored else None)
    return buffer.getvalue()
