"""Zip archives: each member a table of its own, the archive itself an entry without records.

Nothing is written to disk, so a member's path is only a name. Members that cannot be read (encrypted, archives in
the archive, pictures…) are rejects, listed with a reason; they do not stop the run. `zipfile` never gives more of
a member than its header claims, and `Bounds` stops claims that are not credible.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from colmate.errors import EvidenceError, FormatError
from colmate.intake.accounting import Account, Receipt
from colmate.intake.compression import Bounds, Compressed, Stream, compression_of
from colmate.intake.names import shown, table_name
from colmate.intake.source import LITTER, LITTER_FOLDERS, Received
from colmate.intake.tables import Options, TableStream, delimited_table, empty_table

__all__ = ["ZIP", "zip_tables"]

ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
ENCRYPTED: Final = 0x1
MEMBERS: Final = 100_000
OFFICE: Final = {
    "[Content_Types].xml": "an Office document (a spreadsheet?)",
    "META-INF/manifest.xml": "an OpenDocument file",
    "META-INF/MANIFEST.MF": "a Java archive",
}


class _Member:
    """A member's content, hashed as it is read; `stopped` when it had to end early."""

    def __init__(self, content: IO[bytes], packed: int, bounds: Bounds) -> None:
        self.stopped: str | None = None
        self.size = 0
        self._content, self._packed, self._bounds = content, packed, bounds
        self._hash = hashlib.sha256()

    def read(self, size: int) -> bytes:
        if self.stopped:
            return b""
        try:
            block = self._content.read(min(size, 1 << 20))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
            self.stopped = "damaged_stream"
            return b""
        self.size += len(block)
        self._hash.update(block)
        if self._bounds.burst(self.size, self._packed):
            self.stopped = "decompression_bomb"
        return block

    def receipt(self) -> Receipt:
        while self.read(1 << 20):
            pass
        return Receipt(self._hash.hexdigest(), self.size, self.size)


def zip_tables(received: Received, options: Options, bounds: Bounds) -> Iterator[TableStream]:
    """Yield the tables of the archive's members, then the archive's own entry, which lists the refused members.

    Raises `FormatError` when the archive is really a document, `EvidenceError` when its list of members is damaged.
    """
    path = received.path
    received.drain()
    account = Account(shown(path.name), table_name(path.name))
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise EvidenceError(f"{path.name} is a damaged zip archive: its list of members cannot be read") from None
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir() and not _litter(member.filename)]
        for marker, what in OFFICE.items():
            if marker in archive.namelist():
                raise FormatError(f"{path.name} is not delimited text: it seems to be {what}")
        if len(members) > MEMBERS:
            raise FormatError(f"{path.name} holds {len(members)} files, more than the {MEMBERS} that can be read")
        for member in members:
            yield from _member_table(archive, member, path, options, bounds, account)
    yield empty_table(account, lambda: _archive_receipt(received, account), "zip")


def _archive_receipt(received: Received, account: Account) -> Receipt:
    received.verify_unchanged()
    account.note("grew_while_read", int(received.grew))
    return Receipt(received.digest(), received.size, received.done)


def _litter(name: str) -> bool:
    parts = name.split("/")
    return parts[-1] in LITTER or parts[-1].startswith("._") or bool(LITTER_FOLDERS & set(parts))


def _member_table(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, options: Options, bounds: Bounds, account: Account
) -> Iterator[TableStream]:
    place = member.header_offset
    if member.flag_bits & ENCRYPTED:
        account.reject(0, place, b"", "encrypted_member")
        return
    try:
        content = archive.open(member)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, RuntimeError):
        account.reject(0, place, b"", "unreadable_member")
        return
    with content:
        source = _Member(content, member.compress_size, bounds)
        head = _first_bytes(content)
        if head.startswith(ZIP):
            account.reject(0, place, b"", "nested_archive")
            return
        packing = compression_of(head)
        stream: Stream = Compressed(source, packing, bounds) if packing else source
        try:
            table = delimited_table(
                stream, shown(member.filename), options, [], lambda _: source.receipt(), member_of=shown(path.name)
            )
        except FormatError:
            account.reject(0, place, b"", "not_delimited_text")
            return
        yield table


def _first_bytes(content: IO[bytes]) -> bytes:
    """Return the first bytes of a member without consuming them; nothing when it is damaged from the start."""
    try:
        return content.peek(64)[:64] if isinstance(content, zipfile.ZipExtFile) else b""
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
        return b""
