"""JSON lines (NDJSON): a document a line, so that a bad line costs itself only."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.evidence import Utf8
from colmate.intake.readers.json_data.documents import Document, Parser
from colmate.intake.readers.json_data.flat import Flattener
from colmate.intake.readers.json_data.runs import SIZE, Run, many
from colmate.intake.reading import Options

__all__ = ["by_line", "runs_by_line"]

# RFC 7464 puts a record separator before each document
BLANKS: Final = b" \t\r\n\x1e\x00"
BLOCK: Final = 4 << 20


def by_line(text: Utf8, account: Account, options: Options) -> Iterator[Document]:
    """Yield the documents of the lines; blank lines are booked here, documents by who takes them.

    A line beyond ``options.limit`` bytes is one document with the problem "record_too_long", of which the beginning
    is kept.
    """
    return (found for found in runs_by_line(text, account, options, None) if isinstance(found, Document))


def runs_by_line(text: Utf8, account: Account, options: Options, parser: Parser | None) -> Iterator[Document | Run]:
    """Yield the documents of the lines, with a ``parser`` many at once where they are objects without a fault."""
    flat = Flattener(lines=True)
    place, line, pending, ended = 0, 1, b"", False
    while not ended:
        block = text.read(min(options.block, BLOCK))
        ended = not block
        pending += block
        whole = len(pending) if ended else pending.rfind(b"\n") + 1
        if not whole and len(pending) > options.limit:
            place, line, pending = yield from _over(text, options, pending, place, line)
        for stretch in _stretches(pending[:whole]):
            found = many(parser, flat, stretch, line, place) if parser and len(stretch) <= options.limit else None
            if found is not None:
                yield found
                place += len(stretch)
                line += found.size
                continue
            for row in _rows(stretch):
                yield from _document(row, line, place, account, options)
                place += len(row)
                line += 1
        pending = pending[whole:]


def _stretches(text: bytes) -> Iterator[bytes]:
    """Yield some whole lines at a time."""
    start = 0
    while start < len(text):
        end = text.find(b"\n", start + SIZE) + 1 or len(text)
        yield text[start:end]
        start = end


def _rows(text: bytes) -> Iterator[bytes]:
    """Yield lines with their ends."""
    rows = text.split(b"\n")
    last = rows.pop()
    for row in rows:
        yield row + b"\n"
    if last:
        yield last


def _document(row: bytes, line: int, place: int, account: Account, options: Options) -> Iterator[Document]:
    content = row.strip(BLANKS)
    if not content:
        account.consume("blank", len(row))
        return
    over = len(content) > options.limit
    start = place + row.index(content[:1])
    yield Document(content, line, start, len(row), problem="record_too_long" if over else None)


def _over(
    text: Utf8, options: Options, pending: bytes, place: int, line: int
) -> Generator[Document, None, tuple[int, int, bytes]]:
    """Pass over a line that is too long; returns where the next one is, its number, and what was read of it."""
    kept, size, rest = pending[: options.limit], len(pending), b""
    while block := text.read(min(options.block, BLOCK)):
        end = block.find(b"\n") + 1
        size += end or len(block)
        if end:
            rest = block[end:]
            break
    yield Document(kept, line, place, size, problem="record_too_long")
    return place + size, line + 1, rest
