"""The file as received: which files there are, opened safely, read once, hashed on the way, watched for change."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

from colmate.errors import EvidenceError, InternalError

__all__ = ["Progress", "Received", "expand"]

Progress = Callable[[int, int], None]

LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}
LITTER_FOLDERS = {"__MACOSX"}


def expand(paths: Iterable[str | Path]) -> list[Path]:
    """Return the files to read: each file given, and each folder's files, sorted by path, folders within included.

    A symbolic link is followed only when it is given by name and leads to a regular file; a link *inside* a folder
    is refused, for it may lead out of the evidence. What desktops leave behind (``.DS_Store``, ``Thumbs.db``…) is
    passed over. Raises `EvidenceError` for what is missing, dangling, a socket, a device or a pipe, and for a
    folder without any file.
    """
    files: list[Path] = []
    for given in map(Path, paths):
        kind = _kind(given, follow=True)
        if kind == "folder":
            files.extend(_folder(given))
        else:
            files.append(given)
    return files


def _kind(path: Path, *, follow: bool) -> str:
    try:
        mode = os.stat(path, follow_symlinks=follow).st_mode  # noqa: PTH116 (follow_symlinks of lstat and stat alike)
    except FileNotFoundError:
        dangling = path.is_symlink()
        raise EvidenceError(
            f"{path.name} is a link that leads nowhere" if dangling else f"{path.name} does not exist"
        ) from None
    except (OSError, ValueError):
        raise EvidenceError(f"{path.name} cannot be opened: check its name and its access rights") from None
    if stat.S_ISDIR(mode):
        return "folder"
    if stat.S_ISLNK(mode):
        raise EvidenceError(f"{path.name} is a link inside a folder: give the file it leads to by name")
    if not stat.S_ISREG(mode):
        raise EvidenceError(f"{path.name} is not a file but a {_special(mode)}: copy its content to a file first")
    return "file"


def _special(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "pipe"
    return "socket" if stat.S_ISSOCK(mode) else "device"


def _folder(folder: Path) -> list[Path]:
    found: list[Path] = []
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        raise EvidenceError(f"{folder.name} cannot be opened: check its access rights") from None
    for entry in entries:
        if entry.name in LITTER or entry.name in LITTER_FOLDERS or entry.name.startswith("._"):
            continue
        if _kind(entry, follow=False) == "folder":
            found.extend(_nested(entry))
        else:
            found.append(entry)
    if not found:
        raise EvidenceError(f"{folder.name or 'the folder'} holds no file")
    return found


def _nested(folder: Path) -> list[Path]:
    """Return a folder's files; an empty folder within a folder is nothing to complain about."""
    return _folder(folder) if any(folder.iterdir()) else []


class Received:
    """A regular file, read once from its first byte to the size it had when opened, hashed on the way.

    Raises `EvidenceError` when it is no regular file, is cut or replaced while it is read. A file that only grew
    is read to the size seen at opening, and `grew` says so.
    """

    def __init__(self, path: Path, progress: Callable[[int], None] | None = None) -> None:
        self.path = path
        self._progress = progress
        self._descriptor = -1
        try:
            # O_NONBLOCK: a pipe put in the file's place must not hang the run
            self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
            self._seen = os.fstat(self._descriptor)
        except (OSError, ValueError):
            raise EvidenceError(f"{path.name} cannot be opened: check that it exists and its access rights") from None
        if not stat.S_ISREG(self._seen.st_mode):
            self.close()
            raise EvidenceError(f"{path.name} is not a regular file")
        self.size = self._seen.st_size
        self.done = 0
        self.grew = False
        self._hash = hashlib.sha256()

    def read(self, size: int) -> bytes:
        """Return up to ``size`` next bytes, b"" at the end; hashes them."""
        block = self.peek(self.done, min(size, self.size - self.done))
        if not block and self.done < self.size:
            raise EvidenceError(f"{self.path.name} changed while it was read: work on a copy that nothing writes to")
        self._hash.update(block)
        self.done += len(block)
        if self._progress:
            self._progress(self.done)
        return block

    def peek(self, offset: int, size: int) -> bytes:
        """Return bytes at ``offset`` without moving or hashing."""
        if self._descriptor < 0:
            raise InternalError(f"{self.path.name} was closed before all of it was read")
        try:
            return os.pread(self._descriptor, max(0, min(size, self.size - offset)), offset)
        except OSError:
            raise EvidenceError(f"{self.path.name} cannot be read: the disk or the network share failed") from None

    def seen(self, place: int) -> None:
        """Tell the progress of a reader that looks for its parts by their places."""
        if self._progress and place > self.done:
            self._progress(place)

    def fileno(self) -> int:
        """Return the descriptor; it is not to be read from, which would move it."""
        return self._descriptor

    def drain(self) -> int:
        """Read (and hash) what is left; returns how many bytes that was."""
        before = self.done
        while self.read(1 << 22):
            pass
        return self.done - before

    def digest(self) -> str:
        """SHA-256 of the bytes read so far, in hexadecimal."""
        return self._hash.hexdigest()

    def verify_unchanged(self) -> None:
        """Refuse (`EvidenceError`) a file that was cut, replaced or removed since it was opened."""
        changed = f"{self.path.name} changed while it was read: work on a copy that nothing writes to"
        try:
            now, named = os.fstat(self._descriptor), self.path.stat()
        except OSError:
            raise EvidenceError(changed) from None
        if (named.st_dev, named.st_ino) != (self._seen.st_dev, self._seen.st_ino) or now.st_size < self.size:
            raise EvidenceError(changed)
        self.grew = now.st_size > self.size
        if not self.grew and now.st_mtime_ns != self._seen.st_mtime_ns:
            raise EvidenceError(changed)

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
