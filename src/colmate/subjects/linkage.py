"""Which profiles are one person: candidates, scores, the file's own rate of repetition, components.

The prior probability that two profiles are one person is learnt from the file by expectation-maximisation on the
weights (Winkler 2000, for the prior alone): it depends on how often persons come back, which no shipped model knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from colmate.engine import Engine
from colmate.subjects.blocking import candidates, rules_mask
from colmate.subjects.clusters import persons_of
from colmate.subjects.conflicts import numbered_apart, to_review
from colmate.subjects.learning import LOCAL_BIT, learnt
from colmate.subjects.scoring import FREQUENCIES, Scorer, frequencies, log_odds, prior, settle_odds
from colmate.subjects.strangers import strangers

__all__ = ["ACCEPTED", "LOCAL_WEIGHT", "Linked", "link_profiles"]

# a pair is accepted from this weight on: as likely one person as not
ACCEPTED = 0.0
# two records of one controller with one local number: four to one before any trait is looked at
LOCAL_WEIGHT = 6.0
EXPECTED_REPEATS = 0.2
ITERATIONS = 8
BIN = 0.25


@dataclass(frozen=True)
class Linked:
    """``pairs``: l, r, rules, weight of scored pairs; ``persons``: mention, person of linked profiles.

    ``cut``: components cut because of a conflict. ``conflicts``: groups to be looked at (`conflicts.COLUMNS`).
    ``frequencies``: mention and `FREQUENCIES` of the profiles that are linked or in conflict. All are temporary.
    """

    pairs: ir.Table
    persons: ir.Table
    cut: int
    conflicts: ir.Table
    frequencies: ir.Table


def link_profiles(
    engine: Engine,
    profiles: ir.Table,
    filled: Mapping[str, int],
    count: int,
    locals_: ir.Table | None,
    folded: ir.Table,
    told: Callable[[float], None],
) -> tuple[Linked | None, dict[str, Any]]:
    """Link ``count`` profiles. Return what was linked (None where no two share a key) and the model as used.

    ``profiles``: mention, the traits and their fingerprints. ``filled``: how many have each trait. ``locals_``:
    mention, local. ``folded``: profiles that stand for several records with few traits: each is scored against itself,
    to know how likely the fold joined several persons.
    """
    model = prior({trait for trait, times in filled.items() if times})
    model["profiles"], model["filled"] = count, dict(filled)
    start = min(0.5, 2 * EXPECTED_REPEATS / max(1, count))
    model["probability_two_random_records_match"] = start
    settle_odds(model, start)
    pairs = candidates(engine, profiles, filled, count, locals_)
    told(0.5)
    selves = folded.select(l=folded.mention, r=folded.mention, rules=rules_mask(0))
    everything = ibis.union(pairs, selves, distinct=False)
    if not engine.rows(everything.aggregate(n=everything.count()))[0]["n"]:
        return None, model
    random = strangers(engine, profiles, count)
    met = ibis.union(everything, random, distinct=False)
    ends = ibis.union(met.select(mention="l"), met.select(mention="r"), distinct=True)
    nodes = frequencies(engine, profiles, engine.materialise(ends, "ends"), "nodes")
    engine.drop("ends")
    model = learnt(engine, Scorer(engine, model, nodes), pairs, random, count, LOCAL_WEIGHT)
    scorer = Scorer(engine, model, nodes)
    evidence = scorer.score(everything, "evidence")
    apart = numbered_apart(engine, pairs, nodes)
    engine.drop("candidates", "strangers")
    told(0.8)
    base = log_odds(_prior_match(engine, evidence, count))
    weighted = engine.materialise(_weighted(evidence, base), "scored_pairs")
    engine.drop("evidence")
    accepted = weighted.filter((weighted.l != weighted.r) & (weighted.weight >= ACCEPTED))
    edges = engine.materialise(accepted.select("l", "r", "weight"), "edges")
    model["probability_two_random_records_match"] = 1 / (1 + 2**-base)
    grouped = persons_of(engine, scorer, edges, base)
    conflicts = to_review(engine, grouped, edges, apart, nodes)
    kept = engine.materialise(_kept(nodes, grouped.persons, conflicts), "linked_frequencies")
    engine.drop("nodes", "edges")
    return Linked(weighted, grouped.persons, grouped.cut, conflicts, kept), model


def _kept(nodes: ir.Table, persons: ir.Table, conflicts: ir.Table) -> ir.Table:
    """The frequencies of the profiles whose links may have to be explained."""
    met = [persons.select("mention"), *(conflicts.select(mention=end) for end in ("l", "r"))]
    return nodes.semi_join(ibis.union(*met, distinct=False), "mention").select("mention", *FREQUENCIES)


def _weighted(evidence: ir.Table, base: float) -> ir.Table:
    """Add the prior's weight; a shared local number has its own, for it is no random pair."""
    local = (evidence.rules & LOCAL_BIT) > 0
    start = ibis.ifelse(local, max(base, LOCAL_WEIGHT), base)
    return evidence.select("l", "r", "rules", weight=(evidence.evidence + start).cast("float32"))


def _prior_match(engine: Engine, evidence: ir.Table, count: int) -> float:
    """Return the probability that two profiles at random are one person, by EM over the histogram of evidence."""
    some = evidence.filter((evidence.l != evidence.r) & (evidence.rules < LOCAL_BIT))
    bins = engine.rows(some.group_by(bin=(some.evidence / BIN).floor().cast("int64")).agg(times=some.count()))
    possible = max(1.0, count * (count - 1) / 2)
    expected = EXPECTED_REPEATS * count
    for _ in range(ITERATIONS):
        base = log_odds(min(0.5, max(expected, 1e-3) / possible))
        expected = sum(row["times"] / (1 + 2 ** -min(200.0, (row["bin"] + 0.5) * BIN + base)) for row in bins)
        # a file always holds a few repetitions: one in fifty profiles at least
        expected = min(max(expected, 0.02 * count), 5.0 * count)
    return min(0.5, expected / possible)
