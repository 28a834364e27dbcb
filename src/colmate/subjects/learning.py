"""What the file itself teaches of its errors: u by sampling, m by expectation-maximisation, from the shipped prior.

The prior weighs as much as `STEADY_PAIRS` pairs, so a small file changes little and a file full of errors says so. The
levels that a single person all but never shows (another given name, another birth date) are what tells twins, and
fathers and sons of one name, apart: they are learnt only from pairs that an identifier holds together, and only where
these disagree far more often than families do. What the law of identity forbids (two own NIR) is never learnt.

u of near values is what pairs at random show (`strangers`), that of equal values their frequency in the file.

Winkler 2000 (EM for record linkage).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from colmate.engine import Engine
from colmate.subjects.blocking import LARGE, RULES
from colmate.subjects.overlooked import Accepted, overlooked
from colmate.subjects.scoring import Scorer, log_odds, settle_odds
from colmate.subjects.strangers import STRANGERS, met_by_chance

__all__ = ["LOCAL_BIT", "learnt", "levels_of"]

Floats = npt.NDArray[np.float64]
# pairs that the prior weighs as much as
STEADY_PAIRS = 200.0
ITERATIONS = 12
# more candidates than this teach nothing more; of a large file's, two in five are of one person, not one in ten, and
# more of these would outweigh the prior where the pairs that are missing cannot speak
PAIRS_ENOUGH, LARGE_ENOUGH = 20_000, 5_000
# levels with a smaller m are learnt from identifiers alone, lest homonyms teach that any date is one's own; those
# below the second are never learnt
ALL_BUT_NEVER, FORBIDDEN = 6e-4, 1e-12
# what pairs of one identifier must show of such a level before it is believed: a share, and a number
SHARE_LEAST, PAIRS_LEAST = 0.02, 5.0
EXPECTED_LEAST, EXPECTED_MOST = 0.02, 5.0
LOCAL_BIT = 1 << len(RULES)
# which rules hold two profiles together by an identifier, besides a local number, for each comparison it may teach;
# never the NIR, which a child shares with its parent: a file of families would teach that names and dates mean nothing
BY_IDENTIFIER = {"born": ("email_first",)}


def learnt(
    engine: Engine, scorer: Scorer, pairs: ir.Table, random: ir.Table, count: int, local_weight: float
) -> dict[str, Any]:
    """Return the model of ``scorer`` with m as the candidate ``pairs`` (l, r, rules) of ``count`` profiles teach it.

    u is what the pairs drawn at ``random`` (`strangers`) show.

    Each comparison then has its ``noise``: how often pairs of one person do not show its commonest level; the model
    has the share that it has ``overlooked``.
    """
    model = copy.deepcopy(scorer.model)
    if not model["comparisons"]:
        return model
    some, share = _sampled(engine, scorer.nodes, pairs, LARGE_ENOUGH if count >= LARGE else PAIRS_ENOUGH)
    rows = engine.arrow(scorer.levels(ibis.union(some, random, distinct=False), "levels"))
    engine.drop("levels", "taught")
    rows = _with_chance(model, rows, log_odds(min(0.5, 0.4 / max(1.0, count - 1))))
    evidence = rows["evidence"].to_numpy()
    rules = rows["rules"].to_numpy()
    shown = [rows[f"gamma_{one['output_column_name']}"].to_numpy() for one in model["comparisons"]]
    prior = [_probabilities(one) for one in model["comparisons"]]
    m = [values.copy() for values in prior]
    expected = 0.2 * count
    for _ in range(ITERATIONS):
        base = log_odds(min(0.5, expected / max(1.0, count * (count - 1) / 2)))
        numbered = (rules & LOCAL_BIT) > 0
        start = np.where(numbered, max(base, local_weight), base)
        weights = evidence + start + _gained(shown, m, prior)
        match = 1 / (1 + np.exp2(-weights.clip(-200, 200)))
        expected = min(max(float(match.sum()) * share, EXPECTED_LEAST * count), EXPECTED_MOST * count)
        for place, one in enumerate(model["comparisons"]):
            own = weights - _of(shown[place], np.log2(m[place] / _others(one)))
            m[place] = _maximised(one, shown[place], prior[place], match, own, rules)
    weights = evidence + start + _gained(shown, m, prior)
    model["overlooked"] = _overlooked(model, rows, shown, m, prior, np.asarray(start), weights >= 0)
    for one, values in zip(model["comparisons"], m, strict=True):
        _write(one, "m_probability", values)
        one["noise"] = float(f"{1 - values.max():.3g}")
    settle_odds(model, float(f"{min(0.5, expected / max(1.0, count * (count - 1) / 2)):.3g}"))
    return model


def _with_chance(model: dict[str, Any], rows: pa.Table, start: float) -> pa.Table:
    """Set u of the levels to what the pairs drawn at random show; return the others, weighed by it.

    ``start``: the weight of the prior. What the model takes for one person is no stranger.
    """
    drawn = (rows["rules"].to_numpy() & STRANGERS) > 0
    apart = 1 / (1 + np.exp2((rows["evidence"].to_numpy()[drawn] + start).clip(-200, 200)))
    random, rows = rows.filter(pa.array(drawn)), rows.filter(pa.array(~drawn))
    evidence = rows["evidence"].to_numpy()
    for one in model["comparisons"]:
        name, before = one["output_column_name"], _others(one)
        _write(one, "u_probability", met_by_chance(levels_of(one), random[f"gamma_{name}"].to_numpy(), apart))
        more = _of(rows[f"gamma_{name}"].to_numpy(), np.log2(before / _others(one)))
        evidence = evidence + more
        rows = _with(rows, f"weight_{name}", rows[f"weight_{name}"].to_numpy() + more)
    return _with(rows, "evidence", evidence)


def _with(rows: pa.Table, name: str, values: Floats) -> pa.Table:
    return rows.set_column(rows.column_names.index(name), name, pa.array(values))


def _overlooked(
    model: dict[str, Any], rows: pa.Table, shown: Sequence[npt.NDArray[Any]], m: Sequence[Floats],
    prior: Sequence[Floats], start: Floats, accepted: npt.NDArray[np.bool_],
) -> float:  # fmt: skip
    """The share of the pairs of one person that the model, as learnt, cannot see."""
    weights = [
        rows[f"weight_{one['output_column_name']}"].to_numpy() + _of(levels, np.log2(new / old))
        for one, levels, new, old in zip(model["comparisons"], shown, m, prior, strict=True)
    ]
    usual = [np.log2(new / _others(one)) for one, new in zip(model["comparisons"], m, strict=True)]
    kept = [levels[accepted].astype(np.int64) for levels in shown]
    return float(f"{overlooked(Accepted(start[accepted], kept, [one[accepted] for one in weights], usual)):.2g}")


def _sampled(engine: Engine, nodes: ir.Table, pairs: ir.Table, enough: int) -> tuple[ir.Table, int]:
    """Return ``enough`` of the pairs and how many each stands for; which ones depends on names alone, on no order."""
    share = engine.count(pairs) // enough
    if share < 2:
        return pairs, 1
    drawn = nodes.select("mention", draw=(nodes.by_first.fill_null(0) ^ nodes.by_name.fill_null(0)))
    both = pairs.inner_join(drawn.rename(l="mention", left_draw="draw"), "l")
    both = both.inner_join(drawn.view().rename(r="mention", right_draw="draw"), "r")
    chosen = both.filter(ibis.least(both.left_draw, both.right_draw) % share == 0)
    return engine.materialise(chosen.select("l", "r", "rules"), "taught"), share


def levels_of(comparison: dict[str, Any]) -> list[dict[str, Any]]:
    """The levels that say something, by their gamma: the last (ELSE) first."""
    told = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
    return told[::-1]


def _probabilities(comparison: dict[str, Any]) -> Floats:
    return np.array([level["m_probability"] for level in levels_of(comparison)], dtype=np.float64)


def _others(comparison: dict[str, Any]) -> Floats:
    return np.array([level["u_probability"] for level in levels_of(comparison)], dtype=np.float64)


def _of(shown: npt.NDArray[Any], values: Floats) -> Floats:
    """The value of each pair's level, 0 where the comparison says nothing."""
    said: Floats = np.where(shown >= 0, values[shown.clip(0)], 0.0)
    return said


def _gained(shown: Sequence[npt.NDArray[Any]], m: Sequence[Floats], prior: Sequence[Floats]) -> Floats:
    """How much more each pair weighs than under the prior."""
    gained: Floats = np.sum(
        [_of(one, np.log2(new / old)) for one, new, old in zip(shown, m, prior, strict=True)], axis=0
    )
    return gained


def _maximised(
    comparison: dict[str, Any], shown: npt.NDArray[Any], prior: Floats, match: Floats, own: Floats,
    rules: npt.NDArray[Any],
) -> Floats:  # fmt: skip
    """The m of one comparison; ``own`` are the weights of the pairs without it."""
    seen = np.bincount(shown[shown >= 0], match[shown >= 0], len(prior))
    m: Floats = (STEADY_PAIRS * prior + seen) / (STEADY_PAIRS + seen.sum())
    settled = np.array([bool(level.get("settled")) for level in levels_of(comparison)])
    m[settled] = prior[settled]
    never = prior < ALL_BUT_NEVER
    if never.any():
        m[never] = prior[never]
        mask = LOCAL_BIT | sum(
            1 << bit for bit, rule in enumerate(RULES)
            if rule.name in BY_IDENTIFIER.get(comparison["output_column_name"], ())
        )  # fmt: skip
        held = (shown >= 0) & ((rules & mask) > 0) & (own > 0)
        sure = np.bincount(shown[held], minlength=len(prior)).astype(np.float64)
        rate = sure / max(1.0, sure.sum())
        believed = never & (prior > FORBIDDEN) & (sure >= PAIRS_LEAST) & (rate >= SHARE_LEAST)
        m[believed] = ((STEADY_PAIRS * prior + sure) / (STEADY_PAIRS + sure.sum()))[believed]
    return m


def _write(comparison: dict[str, Any], key: str, values: Floats) -> None:
    # three figures: the order of a sum must not change the model
    for level, value in zip(levels_of(comparison), values, strict=True):
        level[key] = float(f"{value:.3g}")
