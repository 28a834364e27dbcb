"""Zip archives (APPNOTE 6.3), ZipCrypto and WinZip's AES included when a password is given.

`zipfile` never gives more of a member than its header claims, and the bounds of `Options` stop claims that are not
credible. Members that cannot be read are rejects with a reason; they do not stop the run.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Final

import pyzipper

from colmate.errors import FormatError
from colmate.intake.accounting import Account
from colmate.intake.containers import MEMBERS, litter, unsafe
from colmate.intake.evidence import Source
from colmate.intake.readers.zip_archive.salvage import salvage
from colmate.intake.reading import LIKELY, Chunk, Format, Head, Member, Options

__all__ = ["FORMATS"]

MAGIC: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
ENCRYPTED: Final = 0x1
BROKEN: Final = (
    zipfile.BadZipFile, pyzipper.BadZipFile, NotImplementedError, OSError, ValueError, RuntimeError, zlib.error,
    EOFError,
)  # fmt: skip


class _Content:
    """A member's content as a stream: what breaks ends it, and `stopped` says so."""

    def __init__(self, content: IO[bytes]) -> None:
        self.stopped: str | None = None
        self._content = content

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, b"" at the end or where the member is damaged."""
        if self.stopped:
            return b""
        try:
            return self._content.read(min(size, 1 << 20))
        except BROKEN:
            self.stopped = "damaged_stream"
            return b""


def sniff(head: Head) -> float:
    """Tell a zip archive by its first bytes; formats that are zips with a known content claim more."""
    return LIKELY if head.raw.startswith(MAGIC) else 0.0


def read(source: Source, account: Account, options: Options) -> Iterator[Chunk | Member]:
    """Yield the members; those whose headers can be found where the list of members is damaged or cut off."""
    file = source.whole()
    try:
        archive = pyzipper.AESZipFile(file)
        members = archive.infolist()
    except BROKEN:
        yield from salvage(file, account)
        return
    if len(members) > MEMBERS:
        raise FormatError(f"{source.name} holds {len(members)} files, more than the {MEMBERS} that can be read")
    with archive:
        for member in members:
            # asked of an empty name, `is_dir` fails
            if not member.filename.endswith("/") and not litter(member.filename):
                yield from _member(archive, member, account, options)


def _member(
    archive: pyzipper.AESZipFile, member: zipfile.ZipInfo, account: Account, options: Options
) -> Iterator[Member]:
    place = member.header_offset
    refused = _refusal(member, options)
    if refused:
        account.find()
        account.reject(0, place, member.filename.encode(errors="replace"), refused)
        return
    password = options.password.encode() if options.password else None
    try:
        content = archive.open(member, pwd=password if member.flag_bits & ENCRYPTED else None)
    except BROKEN as error:
        account.find()
        account.reject(0, place, member.filename.encode(errors="replace"), _failure(member, error))
        return
    with content:
        yield Member(member.filename, _Content(content), member.compress_size, place)


def _refusal(member: zipfile.ZipInfo, options: Options) -> str | None:
    if unsafe(member.filename):
        return "unsafe_path"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "link_in_archive"
    if member.flag_bits & ENCRYPTED and not options.password:
        return "encrypted_member"
    if member.file_size > options.bounds.size:
        return "decompression_bomb"
    return None


def _failure(member: zipfile.ZipInfo, error: BaseException) -> str:
    if member.flag_bits & ENCRYPTED and "password" in str(error).lower():
        return "wrong_password"
    return "unsupported_compression" if isinstance(error, NotImplementedError) else "unreadable_member"


FORMATS = (Format("zip", sniff, read),)
