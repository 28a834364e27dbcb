"""Datasets: encrypted Parquet files, written once, known to every connection of an engine."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

import duckdb
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from colmate.engine.faults import clear_errors
from colmate.engine.machine import openssl_module
from colmate.errors import ColmateError

__all__ = ["KEY_NAME", "Datasets", "identifier"]

KEY_NAME = "case"
# a fixed size keeps the peak of memory flat: the writer holds one row group a thread
ROW_GROUP = 122_880


class Datasets(ABC):
    """What an engine knows of the datasets of its case."""

    connection: duckdb.DuckDBPyConnection
    backend: Backend
    sealed: bool
    _seal: str
    _views: dict[str, tuple[tuple[Path, ...], ir.Table]]
    _known: threading.Lock

    @abstractmethod
    def text(self, expression: ir.Table | str) -> str:
        """Write out ``expression`` for the engine."""

    def read(self, path: Path, *more: Path) -> ir.Table:
        """Return the dataset at ``path`` as a lazy table; with ``more``, all of them as one, joined by column names."""
        with self._known:
            view = f"dataset:{path.name}"
            if (known := self._views.get(view)) and known[0] == (path, *more):
                return known[1]
            sealed = f", encryption_config = {{footer_key: '{KEY_NAME}'}}" if self.sealed else ""
            # not the reader's own union by name: DuckDB 1.5 fails on sealed files with it
            scans = (f"SELECT * FROM read_parquet('{_quoted(one)}'{sealed})" for one in (path, *more))
            with clear_errors(path.name):
                # not a temporary view: `together` reads it from other connections
                self.connection.execute(
                    f"CREATE OR REPLACE VIEW {identifier(view)} AS " + " UNION ALL BY NAME ".join(scans)
                )
                table = self.backend.table(view)
            # a dataset is written once: its schema need not be asked for by every stage
            self._views[view] = ((path, *more), table)
            return table

    def write(self, data: ir.Table | pa.RecordBatchReader, path: Path) -> None:
        """Write ``data`` as one encrypted Parquet file; the name appears only when the file is complete."""
        part = path.with_name(path.name + ".part")
        if isinstance(data, ir.Table):
            self._copy(self.text(data), part, path.name)
        else:
            self._copy_incoming(data, part, path.name)
        part.replace(path)
        self._views.pop(f"dataset:{path.name}", None)

    def _copy(self, query: str, part: Path, what: str) -> None:
        with clear_errors(what):
            self.connection.execute(f"COPY ({query}) TO '{_quoted(part)}' ({self._options()})")

    def _copy_incoming(self, data: pa.RecordBatchReader, part: Path, what: str) -> None:
        faults: list[ColmateError] = []

        def watched() -> Iterator[pa.RecordBatch]:
            try:
                yield from data
            except ColmateError as error:
                faults.append(error)
                raise

        self.connection.register("incoming", pa.RecordBatchReader.from_batches(data.schema, watched()))
        try:
            self._copy("SELECT * FROM incoming", part, what)
        except ColmateError:
            # the engine tells of its source's fault in words of its own: the source knows better
            if faults:
                raise faults[0] from None
            raise
        finally:
            self.connection.unregister("incoming")

    def _options(self) -> str:
        options = ["FORMAT parquet", f"ROW_GROUP_SIZE {ROW_GROUP}"]
        if self.sealed:
            options.append(f"ENCRYPTION_CONFIG {{footer_key: '{KEY_NAME}'}}")
        return ", ".join(options)

    def seal(self) -> tuple[str, str]:
        """Return what opens the datasets: the key as text (empty without one), and the module that brings AES."""
        return self._seal, str(openssl_module())


def identifier(name: str) -> str:
    """Return a name as the engine's own text quotes it."""
    return '"' + name.replace('"', '""') + '"'


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
