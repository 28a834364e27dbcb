"""What stands between documents: the list or object they are in, and its members that are plain values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec

__all__ = ["Frame", "items", "members", "named"]

STRING: Final = rb'"(?:[^"\\]|\\.)*+"'
MEMBER: Final = re.compile(
    rb"\s*,?\s*(" + STRING + rb")\s*:\s*(?:(" + STRING + rb"|[^\s,:\"{}\[\]]++)\s*(?:,|\Z)|\Z)", re.DOTALL
)
ITEM: Final = re.compile(rb"[\s,]*(" + STRING + rb"|\"[^\"]*+\Z|[^,\"]++)\s*(,|\Z)", re.DOTALL)


@dataclass
class Frame:
    """An open list or object. ``kind``: "sequence" (the text itself), "array", "object", "map" (records by key).

    ``start``: its place in the stream. ``tentative``: a list of which it is not known yet whether it holds records.
    ``plain``: members that are no records, as JSON; ``owner``, ``holder``: see `Document`.
    """

    kind: str
    path: tuple[str, ...] = ()
    start: int = 0
    tentative: bool = False
    key: str | None = None
    plain: list[bytes] = field(default_factory=list)
    held: int = 0
    owner: bytes = b""
    holder: int = 0

    def keep(self, member: bytes) -> None:
        """Take a member that is no record."""
        self.plain.append(member)
        self.held += len(member)

    def as_object(self) -> bytes:
        """Return the members taken as one JSON object, b"" when there are none."""
        return b"{" + b",".join(self.plain) + b"}" if self.plain else b""


def members(text: bytes) -> Iterator[tuple[str | None, bytes, int, int]]:
    """Yield the plain members in the text between two values of an object: key, JSON, and the stretch they are.

    The last key may be without a value (it is behind ``text``): its JSON is b"". What makes no sense has the key None.
    """
    place = 0
    while place < len(text):
        found = MEMBER.match(text, place)
        if not found:
            if text[place:].strip(b" \t\r\n,"):
                yield None, text[place:], place, len(text)
            return
        yield _decoded(found[1]), found[1] + b":" + found[2] if found[2] else b"", place, found.end()
        place = found.end()


def items(text: bytes, *, final: bool) -> Iterator[tuple[int, int]]:
    """Yield the stretches of the plain items in the text between two values of a list.

    Without ``final`` an item that no comma ends is left for later.
    """
    place = 0
    while found := ITEM.match(text, place):
        if not found[2] and not final:
            return
        if found[1].strip():
            yield found.start(1), found.end(1)
        place = found.end()
        if place >= len(text):
            return
    if final and text[place:].strip(b" \t\r\n,"):
        yield place, len(text)


def named(key: str | None) -> bytes:
    """Return a key as it stands before a member's value."""
    return msgspec.json.encode(key or "") + b":"


def _decoded(key: bytes) -> str:
    try:
        return msgspec.json.decode(key, type=str)
    except ValueError:
        return key[1:-1].decode("utf-8", "replace")
