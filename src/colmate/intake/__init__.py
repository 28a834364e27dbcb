"""Intake: from the evidence as received to tables of text, every byte and every record accounted for.

`read` loads a file's tables into memory; `open_tables` gives them as streams, in bounded memory. One module a
format (`delimited`, `archive`), one accounting for all (`accounting`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from colmate.intake.accounting import REJECTS, Account, Receipt
from colmate.intake.archive import ZIP, zip_tables
from colmate.intake.careful import RECORD_LIMIT
from colmate.intake.compression import Bounds, Compressed, Plain, Stream, compression_of
from colmate.intake.delimited import BLOCK
from colmate.intake.names import shown
from colmate.intake.source import Received, expand
from colmate.intake.tables import Options, TableStream, delimited_table
from colmate.model import Evidence

__all__ = ["REJECTS", "Bounds", "Table", "TableStream", "expand", "open_tables", "read"]

SPOT: Final = 1 << 16
SPOTS: Final = 8


@dataclass(frozen=True)
class Table:
    """A table in memory.

    ``records``: one string column for each of ``columns``, named so (names are unique); '' where empty, never null.
    ``rejects``: schema `REJECTS` (evidence, table, line, position in the decompressed stream, verbatim, reason).
    """

    name: str
    columns: tuple[str, ...]
    records: pa.Table
    rejects: pa.Table
    evidence: Evidence


def read(path: str | Path, *, encoding: str | None = None, delimiter: str | None = None) -> list[Table]:
    """Return the tables of a file (or of each file of a folder), in memory.

    ``encoding`` and ``delimiter`` overrule what is found out. An empty file gives one table without columns; an
    archive gives its members' tables, and one without columns for itself when some members were refused.
    Raises `EvidenceError` and `FormatError`.
    """
    tables = []
    for stream in open_tables(expand([path]), encoding=encoding, delimiter=delimiter):
        loaded = pa.Table.from_batches(stream.batches, schema=stream.schema).drop_columns(["record"])
        records = loaded.rename_columns(list(stream.columns))
        table = Table(stream.name, stream.columns, records, stream.rejects, stream.evidence)
        if table.columns or table.evidence.format != "zip" or table.rejects.num_rows:
            tables.append(table)
    return tables


def open_tables(
    paths: Sequence[Path],
    progress: Callable[[int, int], None] | None = None,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    bounds: Bounds | None = None,
    block: int = BLOCK,
    limit: int = RECORD_LIMIT,
) -> Iterator[TableStream]:
    """Yield the tables of the files, each to be read to its end before the next is asked for.

    ``progress(done, total)`` counts bytes of the files as received. ``block``: bytes read at once; ``limit``:
    bytes of the longest record. An archive gives its members' tables (``evidence.member_of`` set), then a stream
    without columns for itself, so that each file has its entry; an empty file gives a stream without columns.
    Raises `EvidenceError` for a file that is no regular file or changed while it was read, `FormatError` for
    content that is no delimited text.
    """
    options = Options(encoding, delimiter, block, limit)
    sizes = [path.stat().st_size if path.is_file() else 0 for path in paths]
    total, before = sum(sizes), 0
    for path, size in zip(paths, sizes, strict=True):
        received = Received(path, _teller(progress, before, total))
        try:
            yield from _tables(received, options, bounds or Bounds())
        finally:
            received.close()
        before += size


def _teller(progress: Callable[[int, int], None] | None, before: int, total: int) -> Callable[[int], None] | None:
    if progress is None:
        return None
    tell = progress
    return lambda done: tell(before + done, total)


def _tables(received: Received, options: Options, bounds: Bounds) -> Iterator[TableStream]:
    head = received.peek(0, 64)
    if head.startswith(ZIP):
        yield from zip_tables(received, options, bounds)
        return
    packing = compression_of(head)
    stream: Stream = Compressed(received, packing, bounds) if packing else Plain(received)

    def finish(account: Account) -> Receipt:
        received.drain()
        received.verify_unchanged()
        account.note("grew_while_read", int(received.grew))
        if isinstance(stream, Compressed) and stream.trailing:
            account.note("bytes_after_the_end")
        return Receipt(received.digest(), received.size, received.done)

    samples = [] if packing else _samples(received)
    yield delimited_table(stream, shown(received.path.name), options, samples, finish)


def _samples(received: Received) -> list[bytes]:
    """Return whole lines from several places of a large file."""
    if received.size < 4 * SPOT * SPOTS:
        return []
    samples = []
    for spot in range(1, SPOTS + 1):
        lines = received.peek(received.size * spot // SPOTS - SPOT, SPOT).splitlines(keepends=True)
        samples.append(b"".join(lines[1:-1]))
    return samples
