"""What Spark's workers do: run a query of the embedded engine over the rows they are given, or over a sealed dataset.

Texts are folded, matched, compared and fingerprinted by one engine everywhere, so that the results are equal on both.
This module is sent to the workers as it is: it needs DuckDB and PyArrow there, nothing of Colmate. A sealed dataset is
opened by the workers themselves; what they hold stays in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

__all__ = ["Sealed", "mapped", "restored", "stored", "stored_schema"]

Batches = Iterator[pa.RecordBatch]
# rows that a query is given at once: Spark's own batches are too small to be worth one
TOGETHER = 100_000
HANDED_BACK = 20_000
CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    # nothing is spilled here: a worker's share is small, and its disk is not ours to seal
    "temp_directory": "",
}


@dataclass(frozen=True)
class Sealed:
    """A sealed dataset that workers read: its files, the key (base64) and the signed module that brings AES."""

    paths: tuple[str, ...]
    key: str
    module: str

    def open(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Let a connection read datasets of this key."""
        if self.key:
            connection.execute(f"LOAD '{self.module}'")
            connection.execute("SET disabled_filesystems = 'HTTPFileSystem,S3FileSystem,HuggingFaceFileSystem'")
            connection.execute(f"PRAGMA add_parquet_key('case', '{self.key}')")

    def rows(self, path: str, first: int, last: int) -> str:
        """Return the text that selects the rows of one file from the place ``first`` to ``last``, counted from 0."""
        seal = ", encryption_config = {footer_key: 'case'}" if self.key else ""
        quoted = path.replace("'", "''")
        scan = f"read_parquet('{quoted}', file_row_number = true{seal})"
        return f"SELECT * EXCLUDE (file_row_number) FROM {scan} WHERE file_row_number BETWEEN {first} AND {last}"


def stored_schema(schema: pa.Schema) -> pa.Schema:
    """Return the types in which Spark keeps a table: it has no unsigned integers, so their bits are read as signed."""
    kinds = [pa.int64() if pa.types.is_uint64(field.type) else field.type for field in schema]
    return pa.schema([pa.field(field.name, kind) for field, kind in zip(schema, kinds, strict=True)])


def stored(table: pa.Table) -> pa.Table:
    """Return a table as Spark keeps it: the bits of its unsigned integers as signed ones."""
    return _viewed(table, stored_schema(table.schema))


def restored(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Undo `stored`, and give the columns the types and names of ``schema``, by their place."""
    return _viewed(table.rename_columns(schema.names), schema)


def _viewed(table: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = []
    for column, field in zip(table.columns, schema, strict=True):
        if {column.type, field.type} == {pa.int64(), pa.uint64()}:
            chunks = [chunk.view(field.type) for chunk in column.chunks]
            columns.append(pa.chunked_array(chunks, field.type))
        else:
            columns.append(column.cast(field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def mapped(
    query: str, incoming: pa.Schema, outgoing: pa.Schema, before: Sequence[str] = ()
) -> Callable[[Batches], Batches]:
    """Return what runs ``query`` on the rows of a partition, many batches at once, as the view ``batch``.

    ``before``: statements that are run for each lot of rows before the query.
    """

    def run(batches: Batches) -> Batches:
        connection = _ready()
        for lot in _lots(batches, incoming):
            connection.register("batch", lot)
            for statement in before:
                connection.execute(statement)
            yield from _result(connection, query, outgoing)
        connection.close()

    return run


def read(
    query: str, sealed: Sealed, slices: Sequence[tuple[int, int, int]], outgoing: pa.Schema
) -> Callable[[Batches], Batches]:
    """Return what runs ``query`` on slices of a sealed dataset, as the view ``batch``.

    The rows of the partition (``id``) say which of the ``slices``: the place of the file, first and last row.
    """

    def run(batches: Batches) -> Batches:
        connection = duckdb.connect(config=CONFIG)
        sealed.open(connection)
        for batch in batches:
            for place in batch.column(0).to_pylist():
                file, first, last = slices[place]
                text = sealed.rows(sealed.paths[file], first, last)
                connection.execute(f"CREATE OR REPLACE TEMPORARY VIEW batch AS {text}")
                yield from _result(connection, query, outgoing)
        connection.close()

    return run


def _ready() -> duckdb.DuckDBPyConnection:
    """Return a cursor of the worker's own engine, made ready once: many tasks are small."""
    import gc

    shared = duckdb.default_connection()
    if duckdb.query("SELECT current_setting('temp_directory')").fetchone() != ("",):
        for name, value in CONFIG.items():
            shared.execute(f"SET {name} = {value!r}")
        # Spark looks for garbage after each task: what was imported is none
        gc.freeze()
    return shared.cursor()


def _result(connection: duckdb.DuckDBPyConnection, query: str, outgoing: pa.Schema) -> Batches:
    found = connection.execute(query).to_arrow_table()
    typed = pa.Table.from_arrays(
        [c.cast(f.type) for c, f in zip(found.columns, outgoing, strict=True)], schema=outgoing
    )
    yield from stored(typed).to_batches(max_chunksize=HANDED_BACK)


def _lots(batches: Batches, incoming: pa.Schema) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        if rows >= TOGETHER:
            yield restored(pa.Table.from_batches(held), incoming)
            held, rows = [], 0
    if rows:
        yield restored(pa.Table.from_batches(held), incoming)
