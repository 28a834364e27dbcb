"""Words of several senses: what stands near them tells whether a category is disclosed.

*Joint* is cannabis, a washer, a joint account. For each such word the catalogue (``note_senses.toml``) lists what
stands near it where the category is told (``disclosed``) and where it is not (``other``). A cue that is no more than
such a word is passed over where only the latter stands near; a phrase that says more than the word needs no neighbours.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import NamedTuple

from colmate.catalogue import load
from colmate.notes.phrases import Phrase, beginnings, compile_phrase, spelt_out, union

__all__ = ["Beside", "Near", "Neighbours", "Sense", "Senses", "senses"]

# characters on each side in which the neighbours of a word of several senses are looked for
NEAR = 90
# letters of a word behind which a point may only shorten it
ABBREVIATED = 3
# characters of a word by which the phrases that begin with it are found
KEY = 4
_WORD = re.compile(r"[a-z0-9]+\*?")
_STOP = re.compile(r"[;\n|]| - | //? |[.?!](?:\s|$)")


def around(folded: str, start: int, end: int) -> tuple[int, int]:
    """Return where the surroundings of ``folded[start:end]`` begin and end: in the same statement, not far."""
    stops = [stop.end() for stop in _STOP.finditer(folded, max(0, start - NEAR), start)]
    # the point of an abbreviation ends nothing
    short = end - start <= ABBREVIATED and folded[end : end + 1] == "."
    stop = _STOP.search(folded, end + short, end + NEAR)
    return stops[-1] if stops else max(0, start - NEAR), stop.start() if stop else end + NEAR


@dataclass(frozen=True)
class Beside:
    """Phrases of which one stands near; compiled when a note first asks for it."""

    phrases: tuple[str, ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return union(compile_phrase(phrase, loose=True) for phrase in self.phrases)

    def near(self, folded: str, start: int, end: int) -> bool:
        """Tell whether one stands near ``folded[start:end]``, outside of it, in the same statement."""
        low, high = around(folded, start, end)
        return bool(self.pattern.search(folded, low, start) or self.pattern.search(folded, end, high))


@dataclass(frozen=True)
class Neighbours:
    """A long list of words and short phrases, looked up rather than searched for."""

    phrases: tuple[str, ...]

    @cached_property
    def known(self) -> Mapping[str, Sequence[tuple[str, ...]]]:
        """The phrases in words, by the beginning of the first; a word that may go on with any letters ends in ``*``."""
        found = defaultdict(list)
        for phrase in self.phrases:
            for plain in spelt_out(phrase):
                words = tuple(_WORD.findall(plain))
                found[words[0][:KEY].rstrip("*")].append(words)
        return dict(found)

    def among(self, words: Sequence[str]) -> bool:
        """Tell whether one of the phrases stands in the ``words``, which follow each other."""
        known = self.known
        return any(
            _goes_on(words, place, phrase)
            for place, word in enumerate(words)
            for key in {word[:length] for length in range(1, KEY + 1)}
            for phrase in known.get(key, ())
        )


def _goes_on(words: Sequence[str], place: int, phrase: Sequence[str]) -> bool:
    here = words[place : place + len(phrase)]
    return len(here) == len(phrase) and all(
        word.startswith(one[:-1]) if one[-1] == "*" else word == one for word, one in zip(here, phrase, strict=True)
    )


class Near(NamedTuple):
    """Whether there stands near a word what goes with the sense that discloses, and what goes with another one."""

    disclosed: bool
    other: bool


@dataclass(frozen=True)
class Sense:
    """A word of a category that has other senses: what stands near it in that of the category, and in the others."""

    word: Phrase
    disclosed: Neighbours
    other: Neighbours

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self.word.pattern)


@dataclass(frozen=True)
class Senses:
    """The words of several senses, by category and the characters with which they begin."""

    known: dict[tuple[str, str], list[Sense]] = field(default_factory=dict)

    def near(self, folded: str, category: str, start: int, end: int) -> Near | None:
        """Return what stands near the cue ``folded[start:end]``; None where it is no such word, or more than one."""
        found = [
            sense
            for key in beginnings(folded, start)
            for sense in self.known.get((category, key), ())
            if sense.pattern.fullmatch(folded, start, end)
        ]
        if not found:
            return None
        low, high = around(folded, start, end)
        sides = [_WORD.findall(folded, *side) for side in ((low, start), (end, high))]
        return Near(
            any(sense.disclosed.among(side) for sense in found for side in sides),
            any(sense.other.among(side) for sense in found for side in sides),
        )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(phrase for part in text.split(",") if (phrase := " ".join(part.split())))


def _senses(entries: Iterable[dict[str, str]]) -> Senses:
    known = defaultdict(list)
    for entry in entries:
        words, disclosed, other = (_listed(entry[key]) for key in ("words", "disclosed", "other"))
        near, elsewhere = Neighbours(disclosed), Neighbours(other)
        for word in words:
            phrase = compile_phrase(word)
            for first in phrase.firsts:
                known[entry["category"], first].append(Sense(phrase, near, elsewhere))
    return Senses(dict(known))


@cache
def senses() -> Senses:
    """Return the catalogue's words of several senses, each compiled when a note first asks for it."""
    tables = load("note_senses")
    return _senses({"category": category, **entry} for category, table in tables.items() for entry in table["sense"])
