"""Run the measures of linkage and print a table each; exit code 1 when one is not met.

``python -m benchmarks.linkage [levels] [poor] [families] [febrl] [coverage]`` (all by default), or ``--scale [sizes]``.
"""

from __future__ import annotations

import sys

from benchmarks.linkage import scale
from benchmarks.linkage.measures import MEASURES


def main(names: list[str]) -> int:
    """Run the measures ``names`` (all by default)."""
    if names and names[0] == "--scale":
        sizes = [float(size) for one in names[1:] for size in one.split(",")]
        return 1 if scale.table(sizes or scale.SIZES) else 0
    if unknown := set(names) - set(MEASURES):
        print(f"no such measure: {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}", file=sys.stderr)
        return 2
    failed = 0
    for name in names or MEASURES:
        print(f"\n### {name}\n\n| measure | target | measured | |\n|---|---|---|---|", flush=True)
        for line in MEASURES[name]():
            failed += not line.passed
            print(
                f"| {line.what} | {line.target} | {line.measured} | {'' if line.passed else '**missed**'} |", flush=True
            )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
