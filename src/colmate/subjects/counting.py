"""How many persons there are, in all and by everything that the report asks: its section ``persons``."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from colmate import model
from colmate.engine import Engine
from colmate.subjects.doubts import Doubts, Uncertainty, interval
from colmate.subjects.tables import ROLES

__all__ = ["section"]


def section(
    engine: Engine,
    persons: ir.Table,
    statuses: Mapping[tuple[str, str], int],
    doubts: Doubts,
    conflicts: dict[str, int],
    cut: int,
    today: datetime.date,
) -> model.Persons:
    """Count ``persons`` (the stage's dataset) by everything the report asks.

    ``statuses`` counts main mentions and relatives by (status, role); ``conflicts`` counts groups to be looked at by
    reason; ``cut``: groups cut.
    """
    reach = {kind: persons[kind].sum() for kind in ("email", "mobile", "post")}
    nobody = (~(persons.email | persons.mobile | persons.post)).sum()
    total = engine.rows(
        persons.aggregate(
            count=persons.count(), minors=persons.minor.sum(), deceased=persons.deceased.sum(), none=nobody, **reach
        )
    )[0]
    little = {role: times for (status, role), times in statuses.items() if status == "insufficient"}
    namesakes = little.get("relative", 0)
    count, insufficient = int(total["count"]), sum(little.values()) - namesakes
    by_role, unsure = _by(engine, persons, persons.role), doubts.whole
    sexes = _by(engine, persons, persons.sex.fill_null("unknown"))
    return model.Persons(
        count=count,
        interval=interval(count, unsure, insufficient + namesakes),
        by_role=by_role,
        by_role_interval=_by_role(engine, persons, doubts, by_role, little),
        minors=int(total["minors"] or 0),
        deceased=int(total["deceased"] or 0),
        test_records=sum(times for (status, _), times in statuses.items() if status == "test"),
        insufficient_records=insufficient,
        reachable_by={kind: int(total[kind] or 0) for kind in (*reach, "none")},
        by_department=_by(engine, persons, persons.department),
        by_birth_decade=_by(engine, persons, persons.birth_date.substr(0, 3) + "0"),
        by_sex={kind: sexes.get(kind, 0) for kind in ("F", "M", "unknown")},
        conflicts=conflicts,
        method=_method(unsure, insufficient, namesakes, cut, today),
    )


def _by(engine: Engine, persons: ir.Table, value: ir.StringValue) -> dict[str, int]:
    counted = persons.group_by(key=value).agg(times=persons.count())
    rows: list[dict[str, Any]] = engine.rows(counted.filter(counted.key.notnull()).order_by("key"))
    return {row["key"]: int(row["times"]) for row in rows}


def _by_role(
    engine: Engine, persons: ir.Table, doubts: Doubts, counts: Mapping[str, int], insufficient: Mapping[str, int]
) -> dict[str, tuple[int, int]]:
    """The interval of each role's count.

    Of two persons that are one the later role loses one; it wins one where a merge was wrong.
    """
    roles = persons.select("person", rank=persons.role.cases(*((role, place) for place, role in enumerate(ROLES))))
    ends = (roles.rename({end: "person", f"{end}_rank": "rank"}) for end in ("l", "r"))
    pairs = doubts.apart
    for end in ends:
        pairs = pairs.inner_join(end, end.columns[0])
    lost = pairs.group_by(rank=ibis.greatest(pairs.l_rank, pairs.r_rank)).agg(
        missed=pairs.p.sum(), missed_spread=(pairs.p * (1 - pairs.p)).sum()
    )
    sums: dict[str, dict[str, float]] = {role: {} for role in counts}
    for place, some in doubts.by_role.items():
        sums.setdefault(ROLES[place], {}).update(some)
    for row in engine.rows(lost):
        sums.setdefault(ROLES[row["rank"]], {}).update(row)
    # professionals are told apart by their number or their name and place: nothing says how surely
    linked = [role for role in counts if role != "professional"]
    return {role: doubts.interval(counts[role], sums[role], insufficient.get(role, 0)) for role in linked}


def _method(unsure: Uncertainty, insufficient: int, namesakes: int, cut: int, today: datetime.date) -> list[str]:
    """Say in words how the count and its interval came about; the report's page knows these sentences in French."""
    return [
        "Linkage: the Fellegi-Sunter model (Splink), with a prior for French civil identity and the frequencies of "
        "names and dates in the file.",
        f"{unsure.merges} profiles were joined to another; a pair is accepted from a probability of 0.5.",
        f"False merges expected: {unsure.false_merges:.0f}; "
        f"records folded on few traits, in doubt: {unsure.folds:.0f}.",
        f"Records known by contacts alone that a household may share: {unsure.households:.0f}; "
        "they widen the interval upwards only.",
        f"Merges missed among the pairs compared: {unsure.missed:.0f}; "
        f"among those overlooked (errors drawn anew, or Chapman's estimate): {unsure.unseen:.0f}.",
        f"Records with too little to tell a person: {insufficient}; they widen the interval upwards only.",
        *_namesakes(namesakes),
        f"Groups cut because two members contradict each other: {cut}.",
        f"Minors are those under 18 on {today.isoformat()}.",
        "Professionals are told apart by their RPPS or ADELI number, else by name and place.",
    ]


def _namesakes(times: int) -> list[str]:
    told = f"Relatives who bear the very name of whom they belong to: {times}, taken for that person"
    return [f"{told}; they widen the interval upwards only."] if times else []
