"""XML of any kind, as a stream: the elements that repeat are records, whatever they are called."""

from __future__ import annotations

import re
from typing import Final

from colmate.intake.readers.xml_data.markup import TOKEN
from colmate.intake.readers.xml_data.reading import read
from colmate.intake.reading import LIKELY, POSSIBLE, Format, Head

__all__ = ["FORMATS", "first_element", "sniff"]

LOOKED: Final = 64 << 10
BEFORE: Final = re.compile(
    rb"(?:\s++|<!--(?s:.*?)-->|<\?(?s:.*?)\?>|<!DOCTYPE[^\[>]*+(?:\[(?s:.*?)\]\s*+)?>)*+", re.IGNORECASE
)
HTML: Final = frozenset({b"html", b"head", b"body"})


def first_element(head: Head) -> tuple[re.Match[bytes] | None, bool]:
    """Return the first tag of a content and whether an XML declaration stands before it."""
    text = head.text[:LOOKED]
    before = BEFORE.match(text)
    tag = TOKEN.match(text, before.end() if before else 0)
    return tag, text.lstrip().startswith(b"<?xml")


def sniff(head: Head) -> float:
    """Tell XML by its first element: well formed as a tag and, without a declaration, with others that end in it."""
    tag, declared = first_element(head)
    if declared:
        return 0.0 if tag and _is_html(tag["open"]) else LIKELY
    if tag is None or not tag["open"] or _is_html(tag["open"]):
        return 0.0
    following = TOKEN.search(head.text[:LOOKED], tag.end())
    ends = re.search(rb"</" + re.escape(tag["open"]) + rb"\s*>\s*\Z", head.text) if head.whole else None
    if ends or tag["attributes"].endswith(b"/"):
        return LIKELY if ends else POSSIBLE
    return POSSIBLE if following else 0.0


def _is_html(name: bytes | None) -> bool:
    return name is not None and name.rpartition(b":")[2].lower() in HTML


FORMATS: Final = (Format("xml", sniff, read),)
