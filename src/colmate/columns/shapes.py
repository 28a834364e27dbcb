"""Semantic types that no check can vouch for: what their content may look like, and when it speaks for itself.

Each shape gives two numbers from the evidence: ``fits`` (0 to 1: how well content and type go together; 0 forbids the
type whatever the header says) and ``alone`` (0 to 1: how far content decides without a header).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from colmate.columns.evidence import Evidence

__all__ = ["SHAPES", "Shape", "is_text"]

Measure = Callable[[Evidence], float]


def _never(_: Evidence) -> float:
    return 0.0


@dataclass(frozen=True)
class Shape:
    """How a type without a check is told: see the module."""

    fits: Measure
    alone: Measure = _never
    weight: float = 50.0


def is_text(ev: Evidence) -> bool:
    """Return whether the column holds running text: sentences, or many words of very different lengths."""
    if ev.fact("alpha") > 0.9 and ev.fact("tokens") < 3.5:
        return False
    postal = max(ev.share("address"), ev.fact("word_organisation") * 0.9, ev.fact("word_insurer") * 0.9)
    wordy = ev.fact("tokens") >= 2.5 and ev.fact("size_spread") >= 8 and ev.fact("size_max") >= 30
    sentences = ev.fact("sentence")
    prose = sentences >= 0.5 and ev.fact("tokens") >= 4.5 and ev.fact("size") >= 25 and postal < 0.5
    return (
        prose
        or (sentences >= 0.2 and wordy and postal < 0.45 + sentences * 0.3)
        or (wordy and ev.fact("tokens") >= 5 and ev.fact("size") >= 30 and postal < 0.5)
    )


def _name_like(ev: Evidence) -> float:
    if ev.fact("alpha") < 0.7 or ev.fact("tokens") > 3 or is_text(ev) or ev.fact("size_max") > 80:
        return 0.0
    return 1.0


def _first_fits(ev: Evidence) -> float:
    return _name_like(ev) * (0.2 + 0.8 * ev.fact("first"))


def _first_alone(ev: Evidence) -> float:
    many = ev.distinct >= 3 or ev.filled <= 3
    return ev.fact("first") if ev.fact("first") >= 0.7 and _name_like(ev) and many else 0.0


def _last_fits(ev: Evidence) -> float:
    # nearly every first name is somebody's surname, but few surnames are first names
    certain = 0.3 if ev.fact("first") >= 0.75 and ev.filled >= 5 else 1.0
    return _name_like(ev) * (0.3 + 0.7 * ev.fact("last")) * certain


def _last_alone(ev: Evidence) -> float:
    crowd = ev.distinct >= min(20, 0.3 * ev.filled)
    enough = ev.fact("last") >= 0.45 and ev.fact("last") > ev.fact("city") and ev.fact("first") < 0.7
    return ev.fact("last") if enough and crowd and _name_like(ev) else 0.0


def _full_fits(ev: Evidence) -> float:
    return (
        (0.3 + 0.7 * ev.fact("full")) if ev.fact("spaced") >= 0.5 and ev.fact("alpha") >= 0.6 and not is_text(ev) else 0
    )


def _full_alone(ev: Evidence) -> float:
    return ev.fact("full") if ev.fact("full") >= 0.5 and ev.fact("tokens") < 5 and ev.distinct >= 3 else 0.0


def _professional_fits(ev: Evidence) -> float:
    # a place or a service is written like a name too: some of the values have to be known names
    known = max(ev.fact("doctor"), ev.fact("last"), ev.fact("full")) >= 0.25
    crowd = ev.distinct >= min(8, 0.2 * ev.filled)
    named = known and crowd and (_name_like(ev) or ev.fact("doctor") >= 0.2 or ev.fact("spaced") > 0.4)
    return (0.4 + 0.6 * max(ev.fact("doctor"), ev.fact("last") * 0.8)) if named and not is_text(ev) else 0.0


def _professional_alone(ev: Evidence) -> float:
    return ev.fact("doctor") if ev.fact("doctor") >= 0.3 and ev.fact("alpha") >= 0.5 else 0.0


def _city_fits(ev: Evidence) -> float:
    lettered = ev.fact("alpha") >= 0.6 and ev.fact("tokens") < 5 and not is_text(ev)
    return 0.4 + 0.6 * ev.fact("city") if lettered and ev.fact("first") < 0.85 else 0.0


def _city_alone(ev: Evidence) -> float:
    enough = ev.fact("city") >= 0.35 and ev.fact("city") >= 0.8 * ev.fact("last") and ev.fact("first") < 0.6
    return ev.fact("city") if enough and ev.fact("alpha") >= 0.6 else 0.0


def _organisation_fits(ev: Evidence) -> float:
    if ev.fact("figures") > 0.5 or is_text(ev) or ev.share("date") > 0.2 or ev.fact("separated") > 0.9:
        return 0.0
    return 0.3 + 0.7 * ev.fact("word_organisation")


def _organisation_alone(ev: Evidence) -> float:
    enough = ev.fact("word_organisation") >= 0.6 and ev.fact("word_insurer") < 0.4 and ev.fact("doctor") < 0.3
    return ev.fact("word_organisation") if enough and not is_text(ev) and ev.fact("word_street") < 0.5 else 0.0


def _worded(word: str, least: float = 0.5) -> Shape:
    def fits(ev: Evidence) -> float:
        if is_text(ev) or ev.share("date") > 0.3 or ev.share("email") > 0.3 or ev.fact("figures") > 0.8:
            return 0.0
        return 0.4 + 0.6 * ev.fact(word)

    def alone(ev: Evidence) -> float:
        return ev.fact(word) if ev.fact(word) >= least and not is_text(ev) and ev.fact("figures") < 0.3 else 0.0

    return Shape(fits, alone, 57)


def _token(ev: Evidence) -> float:
    plain = ev.fact("one_word") >= 0.8 and ev.fact("size_max") <= 64 and ev.share("date") < 0.5
    return 0.6 if plain and ev.share("email") < 0.5 else 0.0


def _identifier(ev: Evidence) -> float:
    """Return whether the values may be identifiers: one word, short, not a decimal number, not a date."""
    many = ev.distinct >= min(40, 0.05 * ev.filled)
    return _token(ev) if many and ev.fact("decimal") < 0.2 and ev.fact("first") < 0.5 else 0.0


def _insurer(ev: Evidence) -> float:
    coded = 0.4 if ev.fact("one_word") >= 0.9 and ev.fact("size") <= 12 and ev.share("date") < 0.3 else 0.0
    return max(coded, _INSURER.fits(ev))


def _login(ev: Evidence) -> float:
    return 0.6 if ev.fact("one_word") >= 0.8 and ev.fact("size_max") <= 120 and ev.share("date") < 0.5 else 0.0


def _password(ev: Evidence) -> float:
    secret = ev.fact("one_word") >= 0.7 and ev.fact("size_max") <= 64 and ev.share("password_hash") < 0.5
    return 0.7 if secret and ev.fact("size") >= 3 and ev.share("date") < 0.5 and ev.share("email") < 0.5 else 0.0


def _labelled(ev: Evidence) -> float:
    return 0.5 if ev.share("email") < 0.3 and ev.share("date") < 0.5 and ev.share("nir") < 0.3 else 0.0


def _place(ev: Evidence) -> float:
    coded = max(ev.share("commune_code"), ev.share("postcode"), ev.share("country"))
    return 0.4 + 0.6 * max(ev.fact("city"), coded) if ev.share("date") < 0.3 and not is_text(ev) else 0.0


def _text_fits(ev: Evidence) -> float:
    if is_text(ev):
        return 1.0
    lettered = ev.share("number") < 0.6 and ev.share("date") < 0.6 and ev.share("email") < 0.5
    return 0.5 if lettered and ev.share("phone") < 0.6 and ev.share("nir") < 0.3 else 0.0


_INSURER = _worded("word_insurer", 0.45)
SHAPES: dict[str, Shape] = {
    "first_name": Shape(_first_fits, _first_alone, 60),
    "last_name": Shape(_last_fits, _last_alone, 58),
    "birth_name": Shape(_last_fits, _never, 58),
    "used_name": Shape(_last_fits, _never, 58),
    "full_name": Shape(_full_fits, _full_alone, 59),
    "professional_name": Shape(_professional_fits, _professional_alone, 62),
    "city": Shape(_city_fits, _city_alone, 59),
    "birth_place": Shape(_place, _never, 60),
    "organisation_name": Shape(_organisation_fits, _organisation_alone, 60),
    "insurer": Shape(_insurer, _INSURER.alone, 57),
    "specialty": _worded("word_specialty", 0.6),
    "occupation": _worded("word_occupation", 0.55),
    "unit": _worded("word_unit", 0.95),
    "free_text": Shape(_text_fits, lambda ev: float(is_text(ev)), 66),
    "login": Shape(_login, _never, 56),
    "password": Shape(_password, _never, 58),
    "patient_id": Shape(_identifier, _never, 54),
    "stay_id": Shape(_identifier, _never, 53),
    "record_id": Shape(_identifier, _never, 52),
    "insurer_member_id": Shape(_identifier, _never, 54),
    "diagnosis": Shape(_labelled, _never, 52),
    "drug": Shape(_labelled, _never, 52),
    "lab_test": Shape(_labelled, _never, 52),
    "lab_result": Shape(_labelled, _never, 50),
    "allergy": Shape(_labelled, _never, 52),
    "measurement": Shape(lambda ev: 0.6 if ev.share("number") >= 0.6 or ev.fact("figures") > 0.3 else 0.3, _never, 52),
    "code": Shape(lambda ev: 0.6 * (ev.fact("one_word") >= 0.7 and ev.fact("size") <= 16), _never, 30),
}
