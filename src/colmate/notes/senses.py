"""Words of several senses: what stands near them tells whether a category is disclosed.

*Joint* is cannabis, a washer, a joint account. For each such word the catalogue (``note_senses.toml``) lists what
stands near it where the category is told (``disclosed``) and where it is not (``other``). A cue that is no more than
such a word is passed over where only the latter stands near; a phrase that says more than the word needs no neighbours.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property

from colmate.catalogue import load
from colmate.notes.phrases import FIRSTS, Phrase, compile_phrase, union

__all__ = ["Beside", "Sense", "Senses", "senses"]

# characters on each side in which the neighbours of a word of several senses are looked for
NEAR = 90
# letters of a word behind which a point may only shorten it
ABBREVIATED = 3
_STOP = re.compile(r"[;\n|]| - | //? |[.?!](?:\s|$)")


@dataclass(frozen=True)
class Beside:
    """Phrases of which one stands near; compiled when a note first asks for it."""

    phrases: tuple[str, ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return union(compile_phrase(phrase, loose=True) for phrase in self.phrases)

    def near(self, folded: str, start: int, end: int) -> bool:
        """Tell whether one stands near ``folded[start:end]``, outside of it, in the same statement."""
        stops = [stop.end() for stop in _STOP.finditer(folded, max(0, start - NEAR), start)]
        # the point of an abbreviation ends nothing
        short = end - start <= ABBREVIATED and folded[end : end + 1] == "."
        stop = _STOP.search(folded, end + short, end + NEAR)
        low, high = stops[-1] if stops else max(0, start - NEAR), stop.start() if stop else end + NEAR
        return bool(self.pattern.search(folded, low, start) or self.pattern.search(folded, end, high))


@dataclass(frozen=True)
class Sense:
    """A word of a category that has other senses: what stands near it in that of the category, and in the others."""

    word: Phrase
    disclosed: Beside
    other: Beside

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self.word.pattern)

    def told(self, folded: str, start: int, end: int) -> bool:
        """Tell whether ``folded[start:end]`` is to be taken in the sense of the category."""
        return not self.other.near(folded, start, end) or self.disclosed.near(folded, start, end)


@dataclass(frozen=True)
class Senses:
    """The words of several senses, by category and the characters with which they begin."""

    known: dict[tuple[str, str], list[Sense]] = field(default_factory=dict)

    def told(self, folded: str, category: str, start: int, end: int) -> bool:
        """Tell whether the cue ``folded[start:end]`` discloses the category; it does unless its neighbours deny it."""
        for length in range(1, FIRSTS + 1):
            for sense in self.known.get((category, folded[start : start + length]), ()):
                if sense.pattern.fullmatch(folded, start, end) and not sense.told(folded, start, end):
                    return False
        return True


def _listed(text: str) -> tuple[str, ...]:
    return tuple(phrase for part in text.split(",") if (phrase := " ".join(part.split())))


def _senses(entries: Iterable[dict[str, str]]) -> Senses:
    known = defaultdict(list)
    for entry in entries:
        words, disclosed, other = (_listed(entry[key]) for key in ("words", "disclosed", "other"))
        near, elsewhere = Beside(disclosed), Beside(other)
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
