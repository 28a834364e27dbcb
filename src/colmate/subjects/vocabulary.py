"""The small tables of French civil identity, as patterns that the engine can run (RE2 syntax)."""

from __future__ import annotations

from functools import cache
from typing import Any

from colmate.catalogue import load

__all__ = [
    "birth_follows",
    "birth_precedes",
    "called",
    "female_titles",
    "fold_prefix",
    "male_titles",
    "particles",
    "placeholder_dates",
    "test_given",
    "test_name",
    "test_oids",
    "test_surnames",
    "titles_at_head",
    "unknown_names",
    "vague_places",
]


@cache
def _table() -> dict[str, dict[str, Any]]:
    return load("civil_identity")


def _words(table: str, entry: str) -> list[str]:
    # the longest first: RE2 takes the first alternative that matches
    return sorted(map(str, _table()[table][entry]), key=lambda word: (-len(word), word))


def _any(words: list[str]) -> str:
    return "|".join(words)


def unknown_names() -> list[str]:
    """Cleaned names that say nothing: INCONNU, NC, X…"""
    return _words("unknown", "words")


def test_name() -> str:
    """Pattern of a cleaned surname (between two spaces) that belongs to a test record.

    A word of the table that stands alone, or a whole word of XX, AAA or ZZZ; other letters come thrice by a slip.
    """
    return f" (?:{_any([*_words('test', 'words'), 'X{2,}', 'A{3,}', 'Z{3,}'])}) "


def test_given() -> str:
    """Pattern of a cleaned given name (between two spaces) that belongs to a test record: a word that stands alone."""
    return f" (?:{_any(_words('test', 'words'))}) "


def test_surnames() -> list[str]:
    """Surnames that are a test when they are the whole surname."""
    return _words("test", "surnames")


def test_oids() -> list[str]:
    """Object identifiers that mark an identity as a test or a demonstration."""
    return _words("test", "oids")


def birth_follows() -> str:
    """Pattern with two groups: used name, birth name."""
    return f"^(.+?) (?:{_any(_words('marriage', 'birth_follows'))}) (.+)$"


def birth_precedes() -> str:
    """Pattern with two groups: birth name, used name."""
    return f"^(.+?) (?:{_any(_words('marriage', 'birth_precedes'))}) (.+)$"


def called() -> str:
    """What people are called, as one text: each given name with each short form, `` PHILIPPE>PHIL `` and so on."""
    pairs = [f"{name}>{short}" for name, forms in _table()["called"].items() for short in forms]
    return " " + " ".join(sorted(pairs)) + " "


def particles() -> str:
    """Pattern of a particle with the space after it; group 1 is the particle."""
    return rf"\b({_any(_words('particles', 'joined'))}) "


def fold_prefix() -> str:
    """Pattern of the particle that a joined name may begin with; group 1 is the rest, four letters or more."""
    return f"^(?:{_any(_words('particles', 'folded'))})([A-Z]{{4,}})$"


def male_titles() -> list[str]:
    """Canonical titles of a man."""
    return _words("titles", "male")


def female_titles() -> list[str]:
    """Canonical titles of a woman; a nun's is one."""
    return _words("titles", "female")


def titles_at_head() -> str:
    """Pattern of titles at the head of a cleaned full name."""
    return f"^(?:(?:{_any(_words('titles', 'all'))}) )+"


def placeholder_dates() -> list[str]:
    """Dates that software writes where none is known, as ``YYYY-MM-DD``."""
    return _words("dates", "placeholders")


def vague_places() -> list[str]:
    """Last words of addresses that any village has."""
    return _words("address", "vague")
