"""Work on pairs, learnt from the embedded engine once and repeated by Spark's workers.

A pair is judged by the two nodes at its ends alone. So the work is done once, on empty tables, while the statements
that Splink makes of it are written down; each worker repeats them on its pairs and their nodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
from splink import DuckDBAPI

from colmate.engine import Engine, Work

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["Judged", "replayed"]

NODES, PAIRS = "nodes", "blocked_pairs"


class _Recording(DuckDBAPI):
    """Splink's connection, which writes down what is made."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.statements: list[str] = []

    def _execute_sql_against_backend(self, final_sql: str) -> Any:
        if final_sql.lstrip().upper().startswith(("CREATE", "DROP")):
            self.statements.append(final_sql)
        return super()._execute_sql_against_backend(final_sql)


class _Recorder(Engine):
    """An embedded engine of empty tables."""

    api: _Recording

    def splink(self) -> DuckDBAPI:
        self.api = _Recording(connection=self.connection)
        return self.api


@dataclass(frozen=True)
class Judged:
    """``statements`` make what ``query`` reads, of rows with a pair and its ends; ``outgoing``: its columns."""

    statements: Sequence[str]
    query: str
    nodes: pa.Schema
    pairs: pa.Schema
    outgoing: pa.Schema

    def with_ends(self, nodes: DataFrame, pairs: DataFrame) -> DataFrame:
        """Return each pair with the columns of its nodes, as ``l:name`` and ``r:name``."""
        left, right = (nodes.toDF(*(f"{side}:{name}" for name in self.nodes.names)) for side in ("l", "r"))
        found = pairs.join(left, pairs["join_key_l"] == left["`l:mention`"])
        return found.join(right, found["join_key_r"] == right["`r:mention`"])

    def incoming(self, columns: Sequence[str]) -> pa.Schema:
        """Return the types of those rows."""
        kinds = {name: self.pairs.field(name).type for name in self.pairs.names}
        kinds |= {f"{side}:{name}": self.nodes.field(name).type for side in ("l", "r") for name in self.nodes.names}
        return pa.schema([(name, kinds[name]) for name in columns])


def replayed(nodes: ibis.Schema, pairs: ibis.Schema, work: Work) -> Judged:
    """Do ``work`` on empty nodes and pairs, and return how to repeat it."""
    engine = _Recorder(threads=1)
    with engine:
        empty = [engine.memtable(schema.to_pyarrow().empty_table(), f"{name}_none")
                 for schema, name in ((nodes, NODES), (pairs, PAIRS))]  # fmt: skip
        known = [engine.materialise(table, name) for table, name in zip(empty, (NODES, PAIRS), strict=True)]
        made = work(engine, *known)
        columns = made.schema().to_pyarrow()
        statements = [_both(nodes.names), _given(pairs.names), *engine.api.statements]
        quoted = ", ".join(f'"{name}"' for name in columns.names)
        query = f'SELECT {quoted} FROM "{made.get_name()}"'
    return Judged(statements, query, nodes.to_pyarrow(), pairs.to_pyarrow(), columns)


def _both(names: Sequence[str]) -> str:
    sides = [", ".join(f'"{side}:{name}" AS "{name}"' for name in names) for side in ("l", "r")]
    return (
        f"CREATE OR REPLACE TABLE {NODES} AS SELECT DISTINCT ON (mention) * "
        f"FROM (SELECT {sides[0]} FROM batch UNION ALL SELECT {sides[1]} FROM batch)"
    )


def _given(names: Sequence[str]) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    return f"CREATE OR REPLACE TABLE {PAIRS} AS SELECT {columns} FROM batch"
