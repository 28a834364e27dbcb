"""From scored pairs to persons: connected components, without joining through a chain what a conflict forbids.

Two profiles with contradictory traits (two own NIR that differ, other given names, other birth dates) may hang
together through a third that knows little. In a component that holds such a pair, the weakest links are cut, round
by round, until no contradictory pair is joined. The rule looks at weights alone, so the order of the records does not
matter; it may cut one link too many, never join two contradictory profiles.
"""

from __future__ import annotations

from typing import NamedTuple

import ibis
import ibis.expr.types as ir
from splink.clustering import cluster_pairwise_predictions_at_threshold

from colmate.engine import Engine
from colmate.subjects.blocking import rules_mask
from colmate.subjects.scoring import Scorer

__all__ = ["Grouped", "components", "persons_of"]

ROUNDS = 12
# components beyond this size are not looked into pair by pair
LARGEST_LOOKED_INTO = 60


class Grouped(NamedTuple):
    """``persons``: mention, person of the linked profiles. ``cut``: components that were cut.

    ``against``: the contradictory pairs in these: l, r, ``trait`` that speaks against, ``cluster`` (the component).
    Both tables are temporary.
    """

    persons: ir.Table
    cut: int
    against: ir.Table


def components(engine: Engine, edges: ir.Table, name: str) -> ir.Table:
    """Return the temporary table ``name``: each end of ``edges`` as ``mention``, with the smallest as ``person``."""
    return engine.in_one_place(edges.select("l", "r"), lambda one, some: _components(one, some, name), name)


def _components(engine: Engine, edges: ir.Table, name: str) -> ir.Table:
    ends = ibis.union(edges.select(mention=edges.l), edges.select(mention=edges.r), distinct=True)
    nodes = engine.materialise(ends, "component_nodes")
    links = engine.materialise(edges.select(mention_l=edges.l, mention_r=edges.r), "component_links")
    with engine.guard("clustering"):
        api = engine.splink()
        found = cluster_pairwise_predictions_at_threshold(
            api.register(nodes.get_name()), api.register(links.get_name()), api, node_id_column_name="mention"
        )
    raw = engine.backend.table(found.physical_name)
    made = engine.materialise(raw.select("mention", person=raw.cluster_id), name)
    engine.drop(found.physical_name, "component_nodes", "component_links")
    return made


def persons_of(engine: Engine, scorer: Scorer, edges: ir.Table, base: float) -> Grouped:
    """Group the ends of ``edges`` (l, r, weight of accepted pairs) into persons.

    ``base``: weight of the prior, to tell what evidence alone says.
    """
    linked = components(engine, edges, "components")
    conflicts = _conflicts(engine, scorer, linked, base)
    against = engine.materialise(_inside(linked, conflicts).rename(cluster="person"), "against")
    torn = engine.materialise(linked.semi_join(against, linked.person == against.cluster), "torn")
    cut = int(engine.rows(torn.aggregate(n=torn.person.nunique()))[0]["n"])
    if cut:
        inside = edges.semi_join(torn, edges.l == torn.mention)
        settled = _cut(engine, engine.materialise(inside, "torn_edges_0"), conflicts)
        whole = linked.anti_join(torn, "mention")
        linked = engine.materialise(ibis.union(whole, settled, distinct=False), "linked")
        engine.drop("components", "settled")
    engine.drop("torn", "conflicts")
    return Grouped(linked, cut, against)


def _inside(linked: ir.Table, conflicts: ir.Table) -> ir.Table:
    """The contradictory pairs whose ends hang together, with their ``person``."""
    right = linked.view()
    both = conflicts.inner_join(linked, conflicts.l == linked.mention).select("l", "r", "trait", "person")
    return both.semi_join(right, [both.r == right.mention, both.person == right.person])


def _torn(linked: ir.Table, conflicts: ir.Table) -> ir.Table:
    """The members of the components that hold a contradictory pair."""
    return linked.semi_join(_inside(linked, conflicts), "person")


def _conflicts(engine: Engine, scorer: Scorer, linked: ir.Table, base: float) -> ir.Table:
    """Contradictory pairs inside components of three members and more."""
    sizes = linked.group_by("person").agg(size=linked.count())
    large = linked.semi_join(sizes.filter(sizes.size.between(3, LARGEST_LOOKED_INTO)), "person")
    right = large.view()
    pairs = large.join(right, [large.person == right.person, large.mention < right.mention])
    inner = engine.materialise(pairs.select(l=large.mention, r=right.mention, rules=rules_mask(0)), "inner_pairs")
    scored = scorer.contradictions(inner, "inner_scored")
    against = scored.filter(scored.trait.notnull() & (scored.evidence + base < 0)).select("l", "r", "trait")
    conflicts = engine.materialise(against, "conflicts")
    engine.drop("inner_pairs", "inner_scored")
    return conflicts


def _cut(engine: Engine, edges: ir.Table, conflicts: ir.Table) -> ir.Table:
    """Cut the weakest edges of the torn components until none holds a contradictory pair."""
    settled: list[ir.Table] = []
    for step in range(1, ROUNDS + 1):
        linked = components(engine, edges, f"round_{step}")
        torn = engine.materialise(_torn(linked, conflicts), f"round_torn_{step}")
        settled.append(linked.anti_join(torn, "mention"))
        if not engine.rows(torn.aggregate(n=torn.count()))[0]["n"]:
            break
        inside = edges.inner_join(torn, edges.l == torn.mention).select("l", "r", "weight", "person")
        weakest = inside.mutate(least=inside.weight.min().over(ibis.window(group_by="person")))
        kept = weakest.filter(weakest.weight > weakest["least"]).select("l", "r", "weight")
        edges = engine.materialise(kept, f"torn_edges_{step}")
    made = engine.materialise(ibis.union(*settled, distinct=False) if len(settled) > 1 else settled[0], "settled")
    engine.drop(*(f"{kind}_{step}" for kind in ("round", "round_torn", "torn_edges") for step in range(ROUNDS + 1)))
    return made
