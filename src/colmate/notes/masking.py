"""A note's words around a cue, masked: enough to judge the reading, too little to learn anything about a person.

Kept are the words by which assertion and subject are judged (negations, relatives, suppositions) and what French
grammar needs; every other letter becomes A or a, every figure 9. The cue stands as the catalogue writes it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from colmate.catalogue import load
from colmate.notes.folding import fold
from colmate.notes.reading import Finding

__all__ = ["masked"]

AROUND = 60  # characters on each side
_WORD = re.compile(r"\w+")
_GRAMMAR = """
a au aux avec ce ces cette d dans de depuis des du elle en est et etait etre eu il ils elles j je l la le les
lui m ma mais me mes mon n ne nos notre nous on ou par pour qu que qui s sa sans se ses si son sont sous sur t
ta te un une vos votre vous y apres avant pendant lors suite car donc aussi plus moins tres
"""


@cache
def _kept() -> frozenset[str]:
    """Return the words of the context rules, folded."""

    def texts(node: Any) -> list[str]:
        if isinstance(node, str):
            return [node]
        parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
        return [text for part in parts for text in texts(part)]

    words = {word for text in texts(load("note_context")) for word in _WORD.findall(fold(text).text)}
    return frozenset(word for word in words if word.isalpha()) | frozenset(_GRAMMAR.split())


def masked(text: str, finding: Finding) -> str:
    """Return one line: the masked words around the finding, the cue in brackets."""
    before, after = text[: finding.start], text[finding.end :]
    left, right = _mask(before)[-AROUND:], _mask(after)[:AROUND]
    return f"{'…' if len(before) > AROUND else ''}{left}[{finding.cue}]{right}{'…' if len(after) > AROUND else ''}"


def _mask(text: str) -> str:
    return re.sub(r"\s", " ", _WORD.sub(lambda found: _word(found[0]), text))


def _word(word: str) -> str:
    if fold(word).text in _kept():
        return word.lower()
    return "".join("9" if sign.isdigit() else "A" if sign.isupper() else "a" for sign in word)
