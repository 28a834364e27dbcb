"""Groups of records that somebody should look at: where identifiers contradict each other, or a link is weak.

=============== =======================================================================================================
``two_numbers`` two persons alike in names and birth date, each with a NIR or INS of its own: a collision, or one
                person with two identities; kept apart
``cut_…``       records that hang together through others, and contradict each other by the trait named (``name``,
                ``first``, ``born``, ``sex``, ``nir``): the group was cut
``numbers``     one person with two own numbers that differ
``birth_dates`` one person with birth dates that no single slip explains
``sexes``       one person of both sexes
``weak_link``   one person whose records fall into parts that no link of `SURE` or more holds together
=============== =======================================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from colmate.engine import Engine, damerau
from colmate.subjects.blocking import RULES, rules_mask
from colmate.subjects.clusters import Grouped, components
from colmate.subjects.scoring import log_odds, probability

__all__ = ["COLUMNS", "SURE", "count_conflicts", "numbered_apart", "to_review"]

# the dataset: ``l`` and ``r`` are mentions, ``probability`` that of the best link between the parts
COLUMNS: Mapping[str, str] = {
    "cluster": "int64", "reason": "string", "person": "int64", "other": "int64", "l": "int64", "r": "int64",
    "probability": "float64",
}  # fmt: skip
SURE = 0.9
BY_NAME = ("date_name",)
BY_FIRST = ("date_first", "date_first_department")


def numbered_apart(engine: Engine, pairs: ir.Table, nodes: ir.Table) -> ir.Table:
    """Return the temporary table of pairs (l, r) alike in names and birth date, with own numbers that differ.

    One sign apart is a slip of the pen.
    """
    alike = pairs
    for names in (BY_NAME, BY_FIRST):
        mask = rules_mask(sum(1 << bit for bit, rule in enumerate(RULES) if rule.name in names))
        alike = alike.filter((alike.rules & mask) > 0)
    own = nodes.filter(nodes.standing == 2).select("mention", "nir")
    both = alike.select("l", "r").inner_join(own.rename(l="mention", left_nir="nir"), "l")
    both = both.inner_join(own.view().rename(r="mention", right_nir="nir"), "r")
    differ = both.filter((both.left_nir != both.right_nir) & (damerau(both.left_nir, both.right_nir) > 1))
    return engine.materialise(differ.select("l", "r"), "numbered_apart")


def to_review(engine: Engine, grouped: Grouped, edges: ir.Table, apart: ir.Table, nodes: ir.Table) -> ir.Table:
    """Return the temporary table ``conflicts`` with `COLUMNS`.

    ``edges``: l, r, weight of accepted pairs. ``apart``: what `numbered_apart` found. ``nodes``: the traits.
    """
    persons = grouped.persons
    numbers = _between(persons, apart).filter(ibis._.person != ibis._.other)
    numbers = numbers.mutate(cluster=ibis.least(numbers.person, numbers.other), reason=ibis.literal("two_numbers"))
    cut = _between(persons, grouped.against)
    cut = cut.mutate(reason=ibis.literal("cut_") + cut.trait)
    found = [*_within(persons, nodes), _weak(engine, persons, edges)]
    alone = ibis.union(*found, distinct=False)
    alone = alone.mutate(cluster=alone.person, other=ibis.null("int64"), l=ibis.null("int64"), r=ibis.null("int64"))
    pairs = [part.mutate(probability=ibis.null("float64")).select(*COLUMNS) for part in (numbers, cut)]
    made = engine.materialise(ibis.union(*pairs, alone.select(*COLUMNS), distinct=False), "conflicts")
    engine.drop("numbered_apart", "against", "loose", "strong_parts")
    return made


def _between(persons: ir.Table, pairs: ir.Table) -> ir.Table:
    """Add to ``pairs`` the ``person`` of the left and ``other``, that of the right."""
    left = pairs.left_join(persons.rename(l="mention", left_person="person"), "l").drop("l_right")
    both = left.left_join(persons.view().rename(r="mention", right_person="person"), "r").drop("r_right")
    both = both.mutate(person=ibis.coalesce(both.left_person, both.l), other=ibis.coalesce(both.right_person, both.r))
    return both.drop("left_person", "right_person")


def _within(persons: ir.Table, nodes: ir.Table) -> list[ir.Table]:
    """The persons whose records contradict each other: person, reason, probability (null)."""
    known = persons.inner_join(nodes.select("mention", "nir", "standing", "born", "sex"), "mention")
    day = (known.born % 100 > 0).ifelse(known.born, ibis.null("int32"))
    own = (known.standing == 2).ifelse(known.nir, ibis.null("string"))
    told = {"numbers": own, "years": day // 10000, "days": day % 10000, "sexes": known.sex}
    ends = {f"{name}_{end}": getattr(value, end)() for name, value in told.items() for end in ("min", "max")}
    grouped = known.group_by("person").agg(**ends)
    differ = {name: grouped[f"{name}_min"] != grouped[f"{name}_max"] for name in told}
    reasons = {
        "numbers": differ["numbers"],
        "birth_dates": differ["years"] & differ["days"],
        "sexes": differ["sexes"],
    }
    return [
        grouped.filter(held).select("person", reason=ibis.literal(reason), probability=ibis.null("float64"))
        for reason, held in reasons.items()
    ]


def _weak(engine: Engine, persons: ir.Table, edges: ir.Table) -> ir.Table:
    """The persons who fall apart without the links under `SURE`: person, reason, probability of the best of these."""
    least = log_odds(SURE)
    inside = edges.inner_join(persons.rename(l="mention"), "l")
    other = persons.view()
    inside = inside.semi_join(other, [inside.r == other.mention, inside.person == other.person])
    unsure = inside.filter(inside.weight < least).select("person").distinct()
    loose = engine.materialise(inside.semi_join(unsure, "person"), "loose")
    parts = components(engine, loose.filter(loose.weight >= least), "strong_parts")
    placed = loose.left_join(parts.rename(l="mention", left_part="person"), "l").drop("l_right")
    placed = placed.left_join(parts.view().rename(r="mention", right_part="person"), "r").drop("r_right")
    across = placed.filter(ibis.coalesce(placed.left_part, placed.l) != ibis.coalesce(placed.right_part, placed.r))
    best = across.group_by("person").agg(weight=across.weight.max().cast("float64"))
    return best.select("person", reason=ibis.literal("weak_link"), probability=probability(best.weight))


def count_conflicts(engine: Engine, conflicts: ir.Table) -> dict[str, int]:
    """Return the number of groups by reason."""
    counted = conflicts.group_by("reason").agg(times=conflicts.cluster.nunique())
    return {row["reason"]: int(row["times"]) for row in engine.rows(counted.order_by("reason"))}
