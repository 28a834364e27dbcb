"""The text at hand, and what stands in it between documents: commas, keys, plain values, and what is no JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.evidence import Utf8
from colmate.intake.readers.json_data.documents import Document
from colmate.intake.readers.json_data.frames import Frame, items, members
from colmate.intake.readers.json_data.layout import Layout
from colmate.intake.reading import Options

__all__ = ["BLANKS", "SUSPECT", "Stretch"]

BLANKS: Final = b" \t\r\n\x1e\x00,"
# a list of plain values beyond this is a table of its own; a document beyond it is looked at for damage
SUSPECT: Final = 64 << 10


class Stretch:
    """The part of a text that is held: where it is in the stream, and in which lists and objects."""

    def __init__(self, text: Utf8, account: Account, options: Options, layout: Layout) -> None:
        self._text, self._account, self._options, self._layout = text, account, options, layout
        self._buffer = b""
        self._base = 0  # place of the buffer in the stream
        self._line = 1
        self._counted = 0  # place up to which lines are counted
        self._scanned = 0
        self._frames: list[Frame] = [Frame("sequence")]
        self._gap = 0  # where what is between documents begins
        self._open = -1  # where the document at hand begins

    def _confirm(self, frame: Frame, *, always: bool = False) -> None:
        """Book the bracket of a list that turns out to hold records."""
        if frame.tentative or always:
            frame.tentative = False
            self._account.consume("statement", 1)
            self._gap += 1

    def _document(self, text: bytes, start: int, problem: str | None = None) -> Document:
        frame = self._frames[-1]
        return Document(
            text,
            self._line_at(start),
            self._base + start,
            len(text),
            frame.path,
            frame.key if frame.kind == "map" else None,
            problem,
            frame.owner,
            frame.holder,
        )

    def _around(self, frame: Frame) -> Iterator[Document]:
        """Yield the members of an object that are no records, as a document of their own."""
        if frame.plain:
            text, frame.plain, frame.held = frame.as_object(), [], 0
            line, place = self._line_at(self._gap), self._base + self._gap
            yield Document(text, line, place, 0, frame.path, holder=frame.holder)

    def _between(self, end: int, *, final: bool) -> Iterator[Document]:
        """Go through the text between two documents, up to ``end``; what may go on behind it waits, unless final."""
        frame = self._frames[-1]
        text = self._buffer[self._gap : end]
        if not text.strip(BLANKS):
            if not frame.tentative:
                self._account.consume("blank", len(text))
                self._gap = end
        elif frame.kind == "array":
            if not frame.tentative or len(text) > SUSPECT:
                self._confirm(frame)
                yield from self._items(end, final=final)
        elif final or len(text) > self._options.limit:
            if frame.kind == "sequence":
                yield from self._stray(end)
            else:
                yield from self._members(end)

    def _items(self, end: int, *, final: bool) -> Iterator[Document]:
        start = self._gap
        text = self._buffer[start:end]
        final = final or len(text) > self._options.limit
        done = 0
        for first, last in items(text, final=final):
            self._account.consume("blank", first - done)
            yield self._document(text[first:last], start + first)
            done = last
        if final or not text[done:].strip(BLANKS):
            self._account.consume("blank", len(text) - done)
            done = len(text)
        self._gap = start + done

    def _members(self, end: int) -> Iterator[Document]:
        frame, start = self._frames[-1], self._gap
        text = self._buffer[start:end]
        done = 0
        for key, member, first, last in members(text):
            self._account.consume("statement", first - done)
            if key is None:
                yield self._document(text[first:last], start + first, "malformed_json")
            else:
                frame.key = key
                if member:
                    frame.keep(member)
                self._account.consume("record" if member else "statement", last - first)
            done = last
        self._account.consume("blank", len(text) - done)
        self._gap = end

    def _stray(self, end: int) -> Iterator[Document]:
        """Text that no value around it explains: what a script has before and behind, or a record of its own."""
        start = self._gap
        text = self._buffer[start:end]
        self._gap = end
        lead = self._layout.lead if not self._base + start else 0
        self._account.consume("preamble", min(lead, len(text)))
        rest = text[lead:]
        if not rest.strip(BLANKS + b");"):
            self._account.consume("statement", len(rest))
            return
        yield self._document(rest, start + lead)

    def _line_at(self, place: int) -> int:
        if place > self._counted:
            self._line += self._buffer.count(b"\n", self._counted, place)
            self._counted = place
        return self._line

    def _forget(self) -> None:
        """Let go of the text that is done with."""
        done = self._open if self._open >= 0 else self._gap
        self._line_at(done)
        self._buffer = self._buffer[done:]
        self._base += done
        self._counted = max(0, self._counted - done)
        self._scanned -= done
        self._gap = max(0, self._gap - done)
        if self._open >= 0:
            self._open = 0
