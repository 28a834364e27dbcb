"""What the elements of a document look like: learnt from a stretch of it, without believing that it is well formed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from colmate.intake.readers.xml_data.markup import TOKEN

__all__ = ["BESIDE", "DESCRIPTIONS", "LOOK", "Shape", "look"]

LOOK: Final = 512 << 10
DEEPEST: Final = 48
# an element of this size is opened and read child by child, whatever it looks like
LARGE: Final = 64 << 10
# repeated leaves become columns up to this number, a table of their own beyond it
BESIDE: Final = 4
# attributes that say something of their own
PROPER: Final = re.compile(rb"(?:^|\s)(?!xmlns|xsi:|xml:)[^\s=]+\s*=")
ENDS: Final = {b"!--": b"-->", b"![CDATA[": b"]]>", b"?": b"?>"}
# elements of dumps that hold the records of one table
HOLDERS: Final = frozenset(
    {b"table_data", b"pma_xml_export", b"mysqldump", b"resultset", b"dataset", b"database", b"Workbook", b"Worksheet"}
)
# what describes tables and holds no record
DESCRIPTIONS: Final = frozenset({"table_structure", "structure_schemas", "schema", "Schema", "Styles"})


@dataclass
class Shape:
    """All elements of one name under one parent. ``most``: how many there are in one parent, at most."""

    name: bytes
    parent: Shape | None = None
    children: dict[bytes, Shape] = field(default_factory=dict)
    times: int = 0
    most: int = 0
    attributes: bool = False
    text: bool = False
    largest: int = 0

    @property
    def structured(self) -> bool:
        """Whether it holds more than text."""
        return self.attributes or bool(self.children)

    @property
    def repeats(self) -> bool:
        """Whether records stand in it: elements with parts of their own, several of one name, at any depth."""
        return any((one.structured and one.most > 1) or one.repeats for one in self.children.values())

    @property
    def opens(self) -> bool:
        """Whether it is read child by child: what holds records, not what is one."""
        if self.name in HOLDERS and self.children:
            return True
        if not self.children or self.name.rpartition(b":")[2].decode("utf-8", "replace") in DESCRIPTIONS:
            return False
        if self.largest > LARGE:
            return True
        if self.times > 1:
            return self.name.lower() == b"table" and any(one.name.lower() == b"row" for one in self.children.values())
        if self.repeats or any(one.most > BESIDE for one in self.children.values()):
            return True
        return not self.attributes and all(one.children or one.attributes for one in self.children.values())

    def child(self, name: bytes) -> Shape:
        """Return the shape of a child, known from now on."""
        if name not in self.children:
            self.children[name] = Shape(name, self)
        return self.children[name]


class _Frame:
    """An element that is open while a stretch of text is looked at."""

    __slots__ = ("counts", "shape", "start")

    def __init__(self, shape: Shape, start: int) -> None:
        self.shape, self.start = shape, start
        self.counts: dict[bytes, int] = {}

    def close(self, end: int) -> None:
        shape = self.shape
        shape.largest = max(shape.largest, end - self.start)
        for name, count in self.counts.items():
            child = shape.children[name]
            child.most = max(child.most, count)


def look(data: bytes, at: int = 0, root: Shape | None = None, *, one: bool = False) -> Shape:
    """Return the shape of what stands in ``data`` from ``at`` on (a stretch of `LOOK`); ``one``: of one element only.

    The result has no name; its children are the elements at the top. Tags that match nothing are passed over.
    """
    root = root or Shape(b"")
    frames = [_Frame(root, at)]
    deeper, absent = 0, set[bytes]()
    end = min(len(data), at + LOOK)
    place = at
    while found := TOKEN.search(data, place, end):
        top = frames[-1]
        if place < found.start() and not top.shape.text and data[place : found.start()].strip():
            top.shape.text = True
        place = found.end()
        if found["other"]:
            top.shape.text = top.shape.text or found["other"] == b"![CDATA["
            place = _behind(data, found, end, absent)
        elif name := found["open"]:
            closed = found["attributes"].endswith(b"/")
            if len(frames) > DEEPEST:
                deeper += not closed
                continue
            frame = _enter(top, name, found)
            frame.close(place) if closed else frames.append(frame)
        elif deeper:
            deeper -= 1
        else:
            _leave(frames, found["close"], place)
        if one and len(frames) == 1:
            break
    while frames:
        frames.pop().close(end)
    return root


def _enter(top: _Frame, name: bytes, found: re.Match[bytes]) -> _Frame:
    top.counts[name] = top.counts.get(name, 0) + 1
    shape = top.shape.child(name)
    shape.times += 1
    if not shape.attributes and b"=" in found["attributes"]:
        shape.attributes = PROPER.search(found["attributes"]) is not None
    return _Frame(shape, found.start())


def _leave(frames: list[_Frame], name: bytes, end: int) -> None:
    for depth in range(len(frames) - 1, 0, -1):
        if frames[depth].shape.name == name:
            for frame in frames[depth:]:
                frame.close(end)
            del frames[depth:]
            return


def _behind(data: bytes, found: re.Match[bytes], end: int, absent: set[bytes]) -> int:
    """Return the place behind a comment or the like; ``absent``: ends that were sought and are no more in the data."""
    mark = ENDS.get(found["other"], b">")
    place = data.find(mark, found.end(), end) if mark not in absent else -1
    if place < 0:
        absent.add(mark)
    return place + len(mark) if place >= 0 else found.end()
