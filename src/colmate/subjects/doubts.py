"""What the linkage is unsure of, person by person and pair by pair, and the interval of any count of persons.

The interval (95 %) adds up what the linkage itself is unsure of:

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

A part of the persons (a role, a controller, a category) has the interval of what is in doubt within it: see `Doubts`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from colmate.engine import Engine
from colmate.subjects.blocking import RULES
from colmate.subjects.linkage import ACCEPTED, Linked
from colmate.subjects.scoring import probability
from colmate.subjects.tables import role_of

__all__ = ["Doubts", "Uncertainty", "doubts", "interval", "nameless"]

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
# pairs of persons less likely than this to be one are left out of the dataset: they are most, and weigh little
LEAST = 0.001
PERSONS = {"person": "int64", "merges": "int64", "more": "float64", "spread": "float64"}
# what is summed up for each person; within ``more``: ``wrong``, by false merges, and ``shared``, by a household
SUMMED = {"merges": "int64", "more": "float64", "wrong": "float64", "shared": "float64", "spread": "float64"}
APART = {"l": "int64", "r": "int64", "p": "float64"}


@dataclass(frozen=True)
class Uncertainty:
    """What the linkage is unsure of, in persons; ``merges`` is how many profiles were joined to another.

    ``told``: how much of ``missed`` is in the dataset of pairs kept apart.
    """

    merges: int = 0
    false_merges: float = 0.0
    folds: float = 0.0
    missed: float = 0.0
    unseen: float = 0.0
    variance: float = 0.0
    told: float = 0.0
    households: float = 0.0


@dataclass(frozen=True)
class Doubts:
    """Where the linkage is unsure.

    ``persons``: person, merges (profiles joined to another), more (persons that it may hide besides itself, expected),
    spread (variance of that), of those that hold several profiles or records told apart by little. ``apart``: l, r
    (persons), p: pairs that were kept apart and may be one. ``whole``: the sums over all. ``by_role``: the sums of
    ``persons`` by the place of a role: that of two joined which is the later, for it would lose or win a person.
    """

    persons: ir.Table
    apart: ir.Table
    whole: Uncertainty
    by_role: Mapping[int, Mapping[str, float]] = field(default_factory=dict)

    def interval(self, count: int, sums: Mapping[str, float | None], insufficient: int = 0) -> tuple[int, int]:
        """Return the 95 % interval of ``count`` persons of some kind.

        ``sums``: merges, more, spread of these persons; missed and missed_spread, Σp and Σp(1 − p) of the pairs of
        which both are of the kind. What was overlooked is taken to lie where merges were found. ``insufficient``:
        records that may be of the kind and tell nobody.
        """
        part = {name: float(sums.get(name) or 0) for name in ("merges", "more", "spread", "missed", "missed_spread")}
        beyond = self.whole.missed / self.whole.told if self.whole.told else 1.0
        found = part["merges"] / self.whole.merges if self.whole.merges else 0.0
        unsure = Uncertainty(
            merges=int(part["merges"]),
            false_merges=part["more"],
            missed=part["missed"] * beyond,
            unseen=self.whole.unseen * found,
            variance=part["spread"] + part["missed_spread"] * beyond,
        )
        return interval(count, unsure, insufficient)


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


def doubts(engine: Engine, linked: Linked | None, folds: ir.Table, overlooked: float, nameless: ir.Table) -> Doubts:
    """Measure what is unsure. ``folds``: mention, ``more``: records that a profile stands for beyond its first.

    ``overlooked``: the share of the pairs of one person that the model refuses. ``nameless``: see there. The tables
    are temporary.
    """
    if linked is None:
        persons, by_role = _summed(engine, [_shared(nameless)])
        shared = sum(sums["shared"] for sums in by_role.values())
        apart = engine.memtable(ibis.schema(APART).to_pyarrow().empty_table(), "none_apart")
        return Doubts(persons, apart, Uncertainty(households=shared), by_role)
    placed = engine.materialise(_placed(linked), "placed_pairs")
    joined = placed.filter((placed.left == placed.right) & (placed.weight >= ACCEPTED))
    folded = _folded(linked, folds.anti_join(nameless, "mention"))
    persons, by_role = _summed(engine, [_merged(joined, nameless), folded, _shared(nameless)])
    apart = engine.materialise(_apart(placed), "kept_apart")
    kept = apart.p >= LEAST
    told = engine.rows(
        apart.aggregate(all=apart.p.sum(), kept=kept.ifelse(apart.p, 0.0).sum(), spread=_spread(apart.p).sum())
    )[0]
    sums = {name: sum(some[name] for some in by_role.values()) for name in SUMMED}
    merges, missed = int(sums["merges"]), float(told["all"] or 0)
    more, wrong, shared = (sums[name] for name in ("more", "wrong", "shared"))
    # the pairs that were compared and doubted are part of those that the model refuses
    refused = max(0.0, merges * overlooked / (1 - min(overlooked, 0.5)) - missed)
    whole = Uncertainty(
        merges=merges,
        false_merges=wrong,
        folds=more - wrong - shared,
        missed=missed,
        unseen=max(refused, _unseen(engine, joined, merges)),
        variance=sums["spread"] + float(told["spread"] or 0),
        told=float(told["kept"] or 0),
        households=shared,
    )
    return Doubts(persons, apart.filter(kept), whole, by_role)


def _spread(p: ir.FloatingValue) -> ir.FloatingValue:
    return p * (1 - p)


def _summed(engine: Engine, parts: Sequence[ir.Table]) -> tuple[ir.Table, dict[int, dict[str, float]]]:
    """Return the temporary table of `PERSONS`, and the sums of `SUMMED` by the place of a role."""
    together = ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]
    sums = {name: together[name].sum().cast(kind) for name, kind in SUMMED.items()}
    both = engine.materialise(together.group_by("person", "rank").agg(**sums), "doubts_by_role")
    sums = {name: both[name].sum().cast(kind) for name, kind in PERSONS.items() if name in SUMMED}
    persons = engine.materialise(both.group_by("person").agg(**sums).select(*PERSONS), "doubts")
    rows = engine.rows(both.group_by("rank").agg(**{name: both[name].sum() for name in SUMMED}))
    engine.drop("doubts_by_role")
    return persons, {int(row["rank"]): {name: float(row[name] or 0) for name in SUMMED} for row in rows}


def _part(table: ir.Table, **sums: ir.Value) -> ir.Table:
    """Return person, rank (the place of a role) and `SUMMED`, zero where it is not given."""
    given = {name: sums.get(name, ibis.literal(0)).cast(kind) for name, kind in SUMMED.items()}
    return table.select("person", rank=table["rank"].cast("int32"), **given)


def _merged(joined: ir.Table, nameless: ir.Table) -> ir.Table:
    """Profiles joined to another, by the best of their pairs; doubts of the nameless are told as households."""
    later = ibis.greatest(role_of(joined.l), role_of(joined.r))
    best = joined.group_by(end="r").agg(p=joined.p.max(), person=joined.left.min(), rank=later.min())
    best = best.left_join(nameless.select(end="mention", bare="person"), "end")
    p = best.bare.isnull().ifelse(best.p, 1.0)
    return _part(best, merges=ibis.literal(1), more=1 - p, wrong=1 - p, spread=_spread(p))


def _shared(nameless: ir.Table) -> ir.Table:
    """Persons known by contacts alone: as many as their records, up to a household's members."""
    several = nameless.group_by("person").agg(more=ibis.least(nameless.count(), MEMBERS) - 1)
    several = several.mutate(rank=role_of(several.person))
    return _part(several, more=several.more, shared=several.more)


def _folded(linked: Linked, folds: ir.Table) -> ir.Table:
    """Records that were folded on few traits and may be another's."""
    pairs = linked.pairs
    selves = pairs.filter(pairs.l == pairs.r).inner_join(folds, pairs.l == folds.mention)
    selves = selves.select("mention", more=(1 - probability(selves.weight.cast("float64"))) * selves.more)
    placed = selves.left_join(linked.persons, "mention").drop("mention_right")
    held = placed.select("more", person=ibis.coalesce(placed.person, placed.mention), rank=role_of(placed.mention))
    return _part(held, more=held.more)


def _apart(placed: ir.Table) -> ir.Table:
    """Return l, r, p: pairs of persons that were compared and kept apart, by the best pair of their profiles."""
    pairs = placed.filter(placed.left != placed.right)
    near = pairs.group_by(l=ibis.least(pairs.left, pairs.right), r=ibis.greatest(pairs.left, pairs.right)).agg(
        p=pairs.p.max()
    )
    # a pair above the threshold that was cut for a conflict is known to be two persons
    return near.filter(near.p < 0.5)


def _placed(linked: Linked) -> ir.Table:
    """Scored pairs with the person of each end, their probability and weight."""
    persons = linked.persons
    pairs = linked.pairs.filter(linked.pairs.l != linked.pairs.r)
    pairs = pairs.mutate(p=probability(pairs.weight.cast("float64")))
    pairs = pairs.left_join(persons.select(l="mention", left="person"), "l").drop("l_right")
    pairs = pairs.left_join(persons.select(r="mention", right="person"), "r").drop("r_right")
    return pairs.mutate(left=ibis.coalesce(pairs.left, pairs.l), right=ibis.coalesce(pairs.right, pairs.r))


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
