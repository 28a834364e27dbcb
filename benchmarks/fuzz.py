"""Coverage-guided fuzzing of every reader, bounded in time: ``python -m benchmarks.fuzz [SECONDS [FORMAT…]]``.

Each format gets a process, small invented contents to start from (`benchmarks.mutations`), and so many seconds. A
fault is an exception that is no sentence for the user, books that do not balance, records that differ with the size
of the blocks the content comes in, a run of more than 10 seconds, or more than 2 GB of memory. ``csv``, the
compressions, ``nested`` and ``any`` take the whole path, from a file on the disk. Needs ``atheris`` (extra ``fuzz``).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.mutations import ACROSS, LONGEST, mutated, seeds, tokens

SECONDS = 20
LIMITS = ("-timeout=10", "-rss_limit_mb=2048", f"-max_len={LONGEST}", "-print_final_stats=1", "-use_value_profile=0")
EXECUTED = re.compile(r"stat::number_of_executed_units:\s+(\d+)")
COVERED = re.compile(r"cov: (\d+)")
LAYOUT = "name,start,length,type\nfiness,1,9,finess\nnom,10,12,last_name\nnaissance,22,8,birth_date\nmode,30,1,\n"
# readers that take the content in blocks of the size they are told
IN_BLOCKS = ("fixed", "hl7v2", "hprim", "hprim_medecin", "json", "jsonl", "pgdump", "sql")
SMALL = 61


def main(arguments: list[str]) -> int:
    """Fuzz the readers one after another; returns how many were brought down."""
    from colmate.intake.choosing import known_formats

    seconds = int(arguments[0]) if arguments else SECONDS
    return sum(not _fuzzed(name, seconds) for name in arguments[1:] or sorted({*known_formats(), *ACROSS}))


def _fuzzed(name: str, seconds: int) -> bool:
    """Fuzz one format, print what came of it, keep the inputs that bring it down; tell whether there was none."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "corpus").mkdir()
        for place, seed in enumerate(seeds(name)):
            (folder / "corpus" / f"seed{place}").write_bytes(seed)
        escaped = ("".join(f"\\x{byte:02x}" for byte in word) for word in tokens(name))
        (folder / "words").write_text("".join(f'"{word}"\n' for word in escaped), encoding="ascii")
        command = [sys.executable, "-m", "benchmarks.fuzz", "--one", name, *LIMITS, f"-max_total_time={seconds}"]
        command += [f"-dict={folder}/words", f"-artifact_prefix={folder}/fault-", f"{folder}/corpus"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")
        executed, covered = EXECUTED.search(done.stderr), COVERED.findall(done.stderr)
        print(
            f"{name:<14} {'FAULT' if done.returncode else 'ok':<6} {executed[1] if executed else '?':>9} runs "
            f"{covered[-1] if covered else '?':>6} branches",
            flush=True,
        )
        for fault in folder.glob("fault-*"):
            Path(f"fuzz-{name}-{fault.name}").write_bytes(fault.read_bytes())
        if done.returncode:
            # the traceback is printed, what the fuzzer says of itself is logged
            print(done.stdout[-3000:] or "\n".join(done.stderr.splitlines()[-25:]), flush=True)
        return done.returncode == 0


def _one(name: str, arguments: list[str]) -> None:
    import atheris

    with atheris.instrument_imports(include=["colmate.intake", "py7zr", "pypdf"]):
        from colmate.intake.readers import formats

        formats()
        attempt = _across(name) if name in ACROSS else _alone(name)

    def mutate(data: bytes, limit: int, seed: int) -> bytes:
        return mutated(name, data, lambda part: bytes(atheris.Mutate(part, max(len(part) * 2, 64))), seed)[:limit]

    atheris.Setup([sys.argv[0], *arguments], attempt, custom_mutator=mutate)
    atheris.Fuzz()


def _alone(name: str) -> Callable[[bytes], None]:
    """Return what gives a content to one reader."""
    from tests.intake.readers.harness import read_with

    from colmate.errors import EvidenceError, FormatError
    from colmate.intake.readers import formats

    form = next(one for one in formats() if one.id == name)
    options: dict[str, Any] = {}
    if name == "fixed":
        options["layout"] = Path(tempfile.mkdtemp()) / "layout.csv"
        options["layout"].write_text(LAYOUT, encoding="utf-8")

    def attempt(data: bytes) -> None:
        try:
            found = read_with(form, data, **options)
            found.account.rejects()
        except (FormatError, EvidenceError):
            return
        if name in IN_BLOCKS and zlib.crc32(data) % 4 == 0:
            again = read_with(form, data, block=SMALL, **options)
            # where a broken record is taken up again may depend on how much of it is there
            whole = not found.account.rejected and not again.account.rejected
            assert not whole or again.tables == found.tables, "the records differ with the blocks"

    return attempt


def _across(name: str) -> Callable[[bytes], None]:
    """Return what reads a content as a file on the disk."""
    from colmate import intake
    from colmate.errors import EvidenceError, FormatError
    from colmate.intake.reading import Options

    # a fault of a reader is an error here, not a reject
    os.environ["COLMATE_DEBUG"] = "1"
    path = Path(tempfile.mkdtemp()) / "leak.bin"
    options = Options(format="csv") if name == "csv" else Options()

    def attempt(data: bytes) -> None:
        path.write_bytes(data)
        try:
            for piece in intake.open_tables([path], options=options):
                given = sum(batch.num_rows for batch in piece.batches)
                if piece.closes:
                    entry = piece.evidence
                    assert entry.records_found == entry.records_read + entry.records_rejected
                    assert entry.bytes == entry.bytes_accounted
                    assert len(piece.rejects) == entry.records_rejected
                    assert not piece.columns or given == entry.records_read
        except (FormatError, EvidenceError):
            return

    return attempt


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(min(1, main(sys.argv[1:])))
