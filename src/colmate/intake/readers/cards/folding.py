"""Lines that go on in the next one when that begins with a blank (RFC 6350 §3.2, RFC 2849), read as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from colmate.intake.evidence import Utf8

__all__ = ["Line", "lines"]

BLOCK: Final = 1 << 20
# of one logical line that is kept: what is longer is a photograph
LONGEST: Final = 4 << 20


@dataclass(frozen=True)
class Line:
    """A logical line: ``place`` and ``size`` in the text with its line ends, ``number`` of its first line, its text."""

    place: int
    size: int
    number: int
    text: bytes


def lines(text: Utf8, soft: Callable[[bytes], bool] = lambda _first: False) -> Iterator[Line]:
    """Yield logical lines, folds undone. ``soft``: whether the lines of a property that begins so go on after a "="."""
    parts: list[bytes] = []
    place = size = kept = 0
    number = first = 1
    for line in _physical(text):
        bare = line.rstrip(b"\r\n")
        going_on = bool(parts) and parts[-1].endswith(b"=") and soft(parts[0])
        if going_on or (parts and bare[:1] in (b" ", b"\t")):
            size += len(line)
            if going_on:
                parts[-1] = parts[-1][:-1]
            if kept < LONGEST:
                parts.append(bare if going_on else bare[1:])
                kept += len(bare)
        else:
            if parts:
                yield Line(place, size, first, b"".join(parts))
            place, size, first, kept = place + size, len(line), number, len(bare)
            parts = [bare]
        number += 1
    if parts:
        yield Line(place, size, first, b"".join(parts))


def _physical(text: Utf8) -> Iterator[bytes]:
    """Yield lines with their ends; one that is longer than a block comes in pieces, each but the first as a fold."""
    held: list[bytes] = []
    size = 0
    while block := text.read(BLOCK):
        pieces = block.split(b"\n")
        for piece in pieces[:-1]:
            held.append(piece)
            yield b"".join(held) + b"\n"
            held, size = [], 0
        held.append(pieces[-1])
        size += len(pieces[-1])
        if size > LONGEST:
            yield b"".join(held)
            held, size = [b""], 0
    if any(held):
        yield b"".join(held)
