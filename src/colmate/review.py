"""Looking at findings, for the owner of the key: by category, context masked, each look written in the custody chain.

A reader who doubts a count sees how notes were read; who the notes are about, and what else they say, stays sealed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from colmate import notes, sections
from colmate.case import Case
from colmate.catalogue import special_categories
from colmate.engine import Engine
from colmate.errors import CaseDamagedError, UsageError

__all__ = ["Excerpt", "review"]


@dataclass(frozen=True)
class Excerpt:
    """One finding: where it stands (table, column, record number), how it was read, its masked context."""

    table: str
    column: str
    record: int
    assertion: str
    subject: str
    context: str


def review(
    folder: str | Path,
    category: str,
    *,
    assertion: str | None = None,
    limit: int = 20,
    key: str | Path | None = None,
) -> list[Excerpt]:
    """Return up to ``limit`` findings of ``category`` in the case, in no telling order.

    The request is written in the chain of custody before anything is shown. Raises `UsageError` for an unknown
    category, `CaseError` kinds for a case that cannot be opened or is not finished.
    """
    known = special_categories()
    if category not in known:
        raise UsageError(f"category {category!r} is not known: choose one of {', '.join(known)}")
    if assertion not in (None, "asserted", "negated", "hypothetical"):
        raise UsageError("an assertion is asserted, negated or hypothetical")
    with Case.open(Path(folder), key_path=Path(key) if key else None) as case:
        if not case.finished("notes"):
            raise CaseDamagedError("the notes were not read yet: run the same 'colmate analyse' again to go on")
        case.log("review", {"category": category, "assertion": assertion, "limit": limit})
        with case.engine() as engine:
            return list(_excerpts(case, engine, category, assertion, limit))


def _excerpts(case: Case, engine: Engine, category: str, assertion: str | None, limit: int) -> Iterator[Excerpt]:
    tables = {table.number: table for table in sections.Columns.model_validate(case.section("columns")).tables}
    findings = engine.read(case.dataset("findings")).filter(lambda row: row["category"] == category)
    if assertion is not None:
        findings = findings.filter(findings["assertion"] == assertion)
    places = findings.select("table", "field", "record").distinct()
    # neither the file's order nor any other that means something
    chosen = places.order_by(places["record"].cast("string").hash(), "table", "field").limit(max(0, limit))
    left = limit
    for place in engine.rows(chosen):
        table = tables[place["table"]]
        column = next(item for item in table.decided.columns if item.field == place["field"])
        records = engine.read(case.dataset(table.canonical))
        found = engine.rows(records.filter(records["record"] == place["record"]).select(text=records[place["field"]]))
        for finding in notes.read_note(found[0]["text"] or ""):
            if finding.category == category and assertion in (None, finding.assertion) and left > 0:
                left -= 1
                context = notes.masked(found[0]["text"], finding)
                yield Excerpt(table.name, column.name, place["record"], finding.assertion, finding.subject, context)
