"""Why records are one person, and which groups somebody should look at: by numbers and weights, without any value.

For the owner of the key; each look is written in the chain of custody before anything is shown. A person is asked for
by its number in the case: there is no way to ask by name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from colmate import pipeline, sections, subjects
from colmate.case import Case
from colmate.engine import Engine
from colmate.errors import CaseDamagedError, UsageError

__all__ = ["Explanation", "Group", "REASONS", "explain", "groups"]

StrPath = str | os.PathLike[str]
# what `colmate.subjects.conflicts` may find
REASONS = ("two_numbers", "numbers", "birth_dates", "sexes", "cut_name", "cut_first", "cut_born", "cut_sex", "cut_nir",
           "cut_contact", "weak_link")  # fmt: skip


@dataclass(frozen=True)
class Explanation:
    """Why the records of a person are one (see `colmate.subjects.Why`); ``tables`` names the tables by number."""

    why: subjects.Why
    tables: dict[int, str]


@dataclass(frozen=True)
class Group:
    """Records that somebody should look at: the reason, the persons they are of, the records of the pair if it is one.

    ``probability``: of a weak link, that of the best link between the parts.
    """

    reason: str
    persons: tuple[int, ...]
    probability: float | None = None


def explain(case: StrPath, person: int, *, key: StrPath | None = None) -> Explanation:
    """Say why the records of ``person`` (its number in the case) are one person.

    The request is written in the chain of custody before anything is read. Raises `UsageError` where the case has no
    such person, `CaseError` kinds for a case that cannot be opened or is not finished.
    """
    with _opened(case, key) as (box, engine):
        box.log("explain", {"person": person})
        decided = sections.Columns.model_validate(box.section("columns"))
        read = {name: engine.read(box.dataset(name)) for name in ("mentions", "links", "frequencies", "conflicts")}
        kept = subjects.Kept(**read, model=sections.Subjects.model_validate(box.section("subjects")).model)
        tables = pipeline.subject_tables((table, engine.read(box.dataset(table.canonical))) for table in decided.tables)
        why = subjects.explain(engine, tables, kept, person)
        if why is None:
            raise UsageError(f"the case has no person {person}: 'colmate review' lists some")
        return Explanation(why, {table.number: table.name for table in decided.tables})


def groups(case: StrPath, *, reason: str | None = None, limit: int = 20, key: StrPath | None = None) -> list[Group]:
    """Return up to ``limit`` groups of records that somebody should look at, by ``reason`` and then the doubtful first.

    The request is written in the chain of custody before anything is read. Raises `UsageError` for an unknown reason,
    `CaseError` kinds for a case that cannot be opened or is not finished.
    """
    if reason is not None and reason not in REASONS:
        raise UsageError(f"reason {reason!r} is not known: choose one of {', '.join(REASONS)}")
    with _opened(case, key) as (box, engine):
        box.log("groups", {"reason": reason, "limit": limit})
        rows = engine.read(box.dataset("conflicts"))
        if reason is not None:
            rows = rows.filter(rows.reason == reason)
        ends = rows.select("cluster", "reason", "probability", one="person", two=rows.other.coalesce(rows.person))
        chosen = ends.group_by("reason", "cluster").agg(
            probability=ends.probability.max(), persons=ends.one.collect(), others=ends.two.collect()
        )
        chosen = chosen.order_by("reason", "probability", "cluster").limit(max(0, limit))
        return [
            Group(row["reason"], tuple(sorted({*row["persons"], *row["others"]})), row["probability"])
            for row in engine.rows(chosen)
        ]


@contextmanager
def _opened(case: StrPath, key: StrPath | None) -> Iterator[tuple[Case, Engine]]:
    with Case.open(Path(case), key_path=Path(key) if key else None) as box:
        if not box.finished("subjects"):
            raise CaseDamagedError("the persons were not resolved yet: run the same 'colmate analyse' again to go on")
        if not box.dataset("links").exists():
            raise CaseDamagedError("this case was made before links were kept: analyse the file again to explain them")
        with box.engine() as engine:
            yield box, engine
