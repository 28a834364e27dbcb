"""The intervals of parts of a file (a role, a controller, a category), over seeds: how many hold the truth."""

from __future__ import annotations

from collections import defaultdict

from benchmarks import measure, truth
from benchmarks.hospital import STAFF
from benchmarks.truth import Line, Spans

SEEDS = range(1, 13)
# (replica, scale, table of accounts)
FILES = (("practices-2026", 0.004, ""), ("hospital-2024", 0.02, STAFF))


def parts() -> list[Line]:
    """Small files of two kinds: intervals of parts, and those of the whole."""
    lines = []
    for name, scale, staff in FILES:
        found: dict[str, Spans] = defaultdict(list)
        for seed in SEEDS:
            leak, known, _ = measure.replica(name, scale, seed)
            report = measure.analyse(leak).report
            found["the whole"].append((report["persons"]["interval"], known["persons"]["count"]))
            for kind, some in truth.spans(report, known, staff).items():
                found[kind] += some
        lines += [Line(f"{name}: {line.what[2:]}", "", line.measured, True) for line in truth.held(found)]
    return lines
