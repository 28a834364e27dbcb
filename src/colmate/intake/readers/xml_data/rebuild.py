"""A document that is broken or cut short, made well formed again so that all it still says can be read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from colmate.intake.readers.xml_data.markup import TOKEN, soften

__all__ = ["rebuilt"]

PROPER: Final = re.compile(rb"(?:[A-Za-z_\x80-\xff][\w.\x80-\xff-]*+:)?[A-Za-z_\x80-\xff][\w.\x80-\xff-]*+\Z")
# only where a name begins: a long word without "=" is passed once
ATTRIBUTE: Final = re.compile(
    rb"(?<![^\s=<>\"'/])([^\s=<>\"'/]++)\s*+=\s*+(?:\"([^\"<]*+)\"|'([^'<]*+)'|([^\s\"'<>]++))"
)
# elements within elements that are kept apart; what is deeper is taken for text
DEEPEST: Final = 500


@dataclass
class _Open:
    """An open element: where it begins in the text, how much was written before it.

    ``whole`` and ``kept``: the same behind the last element in it that has ended, if one has.
    """

    name: bytes
    start: int
    written: int
    whole: int = -1
    kept: int = 0


@dataclass
class _Building:
    """What is written so far, the elements that are open, and the marks that are no more in the text."""

    out: list[bytes] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    absent: set[bytes] = field(default_factory=set)

    def start(self, tag: re.Match[bytes]) -> None:
        """Write a start tag, with its attributes made well formed."""
        name = tag["open"]
        if not PROPER.match(name) or len(self.open) >= DEEPEST:
            return
        closed = tag["attributes"].endswith(b"/")
        if not closed:
            self.open.append(_Open(name, tag.start(), len(self.out)))
        self.out.append(b"<" + name + _attributes(tag["attributes"]) + (b"/>" if closed else b">"))
        if closed:
            self._ended(tag.end())

    def end(self, name: bytes, place: int) -> None:
        """Close an element and those in it that were not closed; an end tag that ends nothing is left out."""
        if all(name != one.name for one in self.open):
            return
        while self.open:
            last = self.open.pop()
            self.out.append(b"</" + last.name + b">")
            self._ended(place)
            if last.name == name:
                return

    def _ended(self, place: int) -> None:
        if self.open:
            self.open[-1].whole, self.open[-1].kept = place, len(self.out)

    def finish(self) -> int | None:
        """Close what is open, without what the innermost has of an unfinished part; return where that begins."""
        whole = None
        if self.open:
            last = self.open[-1]
            whole, kept = (last.whole, last.kept) if last.whole >= 0 else (last.start, last.written)
            if last.whole < 0:
                self.open.pop()
            del self.out[kept:]
        self.out.extend(b"</" + one.name + b">" for one in reversed(self.open))
        return whole


def rebuilt(text: bytes) -> tuple[bytes, int]:
    """Return XML with what is in ``text``, every element ended, and how far ``text`` was whole.

    When the text stops inside an element, what it holds behind the last part that ended is left out, or the element
    when no part did: the second value says where that begins.
    """
    building, place = _Building(), 0
    while tag := TOKEN.search(text, place):
        building.out.append(soften(text[place : tag.start()])[0])
        place = tag.end()
        if tag["other"]:
            place = _passed(building, text, tag)
        elif tag["close"]:
            building.end(tag["close"], place)
        else:
            building.start(tag)
    whole = building.finish()
    if whole is None:
        building.out.append(soften(text[place:])[0])
    return b"".join(building.out), len(text) if whole is None else whole


def _passed(building: _Building, text: bytes, tag: re.Match[bytes]) -> int:
    """Return the place behind a comment, an instruction or a CDATA section, which alone says something."""
    mark = {b"!--": b"-->", b"![CDATA[": b"]]>", b"?": b"?>"}.get(tag["other"], b">")
    end = text.find(mark, tag.end()) if mark not in building.absent else -1
    if end < 0:
        building.absent.add(mark)
        return tag.end()
    if tag["other"] == b"![CDATA[":
        building.out.append(soften(text[tag.start() : end + 3])[0])
    return end + len(mark)


def _attributes(text: bytes) -> bytes:
    found: dict[bytes, bytes] = {}
    for name, double, single, bare in ATTRIBUTE.findall(text):
        if PROPER.match(name):
            found.setdefault(name, soften(double or single or bare)[0].replace(b'"', b"&quot;"))
    return b"".join(b" " + name + b'="' + value + b'"' for name, value in found.items())
