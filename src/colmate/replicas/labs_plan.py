"""Who comes to which laboratory, when, under which traits: the replica ``labs-2021`` before it is text.

The counts are those that CNIL and the press published of the leak of 2021 (see the module ``labs``), times the scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from colmate.replicas import nir, tables
from colmate.replicas.population import FEMALE, MALE, Population, Settings, cumulative_draw, draw
from colmate.replicas.tables import Floats, Ints

__all__ = ["Doctors", "Homes", "Plan", "luhn", "make", "quota"]

Flags = npt.NDArray[np.bool_]
FIRST_DAY, LAST_DAY = 16_440, 18_565  # 2015-01-05, 2020-10-30
TITLES = ("", "MME", "MLLE", "M", "ENFANT", "BEBE", "SOEUR", "DR", "ME")
COUNTS = {
    "records": 491_840, "persons": 478_882, "tests": 12, "nir": 489_838, "women": 268_983, "men": 195_828,
    "children": 13_478, "babies": 425, "nuns": 265, "landline": 270_569, "mobile": 159_591, "email": 55_738,
    "doctor_email": 337, "password": 14_997, "login": 31_200, "comment1": 21_400, "comment2": 6_900, "blood": 61_000,
    "doctors": 6_200, "samplers": 430,
}  # fmt: skip
# chances of a change when a person comes back
CHANGES = {
    "key": 0.20, "ear": 0.10, "key_first": 0.10, "swap": 0.07, "born": 0.30, "moved": 0.28, "new_phone": 0.28,
    "short": 0.06, "second": 0.05,
}  # fmt: skip


@dataclass(frozen=True)
class Homes:
    """Where households live; row 0 the first home, row 1 the next one."""

    commune: Ints
    number: Ints
    street: Ints
    complement: Ints


@dataclass(frozen=True)
class Doctors:
    """Prescribers."""

    surname: Ints
    first: Ints
    sex: Ints
    commune: Ints
    rpps: Ints
    specialty: Ints
    department: npt.NDArray[np.str_]


@dataclass(frozen=True)
class Plan:
    """One entry a record unless said otherwise; positions point into the population or the tables."""

    people: Population
    numbers: nir.Numbers
    homes: Homes  # one column a household
    doctors: Doctors
    labs: tuple[str, ...]
    patient: Ints  # position in the population; of test records too, where it means nothing
    person: Ints  # identity in the truth, -1 for test records
    lab: Ints
    doctor: Ints
    sampler: Ints
    care: Ints
    title: Ints
    test: Flags
    change: dict[str, Flags]
    fill: dict[str, Flags]
    dice: Floats  # one throw a record, for what depends on nothing


def quota(count: int, score: Floats, eligible: Flags) -> Flags:
    """Flag exactly ``count`` of the eligible, the lowest scores; all of them when there are fewer."""
    where = np.flatnonzero(eligible)
    chosen = np.zeros(len(score), dtype=np.bool_)
    chosen[where[np.argsort(score[where], kind="stable")[:count]]] = True
    return chosen


def counts(scale: float) -> dict[str, int]:
    """The published counts times the scale; never nothing of what there was."""
    return {name: max(1, round(count * scale)) for name, count in COUNTS.items()}


def make(rng: np.random.Generator, scale: float) -> Plan:
    """Draw the whole plan."""
    size = counts(scale)
    people = draw(rng, size["persons"], Settings(LAST_DAY + 1, child=0.13), breton_share=0.1)
    homes, department = _homes(rng, int(people.household.max()) + 1)
    numbers = nir.draw(rng, people, homes.commune[0][people.household])
    labs, home_lab, lab_departments = _laboratories(rng, department)
    patients = np.flatnonzero(people.patient)
    person, test, back = _visits(rng, size)
    patient = patients[np.maximum(person, 0)]
    lab = home_lab[people.household[patient]]
    elsewhere = back & (rng.random(len(lab)) < 0.45)
    lab = np.where(elsewhere, _neighbour(rng, lab, lab_departments), lab)
    order = np.lexsort((rng.random(len(lab)), lab))
    person, patient, lab = (values[order] for values in (person, patient, lab))
    test, back = test[order], back[order]
    care = np.maximum(_care_days(rng, len(lab)), np.minimum(people.birth[patient] + 1, LAST_DAY))
    doctors = _doctors(rng, size["doctors"])
    plan = Plan(
        people, numbers, homes, doctors, labs, patient, person, lab,
        _prescribers(rng, doctors, department[people.household[patient]]),
        _samplers(rng, lab, len(labs), size["samplers"]),
        care, _titles(rng, people, patient, care, test, size), test, _changes(rng, back, people, patient),
        {}, rng.random(len(lab)),
    )  # fmt: skip
    plan.fill.update(_fills(rng, plan, size))
    return plan


def _homes(rng: np.random.Generator, households: int) -> tuple[Homes, npt.NDArray[np.str_]]:
    places = tables.places()
    shares = tables.data("health")["prescriber_departments"]
    names = [*shares, ""]
    weights = np.array([*shares.values(), 100 - sum(shares.values())])
    kind = rng.permutation(np.repeat(np.arange(len(names)), tables.apportioned(households, weights)))
    outside = np.where(np.isin(places.department, list(shares)), 0.0, places.population)
    everywhere = np.cumsum(outside / outside.sum())
    commune = np.zeros((2, households), dtype=np.int64)
    for position, name in enumerate(names):
        where = np.flatnonzero(kind == position)
        communes, cumulative = places.of(name) if name else (np.arange(len(outside)), everywhere)
        for home in commune:
            home[where] = communes[cumulative_draw(rng, cumulative, len(where))]
    words, _ = tables.streets()
    shape = (2, households)
    street = words.draw(rng, 2 * households).reshape(shape)
    number = np.minimum(rng.geometric(0.035, shape), 400)
    complement = np.where(rng.random(shape) < 0.11, rng.integers(1, 31, shape), 0)
    return Homes(commune, number, street, complement), places.department[commune[0]]


def _laboratories(
    rng: np.random.Generator, department: npt.NDArray[np.str_]
) -> tuple[tuple[str, ...], Ints, npt.NDArray[np.str_]]:
    """Labels, the laboratory of each household, and the département of each laboratory."""
    labs = tables.data("health")["labs"]
    labels, where = tuple(labs), np.array(list(labs.values()))
    weights = 0.6 + rng.random(len(labels))
    lab = np.zeros(len(department), dtype=np.int64)
    for name in np.unique(department):
        near = np.flatnonzero(where == name)
        near = near if len(near) else np.arange(len(labels))
        households = np.flatnonzero(department == name)
        cumulative = np.cumsum(weights[near])
        lab[households] = near[cumulative_draw(rng, cumulative / cumulative[-1], len(households))]
    lab[: len(labels)] = np.arange(len(labels))[: len(lab)]  # even a small replica has them all
    return labels, lab, where


def _neighbour(rng: np.random.Generator, lab: Ints, departments: npt.NDArray[np.str_]) -> Ints:
    """Another laboratory of the same département, when there is one."""
    result = lab.copy()
    for name in np.unique(departments):
        near = np.flatnonzero(departments == name)
        rows = np.flatnonzero(np.isin(lab, near))
        result[rows] = near[rng.integers(0, len(near), len(rows))]
    return result


def _visits(rng: np.random.Generator, size: dict[str, int]) -> tuple[Ints, Flags, Flags]:
    """The person of each record (each comes at least once), which records are tests, which are returns."""
    again = size["records"] - size["persons"] - size["tests"]
    returns = rng.integers(0, size["persons"], again)
    person = np.concatenate([np.arange(size["persons"]), returns, np.full(size["tests"], -1)])
    back = np.zeros(len(person), dtype=np.bool_)
    back[size["persons"] : size["persons"] + again] = True
    return person, person < 0, back


def _care_days(rng: np.random.Generator, count: int) -> Ints:
    """Days of care, more in the later years and hardly any on Sundays."""
    days = FIRST_DAY + np.floor((LAST_DAY - FIRST_DAY + 1) * np.sqrt(rng.random(count))).astype(np.int64)
    sunday = (days + 3) % 7 == 6
    weekdays: Ints = np.where(sunday & (rng.random(count) < 0.97), days - 1, days)
    return weekdays.clip(FIRST_DAY, LAST_DAY)


def _doctors(rng: np.random.Generator, count: int) -> Doctors:
    places = tables.places()
    homes, department = _homes(rng, max(count, 40))
    count = len(department)
    sex = (rng.random(count) < 0.55).astype(np.int64)
    _, names, cumulative = tables.first_names()
    first = names[sex, rng.integers(5, 9, count), cumulative_draw(rng, cumulative, count)]
    specialties = np.array(list(tables.data("health")["specialties"].values()), dtype=np.float64)
    serial = 1_000_000_000 + rng.permutation(8_000_000)[:count] * 10 + rng.integers(0, 10, count)
    rpps = serial * 10 + luhn(serial)
    return Doctors(
        tables.surnames().draw(rng, count), first, sex, homes.commune[0], rpps,
        rng.choice(len(specialties), count, p=specialties / specialties.sum()), places.department[homes.commune[0]],
    )  # fmt: skip


def luhn(numbers: Ints) -> Ints:
    """The key that makes each number pass Luhn's check."""
    total, rest, double = np.zeros_like(numbers), numbers.copy(), True
    while rest.any():
        digit = rest % 10 * (2 if double else 1)
        total, rest, double = total + digit // 10 + digit % 10, rest // 10, not double
    return (10 - total % 10) % 10


def _prescribers(rng: np.random.Generator, doctors: Doctors, home: npt.NDArray[np.str_]) -> Ints:
    """A prescriber of the patient's département nine times in ten, some prescribers far more often than others."""
    result = rng.integers(0, len(doctors.rpps), len(home))
    local = rng.random(len(home)) < 0.92
    for name in np.unique(home):
        near, rows = np.flatnonzero(doctors.department == name), np.flatnonzero(local & (home == name))
        if len(near):
            cumulative = np.cumsum(tables.zipf(len(near), 15.0, 0.8))
            result[rows] = near[cumulative_draw(rng, cumulative / cumulative[-1], len(rows))]
    return result


def _samplers(rng: np.random.Generator, lab: Ints, labs: int, count: int) -> Ints:
    """A sampler of the laboratory: number ``lab + labs * k``."""
    each = max(1, count // labs)
    return lab + labs * rng.integers(0, each, len(lab))


def _titles(
    rng: np.random.Generator, people: Population, patient: Ints, care: Ints, test: Flags, size: dict[str, int]
) -> Ints:
    """Titles in the published numbers; where one sex is too few for its number, some are wrong, as in life."""
    age = (care - people.birth[patient]) / 365.2425
    sex, noise = people.sex[patient], rng.random(len(patient))
    free = ~test
    title = np.zeros(len(patient), dtype=np.int64)
    young = quota(size["babies"] + size["children"], age + noise * 2, free & (age < 18))
    baby = quota(size["babies"], age + noise * 0.3, young)
    nun = quota(size["nuns"], noise - 2 * people.convent[patient], free & ~young & (sex == FEMALE) & (age > 30))
    free &= ~young & ~nun
    women = quota(size["women"], noise + (sex == MALE) * 2, free)
    men = quota(size["men"], noise + (sex == FEMALE) * 2, free & ~women)
    miss = women & ((age < 20) | ((age < 35) & (rng.random(len(age)) < 0.3)))
    for name, flags in (("ENFANT", young), ("BEBE", baby), ("SOEUR", nun), ("MME", women), ("MLLE", miss), ("M", men)):
        title[flags] = TITLES.index(name)
    other = free & ~women & ~men & (age > 30)
    title[other & (noise % 0.01 < 0.0003)] = TITLES.index("DR")
    title[other & (noise % 0.01 > 0.0099)] = TITLES.index("ME")
    return title


def _changes(rng: np.random.Generator, back: Flags, people: Population, patient: Ints) -> dict[str, Flags]:
    """What differs when a person comes back; one in eight comes back exactly as before, on another day."""
    differs = back & (rng.random(len(back)) < 0.88)
    change = {name: differs & (rng.random(len(back)) < chance) for name, chance in CHANGES.items()}
    change["born"] &= people.born_name[patient] != people.used_name[patient]
    change["ear"] &= ~change["key"]
    change["second"] &= ~change["short"]
    return change


def _fills(rng: np.random.Generator, plan: Plan, size: dict[str, int]) -> dict[str, Flags]:
    """Which records hold a value, in the published numbers; what one household or person has tends to stay."""
    people, count = plan.people, len(plan.patient)
    real, household = ~plan.test, people.household[plan.patient]
    by_home = rng.random(int(household.max()) + 1)[household]
    by_person = rng.random(len(people))[plan.patient]
    age = (plan.care - people.birth[plan.patient]) / 365.2425
    small = 0.1 * rng.random(count)
    fill = {
        "nir": quota(size["nir"], rng.random(count), real),
        "landline": quota(size["landline"], by_home + small - age / 150, real),
        "mobile": quota(size["mobile"], by_person + small + np.abs(age - 38) / 90, real & (age > 12)),
        "email": quota(size["email"], by_person + small + np.abs(age - 42) / 60, real & (age > 16)),
        "login": quota(size["login"], by_person[::-1] + small + np.abs(age - 45) / 80, real & (age > 18)),
        "doctor_email": quota(
            size["doctor_email"], rng.random(len(plan.doctors.rpps))[plan.doctor] + small / 1e6, real
        ),
        "comment1": quota(size["comment1"], rng.random(count), real),
        "comment2": quota(size["comment2"], rng.random(count), real),
        "blood": quota(size["blood"], by_person + small - (plan.title == TITLES.index("MME")) * 0.2, real & (age > 2)),
    }
    return fill | {"password": quota(size["password"], rng.random(count), fill["login"])}
