"""Misspelt words that disclose: read as the word they are one slip away from.

A slip is Damerau's: a letter missing, added, wrong, or two neighbours that changed places (the first letter is right).
The engine's filter asks for the very same neighbourhoods, so it stays a superset of what is read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from colmate.catalogue import load
from colmate.notes.folding import Folded

__all__ = ["corrected", "filter_patterns", "neighbours", "real_word"]

# words in one pattern of the engine
TOGETHER = 40
# no French word that is looked for is longer: an endless run of letters costs nothing
_WORD = re.compile(r"(?<![a-z])[a-z]{5,24}(?![a-z])")
_ANY = "[a-z]"


@cache
def _known() -> frozenset[str]:
    return frozenset(load("note_spelling")["words"]["list"].split())


@cache
def _untouched() -> frozenset[str]:
    return _known() | frozenset(load("note_spelling")["real"]["list"].split())


@cache
def _shortened() -> dict[str, tuple[str, ...]]:
    """Return each known word, and each without one letter after the first, with the words it comes from."""
    found: dict[str, set[str]] = defaultdict(set)
    for word in _known():
        for short in (word, *_without_one(word)):
            found[short].add(word)
    return {short: tuple(sorted(words)) for short, words in found.items()}


def _without_one(word: str) -> Iterator[str]:
    for place in range(1, len(word)):
        yield word[:place] + word[place + 1 :]


def neighbours(one: str, other: str) -> bool:
    """Tell whether two different words are one slip apart, behind the same first letter."""
    if one == other or one[:1] != other[:1] or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, end = one[start:], other[start:]
    swapped = rest[:2] == end[1::-1] and len(rest) > 1 and rest[2:] == end[2:] and len(end) > 1
    return rest[1:] == end[1:] or rest[1:] == end or rest == end[1:] or swapped


@cache
def _read_as(word: str) -> str | None:
    for short in (word, *_without_one(word)):
        for known in _shortened().get(short, ()):
            if neighbours(word, known):
                return known
    return None


def corrected(folded: Folded) -> Folded:
    """Return the text with misspelt words put right; every character keeps a place in the original."""
    slips = [
        (match.start(), match.end(), known)
        for match in _WORD.finditer(folded.text)
        if match[0] not in _untouched() and (known := _read_as(match[0]))
    ]
    if not slips:
        return folded
    text, places, done = "", list[int](), 0
    origin = folded.places or range(len(folded.text))
    for start, end, known in slips:
        text += folded.text[done:start] + known
        places.extend(origin[done:start])
        # the first and the last character stand where the word begins and ends
        places.extend(origin[min(start + offset, end - 1)] for offset in range(len(known) - 1))
        places.append(origin[end - 1])
        done = end
    return Folded(text + folded.text[done:], [*places, *origin[done:]])


@cache
def filter_patterns() -> list[str]:
    """Return patterns for the engine (RE2), one of which finds any word that is one slip away from a known one."""
    words = sorted(_known())
    groups = [words[start : start + TOGETHER] for start in range(0, len(words), TOGETHER)]
    return [f"(?:^|[^a-z])(?:{'|'.join(_around(word) for word in group)})(?:[^a-z]|$)" for group in groups]


@cache
def real_word() -> str:
    """Return the pattern (RE2) of a piece of text that is one word, and one that is never taken for a slip."""
    return f"^[^a-z]*(?:{'|'.join(sorted(_untouched() - _known()))})[^a-z]*$"


def _around(word: str) -> str:
    """Return a pattern, nested letter by letter, of the slips of a word and some more, but not of the word itself."""
    pattern = _ANY  # one letter more at the end
    for place in range(len(word) - 1, 0, -1):
        letter, rest = word[place], word[place + 1 :]
        options = [letter + f"(?:{pattern})", rest or "", _ANY + rest, _ANY + letter + rest]
        if rest:
            options.append(rest[0] + letter + rest[1:])
        pattern = "|".join(options)
    return f"{word[0]}(?:{pattern})"
