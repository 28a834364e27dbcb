"""Zip archives without their list of members: cut short, as downloads are. The members' own headers still tell.

APPNOTE 6.3, 4.3.7: each member begins with a local header. Where its size is written behind the content (bit 3), the
end of a deflated stream tells it; a stored one of unknown size ends the salvage.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from colmate.errors import EvidenceError
from colmate.intake.accounting import Account
from colmate.intake.containers import MEMBERS, litter, unsafe
from colmate.intake.reading import Member

__all__ = ["salvage"]

LOCAL: Final = b"PK\x03\x04"
HEADER: Final = struct.Struct("<4sHHHHHIIIHH")
STORED, DEFLATED = 0, 8
METHODS: Final = frozenset((STORED, 1, 2, 3, 4, 5, 6, DEFLATED, 9, 10, 12, 14, 93, 94, 95, 96, 97, 98, 99))
ENCRYPTED, SIZE_BEHIND, UTF8 = 0x1, 0x8, 0x800
FEED: Final = 1 << 16
SEARCH: Final = 1 << 20


@dataclass(frozen=True)
class _Local:
    name: str
    method: int
    flags: int
    packed: int
    begin: int


class _Content:
    """A member's content, from where its header says; ``end`` is where the next member may begin."""

    def __init__(self, file: BinaryIO, local: _Local) -> None:
        self.stopped: str | None = None
        self._file, self._local = file, local
        self._place = local.begin
        self._decoder = zlib.decompressobj(-15) if local.method == DEFLATED else None
        self._pending = b""

    @property
    def end(self) -> int:
        """Place behind the bytes that were used."""
        unused = len(self._decoder.unused_data) if self._decoder else 0
        return self._place - unused - len(self._pending)

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, b"" at the end or at the cut."""
        if self.stopped or (self._decoder and self._decoder.eof):
            return b""
        return self._inflated(self._decoder, size) if self._decoder else self._stored(size)

    def _stored(self, size: int) -> bytes:
        left = self._local.begin + self._local.packed - self._place
        part = self._next(min(size, left)) if left > 0 else b""
        if left > 0 and not part:
            self.stopped = "truncated_stream"
        return part

    def _inflated(self, decoder: zlib._Decompress, size: int) -> bytes:
        while not decoder.eof:
            data = self._pending or self._next(FEED)
            if not data:
                self.stopped = "truncated_stream"
                return b""
            try:
                part = decoder.decompress(data, size)
            except zlib.error:
                self.stopped = "damaged_stream"
                return b""
            self._pending = decoder.unconsumed_tail
            if part:
                return part
        return b""

    def _next(self, size: int) -> bytes:
        self._file.seek(self._place)
        part = self._file.read(size)
        self._place += len(part)
        return part


def salvage(file: BinaryIO, account: Account) -> Iterator[Member]:
    """Yield the members whose headers are there; what cannot be told apart is a reject.

    Raises `EvidenceError` when there is none at all.
    """
    account.note("list_of_members_missing")
    place = found = 0
    for _ in range(MEMBERS):
        local, place = _local(file, place)
        if local is None:
            break
        found += 1
        reason = _refusal(local)
        if reason:
            account.find()
            account.reject(0, place, local.name.encode("utf-8", "replace"), reason)
            place = local.begin + local.packed
        elif local.name.endswith("/") or litter(local.name):
            place = local.begin + local.packed
        else:
            content = _Content(file, local)
            yield Member(local.name, content, max(local.packed, 1), place)
            while content.read(1 << 20):
                pass
            place = max(content.end, local.begin)
    if not found:
        raise EvidenceError(f"{account.evidence} is a damaged zip archive: no member can be found in it")
    account.find()
    account.reject(0, place, b"", "truncated_archive")


def _refusal(local: _Local) -> str | None:
    if unsafe(local.name):
        return "unsafe_path"
    if local.flags & ENCRYPTED:
        return "encrypted_member"
    if local.method not in (STORED, DEFLATED) or (local.method == STORED and local.flags & SIZE_BEHIND):
        return "unsupported_compression"
    return None


def _local(file: BinaryIO, place: int) -> tuple[_Local | None, int]:
    """Return the next member's header at or behind ``place``, and where it is."""
    while True:
        file.seek(place)
        block = file.read(SEARCH)
        found = block.find(LOCAL)
        if found < 0 and len(block) < SEARCH:
            return None, place + len(block)
        if found < 0:
            place += len(block) - len(LOCAL)
            continue
        place += found
        local = _header(file, place)
        if local is not None:
            return local, place
        # the mark stood in a content
        place += len(LOCAL)


def _header(file: BinaryIO, place: int) -> _Local | None:
    """Return the header at ``place``, None where it is none: a method that does not exist, a name that cannot be."""
    file.seek(place)
    head = file.read(HEADER.size)
    if len(head) < HEADER.size:
        return None
    _, _, flags, method, _, _, _, packed, _, name_size, extra_size = HEADER.unpack(head)
    name = file.read(name_size).decode("utf-8" if flags & UTF8 else "cp437", "replace")
    if method not in METHODS or not name or len(name) < name_size // 4 or not name.isprintable():
        return None
    begin = place + HEADER.size + name_size + extra_size
    return _Local(name, method, flags, 0 if flags & SIZE_BEHIND else packed, begin)
