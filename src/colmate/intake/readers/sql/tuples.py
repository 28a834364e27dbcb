"""One tuple at a time, read with care: every way to write a value, and where reading goes on after damage."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from colmate.intake.readers.sql.expressions import evaluate, string_text
from colmate.intake.readers.sql.grammar import Grammar

__all__ = ["Tuple", "read_tuple", "resume"]

# where the next tuple or statement probably begins, after one that cannot be read
JOINT: Final = re.compile(rb"\)\s*+,\s*+(?=\()|\)\s*+;|\n(?=[ \t]*+(?:INSERT|REPLACE|COPY|CREATE|GO|UNLOCK)\b)", re.I)

# parentheses within parentheses of a value; hostile text has more
DEPTH: Final = 32
TOKENS: Final = 4096


@dataclass(frozen=True)
class Tuple:
    """``values`` of the tuple that ends at ``end``; none of one that is "bad", "deep" or "cut" (unfinished)."""

    values: list[str | None]
    end: int
    state: Literal["read", "cut", "bad", "deep"] = "read"


def read_tuple(data: bytes, place: int, grammar: Grammar, hexed: frozenset[int] = frozenset()) -> Tuple:
    """Return the tuple whose opening parenthesis is at ``place``."""
    values: list[str | None] = []
    match = grammar.value.match
    place += 1
    while True:
        found = match(data, place)
        if found is None:
            end = expression_end(data, place, grammar)
            if end == -1:
                return Tuple([], place, "cut")
            if end < 0:
                return Tuple([], -end, "deep")
            if data[end : end + 1] not in (b",", b")") or not data[place:end].strip():
                return Tuple([], end, "bad")
            values.append(evaluate(data[place:end], grammar, len(values) in hexed))
            follower = data[end : end + 1]
            place = end + 1
        else:
            values.append(_plain(found, grammar, len(values) in hexed))
            follower = found.group(3)
            place = found.end()
        if follower == b")":
            return Tuple(values, place)


def _plain(found: re.Match[bytes], grammar: Grammar, hexed: bool) -> str | None:
    inner, word, _ = found.groups()
    if inner is not None:
        return string_text(inner, grammar.backslash)
    if word in (b"NULL", b"null") or word.upper() == b"NULL":
        return None
    if word[:1] == b"0" and word[1:2] in b"xX" and hexed:
        return evaluate(word, grammar, text_column=True)
    if word[:1].isdigit() or word[:1] in b"+-.":
        return bytes(word).decode("utf-8", "replace")
    return evaluate(word, grammar)


def expression_end(data: bytes, place: int, grammar: Grammar) -> int:
    """Return where the expression at ``place`` ends: a comma or closing parenthesis of its own, or something amiss.

    -1 when the text ends before; less where it becomes longer or deeper than any expression, the place negated.
    """
    depth = tokens = 0
    match = grammar.token.match
    while place < len(data):
        tokens += 1
        if depth > DEPTH or tokens > TOKENS:
            return -place
        found = match(data, place)
        if found is None:
            return -1
        token = found.group()
        if token in (b"(", b"[", b"{"):
            depth += 1
        elif token in (b")", b"]", b"}"):
            if depth == 0:
                return place
            depth -= 1
        elif (token == b"," and depth == 0) or token == b";":
            return place
        place = found.end()
    return -1


def resume(data: bytes, place: int) -> int:
    """Return where reading can go on after the tuple at ``place``; the end of the text when that is nowhere."""
    found = JOINT.search(data, place + 1)
    if found is None:
        return len(data)
    return found.start() if data[found.start()] == 10 else found.start() + 1
