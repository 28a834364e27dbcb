"""Run the measures and print them as tables for the README; exit code 1 when one is not met.

``python -m benchmarks [labs] [practices] [hospital] [parts] [linear] [dialects]`` (all by default).
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks import dialects, measure, truth
from benchmarks.hospital import hospital
from benchmarks.parts import parts
from benchmarks.truth import Line

FULL = 1.0
MINUTES = 60


def labs() -> list[Line]:
    """The laboratory leak of 2021 at true size."""
    leak, known, generated = measure.replica("labs-2021", FULL)
    done = measure.analyse(leak)
    lines = [
        *truth.count(done.report, known, 0.005),
        truth.typing(done.report, known),
        truth.controllers(done.report, known),
        truth.accounting(done.report, known),
        *_cost(done, generated, generation=2 * MINUTES, analysis=2 * MINUTES),
    ]
    return lines + _stages(done) + truth.held(truth.spans(done.report, known))


def practices() -> list[Line]:
    """The practices' leak of 2026 at true size."""
    leak, known, generated = measure.replica("practices-2026", FULL)
    alone = measure.baseline(leak)
    done = measure.analyse(leak)
    ratio = done.seconds / alone.seconds
    lines = [
        *truth.count(done.report, known, 0.01),
        truth.typing(done.report, known),
        truth.controllers(done.report, known),
        truth.accounting(done.report, known),
        *_cost(done, generated, generation=4 * MINUTES, analysis=8 * MINUTES),
        Line("DuckDB alone, CSV to Parquet", "", f"{alone.seconds:.0f} s", True),
        Line("ratio to DuckDB alone", "at most 15", f"{ratio:.1f}", ratio <= 15),
    ]
    return lines + _stages(done) + truth.held(truth.spans(done.report, known)) + truth.categories(done.report, known)


def linear() -> list[Line]:
    """Twice the rows, at most 2.2 times the time."""
    lines: list[Line] = []
    previous: measure.Analysed | None = None
    for scale in (0.1, 0.2, 0.4):
        leak, known, _ = measure.replica("practices-2026", scale)
        done = measure.analyse(leak)
        lines.append(truth.accounting(done.report, known))
        grown = done.seconds / previous.seconds if previous else 1.0
        told = f"{done.seconds:.0f} s" + (f", {grown:.2f} times the time of half the rows" if previous else "")
        lines.append(Line(f"{known['records']['found']:,} rows", "at most 2.2 times", told, grown <= 2.2))
        previous = done
    return lines


def _cost(done: measure.Analysed, generated: measure.Measured | None, generation: int, analysis: int) -> list[Line]:
    lines = [
        Line("raw file to report", f"under {analysis} s", f"{done.seconds:.0f} s", done.seconds < analysis),
        Line("peak memory", "under 8 GB", f"{done.peak_gib * 1.0737:.1f} GB", done.peak_gib * 1.0737 < 8),
    ]
    if generated:
        told = f"{generated.seconds:.0f} s"
        lines.insert(0, Line("generation", f"under {generation} s", told, generated.seconds < generation))
    return lines


def _stages(done: measure.Analysed) -> list[Line]:
    return [Line(f"· {stage}", "", f"{seconds:.1f} s", True) for stage, seconds in done.report["timings"].items()]


MEASURES: dict[str, Callable[[], list[Line]]] = {
    "labs": labs,
    "practices": practices,
    "hospital": hospital,
    "parts": parts,
    "linear": linear,
    "dialects": dialects.lines,
}


def main(names: list[str]) -> int:
    """Run the measures ``names`` and print a table each."""
    failed = 0
    print(f"Machine: {measure.machine()}")
    for name in names or MEASURES:
        print(f"\n### {name}\n\n| measure | target | measured | |\n|---|---|---|---|", flush=True)
        for line in MEASURES[name]():
            failed += not line.passed
            print(f"| {line.what} | {line.target} | {line.measured} | {'' if line.passed else '**missed**'} |")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
