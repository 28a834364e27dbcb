"""Social security numbers against an implementation of others (python-stdnum) and the rules of their layout."""

from __future__ import annotations

import numpy as np
import pytest
from stdnum.fr import nir as reference

from colmate.replicas import nir, tables
from colmate.replicas.population import Population, Settings, draw

TODAY = 18_565


@pytest.fixture(scope="module")
def people() -> Population:
    return draw(np.random.default_rng(4), 30_000, Settings(TODAY, child=0.5))


@pytest.fixture(scope="module")
def numbers(people: Population) -> nir.Numbers:
    places = tables.places()
    home = np.random.default_rng(4).integers(0, len(places.code), int(people.household.max()) + 1)
    corsica = np.flatnonzero(places.corsica)
    home[::50] = corsica[np.arange(len(home[::50])) % len(corsica)]
    return nir.draw(np.random.default_rng(4), people, home[people.household])


def _texts(numbers: nir.Numbers, wrong: bool = False) -> list[str]:
    flags = np.full(len(numbers.number), wrong)
    texts: list[str] = nir.text(numbers.number, numbers.corsica, flags, ~flags & numbers.provisional).to_pylist()
    return texts


def test_keys_are_right(numbers: nir.Numbers) -> None:
    assert all(reference.is_valid(text) for text in _texts(numbers) if len(text) == 15)


def test_or_wrong_when_asked(numbers: nir.Numbers) -> None:
    assert not any(reference.is_valid(text) for text in _texts(numbers, wrong=True))


@pytest.mark.parametrize(
    ("corsica", "expected"), [(0, "189011900400156"), (1, "189012A00400156"), (2, "189012B00400186")]
)
def test_letters_of_corsica(corsica: int, expected: str) -> None:
    number = np.array([1890119004001 if corsica < 2 else 1890118004001])
    no = np.zeros(1, dtype=np.bool_)
    (text,) = nir.text(number, np.array([corsica]), no, no).to_pylist()
    assert text[:13] == expected[:13]
    assert reference.is_valid(text)


def test_no_number_twice(numbers: nir.Numbers) -> None:
    assert len(set(_texts(numbers))) == len(numbers.number)


def test_sex_year_and_month_agree(people: Population, numbers: nir.Numbers) -> None:
    own = ~numbers.provisional
    dates = people.birth.astype("datetime64[D]").astype(str)
    for text, sex, date, unknown in zip(_texts(numbers), people.sex, dates, numbers.unknown_month, strict=True):
        if text[0] in "12":
            assert text[0] == "21"[sex]
            assert text[1:3] == date[2:4]
            assert (int(text[3:5]) >= 20) if unknown else (text[3:5] == date[5:7])
    assert own.mean() > 0.99


def test_twins_differ_in_the_order_and_the_key_only(people: Population, numbers: nir.Numbers) -> None:
    texts, pairs = _texts(numbers), 0
    for one in np.flatnonzero(people.twin & (people.slot == 2)):
        first, second = texts[one], texts[one + 1]
        if people.sex[one] == people.sex[one + 1]:
            pairs += 1
            assert first[:10] == second[:10]
            assert first[10:13] != second[10:13]
    assert pairs > 10


@pytest.mark.parametrize("shape", ["99", "2A", "2B", "20", "97"])
def test_places_of_all_kinds(shape: str, numbers: nir.Numbers) -> None:
    assert any(text[5:7] == shape for text in _texts(numbers))


def test_corsica_changes_in_1976(people: Population, numbers: nir.Numbers) -> None:
    years = people.birth.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    for text, year in zip(_texts(numbers), years, strict=True):
        if text[0] in "12":
            assert text[5:7] not in ("2A", "2B") or year >= 1976
            assert text[5:7] != "20" or year < 1976
