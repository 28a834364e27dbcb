"""From the bytes of a block to UTF-8, losing nothing: stray bytes read leniently, mojibake undone, both counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from colmate.intake.encoding import Encoding

__all__ = ["Notes", "repair_mojibake", "to_utf8", "valid_utf8"]

Notes = Callable[[str, int], None]

ESCAPED: Final = re.compile("[\udc80-\udcff]")
SURROGATE: Final = re.compile("[\ud800-\udfff]")


def valid_utf8(data: bytes) -> bool:
    """Tell whether ``data`` is UTF-8 (RFC 3629): by Arrow's check, which makes no text of it."""
    bounds = pa.py_buffer(np.array([0, len(data)], np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, bounds, pa.py_buffer(data)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def to_utf8(data: bytes, encoding: Encoding, note: Notes) -> bytes:
    """Return ``data`` in UTF-8. What is no text becomes U+FFFD, counted as ``undecodable``.

    In UTF-8 that was detected (not asked for) a stray byte is read as cp1252, counted as ``cp1252_bytes``: files
    pasted together from two programs are mostly that.
    """
    if encoding.name == "utf-8" or encoding.wide:
        return data if data.isascii() or valid_utf8(data) else _mend_utf8(data, encoding, note)
    if data.isascii():
        return data
    try:
        return data.decode(encoding.name).encode("utf-8")
    except UnicodeDecodeError:
        text = data.decode(encoding.name, "replace")
        note("undecodable", text.count("\ufffd"))
        return text.encode("utf-8")


def _mend_utf8(data: bytes, encoding: Encoding, note: Notes) -> bytes:
    if encoding.wide:
        # lone surrogates, kept until here so that positions and verbatim bytes stay exact
        text, lost = SURROGATE.subn("\ufffd", data.decode("utf-8", "surrogatepass"))
        note("undecodable", lost)
        return text.encode("utf-8")
    text, stray = ESCAPED.subn(
        lambda found: _stray(found[0], encoding.lenient), data.decode("utf-8", "surrogateescape")
    )
    lost = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    note("undecodable", lost)
    note("cp1252_bytes", stray - lost)
    return text.encode("utf-8")


def _stray(escaped: str, lenient: bool) -> str:
    if not lenient:
        return "\ufffd"
    return escaped.encode("utf-8", "surrogateescape").decode("cp1252", "replace")


# --- mojibake: UTF-8 once read in another encoding and written again as UTF-8 ------------------------------------


def _as_misread(data: bytes, encoding: str) -> bytes | None:
    """Return the UTF-8 bytes of the characters that ``data`` (UTF-8) gives when misread in ``encoding``."""
    text = ""
    for byte in data:
        one = bytes([byte])
        try:
            text += one.decode(encoding)
        except UnicodeDecodeError:
            text += one.decode("latin-1")
    return text.encode("utf-8")


def _mojibake(encoding: str) -> dict[bytes, bytes]:
    letters = "".join(map(chr, range(0xA0, 0x180))) if encoding == "cp1252" else "".join(map(chr, range(0xC0, 0x100)))
    marks = "‘’“”–—…•€™œŒ\ufffd\ufeff" if encoding == "cp1252" else "’"
    pairs = {}
    for letter in letters + marks:
        right = letter.encode("utf-8")
        wrong = _as_misread(right, encoding)
        if wrong is not None and wrong != right:
            pairs[wrong] = right
    return pairs


def _plausible(pair: tuple[bytes, bytes]) -> bool:
    """Keep what cannot be meant: Ã and Â before anything that follows them in mojibake, Å and Ä only before symbols."""
    wrong = pair[0].decode("utf-8")
    return wrong[0] in "ÃÂâï√├" or not wrong[1:].isalpha()


MISREAD: Final = ("cp1252", "mac-roman", "cp850", "cp437")
REPAIRS: Final = dict(pair for name in MISREAD for pair in _mojibake(name).items() if _plausible(pair))
LEADS: Final = frozenset(wrong.decode("utf-8")[:1].encode("utf-8")[:2] for wrong in REPAIRS)
PATTERN: Final = re.compile(b"|".join(re.escape(wrong) for wrong in sorted(REPAIRS, key=len, reverse=True)))
ROUNDS: Final = 3
STRETCH: Final = 1 << 18


def repair_mojibake(data: bytes, note: Notes) -> bytes:
    """Return ``data`` (UTF-8) with "Ã©" as "é" again, wherever the reverse is exact; counted as ``mojibake``.

    The replacement never makes nor takes an ASCII character, so cells keep their bounds. Text that was misread twice
    is undone twice.
    """
    for _ in range(ROUNDS):
        if not _suspicious(data):
            return data
        data, repaired = PATTERN.subn(lambda found: REPAIRS[found[0]], data)
        if not repaired:
            return data
        note("mojibake", repaired)
    return data


def _suspicious(data: bytes) -> bool:
    """Tell cheaply whether a first character of mojibake stands before another character that is not ASCII."""
    if data.isascii():
        return False
    whole = np.frombuffer(data, np.uint8)
    # in stretches that a processor's own memory holds
    return any(_paired(whole[place : place + STRETCH + 3]) for place in range(0, whole.size, STRETCH))


def _paired(codes: npt.NDArray[np.uint8]) -> bool:
    for first, length in ((0xC3, 2), (0xE2, 3)):
        paired = (codes[:-length] == first) & (codes[length:] >= 0xC2)
        if not paired.any():
            continue
        places = np.flatnonzero(paired)
        seconds = np.array([lead[1] for lead in LEADS if lead[0] == first], np.uint8)
        if np.isin(codes[places + 1], seconds).any():
            return True
    return False
