"""Professionals of ``hospital-2024``: the doctors in town that patients name, and the staff who have an account."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from colmate.replicas import tables
from colmate.replicas.labs_plan import luhn
from colmate.replicas.population import cumulative_draw
from colmate.replicas.tables import Ints

__all__ = ["Staff", "draw_staff"]

PRACTITIONERS = 0.37  # share of the accounts that are practitioners'
BOTH = 0.08  # share of those who are in the list of doctors in town too


@dataclass(frozen=True)
class Staff:
    """One entry a professional: first the rows of ``medecin``, then those of ``users_mediboard``."""

    doctors: int  # rows of ``medecin``
    practitioners: int  # the first so many accounts have a RPPS number
    surname: Ints
    first: Ints
    sex: Ints
    commune: Ints
    rpps: Ints  # 0 for staff without
    discipline: Ints
    group: Ints  # establishment of an account, -1 for doctors in town
    identity: Ints  # number in the truth: a practitioner in town who has an account is one person

    @property
    def accounts(self) -> int:
        """Rows of ``users_mediboard``."""
        return len(self.surname) - self.doctors

    def practitioner(self, rng: np.random.Generator, group: Ints) -> Ints:
        """For each establishment, the position (among the accounts) of one of its practitioners."""
        result = np.zeros(len(group), dtype=np.int64)
        own = self.group[self.doctors : self.doctors + self.practitioners]
        for name in np.unique(group):
            near, rows = np.flatnonzero(own == name), np.flatnonzero(group == name)
            result[rows] = near[(rng.random(len(rows)) ** 1.5 * len(near)).astype(np.int64)]
        return result


def draw_staff(rng: np.random.Generator, size: dict[str, int], first_identity: int) -> Staff:
    """Draw all professionals; their identities start at ``first_identity``."""
    doctors, accounts = size["doctors"], size["staff"]
    count = doctors + accounts
    groups = tables.data("hospital")["groups"]["rows"]
    practitioners = max(2 * len(groups), round(accounts * PRACTITIONERS))
    sex = (rng.random(count) < 0.48).astype(np.int64)
    _, names, cumulative = tables.first_names()
    first = names[sex, rng.integers(6, 10, count), cumulative_draw(rng, cumulative, count)]
    serial = 1_000_000_000 + rng.permutation(8_000_000)[:count] * 10 + rng.integers(0, 10, count)
    words = tables.data("hospital")["words"]
    staff = Staff(
        doctors, practitioners, tables.surnames().draw(rng, count), first, sex, _communes(rng, count, groups),
        serial * 10 + luhn(serial), _disciplines(rng, count, len(words["disciplines"])),
        np.concatenate([np.full(doctors, -1), np.arange(accounts) % len(groups)]),
        first_identity + np.arange(count),
    )  # fmt: skip
    staff.rpps[doctors + practitioners :] = 0
    _both(rng, staff)
    return staff


def _communes(rng: np.random.Generator, count: int, groups: list[list[str]]) -> Ints:
    places = tables.places()
    weights = np.where(np.isin(places.department, [row[4] for row in groups]), places.population, 0.0)
    return cumulative_draw(rng, np.cumsum(weights / weights.sum()), count)


def _disciplines(rng: np.random.Generator, count: int, kinds: int) -> Ints:
    general = rng.random(count) < 0.45
    return np.where(general, 0, rng.integers(1, kinds, count))


def _both(rng: np.random.Generator, staff: Staff) -> None:
    """Make some practitioners the same persons as some doctors in town: names, number and identity."""
    several = round(staff.practitioners * BOTH)
    account = staff.doctors + rng.permutation(staff.practitioners)[:several]
    doctor = rng.permutation(staff.doctors)[:several]
    for values in (staff.surname, staff.first, staff.sex, staff.rpps, staff.discipline, staff.identity):
        values[account[: len(doctor)]] = values[doctor[: len(account)]]
