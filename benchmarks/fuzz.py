"""Coverage-guided fuzzing of every reader, bounded in time: ``python -m benchmarks.fuzz [SECONDS [FORMAT…]]``.

Each reader gets a process, a small invented content to start from, and so many seconds. A fault is an exception that
is no sentence for the user, books that do not balance, a run of more than 20 seconds, or more than 4 GB of memory.
Needs ``atheris`` (the extra ``fuzz``).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 20
LIMITS = ("-timeout=20", "-rss_limit_mb=4096", "-max_len=65536", "-print_final_stats=1")
EXECUTED = re.compile(r"stat::number_of_executed_units:\s+(\d+)")


def main(arguments: list[str]) -> int:
    """Fuzz the readers one after another; returns how many were brought down."""
    from tests.intake.readers.samples import SAMPLES

    seconds = int(arguments[0]) if arguments else SECONDS
    names = arguments[1:] or sorted(set(SAMPLES) - {"csv"})
    faults = 0
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "corpus").mkdir()
            (Path(folder) / "corpus" / "sample").write_bytes(SAMPLES[name])
            command = [sys.executable, "-m", "benchmarks.fuzz", "--one", name, *LIMITS, f"-max_total_time={seconds}"]
            command += [f"-artifact_prefix={folder}/", f"{folder}/corpus"]
            done = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")
            executed = EXECUTED.search(done.stderr)
            verdict = "ok" if done.returncode == 0 else "FAULT"
            faults += done.returncode != 0
            print(f"{name:<14} {verdict:<6} {executed[1] if executed else '?':>8} runs", flush=True)
            if done.returncode:
                kept = [Path(f"fuzz-{name}-{path.name}") for path in Path(folder).iterdir() if path.is_file()]
                for path in kept:
                    path.write_bytes((Path(folder) / path.name.removeprefix(f"fuzz-{name}-")).read_bytes())
                print("\n".join(done.stderr.splitlines()[-25:]))
    return faults


def _one(name: str, arguments: list[str]) -> None:
    import atheris

    with atheris.instrument_imports(include=["colmate.intake"]):
        from colmate.intake.readers import formats

    from tests.intake.readers.harness import read_with

    from colmate.errors import EvidenceError, FormatError

    form = next(one for one in formats() if one.id == name)

    def attempt(data: bytes) -> None:
        try:
            read_with(form, data)
        except (FormatError, EvidenceError):
            return

    atheris.Setup([sys.argv[0], *arguments], attempt)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(min(1, main(sys.argv[1:])))
