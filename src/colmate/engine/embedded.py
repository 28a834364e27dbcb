"""DuckDB, embedded: the engine of this machine, and what every engine can do."""

from __future__ import annotations

import contextlib
import copy
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
from splink import DuckDBAPI

from colmate.engine.datasets import KEY_NAME, Datasets, identifier
from colmate.engine.faults import clear_errors
from colmate.engine.machine import memory_limit, openssl_module, parquet_key
from colmate.engine.together import together

__all__ = ["Engine", "Work"]

# work on pairs of nodes: (engine, nodes, pairs) → what it tells of each pair
Work = Callable[["Engine", ir.Table, ir.Table], ir.Table]

_COMPILED: dict[str, str] = {}
# Ibis has one set of options for all threads
_WRITING = threading.Lock()

Item = TypeVar("Item")
Result = TypeVar("Result")


class Engine(Datasets):
    """One connection to the engine, for one case.

    ``key`` (32 bytes) opens and seals datasets; without it nothing can be written. ``spill`` is the folder for
    temporary files (encrypted, removed by `close`); ``memory``: bytes, `memory_limit` where not given.
    """

    name = "duckdb"
    _beside: Sequence[Engine] = ()

    def __init__(
        self,
        key: bytes | None = None,
        spill: Path | None = None,
        threads: int | None = None,
        memory: int | None = None,
    ) -> None:
        config: dict[str, Any] = {
            "memory_limit": f"{(memory or memory_limit()) // (1 << 20)}MiB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
        }
        if threads:
            config["threads"] = threads
        self.spill = spill
        self._parked: set[Path] = set()
        self._views: dict[str, tuple[tuple[Path, ...], ir.Table]] = {}
        config["temp_directory"] = str(spill) if spill else ""
        self.connection = duckdb.connect(config=config)
        self.connection.execute(f"LOAD '{openssl_module()}'")
        self.connection.execute("SET temp_file_encryption = true")
        # the extension also speaks HTTP and S3: close that door for good
        self.connection.execute("SET disabled_filesystems = 'HTTPFileSystem,S3FileSystem,HuggingFaceFileSystem'")
        self._seal = parquet_key(key) if key is not None else ""
        if self._seal:
            self.connection.execute(f"PRAGMA add_parquet_key('{KEY_NAME}', '{self._seal}')")
        self.backend = ibis.duckdb.from_connection(self.connection)
        # the engine's own bar would write over ours, and where nobody looks
        self.connection.execute("SET enable_progress_bar = false")
        self.sealed = key is not None
        self._known = threading.Lock()
        # before the lock, for a connection sets its time zone; datasets are all that the two have in common
        self._beside = (self._another(),) if self.sealed and threads != 1 else ()
        self.connection.execute("SET lock_configuration = true")

    def _another(self) -> Engine:
        other = copy.copy(self)
        other.connection = self.connection.cursor()
        other.connection.execute("SET enable_progress_bar = false")
        other.backend = ibis.duckdb.from_connection(other.connection)
        other._beside = ()
        return other

    def together(self, work: Callable[[Engine, Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield what ``work`` makes of each item, in order, two at a time; see `colmate.engine.together`.

        ``work`` is given an engine that knows the datasets that were read, and none of the temporary tables, views and
        Arrow tables made before. Without a key there are no datasets: it is given this engine, an item after the other.
        """
        return together([self, *self._beside], work, items) if self._beside else (work(self, one) for one in items)

    def interrupt(self) -> None:
        """Give up the query that is running, if one is."""
        self.connection.interrupt()

    @property
    def local(self) -> Engine:
        """The engine that holds the sealed datasets and works on samples: this one, where nothing is distributed."""
        return self

    def adopt(self, table: ir.Table, name: str) -> ir.Table:  # noqa: ARG002 (a distributed engine names it)
        """Return a table of `local` as one of this engine."""
        return table

    def by_pair(self, nodes: ir.Table, pairs: ir.Table, work: Work) -> ir.Table:
        """Return the temporary table that ``work`` makes of ``pairs``, each judged by itself.

        ``pairs`` has ``join_key_l`` and ``join_key_r``, two of ``nodes.mention``. A distributed engine does the work
        in pieces, so ``work`` may look at nothing but a pair and the nodes at its ends.
        """
        blocked = self.materialise(pairs, "blocked_pairs")
        made = work(self, nodes, blocked)
        self.drop("blocked_pairs")
        return made

    def in_one_place(self, table: ir.Table, work: Callable[[Engine, ir.Table], ir.Table], name: str) -> ir.Table:  # noqa: ARG002
        """Return the temporary table ``name`` that ``work`` makes of ``table``, which it needs to see as a whole."""
        return work(self, table)

    def memtable(self, data: pa.Table, name: str) -> ir.Table:
        """Make an Arrow table known to the engine under ``name``, in place of a view of that name, and return it."""
        self.connection.execute(f"DROP VIEW IF EXISTS {identifier(name)}")
        self.connection.register(name, data)
        return self.backend.table(name)

    def compiled(self, key: str, build: Callable[[], ir.Table]) -> str:
        """Return the engine's own text of an expression over tables of fixed names, written once for a process.

        Writing out an expression of thousands of terms takes longer than running it on a sample.
        """
        if key not in _COMPILED:
            _COMPILED[key] = self.text(build())
        return _COMPILED[key]

    def stack(self, parts: Sequence[tuple[ir.Table, Mapping[int, str]]], name: str) -> ir.Table:
        """Give many columns of many tables one name as one long table: place int32, record int64, value string.

        ``parts``: named tables (datasets, views), each with its columns by their place; nothing is computed.
        """
        selects = []
        for table, columns in parts:
            places = ", ".join(str(place) for place in columns)
            values = ", ".join(identifier(column) for column in columns.values())
            selects.append(
                f"SELECT unnest([{places}])::INTEGER AS place, record, unnest([{values}]) AS value "
                f"FROM {identifier(table.get_name())}"
            )
        with clear_errors(name):
            text = " UNION ALL ".join(selects)
            self.connection.execute(f"CREATE OR REPLACE TEMPORARY VIEW {identifier(name)} AS {text}")
            return self.backend.table(name)

    def view(self, expression: ir.Table, name: str) -> ir.Table:
        """Give ``expression`` a name without computing it, and return it; a view of that name is replaced."""
        with clear_errors(name):
            self.connection.execute(f"CREATE OR REPLACE TEMPORARY VIEW {identifier(name)} AS {self.text(expression)}")
            return self.backend.table(name)

    def materialise(self, expression: ir.Table | str, name: str) -> ir.Table:
        """Compute ``expression`` once into a temporary table (in memory, spilling) and return it."""
        with clear_errors(name):
            self.connection.execute(f"CREATE OR REPLACE TEMPORARY TABLE {identifier(name)} AS {self.text(expression)}")
            return self.backend.table(name)

    def prepared(self, key: str, build: Callable[[], ir.Table], name: str) -> ir.Table:
        """Compute an expression over tables of fixed names into the temporary table ``name``; see `compiled`."""
        return self.materialise(self.compiled(key, build), name)

    def park(self, expression: ir.Table, name: str) -> ir.Table:
        """Compute ``expression`` once, out of memory where that is safe, and return it.

        For wide intermediate results that are read several times, a few columns each time: a sealed file in the
        spill folder, removed by `close`. Without a key or a spill folder it is a temporary table.
        """
        if not self.sealed or self.spill is None:
            return self.materialise(expression, name)
        self.spill.mkdir(parents=True, exist_ok=True)
        path = self.spill / f"{name}.parquet"
        self.write(expression, path)
        self._parked.add(path)
        return self.read(path)

    def splink(self) -> DuckDBAPI:
        """Return what Splink needs to work on this engine's connection."""
        return DuckDBAPI(connection=self.connection)

    def guard(self, what: str) -> contextlib.AbstractContextManager[None]:
        """Return a context in which the engine's errors become sentences without values."""
        return clear_errors(what)

    def text(self, expression: ir.Table | str) -> str:
        """Write out ``expression`` for the engine, each select one of its own.

        Merged, as Ibis does by default, a text that is made once would be made again at each of its uses; and the
        merging itself takes most of the time that a wide expression needs.
        """
        if isinstance(expression, str):
            return expression
        with _WRITING:
            merged = ibis.options.sql.fuse_selects
            ibis.options.sql.fuse_selects = False
            try:
                text: str = self.backend.compile(expression)
                return text
            finally:
                ibis.options.sql.fuse_selects = merged

    def forget(self, name: str) -> None:
        """Forget an Arrow table that was made known."""
        self.connection.unregister(name)

    def drop(self, *names: str) -> None:
        """Forget temporary tables."""
        for name in names:
            self.connection.execute(f"DROP TABLE IF EXISTS {identifier(name)}")

    def arrow(self, expression: ir.Table | str) -> pa.Table:
        """Compute ``expression`` and return it as an Arrow table: for aggregates and small results only."""
        with clear_errors("a query"):
            return self.connection.execute(self.text(expression)).to_arrow_table()

    def batches(self, expression: ir.Table, size: int = 8192) -> Iterator[pa.RecordBatch]:
        """Compute ``expression`` and yield it in Arrow batches of ``size`` rows; run nothing else meanwhile."""
        with clear_errors("a query"):
            yield from self.connection.execute(self.text(expression)).to_arrow_reader(size)

    def rows(self, expression: ir.Table | str) -> list[dict[str, Any]]:
        """Compute ``expression`` and return it as a list of dictionaries: for aggregates only."""
        found: list[dict[str, Any]] = self.arrow(expression).to_pylist()
        return found

    def count(self, table: ir.Table) -> int:
        """Return the number of rows."""
        return int(self.rows(table.aggregate(n=table.count()))[0]["n"])

    def distinct_rows(self, table: ir.Table) -> int:
        """Return how many different rows ``table`` has, by a 64-bit hash of each whole row.

        Among 20 million rows the chance that two different ones share a hash is about 1 in 90,000.
        """
        row = ibis.struct({name: table[name] for name in table.columns})
        return int(self.rows(table.aggregate(n=row.hash().nunique()))[0]["n"])

    def close(self) -> None:
        """Close the connection; the engine removes its spill files."""
        for other in self._beside:
            other.connection.close()
        self.connection.close()
        for path in self._parked:
            path.unlink(missing_ok=True)
        self._parked.clear()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
