"""Where the records of a block begin and end, found on the whole block at once.

Offsets are relative to the block. Only blocks whose quotes all stand where RFC 4180 wants them are accepted; the
first quote that does not is a *fault*, and `colmate.intake.careful` reads the record that holds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from colmate.intake.careful import Grammar

__all__ = ["Extent", "Layout", "extent", "layout", "line_ends", "places"]

Offsets = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8]

LF: Final = 10
CR: Final = 13


@dataclass(frozen=True)
class Extent:
    """Whole records are in ``data[:end]``; ``fault`` when the record at ``end`` needs a careful reading.

    ``quotes``: the places of the quotes that open or close a field or stand doubled (``doubled`` such pairs).
    ``escaped``: of the characters that an escape makes literal.
    """

    end: int
    fault: bool
    quotes: Offsets
    escaped: Offsets
    doubled: int = 0


@dataclass(frozen=True)
class Layout:
    """One entry a record (or blank line): its first byte, the end of its text, the next one's start, its fields."""

    starts: Offsets
    ends: Offsets
    nexts: Offsets
    fields: Offsets


def places(codes: Codes, code: int) -> Offsets:
    """Return where ``code`` stands."""
    return np.flatnonzero(codes == code)


def escaped_places(data: bytes, codes: Codes, grammar: Grammar) -> Offsets:
    """Return the places of the characters that a backslash (itself not escaped) stands before."""
    if not grammar.escape or grammar.escape not in data:
        return np.empty(0, np.int64)
    slashes = places(codes, grammar.escape[0])
    run_begins = np.flatnonzero(np.diff(slashes, prepend=-2) != 1)
    rank = np.arange(slashes.size) - np.repeat(run_begins, np.diff(np.append(run_begins, slashes.size)))
    followers = slashes[rank % 2 == 0] + 1
    inside: Offsets = followers[followers < codes.size]
    return inside


def extent(data: bytes, grammar: Grammar, *, final: bool) -> Extent:
    """Return how far the block can be read at once; ``final`` when nothing follows it."""
    codes = np.frombuffer(data, np.uint8)
    escaped = escaped_places(data, codes, grammar)
    if not grammar.quote or grammar.quote not in data:
        end = len(data) if final else _last_line_end(data, len(data), np.empty(0, np.int64), escaped)
        return Extent(end, fault=False, quotes=np.empty(0, np.int64), escaped=escaped)
    quotes = places(codes, grammar.quote[0])
    if escaped.size:
        quotes = np.setdiff1d(quotes, escaped, assume_unique=True)
    fault, pairs = _first_fault(codes, quotes, grammar)
    if fault < 0 and final:
        if quotes.size % 2 == 0:
            return Extent(len(data), False, quotes, escaped, int(np.count_nonzero(pairs)))
        fault = int(quotes[-1])
    end = _last_line_end(data, len(data) if fault < 0 else fault, quotes, escaped)
    inside = int(np.searchsorted(quotes, end))
    doubled = int(np.count_nonzero(pairs[: inside // 2]))
    return Extent(end, fault >= 0, quotes[:inside], escaped[: int(np.searchsorted(escaped, end))], doubled)


def _first_fault(codes: Codes, quotes: Offsets, grammar: Grammar) -> tuple[int, npt.NDArray[np.bool_]]:
    """Return the place of the first quote that neither opens nor closes a field nor is doubled, or -1.

    And for each closing quote, whether it is the first of a doubled pair.

    In well-formed text quotes open and close in turn (a doubled quote closes and opens again): an opening one
    follows a delimiter, a line end or a quote, a closing one is followed by one of those.
    """
    allowed = np.zeros(256, np.bool_)
    allowed[[LF, CR, grammar.quote[0], *grammar.delimiter]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    before = allowed[codes[np.maximum(opening - 1, 0)]] | (opening == 0)
    following = codes[np.minimum(closing + 1, codes.size - 1)]
    after = allowed[following]
    pairs = following == grammar.quote[0]
    if closing.size and closing[-1] == codes.size - 1:
        pairs[-1] = False
    faults = [int(side[np.argmin(good)]) for side, good in ((opening, before), (closing, after)) if not good.all()]
    return min(faults, default=-1), pairs


def _last_line_end(data: bytes, limit: int, quotes: Offsets, escaped: Offsets) -> int:
    """Return the end of the last line end before ``limit`` that is not inside quotes, or 0."""
    while limit > 0:
        feed, carriage = data.rfind(b"\n", 0, limit), data.rfind(b"\r", 0, limit)
        if carriage == len(data) - 1:
            # the line feed that belongs to it may come with the next block
            carriage = data.rfind(b"\r", 0, carriage)
        place = max(feed, carriage)
        if place < 0:
            return 0
        rank = int(np.searchsorted(quotes, place))
        if rank % 2:
            limit = int(quotes[rank - 1])
        elif escaped.size and bool(np.isin(place, escaped)):
            limit = place
        elif data[place : place + 2] == b"\r\n":
            return min(place + 2, limit) if limit > place + 1 else place
        else:
            return place + 1
    return 0


def line_ends(data: bytes, found: Extent) -> tuple[Offsets, Offsets]:
    """Return the places of the line ends outside quotes in ``data`` (whole records), and of each next line."""
    codes = np.frombuffer(data, np.uint8)
    feeds = places(codes, LF)
    if b"\r" in data:
        carriages = places(codes, CR)
        feeds = feeds[(codes[np.maximum(feeds - 1, 0)] != CR) | (feeds == 0)]
        ends = np.sort(np.concatenate([feeds, carriages]))
    else:
        ends = feeds
    if found.quotes.size:
        ends = ends[np.searchsorted(found.quotes, ends) % 2 == 0]
    if found.escaped.size:
        ends = np.setdiff1d(ends, found.escaped, assume_unique=True)
    nexts = ends + 1
    if b"\r\n" in data:
        nexts += (codes[ends] == CR) & (codes[np.minimum(nexts, codes.size - 1)] == LF) & (nexts < codes.size)
    if data and (not nexts.size or nexts[-1] < len(data)):
        ends, nexts = np.append(ends, len(data)), np.append(nexts, len(data))
    return ends, nexts


def layout(data: bytes, grammar: Grammar, found: Extent) -> Layout:
    """Return the records of ``data``, which holds whole records only, with the number of fields of each."""
    ends, nexts = line_ends(data, found)
    starts = np.concatenate([np.zeros(1, np.int64), nexts[:-1]]) if nexts.size else nexts
    if not grammar.delimiter:
        return Layout(starts, ends, nexts, np.ones(ends.size, np.int64))
    delimiters = places(np.frombuffer(data, np.uint8), grammar.delimiter[0])
    if found.quotes.size:
        delimiters = delimiters[np.searchsorted(found.quotes, delimiters) % 2 == 0]
    if found.escaped.size:
        delimiters = np.setdiff1d(delimiters, found.escaped, assume_unique=True)
    upto = np.searchsorted(delimiters, ends)
    return Layout(starts, ends, nexts, np.diff(upto, prepend=0) + 1)
