"""The words around a cue that change what it says: the catalogue's triggers, compiled once, and how texts are cut."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from colmate.catalogue import load
from colmate.notes.phrases import compile_phrase, union

__all__ = ["REACH", "REACH_AFTER", "WORD", "Triggers", "near", "skip", "tail", "triggers"]

# how many words a trigger reaches over: NegEx's five or six, one more for French articles
REACH = 7
REACH_AFTER = 4
WORD = re.compile(r"[a-z0-9+]+")


@dataclass(frozen=True)
class Triggers:
    """The triggers of the catalogue, compiled once."""

    negation: re.Pattern[str]
    negation_after: re.Pattern[str]
    pseudo: re.Pattern[str]
    hypothesis: re.Pattern[str]
    refusal: re.Pattern[str]
    hypothesis_after: re.Pattern[str]
    hypothesis_whole: re.Pattern[str]
    result: re.Pattern[str]
    source: re.Pattern[str]
    verb: re.Pattern[str]
    relative: re.Pattern[str]
    self: re.Pattern[str]
    other_role: re.Pattern[str]
    event: re.Pattern[str]
    owner: re.Pattern[str]
    patient: re.Pattern[str]
    breaker: re.Pattern[str]
    past: re.Pattern[str]
    past_after: re.Pattern[str]
    present: re.Pattern[str]


@cache
def triggers() -> Triggers:
    table = load("note_context")

    def one(section: str, key: str, tail: str = "") -> re.Pattern[str]:
        # longest first: an alternation takes the first that fits
        phrases = sorted(table[section][key], key=len, reverse=True)
        pattern = union(compile_phrase(phrase.rstrip("$").strip()) for phrase in phrases).pattern
        return re.compile(pattern + tail)

    determiner = r"[ ']*(?:(?:sa|son|ses|la|le|les|l|leur|leurs|un|une|du|de la|de l|de|des|mon|ma|nos|notre|d)[ ']+)*$"
    return Triggers(
        one("negation", "before"), one("negation", "after"), one("negation", "pseudo"),
        one("hypothesis", "before"), one("hypothesis", "refusal"),
        one("hypothesis", "after"), one("hypothesis", "whole"), one("hypothesis", "result"),
        one("hearsay", "source"), one("hearsay", "verb"),
        one("relative", "any"), one("relative", "self"),
        one("relative", "other_role", determiner), one("relative", "event", determiner),
        one("relative", "owner", determiner),
        one("patient", "any"), one("breaker", "any"),
        one("past", "before"), one("past", "after"), one("past", "present"),
    )  # fmt: skip


def near(text: str, words: int) -> bool:
    """Return whether a text has no comma and few words."""
    return "," not in text and len(WORD.findall(text)) <= words


def skip(text: str, place: int) -> int:
    """Return the place of the next word."""
    while place < len(text) and text[place] in " '":
        place += 1
    return place


def tail(pattern: re.Pattern[str], lead: str) -> re.Match[str] | None:
    """Search a pattern that is anchored at the end, in the last words only."""
    cut = max(0, len(lead) - 40)
    return pattern.search(lead, cut)
