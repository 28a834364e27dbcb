"""How two persons come to look alike: u of the levels, from pairs of the file's own profiles drawn at random.

Two profiles at random are two persons, all but a few that the model knows for one. Which profiles are drawn depends on
the fingerprint of what they tell, so neither on their order nor on their tables. A level counts as the prior says until
the sample has shown enough of it: what is seen is held against what the prior expects, both steadied by `STEADY_SEEN`
pairs, so a level too rare for the sample stays as it was.

Learnt are the levels of the prior marked ``chance``: how near two values come. Not learnt: levels whose frequency is
that of their value (``tf_adjustment_column``), what households share, for chance is not how relatives meet, and what
hangs on which cells are filled (a date without its day, contacts that differ): the prior weighs these by m and u
together, and m of so few would stay behind. Nor levels whose m a file does not teach (`learning.ALL_BUT_NEVER`).
"""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

from colmate.engine import Engine
from colmate.subjects.blocking import rules_mask

__all__ = ["STRANGERS", "met_by_chance", "strangers"]

Floats = npt.NDArray[np.float64]
# the bit that marks a pair as drawn at random; no rule found it
STRANGERS = 1 << 30
# profiles that are drawn, and how many each is held against: 20,000 pairs, more teach nothing more
DRAWN, AGAINST = 2_000, 20
STEADY_SEEN = 20.0


def strangers(engine: Engine, profiles: ir.Table, count: int) -> ir.Table:
    """Return a temporary table of pairs (l, r, rules) of some of the ``count`` profiles, drawn by their fingerprint."""
    share = max(1, count // DRAWN)
    blocks = max(1, count // share // AGAINST)
    drawn = profiles.filter(profiles.profile % share == 0)
    # so many there are by chance; more only where somebody chose the fingerprints, to have all drawn
    drawn = drawn.order_by("profile").limit(2 * DRAWN)
    drawn = drawn.select("mention", block=(drawn.profile % (share * blocks)).cast("int64"))
    kept = engine.materialise(drawn, "drawn")
    left, right = kept, kept.view()
    pairs = left.join(right, [left.block == right.block, left.mention < right.mention])
    made = pairs.select(l=left.mention, r=right.mention, rules=rules_mask(STRANGERS))
    made = engine.materialise(made, "strangers")
    engine.drop("drawn")
    return made


def met_by_chance(levels: list[dict[str, Any]], shown: npt.NDArray[Any], apart: Floats) -> Floats:
    """Return u of the ``levels`` of one comparison (by gamma) as pairs at random show it.

    ``shown``: the level of each pair, -1 where it says nothing; ``apart``: how likely the pair is of two persons.
    """
    told = shown >= 0
    prior = np.array([level["u_probability"] for level in levels], dtype=np.float64)
    seen = np.bincount(shown[told], apart[told], len(prior))
    u = prior * (seen + STEADY_SEEN) / (prior * apart[told].sum() + STEADY_SEEN)
    return np.where([bool(level.get("chance")) for level in levels], u, prior)
