"""Which kind of kin words name: who is near a patient is told apart by it."""

from __future__ import annotations

import re
from functools import cache

from colmate.catalogue import load
from colmate.notes.phrases import compile_phrase, union

__all__ = ["kin"]

# what is not said of one: "ses frères", "les enfants"; "fils" and "époux" are of either number
_SEVERAL = re.compile(r"(?<!fil)s$|aux$|^petits\b")
UNNAMED = "family"


@cache
def _kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    named = ((name, kind["any"]) for name, kind in load("kin").items())
    return tuple((name, union(map(compile_phrase, phrases))) for name, phrases in named if phrases)


def kin(words: str) -> tuple[str, bool]:
    """Return the kind of kin that folded words name, and whether several are; the family where they name none."""
    for name, pattern in _kinds():
        if found := pattern.search(words):
            return name, bool(_SEVERAL.search(found[0]))
    return UNNAMED, False
