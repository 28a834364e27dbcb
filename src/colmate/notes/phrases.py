"""The small language in which cues are written, and its two compilations: Python's ``re`` and the engine's RE2.

A phrase is folded words; between words stand blanks, hyphens, dots, slashes or apostrophes.

=========  =====================================================
``*``      any end of the word: ``depressi*``
``#``      one digit: ``g#p#``
``~3``     up to three words of any kind: ``refus* ~3 transfusion*``
``(a|b)``  one of them, which may hold spaces: ``(sans|pas de) porc``
``?``      what stands before (a group or one letter) may be missing
=========  =====================================================

Nothing else of regular expressions can be said, so no phrase can match the empty text or blow up in time: the only
unbounded repetition is the end of one word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from colmate.errors import InternalError

__all__ = [
    "Phrase",
    "beginnings",
    "compile_phrase",
    "engine_pattern",
    "engine_patterns",
    "groups",
    "in_groups",
    "options",
    "spelt_out",
    "together",
    "union",
    "ways",
]

BETWEEN = r"(?:[ \n'_:=./-]{1,3})"
BETWEEN_LOOSE = r"(?:[ \n'_:=.,(/-]{1,3})"
WORD = r"[a-z0-9]{1,30}"
# the engine lets more through, for a smaller automaton; it keeps what Python's folding makes one: blanks, apostrophes
BETWEEN_ENGINE = r"(?:[\x01-/:-`{-\x7f’‘´]+)"
WORD_ENGINE = "[a-z0-9]+"
_PIECES = re.compile(r"~(\d) |([*# ()|?])|([a-z0-9+])|(.)", re.DOTALL)
DIGITS = frozenset("0123456789")
# characters by which a note's words ask for phrases: of seven, most words ask for none and the others for a few
FIRSTS = 7
_SHORT_WORD = re.compile(rf"[a-z0-9]{{1,{FIRSTS - 1}}}(?![a-z0-9])")
# characters of one pattern of the engine, and of one with gaps, which multiply the states of all that stands beside
# them: RE2 builds its automaton as it reads, and where the states outgrow its memory it is a hundred times slower
TOGETHER, TOGETHER_GAPPED = 12_000, 4_000


@dataclass(frozen=True)
class Phrase:
    """A compiled phrase: ``source`` as written, ``pattern`` in the syntax that both engines read, ``firsts``."""

    source: str
    pattern: str
    firsts: frozenset[str]


def compile_phrase(source: str, loose: bool = False) -> Phrase:
    """Compile a phrase; `InternalError` if it is not of the language or could match the empty text.

    ``loose``: commas and opening brackets too may part its words.
    """
    pieces: list[str] = []
    for gap, sign, letter, other in _PIECES.findall(source):
        if other and other not in ".-/'":
            raise InternalError(f"a cue of the catalogue cannot be read: {source!r}")
        if gap:
            pieces.append(f"(?:{WORD}{BETWEEN}){{0,{gap}}}")
        elif sign:
            pieces.append({"*": "[a-z0-9]*", "#": "[0-9]", " ": BETWEEN, "(": "(?:"}.get(sign, sign))
        else:
            pieces.append(re.escape(letter or other))
    pattern = "".join(pieces).replace(BETWEEN, BETWEEN_LOOSE if loose else BETWEEN)
    firsts = _firsts(source)
    if "" in firsts:
        raise InternalError(f"a cue of the catalogue matches nothing: {source!r}")
    return Phrase(source, pattern, firsts)


def _firsts(source: str) -> frozenset[str]:
    """Return the up to `FIRSTS` characters with which a match can begin, by walking what can stand first.

    Fewer where anything, or any digit, may follow them; with a blank behind them where they are a whole word, so that
    "a couche" is not asked for at every word in a-; none where the empty text would match.
    """
    found: set[str] = set()
    waiting, seen = [("", source)], set[tuple[str, str]]()
    while waiting:
        state = waiting.pop()
        if state in seen:
            continue
        seen.add(state)
        taken, text = state
        if taken.isalnum() and len(taken) < FIRSTS and (not text or (text[0] == " " and text[1:2] != "?")):
            found.add(f"{taken} ")
        elif len(taken) == FIRSTS or not text or text[0] == "*" or (taken and text[0] in " #"):
            found.add(taken)
        else:
            for sign, rest in ways(text):
                waiting.extend((taken + character, rest) for character in (DIGITS if sign == "#" else (sign,)))
    return frozenset(found)


def beginnings(folded: str, start: int) -> list[str]:
    """Return what of ``firsts`` a phrase can have that begins at ``start``, where a word does."""
    ends = range(start + 1, min(start + FIRSTS, len(folded)) + 1)
    keys = [key for end in ends if (key := folded[start:end])[-1] != " "]
    if short := _SHORT_WORD.match(folded, start):
        # whatever parts the words in the text, the key of a whole word has a blank
        keys.append(f"{short[0]} ")
    return keys


def ways(text: str) -> Iterator[tuple[str, str]]:
    """Yield the ways to begin on the rest of a phrase: (the sign that is taken or "", what then remains)."""
    end = _closing(text) if text[0] == "(" else 0
    optional = text[end + 1 : end + 2] == "?"
    rest = text[end + 2 :] if optional else text[end + 1 :]
    if end:
        yield from (("", option + rest) for option in options(text[1:end]))
    else:
        yield text[0], rest
    if optional:
        yield "", rest


def spelt_out(source: str) -> list[str]:
    """Return every way to write a phrase, without groups or optional letters; it may hold no gaps and no digits."""
    if any(sign in source for sign in "~#"):
        raise InternalError(f"a neighbour of the catalogue cannot be spelt out: {source!r}")
    found, waiting = list[str](), [("", source)]
    while waiting:
        written, text = waiting.pop()
        if text:
            waiting.extend((written + sign, rest) for sign, rest in ways(text))
        else:
            found.append(written)
    return found


def _closing(text: str) -> int:
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place
    raise InternalError(f"a cue of the catalogue lacks a bracket: {text!r}")


def options(text: str) -> list[str]:
    """Return the options of a group, given without its brackets."""
    depth, found = 0, [""]
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += character
    return found


def groups(source: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the opening and closing bracket of each group that is in no other."""
    place = source.find("(")
    while place >= 0:
        end = place + _closing(source[place:])
        yield place, end
        place = source.find("(", end)


def union(phrases: Iterable[Phrase]) -> re.Pattern[str]:
    """Return one pattern for Python that finds any of the phrases as whole words."""
    inner = "|".join(phrase.pattern for phrase in phrases)
    return re.compile(f"(?<![a-z0-9])(?:{inner})(?![a-z0-9])")


def engine_patterns(phrases: Iterable[Phrase]) -> list[str]:
    """Return patterns for the engine (RE2), one of which finds any of the phrases as whole words in a folded text."""
    return [engine_pattern(group) for group in together(sorted({phrase.pattern for phrase in phrases}))]


def together(patterns: Sequence[str]) -> list[list[str]]:
    """Return the phrases' patterns in groups, in their order, each fit for one pattern of the engine."""
    gapped = [pattern for pattern in patterns if WORD in pattern]
    plain = [pattern for pattern in patterns if WORD not in pattern]
    return [*in_groups(plain, TOGETHER), *in_groups(gapped, TOGETHER_GAPPED)]


def engine_pattern(group: Iterable[str]) -> str:
    """Return one pattern for the engine (RE2) that finds any of a group's as whole words in a folded text."""
    inner = "|".join(pattern.replace(WORD, WORD_ENGINE).replace(BETWEEN, BETWEEN_ENGINE) for pattern in group)
    return f"(?:^|[^a-z0-9])(?:{inner})(?:[^a-z0-9]|$)"


def in_groups(patterns: Iterable[str], together: int) -> list[list[str]]:
    """Return patterns in groups, none of more than so many characters but for one that is longer alone."""
    groups: list[list[str]] = []
    size = together
    for pattern in patterns:
        if size + len(pattern) > together or not groups:
            groups.append([])
            size = 0
        groups[-1].append(pattern)
        size += len(pattern)
    return groups
