"""One folding for notes: lower case, no accents, one kind of blank; every character keeps its place in the original.

The engine folds faster but not by quite the same tables, so `PLAIN` names the characters on which both agree; a note
that holds any other is read in Python whatever the filter says.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import ibis.expr.types as ir

from colmate.engine import ascii_fold

__all__ = ["Folded", "engine_fold", "fold", "is_odd"]

# what keyboards and French office software write; checked one by one against the engine in the tests
LETTERS = "ÀÂÄÇÈÉÊËÎÏÔÖÙÛÜŸÑàâäçèéêëîïôöùûüÿñ"
QUOTES = "’‘´"
SIGNS = "«»°€§£µ–—…“”•²³"
PLAIN = r"\t\n\r\x20-\x7e" + LETTERS + QUOTES + SIGNS


@dataclass(frozen=True)
class Folded:
    """A folded text; ``places[i]`` is where its i-th character stands in the original (``None``: the same place)."""

    text: str
    places: Sequence[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's ``start, end`` for a span of the folded text (``end`` exclusive, span not empty)."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1


@lru_cache(maxsize=4096)
def _fold_one(character: str) -> str:
    """Fold one character to none (marks, controls), one, or several (ligatures)."""
    if character in QUOTES:
        return "'"
    if character in SIGNS:
        return character
    if character in "\n\r\t\v\f\u2028\u2029\x85":
        return "\n" if character not in "\t" else " "
    if character.isspace():
        return " "
    # NFKD alone leaves these as they are
    character = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ø": "o", "ß": "ss", "‐": "-", "‑": "-"}.get(
        character, character
    )
    plain = unicodedata.normalize("NFKD", character).lower()
    return "".join(part for part in plain if unicodedata.category(part) not in ("Mn", "Cf", "Cc", "Cn"))


class _Table(dict[int, str]):
    """A translation table filled as characters are met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_one(chr(code))
        if len(self) < 10_000:
            self[code] = folded
        return folded


_TABLE = _Table()


def fold(text: str) -> Folded:
    """Return ``text`` in lower case, without accents, ligatures opened, marks and invisible characters removed."""
    folded = text.translate(_TABLE)
    if len(folded) == len(text) and not any(len(_TABLE[ord(character)]) != 1 for character in set(text)):
        return Folded(folded)
    places = [place for place, character in enumerate(text) for _ in _TABLE[ord(character)]]
    return Folded(folded, places)


def engine_fold(text: ir.StringValue) -> ir.StringValue:
    """Fold in the engine: equal to `fold` on texts made of `PLAIN` characters (but for the kind of quotes)."""
    return ascii_fold(text.lower()).lower()


def is_odd(text: ir.StringValue) -> ir.BooleanValue:
    """Tell whether the text holds a character that the engine may fold otherwise than `fold` does."""
    return text.re_search(f"[^{PLAIN}]")
