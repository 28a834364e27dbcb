"""7-Zip archives, by `py7zr`: it pushes the members' bytes, we pull them; a thread and a short queue lie between."""

from __future__ import annotations

import contextlib
import lzma
import queue
import struct
import threading
import zlib
from collections.abc import Iterator
from typing import Final

import py7zr
from py7zr.exceptions import ArchiveError, DecompressionBombError, PasswordRequired, UnsupportedCompressionMethodError
from py7zr.io import Py7zIO, WriterFactory

from colmate.errors import EvidenceError, FormatError
from colmate.intake.accounting import Account
from colmate.intake.containers import MEMBERS, litter, unsafe
from colmate.intake.evidence import Source
from colmate.intake.reading import CERTAIN, Chunk, Format, Head, Member, Options

__all__ = ["FORMATS"]

MAGIC: Final = b"7z\xbc\xaf\x27\x1c"
AHEAD: Final = 16
# whatever the library stumbles over in what it takes for sizes, dates and names
BROKEN: Final = (
    ArchiveError, PasswordRequired, UnsupportedCompressionMethodError, DecompressionBombError, OSError, EOFError,
    ValueError, ArithmeticError, LookupError, AttributeError, TypeError, AssertionError, RuntimeError, MemoryError,
    NotImplementedError, lzma.LZMAError, zlib.error, struct.error,
)  # fmt: skip


class _Pipe:
    """What the unpacking thread hands to the reader: a name (a member begins), bytes of it, None (all is done)."""

    def __init__(self) -> None:
        self.items: queue.Queue[str | bytes | None] = queue.Queue(maxsize=AHEAD)
        self.given_up = threading.Event()
        self.failed: str | None = None

    def put(self, item: str | bytes | None) -> None:
        """Hand over; raises `OSError` when nobody reads any more, which ends the unpacking."""
        while not self.given_up.is_set() and threading.main_thread().is_alive():
            try:
                self.items.put(item, timeout=0.1)
            except queue.Full:
                continue
            return
        raise OSError("nobody reads")


class _Writer(Py7zIO):
    """Where py7zr writes a member to."""

    def __init__(self, pipe: _Pipe) -> None:
        self._pipe, self._size = pipe, 0

    def write(self, s: bytes | bytearray) -> int:
        """Hand the bytes on."""
        self._size += len(s)
        if s:
            self._pipe.put(bytes(s))
        return len(s)

    def read(self, size: int | None = None) -> bytes:  # noqa: ARG002
        """Nothing is kept."""
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:  # noqa: ARG002
        """There is no going back."""
        return 0

    def flush(self) -> None:
        """Nothing is held back."""

    def size(self) -> int:
        """Bytes written."""
        return self._size


class _Factory(WriterFactory):
    def __init__(self, pipe: _Pipe) -> None:
        self._pipe = pipe

    def create(self, filename: str) -> Py7zIO:
        """Tell that a member begins, and return where it is written to."""
        self._pipe.put(filename)
        return _Writer(self._pipe)


class _Content:
    """A member's content as a stream, ended by the next member or by the end of the archive."""

    def __init__(self, pipe: _Pipe) -> None:
        self.stopped: str | None = None
        self.next: str | None = None
        self._pipe = pipe
        self._held, self._ended = b"", False

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, b"" at the end or where the archive is damaged."""
        if not self._held and not self._ended:
            item = self._pipe.items.get()
            if isinstance(item, bytes):
                self._held = item
            else:
                self._ended, self.next = True, item
                self.stopped = self._pipe.failed if item is None else None
        part, self._held = self._held[:size], self._held[size:]
        return part


def sniff(head: Head) -> float:
    """Tell a 7-Zip archive by its first bytes."""
    return CERTAIN if head.raw.startswith(MAGIC) else 0.0


def read(source: Source, account: Account, options: Options) -> Iterator[Chunk | Member]:
    """Yield the members; `EvidenceError` when the list of members is damaged or locked."""
    file = source.whole()
    try:
        archive = py7zr.SevenZipFile(file, password=options.password)
        listed = archive.list()
    except PasswordRequired:
        raise EvidenceError(f"{source.name} is locked: give its password with --password") from None
    except BROKEN:
        raise EvidenceError(f"{source.name} is a damaged 7-Zip archive, or its password is another") from None
    if len(listed) > MEMBERS:
        raise FormatError(f"{source.name} holds {len(listed)} files, more than the {MEMBERS} that can be read")
    if archive.needs_password() and not options.password:
        for item in listed:
            if not item.is_directory:
                _refuse(account, "encrypted_member", item.filename)
        return
    wanted = _wanted(listed, account, options)
    if wanted:
        yield from _members(archive, wanted, sum(item.compressed or 0 for item in listed), account)


def _wanted(listed: list[py7zr.FileInfo], account: Account, options: Options) -> set[str]:
    """Return the members to unpack; refuse the others."""
    wanted = set()
    for item in listed:
        if item.is_directory or litter(item.filename):
            continue
        if unsafe(item.filename):
            _refuse(account, "unsafe_path", item.filename)
        elif item.is_symlink or not item.is_file:
            _refuse(account, "link_in_archive", item.filename)
        elif item.uncompressed > options.bounds.size:
            _refuse(account, "decompression_bomb", item.filename)
        else:
            wanted.add(item.filename)
    return wanted


def _refuse(account: Account, reason: str, name: str = "") -> None:
    account.find()
    account.reject(0, 0, name.encode(errors="replace"), reason)


def _members(archive: py7zr.SevenZipFile, wanted: set[str], packed: int, account: Account) -> Iterator[Member]:
    pipe = _Pipe()
    thread = threading.Thread(target=_unpack, args=(archive, wanted, pipe), name="colmate-7z")
    thread.start()
    try:
        name = pipe.items.get()
        while isinstance(name, str):
            content = _Content(pipe)
            yield Member(name, content, packed)
            while content.read(1 << 20):
                pass
            name = content.next
        if pipe.failed:
            _refuse(account, pipe.failed)
    finally:
        pipe.given_up.set()
        thread.join()


def _unpack(archive: py7zr.SevenZipFile, wanted: set[str], pipe: _Pipe) -> None:
    try:
        archive.extract(targets=wanted, factory=_Factory(pipe))
    except BROKEN:
        # a wrong password gives noise, which its checksum or the decoder tells
        pipe.failed = "wrong_password" if archive.needs_password() else "damaged_stream"
    with contextlib.suppress(OSError):
        pipe.put(None)


FORMATS = (Format("7z", sniff, read),)
