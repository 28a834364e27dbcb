"""Arrow's own formats: the file (Feather version 2), the stream, and Feather version 1.

A file is a stream between two magic words with a table of contents behind it (Arrow columnar format, "IPC File
Format"): one that lost its end is read as the stream it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

import pyarrow as pa
import pyarrow.feather as pf

from colmate.errors import FormatError
from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.names import table_name
from colmate.intake.readers.columnar.spreading import FAULTS, Spreading
from colmate.intake.reading import CERTAIN, Chunk, Head, Options

__all__ = ["read", "sniff"]

FILE: Final = b"ARROW1\0\0"
OLD: Final = b"FEA1"
STREAM: Final = b"\xff\xff\xff\xff"
ROWS: Final = 10_000


def sniff(head: Head) -> float:
    """Tell by the magic bytes; a stream has but four, and a schema that can be read."""
    if head.raw.startswith((FILE, OLD)):
        return CERTAIN
    return CERTAIN if head.raw.startswith(STREAM) and _has_schema(head.raw) else 0.0


def _has_schema(raw: bytes) -> bool:
    try:
        with pa.ipc.open_stream(raw) as reader:
            return len(reader.schema.names) > 0
    except FAULTS:
        return False


def read(source: Source, account: Account, options: Options) -> Iterator[Chunk]:
    """Yield the records; raises `FormatError` when not even the schema can be read."""
    spreading = Spreading(table_name(source.name), source.serial, account)
    begin = source.head.raw[: len(FILE)]
    produced = 0
    with source.whole() as content:
        size = content.seek(0, 2)
        batches = _batches(content, begin)
        try:
            first = spreading.chunks(pa.RecordBatch.from_pylist([], next(batches)))
        except FAULTS:
            raise FormatError(f"{source.name} is an Arrow file whose schema cannot be read: cut or damaged") from None
        yield from first
        reason = source.stopped
        try:
            for batch in batches:
                for chunk in _pieces(batch, spreading, account):
                    produced += chunk.records.nbytes
                    yield chunk
                # a dictionary or a compressed buffer of a kilobyte may stand for terabytes of text
                if options.bounds.burst(produced, size):
                    reason = "decompression_bomb"
                    break
        except FAULTS:
            reason = reason or "damaged_batch"
    if reason:
        account.find()
        account.reject(0, 0, b"", reason)


def _pieces(batch: pa.RecordBatch, spreading: Spreading, account: Account) -> Iterator[Chunk]:
    """Yield the records of a batch; those of a piece that is damaged after all are rejects."""
    for start in range(0, batch.num_rows, ROWS):
        piece = batch.slice(start, ROWS)
        try:
            found = spreading.chunks(piece)
        except FAULTS:
            account.find(piece.num_rows)
            for _ in range(piece.num_rows):
                account.reject(0, 0, b"", "damaged_batch")
            continue
        yield from found


def _batches(content: BinaryIO, begin: bytes) -> Iterator[pa.RecordBatch]:
    """Yield the schema, then the batches, proven valid: nothing of the file is trusted to stay inside its buffers."""
    content.seek(0)
    if begin.startswith(OLD):
        table = pf.read_table(content)
        table.validate(full=True)
        yield table.schema
        yield from table.to_batches()
        return
    content.seek(len(FILE) if begin == FILE else 0)
    with pa.ipc.open_stream(content) as reader:
        yield reader.schema
        for batch in reader:
            batch.validate(full=True)
            yield batch
