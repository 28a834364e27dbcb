"""Synthetic leaks with known truth: nobody may try Colmate on real victims.

``generate`` draws a French population and writes it as a leak did, with the truth beside it. Everything is drawn from
public lists (INSEE names, communes) and hand-written grammars; nothing comes from a leak. E-mail addresses end in
domains that RFC 2606 reserves. The same name, scale and seed give the same bytes on every run.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from colmate.errors import ResourceError, UsageError

__all__ = ["NAMES", "generate"]

Progress = Callable[[int, int], None]

NAMES: dict[str, str] = {
    "labs-2021": "28 laboratories, 491,840 records with social security numbers and passwords, as leaked in 2021",
    "practices-2026": "1,500 practices, 19 million administrative records with comments, as leaked in 2026",
    "hospital-2024": "758,912 patients of nine establishments, as a MySQL dump of related tables, as leaked in 2024",
}


def generate(
    name: str, out: Path, scale: float = 1.0, seed: int = 1, progress: Progress | None = None
) -> dict[str, Any]:
    """Write the replica ``name`` at ``out``, ``truth.json`` and ``truth.parquet`` beside it; return the truth.

    ``scale`` multiplies the number of records and persons and keeps every proportion. ``progress`` is called with
    the records written and the records in all. Nothing is left behind when it fails.

    Raises ``UsageError`` for an unknown name, a scale outside 0.0001-1, a negative seed, a missing folder, or when
    one of the three files exists already; ``ResourceError`` when they cannot be written.
    """
    from colmate.replicas import hospital, labs, practices  # their tables take a moment: only when asked for

    makers = {"labs-2021": labs.generate, "practices-2026": practices.generate, "hospital-2024": hospital.generate}
    if name not in makers:
        raise UsageError(f"No replica has this name: choose one of {', '.join(NAMES)}.")
    if not math.isfinite(scale) or not 0.0001 <= scale <= 1:
        raise UsageError("The scale of a replica goes from 0.0001 to 1: choose one in that range.")
    if seed < 0:
        raise UsageError("The seed of a replica is a whole number from 0 up: choose another.")
    target = Path(out)
    _refuse(target)
    try:
        return makers[name](target, scale, seed, progress or _silent)
    except BaseException as error:
        for half in (target, target.parent / "truth.json", target.parent / "truth.parquet"):
            half.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise ResourceError("The replica could not be written: free some disk, or choose another folder.") from None
        raise


def _silent(_done: int, _total: int) -> None:
    """Report to nobody."""


def _refuse(target: Path) -> None:
    """Raise ``UsageError`` where the replica or its truth would overwrite something."""
    if not target.parent.is_dir():
        raise UsageError("The folder for the replica does not exist: make it first.")
    if target.exists() or target.is_symlink():
        raise UsageError("Something exists already where the replica would go: choose another name.")
    for truth in ("truth.json", "truth.parquet"):
        if (target.parent / truth).exists():
            raise UsageError(f"The folder holds a {truth} of another replica already: use one folder per replica.")
    if target.name in {"truth.json", "truth.parquet"}:
        raise UsageError("The replica cannot have the name of its truth: choose another name.")
