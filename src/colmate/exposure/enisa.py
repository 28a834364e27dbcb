"""ENISA's severity of a breach for one person: SE = DPC × EI + CB.

Source: ENISA, "Recommendations for a methodology of the assessment of severity of personal data breaches", working
document v1.0, December 2013. Where it leaves a choice, the choice is an entry of ``catalogue/assumptions.toml`` and is
returned by its id.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from colmate.catalogue import load
from colmate.exposure.tables import Context
from colmate.model import Band

__all__ = ["BANDS", "Facts", "Score", "assumptions", "band", "circumstances", "data_context", "identification", "score"]

BANDS: tuple[Band, ...] = ("low", "medium", "high", "very_high")


@dataclass(frozen=True)
class Facts:
    """What counts about one person.

    ``classes``: (ENISA class, base) of the types disclosed; ``notes``: ``asserted``, ``hypothetical``, ``negated``,
    ``relative``, ``relative_genetic``, ``safety``, ``social``, ``reputation``; ``identifies``: keys of ``enisa.toml``.
    """

    classes: frozenset[tuple[str, int]]
    notes: frozenset[str]
    identifies: frozenset[str]
    credentials: bool = False
    free_text: bool = False
    minor: bool = False
    professional: bool = False
    relative: bool = False


@dataclass(frozen=True)
class Score:
    """The factors and the result for one person; ``assumptions`` are ids."""

    dpc: int
    ei: float
    cb: float
    assumptions: frozenset[str]

    @property
    def value(self) -> float:
        """SE."""
        return self.dpc * self.ei + self.cb

    @property
    def band(self) -> Band:
        """The band of SE."""
        return band(self.value)


NOTES = {
    "asserted": ("asserted_category", 4),
    "hypothetical": ("supposed_category", 3),
    "negated": ("denied_category", 2),
    "relative": ("relative_category", 3),
    "relative_genetic": ("relative_genetic", 4),
    "safety": ("safety", 4),
    "social": ("social", 2),
    "reputation": ("reputation", 2),
}


def band(value: float) -> Band:
    """SE < 2 low; < 3 medium; < 4 high; otherwise very high."""
    return BANDS[(value >= 2) + (value >= 3) + (value >= 4)]


def circumstances(context: Context) -> tuple[float, frozenset[str]]:
    """Return CB and its assumptions; integrity and availability are untouched by a leak of copies (0)."""
    recipients = ("unknown_recipients", 0.5) if context.published else ("known_recipients", 0.25)
    malicious = [("malicious", 0.5)] if context.malicious else []
    parts = [recipients, *malicious]
    return sum(value for _, value in parts), frozenset(name for name, _ in parts)


def identification(known: frozenset[str]) -> float:
    """Return EI: 0.25 negligible, 0.5 limited, 0.75 significant, 1 maximum, by what is known together.

    A NIR is 1 by itself: it holds sex, month and commune of birth. A name with a birth date, e-mail, address, phone or
    official number is 1. A name with a town 0.75, alone 0.5. Contacts alone 0.5 (e-mail 0.75), with a first name 0.75.
    Birth date with place 0.75. Local numbers 0.25, for they need the controller's own file.
    """
    if "number" in known:
        return 1.0
    if "name" in known:
        if known & {"birth_date", "email", "address", "phone"}:
            return 1.0
        return 0.75 if known & {"place", "local"} else 0.5
    if "email" in known or {"birth_date", "place"} <= known or {"birth_date", "address"} <= known:
        return 0.75
    if known & {"phone", "address"}:
        return 0.75 if known & {"first_name", "birth_date"} else 0.5
    return 0.5 if {"first_name", "birth_date"} <= known else 0.25


def data_context(facts: Facts, health_controller: bool) -> tuple[int, frozenset[str]]:
    """Return DPC (1 to 4), the highest of all data of the person, and the assumptions that gave it."""
    simple, why = _simple(facts, health_controller)
    candidates: list[tuple[int, frozenset[str]]] = [(simple, why)]
    candidates += [(base, frozenset({"sensitive_column"})) for kind, base in facts.classes if kind == "sensitive"]
    candidates += [(base, frozenset({"financial_column"})) for kind, base in facts.classes if kind == "financial"]
    candidates += [(base, frozenset()) for kind, base in facts.classes if kind == "behavioural"]
    candidates += [(value, frozenset({name})) for key, (name, value) in NOTES.items() if key in facts.notes]
    if facts.credentials:
        candidates.append((4 if health_controller and not facts.professional else 2, frozenset({"credentials"})))
    highest = max(value for value, _ in candidates)
    reasons = frozenset[str]().union(*(why for value, why in candidates if value == highest))
    if facts.free_text and not facts.notes:
        reasons |= {"note_without_cue"}
    return max(1, min(4, highest)), reasons


def _simple(facts: Facts, health_controller: bool) -> tuple[int, frozenset[str]]:
    if facts.professional:
        return 1, frozenset({"professional_public"})
    value, why = (3, {"health_controller"}) if health_controller else (1, {"general_controller"})
    if health_controller and facts.relative:
        value, why = 1, {"relative_not_cared_for"}
    if facts.minor:
        return min(4, value + 1), frozenset(why | {"minor"})
    return value, frozenset(why)


def score(facts: Facts, context: Context, health_controller: bool) -> Score:
    """Return the severity for one person."""
    dpc, why = data_context(facts, health_controller)
    ei = identification(facts.identifies)
    cb, circumstance = circumstances(context)
    reduced = {"reduced_identification"} if ei < 1 else set()
    return Score(dpc, ei, cb, why | circumstance | reduced)


@cache
def _texts() -> dict[str, dict[str, Any]]:
    return load("assumptions")


def assumptions(ids: frozenset[str]) -> list[str]:
    """Return the English sentences of assumptions, in the catalogue's order; ``assumptions.toml`` has the French."""
    return [str(entry["en"]) for key, entry in _texts().items() if key in ids]
