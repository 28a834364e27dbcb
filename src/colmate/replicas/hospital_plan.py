"""Who is in the hospital system, in which files, and whose relative is whose: ``hospital-2024`` before it is text.

Published of the leak (19 November 2024): 758,912 persons. All else is invented: nine establishments that share one
base, two or three files for some patients, relatives of whom some are patients themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from colmate.replicas import nir, tables
from colmate.replicas.hospital_staff import Staff, draw_staff
from colmate.replicas.labs_plan import Homes
from colmate.replicas.population import FEMALE, Population, Settings, cumulative_draw, draw
from colmate.replicas.tables import Floats, Ints

__all__ = ["COUNTS", "LAST_DAY", "Contacts", "Everyone", "Files", "Plan", "counts", "make"]

Flags = npt.NDArray[np.bool_]
FIRST_DAY, LAST_DAY = 15_340, 20_039  # 2012-01-01, 2024-11-12: the base when it was taken
COUNTS = {
    "persons": 758_912, "files": 777_412, "tests": 24, "stays": 980_000, "diagnoses": 1_250_000,
    "prescriptions": 330_000, "lines": 800_000, "consultations": 560_000, "measurements": 400_000,
    "contacts": 430_000, "logs": 120_000, "doctors": 9_400, "staff": 4_100, "documents": 2_600,
}  # fmt: skip
THIRD = 0.06  # share of the further files that are somebody's third
# chances of a change when a person gets another file
CHANGES = {
    "key": 0.16, "ear": 0.08, "key_first": 0.07, "swap": 0.07, "born": 0.28, "moved": 0.25, "new_phone": 0.28,
    "short": 0.04, "second": 0.05, "accents": 0.30,
}  # fmt: skip
SPOUSE, MOTHER, FATHER, CHILD, BROTHER, SISTER, FRIEND, CLOSE = range(8)  # positions in words.relations


@dataclass(frozen=True)
class Everyone:
    """Members of the patients' households, then relatives who live elsewhere: one entry a person."""

    born_name: Ints
    used_name: Ints
    first: Ints
    second: Ints
    sex: Ints
    birth: Ints
    household: Ints
    identity: Ints  # number in the truth, from 0


@dataclass(frozen=True)
class Files:
    """One entry a row of ``patients``, in file order."""

    key: Ints
    member: Ints  # position in ``Everyone``; means nothing for tests
    person: Ints  # identity, -1 for tests
    group: Ints  # the establishment that made the file
    doctor: Ints  # treating doctor, -1 for none
    created: Ints
    change: dict[str, Flags]
    dice: Floats


@dataclass(frozen=True)
class Contacts:
    """One entry a row of ``correspondant_patient``: the file it stands by, who it is, which relation."""

    key: Ints
    file: Ints
    member: Ints  # position in ``Everyone``
    relation: Ints
    first_choice: Flags  # the one to call; the others are persons of trust
    dice: Floats


@dataclass(frozen=True)
class Plan:
    """Everything that tables share."""

    seed: int
    size: dict[str, int]
    population: Population
    numbers: nir.Numbers  # one entry a member of a household
    homes: Homes
    everyone: Everyone
    staff: Staff
    files: Files
    contacts: Contacts
    persons: int  # identities of patients, relatives and insured; staff come after them


def counts(scale: float) -> dict[str, int]:
    """The counts of the leak times the scale; never nothing of what there was."""
    size = {name: max(1, round(count * scale)) for name, count in COUNTS.items()}
    return size | {"staff": max(40, size["staff"]), "doctors": max(30, size["doctors"])}


def make(rng: np.random.Generator, seed: int, scale: float) -> Plan:
    """Draw the whole plan but the care itself."""
    size = counts(scale)
    people = draw(rng, size["persons"], Settings(LAST_DAY, child=0.45), breton_share=0.01)
    households = int(people.household.max()) + 1
    group = _groups(rng, households)
    identity = np.where(people.patient, np.cumsum(people.patient) - 1, size["persons"] + np.cumsum(~people.patient) - 1)
    files = _files(rng, people, identity, group, size)
    everyone, contacts, around = _contacts(rng, people, identity, files, size["contacts"])
    homes = _homes(rng, np.concatenate([group, group[around]]))
    numbers = nir.draw(rng, people, homes.commune[0][people.household])
    persons = len(everyone.identity)
    staff = draw_staff(rng, size, persons)
    departments = tables.places().department[homes.commune[0]][everyone.household[files.member]]
    files.doctor[:] = _treating(rng, staff, departments)
    return Plan(seed, size, people, numbers, homes, everyone, staff, files, contacts, persons)


def _groups(rng: np.random.Generator, households: int) -> Ints:
    weights = np.cumsum([row[5] for row in tables.data("hospital")["groups"]["rows"]])
    group = cumulative_draw(rng, weights / weights[-1], households)
    group[: len(weights)] = np.arange(len(weights))[:households]  # even a small replica has them all
    return group


def _files(rng: np.random.Generator, people: Population, identity: Ints, group: Ints, size: dict[str, int]) -> Files:
    """A file for each patient, another for some, a third for a few of those; tests among them."""
    patients = np.flatnonzero(people.patient)
    again = max(size["files"] - size["persons"] - size["tests"], 1)
    seconds = rng.permutation(len(patients))[: max(1, round(again * (1 - THIRD)))]
    thirds = seconds[rng.integers(0, len(seconds), max(again - len(seconds), 0))]
    at = np.concatenate([np.arange(len(patients)), seconds, thirds, np.zeros(size["tests"], dtype=np.int64)])
    back = np.arange(len(at)) >= len(patients)
    test = np.arange(len(at)) >= len(at) - size["tests"]
    order = rng.permutation(len(at))
    at, back, test = at[order], back[order], test[order]
    member = patients[at]
    home = group[people.household[member]]
    elsewhere = rng.random(len(at)) < np.where(back, 0.5, 0.06)
    made = np.where(elsewhere, rng.integers(0, int(group.max()) + 1, len(at)), home)
    created = np.maximum(FIRST_DAY + ((LAST_DAY - FIRST_DAY) * rng.random(len(at))).astype(np.int64), 0)
    created = np.maximum(created, np.minimum(people.birth[member] + 1, LAST_DAY))
    changes = {name: back & ~test & (rng.random(len(at)) < chance) for name, chance in CHANGES.items()}
    changes["ear"] &= ~changes["key"]
    changes["second"] &= ~changes["short"]
    person = np.where(test, -1, identity[member])
    return Files(
        keys(rng, len(at), 1_000), member, person, made, np.full(len(at), -1, dtype=np.int64), created, changes,
        rng.random(len(at)),
    )  # fmt: skip


def keys(rng: np.random.Generator, count: int, start: int) -> Ints:
    """Auto-incremented keys with the gaps that deleted rows leave."""
    gaps = np.where(rng.random(count) < 0.04, rng.integers(2, 9, count), 1)
    result: Ints = start + np.cumsum(gaps)
    return result


def _contacts(
    rng: np.random.Generator, people: Population, identity: Ints, files: Files, count: int
) -> tuple[Everyone, Contacts, Ints]:
    """Relatives by file; the third result is the household near which each relative from elsewhere lives."""
    real = np.flatnonzero(files.person >= 0)
    file = np.sort(real[rng.integers(0, len(real), count)])
    rank = np.arange(count) - np.searchsorted(file, file)
    file, rank = file[rank < 2], rank[rank < 2]
    member = files.member[file]
    partner = _partner(people)[member]
    elsewhere = (partner < 0) | ((member * 7 + rank) % 2 == 0)
    wanted, outside = np.unique((member * 2 + rank)[elsewhere], return_inverse=True)
    relation = _relation(rng, people, wanted // 2)
    everyone, near = _everyone(rng, people, identity, wanted // 2, relation)
    who = partner.copy()
    who[elsewhere] = len(people) + outside
    inside = np.where(people.slot[member] >= 2, np.where(people.sex[partner] == FEMALE, MOTHER, FATHER), SPOUSE)
    inside[elsewhere] = relation[outside]
    first = (rank == 0) & (rng.random(len(file)) < 0.8)
    contacts = Contacts(keys(rng, len(file), 50), file, who, inside, first, rng.random(len(file)))
    return everyone, contacts, near


def _partner(people: Population) -> Ints:
    """The other adult of each member's household (for children the mother or the father), -1 where there is none."""
    table = np.full((int(people.household.max()) + 1, 2), -1, dtype=np.int64)
    adult = people.slot < 2
    table[people.household[adult], people.slot[adult]] = np.flatnonzero(adult)
    first, second = table[people.household].T
    parent = np.where(second >= 0, second, first)
    partner: Ints = np.where(people.slot == 0, second, np.where(people.slot == 1, first, parent))
    return partner


def _relation(rng: np.random.Generator, people: Population, of: Ints) -> Ints:
    """What a relative who lives elsewhere is to a patient: parents of the young, children of the old."""
    old = people.birth[of] < LAST_DAY - 50 * 365
    chance = rng.random(len(of))
    young = np.select(
        [chance < 0.35, chance < 0.55, chance < 0.7, chance < 0.85], [MOTHER, FATHER, BROTHER, SISTER], FRIEND
    )
    elder = np.select(
        [chance < 0.65, chance < 0.75, chance < 0.87, chance < 0.95], [CHILD, BROTHER, SISTER, FRIEND], CLOSE
    )
    return np.where(old, elder, young)


def _everyone(
    rng: np.random.Generator, people: Population, identity: Ints, of: Ints, relation: Ints
) -> tuple[Everyone, Ints]:
    """The members of the households, then the relatives ``of`` patients; the last result: whom each lives near."""
    count = len(of)
    sex = np.where(np.isin(relation, (MOTHER, SISTER)), 0, np.where(np.isin(relation, (FATHER, BROTHER)), 1, -1))
    sex = np.where(sex < 0, rng.integers(0, 2, count), sex)
    years = np.select([np.isin(relation, (MOTHER, FATHER)), relation == CHILD], [-28.0, 28.0], 0.0)
    birth = people.birth[of] + ((years + rng.normal(0, 4, count)) * 365.25).astype(np.int64)
    birth = birth.clip(-16_000, LAST_DAY - 18 * 366)
    decade = np.clip((1970 + birth // 365.2425).astype(np.int64) - tables.FIRST_DECADE, 0, 119) // 10
    _, names, cumulative = tables.first_names()
    first, second = (
        names[sex, decade, cumulative_draw(rng, cumulative, count).clip(0, names.shape[2] - 1)] for _ in "12"
    )
    own = tables.surnames().draw(rng, count)
    kin = np.where(relation == CHILD, people.used_name[of], people.born_name[of])
    stranger = np.isin(relation, (FRIEND, CLOSE))
    married = (sex == FEMALE) & (rng.random(count) < 0.45)
    born = np.where(stranger | (relation == MOTHER), own, kin)
    used = np.where(relation == MOTHER, kin, np.where(married, tables.surnames().draw(rng, count), born))
    households = int(people.household.max()) + 1 + np.arange(count)
    joined = [
        np.concatenate(pair)
        for pair in (
            (people.born_name, born), (people.used_name, used), (people.first, first), (people.second, second),
            (people.sex, sex), (people.birth, birth), (people.household, households),
            (identity, len(people) + np.arange(count)),
        )
    ]  # fmt: skip
    return Everyone(*joined), people.household[of]


def _homes(rng: np.random.Generator, group: Ints) -> Homes:
    """Two homes for each household, nine in ten in the département of its establishment."""
    places, count = tables.places(), len(group)
    departments = [row[4] for row in tables.data("hospital")["groups"]["rows"]]
    everywhere = np.cumsum(places.population / places.population.sum())
    homes = np.zeros((2, count), dtype=np.int64)
    for home in homes:
        home[:] = cumulative_draw(rng, everywhere, count)
        near = rng.random(count) < 0.9
        for position, department in enumerate(departments):
            rows = np.flatnonzero(near & (group == position))
            communes, weights = places.of(department)
            home[rows] = communes[cumulative_draw(rng, weights, len(rows))]
    street = tables.streets()[0].draw(rng, 2 * count).reshape(2, count)
    number = np.minimum(rng.geometric(0.035, (2, count)), 400)
    return Homes(homes, number, street, np.zeros((2, count), dtype=np.int64))


def _treating(rng: np.random.Generator, staff: Staff, home: npt.NDArray[np.str_]) -> Ints:
    """A treating doctor of the home's département where there is one; none for one file in nine."""
    result = rng.integers(0, staff.doctors, len(home))
    places = tables.places().department[staff.commune[: staff.doctors]]
    for department in np.unique(home):
        near, rows = np.flatnonzero(places == department), np.flatnonzero(home == department)
        if len(near):
            result[rows] = near[(rng.random(len(rows)) ** 1.4 * len(near)).astype(np.int64)]
    return np.where(rng.random(len(home)) < 0.11, -1, result)
