"""Whether a cue discloses its category, weighed by the words around it: a logistic model over named features.

It passes over what no list foresaw: the *crise* of a photocopier, a *foyer* of spectacles. The model is small and
legible (``weights.json``: the weight of each feature, in natural log-odds) and learnt from invented notes alone
(``python -m benchmarks.notes_fr.train``). It is asked about cues only, and can but drop them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from colmate.notes.senses import Near

__all__ = ["BIAS", "LEAST", "features", "likely"]

# less likely than this, a cue is passed over: on notes of unseen authors, full of traps, one true cue in fifty is
LEAST = 0.2
BIAS = ""
# characters and words on each side that are looked at; what a word weighs less with each that stands between
NEAR, WORDS, FADES = 90, 10, 0.15
_TOKEN = re.compile(r"[a-z0-9]+|[?:;/,()\"«»\n+=-]")
_ENDING = re.compile(r"(?:es|s|e|x)$")
SHORT, STEM = 4, 6


def _stems(text: str, start: int, end: int) -> list[str]:
    return [_stem(token) for token in _TOKEN.findall(text, max(0, start), end)]


def _stem(token: str) -> str:
    if token[0].isdigit():
        return "#"
    return (_ENDING.sub("", token) if len(token) > SHORT else token)[:STEM]


def features(
    folded: str, category: str, start: int, end: int, near: Near | None, others: Iterable[str]
) -> Iterator[tuple[str, float]]:
    """Yield (feature, value) of the cue ``folded[start:end]``; a feature may come twice, its values add up.

    ``near``: see `Senses.near`; ``others``: the categories of the note's other cues.
    """
    left, right = _stems(folded, start - NEAR, start)[::-1][:WORDS], _stems(folded, end, end + NEAR)[:WORDS]
    span = " ".join(_stems(folded, start, end))
    yield f"k={category}", 1.0
    yield f"s={category}|{span}", 1.0
    yield f"e={'' if near is None else near.disclosed * 2 + near.other}", 1.0
    for part in set(span.split(" ")):
        yield f"w={category}|{part}", 0.7
    weigh: dict[str, float] = {}
    for side in (left, right):
        for place, word in enumerate(side):
            weigh[word] = max(weigh.get(word, 0.0), 1 / (1 + FADES * place))
    for word, value in weigh.items():
        yield f"n={word}", value
        yield f"c={category}|{word}", value
        yield f"p={span}|{word}", value
    for name, side in (("l", left), ("r", right)):
        yield f"{name}={side[0] if side else ''}", 1.0
        for word in side[1:3]:
            yield f"{name}3={word}", 1.0
    for other in set(others) or {""}:
        yield f"o={category}|{other}", 1.0


@cache
def _weights() -> dict[str, float]:
    text = files("colmate.notes").joinpath("weights.json").read_text(encoding="utf-8")
    found: dict[str, float] = json.loads(text)
    return found


def likely(folded: str, category: str, start: int, end: int, near: Near | None, others: Iterable[str]) -> bool:
    """Tell whether the model lets the cue ``folded[start:end]`` stand."""
    known = _weights()
    told = features(folded, category, start, end, near, others)
    odds = known[BIAS] + sum(known.get(name, 0.0) * value for name, value in told)
    return odds >= math.log(LEAST / (1 - LEAST))
