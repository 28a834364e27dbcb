from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import pyarrow as pa
import pytest

from colmate.columns import TableColumns, decide
from colmate.columns.recogniser import recognisers
from colmate.columns.text import trimmed
from colmate.engine import Engine

Reader = Callable[[str, Sequence[str]], list[tuple[str | None, bool]]]
Decider = Callable[[Mapping[str, Sequence[str]]], TableColumns]


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with Engine() as shared:
        yield shared


@pytest.fixture(scope="session")
def read_values(engine: Engine) -> Reader:
    """Return what a recogniser makes of raw texts: canonical text or None, and whether it is valid."""

    def read(semantic_type: str, values: Sequence[str]) -> list[tuple[str | None, bool]]:
        recogniser = recognisers()[semantic_type]
        order = pa.array(range(len(values)), pa.int32())
        cells = engine.memtable(pa.table({"place": order, "value": pa.array(values, pa.string())}), "tests:cells")
        texts = engine.materialise(
            cells.select("place", text=recogniser.canonical(trimmed(cells.value))), "tests:texts"
        )
        rows = engine.rows(texts.select("place", "text", valid=recogniser.accepts(texts.text)))
        return [(row["text"], row["valid"]) for row in sorted(rows, key=lambda row: int(row["place"]))]

    return read


@pytest.fixture(scope="session")
def decide_table(engine: Engine) -> Decider:
    """Return the decision on a table given as name → values; names may be repeated by a suffix ``#2``."""

    def run(table: Mapping[str, Sequence[str]]) -> TableColumns:
        count = len(next(iter(table.values())))
        cells = {f"c{index}": pa.array(values, pa.string()) for index, values in enumerate(table.values())}
        position = pa.array(range(1, count + 1), pa.int64())
        records = engine.memtable(pa.table({"record": position} | cells), "tests:records")
        return decide(engine, records, [name.partition("#")[0] for name in table], count)

    return run
