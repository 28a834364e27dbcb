"""Records of plain members as columns, straight from the bytes: no object is made for a record nor for a value.

A stretch is taken only if all its records are proven to be objects of strings, numbers and constants, as RFC 8259
writes them and with no key twice; whatever else there is in it, the parser gets the whole stretch. The cells are the
same either way.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from colmate.intake.readers.json_data.brackets import ESCAPED

__all__ = ["Flattener", "columns_of"]

Places = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

QUOTE, OPEN, CLOSE, COLON, COMMA, SQUARE, END, BLANK, CONTROL = range(1, 10)
# what each byte is; a string may hold none behind SQUARE
CLASSES: Final = bytes(
    {0x22: QUOTE, 0x7B: OPEN, 0x7D: CLOSE, 0x3A: COLON, 0x2C: COMMA, 0x5B: SQUARE, 0x5D: SQUARE}.get(
        byte, END if byte == 0x0A else BLANK if byte in b"\t\r" else CONTROL if byte < 0x20 else 0
    )
    for byte in range(256)
)
IS_BLANK: Final = np.isin(np.arange(256), np.frombuffer(b" \t\r\n", np.uint8))
CONSTANTS: Final = pa.array(["null", "true", "false"])
NUMBER: Final = r"^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$"
KEYS: Final = 256
RESERVED: Final = {"", "_", "_parent", "_row", "_key", "_rest"}
AROUND: Final = 64  # blanks around a number
DIGITS: Final = 18  # of a number that fits in 64 bits
PAUSE: Final = 32


class Flattener:
    """Tries one stretch after another, ever more seldom while their records are not of this kind."""

    def __init__(self, *, lines: bool) -> None:
        self._lines = lines
        self._wait = self._pause = 0

    def take(self, text: bytes) -> tuple[int, dict[str, pa.Array]] | None:
        """Return how many records ``text`` has and their columns, see `columns_of`."""
        if self._wait:
            self._wait -= 1
            return None
        found = columns_of(text, lines=self._lines)
        self._pause = 0 if found else min(PAUSE, 2 * self._pause + 1)
        self._wait = self._pause
        return found


class _Tokens(NamedTuple):
    """``at``: places of what is no value; ``kinds``: what they are, with nothing behind the last."""

    at: Places
    kinds: Bytes
    size: int


class _Members(NamedTuple):
    """The members of all records. ``begin``: index of the token before each, ``colon`` and ``end`` of those in it.

    ``string``: whether its value is one. ``last``: whether it is its record's last.
    """

    begin: Places
    colon: Places
    end: Places
    string: npt.NDArray[np.bool_]
    last: npt.NDArray[np.bool_]


def columns_of(text: bytes, *, lines: bool) -> tuple[int, dict[str, pa.Array]] | None:
    """Return the number of records that stand in ``text`` between commas, or a line each, and their texts by key.

    None where a record has no such member or null. None for all if any record has other things than plain members.
    """
    codes = np.frombuffer(text, np.uint8)
    tokens = _tokens(text, lines=lines)
    members = tokens and _members(tokens, lines=lines)
    if not tokens or not members:
        return None
    at, (_, colon, end, string, last) = tokens.at, members
    keys = at[colon - 2] + 1, at[colon - 1]
    start, stop = at[colon + string] + 1, at[end - string]
    apart = len(text) - tokens.size - int((keys[1] - keys[0]).sum() + (stop - start).sum())
    if apart and not _are_blank(codes, *_gaps(tokens, members, len(text))):
        return None
    if not _trim(codes, start, stop, np.flatnonzero(~string)) or not _is_utf8(text):
        return None
    buffer = pa.py_buffer(text)
    null = _checked(codes, buffer, start, stop, np.flatnonzero(~string))
    texts = null is not None and _texts(text, buffer, (start, stop), string)
    grouped = texts and _grouped(_slices(buffer, *keys)[::2], last)
    if not texts or not grouped:
        return None
    values, places = texts
    places[null] = -1
    count = int(last.sum())
    return count, {key: _column(values, places, *group, count) for key, group in grouped.items()}


def _tokens(text: bytes, *, lines: bool) -> _Tokens | None:
    """Return what stands outside strings."""
    classes = np.frombuffer((ESCAPED.sub(b"__", text) if b"\\" in text else text).translate(CLASSES), np.uint8)
    at = np.flatnonzero(classes)
    kinds = classes[at]
    quotes = kinds == QUOTE
    inside = (np.cumsum(quotes, dtype=np.uint8) & 1).astype(np.bool_) & ~quotes
    if (kinds[inside] > SQUARE).any():
        return None
    kept = ~(inside | (kinds == BLANK) | (False if lines else kinds == END))
    at, kinds = at[kept], kinds[kept]
    if not kinds.size or (kinds == SQUARE).any() or (kinds == CONTROL).any():
        return None
    return _Tokens(np.append(at, [len(text)] * 4), np.append(kinds, np.zeros(4, np.uint8)), kinds.size)


def _members(tokens: _Tokens, *, lines: bool) -> _Members | None:
    """Return the members, if the tokens are those of flat records between commas, or one a line."""
    kinds = tokens.kinds
    colon = np.flatnonzero(kinds == COLON)
    if not colon.size or colon[0] != 3 or kinds[0] != OPEN:
        return None
    string = kinds[colon + 1] == QUOTE
    begin, end = colon - 3, colon + 1 + 2 * string
    last = kinds[end] == CLOSE
    # a comma is the end of one member and the beginning of the next; between records there is one token more
    apart = END if lines else COMMA
    after = np.where(last[:-1], kinds[end[:-1] + 1] == apart, kinds[end[:-1]] == COMMA)
    whole = (
        ((kinds[colon - 2] == QUOTE) & (kinds[colon - 1] == QUOTE) & ((kinds[end - 1] == QUOTE) | ~string)).all()
        and after.all()
        and (begin[1:] == end[:-1] + 2 * last[:-1]).all()
        and (kinds[begin[1:]] == np.where(last[:-1], OPEN, COMMA)).all()
    )
    left = tokens.size - 1 - int(end[-1])
    ended = last[-1] and (left == 0 or (lines and left == 1 and kinds[end[-1] + 1] == END))
    return _Members(begin, colon, end, string, last) if whole and ended else None


def _gaps(tokens: _Tokens, members: _Members, size: int) -> tuple[Places, Places]:
    """Return where all that is not in a token nor in a value starts and stops."""
    begin, colon, end, string, last = members
    strings, ends = colon[string], end[last]
    before = np.concatenate([begin, colon - 1, strings, strings + 2, ends, ends + 1])
    behind = np.concatenate([colon - 2, colon, strings + 1, strings + 3, ends + 1, ends + 2])
    starts, stops = tokens.at[before] + 1, tokens.at[behind]
    return np.append(starts, 0), np.append(np.minimum(stops, size), tokens.at[0])


def _are_blank(codes: Bytes, starts: Places, stops: Places) -> bool:
    some = starts < stops
    starts, sizes = starts[some], (stops - starts)[some]
    within = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return bool(IS_BLANK[codes[np.repeat(starts, sizes) + within]].all())


def _trim(codes: Bytes, start: Places, stop: Places, bare: Places) -> bool:
    """Move the ends of the values in ``bare`` to behind and before blanks; False if nothing is left, or for many."""
    left = right = bare
    for _ in range(AROUND):
        if (start[bare] >= stop[bare]).any():
            return False
        left, right = left[IS_BLANK[codes[start[left]]]], right[IS_BLANK[codes[stop[right] - 1]]]
        if not left.size and not right.size:
            return True
        start[left] += 1
        stop[right] -= 1
    return False


def _is_utf8(text: bytes) -> bool:
    try:
        return text.isascii() or bool(text.decode())
    except UnicodeDecodeError:
        return False


def _slices(buffer: pa.Buffer, start: Places, stop: Places) -> pa.Array:
    """Return stretches of a text, with what is between them at the odd places."""
    offsets = np.empty(2 * start.size, np.int32)
    offsets[::2], offsets[1::2] = start, stop
    return pa.StringArray.from_buffers(max(0, offsets.size - 1), pa.py_buffer(offsets), buffer)


def _checked(codes: Bytes, buffer: pa.Buffer, start: Places, stop: Places, bare: Places) -> Places | None:
    """Return which values are null, or None if any in ``bare`` is neither a number nor a constant."""
    first = codes[start[bare]]
    words, numbers = bare[first > 0x39], bare[first <= 0x39]
    texts = _slices(buffer, start[words], stop[words])[::2]
    if words.size and not pc.all(pc.is_in(texts, CONSTANTS)).as_py():
        return None
    if numbers.size and not _are_numbers(codes, buffer, start[numbers], stop[numbers]):
        return None
    nothing: Places = words[codes[start[words]] == 0x6E]
    return nothing


def _are_numbers(codes: Bytes, buffer: pa.Buffer, start: Places, stop: Places) -> bool:
    """Tell whether the values are numbers, which keep the text they have (but -0)."""
    minus = codes[start] == 0x2D
    sizes = stop - start - minus
    zero = codes[np.minimum(start + minus, codes.size - 1)] == 0x30
    if (zero & minus & (sizes == 1)).any() or (sizes < 1).any():
        return False
    texts = _slices(buffer, start, stop)[::2]
    if not (zero & (sizes > 1)).any() and sizes.max() <= DIGITS and not (codes[start] == 0x2B).any():
        try:
            texts.cast(pa.int64())
        except pa.ArrowInvalid:
            pass
        else:
            return True
    return bool(pc.all(pc.match_substring_regex(texts, NUMBER)).as_py())


def _texts(
    text: bytes, buffer: pa.Buffer, cells: tuple[Places, Places], string: npt.NDArray[np.bool_]
) -> tuple[pa.Array, Places] | None:
    """Return texts, and at which of their places each value stands; those with escapes are behind the others."""
    start, stop = cells
    values, places = _slices(buffer, start, stop), np.arange(0, 2 * start.size, 2)
    if b"\\" not in text:
        return values, places
    marks = np.flatnonzero(np.frombuffer(text, np.uint8) == 0x5C)
    owners = np.searchsorted(start, marks, "right") - 1
    if (owners < 0).any() or (marks >= stop[owners]).any() or not string[owners].all():
        return None
    escaped = np.unique(owners)
    quoted = [text[one - 1 : two + 1] for one, two in zip(start[escaped].tolist(), stop[escaped].tolist(), strict=True)]
    try:
        decoded = pa.array(msgspec.json.decode(b"[" + b",".join(quoted) + b"]", type=list[str]), pa.string())
    except (ValueError, pa.ArrowException):
        return None
    places[escaped] = len(values) + np.arange(escaped.size)
    return pa.concat_arrays([values, decoded]), places


def _grouped(keys: pa.Array, last: npt.NDArray[np.bool_]) -> dict[str, tuple[Any, Places | None]] | None:
    """Return by key its members, and the records they are of: None if each record has one.

    None for all if a record has two of them, or a key is one that tables give themselves.
    """
    encoded = keys.dictionary_encode()
    names = encoded.dictionary.to_pylist()
    if len(names) > KEYS or not RESERVED.isdisjoint(names):
        return None
    ids = encoded.indices.to_numpy()
    width = int(np.argmax(last)) + 1
    count = int(last.sum())
    # the first record has all keys, and all records are like it
    alike = len(names) == width and count * width == ids.size and last[width - 1 :: width].all()
    if alike and (ids.reshape(-1, width) == np.arange(width)).all():
        return {name: (slice(place, None, width), None) for place, name in enumerate(names)}
    record: Places = np.cumsum(last) - last
    order = np.argsort(ids, kind="stable")
    groups = dict(zip(names, np.split(order, np.searchsorted(ids[order], np.arange(1, len(names)))), strict=True))
    if any(np.any(np.diff(record[group]) < 1) for group in groups.values()):
        return None
    return {name: (group, record[group]) for name, group in groups.items()}


def _column(values: pa.Array, places: Places, members: Any, records: Places | None, count: int) -> pa.Array:
    chosen = places[members]
    if records is not None:
        spread = np.full(count, -1)
        spread[records] = chosen
        chosen = spread
    empty = chosen < 0
    return values.take(pa.array(chosen, mask=empty) if empty.any() else pa.array(chosen))
