"""Tags and text of HTML, from a stream of pieces, in linear time whatever is left unclosed (HTML standard, §13.2.5)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

__all__ = ["Tag", "tokens"]

# a tag longer than this is text: attributes may hold an image, which ends within a few pieces
LONGEST: Final = 8 << 20
ATTRIBUTES: Final = 64
_ATTRIBUTE: Final = re.compile(r"([^\s=/>\"'<]{1,64})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))")
_NAME: Final = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:_-]{0,40})")
_INSIDE: Final = re.compile(r"[^\"'>]*+(?:\"[^\"]*+\"[^\"'>]*+|'[^']*+'[^\"'>]*+)*+>")
# text and a tag that holds neither "<" nor ">" in its quotes
_SIMPLE: Final = re.compile(r"([^<]*+)<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,40}+)((?:[^\"'<>]++|\"[^\"<>]*+\"|'[^'<>]*+')*+)>")
_TO_END: Final = re.compile(r"[^>]*+>")
# elements whose content is no markup
_RAW: Final = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "xmp")}
_COMMENT_END: Final = re.compile("-->")
_TAG_END: Final = re.compile(">")


class Tag:
    """A tag: its name in small letters, what stands behind it as written."""

    __slots__ = ("_attributes", "closing", "inside", "name")

    def __init__(self, name: str, closing: bool, inside: str) -> None:
        self.name = name
        self.closing = closing
        self.inside = inside
        self._attributes: dict[str, str] | None = None

    @property
    def empty(self) -> bool:
        """Whether it is closed at once."""
        return self.inside.endswith("/")

    def attribute(self, name: str) -> str:
        """Return the value of an attribute, '' without it."""
        if not self.inside:
            return ""
        if self._attributes is None:
            found = _ATTRIBUTE.finditer(self.inside)
            self._attributes = {
                one[1].lower(): html.unescape(one[2] or one[3] or one[4] or "")
                for one, _ in zip(found, range(ATTRIBUTES), strict=False)
            }
        return self._attributes.get(name, "")


def tokens(pieces: Iterator[str]) -> Iterator[str | Tag]:
    """Yield text (entities not replaced) and tags; comments, declarations and scripts are left out."""
    scanner = _Scanner(pieces)
    while scanner.more():
        yield from scanner.simple()
        yield from scanner.step()


class _Scanner:
    """The text held, where reading goes on in it, and what is sought."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._text = ""
        self._place = 0
        self._ended = False
        self._careless = False  # a quote was left open: quotes mean nothing from there on, lest each costs the rest

    def more(self) -> bool:
        """Whether there is something left to read."""
        if self._place >= len(self._text) and not self._ended:
            self._fill()
        return self._place < len(self._text)

    def _fill(self) -> bool:
        piece = next(self._pieces, "")
        self._ended = not piece
        self._text, self._place = self._text[self._place :] + piece, 0
        return not self._ended

    def _skip_to(self, end: re.Pattern[str], length: int) -> bool:
        """Go behind ``end`` (``length`` characters), which may be far; False when everything is read without it."""
        while (found := end.search(self._text, self._place)) is None:
            self._place = max(self._place, len(self._text) - length)
            if not self._fill():
                self._place = len(self._text)
                return False
        self._place = found.end()
        return True

    def simple(self) -> Iterator[str | Tag]:
        """Yield what is mostly there: text and a whole tag behind it, again and again."""
        text, place = self._text, self._place
        while found := _SIMPLE.match(text, place):
            before, slash, name, inside = found.groups()
            name = name.lower()
            if name in _RAW:
                break
            if before:
                yield before
            yield Tag(name, bool(slash), inside)
            place = found.end()
        self._place = place

    def step(self) -> Iterator[str | Tag]:
        """Yield what comes next: text up to a tag, or a tag."""
        if self._place >= len(self._text):
            return
        opening = self._text.find("<", self._place)
        if opening != self._place:
            yield self._until(opening)
            return
        if len(self._text) - self._place < 64 and not self._ended:
            self._fill()
        if self._text.startswith("<!--", self._place):
            self._skip_to(_COMMENT_END, 3)
        elif self._text.startswith("<![CDATA[", self._place):
            yield from self._characters()
        elif self._text.startswith(("<!", "<?"), self._place):
            self._skip_to(_TAG_END, 1)
        else:
            yield from self._tag()

    def _until(self, opening: int) -> str:
        start, end = self._place, opening if opening >= 0 else len(self._text)
        # an entity is not cut
        if opening < 0 and not self._ended and (mark := self._text.rfind("&", max(start + 1, end - 40), end)) > start:
            held, self._place = self._text[start:mark], mark
            self._fill()
            return held
        self._place = end
        return self._text[start:end]

    def _characters(self) -> Iterator[str]:
        self._place += 9
        start = self._place
        while (end := self._text.find("]]>", start)) < 0 and len(self._text) - self._place < LONGEST:
            start = max(0, len(self._text) - 2 - self._place)
            if not self._fill():
                break
        end = end if end >= 0 else len(self._text)
        yield html.escape(self._text[self._place : end], quote=False)
        self._place = min(len(self._text), end + 3)

    def _tag(self) -> Iterator[str | Tag]:
        name = _NAME.match(self._text, self._place + 1)
        if name is None:
            self._place += 1
            yield "<"
            return
        inside = self._inside(name.end())
        if inside is None:
            yield from self._unclosed()
            return
        start, end = inside
        tag = Tag(name[1].lower(), self._text[self._place + 1] == "/", self._text[start : end - 1])
        self._place = end
        yield tag
        if tag.name in _RAW and not tag.closing and not tag.empty:
            if self._skip_to(_RAW[tag.name], 12):
                self._skip_to(_TAG_END, 1)
            yield Tag(tag.name, True, "")

    def _inside(self, start: int) -> tuple[int, int] | None:
        offset = start - self._place
        while True:
            pattern = _TO_END if self._careless else _INSIDE
            if found := pattern.match(self._text, self._place + offset):
                return found.start(), found.end()
            if len(self._text) - self._place <= LONGEST and self._fill():
                continue
            if self._careless:
                return None
            self._careless = True

    def _unclosed(self) -> Iterator[str]:
        """A tag that does not close is what is left."""
        left, self._place = self._text[self._place :], len(self._text)
        yield left
