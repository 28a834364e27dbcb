"""Where an element ends, told from its tags: in text that need not be well formed."""

from __future__ import annotations

from colmate.intake.readers.xml_data.markup import TOKEN
from colmate.intake.readers.xml_data.window import SHORTEST, Window

__all__ = ["divisible", "extent"]


def divisible(window: Window) -> bool:
    """Tell whether the element that begins here has elements in it."""
    tags = TOKEN.finditer(window.data, window.at)
    next(tags, None)
    following = next(tags, None)
    return following is not None and following["open"] is not None


def extent(window: Window, name: bytes, around: bytes, limit: int, *, nests: bool) -> tuple[int, str | None]:
    """Return how long the element is that begins here, and why it is broken if it is.

    ``name``: its own; ``around``: of the element that it stands in (b"" for none); ``nests``: elements of its own name
    may stand in it. Reads on as far as ``limit``.
    """
    depth, size = 0, 0
    while size <= limit:
        tag = TOKEN.search(window.data, window.at + size)
        if tag is None or (tag["other"] and window.held - size < SHORTEST and not window.ended):
            size = max(size, window.data.rfind(b"<", window.at) - window.at)
            if window.held > limit or not window.more():
                return _unended(window, limit)
            continue
        start, size = tag.start() - window.at, tag.end() - window.at
        if tag["other"]:
            size = _behind(window, tag["other"], size, limit)
        elif tag["open"] == name:
            if depth and not nests:
                return start, "unclosed_element"
            depth += not tag["attributes"].endswith(b"/")
        elif tag["close"] == name:
            depth -= 1
        elif tag["close"] == around and around:
            return start, "unclosed_element"
        else:
            continue
        if depth <= 0 and not tag["other"]:
            return size, None
    return limit, "element_too_long"


def _unended(window: Window, limit: int) -> tuple[int, str]:
    return (limit, "element_too_long") if window.held > limit else (window.held, window.stopped)


def _behind(window: Window, kind: bytes, size: int, limit: int) -> int:
    """Return where a comment or CDATA section ends that was found ``size`` bytes from here."""
    mark = {b"!--": b"-->", b"![CDATA[": b"]]>", b"?": b"?>"}.get(kind, b">")
    place = window.find(mark, size, limit)
    return place + len(mark) if place >= 0 else size
