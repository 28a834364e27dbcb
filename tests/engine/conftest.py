"""One Spark session for all tests that want one; they are skipped where it cannot be had."""

from __future__ import annotations

import gc
import importlib.util
import os
import sys
from collections.abc import Iterator

import pytest

from colmate.engine.spark.session import JAVA, QUIET, SAFE, java_version

# little data: compiling queries would take longer than running them
SMALL = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "1",
    "spark.sql.adaptive.coalescePartitions.parallelismFirst": "false",
}


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A session that engines take up."""
    if importlib.util.find_spec("pyspark") is None or java_version() < JAVA:
        pytest.skip("needs PySpark and Java 17")
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("colmate-tests").master("local[2]")
    folder = {"spark.local.dir": str(tmp_path_factory.mktemp("spark"))}
    for name, value in {**SAFE, **QUIET, **SMALL, **folder}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield
    session.stop()
    gc.collect()
