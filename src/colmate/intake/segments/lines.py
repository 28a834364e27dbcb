"""Where the segments of a block are: its lines, their delimiters brought to the standard ones, what each line is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from colmate.intake.segments.cells import Flags, Numbers
from colmate.intake.segments.grammar import JOINED, Grammar, declared_delimiters, rewrite

__all__ = [
    "BLANK",
    "BOUNDS",
    "CONTINUED",
    "ENDS",
    "JUNK",
    "SEGMENT",
    "State",
    "kinds_of",
    "lines_of",
    "names_of",
    "standard",
]

ENDS: Final = np.zeros(256, np.bool_)
ENDS[[0x0A, 0x0B, 0x0D, 0x1C]] = True
BOUNDS: Final = b"\r\n\x0b\x1c"
SPELLED: Final = (rb"\r\n", rb"\r", rb"\n", b"<CR>", b"<cr>", b"^M")
UPPER: Final = np.zeros(256, np.bool_)
UPPER[[*range(0x30, 0x3A), *range(0x41, 0x5B)]] = True
# segments are indented by some that show them nicely
INDENT: Final = 32
# what a line is
SEGMENT, JUNK, BLANK, CONTINUED = 0, 1, 2, 3


@dataclass
class State:
    """Where the stream is: 1-based line and byte position of the next block, and what was counted before it."""

    line: int = 1
    position: int = 0
    messages: int = 0
    patients: int = 0
    segments: int = 0
    patient_open: bool = False
    order: int = 0
    seen: bool = False
    foreign: bool = False
    current: bytes = b""


def lines_of(data: bytes, grammar: Grammar) -> tuple[bytes, Numbers]:
    """Return where lines start: behind every end, and at a header behind something else (a log's prefix)."""
    if grammar.joining:
        data = _joined(data, grammar.joining + grammar.delimiters[:1])
    data = _spelled(data, grammar)
    codes = np.frombuffer(data, np.uint8)
    starts = np.flatnonzero(ENDS[codes]) + 1
    starts = np.concatenate(([0], starts[starts < len(data)])).astype(np.int64)
    opening = grammar.header + grammar.delimiters
    leading = data.startswith(opening) + sum(data.count(bytes([one]) + opening) for one in BOUNDS)
    if data.count(opening) != leading:
        inner = [one.start() + 1 for one in re.finditer(rb"[^A-Za-z0-9|\r\n\x0b\x1c]" + re.escape(opening), data)]
        starts = np.union1d(starts, np.array(inner, np.int64))
    return data, starts


def _spelled(data: bytes, grammar: Grammar) -> bytes:
    """Return the text, of the same length, with the ends of segments that a log has written out as characters."""
    patient = grammar.patient + grammar.delimiters[:1]
    for end in SPELLED:
        if len(patient) > 2 and end + patient in data:
            pattern = re.escape(end) + rb"(?=[A-Z][A-Z0-9]{2}\||[\r\n]|$)"
            data = re.sub(pattern, JOINED * (len(end) - 1) + b"\r", data)
    return data


def _joined(data: bytes, mark: bytes) -> bytes:
    """Return the text, of the same length, with the lines that a segment continues in one."""
    for end in (b"\r\n", b"\n", b"\r"):
        data = data.replace(end + mark, JOINED * len(end + mark))
    if b"\n" + JOINED in data or b"\r" + JOINED in data:
        # empty lines between a line and what continues it
        data = re.sub(rb"[\r\n]+(?=" + JOINED + rb")", lambda found: JOINED * len(found[0]), data)
    return data


def standard(data: bytes, starts: Numbers, grammar: Grammar, state: State) -> bytes:
    """Return the text with the standard delimiters everywhere, of the same length."""
    size = len(grammar.header)
    codes = np.frombuffer(data + bytes(16), np.uint8)
    starts = _indented(codes, starts)
    opens = np.ones(len(starts), np.bool_)
    for place, code in enumerate(grammar.header):
        opens &= codes[starts + place] == code
    heads = starts[opens]
    usual = np.ones(len(heads), np.bool_)
    for place, code in enumerate(grammar.delimiters):
        usual &= codes[heads + size + place] == code
    if usual.all() and state.current in (b"", grammar.delimiters):
        return data
    return _rewritten(data, heads, usual, grammar, state)


def _rewritten(data: bytes, heads: Numbers, usual: Flags, grammar: Grammar, state: State) -> bytes:
    parts: list[bytes] = []
    at = 0
    for head, plain in zip([*heads.tolist(), len(data)], [*usual.tolist(), True], strict=True):
        stretch = data[at:head]
        foreign = state.current not in (b"", grammar.delimiters)
        state.foreign |= foreign
        parts.append(rewrite(stretch, state.current, grammar) if foreign else stretch)
        if head < len(data):
            declared = None if plain else declared_delimiters(data[head : head + 32], grammar)
            state.current = declared or grammar.delimiters
        at = head
    return b"".join(parts)


def names_of(codes: npt.NDArray[np.uint8], starts: Numbers, grammar: Grammar) -> npt.NDArray[np.bytes_]:
    """Return the name of the segment of each line, empty where the line is none."""
    names = np.zeros(len(starts), "S4")
    starts = _indented(codes, starts)
    letters = np.stack([codes[np.minimum(starts + place, len(codes) - 1)] for place in range(4)], axis=1)
    good = np.ones(len(starts), np.bool_)
    for length in range(1, 4):
        good = good & UPPER[letters[:, length - 1]]
        if length not in grammar.lengths:
            continue
        found = good & (letters[:, length] == grammar.delimiters[0])
        found &= (letters[:, 0] >= 0x41) & (names == b"")
        padded = np.zeros((len(starts), 4), np.uint8)
        padded[:, :length] = letters[:, :length]
        names = np.where(found, padded.view("S4")[:, 0], names)
    return names


def _indented(codes: npt.NDArray[np.uint8], starts: Numbers) -> Numbers:
    """Return where lines begin behind the blanks before them."""
    for _ in range(INDENT):
        blank = (codes[starts] == 0x20) | (codes[starts] == 0x09)
        if not blank.any():
            break
        starts = np.minimum(starts + blank, len(codes) - 1)
    return starts


def kinds_of(
    data: bytes, starts: Numbers, ends: Numbers, names: npt.NDArray[np.bytes_], grammar: Grammar
) -> npt.NDArray[np.int8]:
    """Tell segments, blank lines, lines that continue the segment before them, and others."""
    codes = np.frombuffer(data, np.uint8)
    kinds = np.where(names == b"", JUNK, SEGMENT).astype(np.int8)
    blank = (ends - starts == 1) & ENDS[codes[starts]]
    kinds[blank] = BLANK
    if not (kinds == JUNK).any():
        return kinds
    solid = np.flatnonzero(kinds == SEGMENT)
    if not len(solid):
        return kinds
    # gaps between segments: 0 before the first one, the last one behind all
    gaps = np.searchsorted(solid, np.arange(len(kinds)))
    around = np.isin(names[solid], np.array(sorted(grammar.around), "S4"))
    opens = around | (names[solid] == grammar.header)
    goes_on = np.concatenate(([False], ~around)) & np.concatenate((~opens, [False]))
    first = np.minimum(solid + 1, len(starts) - 1)
    broken = ~around & (codes[starts[first] - 1] == 0x0A) & _carriages(codes, starts, names == grammar.header)[solid]
    goes_on |= np.concatenate(([False], broken))
    kinds[(kinds != SEGMENT) & goes_on[gaps]] = CONTINUED
    return kinds


def _carriages(codes: npt.NDArray[np.uint8], starts: Numbers, opens: Flags) -> Flags:
    """Tell for each line whether CR alone ends the segments of its message, so that LF is a line end in a value."""
    message = np.cumsum(opens)
    carriage = codes[np.append(starts[1:], codes.size) - 1] == 0x0D
    feed = np.append(codes[starts[1:]] == 0x0A, False)
    alone, both = (
        np.bincount(message[ends], minlength=message[-1] + 1) for ends in (carriage & ~feed, carriage & feed)
    )
    found: Flags = ((alone > 0) & (both == 0))[message]
    return found
