"""Documents that are zip packages of XML (OOXML, OpenDocument): parts inflated within bounds, XML read as events.

A package that was cut has no directory at its end: its parts are then found by their own headers, and a part that
was cut gives what it holds up to there.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Final
from xml.parsers import expat

from colmate.intake.compression import Bounds

__all__ = ["Handler", "Package", "events"]

# bytes of one part, inflated: a thousand pages of text are 20 MB of XML
PART: Final = 128 << 20
ALL: Final = 512 << 20
# given to the parser at once: it looks at an unfinished token again with each piece
PIECE: Final = 4 << 20
LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
Handler = Callable[[str, str, Mapping[str, str]], None]


class Package:
    """The parts of a package by name. ``stopped``: why it, or a part that was read, ended before its end."""

    def __init__(self, file: BinaryIO, bounds: Bounds) -> None:
        self.stopped: str | None = None
        self._file = file
        self._bounds = bounds
        self._places: dict[str, int] = {}
        self.encrypted = False
        self._produced = 0
        try:
            with zipfile.ZipFile(file) as directory:
                for info in directory.infolist():
                    # where a damaged directory leads before the beginning, there is no header either
                    self._places.setdefault(info.filename, max(0, info.header_offset))
                    self.encrypted |= bool(info.flag_bits & 1)
        except (zipfile.BadZipFile, ValueError, OSError, EOFError, struct.error, NotImplementedError, OverflowError):
            self.stopped = "truncated_stream"
            self._places = dict(_local_parts(file))

    def names(self) -> list[str]:
        """Return the names of all parts."""
        return list(self._places)

    def read(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a part, inflated; sets `stopped` when they are cut, damaged or too many."""
        place = self._places.get(name)
        if place is None:
            return
        self._file.seek(place)
        header = self._file.read(LOCAL.size)
        if len(header) < LOCAL.size or header[:4] != b"PK\x03\x04":
            self.stopped = self.stopped or "damaged_document"
            return
        _, _, _, method, _, _, _, packed, _, name_size, extra = LOCAL.unpack(header)
        self._file.seek(name_size + extra, 1)
        yield from self._stored(packed) if method == 0 else self._inflated()

    def _stored(self, size: int) -> Iterator[bytes]:
        left = min(size, PART)
        while left > 0 and (piece := self._file.read(min(left, PIECE))):
            left -= len(piece)
            yield piece
        if left:
            self.stopped = self.stopped or "truncated_stream"

    def _inflated(self) -> Iterator[bytes]:
        decoder = zlib.decompressobj(-15)
        produced = consumed = 0
        try:
            while not decoder.eof:
                packed = decoder.unconsumed_tail
                if not packed:
                    packed = self._file.read(1 << 16)
                    consumed += len(packed)
                    if not packed:
                        self.stopped = self.stopped or "truncated_stream"
                        return
                piece = decoder.decompress(packed, PIECE)
                produced += len(piece)
                self._produced += len(piece)
                if produced > PART or self._produced > ALL or self._bounds.burst(produced, consumed):
                    self.stopped = "decompression_bomb"
                    return
                yield piece
        except zlib.error:
            self.stopped = self.stopped or "damaged_document"


def _local_parts(file: BinaryIO) -> Iterator[tuple[str, int]]:
    """Yield the names and places of the parts by the headers before them; only the first 64 MiB are looked at."""
    file.seek(0)
    data = file.read(64 << 20)
    place = data.find(b"PK\x03\x04")
    while place >= 0:
        if place + LOCAL.size <= len(data):
            size = LOCAL.unpack_from(data, place)[9]
            name = data[place + LOCAL.size : place + LOCAL.size + min(size, 512)]
            yield name.decode("utf-8", "replace"), place
        place = data.find(b"PK\x03\x04", place + 4)


def events(package: Package, name: str, handler: Handler) -> bool:
    """Give a part's elements and text to ``handler(kind, name, attributes)``; False when there is no such part.

    ``kind`` is "start", "end" or "text" (the name is then the text); names are local, without their namespace. XML
    that is broken, or has a document type, gives what stands before the fault and sets `Package.stopped`.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, attributes: handler("start", _local(tag), _locals(attributes))
    parser.EndElementHandler = lambda tag: handler("end", _local(tag), {})
    parser.CharacterDataHandler = lambda text: handler("text", text, {})

    def refuse(*_arguments: object) -> None:
        # neither OOXML nor OpenDocument has a document type; a bomb has
        raise ValueError("document type")

    parser.StartDoctypeDeclHandler = refuse
    seen = False
    try:
        for piece in package.read(name):
            seen = True
            parser.Parse(piece, False)
        if seen and package.stopped is None:
            parser.Parse(b"", True)
    except ValueError:
        package.stopped = "xml_document_type"
    except expat.ExpatError:
        package.stopped = package.stopped or "damaged_document"
    return seen


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _locals(attributes: Mapping[str, str]) -> Mapping[str, str]:
    return {name.rpartition("}")[2]: value for name, value in attributes.items()}
