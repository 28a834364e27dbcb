"""A Spark session that may be given personal data: one of our own on this machine, or the one the environment names."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from colmate.errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["checked", "java_version", "open_session", "require_spark"]

JAVA = 17
# what every session must say: nothing plain on any disk, no diary of what was asked
SAFE = {"spark.io.encryption.enabled": "true", "spark.eventLog.enabled": "false"}
QUIET = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
    "spark.sql.catalogImplementation": "in-memory",
    # parts of a plan shown in an error would quote literals
    "spark.sql.maxPlanStringLength": "0",
    "spark.network.crypto.enabled": "true",
    "spark.authenticate": "true",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}


def java_version() -> int:
    """Return the major version of the Java that would run Spark, 0 without any."""
    home = os.environ.get("JAVA_HOME")
    command = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if not command or not Path(command).is_file():
        return 0
    told = subprocess.run([command, "-version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(r'version "(\d+)', told.stderr + told.stdout)
    return int(found.group(1)) if found else 0


def require_spark() -> None:
    """Raise `UsageError` where PySpark is missing, or Java where no server runs Spark for us."""
    if importlib.util.find_spec("pyspark") is None:
        raise UsageError("the engine spark needs PySpark: install colmate[spark]")
    if os.environ.get("SPARK_REMOTE") or os.environ.get("PYSPARK_GATEWAY_PORT"):
        return
    if (version := java_version()) < JAVA:
        found = f"this is Java {version}" if version else "there is none here"
        raise UsageError(f"the engine spark needs Java {JAVA} or later, and {found}: install it or set JAVA_HOME")


def open_session(spill: Path | None, memory: int, threads: int | None) -> tuple[SparkSession, bool]:
    """Return a session and whether it is ours to stop.

    ``SPARK_REMOTE`` names a Spark Connect server; a session that is there already, or one that ``spark-submit``
    gives, is taken as it is; else one is made on this machine, with ``memory`` (bytes) and ``threads``, its temporary
    files in ``spill``. Raises `UsageError` where Spark or Java is missing, or the session would write plain data.
    """
    require_spark()
    from pyspark.sql import SparkSession

    if os.environ.get("SPARK_REMOTE") or os.environ.get("PYSPARK_GATEWAY_PORT"):
        return checked(SparkSession.builder.getOrCreate()), False
    if present := SparkSession.getActiveSession():
        return checked(present), False
    # the workers are this Python too
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("colmate").master(f"local[{threads or '*'}]")
    for name, value in {**SAFE, **QUIET, **_sized(spill, memory, threads)}.items():
        builder = builder.config(name, value)
    return builder.getOrCreate(), True


def _sized(spill: Path | None, memory: int, threads: int | None) -> dict[str, str]:
    cores = threads or os.cpu_count() or 1
    sizes = {
        "spark.driver.memory": f"{memory >> 20}m",
        "spark.default.parallelism": str(cores),
        # many parts where there is much, one where there is little: a task costs a tenth of a second by itself
        "spark.sql.shuffle.partitions": str(8 * cores),
        "spark.sql.adaptive.coalescePartitions.parallelismFirst": "false",
        "spark.sql.adaptive.advisoryPartitionSizeInBytes": "16m",
    }
    if spill is not None:
        spill.mkdir(parents=True, exist_ok=True)
        sizes |= {"spark.local.dir": str(spill), "spark.sql.warehouse.dir": str(spill / "warehouse")}
    return sizes


def checked(session: SparkSession) -> SparkSession:
    """Return a session of the environment; `UsageError` where it would write anything in the plain."""
    for name, wanted in SAFE.items():
        if (session.conf.get(name, "false") or "false").lower() != wanted:
            raise UsageError(f"this Spark session is not fit for personal data: start it with {name}={wanted}")
    return session
