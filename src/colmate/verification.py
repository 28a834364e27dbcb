"""Whether a case still is what was analysed: hashes, chain of custody, row accounting, report against its schema."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from colmate import report
from colmate.case import Case
from colmate.engine import Engine
from colmate.errors import CaseDamagedError, CaseError

__all__ = ["Check", "verify"]


@dataclass(frozen=True)
class Check:
    """One thing looked at: ``passed``, and in a sentence what was found."""

    name: str
    passed: bool
    finding: str


def verify(case: str | os.PathLike[str], *, key: str | os.PathLike[str] | None = None) -> list[Check]:
    """Check the case in the folder ``case`` and return one `Check` for each promise, in a fixed order.

    A failed check does not stop the others. Raises `colmate.CaseKeyError` without the right key: the rows can
    then not be counted, and the chain of custody not be judged. The visit is written in the chain of custody.
    """
    with Case.open(Path(case), key_path=Path(key) if key else None) as box, box.engine() as engine:
        checks = [
            _check("files", lambda: f"{box.check_files()} files are as they were written"),
            _check("custody", lambda: f"the chain of {box.check_custody()} lines is whole"),
            _check("report", lambda: _report(box)),
            _check("accounting", lambda: _accounting(box, engine)),
        ]
        if checks[1].passed:
            box.log("verify", {check.name: check.passed for check in checks})
        return checks


def _check(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except CaseError as error:
        return Check(name, False, str(error))


def _report(box: Case) -> str:
    if not box.finished("report"):
        raise CaseDamagedError("the analysis is not finished: run the same 'colmate analyse' again to go on")
    document = report.load(box.folder / "report.json")
    return f"report.json keeps its schema ({document.schema_})"


def _accounting(box: Case, engine: Engine) -> str:
    """Count the rows of the datasets again and hold them against what the evidence gave."""
    if not box.finished("intake"):
        raise CaseDamagedError("the files were not read to their end: run the same 'colmate analyse' again to go on")
    section = box.section("intake")
    tables = [[box.dataset(name) for name in table["datasets"]] for table in section["tables"]]
    read = sum(engine.count(engine.read(*parts)) for parts in tables)
    rejected = engine.count(engine.read(box.dataset("rejects")))
    found = sum(item["records_found"] for item in section["evidence"])
    lost = [item["name"] for item in section["evidence"] if item["bytes"] != item["bytes_accounted"]]
    if read + rejected != found or lost:
        raise CaseDamagedError(f"{found} records were found, but the case holds {read} read and {rejected} rejected")
    return f"{found} records found = {read} read + {rejected} rejected; every byte of the evidence is accounted for"
