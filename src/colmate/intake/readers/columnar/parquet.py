"""Parquet: row group by row group; the number of records is the footer's (parquet-format, "File Format")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from colmate.errors import FormatError
from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.names import table_name
from colmate.intake.readers.columnar.spreading import FAULTS, Spreading
from colmate.intake.reading import CERTAIN, Chunk, Head, Options

__all__ = ["read", "sniff"]

MAGIC: Final = b"PAR1"
ENCRYPTED: Final = b"PARE"
BATCH: Final = 10_000
REJECTS: Final = 100_000  # records that are rejected one by one; of more a single reject tells
FOOTER: Final = 64 << 20


def sniff(head: Head) -> float:
    """Tell by the magic bytes; those of a file with an encrypted footer differ."""
    return CERTAIN if head.raw.startswith((MAGIC, ENCRYPTED)) and len(head.raw) >= 12 else 0.0


def read(source: Source, account: Account, options: Options) -> Iterator[Chunk]:
    """Yield the records; raises `FormatError` for a file without a footer (cut) or with an encrypted one."""
    if source.head.raw.startswith(ENCRYPTED):
        raise FormatError(f"{source.name} is an encrypted Parquet file: decrypt it first")
    with source.whole() as content:
        size = content.seek(0, 2)
        content.seek(0)
        try:
            file = pq.ParquetFile(
                content, thrift_string_size_limit=FOOTER, thrift_container_size_limit=FOOTER, pre_buffer=False
            )
            spreading = Spreading(table_name(source.name), source.serial, account)
            first = spreading.chunks(pa.RecordBatch.from_pylist([], file.schema_arrow))
        except (*FAULTS, RecursionError):
            raise FormatError(
                f"{source.name} is a Parquet file whose footer cannot be read: cut, damaged or encrypted"
            ) from None
        yield from first
        produced = 0
        for group in range(file.metadata.num_row_groups):
            reading = _Group(file, group, account)
            for chunk in reading.chunks(spreading):
                produced += chunk.records.nbytes
                yield chunk
                if options.bounds.burst(produced, size):
                    reading.stop("decompression_bomb")
                    break
            reading.settle()
            if options.bounds.burst(produced, size):
                break


class _Group:
    """A row group: so many records are claimed, so many can be read."""

    def __init__(self, file: pq.ParquetFile, group: int, account: Account) -> None:
        self._file, self._group, self._account = file, group, account
        self._claimed = max(0, int(file.metadata.row_group(group).num_rows))
        self._read = 0
        self._reason: str | None = None

    def chunks(self, spreading: Spreading) -> Iterator[Chunk]:
        """Yield the records, up to where the group is damaged."""
        try:
            for batch in self._file.iter_batches(BATCH, row_groups=[self._group], use_threads=False):
                batch.validate()
                found = spreading.chunks(batch)
                self._read += batch.num_rows
                yield from found
        except FAULTS:
            self._reason = "damaged_row_group"

    def stop(self, reason: str) -> None:
        """Read no further."""
        self._reason = reason

    def settle(self) -> None:
        """Reject what was claimed and not read."""
        missing = self._claimed - self._read
        if missing > 0 and self._reason is None:
            self._reason = "damaged_row_group"
        if self._reason is None:
            return
        if not 0 < missing <= REJECTS:
            self._account.note("records_lost", max(0, missing))
            missing = 1
        self._account.find(missing)
        for _ in range(missing):
            self._account.reject(0, self._group, b"", self._reason)
