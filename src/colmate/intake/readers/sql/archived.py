"""PostgreSQL's custom archive (``pg_dump -Fc``), turned back into the script that it stands for.

The layout is that of ``src/bin/pg_dump/pg_backup_archiver.c`` and ``pg_backup_custom.c`` (archive versions 1.10 to
1.16, PostgreSQL 8.2 to 18): a header, a table of contents, then blocks of data, each a row of chunks. It is read from
front to back without the offsets of the contents, so an archive that was cut gives what came before. Nothing is
written to the disk, and compressed data is decompressed piece by piece.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

import pyarrow as pa

from colmate.errors import FormatError
from colmate.intake.accounting import Account
from colmate.intake.compression import Bounds

__all__ = ["MAGIC", "Restored"]

MAGIC: Final = b"PGDMP"
OLDEST, NEWEST = (1, 10), (1, 16)
CUSTOM: Final = 1
PIECE: Final = 1 << 20
LONGEST: Final = 64 << 20
ENTRIES: Final = 1 << 20
WANTED: Final = {"STDSTRINGS": 0, "TABLE": 1, "CONSTRAINT": 2, "FK CONSTRAINT": 3}
ENCODING: Final = re.compile(rb"client_encoding\s*=\s*'([\w-]+)'")
# PostgreSQL's names that Python does not know by the same name
CODECS: Final = {
    "SQL_ASCII": "utf-8",
    "WIN1252": "cp1252",
    "WIN1250": "cp1250",
    "WIN1251": "cp1251",
    "MULE_INTERNAL": "latin-1",
}


@dataclass(frozen=True)
class _Entry:
    dump_id: int
    kind: str
    definition: bytes
    copy: bytes


class Restored:
    """The script of an archive, as a stream of UTF-8 text: `read`, `delivered`, `stopped`."""

    def __init__(self, handle: BinaryIO, name: str, account: Account, bounds: Bounds) -> None:
        self.stopped: str | None = None
        self.delivered = 0
        self._handle, self._name, self._account, self._bounds = handle, name, account, bounds
        self._held = b""
        self._entries: dict[int, _Entry] = {}
        self._codec = "utf-8"
        try:
            self._begin()
        except (EOFError, ValueError) as error:
            raise FormatError(f"{name} is a PostgreSQL archive whose table of contents cannot be read") from error
        account.encoding = self._codec
        self._pieces = self._text()

    def read(self, size: int) -> bytes:
        """Return about ``size`` bytes of the script, cut at a line's end where there is one; b"" at the end."""
        parts = [self._held]
        length = len(self._held)
        for piece in self._pieces:
            parts.append(piece)
            length += len(piece)
            if length >= size:
                break
        self._held = b""
        text = b"".join(parts)
        self.delivered += len(text)
        return text

    # header and contents

    def _begin(self) -> None:
        if self._take(5) != MAGIC:
            raise ValueError("no archive")
        major, minor, _ = self._take(3)
        self._version = (major, minor)
        self._int_size, self._offset_size, form = self._take(3)
        if not OLDEST <= self._version <= NEWEST or form != CUSTOM or not 1 <= self._int_size <= 8:
            raise FormatError(
                f"{self._name} is a PostgreSQL archive of a version that is not read here: "
                "turn it into a script with pg_restore -f out.sql"
            )
        if self._version >= (1, 15):
            self._compression = self._take(1)[0]
        else:
            self._compression = int(self._integer() != 0)
        for _ in range(7):
            self._integer()
        for _ in range(3):
            self._string()
        count = self._integer()
        if not 0 <= count <= ENTRIES:
            raise ValueError("too many entries")
        for _ in range(count):
            entry = self._entry()
            self._entries[entry.dump_id] = entry
            found = ENCODING.search(entry.definition) if entry.kind == "ENCODING" else None
            if found:
                self._codec = _codec(found.group(1).decode())

    def _entry(self) -> _Entry:
        dump_id = self._integer()
        self._integer()
        self._string(), self._string(), self._string()
        kind = self._string().decode("utf-8", "replace")
        if self._version >= (1, 11):
            self._integer()
        definition, _, copy = self._string(), self._string(), self._string()
        self._string(), self._string()
        if self._version >= (1, 14):
            self._string()
        if self._version >= (1, 16):
            self._integer()
        self._string(), self._string()
        while self._string():
            pass
        self._take(1 + self._offset_size)
        return _Entry(dump_id, kind, definition, copy)

    def _take(self, size: int) -> bytes:
        data = self._handle.read(size)
        if len(data) < size:
            raise EOFError
        return data

    def _integer(self) -> int:
        sign, *rest = self._take(1 + self._int_size)
        value = int.from_bytes(bytes(rest), "little")
        return -value if sign else value

    def _string(self) -> bytes:
        size = self._integer()
        if size > LONGEST:
            raise ValueError("a text of the contents is too long")
        return self._take(size) if size > 0 else b""

    # the script

    def _text(self) -> Iterator[bytes]:
        """Definitions first, with their keys; then the data of each table."""
        yield b"-- PostgreSQL database dump\n"
        for entry in sorted(self._entries.values(), key=lambda entry: WANTED.get(entry.kind, 9)):
            if entry.kind in WANTED:
                yield self._utf8(entry.definition) + b"\n"
        try:
            yield from self._blocks()
        except EOFError:
            self.stopped = self.stopped or "truncated_stream"

    def _blocks(self) -> Iterator[bytes]:
        while True:
            kind = self._handle.read(1)
            if not kind:
                return
            if kind not in (b"\x01", b"\x03"):
                self.stopped = "damaged_archive"
                return
            entry = self._entries.get(self._integer())
            if kind == b"\x03":
                self._skip_large_objects()
                continue
            yield self._utf8(entry.copy) if entry else b""
            yield from self._table()
            if self.stopped:
                return
            yield b"\n"

    def _table(self) -> Iterator[bytes]:
        decoder = None if self._codec == "utf-8" else codecs.getincrementaldecoder(self._codec)("replace")
        for piece in self._inflated(self._chunks()):
            yield decoder.decode(piece).encode() if decoder else piece

    def _utf8(self, text: bytes) -> bytes:
        return text if self._codec == "utf-8" else text.decode(self._codec, "replace").encode()

    def _chunks(self) -> Iterator[bytes]:
        while size := self._integer():
            if size < 0:
                raise EOFError
            while size:
                part = self._handle.read(min(size, PIECE))
                if not part:
                    raise EOFError
                size -= len(part)
                yield part

    def _skip_large_objects(self) -> None:
        while self._integer() != 0:
            self._account.note("large_objects_skipped")
            for _ in self._chunks():
                pass

    def _inflated(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        if self._compression == 0:
            return chunks
        if self._compression == 1:
            return self._zlib(chunks)
        if self._compression in (2, 3):
            return self._framed(chunks, "lz4" if self._compression == 2 else "zstd")
        raise FormatError(
            f"{self._name} is a PostgreSQL archive with a compression that is not read here: "
            "turn it into a script with pg_restore -f out.sql"
        )

    def _zlib(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        decoder = zlib.decompressobj()
        produced = consumed = 0
        for chunk in chunks:
            consumed += len(chunk)
            while chunk:
                try:
                    piece = decoder.decompress(chunk, PIECE)
                except zlib.error:
                    self.stopped = "damaged_archive"
                    return
                produced += len(piece)
                if self._bounds.burst(produced, consumed):
                    self.stopped = "decompression_bomb"
                    return
                yield piece
                chunk = decoder.unconsumed_tail

    def _framed(self, chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
        source = _Chunks(chunks)
        produced = 0
        try:
            with pa.CompressedInputStream(pa.PythonFile(source, "r"), name) as stream:
                while piece := stream.read(PIECE):
                    produced += len(piece)
                    if self._bounds.burst(produced, source.consumed):
                        self.stopped = "decompression_bomb"
                        return
                    yield piece
        except OSError:
            self.stopped = None if source.cut else "damaged_archive"
        if source.cut:
            raise EOFError


class _Chunks:
    """Chunks as a file that Arrow can read."""

    closed = False

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._held = b""
        self.consumed = 0
        self.cut = False

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes."""
        while not self._held:
            try:
                self._held = next(self._chunks, b"")
            except EOFError:
                self.cut = True
            if not self._held:
                return b""
        part, self._held = (self._held[:size], self._held[size:]) if size >= 0 else (self._held, b"")
        self.consumed += len(part)
        return part

    def close(self) -> None:
        """Nothing to close."""

    def readable(self) -> bool:
        """It is."""
        return True


def _codec(name: str) -> str:
    """Return Python's name of PostgreSQL's encoding."""
    try:
        return codecs.lookup(CODECS.get(name, name)).name
    except LookupError:
        return "utf-8"
