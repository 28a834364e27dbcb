"""The query engine behind an Ibis backend: DuckDB, embedded; or Spark (`colmate.engine.spark`).

The one place that knows which engine runs. Stages write Ibis expressions; what Ibis cannot say is here, as a
builtin function or as a method of `Engine`. Datasets are encrypted Parquet; spill files are encrypted too; the
engine may not reach the network nor load anything unsigned.
"""

from __future__ import annotations

from pathlib import Path

from colmate.engine.embedded import Engine, Work
from colmate.engine.functions import (
    among,
    ascii_fold,
    damerau,
    extract_all,
    fingerprint,
    fingerprint_number,
    jaro_winkler,
    listed,
    once,
    translate,
)
from colmate.engine.machine import memory_limit

__all__ = [
    "ENGINES",
    "Engine",
    "Work",
    "among",
    "ascii_fold",
    "damerau",
    "extract_all",
    "fingerprint",
    "fingerprint_number",
    "jaro_winkler",
    "listed",
    "memory_limit",
    "once",
    "open_engine",
    "require",
    "translate",
]

ENGINES = ("duckdb", "spark")


def require(name: str) -> None:
    """Raise `UsageError` where the engine of that name cannot run here."""
    if name == "spark":
        from colmate.engine.spark.session import require_spark

        require_spark()


def open_engine(
    name: str = "duckdb", key: bytes | None = None, spill: Path | None = None, threads: int | None = None
) -> Engine:
    """Return the engine of that name: ``duckdb``, or ``spark``, which needs PySpark and Java 17."""
    if name == "spark":
        from colmate.engine.spark import SparkEngine

        return SparkEngine(key, spill, threads)
    return Engine(key, spill, threads)
