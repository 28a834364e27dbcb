"""The lists: heavy-tailed surnames, first names of their time, real places."""

from __future__ import annotations

import numpy as np
import pytest

from colmate.replicas import tables


def test_surnames_are_as_frequent_as_in_france() -> None:
    names = tables.surnames()
    shares = np.diff(names.cumulative, prepend=0.0)
    assert names.words[0] == "MARTIN"
    assert shares[0] == pytest.approx(0.0035, rel=0.15)
    assert 1e-4 < float((shares**2).sum()) < 2e-4
    assert len(set(names.words)) > 100_000


@pytest.mark.parametrize("name", ["LE GALL", "HOARAU", "DA SILVA", "MULLER", "ROSSI", "ETCHEVERRY", "TRAORE", "NGUYEN"])
def test_surnames_of_all_parts(name: str) -> None:
    assert name in tables.surnames().words


@pytest.mark.parametrize(
    ("sex", "decade", "name"), [(0, 2, "Marie"), (0, 6, "Nathalie"), (1, 6, "Philippe"), (1, 11, "Gabriel")]
)
def test_first_names_of_their_time(sex: int, decade: int, name: str) -> None:
    words, table, _ = tables.first_names()
    assert name in [words[int(position)].as_py() for position in table[sex, decade, :5]]


@pytest.mark.parametrize(
    ("code", "postcode", "name"),
    [
        ("56260", "56000", "VANNES"),
        ("75112", "75012", "PARIS 12"),
        ("2A004", "20000", "AJACCIO"),
        ("22278", "22000", "ST BRIEUC"),
        ("97411", "97400", "ST DENIS"),
        ("45234", "45000", "ORLEANS"),
    ],
)
def test_places_are_real(code: str, postcode: str, name: str) -> None:
    places = tables.places()
    where = places.code.to_pylist().index(code)
    assert (places.postcode[where].as_py(), places.name[where].as_py()) == (postcode, name)


def test_every_departement_has_places() -> None:
    expected = {f"{n:02d}" for n in range(1, 96) if n != 20} | {"2A", "2B", "971", "972", "973", "974", "976"}
    assert set(tables.places().department.tolist()) == expected


@pytest.mark.parametrize(("text", "plain"), [("Étienne", "Etienne"), ("sœur", "soeur"), ("DUPONT", "DUPONT"), ("", "")])
def test_plain(text: str, plain: str) -> None:
    assert tables.plain(text) == plain
