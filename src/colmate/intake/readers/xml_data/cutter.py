"""Cuts a stream of XML into elements that are records, many at once where the text is sound, one by one where not.

The elements that hold records (the root, the wrappers below it) are opened, and what stands in them is cut by its
bytes: a stretch up to the last beginning of a record in the block, parsed at once, which succeeds only if the cut was
right. Where it fails each record is cut by itself: from its start tag to its end tag, or to the next tag that cannot
stand in it. What is broken in one record so ends with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.readers.xml_data.extent import divisible, extent
from colmate.intake.readers.xml_data.items import Batch, Closed, Item, Open, Opened, Stray, stops_of
from colmate.intake.readers.xml_data.markup import TOKEN, Parser, attributes, settle_encoding
from colmate.intake.readers.xml_data.rebuild import rebuilt
from colmate.intake.readers.xml_data.shape import LOOK, Shape, look
from colmate.intake.readers.xml_data.window import Window

__all__ = ["Cutter"]

BLOCK: Final = 1 << 20
DEPTH: Final = 64
# how far the end of a stretch is sought at the least, and at the most: the elements of longer ones outlive Python's
# collections of garbage, which then cost more than parsing them
NEAREST: Final = 512
STRETCH: Final = 6 << 10
# the end of the declarations in a document type
SUBSET: Final = b"]"
# how many names of elements that are opened end a stretch
STOPS: Final = 100
# how often an element may be tried as one that holds others of its own name before that is given up
TRIALS: Final = 20


class Cutter:
    """The elements of one content. ``opens`` tells which are read child by child, by their shape.

    ``salvage``: an element that is broken is rebuilt and read as far as it goes, for documents that are one element.
    """

    def __init__(
        self, source: Source, account: Account, limit: int, opens: Callable[[Shape], bool], *, salvage: bool = False
    ) -> None:
        settle_encoding(source)
        self.salvage = salvage
        self.account, self.limit, self.opens = account, limit, opens
        self.parser = Parser()
        self.shape = look(source.head.text)
        self.window = Window(source.utf8(account), account, BLOCK)
        self.stack = [self._opened(self.shape)]
        self._reach = STRETCH

    def items(self) -> Iterator[Item]:
        """Yield what the text holds, in its order; every byte of it is booked when the next item is asked for."""
        window = self.window
        while window.held or window.more():
            yield from self._text()
            if not window.held:
                continue
            tag = window.match(TOKEN, self.limit)
            if tag is None:
                yield from self._no_tag()
            elif tag["other"]:
                yield from self._other(tag)
            elif tag["close"]:
                yield from self._close(tag)
            else:
                yield from self._element(tag)
        if len(self.stack) > 1:
            self.account.note("unclosed_elements", len(self.stack) - 1)
        while len(self.stack) > 1:
            self.stack.pop()
            yield Closed()

    # --- what stands between the records -------------------------------------------------------------------------

    def _text(self) -> Iterator[Item]:
        """Book the text before the next tag."""
        window = self.window
        while (place := window.data.find(b"<", window.at)) != window.at and window.held:
            end = place if place > 0 else len(window.data)
            blank = not window.data[window.at : end].strip()
            if blank:
                window.book("blank", end)
            elif len(self.stack) == 1:
                window.reject(end, "text_outside_elements")
            else:
                yield self._stray(end)
            if place < 0:
                window.more()

    def _stray(self, end: int) -> Stray:
        text = self.window.book("record", end)
        try:
            (element,), _ = self.parser.mended(b"<e>" + text + b"</e>")
        except ParseError:
            return Stray(text.decode("utf-8", "replace"))
        return Stray(element.text or "")

    def _no_tag(self) -> Iterator[Item]:
        """A < that begins no tag: text, or a tag that the end of the file or a mistake cut short."""
        window = self.window
        following = window.data.find(b"<", window.at + 1)
        end = following if following > 0 else len(window.data)
        window.reject(end, "malformed_tag" if following > 0 or window.held > self.limit else window.stopped)
        yield from ()

    def _other(self, tag: re.Match[bytes]) -> Iterator[Item]:
        window, kind = self.window, tag["other"]
        if kind == b"![CDATA[":
            window.book("statement", tag.end())
            size = window.find(b"]]>")
            if size >= 0:
                end = window.at + size
                yield Stray(window.book("record", end).decode("utf-8", "replace"))
                window.book("statement", end + 3)
            return
        if kind == b"!" and window.data[tag.end() : tag.end() + 7].upper() == b"DOCTYPE":
            self._document_type()
            return
        self._skip({b"!--": b"-->", b"?": b"?>"}.get(kind, b">"))

    def _skip(self, mark: bytes) -> None:
        """Book a comment or instruction; of one that never ends only the first characters, as a reject."""
        window = self.window
        size = window.find(mark, 0, self.limit)
        if size < 0:
            window.reject(min(window.at + 2, len(window.data)), "unclosed_markup")
        else:
            window.book("statement", window.at + size + len(mark))

    def _document_type(self) -> None:
        """Pass over a document type: none of its entities is believed."""
        self.account.note("document_type_ignored")
        window = self.window
        plain, subset = window.find(b">"), window.find(b"[")
        inner = 0 <= subset < plain and window.find(SUBSET) >= 0
        if not inner:
            self._skip(b">")
            return
        self._skip(SUBSET)
        self._skip(b">")

    def _close(self, tag: re.Match[bytes]) -> Iterator[Item]:
        """End the element of that name; those opened in it and never closed end with it."""
        self.window.book("statement", tag.end())
        names = [one.name for one in self.stack]
        if tag["close"] not in names[1:]:
            self.account.note("stray_end_tag")
            return
        while len(self.stack) > 1:
            ended = self.stack.pop()
            yield Closed()
            if ended.name == tag["close"]:
                return
            self.account.note("unclosed_elements")

    # --- elements -------------------------------------------------------------------------------------------------

    def _element(self, tag: re.Match[bytes]) -> Iterator[Item]:
        shape = self._shape(tag["open"])
        # the look may have read on: places have moved
        tag = self.window.match(TOKEN, self.limit) or tag
        closed = tag["attributes"].endswith(b"/")
        if not closed and len(self.stack) < DEPTH and self.opens(shape):
            yield self._open(shape, tag)
            return
        yield from self._stretch(shape, tag["open"])

    def _open(self, shape: Shape, tag: re.Match[bytes]) -> Opened:
        self.window.book("statement", tag.end())
        self.stack.append(self._opened(shape))
        return Opened(shape, attributes(self.parser, tag))

    def _opened(self, shape: Shape) -> Open:
        openers = [one.name for one in shape.children.values() if self.opens(one)][:STOPS]
        return Open(shape, shape.name, stops_of(shape.name, openers), openers)

    def _shape(self, name: bytes) -> Shape:
        """Return what is known of an element that begins here; one not met before is looked at."""
        known = self.stack[-1].shape.children.get(name)
        if known is None:
            self.window.need(LOOK)
            look(self.window.data, self.window.at, self.stack[-1].shape, one=True)
            known = self.stack[-1].shape.child(name)
            around = self.stack[-1]
            if self.opens(known) and len(around.openers) < STOPS:
                around.openers.append(name)
                around.stops = stops_of(around.name, around.openers)
        return known

    def _stretch(self, shape: Shape, name: bytes) -> Iterator[Item]:
        """Read the record that begins here and those behind it, as far as the block goes."""
        window = self.window
        window.need(STRETCH)
        end = self._cut(name)
        if end > window.at:
            try:
                elements = self.parser.elements(window.data[window.at : end])
            except ParseError:
                yield from self._one_by_one(end - window.at)
                return
            yield self._batch(elements, end)
            return
        yield from self._single(shape, name)

    def _cut(self, name: bytes) -> int:
        """Return where the stretch of records may end: at a tag that ends or opens what is around, or before the last.

        How far it is sought shrinks where records of one name do not follow each other.
        """
        window, data, around = self.window, self.window.data, self.stack[-1]
        end = min(len(data), window.at + self._reach)
        stop = around.stops.search(data, window.at, end)
        if stop:
            return stop.start()
        begin = b"<" + name
        last = max(data.rfind(begin + sign, window.at + 1, end) for sign in (b" ", b">", b"/", b"\n", b"\r", b"\t"))
        self._reach = max(NEAREST, self._reach // 2) if last < 0 else min(STRETCH, self._reach * 2)
        return last

    def _one_by_one(self, size: int) -> Iterator[Item]:
        """Read a stretch of ``size`` bytes that was not well formed, record by record."""
        window, depth = self.window, len(self.stack)
        stop = window.position + size
        while window.position < stop and len(self.stack) == depth:
            yield from self._text()
            tag = window.match(TOKEN, self.limit) if window.held else None
            if tag is None or not tag["open"] or window.position >= stop:
                return
            shape = self._shape(tag["open"])
            yield from self._single(shape, tag["open"])

    def _single(self, shape: Shape, name: bytes) -> Iterator[Item]:
        """Read the one record that begins here."""
        window, trials = self.window, self.stack[-1].trials
        nests = trials.get(name, 0) < TRIALS
        size, reason = extent(window, name, self.stack[-1].name, self.limit, nests=nests)
        elements = self._parsed(size) if not reason else None
        if elements is None and nests:
            # a record that swallowed others: its end tag is missing
            shorter, why = extent(window, name, self.stack[-1].name, self.limit, nests=False)
            if shorter < size or reason:
                trials[name] = trials.get(name, 0) + 1
                size, reason = shorter, why
                elements = self._parsed(size) if not reason else None
        end = window.at + size
        if elements is not None:
            yield self._batch(elements, end)
        elif reason == "element_too_long" and len(self.stack) < DEPTH and divisible(window):
            tag = window.match(TOKEN, self.limit)
            if tag is not None:
                yield self._open(shape, tag)
        elif reason == "element_too_long":
            self._reject_long(name)
        elif self.salvage:
            yield from self._salvaged(end, reason or "malformed_element")
        else:
            window.reject(end, reason or "malformed_element")

    def _salvaged(self, end: int, reason: str) -> Iterator[Item]:
        """Read what can be read of a broken element; what is missing a part is a reject."""
        window = self.window
        text, whole = rebuilt(window.data[window.at : end])
        try:
            elements = self.parser.elements(text)
        except ParseError:
            elements = []
        if not elements:
            window.reject(end, reason)
            return
        self.account.note("rebuilt_element")
        yield self._batch(elements, window.at + whole)
        if window.at < end:
            window.reject(end, reason)

    def _parsed(self, size: int) -> list[Element] | None:
        text = self.window.data[self.window.at : self.window.at + size]
        try:
            return self.parser.elements(text)
        except ParseError:
            pass
        try:
            elements, times = self.parser.mended(text)
        except ParseError:
            return None
        self.account.note("mended_markup", times)
        return elements

    def _batch(self, elements: list[Element], end: int) -> Batch:
        line, position = self.window.line, self.window.position
        self.window.book("record", end)
        return Batch(elements, line, position)

    def _reject_long(self, name: bytes) -> None:
        """Reject an element without parts that is longer than a record may be; its beginning is kept verbatim."""
        window = self.window
        window.reject(window.at + self.limit, "element_too_long")
        window.book_until(b"</" + name, "reject")
        window.book_until(b">", "reject")
