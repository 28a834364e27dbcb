"""What lies under a source: the file as received as a file object, a member's bytes counted, places to look at."""

from __future__ import annotations

import hashlib
import io
from typing import Final

from colmate.intake.accounting import Receipt
from colmate.intake.compression import Budget
from colmate.intake.reading import Member, Options
from colmate.intake.source import Received

__all__ = ["Counted", "Seekable", "samples"]

SPOT: Final = 1 << 16
SPOTS: Final = 8


class Seekable(io.RawIOBase):
    """The file as received, as a file object: what looks for its parts by their places."""

    def __init__(self, received: Received) -> None:
        self._received, self._place = received, 0

    @property
    def name(self) -> str:
        """Where the file lies, for a library that opens it itself (it compares `fileno`'s file with the one there)."""
        return str(self._received.path)

    def fileno(self) -> int:
        """Return the descriptor of the file as it was opened."""
        return self._received.fileno()

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        """Read at the current place."""
        block = self._received.peek(self._place, len(buffer))
        buffer[: len(block)] = block
        self._place += len(block)
        self._received.seen(self._place)
        return len(block)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; returns the new place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._received.size}[whence]
        if base + offset < 0:
            raise OSError("a place before the beginning")
        self._place = base + offset
        return self._place

    def tell(self) -> int:
        """Return the current place."""
        return self._place


class Counted:
    """A member's content: hashed, and stopped when it, or all that was unpacked, grows past what is credible."""

    def __init__(self, member: Member, options: Options, budget: Budget) -> None:
        self.size = 0
        self._burst = False
        self._budget = budget
        self._member, self._bounds = member, options.bounds
        self._hash = hashlib.sha256()

    @property
    def stopped(self) -> str | None:
        """Why the content ended before its end."""
        return "decompression_bomb" if self._burst else self._member.content.stopped

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, b"" at the end."""
        self._burst = self._burst or self._budget.spent
        if self._burst:
            return b""
        block = self._member.content.read(size)
        self.size += len(block)
        self._hash.update(block)
        self._burst = self._budget.burst(len(block)) or self._bounds.burst(self.size, self._member.packed)
        return block

    def receipt(self) -> Receipt:
        """Read to the end, and say what it was."""
        while self.read(1 << 20):
            pass
        return Receipt(self._hash.hexdigest(), self.size, self.size)


def samples(received: Received) -> list[bytes]:
    """Return whole lines from several places of a large file."""
    if received.size < 4 * SPOT * SPOTS:
        return []
    found = []
    for spot in range(1, SPOTS + 1):
        lines = received.peek(received.size * spot // SPOTS - SPOT, SPOT).splitlines(keepends=True)
        found.append(b"".join(lines[1:-1]))
    return found
