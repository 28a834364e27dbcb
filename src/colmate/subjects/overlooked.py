"""How many pairs of one person the model cannot see: too many traits went wrong in them at once.

A pair is accepted when its traits weigh enough together, so the pairs that are accepted show too few errors: those with
two or three are just the ones that are missing. From the accepted pairs the frequency of each level is worked out as if
nothing were missing (a truncated sample: each level counts as many times as it hides), errors in one trait taken to be
independent of those in another; the model then judges pairs with errors drawn anew. The share that it refuses is the
share that is overlooked. Pairs that tell the same traits are looked at together: a list of relatives is written in
another way than a register. Errors come together in one record, though: what was drawn is held against what was seen
just above the threshold, and what lies below it is taken to be as many times more (`_together`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Accepted", "overlooked"]

Floats = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int64]
PAIRS, DRAWS, ROUNDS = 2_000, 40, 4
# fewer pairs show no rates; fewer of the same traits show none of their own
PAIRS_LEAST, ALIKE_LEAST = 30, 200
# pairs so near above the threshold (base 2) tell whether errors come together, once there are a few of them
NEAR, STEADY_NEAR, TOGETHER_MOST = 10.0, 3.0, 5.0
# a level is never taken to hide more than nine in ten of its pairs: a single one would stand for a crowd
SEEN_LEAST = 0.1


@dataclass(frozen=True)
class Accepted:
    """Pairs that the model accepts, one row a pair: ``start`` is the weight of the prior.

    For each comparison: the level shown (``shown``, -1 where it says nothing), what it weighs there (``weights``), and
    what each of its levels weighs in general (``usual``), all base 2.
    """

    start: Floats
    shown: Sequence[Levels]
    weights: Sequence[Floats]
    usual: Sequence[Floats]


def overlooked(pairs: Accepted) -> float:
    """Return the share (0 to 1) of the pairs of one person that the model refuses, by errors drawn anew."""
    if len(pairs.start) < PAIRS_LEAST:
        return 0.0
    told = np.array([1 << place for place in range(len(pairs.shown))]) @ np.array([one >= 0 for one in pairs.shown])
    kinds, kind, times = np.unique(told, return_inverse=True, return_counts=True)
    kind = np.where(times[kind] >= ALIKE_LEAST, kind, len(kinds))
    refused = 0.0
    for one in np.unique(kind):
        here = np.flatnonzero(kind == one)
        share = _refused(pairs, here[_chosen(pairs, here)])
        refused += len(here) * share / max(1e-9, 1 - share)
    return refused / (refused + len(pairs.start))


def _refused(pairs: Accepted, chosen: Levels) -> float:
    """The share of pairs like the ``chosen`` ones that the model refuses."""
    start = np.repeat(pairs.start[chosen], DRAWS)
    shown = [levels[chosen] for levels in pairs.shown]
    tables = [_weights(levels, weights[chosen], usual)
              for levels, weights, usual in zip(shown, pairs.weights, pairs.usual, strict=True)]  # fmt: skip
    seen = [np.bincount(levels[levels >= 0], minlength=len(usual)).astype(np.float64)
            for levels, usual in zip(shown, pairs.usual, strict=True)]  # fmt: skip
    rates = [counts / max(1.0, counts.sum()) for counts in seen]
    said = [np.repeat(levels >= 0, DRAWS) for levels in shown]
    share = 1.0
    for _ in range(ROUNDS):
        draw = np.random.default_rng(0)
        drawn = [np.searchsorted(np.cumsum(rate)[:-1], draw.random(len(start)), side="right") for rate in rates]
        total = start.copy()
        for levels, table, speaks in zip(drawn, tables, said, strict=True):
            total += np.where(speaks, table[np.arange(len(start)) // DRAWS, levels], 0.0)
        accepted = total >= 0
        share = float(accepted.mean())
        rates = [_untruncated(counts, levels[speaks], accepted[speaks])
                 for counts, levels, speaks in zip(seen, drawn, said, strict=True)]  # fmt: skip
    more = _together(_totals(pairs, chosen), total[accepted])
    return (1.0 - share) * more / (share + (1.0 - share) * more)


def _totals(pairs: Accepted, chosen: Levels) -> Floats:
    """What the ``chosen`` pairs weigh in all, as they were seen."""
    said = [np.where(levels >= 0, weights, 0.0) for levels, weights in zip(pairs.shown, pairs.weights, strict=True)]
    return np.asarray((pairs.start + np.sum(said, axis=0))[chosen], dtype=np.float64)


def _together(seen: Floats, drawn: Floats) -> float:
    """How many times more pairs lie just above the threshold than errors independent of each other would put there.

    ``seen`` and ``drawn``: the weights of accepted pairs. A pair that was seen counts by its probability.
    """
    near = seen < NEAR
    there = float((1 / (1 + np.exp2(-seen[near]))).sum())
    expected = float((drawn < NEAR).mean()) * len(seen) if len(drawn) else 0.0
    return min(TOGETHER_MOST, max(1.0, (there + STEADY_NEAR) / (expected + STEADY_NEAR)))


def _chosen(pairs: Accepted, here: Levels) -> Levels:
    """Places of some of the pairs ``here``, evenly over them in an order that is theirs alone, not the file's."""
    keys = [*pairs.shown, *(weights.round(6) for weights in pairs.weights), pairs.start]
    order = np.lexsort([key[here] for key in keys])
    return order[np.linspace(0, len(order) - 1, min(PAIRS, len(order))).astype(np.int64)]


def _weights(shown: Levels, weights: Floats, usual: Floats) -> Floats:
    """What each level weighs in each pair: its own where it shows it, else what the level weighs on average."""
    table = np.tile(usual, (len(shown), 1))
    for level in range(len(usual)):
        here = shown == level
        if here.any():
            table[:, level] = weights[here].mean()
            table[here, level] = weights[here]
    return table


def _untruncated(seen: Floats, drawn: Levels, accepted: npt.NDArray[np.bool_]) -> Floats:
    """The rates of the levels if none were missing: those seen over the share of each that is accepted."""
    times = np.bincount(drawn, minlength=len(seen))
    kept = np.bincount(drawn[accepted], minlength=len(seen))
    share = np.where(times > 0, kept / np.maximum(1, times), 1.0).clip(SEEN_LEAST)
    rates = seen / share
    rates /= max(1e-12, rates.sum())
    return np.asarray(rates, dtype=np.float64)
