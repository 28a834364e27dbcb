"""The word without which a cue cannot be: by it the notes that need no closer look are passed over.

A phrase such as ``refus* ~3 transfusion*`` cannot stand in a note that has no word beginning with ``transfusion``. Such
a word, rare in ordinary notes, is the phrase's anchor. The engine asks for anchors once for each distinct word of a
file, not once for each note: what a harmless note costs does not grow with the catalogue. The few phrases made of
common words only are looked for as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from colmate.catalogue import load
from colmate.notes.phrases import (
    TOGETHER,
    compile_phrase,
    engine_pattern,
    engine_patterns,
    groups,
    in_groups,
    options,
    together,
    ways,
)

__all__ = ["Anchors", "Parcel", "anchors", "parcels", "rarest"]

# a word of a phrase, and whether it may go on with any letters
Word = tuple[str, bool]
# ways through a phrase; one with more is taken for one without anchor
MOST = 20_000
SHORTEST_STEM = 3


@dataclass(frozen=True)
class Anchors:
    """Patterns of the engine (RE2): ``words`` for single words of folded notes, ``phrases`` for whole notes.

    A note that holds a cue matches one of ``phrases``, or a word of it one of ``words``.
    """

    words: Sequence[str]
    phrases: Sequence[str]


@dataclass(frozen=True)
class Parcel:
    """Some phrases (``pattern`` of the engine, RE2) and the patterns of their anchors: see `Anchors`.

    A folded note that holds one of them by its anchor has a word that matches one of ``words``.
    """

    words: Sequence[str]
    pattern: str


def anchors(sources: Iterable[str]) -> Anchors:
    """Return the anchors of phrases, as the catalogue writes them."""
    words: set[Word] = set()
    loose: set[str] = set()
    for source in sources:
        anchored, left = _parted(source)
        words |= anchored
        loose |= left
    return Anchors(_words_of(words), engine_patterns(compile_phrase(part) for part in loose))


def parcels(sources: Iterable[str]) -> list[Parcel]:
    """Return the phrases that have anchors in parcels; those of like anchors are in one, so that few are asked for."""
    held: dict[str, frozenset[Word]] = {}
    for source in sources:
        if words := _parted(source)[0]:
            pattern = compile_phrase(source).pattern
            held[pattern] = held.get(pattern, frozenset()) | words
    in_order = sorted(held, key=lambda pattern: (sorted(held[pattern]), pattern))
    return [
        Parcel(_words_of({word for pattern in group for word in held[pattern]}), engine_pattern(group))
        for group in together(in_order)
    ]


def _words_of(words: Iterable[Word]) -> list[str]:
    """Return patterns (RE2) of which a folded word matches one if it is one of ``words``."""
    every = set(words)
    stems = {word for word, open_ in every if open_}
    whole = {word for word, open_ in every if not open_ and stems.isdisjoint(_heads(word))}
    begun = {word for word in stems if stems.isdisjoint(_heads(word[:-1]))}
    return [*_word_patterns(begun, ""), *_word_patterns(whole, "(?:[^a-z0-9]|$)")]


def _heads(word: str) -> Iterator[str]:
    return (word[:end] for end in range(1, len(word) + 1))


def _word_patterns(words: Iterable[str], end: str) -> list[str]:
    inner = (re.escape(word).replace(r"\#", "[0-9]") for word in sorted(words))
    return [f"(?:^|[^a-z0-9])(?:{'|'.join(group)}){end}" for group in in_groups(inner, TOGETHER)]


@cache
def _parted(source: str) -> tuple[frozenset[Word], frozenset[str]]:
    """Return the anchors of a phrase, and the phrases that say what it says where it has none.

    Where only some options of a group have anchors, the others stay: ``(pas de porc|halal)`` is ``halal`` or a phrase.
    """
    if found := rarest(source):
        return found, frozenset()
    best, anchored = source, frozenset[Word]()
    for start, end in groups(source):
        if source[end + 1 : end + 2] == "?":
            continue
        words = {
            option: rarest(source[:start] + option + source[end + 1 :]) for option in options(source[start + 1 : end])
        }
        left = "|".join(option for option in words if not words[option])
        rest = f"{source[:start]}({left}){source[end + 1 :]}" if left else ""
        if len(rest) < len(best):
            best, anchored = rest, frozenset[Word]().union(*words.values())
    if not best or best == source:
        return anchored, frozenset({best} - {""})
    more, left_over = _parted(best)
    return anchored | more, left_over


def rarest(source: str) -> frozenset[Word]:
    """Return words, one of which stands in every match, none of them common; of such sets the rarest, else none."""
    sets = (_words(source[start:]) for start in _starts(source))
    rare = [words for words in sets if words and not any(_is_common(word) for word in words)]
    return min(rare, key=lambda words: sum(4.0 ** -len(word) for word, _ in words), default=frozenset())


def _starts(source: str) -> list[int]:
    """Return the places of a phrase where in every match a word begins."""
    ends = dict(groups(source))
    inside = {place for start, end in ends.items() for place in range(start, end)}
    found = {0}
    for place, sign in enumerate(source):
        if sign == " " and place not in inside and source[place + 1 : place + 2] != "?":
            found.add(place + 1)
        # behind "(de |du )?" a word begins as well
        if (
            place in found
            and place in ends
            and all(each.endswith(" ") for each in options(source[place + 1 : ends[place]]))
        ):
            found.add(ends[place] + 1 + (source[ends[place] + 1 : ends[place] + 2] == "?"))
    return sorted(found)


def _words(text: str) -> frozenset[Word]:
    """Return the words with which a match can begin; none where that is anybody's guess."""
    found: set[Word] = set()
    waiting, seen = [("", text)], set[tuple[str, str]]()
    while waiting:
        state = waiting.pop()
        if state in seen:
            continue
        seen.add(state)
        word, rest = state
        ends = not rest or rest[0] in " -./'"
        if len(seen) > MOST or rest[:1] == "~" or (ends and not word):
            return frozenset()
        if ends or rest[0] == "*":
            found.add((word, not ends))
        if ends and rest[1:2] == "?":
            waiting.append((word, rest[2:]))
        elif not ends and rest[0] != "*":
            waiting.extend((word + sign, after) for sign, after in ways(rest))
    return frozenset(found)


@cache
def _common() -> frozenset[str]:
    return frozenset(load("note_spelling")["common"]["list"].split())


@cache
def _common_stems() -> frozenset[str]:
    return frozenset(word[:end] for word in _common() for end in range(1, len(word) + 1))


def _is_common(word: Word) -> bool:
    text, open_ = word
    letters = sum(sign.isalpha() for sign in text)
    if open_:
        return letters < SHORTEST_STEM or text in _common_stems()
    return not letters or len(text) < 2 or text in _common()
