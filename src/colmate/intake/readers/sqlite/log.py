"""The write-ahead log beside a database: what was committed there and is not in the file yet.

Followed by hand (https://sqlite.org/fileformat2.html, section 4), since the library would write beside the evidence.
"""

from __future__ import annotations

import struct
from typing import Final

__all__ = ["with_log"]

HEADER: Final = 32
FRAME: Final = 24  # before each page
MAGIC: Final = (0x377F0682, 0x377F0683)  # the lower bit tells in which order the bytes were summed up
MASK: Final = 0xFFFFFFFF
PAGES: Final = frozenset(1 << power for power in range(9, 17))


def with_log(database: bytes, log: bytes) -> bytes | None:
    """Return the database with the pages that its log committed, None when the log has none for it."""
    if len(log) < HEADER:
        return None
    magic, _, page, *_ = struct.unpack(">8I", log[:HEADER])
    order = ">" if magic & 1 else "<"
    sums = _summed(log[:24], (0, 0), order)
    if magic not in MAGIC or page not in PAGES or struct.pack(">2I", *sums) != log[24:HEADER]:
        return None
    pages: dict[int, int] = {}
    waiting: dict[int, int] = {}
    count, place = 0, HEADER
    while place + FRAME + page <= len(log):
        number, committed = struct.unpack_from(">2I", log, place)
        sums = _summed(log[place : place + 8] + log[place + FRAME : place + FRAME + page], sums, order)
        # what follows is from an earlier use of the log, or was not written to its end
        if log[place + 8 : place + 16] != log[16:24] or struct.pack(">2I", *sums) != log[place + 16 : place + FRAME]:
            break
        waiting[number] = place + FRAME
        if committed:
            count = committed
            pages.update(waiting)
            waiting.clear()
        place += FRAME + page
    size = count * page
    if not pages or size > len(database) + len(log):
        return None
    whole = bytearray(database[:size].ljust(size, b"\0"))
    for number, begin in pages.items():
        if 0 < number <= count:
            whole[(number - 1) * page : number * page] = log[begin : begin + page]
    return bytes(whole)


def _summed(data: bytes, sums: tuple[int, int], order: str) -> tuple[int, int]:
    one, two = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & MASK
        two = (two + second + one) & MASK
    return one, two
