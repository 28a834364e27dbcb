"""Words of several senses: what stands near tells which is meant."""

from __future__ import annotations

import time

import pytest

from colmate import read_notes
from colmate.catalogue import load, special_categories
from colmate.notes.phrases import compile_phrase, spelt_out
from colmate.notes.senses import Near, Neighbours, Sense, Senses, senses
from colmate.notes.weighing import features, likely

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
    sense = Sense(compile_phrase("joints?"), Neighbours(disclosed), Neighbours(other))
    return Senses({("addiction", "join"): [sense]})


@pytest.mark.parametrize(
    ("text", "disclosed", "other"),
    [
        ("un joint", False, False),
        ("un joint de culasse", False, True),
        ("fume un joint", True, False),
        ("culasse : joint fumé", True, True),
        ("culasse; un joint", False, False),  # another statement
        ("culasse " + "x" * 90 + " joint", False, False),  # too far
        ("joint, ci/dessus", False, True),  # words that follow each other, whatever stands between
        ("joint ci dessous", False, False),
        ("joint des parfums", False, False),  # a word begins with its stem
    ],
)
def test_what_stands_near(text: str, disclosed: bool, other: bool) -> None:
    start = text.index("joint")
    known = _one(("fum*",), ("culasse", "ci dessus"))
    assert known.near(text, "addiction", start, start + len("joint")) == (disclosed, other)


def test_a_phrase_that_says_more_needs_no_neighbours() -> None:
    assert (
        _one((), ("culasse",)).near("fume des joints sous la culasse", "addiction", 0, len("fume des joints")) is None
    )


def test_a_sense_belongs_to_its_category() -> None:
    assert _one((), ("culasse",)).near("joint de culasse", "judgement", 0, 5) is None


@pytest.mark.parametrize(
    ("phrase", "spelt"),
    [
        ("fum*", {"fum*"}),
        ("robinets?", {"robinet", "robinets"}),
        ("(ci|pj) joint", {"ci joint", "pj joint"}),
        ("pre ?op*", {"pre op*", "preop*"}),
    ],
)
def test_neighbours_are_spelt_out(phrase: str, spelt: set[str]) -> None:
    assert set(spelt_out(phrase)) == spelt


def test_the_model_knows_a_word_in_both_senses_and_only_from_its_surroundings() -> None:
    told = dict(features("sous methadone depuis mars", "addiction", 5, 14, None, []))
    assert told["n=sous"] == 1.0
    assert 0 < told["n=mars"] < told["n=depui"] == 1.0
    assert not any(name.startswith(("n=", "c=")) and "methad" in name for name in told)


def test_the_model_lets_stand_what_it_knows_nothing_of() -> None:
    assert likely("zzz", "addiction", 0, 3, None, [])
    assert likely("zzz", "addiction", 0, 3, Near(disclosed=True, other=False), [])


def test_each_entry_of_the_catalogue_can_be_read_and_gives_its_senses() -> None:
    tables = load("note_senses")
    assert set(tables) == set(special_categories())
    for table in tables.values():
        for entry in table["sense"]:
            assert set(entry) == {"words", "why", "disclosed", "other"}
            assert entry["why"]
    for known in senses().known.values():
        for sense in known:
            assert sense.other.known
            assert all(phrase[0] for phrases in sense.disclosed.known.values() for phrase in phrases)
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
