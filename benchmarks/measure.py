"""Run one command as a user would, and measure it: wall time and peak memory of the whole process."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path("bench-data")
FILES = {"hospital-2024": "leak.sql"}  # others are delimited text
TO_GIB = (1 << 20) if platform.system() == "Linux" else (1 << 30)


@dataclass(frozen=True)
class Measured:
    """``seconds`` of wall time, ``peak_gib`` of resident memory."""

    seconds: float
    peak_gib: float


@dataclass(frozen=True)
class Analysed(Measured):
    """An analysis: its report, and the folder of its case."""

    report: dict[str, Any]
    case: Path


def run(command: list[str]) -> Measured:
    """Run ``command`` to its end; raises RuntimeError when it fails."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} {command[1]} ended with {process.returncode}")
    return Measured(time.monotonic() - started, usage.ru_maxrss / TO_GIB)


def replica(name: str, scale: float = 1.0, seed: int | None = None) -> tuple[Path, dict[str, Any], Measured | None]:
    """Return the leak, its truth, and what generating it took (None when an earlier run left it)."""
    folder = DATA / (f"{name}-{scale:g}" + (f"-seed-{seed}" if seed is not None else ""))
    leak = folder / FILES.get(name, "leak.csv")
    taken = None
    if not (folder / "truth.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        drawn = ["--seed", str(seed)] if seed is not None else []
        taken = run([*_colmate(), "replica", name, "--out", str(leak), "--scale", f"{scale:g}", *drawn])
    return leak, json.loads((folder / "truth.json").read_text(encoding="utf-8")), taken


def analyse(leak: Path) -> Analysed:
    """Analyse ``leak`` into a fresh case beside it."""
    case = leak.parent / "case"
    key = leak.parent / "bench.key"
    shutil.rmtree(case, ignore_errors=True)
    key.unlink(missing_ok=True)
    taken = run([*_colmate(), "analyse", str(leak), "--case", str(case), "--key", str(key)])
    report = json.loads((case / "report.json").read_text(encoding="utf-8"))
    return Analysed(taken.seconds, taken.peak_gib, report, case)


def baseline(leak: Path) -> Measured:
    """Return what DuckDB alone takes to turn the same file into Parquet, all columns text, on the same cores."""
    code = (
        "import duckdb, sys\n"
        "source = duckdb.read_csv(sys.argv[1], all_varchar=True)\n"
        "source.write_parquet(sys.argv[2])\n"
    )
    target = leak.parent / "baseline.parquet"
    taken = run([sys.executable, "-c", code, str(leak), str(target)])
    target.unlink()
    return taken


def machine() -> str:
    """Describe the machine in a line: processor, cores, memory, Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _colmate() -> list[str]:
    return [sys.executable, "-m", "colmate"]
