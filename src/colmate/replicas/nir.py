"""Social security numbers (NIR) that agree with their bearers.

Layout ``S AA MM LLLLL OOO KK``: sex, year and month of birth, commune or country of birth, order, key. The key is
``97 - (number mod 97)`` with 2A read as 19 and 2B as 18 (CNAM, library ``nir-validation``; python-stdnum
``stdnum/fr/nir.py``). Corsica is 20 for births before 1976; a country is 99 and its three figures; births in Algeria
before independence may carry 91 to 94; months 20 and more mean that the month is unknown; 7 and 8 are provisional
numbers, without key.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from colmate.replicas import tables
from colmate.replicas.population import Population, cumulative_draw
from colmate.replicas.tables import Ints

__all__ = ["Numbers", "draw", "text"]

ALGERIA = 99352
INDEPENDENCE = -2738  # 1962-07-03, in days since 1970-01-01
CORSICA_SPLIT = 2191  # 1976-01-01


@dataclass(frozen=True)
class Numbers:
    """One number a person: 13 figures with Corsica's letters as 19 and 18, and what the figures do not say."""

    number: Ints
    corsica: Ints  # 0, 1 for 2A, 2 for 2B
    provisional: npt.NDArray[np.bool_]
    unknown_month: npt.NDArray[np.bool_]
    place: Ints  # code of the place of birth, as in the number


def draw(rng: np.random.Generator, people: Population, home: Ints) -> Numbers:
    """Draw a number for each person; ``home`` is the position of each person's commune. No number comes twice."""
    count = len(people)
    place, corsica = _places(rng, people, home)
    dates = people.birth.astype("datetime64[D]")
    year = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    month = dates.astype("datetime64[M]").astype(np.int64) % 12 + 1
    unknown = (place // 1000 >= 91) & (people.birth < -3650) & (rng.random(count) < 0.08) & ~people.twin
    month = np.where(unknown, rng.choice([20, 30, 50, 99], count), month)
    sex = np.where(people.sex == 1, 1, 2)
    stem = ((sex * 100 + year % 100) * 100 + month) * 100_000 + place
    number = stem * 1000 + _orders(stem * 4 + corsica)
    provisional = (rng.random(count) < 0.004) & ~people.twin
    serial = rng.permutation(count)
    waiting = ((sex + 6) * 10 + rng.integers(1, 3, count)) * 10**11 + rng.integers(11, 980, count) * 10**8 + serial
    return Numbers(
        np.where(provisional, waiting, number), np.where(provisional, 0, corsica), provisional, unknown, place
    )


def _places(rng: np.random.Generator, people: Population, home: Ints) -> tuple[Ints, Ints]:
    """Place of birth: mostly the département of the home; children of one household are born in one place."""
    places, count = tables.places(), len(people)
    anchor = np.where(people.slot >= 2, people.household, people.household.max() + 1 + np.arange(count))
    _, first = np.unique(anchor, return_index=True)
    group = np.searchsorted(anchor[first], anchor)
    everywhere = np.cumsum(places.population / places.population.sum())
    size = len(first)
    chance = rng.random(size)
    commune = np.where(chance < 0.55, home[first], cumulative_draw(rng, everywhere, size))
    near = (chance >= 0.55) & (chance < 0.8)
    commune[near] = _in_department(rng, home[first][near])
    codes, weights = tables.countries()
    abroad = (rng.random(size) < 0.09)[group]
    country = codes[cumulative_draw(rng, weights, size)][group]
    place, corsica = places.number[commune][group], places.corsica[commune][group]
    early = (corsica > 0) & (people.birth < CORSICA_SPLIT)
    place = np.where(early, 20_000 + place % 1000, place)
    corsica = np.where(early | abroad, 0, corsica)
    colonial = (country == ALGERIA) & (people.birth < INDEPENDENCE)
    country = np.where(colonial, 91_352 + 1000 * (people.household % 4), country)
    return np.where(abroad, country, place), corsica


def _in_department(rng: np.random.Generator, home: Ints) -> Ints:
    """Another commune of the département of each home."""
    places = tables.places()
    result = home.copy()
    departments = places.department[home]
    for department in np.unique(departments):
        where = np.flatnonzero(departments == department)
        communes, weights = places.of(str(department))
        result[where] = communes[cumulative_draw(rng, weights, len(where))]
    return result


def _orders(stem: Ints) -> Ints:
    """Orders 1 to 999, different for equal stems (as long as no stem comes more than 999 times)."""
    by_stem = np.argsort(stem, kind="stable")
    ordered = stem[by_stem]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    rank = np.arange(len(stem)) - np.repeat(starts, np.diff(np.r_[starts, len(stem)]))
    orders = np.empty(len(stem), dtype=np.int64)
    orders[by_stem] = 1 + (ordered * 7919 + rank * 101) % 999
    return orders


def text(number: Ints, corsica: Ints, key_error: npt.NDArray[np.bool_], keyless: npt.NDArray[np.bool_]) -> pa.Array:
    """Return 15 characters, or 13 where ``keyless``; where ``key_error`` the key is one off."""
    key = 97 - number % 97
    key = np.where(key_error, key % 97 + 1, key)
    whole = pc.cast(pa.array(number * 100 + key), pa.string())
    for flag, letters in ((1, "2A"), (2, "2B")):
        if (corsica == flag).any():
            whole = pc.if_else(pa.array(corsica == flag), pc.utf8_replace_slice(whole, 5, 7, letters), whole)
    if keyless.any():
        whole = pc.if_else(pa.array(keyless), pc.utf8_slice_codeunits(whole, 0, 13), whole)
    return whole
