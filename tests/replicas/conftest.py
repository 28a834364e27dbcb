"""Small replicas, made once for all tests of the room."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from colmate.replicas import generate

LABS_SCALE, PRACTICES_SCALE = 0.01, 0.004


@dataclass(frozen=True)
class Replica:
    """A replica on disk, its truth, and its records as text (with ``record``, 1 for the first)."""

    path: Path
    truth: dict[str, Any]
    parquet: pa.Table
    connection: duckdb.DuckDBPyConnection

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query over ``leak`` (the records) and ``truth`` (record by record)."""
        return self.connection.execute(query).fetchall()

    def one(self, query: str) -> Any:
        """The single value of a query."""
        ((value,),) = self.ask(query)
        return value


def _open(name: str, folder: Path, scale: float, reader: str) -> Replica:
    path = folder / "leak.csv"
    truth = generate(name, path, scale=scale)
    connection = duckdb.connect()
    options = "header = true, all_varchar = true, quote = '\"', escape = '\"', parallel = false"
    source = f"read_csv('{path}', {reader}, {options})"
    connection.execute(f"create table leak as select row_number() over () as record, * from {source}")
    connection.execute(f"create table truth as select * from '{folder / 'truth.parquet'}'")
    return Replica(path, truth, pq.read_table(folder / "truth.parquet"), connection)


@pytest.fixture(scope="session")
def labs(tmp_path_factory: pytest.TempPathFactory) -> Replica:
    reader = "delim = ';', encoding = 'latin-1', new_line = '\\r\\n'"
    return _open("labs-2021", tmp_path_factory.mktemp("labs"), LABS_SCALE, reader)


@pytest.fixture(scope="session")
def practices(tmp_path_factory: pytest.TempPathFactory) -> Replica:
    return _open("practices-2026", tmp_path_factory.mktemp("practices"), PRACTICES_SCALE, "delim = ','")
