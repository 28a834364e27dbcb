"""What a model cannot see, held against what is known: errors drawn at known rates, pairs refused by the same rule."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.subjects.overlooked import Accepted, overlooked

# two levels a trait: 1 the same (weight for), 0 wrong (weight against); four traits and a prior
FOR, AGAINST, PRIOR, TRAITS = 8.0, -6.0, -12.0, 4


def _pairs(errors: float, count: int, seed: int) -> tuple[Accepted, float]:
    """Pairs that were accepted among ``count`` with independent ``errors``, and the share that was not."""
    draw = np.random.default_rng(seed)
    same = draw.random((count, TRAITS)) >= errors
    total = PRIOR + np.where(same, FOR, AGAINST).sum(axis=1)
    kept = same[total >= 0]
    shown = [kept[:, trait].astype(np.int64) for trait in range(TRAITS)]
    weights = [np.where(one == 1, FOR, AGAINST) for one in shown]
    usual = [np.array([AGAINST, FOR])] * TRAITS
    return Accepted(np.full(len(kept), PRIOR), shown, weights, usual), float((total < 0).mean())


@pytest.mark.parametrize("errors", [0.02, 0.05, 0.1, 0.2])
def test_the_share_that_is_refused_is_found_from_those_that_are_not(errors: float) -> None:
    pairs, refused = _pairs(errors, 20_000, 1)
    assert overlooked(pairs) == pytest.approx(refused, rel=0.25, abs=0.003)


def test_errors_that_come_together_hide_more_pairs_than_their_rates_say() -> None:
    draw = np.random.default_rng(1)
    # one record in three is careless: six errors in ten there, one in fifty elsewhere
    rate = np.where(draw.random(20_000) < 0.33, 0.6, 0.02)[:, None]
    same = draw.random((20_000, TRAITS)) >= rate
    total = PRIOR + np.where(same, FOR, AGAINST).sum(axis=1)
    kept = same[total >= 0]
    shown = [kept[:, trait].astype(np.int64) for trait in range(TRAITS)]
    weights = [np.where(one == 1, FOR, AGAINST) for one in shown]
    pairs = Accepted(np.full(len(kept), PRIOR), shown, weights, [np.array([AGAINST, FOR])] * TRAITS)
    independent = np.mean([1 - one.mean() for one in shown])
    refused = float((total < 0).mean())
    alone = overlooked(_pairs(float(independent), 20_000, 1)[0])
    assert alone < overlooked(pairs) <= refused


def test_without_an_error_nothing_is_overlooked() -> None:
    assert overlooked(_pairs(0.0, 500, 1)[0]) == 0.0


def test_a_few_pairs_show_no_rates() -> None:
    assert overlooked(_pairs(0.2, 20, 1)[0]) == 0.0


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(0, 0.3))
def test_the_order_of_the_pairs_does_not_matter(seed: int, errors: float) -> None:
    pairs, _ = _pairs(errors, 300, seed)
    order = np.random.default_rng(seed).permutation(len(pairs.start))
    other = Accepted(
        pairs.start[order], [one[order] for one in pairs.shown], [one[order] for one in pairs.weights], pairs.usual
    )
    assert overlooked(pairs) == overlooked(other)
