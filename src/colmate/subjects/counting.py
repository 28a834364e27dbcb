"""How many persons, and how sure: the section ``persons`` of the report.

The count is the number of resolved persons. The interval (95 %) adds up what the linkage itself is unsure of:

- *false merges*: over profiles joined to another, the probability that the best link is wrong, Σ(1 − p): more persons;
- *folds*: records with equal but few traits, counted once: the probability that they are several persons: more;
- *missed merges*: over pairs of persons that were compared and kept apart, the best p of each pair, Σp: fewer;
- *overlooked*: pairs with so many errors that the model refuses them or no rule proposes them: fewer. The larger of two
  estimates: the share that the model refuses when errors are drawn anew at the file's own rates (`overlooked`), and
  capture-recapture (Chapman) between two groups of candidate rules that share few traits;
- *households*: a person known by contacts alone, without a name, a birth date or a number, may be as many as its
  records, up to `MEMBERS`, for nothing tells a family's visits from one person's: more. These are neither false merges
  nor folds;
- *insufficient records*: each may be a person more, or none: more;
- a margin of 1.96 standard deviations, the root of the sum of squares of: the sampling error of these sums, √Σp(1−p)
  of what was compared and, below, the root of what was overlooked (a Poisson count); below, `BLIND` of what was missed:
  that errors come together in one record is measured, but near the threshold alone; `UNTOLD` of all merges, for no
  model of names is better than that.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from colmate import model
from colmate.engine import Engine
from colmate.subjects.blocking import RULES
from colmate.subjects.linkage import ACCEPTED, Linked
from colmate.subjects.scoring import probability

__all__ = ["Uncertainty", "interval", "nameless", "section", "uncertainty"]

Z95 = 1.96
UNTOLD, BLIND = 0.002, 0.25
# so many share a telephone at most: all but one household in fifty has no more members (INSEE, census of 2020)
MEMBERS = 5
# pairs found through the exact birth date, and pairs found by something else; the two share a surname or a given
# name at most, so the estimate leans low rather than high
BY_DATE = {"date_name", "date_first_department", "date_first", "date"}
OTHERWISE = {
    *("nir", "names_year", "mobile_first", "landline_first", "email_first", "email_mobile"),
    *("both_names", "email", "mobile", "landline", "place"),
}  # fmt: skip


@dataclass(frozen=True)
class Uncertainty:
    """What the linkage is unsure of, in persons; ``merges`` is how many profiles were joined to another."""

    merges: int = 0
    false_merges: float = 0.0
    folds: float = 0.0
    missed: float = 0.0
    unseen: float = 0.0
    variance: float = 0.0
    households: float = 0.0


def nameless(engine: Engine, seen: ir.Table, placed: ir.Table) -> ir.Table:
    """Return a temporary table (mention, person) of the persons known by contacts alone.

    ``seen``: all mentions with their traits; ``placed``: mention, person.
    """
    telling = ("by_name", "by_first", "born", "nir", "local")
    bare = seen.filter([seen[trait].isnull() for trait in telling]).select("mention")
    bare = engine.materialise(placed.filter(placed.person.notnull()).semi_join(bare, "mention"), "bare")
    named = placed.semi_join(bare, "person").anti_join(bare, "mention")
    made = engine.materialise(bare.anti_join(named, "person").select("mention", "person"), "nameless")
    engine.drop("bare")
    return made


def uncertainty(
    engine: Engine, linked: Linked | None, folds: ir.Table, overlooked: float, nameless: ir.Table
) -> Uncertainty:
    """Measure what is unsure. ``folds``: mention, ``more``: records that a profile stands for beyond its first.

    ``overlooked``: the share of the pairs of one person that the model refuses. ``nameless``: see there.
    """
    several = nameless.group_by("person").agg(more=ibis.least(nameless.count(), MEMBERS) - 1)
    households = float(engine.rows(several.aggregate(n=several.more.sum()))[0]["n"] or 0)
    if linked is None:
        return Uncertainty(households=households)
    placed = engine.materialise(_placed(linked), "placed_pairs")
    joined = placed.filter((placed.left == placed.right) & (placed.weight >= ACCEPTED))
    best = (
        joined.group_by(end="r").agg(p=joined.p.max()).left_join(nameless.select(end="mention", bare="person"), "end")
    )
    # what is in doubt of the nameless is told as households
    told = best.bare.isnull().ifelse(best.p, 1.0)
    wrong = engine.rows(best.aggregate(merges=best.count(), lost=(1 - told).sum(), spread=(told * (1 - told)).sum()))[0]
    apart = placed.filter(placed.left != placed.right)
    near = apart.group_by(a=ibis.least(apart.left, apart.right), b=ibis.greatest(apart.left, apart.right)).agg(
        p=apart.p.max()
    )
    # a pair above the threshold that was cut for a conflict is known to be two persons
    open_ = near.filter(near.p < 0.5)
    missed = engine.rows(open_.aggregate(missed=open_.p.sum(), spread=(open_.p * (1 - open_.p)).sum()))[0]
    merges, compared = int(wrong["merges"]), float(missed["missed"] or 0)
    # the pairs that were compared and doubted are part of those that the model refuses
    refused = max(0.0, merges * overlooked / (1 - min(overlooked, 0.5)) - compared)
    return Uncertainty(
        merges=merges,
        false_merges=float(wrong["lost"] or 0),
        folds=_folds(engine, linked.pairs, folds.anti_join(nameless, "mention")),
        missed=compared,
        unseen=max(refused, _unseen(engine, joined, merges)),
        variance=float(wrong["spread"] or 0) + float(missed["spread"] or 0),
        households=households,
    )


def _placed(linked: Linked) -> ir.Table:
    """Scored pairs with the person of each end, their probability and weight."""
    persons = linked.persons
    pairs = linked.pairs.filter(linked.pairs.l != linked.pairs.r)
    pairs = pairs.mutate(p=probability(pairs.weight.cast("float64")))
    pairs = pairs.left_join(persons.select(l="mention", left="person"), "l").drop("l_right")
    pairs = pairs.left_join(persons.select(r="mention", right="person"), "r").drop("r_right")
    return pairs.mutate(left=ibis.coalesce(pairs.left, pairs.l), right=ibis.coalesce(pairs.right, pairs.r))


def _folds(engine: Engine, pairs: ir.Table, folds: ir.Table) -> float:
    selves = pairs.filter(pairs.l == pairs.r).inner_join(folds, pairs.l == folds.mention)
    doubt = selves.mutate(doubt=(1 - probability(selves.weight)) * selves.more)
    return float(engine.rows(doubt.aggregate(n=doubt.doubt.sum()))[0]["n"] or 0)


def _unseen(engine: Engine, joined: ir.Table, merges: int) -> float:
    """Chapman's estimate of merges that no rule proposed, from two groups of rules with little in common.

    The estimate is one of pairs; a person with many profiles has many pairs, and a merge less than pairs.
    """
    masks = [sum(1 << bit for bit, rule in enumerate(RULES) if rule.name in group) for group in (BY_DATE, OTHERWISE)]
    by_date, otherwise = ((joined.rules & mask) > 0 for mask in masks)
    row = engine.rows(
        joined.aggregate(
            first=by_date.sum(),
            second=otherwise.sum(),
            both=(by_date & otherwise).sum(),
            every=joined.count(),
        )
    )[0]
    first, second, both, every = (int(row[key] or 0) for key in ("first", "second", "both", "every"))
    # too few recaptured say nothing
    if both < 10:
        return 0.0
    return max(0.0, (first + 1) * (second + 1) / (both + 1) - 1 - every) * min(1.0, merges / every)


def interval(count: int, unsure: Uncertainty, insufficient: int) -> tuple[int, int]:
    """Return the 95 % interval of the count; never outside 0, and always around the count."""
    missed, untold = unsure.missed + unsure.unseen, UNTOLD * unsure.merges
    known = unsure.variance + untold**2
    low = count - missed - Z95 * math.sqrt(known + unsure.unseen + (BLIND * missed) ** 2)
    high = count + unsure.false_merges + unsure.folds + unsure.households + insufficient + Z95 * math.sqrt(known)
    return max(0, min(count, math.floor(low))), math.ceil(high)


def section(
    engine: Engine,
    persons: ir.Table,
    statuses: dict[str, int],
    unsure: Uncertainty,
    conflicts: dict[str, int],
    cut: int,
    today: datetime.date,
) -> model.Persons:
    """Count ``persons`` (the stage's dataset) by everything the report asks.

    ``statuses`` counts main mentions; ``conflicts`` counts groups to be looked at by reason; ``cut``: groups cut.
    """
    reach = {kind: persons[kind].sum() for kind in ("email", "mobile", "post")}
    nobody = (~(persons.email | persons.mobile | persons.post)).sum()
    total = engine.rows(
        persons.aggregate(
            count=persons.count(), minors=persons.minor.sum(), deceased=persons.deceased.sum(), none=nobody, **reach
        )
    )[0]
    count, insufficient = int(total["count"]), statuses.get("insufficient", 0)
    sexes = _by(engine, persons, persons.sex.fill_null("unknown"))
    return model.Persons(
        count=count,
        interval=interval(count, unsure, insufficient),
        by_role=_by(engine, persons, persons.role),
        minors=int(total["minors"] or 0),
        deceased=int(total["deceased"] or 0),
        test_records=statuses.get("test", 0),
        insufficient_records=insufficient,
        reachable_by={kind: int(total[kind] or 0) for kind in (*reach, "none")},
        by_department=_by(engine, persons, persons.department),
        by_birth_decade=_by(engine, persons, persons.birth_date.substr(0, 3) + "0"),
        by_sex={kind: sexes.get(kind, 0) for kind in ("F", "M", "unknown")},
        conflicts=conflicts,
        method=_method(unsure, insufficient, cut, today),
    )


def _by(engine: Engine, persons: ir.Table, value: ir.StringValue) -> dict[str, int]:
    counted = persons.group_by(key=value).agg(times=persons.count())
    rows: list[dict[str, Any]] = engine.rows(counted.filter(counted.key.notnull()).order_by("key"))
    return {row["key"]: int(row["times"]) for row in rows}


def _method(unsure: Uncertainty, insufficient: int, cut: int, today: datetime.date) -> list[str]:
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
        f"Groups cut because two members contradict each other: {cut}.",
        f"Minors are those under 18 on {today.isoformat()}.",
        "Professionals are told apart by their RPPS or ADELI number, else by name and place.",
    ]
