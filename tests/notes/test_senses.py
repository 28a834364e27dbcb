"""Words of several senses: what stands near tells which is meant."""

from __future__ import annotations

import time

import pytest

from colmate import read_notes
from colmate.catalogue import load, special_categories
from colmate.notes.phrases import compile_phrase
from colmate.notes.senses import Beside, Sense, Senses, senses

# the same word where it discloses and where it does not
PAIRS = [
    ("addiction", "fume un joint le soir", "fuite au robinet, joint de la douche à changer"),
    ("hiv_sti", "TPE débuté cette nuit après rupture de preservatif", "patron d'une TPE de plomberie, 4 salariés"),
    ("psychiatric", "HDT cette nuit, délire de persécution", "HP : cartouche d'encre noire à commander"),
    ("criminal", "incarcéré depuis mars, parloir samedi", "hernie incarcérée opérée en urgence"),
    ("serious_illness", "cancer du sein sous chimio", "signe du cancer, ascendant lion dit-elle en riant"),
    ("violence_abuse", "coups du mari, bleus au bras", "deux coups de fil ce matin, répondeur plein"),
]


@pytest.mark.parametrize(("category", "told", "other"), PAIRS)
def test_a_word_is_read_by_its_neighbours(category: str, told: str, other: str) -> None:
    said, meant = ({finding.category for finding in found} for found in read_notes([told, other]))
    assert category in said
    assert category not in meant


def _one(disclosed: tuple[str, ...], other: tuple[str, ...]) -> Senses:
    sense = Sense(compile_phrase("joints?"), Beside(disclosed), Beside(other))
    return Senses({("addiction", "join"): [sense]})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("un joint", True),  # nothing near: the cue stands
        ("un joint de culasse", False),
        ("culasse : joint fumé", True),  # both near: what discloses is believed
        ("culasse; un joint", True),  # another statement says nothing
        ("culasse " + "x" * 90 + " joint", True),  # too far
    ],
)
def test_only_another_sense_near_drops_a_cue(text: str, told: bool) -> None:
    start = text.index("joint")
    known = _one(("fum*",), ("culasse",))
    assert known.told(text, "addiction", start, start + len("joint")) is told


def test_a_phrase_that_says_more_needs_no_neighbours() -> None:
    text = "fume des joints sous la culasse"
    assert _one((), ("culasse",)).told(text, "addiction", 0, len("fume des joints"))


def test_a_sense_belongs_to_its_category() -> None:
    assert _one((), ("culasse",)).told("joint de culasse", "judgement", 0, 5)


def test_each_entry_of_the_catalogue_can_be_read_and_gives_its_senses() -> None:
    tables = load("note_senses")
    assert set(tables) == set(special_categories())
    for table in tables.values():
        for entry in table["sense"]:
            assert set(entry) == {"words", "why", "disclosed", "other"}
            assert entry["why"]
    for known in senses().known.values():
        for sense in known:
            assert sense.disclosed.pattern
            assert sense.other.pattern
            assert not set(sense.disclosed.phrases) & set(sense.other.phrases)


def test_a_hostile_note_takes_no_longer_than_its_length() -> None:
    def seconds(times: int) -> float:
        note = "joint culasse fume " * times
        begun = time.process_time()
        list(read_notes([note]))
        return time.process_time() - begun

    seconds(10)
    short, long = seconds(400), seconds(1600)
    assert long < 12 * max(short, 0.02)
