"""From records to persons at growing sizes: time, memory, and whether time grows with rows alone.

``python -m benchmarks.linkage --scale [0.1,0.2,…]`` (millions of rows; all of `SIZES` by default, which takes 25 GB of
disk). Each size is a replica of practices-2026 at its scale. One process reads it and decides its columns; a second
one, which is measured, takes up the case and goes from the records to the persons: the stage *subjects*, no more.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import measure
from colmate import intake, sections
from colmate.case import Case, describe_inputs
from colmate.pipeline import Run
from colmate.progress import Progress

__all__ = ["SIZES", "table"]

WHOLE = 19.0
SIZES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, WHOLE)
# what the whole is to keep within, and how far from a straight line a size may lie
SECONDS, GIGABYTES, BENT = 240.0, 8.0, 1.25
HEAD = "| rows | read, columns: s | records to persons: s | s per million | CPU s | peak GB | persons | error | |"


@dataclass(frozen=True)
class Size:
    """What one size took: ``seconds`` and ``cpu`` of the stage, ``peak`` of the process in gigabytes."""

    rows: int
    before: float
    seconds: float
    cpu: float
    peak: float
    persons: int
    error: float

    @property
    def each(self) -> float:
        """Seconds for a million rows."""
        return self.seconds / self.rows * 1e6


def table(sizes: Sequence[float]) -> int:
    """Measure the sizes (millions of rows), print a line each, and return how many miss a target."""
    print(f"Machine: {measure.machine()}\n\n{HEAD}\n{'|--:' * 8}|---|", flush=True)
    missed, least = 0, float("inf")
    for million in sizes:
        one = _measured(million)
        least = min(least, one.each)
        wrong = _wrong(one, million, least)
        missed += bool(wrong)
        figures = (f"{one.rows:,}", f"{one.before:.0f}", f"{one.seconds:.1f}", f"{one.each:.2f}", f"{one.cpu:.0f}",
                   f"{one.peak:.2f}", f"{one.persons:,}", f"{one.error:+.2%}")  # fmt: skip
        print(f"| {' | '.join(figures)} | {wrong} |", flush=True)
    return missed


def _wrong(one: Size, million: float, least: float) -> str:
    """What misses its target: the whole's time and memory, and rows that cost more than those of a smaller file."""
    told = []
    if million >= WHOLE and one.seconds >= SECONDS:
        told.append(f"**over {SECONDS:.0f} s**")
    if one.peak >= GIGABYTES:
        told.append(f"**over {GIGABYTES:.0f} GB**")
    if one.each > BENT * least:
        told.append("**a row costs more**")
    return ", ".join(told)


def _measured(million: float) -> Size:
    leak, truth, _ = measure.replica("practices-2026", round(min(1.0, million / WHOLE), 6))
    case, key, out = (leak.parent / name for name in ("scale-case", "scale.key", "scale.json"))
    shutil.rmtree(case, ignore_errors=True)
    key.unlink(missing_ok=True)
    step = [sys.executable, "-m", "benchmarks.linkage.scale"]
    before = measure.run([*step, "columns", str(leak), str(case), str(key), str(out)])
    taken = measure.run([*step, "subjects", str(leak), str(case), str(key), str(out)])
    told = json.loads(out.read_text(encoding="utf-8"))
    shutil.rmtree(case)
    for file in (key, out):
        file.unlink()
    error = told["persons"] / truth["persons"]["count"] - 1
    return Size(told["rows"], before.seconds, told["seconds"], told["cpu"], taken.peak_gib * 1.0737,
                told["persons"], error)  # fmt: skip


@contextmanager
def _running(leak: Path, folder: Path, key: Path) -> Iterator[Run]:
    """The analysis of ``leak`` in the case at ``folder``, new or taken up."""
    if folder.exists():
        box = Case.open(folder, key_path=key)
    else:
        inputs = describe_inputs([leak])
        box = Case.create(folder, title="scale", version="", engine="duckdb", inputs=inputs, options={}, key_path=key)
    with box, box.engine() as engine:
        yield Run(box, engine, Progress())


def _step(name: str, leak: Path, folder: Path, key: Path, out: Path) -> None:
    """Run the stages up to ``name``; those that are finished are not run again."""
    with _running(leak, folder, key) as run:
        read = run.stage("intake", sections.Intake, lambda tell: run.intake([leak], intake.Options(), tell))
        rows = sum(table.records for table in read.tables)
        decided = run.stage("columns", sections.Columns, lambda tell: run.columns(read, tell), rows)
        if name == "columns":
            return
        started, worked = time.monotonic(), time.process_time()
        found = run.stage("subjects", sections.Subjects, lambda tell: run.subjects(decided, tell), rows)
        told = {"rows": rows, "seconds": time.monotonic() - started, "cpu": time.process_time() - worked,
                "persons": found.section.count}  # fmt: skip
    out.write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    _step(sys.argv[1], *map(Path, sys.argv[2:]))
