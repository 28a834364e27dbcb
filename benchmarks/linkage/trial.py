"""One run over one file: the persons of the records and the count with its interval, by the code of an analysis."""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from benchmarks.linkage.noise import File
from benchmarks.linkage.scores import Score, score
from colmate.engine import Engine
from colmate.linking import MAIN_ROLES, resolved

__all__ = ["Trial", "run"]


@dataclass(frozen=True)
class Trial:
    """What came out, and the CPU seconds it took. ``told``: persons among the records that tell one."""

    score: Score
    low: int
    high: int
    count: int
    apart: int
    seconds: float

    @property
    def covered(self) -> bool:
        """Whether the interval holds the true number of persons."""
        return self.low <= self.score.true <= self.high


def run(file: File, types: Mapping[str, str] | None = None) -> Trial:
    """Link the file, with its columns recognised unless ``types`` are given."""
    started = time.process_time()
    with Engine() as engine:
        found = resolved(engine, file.records, types)
        mentions = found.mentions.filter(found.mentions.role.isin(MAIN_ROLES))
        rows = engine.arrow(mentions.select("record", "person"))
    persons: list[Hashable] = [None] * file.records.num_rows
    for record, person in zip(rows["record"].to_pylist(), rows["person"].to_pylist(), strict=True):
        persons[record - 1] = person
    taken = time.process_time() - started
    section = found.section
    low, high = section.interval
    held = score(persons, file.truth)
    return Trial(held, low, high, section.count, section.insufficient_records, taken)
