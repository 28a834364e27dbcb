"""Run the measures of linkage and print a table each; exit code 1 when one is not met."""

from __future__ import annotations

import sys

from benchmarks.linkage.measures import MEASURES


def main(names: list[str]) -> int:
    """Run the measures ``names`` (all by default)."""
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
