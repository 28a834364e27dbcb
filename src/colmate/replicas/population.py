"""A population in households: who lives with whom, what they share, and what tells them apart.

Kinds of household and their shares are general knowledge of French demography, not a census. Every trait is an array
with one entry a person; strings are positions in the vocabularies of ``tables``. Ages are drawn as patients have them:
more of the old than in the street.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from colmate.replicas import tables
from colmate.replicas.tables import Floats, Ints

__all__ = ["FEMALE", "MALE", "Population", "Settings", "cumulative_draw", "draw"]

Flags = npt.NDArray[np.bool_]
FEMALE, MALE = 0, 1
SLOTS = 6  # two adults, four children

# kinds of household, their shares, and the age of the eldest, from and to
SINGLE, COUPLE, FAMILY, ONE_PARENT, OLD_COUPLE, WIDOW, FATHER_AND_SON, CONVENT = range(8)
SHARES = np.array([0.335, 0.16, 0.21, 0.05, 0.12, 0.10, 0.024, 0.001])
AGES = np.array([[18, 75], [22, 62], [24, 52], [22, 50], [62, 92], [62, 97], [55, 88], [45, 95]])


@dataclass(frozen=True)
class Settings:
    """What a population depends on: the day it is seen (days since 1970) and how much of it is in the leak.

    ``adult`` and ``child`` are the chances that a member of a household is a patient at all.
    """

    today: int
    adult: float = 0.86
    child: float = 0.35


@dataclass(frozen=True)
class Population:
    """One entry a person, household by household; ``patient`` tells who is one (others may be the insured)."""

    household: Ints
    slot: Ints
    sex: Ints
    birth: Ints  # days since 1970-01-01
    born_name: Ints
    used_name: Ints  # equal to born_name unless married
    first: Ints
    second: Ints
    twin: Flags
    convent: Flags
    junior: Flags  # a son who bears his father's name and first name
    insured: Ints  # the person whose rights are used: oneself, or a parent, or a spouse
    patient: Flags

    def __len__(self) -> int:
        """Persons."""
        return len(self.household)

    def ages(self, today: int) -> Ints:
        """Completed years on a day."""
        return np.floor((today - self.birth) / 365.2425).astype(np.int64)


def draw(rng: np.random.Generator, patients: int, settings: Settings, breton_share: float = 0.0) -> Population:
    """Draw households until exactly ``patients`` of their members are patients; the rest of the last is left out.

    Raises ``ValueError`` when ``patients`` is not positive.
    """
    if patients <= 0:
        raise ValueError("a population has at least one patient")
    households = patients + 16
    kind = rng.choice(len(SHARES), size=households, p=SHARES / SHARES.sum())
    present = _present(rng, kind)
    chance = np.where(np.arange(SLOTS) < 2, settings.adult, settings.child)
    patient = present & (rng.random(present.shape) < chance)
    patient[~patient.any(axis=1), 0] = True
    patient[kind == SINGLE, 0] = True
    running = np.cumsum(patient.sum(axis=1))
    last = int(np.searchsorted(running, patients))
    surplus = int(running[last]) - patients
    patient[last, np.flatnonzero(patient[last])[:surplus]] = False
    keep = slice(0, last + 1)
    return _members(rng, kind[keep], present[keep], patient[keep], settings, breton_share)


def _present(rng: np.random.Generator, kind: Ints) -> Flags:
    """Which of the slots of each household are taken."""
    present = np.zeros((len(kind), SLOTS), dtype=np.bool_)
    present[:, 0] = True
    present[:, 1] = np.isin(kind, (COUPLE, FAMILY, OLD_COUPLE)) | (
        (kind == FATHER_AND_SON) & (rng.random(len(kind)) < 0.6)
    )
    children = np.where(
        np.isin(kind, (FAMILY, ONE_PARENT)), rng.choice([1, 2, 3, 4], len(kind), p=[0.36, 0.42, 0.17, 0.05]), 0
    )
    children[kind == FATHER_AND_SON] = 1
    present[:, 2:] = np.arange(SLOTS - 2) < children[:, None]
    return present


def _members(
    rng: np.random.Generator, kind: Ints, present: Flags, patient: Flags, settings: Settings, breton_share: float
) -> Population:
    shape = present.shape
    sex = _sexes(rng, kind, shape)
    birth, twin = _births(rng, kind, present, settings.today)
    born, used = _names(rng, kind, sex, breton_share)
    decade = np.clip((1970 + birth // 365.2425).astype(np.int64) - tables.FIRST_DECADE, 0, 119) // 10
    first, second = _first_names(rng, sex, decade), _first_names(rng, sex, decade)
    junior = np.zeros(shape, dtype=np.bool_)
    junior[:, 2] = (sex[:, 2] == MALE) & present[:, 2] & (kind != ONE_PARENT)
    junior[:, 2] &= (rng.random(shape[0]) < 0.03) | ((kind == FATHER_AND_SON) & (rng.random(shape[0]) < 0.4))
    father = np.where(sex[:, 0] == MALE, 0, 1)
    first[:, 2] = np.where(junior[:, 2], first[np.arange(shape[0]), father], first[:, 2])
    _tell_apart(rng, first, sex, decade)
    position = np.cumsum(present.ravel()).reshape(shape) - 1
    insured = _insured(rng, present, birth, position, settings.today)
    household, slot = np.nonzero(present)
    return Population(
        household, slot, sex[present], birth[present], born[present], used[present], first[present], second[present],
        twin[present], (kind == CONVENT)[household], junior[present], insured[present], patient[present],
    )  # fmt: skip


def _sexes(rng: np.random.Generator, kind: Ints, shape: tuple[int, ...]) -> Ints:
    sex = (rng.random(shape) < 0.49).astype(np.int64)
    sex[:, 0] = np.where(rng.random(shape[0]) < 0.355, MALE, FEMALE)
    paired = np.isin(kind, (COUPLE, FAMILY, OLD_COUPLE, FATHER_AND_SON))
    sex[:, 0] = np.where(paired, MALE, sex[:, 0])
    sex[np.isin(kind, (WIDOW, CONVENT)), 0] = FEMALE
    sex[kind == ONE_PARENT, 0] = np.where(rng.random(int((kind == ONE_PARENT).sum())) < 0.85, FEMALE, MALE)
    sex[:, 1] = FEMALE
    sex[kind == FATHER_AND_SON, 2] = MALE
    return sex


def _births(rng: np.random.Generator, kind: Ints, present: Flags, today: int) -> tuple[Ints, Flags]:
    """Birth days; children are 18 to 42 years younger than the younger parent, twins share their day."""
    count = len(kind)
    low, high = AGES[kind, 0], AGES[kind, 1]
    age = low + (high - low) * rng.random(count)
    ages = np.zeros(present.shape)
    ages[:, 0] = age
    ages[:, 1] = np.maximum(age - rng.normal(2.2, 3.5, count), 18.2)
    parent = np.where(present[:, 1], np.minimum(ages[:, 1], age), age)
    top = np.where(kind == FATHER_AND_SON, parent - 20, np.minimum(parent - 18.5, 17.95))
    gap = np.cumsum(1.1 + rng.exponential(1.9, (count, SLOTS - 2)), axis=1) - 1.1
    eldest = np.maximum(top, 0.1) * np.sqrt(rng.random(count))
    eldest = np.where(kind == FATHER_AND_SON, np.maximum(top, 18.1) - 3 * rng.random(count), eldest)
    children = eldest[:, None] - gap
    ages[:, 2:] = np.where(children > 0.02, children, 0.02 + rng.random(children.shape) * 0.5)
    births: Ints = (today - np.floor(ages * 365.2425)).astype(np.int64)
    _space(births)
    twin = np.zeros(present.shape, dtype=np.bool_)
    twins = present[:, 3] & (rng.random(count) < 0.03)
    births[twins, 3] = births[twins, 2]
    twin[twins, 2:4] = True
    return births, twin


def _space(births: Ints) -> None:
    """Give brothers and sisters who are not twins different birth days, where rounding made them equal."""
    for slot in range(3, SLOTS):
        for other in range(2, slot):
            births[:, slot] -= np.where(births[:, slot] == births[:, other], 311 + slot, 0)


def _names(rng: np.random.Generator, kind: Ints, sex: Ints, breton_share: float) -> tuple[Ints, Ints]:
    """Birth and used surnames: a wife may use her husband's; children bear the father's, or the mother's."""
    count, slots = sex.shape
    names = tables.surnames()
    own = names.draw(rng, count * 3).reshape(count, 3)
    if breton_share:
        local = tables.breton()
        own = np.where(rng.random(own.shape) < breton_share, local[_zipfian(rng, len(local), own.shape)], own)
    born = np.repeat(own[:, :1], slots, axis=1)
    born[:, 1] = own[:, 1]
    motherly = (kind == ONE_PARENT) & (rng.random(count) < 0.55)  # children who bear the absent parent's name
    born[motherly, 2:] = own[motherly, 2:3]
    used = born.copy()
    married = np.isin(kind, (OLD_COUPLE, FATHER_AND_SON)) | (
        np.isin(kind, (COUPLE, FAMILY)) & (rng.random(count) < 0.62)
    )
    used[married, 1] = born[married, 0]
    once = (kind == WIDOW) | ((kind == SINGLE) & (sex[:, 0] == FEMALE) & (rng.random(count) < 0.35))
    used[once, 0] = own[once, 2]
    return born, used


def _zipfian(rng: np.random.Generator, size: int, shape: tuple[int, ...]) -> Ints:
    weights = np.cumsum(tables.zipf(size, 12.0, 1.0))
    return np.searchsorted(weights / weights[-1], rng.random(shape)).astype(np.int64).clip(0, size - 1)


def _first_names(rng: np.random.Generator, sex: Ints, decade: Ints) -> Ints:
    _, table, cumulative = tables.first_names()
    rank = np.searchsorted(cumulative, rng.random(sex.shape)).clip(0, table.shape[2] - 1)
    names: Ints = table[sex, decade, rank]
    return names


def _tell_apart(rng: np.random.Generator, first: Ints, sex: Ints, decade: Ints) -> None:
    """Give brothers and sisters different first names: parents do."""
    for slot in range(3, SLOTS):
        while (same := (first[:, 2:slot] == first[:, slot : slot + 1]).any(axis=1)).any():
            first[same, slot] = _first_names(rng, sex[same, slot], decade[same, slot])


def _insured(rng: np.random.Generator, present: Flags, birth: Ints, position: Ints, today: int) -> Ints:
    """Whose rights each person uses: minors a parent's, a few wives their husband's, everybody else their own."""
    minor = (today - birth) < 18 * 365.2425
    parent = np.where(present[:, 1] & (rng.random(len(present)) < 0.45), position[:, 1], position[:, 0])
    insured = position.copy()
    insured[:, 2:] = np.where(minor[:, 2:], parent[:, None], position[:, 2:])
    wife = present[:, 1] & (rng.random(len(present)) < 0.05)
    insured[:, 1] = np.where(wife, position[:, 0], insured[:, 1])
    insured[:, 2:] = np.where(minor[:, 2:] & wife[:, None], position[:, :1], insured[:, 2:])
    return insured


def cumulative_draw(rng: np.random.Generator, cumulative: Floats, count: int) -> Ints:
    """Positions drawn by cumulative weights that end at 1."""
    return np.searchsorted(cumulative, rng.random(count), side="right").clip(0, len(cumulative) - 1).astype(np.int64)
