"""What the tests of intake share: a file of given bytes, read."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from colmate import intake

Row = tuple[str, ...]


def read_bytes(data: bytes, name: str = "leak.csv", **options: Any) -> intake.Table:
    """Return the only table of a file that holds ``data``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        (table,) = intake.read(path, **options)
    return table


def stream_bytes(data: bytes, **options: Any) -> list[tuple[Any, ...]]:
    """Return all that a file of ``data`` gives as a stream, in comparable form."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "leak.csv"
        path.write_bytes(data)
        found: list[tuple[Any, ...]] = []
        for stream in intake.open_tables([path], **options):
            rows = [tuple(row.values()) for batch in stream.batches for row in batch.to_pylist()]
            found.append((stream.columns, rows, stream.rejects.to_pylist(), stream.evidence))
    return found


def rows(table: intake.Table) -> list[Row]:
    """Return the records as tuples."""
    return list(zip(*(column.to_pylist() for column in table.records.columns), strict=True)) if table.columns else []


def rejects(table: intake.Table) -> list[tuple[int, int, bytes, str]]:
    """Return line, position, verbatim and reason of each reject."""
    return [(row["line"], row["position"], row["verbatim"], row["reason"]) for row in table.rejects.to_pylist()]
