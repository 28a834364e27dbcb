"""Which relative a note tells of."""

from __future__ import annotations

import pytest

from colmate.catalogue import load
from colmate.notes import read_notes
from colmate.notes.kin import kin


@pytest.mark.parametrize(
    ("text", "named", "several"),
    [
        ("mère bipolaire", "mother", False), ("maman VIH", "mother", False), ("suicide de son frère", "brother", False),
        ("ses 2 frères se sont suicidés", "brother", True), ("belle-mère alcoolique", "step_parent", False),
        ("grand-mère Alzheimer", "grandparent", False), ("cancer du sein chez sa tante", "uncle_aunt", False),
        ("mari alcoolique", "partner", False), ("ex-mari alcoolique", "former_partner", False),
        ("fils en prison", "son", False), ("sa fille schizophrène", "daughter", False),
        ("enfants placés", "child", True), ("parents séropositifs", "parents", True),
        ("ATCD familiaux : cancer du côlon", "family", False), ("sa voisine est en cure de désintox", "near", False),
        ("petits-enfants autistes", "grandchild", True), ("sœur violée", "sister", False),
        ("sa cousine porteuse BRCA1", "cousin", False), ("demi-frère trisomique", "brother", False),
    ],
)  # fmt: skip
def test_the_kind_of_kin(text: str, named: str, several: bool) -> None:
    (findings,) = read_notes([text])
    told = {(item.kin, item.several) for item in findings if item.subject == "relative"}
    assert told == {(named, several)}


@pytest.mark.parametrize("text", ["patient VIH", "jeune fille enceinte", "serait homosexuelle d'après sa mère"])
def test_the_patient_is_no_kin(text: str) -> None:
    (findings,) = read_notes([text])
    assert findings
    assert {(item.kin, item.several) for item in findings} == {("", False)}


def test_words_that_name_nobody_are_the_family() -> None:
    assert kin("cote maternel") == ("family", False)


def test_a_kind_is_told_by_its_own_words() -> None:
    for name, kind in load("kin").items():
        plain = [phrase for phrase in kind["any"] if phrase.isalpha()]
        assert {kin(phrase)[0] for phrase in plain} <= {name}
