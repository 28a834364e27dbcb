"""The narrative of a section as text: paragraphs and items on lines of their own, tables with their cells apart.

Source: HL7 CDA R2, section 4.3.5 (Section Narrative Block).
"""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import Element

__all__ = ["narrative"]

LINES: Final = frozenset(
    {
        "paragraph",
        "list",
        "item",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "caption",
        "br",
        "title",
        "footnote",
        "text",
    }
)
CELLS: Final = frozenset({"td", "th"})
BLANK: Final = re.compile(r"[ \t\r\n]+")
DEEPEST: Final = 100


def narrative(block: Element | None) -> str:
    """Return the text of a narrative block, '' for none."""
    if block is None:
        return ""
    out: list[str] = []
    _write(block, out, 0)
    lines = ("".join(line).strip(" |") for line in "".join(out).split("\n"))
    return "\n".join(line for line in lines if line)


def _write(element: Element, out: list[str], depth: int) -> None:
    if depth > DEEPEST:
        out.append(BLANK.sub(" ", "".join(element.itertext())))
        return
    line = element.tag in LINES
    if line:
        out.append("\n")
    if element.text:
        out.append(BLANK.sub(" ", element.text))
    for child in element:
        _write(child, out, depth + 1)
        if child.tag in CELLS:
            out.append(" | ")
        if child.tail:
            out.append(BLANK.sub(" ", child.tail))
    if line:
        out.append("\n")
