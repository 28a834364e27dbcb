"""The reader of XML of any kind: the elements that are records, under the names of the tables they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.names import column_names, table_name
from colmate.intake.readers.xml_data.columns import Level, Record, whole_text
from colmate.intake.readers.xml_data.cutter import Cutter
from colmate.intake.readers.xml_data.flatten import Flattener, below
from colmate.intake.readers.xml_data.items import Batch, Closed, Opened, Stray
from colmate.intake.readers.xml_data.markup import local
from colmate.intake.readers.xml_data.shape import DESCRIPTIONS, HOLDERS, Shape
from colmate.intake.reading import Chunk, Declared, Member, Options, Rows

__all__ = ["read"]

# names of elements that say no more than "record", or "all of it"
NAMELESS: Final = frozenset(
    {
        "row",
        "rows",
        "rowset",
        "record",
        "records",
        "item",
        "items",
        "entry",
        "entries",
        "enregistrement",
        "enregistrements",
        "ligne",
        "lignes",
        "element",
        "r",
        "elements",
        "doc",
        "docs",
        "data",
        "donnees",
        "root",
        "xml",
        "dataroot",
        "dataset",
        "newdataset",
        "recordset",
        "results",
        "resultset",
        "result",
        "list",
        "liste",
        "object",
        "objects",
        "table",
        "table1",
        "response",
        "body",
        "envelope",
        "export",
        "feed",
        "export_data",
        "worksheet",
        "workbook",
        "document",
    }
)
HOLDING: Final = frozenset(name.decode("ascii") for name in HOLDERS) | {"table", "Table", "TABLE"}


@dataclass
class _Frame:
    """An element that is open. ``named``: the table that it says it holds; ``columns``: those it lists."""

    tag: str
    shape: Shape
    record: Record | None = None
    level: Level | None = None
    named: str = ""
    columns: list[str] = field(default_factory=list)
    sheet: bool = False


class _Document:
    """The records of one document."""

    def __init__(self, source: Source, account: Account, shape: Shape) -> None:
        self.rows = Rows()
        self.flattener = Flattener(self.rows, account)
        self.account = account
        self.file = table_name(source.name)
        self.frames = [_Frame("", shape)]

    # --- elements that are open ------------------------------------------------------------------------------------

    def open(self, item: Opened) -> None:
        """Begin an element that holds records. It is a record too when it has values of its own."""
        tag = local(item.shape.name.decode("utf-8", "replace"))
        frame = _Frame(tag, item.shape)
        holder = tag in HOLDING
        if holder:
            frame.named = item.attributes.get("name") or item.attributes.get("Name") or self.frames[-1].named
            frame.sheet = tag == "Table" and self.frames[-1].tag == "Worksheet"
        elif item.attributes or any(_scalar(one) for one in item.shape.children.values()):
            above = next((one.record for one in reversed(self.frames[2:]) if one.record), None)
            frame.level = self.flattener.level(self._table(tag, above), above.table if above else None)
            frame.record = self.flattener.begin(frame.level.table, above)
            for name, value in item.attributes.items():
                frame.record.put(frame.level.attribute(name), value, name)
        self.frames.append(frame)

    def close(self) -> None:
        """End the element opened last."""
        frame = self.frames.pop()
        if frame.record is not None:
            self.flattener.end(frame.record)

    def stray(self, text: str) -> None:
        """Keep text that stands between records with the element around it, as a record where that is none."""
        frame, text = self.frames[-1], text.strip()
        if not text:
            return
        if frame.record is None or frame.level is None:
            frame.level = frame.level or self.flattener.level(self._table(frame.tag or "text", None))
            record = self.flattener.begin(frame.level.table, None)
            record.put(frame.level.column("text"), text)
            self.flattener.end(record)
        else:
            column = frame.level.column("text")
            frame.record.put(column, f"{frame.record.row[column]} {text}" if column in frame.record.row else text)

    # --- what stands in them ---------------------------------------------------------------------------------------

    def batch(self, elements: list[Element]) -> None:
        """Take the elements that stand in the one opened last."""
        frame = self.frames[-1]
        tag, shape, level = None, None, None
        for element in elements:
            if element.tag != tag:
                tag = element.tag
                shape, level = below(frame.shape, tag), None
            if element.tail and not element.tail.isspace():
                self.stray(element.tail)
            if frame.named and self._held(element, frame):
                continue
            if frame.record is not None and frame.level is not None and shape is not None and _scalar(shape):
                self.flattener.part(element, frame.record, frame.level, shape, 1, 0)
                continue
            if level is None:
                level = self._level(element)
            if level is not None:
                self.flattener.record(element, level, shape, frame.record if len(self.frames) > 2 else None)
            if local(element.tag) == "table":
                tag = None

    def _level(self, element: Element) -> Level | None:
        """Return the table of an element; None for what describes tables."""
        tag = local(element.tag)
        if tag in DESCRIPTIONS:
            self._description(element)
            return None
        if tag == "table" and (name := element.attrib.pop("name", "")):
            return self.flattener.level(name)
        above = next((one.record for one in reversed(self.frames[2:]) if one.record), None)
        return self.flattener.level(self._table(tag, above), above.table if above else None)

    def _table(self, tag: str, above: Record | None) -> str:
        if above is not None:
            return f"{above.table.name}_{tag}"
        if tag.lower() not in NAMELESS:
            return tag
        for frame in reversed(self.frames):
            if frame.named:
                return frame.named
            if frame.tag and frame.tag.lower() not in NAMELESS:
                return frame.tag
        return self.file

    def _description(self, element: Element) -> None:
        """Learn the primary key of a table that mysqldump describes."""
        keys = [one.attrib.get("Field", "") for one in element if one.attrib.get("Key") == "PRI"]
        name = element.attrib.get("name", "")
        if local(element.tag) == "table_structure" and name and any(keys):
            table = self.flattener.level(name).table
            self.rows.declare(table.name, Declared(primary=tuple(filter(None, keys))))

    def _held(self, element: Element, frame: _Frame) -> bool:
        """Take a row whose cells have no names but a place: DBUnit's full format, SpreadsheetML 2003."""
        tag = local(element.tag)
        if tag == "column" and not element.attrib and not len(element):
            frame.columns.append(element.text or "")
            return True
        if frame.sheet:
            if tag == "Row":
                self._cells(_spread(element), frame)
            return True
        if frame.columns and len(element) and all(local(one.tag) in {"value", "null", "none"} for one in element):
            self._cells([one.text or "" for one in element], frame)
            return True
        return False

    def _cells(self, cells: list[str], frame: _Frame) -> None:
        """Add a row by the places of its cells; the first row of a sheet names them."""
        if frame.sheet and not frame.columns:
            frame.columns = cells
            return
        if frame.level is None:
            frame.columns = list(column_names([*frame.columns]))
            frame.level = self.flattener.level(frame.named)
        frame.columns.extend(f"column_{place}" for place in range(len(frame.columns) + 1, len(cells) + 1))
        record = self.flattener.begin(frame.level.table, None)
        for name, value in zip(frame.columns, cells, strict=False):
            record.put(name, value)
        self.flattener.end(record)


def _scalar(shape: Shape) -> bool:
    """Tell whether an element that stands among records is a value of what holds them."""
    return shape.most <= 1 and not shape.children and not shape.attributes


CELLS: Final = 16_384


def _spread(row: Element) -> list[str]:
    """Return the cells of a row of a sheet, each where its index says (SpreadsheetML 2003, ss:Index)."""
    cells: list[str] = []
    for cell in row:
        index = next((value for name, value in cell.attrib.items() if local(name) == "Index"), "")
        if index.isascii() and index.isdigit() and len(cells) < int(index[:6]) <= CELLS:
            cells.extend([""] * (int(index) - 1 - len(cells)))
        data = next((one for one in cell if local(one.tag) == "Data"), None)
        cells.append(whole_text(data) if data is not None else "")
    return cells


def read(source: Source, account: Account, options: Options) -> Iterator[Chunk | Member]:
    """Yield the records of XML of any kind."""
    cutter = Cutter(source, account, options.limit, lambda shape: shape.opens)
    document = _Document(source, account, cutter.shape)
    for item in cutter.items():
        if isinstance(item, Opened):
            document.open(item)
        elif isinstance(item, Closed):
            document.close()
        elif isinstance(item, Stray):
            document.stray(item.text)
        elif isinstance(item, Batch):
            document.batch(item.elements)
        if document.rows.full:
            yield from document.rows.take()
    yield from document.rows.take()
