"""Compressed evidence: recognised by its first bytes, never by its name; read as a stream, bombs stopped.

Formats: gzip (RFC 1952, any number of members), bzip2, xz, zstd (RFC 8878). Zip archives hold files of their own
and live in `colmate.intake.archive`.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

__all__ = ["Bounds", "Budget", "Compressed", "Plain", "Readable", "Stream", "compression_of"]

MAGIC = {"gzip": b"\x1f\x8b\x08", "bzip2": b"BZh", "xz": b"\xfd7zXZ\x00", "zstd": b"\x28\xb5\x2f\xfd"}
FEED = 1 << 16
BZIP2_BLOCKS = (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90")


@dataclass(frozen=True)
class Bounds:
    """When a compressed stream is a bomb: past ``free`` bytes, more than ``ratio`` to 1; or more than ``size``."""

    ratio: int = 200
    free: int = 100_000_000
    size: int = 1 << 42

    def burst(self, produced: int, consumed: int) -> bool:
        """Tell whether ``produced`` bytes out of ``consumed`` is too much."""
        return produced > self.size or (produced > self.free and produced > self.ratio * max(consumed, 1))


class Budget:
    """What may come out of one file as received of ``size`` bytes, all that is packed in it taken together.

    Each member of an archive may be credible on its own where all of them are not: members that lie over each other,
    archives within archives, streams that are packed again and again.
    """

    def __init__(self, bounds: Bounds, size: int) -> None:
        self.spent = False
        self._bounds, self._size, self._produced = bounds, size, 0

    def burst(self, produced: int) -> bool:
        """Count ``produced`` more bytes; tell whether it is too much by now."""
        self._produced += produced
        self.spent = self.spent or self._bounds.burst(self._produced, self._size)
        return self.spent


class Readable(Protocol):
    """What the streams read from: returns up to ``size`` bytes, b"" at the end."""

    def read(self, size: int) -> bytes: ...


class Stream(Protocol):
    """Decompressed bytes. ``stopped`` says why the stream ended before its end, if it did."""

    @property
    def stopped(self) -> str | None: ...

    def read(self, size: int) -> bytes: ...


def compression_of(head: bytes) -> str | None:
    """Return "gzip", "bzip2", "xz", "zstd" or None, from the first bytes of a file."""
    for name, magic in MAGIC.items():
        if head.startswith(magic) and (name != "bzip2" or head[4:10] in BZIP2_BLOCKS):
            return name
    return None


class Plain:
    """No compression at all."""

    def __init__(self, source: Readable) -> None:
        self.stopped: str | None = None
        self._source = source

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, b"" at the end."""
        return self._source.read(size)


class _Decoder(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...

    @property
    def needs_input(self) -> bool: ...


class _Gzip:
    """zlib's object with the manners of bz2's and lzma's."""

    def __init__(self) -> None:
        self._object = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._object.eof

    @property
    def unused_data(self) -> bytes:
        return self._object.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._object.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._object.decompress(self._object.unconsumed_tail + data, max_length)


def _decoder(name: str) -> _Decoder:
    if name == "gzip":
        return _Gzip()
    if name == "bzip2":
        return bz2.BZ2Decompressor()
    return lzma.LZMADecompressor(format=lzma.FORMAT_XZ)


class _Raw:
    """The compressed bytes as a file object, for Arrow."""

    closed = False

    def __init__(self, feed: Callable[[], bytes]) -> None:
        self._feed = feed
        self._held = b""

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes."""
        block = self._held or self._feed()
        self._held = block[size:]
        return block[:size]

    def readable(self) -> bool:
        """Say yes: Arrow asks."""
        return True


class Compressed:
    """The decompressed content of a stream of concatenated members.

    A stream that is cut, damaged or a bomb ends early: what came before is given, and `stopped` is
    "truncated_stream", "damaged_stream" or "decompression_bomb". Bytes after the last member that begin no other
    member (padding) set `trailing`.
    """

    def __init__(self, source: Readable, name: str, bounds: Bounds | None = None, budget: Budget | None = None) -> None:
        self.stopped: str | None = None
        self.trailing = 0
        self._budget = budget
        self._name = name
        self._source = source
        self._bounds = bounds or Bounds()
        self._consumed = self._produced = 0
        self._ended = False
        self._pending = b""
        self._zstd = pa.CompressedInputStream(pa.PythonFile(_Raw(self._feed), "r"), "zstd") if name == "zstd" else None
        self._decoder = None if name == "zstd" else _decoder(name)

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, b"" at the end (or where the stream had to stop)."""
        parts: list[bytes] = []
        while size > 0 and not self._ended:
            piece = self._next(min(size, 1 << 20))
            self._produced += len(piece)
            size -= len(piece)
            parts.append(piece)
            over = self._budget is not None and self._budget.burst(len(piece))
            if over or self._bounds.burst(self._produced, self._consumed):
                self._stop("decompression_bomb")
        return b"".join(parts)

    def _stop(self, reason: str | None) -> None:
        self.stopped, self._ended = reason, True

    def _next(self, size: int) -> bytes:
        try:
            return self._from_arrow(size) if self._decoder is None else self._from_decoder(self._decoder, size)
        except (zlib.error, OSError, EOFError, lzma.LZMAError) as error:
            truncated = "runcated" in str(error) or isinstance(error, EOFError)
            self._stop("truncated_stream" if truncated else "damaged_stream")
            return b""

    def _feed(self) -> bytes:
        block = self._source.read(FEED)
        self._consumed += len(block)
        return block

    def _from_decoder(self, decoder: _Decoder, size: int) -> bytes:
        if decoder.eof:
            return self._next_member(decoder)
        data = b""
        if decoder.needs_input:
            data, self._pending = self._pending or self._feed(), b""
            if not data:
                self._stop("truncated_stream")
                return b""
        return decoder.decompress(data, size)

    def _next_member(self, decoder: _Decoder) -> bytes:
        rest = decoder.unused_data
        while len(rest) < len(MAGIC["xz"]) + 4 and (more := self._feed()):
            rest += more
        if not rest:
            self._stop(None)
        elif compression_of(rest) == self._name or (self._name == "bzip2" and rest.startswith(b"BZh")):
            self._decoder, self._pending = _decoder(self._name), rest
        else:
            self.trailing = len(rest)
            self._stop(None)
        return b""

    def _from_arrow(self, size: int) -> bytes:
        assert self._zstd is not None  # noqa: S101
        # Arrow hands out what it has before it meets the cut only when asked for little at a time
        block: bytes = self._zstd.read(min(size, FEED))
        if not block:
            self._stop(None)
        return block
