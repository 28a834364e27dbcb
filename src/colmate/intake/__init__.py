"""Intake: from the evidence as received to tables of text, every byte and every record accounted for.

`read` loads a file's tables into memory; `open_tables` gives them piece by piece, in bounded memory. One module a
format (`colmate.intake.readers`, and `delimited` for what is none of them), one accounting for all (`accounting`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from colmate.intake.accounting import REJECTS
from colmate.intake.choosing import known_formats
from colmate.intake.compression import Bounds
from colmate.intake.ingest import Tables
from colmate.intake.joining import Known
from colmate.intake.reading import BLOCK, RECORD_LIMIT, Declared, Options
from colmate.intake.source import expand
from colmate.intake.tables import TableStream
from colmate.model import Evidence

__all__ = [
    "REJECTS",
    "Bounds",
    "Declared",
    "Known",
    "Options",
    "Table",
    "TableStream",
    "Tables",
    "expand",
    "known_formats",
    "open_tables",
    "read",
]


@dataclass(frozen=True)
class Table:
    """A table in memory.

    ``records``: one string column for each of ``columns``, named so (names are unique); '' where empty, never null.
    ``rejects``: schema `REJECTS` (evidence, table, line, position in the decompressed stream, verbatim, reason), those
    of all of the table's evidence. ``declared``: what the format itself says of the table.
    """

    name: str
    columns: tuple[str, ...]
    records: pa.Table
    rejects: pa.Table
    evidence: Evidence
    declared: Declared = field(default_factory=Declared)


def read(
    path: str | Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    format: str | None = None,  # noqa: A002 (the option's own name)
    password: str | None = None,
    layout: str | Path | None = None,
) -> list[Table]:
    """Return the tables of a file (or of each file of a folder), in memory.

    The options overrule what is found out; ``layout`` describes fixed-width records. An empty file gives one table
    without columns, as does a file or member of which nothing but rejects came. Raises `EvidenceError` and
    `FormatError`.
    """
    options = Options(encoding, delimiter, format, password, Path(layout) if layout else None)
    streams = Tables(expand([path]), options)
    pieces: dict[int, list[pa.Table]] = {}
    books: dict[str, list[tuple[Evidence, pa.Table]]] = {}
    for stream in streams:
        batches = list(stream.batches)
        if stream.known is not None:
            pieces.setdefault(stream.known.number, []).append(pa.Table.from_batches(batches, schema=stream.schema))
        if stream.closes:
            books.setdefault(stream.evidence_name, []).append((stream.evidence, stream.rejects))
    tables = [_loaded(known, pieces.get(known.number, []), books[known.evidence]) for known in streams.known]
    told = {table.evidence.name for table in tables}
    for name, closed in books.items():
        for evidence, rejects in closed:
            if name not in told and (rejects.num_rows or evidence.format == "empty"):
                tables.append(Table(Path(name).stem, (), pa.table({}), rejects, evidence))
    return tables


def _loaded(known: Known, pieces: list[pa.Table], books: list[tuple[Evidence, pa.Table]]) -> Table:
    fields = [f"c{place}" for place in range(len(known.columns))]
    schema = pa.schema([(name, pa.string()) for name in fields])
    whole = pa.concat_tables([*pieces, schema.empty_table()], promote_options="default").select(fields)
    filled = [column.fill_null("") for column in whole.columns]
    records = pa.table(filled, names=list(known.columns))
    evidence, rejects = books[0]
    return Table(known.name, tuple(known.columns), records, rejects, evidence, known.declared)


def open_tables(
    paths: Sequence[Path],
    progress: Callable[[int, int], None] | None = None,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    bounds: Bounds | None = None,
    block: int = BLOCK,
    limit: int = RECORD_LIMIT,
    options: Options | None = None,
) -> Tables:
    """Return the tables of the files piece by piece, each to be read to its end before the next is asked for.

    ``progress(done, total)`` counts bytes of the files as received. ``options`` has what the other keywords have and
    more. Every file, and every member of an archive or a message, has its own entry of evidence (``member_of`` set).
    Raises `EvidenceError` for a file that is no regular file or changed while it was read, `FormatError` for the
    content of the only file when it cannot be read; among several files such a one is a reject.
    """
    given = options or Options(encoding, delimiter, bounds=bounds or Bounds(), block=block, limit=limit)
    return Tables(paths, given, progress)
