"""Households: what their members share, and what they do not."""

from __future__ import annotations

import numpy as np
import pytest

from colmate.replicas.population import FEMALE, MALE, Population, Settings, draw

TODAY = 18_565


@pytest.fixture(scope="module")
def people() -> Population:
    return draw(np.random.default_rng(3), 40_000, Settings(TODAY, child=0.5))


@pytest.mark.parametrize("patients", [1, 2, 7, 999])
def test_exactly_as_many_patients_as_asked(patients: int) -> None:
    assert int(draw(np.random.default_rng(1), patients, Settings(TODAY)).patient.sum()) == patients


def test_nobody_is_no_population() -> None:
    with pytest.raises(ValueError, match="at least one"):
        draw(np.random.default_rng(1), 0, Settings(TODAY))


def test_twins_share_birth_day_name_and_home_but_not_the_first_name(people: Population) -> None:
    twins = np.flatnonzero(people.twin)
    first, second = twins[people.slot[twins] == 2], twins[people.slot[twins] == 3]
    assert len(first) == len(second) > 50
    for trait in ("birth", "household", "born_name"):
        assert (getattr(people, trait)[first] == getattr(people, trait)[second]).all()
    assert (people.first[first] != people.first[second]).all()


def test_other_siblings_are_not_born_on_one_day(people: Population) -> None:
    children = np.flatnonzero((people.slot >= 2) & ~people.twin)
    pairs = np.unique(people.household[children] * 100_000 + people.birth[children] + 50_000)
    assert len(pairs) == len(children)


def test_minors_use_the_rights_of_an_adult_of_their_household(people: Population) -> None:
    minors = np.flatnonzero(people.ages(TODAY) < 18)
    holders = people.insured[minors]
    assert len(minors) > 1000
    assert (people.ages(TODAY)[holders] >= 18).all()
    assert (people.household[holders] == people.household[minors]).all()


def test_some_sons_bear_their_fathers_name(people: Population) -> None:
    sons = np.flatnonzero(people.junior)
    fathers = np.searchsorted(people.household, people.household[sons])
    assert len(sons) > 20
    assert (people.sex[sons] == MALE).all()
    assert (people.first[sons] == people.first[fathers]).all()
    assert (people.born_name[sons] == people.born_name[fathers]).all()
    assert (people.birth[sons] - people.birth[fathers] > 15 * 365).all()


def test_used_names_differ_for_women_only_and_for_many_of_them(people: Population) -> None:
    other = people.born_name != people.used_name
    adult = people.ages(TODAY) >= 18
    assert other[(people.sex == FEMALE) & adult].mean() == pytest.approx(0.5, abs=0.15)
    assert not other[(people.sex == MALE)].any()


def test_nobody_is_born_tomorrow_or_very_long_ago(people: Population) -> None:
    assert people.birth.max() <= TODAY
    assert people.ages(TODAY).max() < 106
