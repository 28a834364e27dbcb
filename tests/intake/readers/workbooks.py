"""Workbooks made for tests: cells by their place, written as the formats want them, invented values only."""

from __future__ import annotations

import io
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
Cell = str | float | bool | None
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
    if cell is not None and cell.startswith("<"):
        return cell.replace("<c ", f'<c r="{place}" ', 1)
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell or "")}</t></is></c>'


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
    return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'


def _zipped(parts: Mapping[str, str], stored: Sequence[str] = ()) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            declaration = "" if name in stored else '<?xml version="1.0" encoding="UTF-8"?>'
            archive.writestr(name, declaration + text, zipfile.ZIP_STORED if name in stored else None)
    return buffer.getvalue()
