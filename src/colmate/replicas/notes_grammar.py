"""Notes by a grammar, with what each says, and about whom.

A bank of distinct notes is made once for a replica, a few tens of thousands of texts; records draw from it by
position. The sentences (``data/notes.toml``) were written apart from the detector's cues: the truth must not be
known to what it judges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa

from colmate.replicas import tables
from colmate.replicas.tables import Ints, plain

__all__ = ["Bank", "bank"]

FACT_WEIGHTS = {"asserted patient": 6.0, "negated patient": 1.6, "hypothetical patient": 1.3, "asserted relative": 1.5}
COMMON = {
    "health_other": 3.0,
    "pregnancy_fertility": 1.6,
    "serious_illness": 1.6,
    "social_vulnerability": 1.4,
    "judgement": 1.2,
}
MONTHS_DAYS = 28


@dataclass(frozen=True)
class Bank:
    """Texts and, for each, its facts (``category assertion subject``); the harmless ones come first."""

    texts: tuple[str, ...]
    facts: tuple[tuple[str, ...], ...]
    harmless: int

    @cached_property
    def array(self) -> pa.Array:
        """The texts as an Arrow array."""
        return pa.array(self.texts, pa.string())

    @cached_property
    def labels(self) -> pa.Array:
        """The facts as an Arrow array of text, joined by ``;``, null where there are none."""
        return pa.array([";".join(facts) or None for facts in self.facts], pa.string())

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The distinct facts, in order: the columns of ``marks``."""
        return tuple(sorted({fact for facts in self.facts for fact in facts}))

    @cached_property
    def marks(self) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
        """One row a text, one column a kind: whether the text says it."""
        index = {kind: column for column, kind in enumerate(self.kinds)}
        table = np.zeros((len(self.texts), len(self.kinds)), dtype=np.bool_)
        for row, facts in enumerate(self.facts):
            table[row, [index[fact] for fact in facts]] = True
        return table

    def draw(self, rng: np.random.Generator, count: int, special: float) -> Ints:
        """Positions of ``count`` notes, of which exactly the rounded share ``special`` says something."""
        positions = rng.integers(0, self.harmless, count)
        chosen = rng.permutation(count)[: round(count * special)]
        positions[chosen] = rng.integers(self.harmless, len(self.texts), len(chosen))
        return positions


def bank(seed: int, size: int, multiline: bool = True) -> Bank:
    """Make ``size`` harmless notes and as many that say something; texts that came out equal are kept."""
    random = Random(f"notes {seed}")  # noqa: S311 - a replica must be the same every time
    grammar = tables.data("notes")
    slots = grammar["slots"]
    harmless = [(random.choice(group["texts"]), ()) for group in random.choices(grammar["harmless"], [5, 1], k=size)]
    weights = [_weight(entry["facts"]) for entry in grammar["notes"]]
    special = [
        (random.choice(entry["texts"]), tuple(entry["facts"]))
        for entry in random.choices(grammar["notes"], weights, k=size)
    ]
    notes = list(_written(random, harmless + special, slots, grammar, multiline))
    return Bank(tuple(text for text, _ in notes), tuple(facts for _, facts in notes), size)


def _weight(facts: list[str]) -> float:
    category, _, rest = facts[0].partition(" ")
    weight = FACT_WEIGHTS.get(rest, 0.3) * COMMON.get(category, 1.0)
    return weight if len(facts) == 1 else weight * 0.3


def _written(
    random: Random, drawn: list[tuple[str, Any]], slots: dict[str, list[str]], grammar: dict[str, Any], multiline: bool
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Fill the slots, add what clerks add (dates, initials, another remark), and write as hurried people do."""
    asides = [text for text in grammar["harmless"][0]["texts"] if len(text) > 5]
    for template, facts in drawn:
        text = _filled(random, template, slots)
        chance = random.random()
        if chance < 0.12:
            text = f"{_filled(random, '{d}', slots)} : {text}"
        elif chance < 0.2:
            text = f"{text} ({random.choice(slots['ini'])})"
        if random.random() < 0.14:
            joint = random.choice([". ", " - ", ", ", " / ", "; "] + (["\n"] if multiline else []))
            text += joint + _filled(random, random.choice(asides), slots)
        yield _hurried(random, text), facts


def _filled(random: Random, template: str, slots: dict[str, list[str]]) -> str:
    values = {name: random.choice(choices) for name, choices in slots.items()}
    day, month, year = random.randint(1, MONTHS_DAYS), random.randint(1, 12), random.randint(2008, 2020)
    values["d"] = (
        f"{day:02d}/{month:02d}/{year}" if random.random() < 0.6 else f"{day:02d}/{month:02d}/{year % 100:02d}"
    )
    values["y"] = str(random.randint(1996, 2020))
    return template.format_map(values)


def _hurried(random: Random, text: str) -> str:
    chance = random.random()
    if chance < 0.22:
        return plain(text).upper()
    if chance < 0.42:
        return plain(text)
    if chance < 0.5:
        return text[:1].upper() + text[1:]
    if chance < 0.53:
        return f'"{text}"'
    return text
