"""The same expressions on Spark: joins and groups are Spark's, rows are worked on by its workers' embedded engine.

Sealed datasets stay what they are: the workers open them with the case's key, and what comes back is sealed by the
embedded engine of the driver. Nothing is written in the plain: Spark's own temporary files are encrypted.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from colmate.engine import Engine, Work, memory_limit
from colmate.engine.spark import kernels
from colmate.engine.spark.pairs import replayed
from colmate.engine.spark.plan import Chain, divided
from colmate.engine.spark.session import java_version, open_session
from colmate.errors import InternalError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["SparkEngine", "java_version"]

# rows of a sealed dataset that one task reads
SLICE = 122_880
HANDED_OVER = 250_000


class SparkEngine(Engine):
    """An engine whose tables live in Spark; ``local`` is the embedded one, which keeps the sealed datasets.

    Only the interface is inherited: see `Engine` for what each method does.
    """

    name = "spark"

    def __init__(self, key: bytes | None = None, spill: Path | None = None, threads: int | None = None) -> None:
        # half of the memory for the embedded engine, half for Spark
        memory = memory_limit() // 2
        session, self._ours = open_session(spill, memory, threads)
        self._local = Engine(key, spill, threads, memory)
        from pyspark import cloudpickle

        from colmate.engine.spark.dialect import Compiler

        # the workers need not have Colmate
        cloudpickle.register_pickle_by_value(kernels)
        self._session = session if self._ours else _own(session)
        self.backend = ibis.pyspark.connect(self._session)
        self.backend.compiler = Compiler()
        self.spill = spill
        self.sealed = key is not None
        self._datasets: dict[str, tuple[Path, ...]] = {}
        self._numbers = count()

    @property
    def local(self) -> Engine:
        """The embedded engine on the driver."""
        return self._local

    def read(self, path: Path, *more: Path) -> ir.Table:
        """Return the sealed dataset as a lazy table, read by the workers."""
        schema = self._local.read(path, *more).schema()
        name = f"dataset:{path.name}"
        self._datasets[name] = (path, *more)
        self._named(self._slices(name, "SELECT * FROM batch", schema.to_pyarrow()), name)
        return self._table(name, schema)

    def write(self, data: ir.Table | pa.RecordBatchReader, path: Path) -> None:
        """Bring ``data`` to the driver, which seals it."""
        if isinstance(data, ir.Table):
            schema = data.schema().to_pyarrow()
            data = pa.RecordBatchReader.from_batches(schema, self.batches(data, HANDED_OVER))
        self._local.write(data, path)

    def memtable(self, data: pa.Table, name: str) -> ir.Table:
        """Hand an Arrow table to Spark."""
        with self.guard(name):
            # a server asks for the types of a table without rows
            given = (
                {"data": kernels.stored(data)} if data.num_rows else {"data": [], "schema": _spark_schema(data.schema)}
            )
            frame = self._session.createDataFrame(**given)
            self._named(frame.coalesce(1) if data.num_rows < SLICE else frame, name)
        return self._table(name, ibis.Schema.from_pyarrow(data.schema))

    def adopt(self, table: ir.Table, name: str) -> ir.Table:
        """Hand a table of the embedded engine to Spark, a part at a time."""
        schema = table.schema().to_pyarrow()
        parts = [pa.Table.from_batches([batch]) for batch in self._local.batches(table, HANDED_OVER)]
        frames = [self._session.createDataFrame(kernels.stored(part.cast(schema))) for part in parts]
        if not frames:
            return self.memtable(schema.empty_table(), name)
        whole = frames[0]
        for frame in frames[1:]:
            whole = whole.unionAll(frame)
        self._named(whole, name)
        return self._table(name, table.schema())

    def view(self, expression: ir.Table, name: str) -> ir.Table:
        """Give ``expression`` a name without computing it."""
        with self.guard(name):
            self._named(self._frame(expression), name)
        return self._table(name, expression.schema())

    def materialise(self, expression: ir.Table | str, name: str) -> ir.Table:
        """Compute ``expression`` once; Spark keeps it in memory and, sealed, on its disks."""
        if isinstance(expression, str):
            raise InternalError("a query in the embedded engine's words cannot run on Spark")
        with self.guard(name):
            self._named(self._frame(expression).localCheckpoint(), name)
        return self._table(name, expression.schema())

    def prepared(self, key: str, build: Callable[[], ir.Table], name: str) -> ir.Table:  # noqa: ARG002
        """Compute an expression into the table ``name``; nothing is kept of its text."""
        return self.materialise(build(), name)

    def park(self, expression: ir.Table, name: str) -> ir.Table:
        """Compute ``expression`` once: Spark moves to its disks what memory cannot hold."""
        return self.materialise(expression, name)

    def stack(self, parts: Sequence[tuple[ir.Table, Mapping[int, str]]], name: str) -> ir.Table:
        """Give many columns of many tables one name as one long table."""
        rows = [
            table.select(place=ibis.literal(place, "int32"), record=table["record"], value=table[column])
            for table, columns in parts
            for place, column in columns.items()
        ]
        return self.view(ibis.union(*rows, distinct=False) if len(rows) > 1 else rows[0], name)

    def by_pair(self, nodes: ir.Table, pairs: ir.Table, work: Work) -> ir.Table:
        """Have the workers judge their share of the pairs, each with the nodes at its ends."""
        with self.guard("linkage"):
            judged = replayed(nodes.schema(), pairs.schema(), work)
            both = judged.with_ends(self._frame(nodes), self._frame(pairs))
            incoming = judged.incoming(both.columns)
            run = kernels.mapped(judged.query, incoming, judged.outgoing, judged.statements)
            name = f"judged_{next(self._numbers)}"
            self._named(both.mapInArrow(run, _spark_schema(judged.outgoing)).localCheckpoint(), name)
        return self._table(name, ibis.Schema.from_pyarrow(judged.outgoing))

    def in_one_place(self, table: ir.Table, work: Callable[[Engine, ir.Table], ir.Table], name: str) -> ir.Table:
        """Bring ``table`` to the driver, work on it there, and hand the result back to Spark."""
        local = self._local
        brought = local.memtable(self.arrow(table), f"{name}_brought")
        made = local.arrow(work(local, brought))
        local.forget(f"{name}_brought")
        local.drop(name)
        return self.memtable(made, name)

    def drop(self, *names: str) -> None:
        """Forget tables; Spark frees them when nothing refers to them any more."""
        for name in names:
            self._session.catalog.dropTempView(name)

    def forget(self, name: str) -> None:
        """Forget an Arrow table that was handed over."""
        self.drop(name)

    def arrow(self, expression: ir.Table | str) -> pa.Table:
        """Compute ``expression`` and bring it to the driver."""
        if isinstance(expression, str):
            raise InternalError("a query in the embedded engine's words cannot run on Spark")
        with self.guard("a query"):
            return kernels.restored(self._frame(expression).toArrow(), expression.schema().to_pyarrow())

    def batches(self, expression: ir.Table, size: int = 8192) -> Iterator[pa.RecordBatch]:
        """Compute ``expression``, bring it to the driver and yield it in batches."""
        yield from self.arrow(expression).to_batches(max_chunksize=size)

    def close(self) -> None:
        """Stop the session where it is ours, and close the embedded engine."""
        if self._ours:
            self._session.stop()
        self._local.close()

    def _frame(self, expression: ir.Table) -> DataFrame:
        """Return the lazy Spark frame of an expression."""
        return self._plain(divided(expression.op(), self._place))

    def _plain(self, relation: ops.Relation) -> DataFrame:
        if isinstance(relation, ops.DatabaseTable):
            return self._session.table(f"`{relation.name}`")
        return self._session.sql(self.text(relation.to_expr()))

    def _place(self, chain: Chain, base: ops.Relation) -> ops.Relation:
        """Have the workers do a chain of selections; return the table that stands for it."""
        needed = chain.needed()
        schema = ibis.Schema({name: chain.base.schema[name] for name in needed})
        batch = ops.DatabaseTable("batch", schema, self._local.backend)
        query, outgoing = self._local.text(chain.over(batch).to_expr()), chain.top.schema
        if isinstance(base, ops.DatabaseTable) and base.name in self._datasets:
            frame = self._slices(base.name, query, outgoing.to_pyarrow())
        else:
            frame = self._plain(base).select(*[f"`{name}`" for name in needed])
            run = kernels.mapped(query, schema.to_pyarrow(), outgoing.to_pyarrow())
            frame = frame.mapInArrow(run, _spark_schema(outgoing.to_pyarrow()))
        name = f"chain_{next(self._numbers)}"
        self._named(frame, name)
        return ops.DatabaseTable(name, outgoing, self.backend)

    def _slices(self, dataset: str, query: str, outgoing: pa.Schema) -> DataFrame:
        """Return what ``query`` finds in the rows (``batch``) of a sealed dataset, read by the workers."""
        paths = self._datasets[dataset]
        slices = [
            (place, first, first + SLICE - 1)
            for place, path in enumerate(paths)
            for first in range(0, max(1, self._rows_of(path)), SLICE)
        ]
        sealed = kernels.Sealed(tuple(str(path.resolve()) for path in paths), *self._local.seal())
        run = kernels.read(query, sealed, slices, outgoing)
        numbers = self._session.range(0, len(slices), 1, len(slices))
        return numbers.mapInArrow(run, _spark_schema(outgoing))

    def _rows_of(self, path: Path) -> int:
        return self._local.count(self._local.read(path))

    def _named(self, frame: DataFrame, name: str) -> None:
        frame.createOrReplaceTempView(f"`{name}`")

    def _table(self, name: str, schema: ibis.Schema) -> ir.Table:
        return ops.DatabaseTable(name, schema, self.backend).to_expr()


def _own(session: Any) -> Any:
    """Return a session of our own on the same Spark, so that names do not meet, where it can be had."""
    with contextlib.suppress(Exception):
        return session.newSession()
    return session


def _spark_schema(schema: pa.Schema) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(kernels.stored_schema(schema))
