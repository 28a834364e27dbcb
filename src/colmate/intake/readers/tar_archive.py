"""Tar archives (POSIX.1-2001 ustar and pax, GNU), read as a stream: compressed ones too, without unpacking first."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from typing import IO, Final

from colmate.intake.accounting import Account
from colmate.intake.containers import MEMBERS, litter, unsafe
from colmate.intake.evidence import Source
from colmate.intake.reading import CERTAIN, Chunk, Format, Head, Member, Options

__all__ = ["FORMATS"]

USTAR: Final = slice(257, 262)
BLOCK: Final = 512
# bytes of the name or the attributes that a header of its own holds: they are read at once
LONGEST: Final = 1 << 20
DAMAGED: Final = (
    tarfile.TarError, OSError, EOFError, ValueError, IndexError, KeyError, OverflowError, RecursionError,
)  # fmt: skip
ABOUT_NEXT: Final = (
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
)  # fmt: skip


class _Entry(tarfile.TarInfo):
    """A header that does not claim gigabytes for the name of the file behind it."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        # the hook that the module's own comments give to subclasses
        if self.size < 0 or (self.type in ABOUT_NEXT and self.size > LONGEST):
            raise tarfile.ReadError("a header of an absurd size")
        return super()._proc_member(archive)  # type: ignore[misc, no-any-return]


class _Content:
    """A member's content as a stream."""

    def __init__(self, content: IO[bytes]) -> None:
        self.stopped: str | None = None
        self._content = content

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, b"" at the end or where the archive is cut."""
        if self.stopped:
            return b""
        try:
            return self._content.read(min(size, 1 << 20))
        except DAMAGED:
            self.stopped = "truncated_stream"
            return b""


def sniff(head: Head) -> float:
    """Tell a tar archive by its mark, or (before POSIX) by the checksum of its first header."""
    raw = head.raw[:BLOCK]
    if raw[USTAR] == b"ustar":
        return CERTAIN
    if len(raw) < BLOCK or not raw[0]:
        return 0.0
    written = raw[148:156].strip(b" \0")
    if not written or not all(code in b"01234567" for code in written):
        return 0.0
    return CERTAIN if int(written, 8) == sum(raw[:148]) + 8 * 32 + sum(raw[156:]) else 0.0


def read(source: Source, account: Account, options: Options) -> Iterator[Chunk | Member]:
    """Yield the regular files; links, devices and unsafe paths are rejects."""
    source.sought = True
    members = 0
    try:
        with tarfile.open(fileobj=source, mode="r|", errorlevel=1, tarinfo=_Entry) as archive:  # type: ignore[call-overload]
            for member in archive:
                members += 1
                if members > MEMBERS:
                    _refuse(account, member, "too_many_members")
                    break
                yield from _member(archive, member, account, options)
    except DAMAGED:
        account.find()
        account.reject(0, source.delivered, b"", source.stopped or "damaged_archive")
    while source.read(1 << 20):
        pass


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo, account: Account, options: Options) -> Iterator[Member]:
    if member.isdir() or litter(member.name):
        return
    if unsafe(member.name):
        _refuse(account, member, "unsafe_path")
    elif member.issym() or member.islnk():
        _refuse(account, member, "link_in_archive")
    elif not member.isreg():
        _refuse(account, member, "special_file")
    elif member.size > options.bounds.size:
        _refuse(account, member, "decompression_bomb")
    elif content := archive.extractfile(member):
        yield Member(member.name, _Content(content), member.size, member.offset)


def _refuse(account: Account, member: tarfile.TarInfo, reason: str) -> None:
    account.find()
    account.reject(0, member.offset, member.name.encode(errors="replace"), reason)


FORMATS = (Format("tar", sniff, read),)
