"""Numbers, shares, dates and names as each language writes them."""

from __future__ import annotations

import string
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colmate.errors import UsageError
from colmate.report import words as module
from colmate.report.words import words

FR, EN = words("fr"), words("en")


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (491840, "491\u202f840", "491,840"),
        (19_000_000, "19\u202f000\u202f000", "19,000,000"),
    ],
)
def test_integers(value: int, french: str, english: str) -> None:
    assert (FR.integer(value), EN.integer(value)) == (french, english)


@pytest.mark.parametrize(
    ("part", "whole", "french", "english"),
    [
        (0, 0, "–", "–"),
        (0, 10, "0\u202f%", "0%"),
        (10, 10, "100\u202f%", "100%"),
        (1, 3, "33,3\u202f%", "33.3%"),
        (1, 100_000, "<\u00a00,1\u202f%", "<\u00a00.1%"),
        (99_999, 100_000, ">\u00a099,9\u202f%", ">\u00a099.9%"),
    ],
)
def test_shares_never_round_to_nothing_or_to_all(part: int, whole: int, french: str, english: str) -> None:
    assert (FR.share(part, whole), EN.share(part, whole)) == (french, english)


@given(st.integers(1, 10**7), st.integers(1, 10**7))
def test_only_all_is_a_hundred_per_cent(part: int, more: int) -> None:
    assert EN.share(part, part + more) not in {"0%", "0.0%", "100%", "100.0%"}


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [(0, "0 personne", "0 persons"), (1, "1 personne", "1 person"), (2, "2 personnes", "2 persons")],
)
def test_the_grammatical_number(value: int, french: str, english: str) -> None:
    assert (FR.count("persons", value), EN.count("persons", value)) == (french, english)


def test_dates() -> None:
    assert FR.moment(datetime(2026, 11, 24, 9, 5), weekday=True) == "mardi 24 novembre 2026 à 9 h 05"
    assert EN.moment(datetime(2026, 11, 24, 9, 5), weekday=True) == "Tuesday 24 November 2026 at 9:05"
    assert FR.day(date(2026, 1, 1)) == "1er janvier 2026"
    assert (FR.month("2015-01"), EN.month("2015-01"), FR.month("2015")) == ("janvier 2015", "January 2015", "2015")
    assert (FR.iso_day(None), FR.iso_day("2015-13-45")) == ("–", "2015-13-45")


@pytest.mark.parametrize(
    ("value", "french"), [(0, "0\u00a0o"), (999, "999\u00a0o"), (1500, "1,5\u00a0ko"), (214_880_417, "214,9\u00a0Mo")]
)
def test_sizes(value: int, french: str) -> None:
    assert FR.size(value) == french


def test_durations() -> None:
    assert (FR.seconds(3.14), EN.seconds(3.14), EN.seconds(421)) == ("3,1\u00a0s", "3.1\u00a0s", "7\u00a0min 01\u00a0s")


def test_french_spacing_does_not_break() -> None:
    assert not [key for key, text in FR.texts.items() for mark in (" :", " ;", " ?", " !", "« ") if mark in str(text)]


def _places(text: object) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(str(text)) if name}


def test_both_languages_say_the_same_things() -> None:
    assert set(FR.texts) == set(EN.texts)
    for key, french in FR.texts.items():
        english = EN.texts[key]
        assert type(french) is type(english), key
        if isinstance(french, list):
            assert len(french) == len(english), key
        assert _places(french) == _places(english), key
        assert french and english, key


def test_another_language_is_refused() -> None:
    with pytest.raises(UsageError, match="fr or en"):
        words("de")


def test_names_come_from_the_catalogue_or_stay_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"semantic_types": {"nir": {"fr": "NIR", "en": "social security number"}}, "harms": {}}
    monkeypatch.setattr(module, "_entries", lambda name: known.get(name, {}))
    assert (FR.semantic_type("nir"), EN.semantic_type("nir")) == ("NIR", "social security number")
    assert FR.semantic_type("shoe_size") == "shoe size"
    assert (FR.harm("dog_theft"), FR.special_category("left_handed")) == ("dog theft", "left handed")


def test_advice_is_the_catalogues_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_entries", lambda _name: {"blackmail": {"advice_fr": "Garder les preuves."}})
    assert FR.advice("blackmail") == "Garder les preuves."
    assert "17cyber.gouv.fr" in EN.advice("blackmail")
    assert EN.advice("dog_theft") == ""


def test_an_english_sentence_is_translated_when_the_catalogue_can(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"en": "The file was sold.", "fr": "Le fichier a été vendu : voilà."}
    monkeypatch.setattr(module, "_entries", lambda _name: {"sold": entry})
    assert FR.sentence("The file was sold.") == ("Le fichier a été vendu\u00a0: voilà.", "fr")
    assert FR.sentence("The file was lost.") == ("The file was lost.", "en")
    assert EN.sentence("The file was sold.") == ("The file was sold.", "en")
