"""JSON that is one big value, or values one behind the other: the documents in it, found by the depth of brackets.

Records are the items of lists: of the outermost one, or of those in the object around ({"patients": […], "visits":
[…]}, {"hits": {"hits": […]}}). What is around them is read as it goes by; nothing is held but the document at hand.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, Final

from colmate.intake.accounting import Account
from colmate.intake.evidence import Utf8
from colmate.intake.readers.json_data.brackets import Brackets, Tokens
from colmate.intake.readers.json_data.documents import DEEPEST, Document, Parser
from colmate.intake.readers.json_data.flat import Flattener
from colmate.intake.readers.json_data.frames import Frame, named
from colmate.intake.readers.json_data.gaps import BLANKS, SUSPECT, Stretch
from colmate.intake.readers.json_data.layout import Layout
from colmate.intake.readers.json_data.recovery import is_malformed, restart_of
from colmate.intake.readers.json_data.runs import Run, extent, keyed, objects
from colmate.intake.reading import Options

__all__ = ["Structure"]

WINDOW: Final = 1 << 20
# what is usually between two items of a list
USUAL: Final = (b",", b", ", b",\n", b"", b"\n")
SMALL: Final = 512
RESTARTS: Final = 20_000
OPENS: Final = re.compile(rb"[\[{]")


class Structure(Stretch):
    """The documents of a text. Bytes between them are booked here, those of documents by who takes them."""

    def __init__(self, text: Utf8, account: Account, options: Options, layout: Layout) -> None:
        super().__init__(text, account, options, layout)
        self._brackets = Brackets()
        self._skipping = False
        self._suspect = SUSPECT
        self._window = WINDOW
        self._restarts = 0
        self._void = False
        self._holders = 0
        self._restart: re.Pattern[bytes] | None = None
        self._parser: Parser | None = None
        self._flat = Flattener(lines=False)
        self._alone = 0  # up to this place runs were tried

    def documents(self) -> Iterator[Document]:
        """Yield the documents in the order in which they end."""
        for found in self._found():
            if isinstance(found, Document):
                yield found

    def runs(self) -> Iterator[Document | Run]:
        """Yield the documents in the order in which they end, many at once where they are objects without a fault."""
        self._parser = Parser(self._account)
        return self._found()

    def _found(self) -> Iterator[Document | Run]:
        ended = False
        while not ended:
            if self._scanned == len(self._buffer):
                block = self._text.read(min(self._options.block, WINDOW))
                ended = not block
                self._forget()
                self._buffer += block
            while self._scanned < len(self._buffer):
                yield from self._stretch() if self._restarts < RESTARTS else self._given_up()
            if ended and self._open >= 0 and not self._skipping:
                yield from self._broken(final=True)
                ended = self._scanned == len(self._buffer)
        yield from self._end()

    def _stretch(self) -> Iterator[Document | Run]:
        """Scan one window and go through its brackets."""
        text = self._buffer
        start = self._scanned
        self._window = min(WINDOW, self._window * 2)
        if start + self._window < len(text):
            text = text[: start + self._window]
        tokens = self._brackets.scan(text, start)
        self._scanned = len(text)
        yield from self._follow(tokens)
        if self._open >= 0:
            yield from self._watch()
        elif self._gap < self._scanned:
            yield from self._between(self._scanned, final=False)

    def _given_up(self) -> Iterator[Document]:
        """So much is damaged that to look for what is not would take too long: all that follows is a reject."""
        start, end = self._gap if self._open < 0 else self._open, len(self._buffer)
        if self._skipping:
            self._account.consume("reject", end - start)
        else:
            yield self._document(self._buffer[start:end], start, "malformed_json")
        self._open, self._gap, self._scanned, self._skipping = -1, end, end, False

    def _follow(self, tokens: Tokens) -> Iterator[Document | Run]:
        """Go through the brackets at the depth of the records, and those around them."""
        level, place, index = -1, -1, 0
        self._void = False
        self._alone = 0 if tokens.deepest < DEEPEST else self._scanned
        at: list[int] = []
        low: list[int] = []
        while not self._void:  # a restart makes these brackets void
            if level != len(self._frames) - 1:
                level = len(self._frames) - 1
                at, low = tokens.upto(level)
                index = bisect_left(at, place + 1)
            if index >= len(at):
                return
            place = at[index]
            index += 1
            if low[index - 1] < level:
                yield from self._left(place)
            elif self._open < 0:
                if self._parser and place >= self._alone and (run := self._run(at, low, index - 1)):
                    yield run
                    index += 2 * run.size - 1
                    place = at[index - 1]
                else:
                    yield from self._opened(place)
            else:
                yield from self._closed(place + 1)

    def _run(self, at: list[int], low: list[int], index: int) -> Run | None:
        """Return the documents from the bracket at ``index`` on, if they can be taken many at once."""
        frame, start = self._frames[-1], at[index]
        # the first document of all goes the long way, to be an example of how they begin
        behind = frame.kind == "sequence" and self._layout.root == "document"
        listed = (behind or frame.kind in ("array", "map")) and not frame.tentative and self._restart is not None
        if not self._parser or not listed or (self._layout.tables and len(self._frames) == 2):
            return None
        before = self._buffer[self._gap : start].lstrip(BLANKS)
        if before and frame.kind != "map":
            return None
        stop = extent(at, low, index, len(self._frames) - 1)
        if stop == index:
            return None
        count, end = (stop - index) // 2, at[stop - 1] + 1
        text = self._buffer[start:end]
        if behind and (text := self._joined(at[index:stop])) == b"":
            self._alone = end
            return None
        plain = self._flat.take(text) if frame.kind != "map" else None
        found: list[dict[str, Any]] | dict[str, dict[str, Any]] | None = []
        if not plain or plain[0] != count:
            parse = keyed if frame.kind == "map" else objects
            plain, found = None, parse(self._parser, before + text, count)
        if found is None:
            self._alone = end
            return None
        size = sum(at[index + 1 : stop : 2]) - sum(at[index:stop:2]) + count
        self._account.consume("statement" if frame.kind == "map" else "blank", end - self._gap - size)
        around = self._document(text, start)._replace(size=size, key=None)
        if isinstance(found, list):
            run = Run(around, count, found, columns=plain and plain[1])
        else:
            run = Run(around, count, list(found.values()), list(found))
        self._gap = end
        return run

    def _joined(self, at: list[int]) -> bytes:
        """Return documents that stand one behind the other with commas between them; b"" if there is more than blanks.

        ``at``: where they open and close in turn.
        """
        gaps = {self._buffer[last + 1 : first] for last, first in zip(at[1:-1:2], at[2::2], strict=True)}
        if any(gap.strip(BLANKS) for gap in gaps):
            return b""
        return b",".join([self._buffer[first : last + 1] for first, last in zip(at[::2], at[1::2], strict=True)])

    def _opened(self, place: int) -> Iterator[Document]:
        frame = self._frames[-1]
        self._confirm(frame)
        if frame.kind != "array" or self._buffer[self._gap : place] not in USUAL:
            yield from self._between(place, final=True)
        else:
            self._account.consume("blank", place - self._gap)
            self._gap = place
        square = self._buffer[place : place + 1] == b"["
        kind = self._kind(frame, square=square)
        if not kind:
            self._open, self._suspect = place, SUSPECT
            return
        named = frame.kind == "object"
        inner = Frame(kind, (*frame.path, frame.key or "") if named else frame.path, tentative=square and named)
        if kind == "array":
            inner.owner, inner.holder = (frame.as_object(), frame.holder) if named else (b"", 0)
        else:
            self._holders += 1
            inner.holder = self._holders
        self._frames.append(inner)
        self._gap = place
        if not inner.tentative:
            self._confirm(inner, always=True)

    def _kind(self, frame: Frame, *, square: bool) -> str | None:
        """Return what is opened within ``frame``: a list or an object around documents, or None for a document."""
        if frame.kind == "sequence":
            return "array" if square else None if self._layout.root == "document" else self._layout.root
        if frame.kind == "object":
            path = (*frame.path, frame.key or "")
            if square:
                return "array"
            return "object" if path in self._layout.objects else "map" if path in self._layout.maps else None
        return "object" if self._layout.tables and len(self._frames) == 2 and not square else None

    def _closed(self, end: int) -> Iterator[Document]:
        start, self._open, self._gap = self._open, -1, end
        if self._skipping:
            self._skipping = False
            self._account.consume("reject", end - start)
            return
        frame, text = self._frames[-1], self._buffer[start:end]
        if frame.kind == "object":
            self._account.consume("record", len(text))
            frame.keep(named(frame.key) + text)
            if frame.held > self._options.limit:
                yield from self._around(frame)
            return
        if (text[:1] == b"{") != (text[-1:] == b"}") and (found := self._next(start, end)):
            yield self._document(self._buffer[start:found], start, "malformed_json")
            self._gap = found
            self._again(found)
            return
        if self._restart is None:
            self._restart = restart_of(text)
        yield self._document(text, start)

    def _left(self, place: int) -> Iterator[Document]:
        """The list or object around the documents ends (or one too many does)."""
        frame = self._frames[-1]
        if frame.kind == "sequence":
            found = OPENS.search(self._buffer, place + 1, self._scanned)
            self._again(found.start() if found else self._scanned)
            return
        if frame.tentative and place - self._gap <= SUSPECT:
            self._frames.pop()
            self._account.consume("record", place + 1 - self._gap)
            outer = self._frames[-1]
            outer.keep(named(outer.key) + self._buffer[self._gap : place + 1])
        else:
            self._confirm(frame)
            yield from self._between(place, final=True)
            self._frames.pop()
            self._account.consume("statement", 1)
            yield from self._around(frame)
        self._gap = place + 1

    def _watch(self) -> Iterator[Document]:
        """A document goes on beyond this window: is it broken, or too long?"""
        size = self._scanned - self._open
        if self._skipping:
            self._account.consume("reject", size)
            self._open = self._scanned
        elif size > self._suspect or size > self._options.limit:
            self._suspect = 2 * size
            yield from self._broken(final=False)
            if self._open >= 0 and self._scanned - self._open > self._options.limit:
                yield self._document(self._buffer[self._open : self._scanned], self._open, "record_too_long")
                self._skipping, self._open = True, self._scanned

    def _broken(self, *, final: bool) -> Iterator[Document]:
        """Look whether the document at hand has an error within, and if so go on with the next one behind it."""
        start, text = self._open, self._buffer[self._open : self._scanned]
        if is_malformed(text) and (end := self._next(start, self._scanned)):
            yield self._document(self._buffer[start:end], start, "malformed_json")
            self._open, self._gap = -1, end
            self._again(end)
        elif final:
            yield self._document(text, start, self._text.stopped or "truncated_json")
            self._open, self._gap = -1, self._scanned

    def _next(self, start: int, end: int) -> int:
        """Return where the next document seems to begin behind ``start``, 0 when nothing looks like it."""
        if self._restart is None or self._restarts >= RESTARTS:
            return 0
        found = self._restart.search(self._buffer, start + 1, end)
        return found.start(1) if found else 0

    def _again(self, place: int) -> None:
        """Scan anew from ``place``, in small windows at first: this may happen often."""
        self._restarts += 1
        self._void = True
        self._scanned = place
        self._brackets = Brackets(len(self._frames) - 1)
        self._window = SMALL

    def _end(self) -> Iterator[Document]:
        """The text is over: what is still open was cut."""
        end = len(self._buffer)
        if self._skipping:
            self._account.consume("reject", end - self._open)
            self._gap = end
        if len(self._frames) > 1:
            self._account.note("unclosed_json")
        frame = self._frames[-1]
        left = self._buffer[self._gap : end]
        if len(self._frames) > 1 and left.strip(BLANKS):
            whole = frame.kind == "array" and not frame.tentative
            if whole:
                yield from self._items(end, final=False)
            if left := self._buffer[self._gap : end]:
                yield self._document(left, self._gap, self._text.stopped or "truncated_json")
            self._gap = end
        else:
            frame.tentative = False
            yield from self._between(end, final=True)
        while len(self._frames) > 1:
            yield from self._around(self._frames.pop())
