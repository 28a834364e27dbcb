"""What a stream of XML is cut into, and what is known of the elements that are open meanwhile."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from colmate.intake.readers.xml_data.shape import Shape

__all__ = ["Batch", "Closed", "Item", "Open", "Opened", "Stray", "stops_of"]


@dataclass(frozen=True)
class Opened:
    """An element that holds records begins."""

    shape: Shape
    attributes: dict[str, str]


@dataclass(frozen=True)
class Closed:
    """The last element that was opened ends."""


@dataclass(frozen=True)
class Batch:
    """Elements that stand in the element opened last; 1-based ``line`` and ``position`` of the first in the text."""

    elements: list[Element]
    line: int
    position: int


@dataclass(frozen=True)
class Stray:
    """Text that stands between the records."""

    text: str


Item = Opened | Closed | Batch | Stray


@dataclass
class Open:
    """An element that is open: ``stops`` finds the tags that end it or open others in it."""

    shape: Shape
    name: bytes
    stops: re.Pattern[bytes]
    openers: list[bytes] = field(default_factory=list)
    trials: dict[bytes, int] = field(default_factory=dict)


def stops_of(name: bytes, openers: list[bytes]) -> re.Pattern[bytes]:
    """Return a pattern of the tags at which a stretch of records in an element ends."""
    ends = rb"</" + re.escape(name) + rb"\s*+>" if name else rb"(?!)"
    names = b"|".join(map(re.escape, openers))
    return re.compile(ends + (rb"|<(?:" + names + rb")(?=[\s/>])" if openers else b""))
