"""The chain of custody: an append-only file in which each line seals the one before.

One JSON object a line: ``seq`` (from 1), ``time`` (UTC), ``who`` (account of the operating system), ``action``,
``colmate`` (version), ``details`` (counts and hashes, never values), ``previous`` (hash of the line before),
``hash`` (SHA-256 of all that) and ``mac`` (the hash sealed with a key of the case, so that the chain cannot be
made anew by somebody who only holds the folder).
"""

from __future__ import annotations

import getpass
import hashlib
import hmac
import json
import os
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from colmate.errors import CaseDamagedError

__all__ = ["Custody", "now"]

START = "0" * 64


def now() -> str:
    """Return the time in UTC, to the second, ISO 8601."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _digest(entry: dict[str, Any]) -> str:
    sealed = {key: value for key, value in entry.items() if key not in ("hash", "mac")}
    text = json.dumps(sealed, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


class Custody:
    """The chain in the file at ``path``; ``key`` seals each line."""

    def __init__(self, path: Path, key: bytes, version: str) -> None:
        self.path = path
        self._key = key
        self._version = version

    def append(self, action: str, details: dict[str, Any] | None = None) -> None:
        """Add one line; it is on the disk when this returns."""
        last = deque(self._lines(), maxlen=1)
        entry: dict[str, Any] = {
            "seq": last[0]["seq"] + 1 if last else 1,
            "time": now(),
            "who": _who(),
            "action": action,
            "colmate": self._version,
            "details": details or {},
            "previous": last[0]["hash"] if last else START,
        }
        entry["hash"] = _digest(entry)
        entry["mac"] = self._mac(entry["hash"])
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def verify(self, lines: int = 0, head: str = START) -> int:
        """Return the number of lines, or raise `CaseDamagedError` at the first that does not follow.

        ``lines`` and ``head`` are what the manifest remembers of the chain: a shorter chain was cut.
        """
        previous, count = START, 0
        for count, entry in enumerate(self._lines(), start=1):
            sound = (
                entry.get("seq") == count
                and entry.get("previous") == previous
                and entry.get("hash") == _digest(entry)
                and hmac.compare_digest(str(entry.get("mac")), self._mac(str(entry.get("hash"))))
                and (count != lines or entry.get("hash") == head)
            )
            if not sound:
                raise CaseDamagedError(f"the chain of custody was changed at line {count}")
            previous = entry["hash"]
        if count < max(lines, 1):
            raise CaseDamagedError(f"the chain of custody was cut: {count} lines are left of {lines}")
        return count

    def state(self) -> tuple[int, str]:
        """Return the number of lines and the hash of the last one."""
        last = deque(self._lines(), maxlen=1)
        return (int(last[0]["seq"]), str(last[0]["hash"])) if last else (0, START)

    def _mac(self, digest: str) -> str:
        return hmac.new(self._key, digest.encode(), hashlib.sha256).hexdigest()

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self.path.exists():
            return
        with self.path.open(encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, start=1):
                try:
                    entry = json.loads(line)
                except ValueError:
                    entry = None
                if not isinstance(entry, dict):
                    raise CaseDamagedError(f"the chain of custody cannot be read at line {number}")
                yield entry
