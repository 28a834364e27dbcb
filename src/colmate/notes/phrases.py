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
from collections.abc import Iterable
from dataclasses import dataclass

from colmate.errors import InternalError

__all__ = ["Phrase", "compile_phrase", "engine_patterns", "union"]

BETWEEN = r"(?:[ \n'_:=./-]{1,3})"
BETWEEN_LOOSE = r"(?:[ \n'_:=.,(/-]{1,3})"
# the engine keeps what Python's folding makes one: blanks of all kinds, typographic apostrophes
BETWEEN_ENGINE = r"(?:[ \t\r\n'’‘´_:=./-]{1,3})"
WORD = r"[a-z0-9]{1,30}"
_PIECES = re.compile(r"~(\d) |([*# ()|?])|([a-z0-9+])|(.)", re.DOTALL)
DIGITS = frozenset("0123456789")
# characters of one pattern of the engine: RE2 builds its automaton as it reads, and beyond some size is a hundred times
# slower
TOGETHER = 7_000


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
    if re.compile(pattern).fullmatch(""):
        raise InternalError(f"a cue of the catalogue matches nothing: {source!r}")
    return Phrase(source, pattern, _firsts(source))


def _firsts(source: str) -> frozenset[str]:
    """Return the one or two characters with which a match can begin, by walking what can stand first.

    Two where both are certain; one where anything may follow it.
    """
    found: set[str] = set()
    waiting, seen = [("", source)], set[tuple[str, str]]()
    while waiting:
        state = waiting.pop()
        if state in seen:
            continue
        seen.add(state)
        taken, text = state
        if len(taken) == 2 or (taken and (not text or text[0] in " *")):
            found.add(taken)
        elif text[:1] == "(":
            end = _closing(text)
            optional = text[end + 1 : end + 2] == "?"
            rest = text[end + 2 :] if optional else text[end + 1 :]
            waiting.extend((taken, option + rest) for option in _options(text[1:end]))
            if optional:
                waiting.append((taken, rest))
        elif text:
            optional = text[1:2] == "?"
            rest = text[2:] if optional else text[1:]
            waiting.extend((taken + character, rest) for character in (DIGITS if text[0] == "#" else text[0]))
            if optional:
                waiting.append((taken, rest))
    return frozenset(found)


def _closing(text: str) -> int:
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place
    raise InternalError(f"a cue of the catalogue lacks a bracket: {text!r}")


def _options(text: str) -> list[str]:
    depth, options = 0, [""]
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "|" and depth == 0:
            options.append("")
        else:
            options[-1] += character
    return options


def union(phrases: Iterable[Phrase]) -> re.Pattern[str]:
    """Return one pattern for Python that finds any of the phrases as whole words."""
    inner = "|".join(phrase.pattern for phrase in phrases)
    return re.compile(f"(?<![a-z0-9])(?:{inner})(?![a-z0-9])")


def engine_patterns(phrases: Iterable[Phrase]) -> list[str]:
    """Return patterns for the engine (RE2), one of which finds any of the phrases as whole words in a folded text."""
    # gaps multiply the states of all that stands beside them: they are kept apart
    inner = sorted({phrase.pattern for phrase in phrases}, key=lambda pattern: (WORD in pattern, pattern))
    inner = [pattern.replace(BETWEEN, BETWEEN_ENGINE) for pattern in inner]
    groups: list[list[str]] = []
    size, gapped = TOGETHER, False
    for pattern in inner:
        if size + len(pattern) > TOGETHER or (WORD in pattern) is not gapped:
            groups.append([])
            size, gapped = 0, WORD in pattern
        groups[-1].append(pattern)
        size += len(pattern)
    return [f"(?:^|[^a-z0-9])(?:{'|'.join(group)})(?:[^a-z0-9]|$)" for group in groups]
