"""The cues of the catalogue, compiled: what to look for, what only looks like it, and the engine's filter."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from operator import attrgetter
from typing import Any

from colmate.catalogue import load, special_categories
from colmate.notes.anchors import Anchors, Parcel, anchors, parcels
from colmate.notes.phrases import Phrase, beginnings, compile_phrase, union
from colmate.notes.senses import Beside, senses
from colmate.notes.weighing import likely

__all__ = ["Cue", "CueBook", "Match", "Reaches", "cue_book", "others", "reaches"]

_WORD = re.compile(r"[a-z0-9]+")
_PARTED = re.compile(r"[.,;:/(\n]")
GENERAL, SEVERE = "health_other", "serious_illness"
# cues of one note that are held against what stands near them: no note that somebody wrote has more
JUDGED = 2_000
# of a trap: whatever the category
EVERY = ""
# so many cues that begin alike are asked one by one: to compile them together costs what thousands of notes cost
FEW = 30


@dataclass(frozen=True)
class Cue:
    """One phrase of one category. ``weak``: a test or wish; ``denied``: has its negation; ``victim``: others act;

    ``sequel``: what a severe illness leaves, no other illness beside one; ``beside``: words without one of which, not
    far from it, a cue (or a trap) is none: the neighbours tell the sense of a word that has several.
    """

    category: str
    phrase: Phrase
    weak: bool = False
    victim: bool = False
    denied: bool = False
    sequel: bool = False
    beside: Beside | None = None


@dataclass(frozen=True)
class Match:
    """Where a cue stands in a folded text, ``end`` exclusive."""

    start: int
    end: int
    cue: Cue


@dataclass(frozen=True)
class _Entry:
    """A cue by its place in the book. It is compiled when a note first asks for it: few notes ask for all."""

    place: int
    cue: Cue

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(f"{self.cue.phrase.pattern}(?![a-z0-9])")


@dataclass(frozen=True)
class _Entries:
    """The cues that begin alike. Whether one of them fits is asked of all together: mostly none does."""

    entries: list[_Entry] = field(default_factory=list)

    @cached_property
    def _any(self) -> re.Pattern[str]:
        return re.compile(f"(?:{'|'.join(entry.cue.phrase.pattern for entry in self.entries)})(?![a-z0-9])")

    def asked(self, folded: str, start: int) -> Sequence[_Entry]:
        """Return the entries of which one may stand at ``start``."""
        return self.entries if len(self.entries) <= FEW or self._any.match(folded, start) else ()


Index = dict[str, _Entries]
Reaches = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class CueBook:
    """Cues and traps; ``matches`` finds the cues of a folded text in time linear in its length."""

    cues: tuple[Cue, ...]
    traps: tuple[Cue, ...]
    places: tuple[Phrase, ...]

    @cached_property
    def _by_beginning(self) -> Index:
        return _index(self.cues)

    @cached_property
    def _traps_by_beginning(self) -> Index:
        return _index(self.traps)

    @cached_property
    def _places(self) -> re.Pattern[str]:
        return union(self.places)

    @cached_property
    def anchors(self) -> Anchors:
        """What to look for in words first: a note with a cue has one of them."""
        return anchors(cue.phrase.source for cue in self.cues)

    @cached_property
    def parcels(self) -> list[Parcel]:
        """The phrases by their anchors: of a note only those are looked for whose anchors are among its words."""
        return parcels(cue.phrase.source for cue in self.cues)

    def matches(self, folded: str, weighed: bool = True) -> list[Match]:
        """Return the cues found, traps taken out; of overlapping cues of a category the longest stays.

        ``weighed``: also those taken out that the model of senses does not believe.
        """
        words = [word.start() for word in _WORD.finditer(folded)]
        found = list(_scan(folded, words, self._by_beginning))
        if not found:
            return []
        categories = {match.cue.category for match in found}
        # of things only what one statement says
        traps = [
            trap
            for trap in _scan(folded, words, self._traps_by_beginning, categories | {EVERY})
            if trap.cue.category != EVERY or not _PARTED.search(folded, trap.start, trap.end)
        ]
        places = [match.span() for match in self._places.finditer(folded)]
        kept = _longest(_outside(found, traps, places))
        reach = reaches(found)
        judged = [match for match in kept[:JUDGED] if _told(folded, match, reach, weighed)]
        return _specific([*judged, *kept[JUDGED:]])

    def every(self, folded: str) -> list[Match]:
        """Return the cues in any sense, traps and neighbours left aside: what a model of senses is learnt from."""
        words = [word.start() for word in _WORD.finditer(folded)]
        return _longest(_scan(folded, words, self._by_beginning, alone=True))


def _index(cues: tuple[Cue, ...]) -> Index:
    """Return the cues by the characters with which they can begin."""
    index: Index = defaultdict(_Entries)
    for place, cue in enumerate(cues):
        entry = _Entry(place, cue)
        for first in cue.phrase.firsts:
            index[first].entries.append(entry)
    return dict(index)


def _told(folded: str, match: Match, reach: Reaches, weighed: bool) -> bool:
    """Tell whether the cue stands in the sense of its category: by what stands near it, then by the model."""
    where = (folded, match.cue.category, match.start, match.end)
    near = senses().near(*where)
    if near == (False, True):
        return False
    return not weighed or likely(*where, near, others(match, reach))


def reaches(found: Iterable[Match]) -> Reaches:
    """Return, for each category, where the first of its cues to end ends, and where the last to begin begins."""
    known: Reaches = {}
    for match in found:
        end, start = known.get(match.cue.category, (match.end, match.start))
        known[match.cue.category] = min(end, match.end), max(start, match.start)
    return known


def others(match: Match, reach: Reaches) -> list[str]:
    """Return the categories of which a cue stands elsewhere in the note."""
    return [category for category, (end, start) in reach.items() if end <= match.start or match.end <= start]


def _scan(
    folded: str, words: list[int], index: Index, kinds: Container[str] | None = None, alone: bool = False
) -> Iterator[Match]:
    """Yield the cues of the index; ``kinds``: of these categories only; ``alone``: also without their neighbours."""
    for start in words:
        held = (index[key] for key in beginnings(folded, start) if key in index)
        asked = [entry for entries in held for entry in entries.asked(folded, start)]
        if kinds is not None:
            asked = [entry for entry in asked if entry.cue.category in kinds]
        for entry in sorted(asked, key=_place) if len(asked) > 1 else asked:
            match = entry.pattern.match(folded, start)
            if match and (alone or entry.cue.beside is None or entry.cue.beside.near(folded, start, match.end())):
                yield Match(start, match.end(), entry.cue)


_place = attrgetter("place")


def _outside(found: list[Match], traps: list[Match], places: list[tuple[int, int]]) -> Iterator[Match]:
    """Yield the cues that no trap of their category and no address covers."""
    covered: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for trap in traps:
        covered[trap.cue.category].append((trap.start, trap.end))
    sweeps = {category: _Sweep(sorted(spans)) for category, spans in covered.items()}
    everywhere = _Sweep(places)
    for match in found:
        trapped = (sweeps[kind].covers(match) for kind in (match.cue.category, EVERY) if kind in sweeps)
        if not any(trapped) and not everywhere.begins(match):
            yield match


class _Sweep:
    """Spans in order of start, asked for matches in order of start: each span is passed once."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self.spans, self.next, self.open = spans, 0, list[tuple[int, int]]()

    def _pass(self, place: int, until: int) -> None:
        while self.next < len(self.spans) and self.spans[self.next][0] < until:
            self.open.append(self.spans[self.next])
            self.next += 1
        self.open = [span for span in self.open if span[1] > place]

    def touches(self, match: Match) -> bool:
        self._pass(match.start, match.end)
        return any(start < match.end for start, _ in self.open)

    def begins(self, match: Match) -> bool:
        """Tell whether the match begins in one of the spans."""
        self._pass(match.start, match.start + 1)
        return any(start < match.start < end for start, end in self.open)

    def covers(self, match: Match) -> bool:
        self._pass(match.start, match.start + 1)
        return any(start <= match.start and match.end <= end for start, end in self.open)


def _longest(matches: Iterator[Match]) -> list[Match]:
    kept: dict[str, Match] = {}
    result: list[Match] = []
    for match in sorted(matches, key=lambda item: (item.start, -item.end, not item.cue.denied, item.cue.weak)):
        last = kept.get(match.cue.category)
        if last is None or match.start >= last.end:
            kept[match.cue.category] = match
            result.append(match)
    return result


def _specific(matches: list[Match]) -> list[Match]:
    """Drop what only says "some illness" where another category names it: "insuffisance cardiaque", "hépatite C"."""
    named = _Sweep(sorted((match.start, match.end) for match in matches if match.cue.category != GENERAL))
    severe = any(match.cue.category == SEVERE for match in matches)
    kept = [match for match in matches if match.cue.category != GENERAL or not named.touches(match)]
    return [match for match in kept if not (severe and match.cue.sequel)]


def _cues(category: str, groups: Iterable[dict[str, Any]], trap: bool) -> Iterator[Cue]:
    for group in groups:
        if bool(group.get("trap")) is trap:
            beside = Beside(tuple(group["beside"])) if "beside" in group else None
            for phrase in group["any"]:
                yield Cue(
                    category,
                    compile_phrase(phrase, loose=trap),
                    **{key: key in group for key in ("weak", "victim", "denied", "sequel")},
                    beside=beside,
                )


@cache
def cue_book() -> CueBook:
    """Return the catalogue's cues, compiled once."""
    kinds = special_categories().values()
    places = load("note_context")["place"]["any"]
    things = ({"trap": True, **group} for group in load("note_things")["thing"]["groups"])
    return CueBook(
        tuple(cue for kind in kinds for cue in _cues(kind.id, kind.cues, trap=False)),
        (
            *(cue for kind in kinds for cue in _cues(kind.id, kind.cues, trap=True)),
            *_cues(EVERY, things, trap=True),
        ),
        tuple(compile_phrase(phrase) for phrase in places),
    )
