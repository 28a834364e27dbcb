"""A stream of messages, cut into blocks of whole messages and these into segments; every byte is booked.

Ends of segments are CR, LF or CRLF, and the marks of the transport (MLLP: 0x0B before a message, 0x1C behind it). A
line that is no segment belongs to the one before it when the message goes on after it (a line break inside a value);
otherwise it is rejected, unless it is a line of a log that announces the next message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from colmate.intake.accounting import Account
from colmate.intake.evidence import Utf8
from colmate.intake.segments.cells import Flags, Marks, Numbers
from colmate.intake.segments.grammar import JOINED, SET_ASIDE, Grammar
from colmate.intake.segments.lines import (
    BLANK,
    BOUNDS,
    CONTINUED,
    ENDS,
    JUNK,
    SEGMENT,
    State,
    kinds_of,
    lines_of,
    names_of,
    standard,
)

__all__ = ["BLOCK", "Block", "blocks"]

# what a log writes at the beginning of a line: a date, a time, brackets around one, or the name of a level
LOGGED: Final = re.compile(
    rb"\W{0,3}(?:\d{4}[-/.]\d\d[-/.]\d\d|\d\d[-/.:]\d\d|\d{8}[ T]|TRACE|DEBUG|INFO|WARN|ERROR|[A-Z][a-z]{2} [ \d]\d )"
)
# bytes read at once: what is made of them takes some twenty times as much memory
BLOCK: Final = 4 << 20
WINDOW: Final = 1 << 16


@dataclass(frozen=True)
class Block:
    """Some segments: their ``lines`` (Arrow), names, and the numbers from 1 of what they belong to (0: nothing).

    ``number`` counts segments over the whole content; ``order`` is the number of the segment that opened the order.
    """

    lines: pa.Array
    names: npt.NDArray[np.bytes_]
    number: Numbers
    message: Numbers
    patient: Numbers
    order: Numbers
    marks: Marks


def blocks(text: Utf8, account: Account, grammar: Grammar, size: int, limit: int) -> Iterator[Block]:
    """Yield the segments of a text; what is rejected is found too. ``size`` bytes are read at once."""
    state = State()
    held = b""
    ended = False
    opening = re.compile(rb"[\r\n\x0b\x1c]" + grammar.header + rb"[^A-Za-z0-9\s]")
    while not ended:
        part = text.read(size)
        ended = not part
        held += part
        cut = len(held) if ended else _cut(held, opening, size, limit)
        if cut:
            block = _block(held[:cut], grammar, state, account, text.stopped if ended else None)
            held = held[cut:]
            if block is not None:
                yield block


def _cut(held: bytes, opening: re.Pattern[bytes], size: int, limit: int) -> int:
    """Return where whole messages end; in a message longer than any should be, where a line ends."""
    end = len(held)
    while end > 0:
        start = max(0, end - WINDOW)
        found = [one.start() + 1 for one in opening.finditer(held, start, end + 8)]
        if found:
            return found[-1]
        end = start
    if len(held) < max(limit, size):
        return 0
    line = max(held.rfind(b"\n"), held.rfind(b"\r")) + 1
    return line or len(held)


def _block(data: bytes, grammar: Grammar, state: State, account: Account, stopped: str | None) -> Block | None:
    data, starts = lines_of(data, grammar)
    text = standard(data, starts, grammar, state)
    ends = np.append(starts[1:], len(text))
    codes = np.frombuffer(text + bytes(4), np.uint8)
    names = names_of(codes, starts, grammar)
    kinds = kinds_of(data, starts, ends, names, grammar)
    if stopped and len(starts) and not ENDS[codes[len(text) - 1]]:
        kinds[-1] = JUNK
    _book(data, starts, ends, kinds, state, account, stopped)
    kept = kinds != CONTINUED
    starts, kinds, names = starts[kept], kinds[kept], names[kept]
    segments = (kinds == SEGMENT) & ~np.isin(names, np.array(sorted(grammar.around), "S4"))
    _advance(data, state)
    if not segments.any():
        return None
    offsets = np.append(starts, len(text)).astype(np.int32)
    lines = pa.Array.from_buffers(pa.string(), len(starts), [None, pa.py_buffer(offsets), pa.py_buffer(text)])
    lines = pc.ascii_rtrim(lines.filter(pa.array(segments)), characters=BOUNDS.decode())
    lines = pc.ascii_ltrim(lines, characters=" \t")
    if JOINED in text:
        lines = pc.replace_substring(lines, JOINED.decode(), "")
    mark = bytes(grammar.delimiters[3:4])
    marks = Marks(
        grammar.delimiters.decode(),
        text.count(mark) > text.count(grammar.delimiters),
        b'""' in text,
        state.foreign and any(bytes([one]) in text for one in SET_ASIDE),
    )
    return _numbered(lines, names[segments], grammar, state, marks)


def _book(
    data: bytes,
    starts: Numbers,
    ends: Numbers,
    kinds: npt.NDArray[np.int8],
    state: State,
    account: Account,
    stopped: str | None,
) -> None:
    """Book every byte of a block; reject the lines that are nothing."""
    sizes = ends - starts
    rejected = preamble = 0
    odd = np.flatnonzero(kinds == JUNK).tolist()
    numbers = _line_numbers(data) if odd else np.zeros(0, np.int64)
    solid = np.flatnonzero(kinds == SEGMENT)
    first = -1 if state.seen else int(solid[0]) if len(solid) else len(kinds)
    for place in odd:
        line = data[starts[place] : ends[place]]
        last = place == len(starts) - 1
        cut = stopped if last and not ENDS[line[-1]] else None
        same_line = not last and not ENDS[line[-1]]
        if not cut and (place < first or same_line or LOGGED.match(line)):
            preamble += len(line)
            continue
        rejected += len(line)
        account.find()
        account.reject(
            state.line + int(numbers[starts[place]]),
            state.position + int(starts[place]),
            line.rstrip(BOUNDS),
            cut or "not_a_segment",
        )
    blank = int(sizes[kinds == BLANK].sum())
    account.consume("preamble", preamble)
    account.consume("reject", rejected)
    account.consume("blank", blank)
    account.consume("record", len(data) - preamble - rejected - blank)
    state.seen = state.seen or bool(len(solid))


def _line_ends(data: bytes) -> int:
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")


def _line_numbers(data: bytes) -> Numbers:
    """Return how many lines have ended before each byte."""
    codes = np.frombuffer(data + b"\0", np.uint8)
    ended = (codes[:-1] == 0x0A) | ((codes[:-1] == 0x0D) & (codes[1:] != 0x0A))
    return np.concatenate(([0], np.cumsum(ended)))


def _advance(data: bytes, state: State) -> None:
    state.line += _line_ends(data)
    state.position += len(data)


def _numbered(lines: pa.Array, names: npt.NDArray[np.bytes_], grammar: Grammar, state: State, marks: Marks) -> Block:
    """Count messages, patients and orders, and tell which of them each segment belongs to."""
    places = np.arange(len(names))
    opens, persons, orders = (names == one for one in (grammar.header, grammar.patient, grammar.order))
    opened_at = np.maximum.accumulate(np.where(opens, places, -4))
    person_at = np.maximum.accumulate(np.where(persons, places, -2 if state.patient_open else -5))
    order_at = np.maximum.accumulate(np.where(orders, places, -1 if state.order else -6))
    message = state.messages + np.cumsum(opens)
    patient = state.patients + np.cumsum(persons)
    number = state.segments + 1 + places
    begun = np.where(order_at >= 0, number[np.maximum(order_at, 0)], state.order)
    order = np.where((order_at > opened_at) & (order_at > person_at), begun, 0)
    known = person_at > opened_at
    patient = np.where(known, patient, _only(message, patient, persons))
    state.messages += int(opens.sum())
    state.patients += int(persons.sum())
    state.segments += len(names)
    state.patient_open = bool(known[-1])
    state.order = int(order[-1])
    return Block(lines, names, number, message, patient, order, marks)


def _only(message: Numbers, patient: Numbers, persons: Flags) -> Numbers:
    """Return, for segments that stand before the patient, the patient of their message where it has one only."""
    first = int(message[0])
    size = int(message[-1]) - first + 1
    counts = np.bincount(message[persons] - first, minlength=size)
    only = np.zeros(size, np.int64)
    only[message[persons] - first] = patient[persons]
    only[counts != 1] = 0
    return np.asarray(only[message - first], np.int64)
