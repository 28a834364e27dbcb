"""Practices, their patients and their duplicates: the replica ``practices-2026`` before it is text.

The leak is drawn in parts of some practices each; every part has its own random numbers, so that parts can be made in
any order. Of the duplicates 45 % are exact copies of a record, 35 % are the same person entered again in the same
practice, and 20 % the same person in another practice nearby: shares of ours, the ministry gave the total only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from colmate.replicas import tables
from colmate.replicas.labs_plan import Homes
from colmate.replicas.notes_grammar import Bank
from colmate.replicas.population import Population, Settings, cumulative_draw, draw
from colmate.replicas.tables import Floats, Ints

__all__ = ["COUNTS", "EXACT", "LAST_DAY", "Part", "Practices", "SPECIAL", "draw_part", "parts", "practices"]

Flags = npt.NDArray[np.bool_]
LAST_DAY = 20_386  # 2025-10-25
FIRST_DAY = 14_610  # 2010-01-01: the base held 3 to 15 years
COUNTS = {"records": 19_000_000, "persons": 15_000_000, "practices": 1_500, "doctors": 3_800, "notes": 169_000}
EXACT, SAME, OTHER = 0.45, 0.35, 0.20
SPECIAL = 0.35  # share of the notes that say something; the rest is administrative
CHANGES = {
    "key": 0.18, "ear": 0.10, "key_first": 0.08, "swap": 0.05, "born": 0.30, "moved": 0.25, "new_phone": 0.30,
    "short": 0.06, "second": 0.05, "accents": 0.35,
}  # fmt: skip


@dataclass(frozen=True)
class Practices:
    """One entry a practice; ``persons`` and the others add up to the totals of the leak."""

    commune: Ints
    persons: Ints
    exact: Ints
    near: Ints
    notes: Ints
    doctors: Ints
    first_doctor: Ints

    def __len__(self) -> int:
        return len(self.persons)

    def label(self, practice: int) -> str:
        """What the leak calls a practice."""
        return f"CAB{practice + 1:05d}"


@dataclass(frozen=True)
class Part:
    """Unique records of some practices, one entry a record; ``order`` puts them, and exact copies, in file order."""

    people: Population
    homes: Homes
    patient: Ints  # position in the population of the part
    person: Ints  # identity in the truth
    practice: Ints
    local: Ints  # number of the patient in the practice
    doctor: Ints
    created: Ints
    updated: Ints
    visit: Ints
    note: Ints  # position in the bank, -1 for none
    change: dict[str, Flags]
    dice: Floats
    order: Ints


def practices(rng: np.random.Generator, scale: float) -> Practices:
    """Draw the practices of the leak; their number is scaled too."""
    size = {name: max(1, round(count * scale)) for name, count in COUNTS.items()}
    count = size["practices"]
    places = tables.places()
    commune = cumulative_draw(rng, np.cumsum(places.population / places.population.sum()), count)
    weights = np.exp(rng.normal(0.0, 0.45, count))
    persons = tables.apportioned(size["persons"], weights)
    again = size["records"] - size["persons"]
    exact = tables.apportioned(round(again * EXACT), persons)
    near = tables.apportioned(again - int(exact.sum()), persons)
    doctors = 1 + tables.apportioned(max(size["doctors"] - count, 0), weights)
    notes = tables.apportioned(size["notes"], persons * np.exp(rng.normal(0.0, 0.8, count)))
    notes = np.minimum(notes, persons)
    return Practices(commune, persons, exact, near, notes, doctors, np.cumsum(doctors) - doctors)


def parts(all_practices: Practices, size: int = 60_000) -> list[range]:
    """Practices in groups of about ``size`` persons."""
    groups, start, held = [], 0, 0
    for practice, persons in enumerate(all_practices.persons.tolist()):
        held += persons
        if held >= size:
            groups.append(range(start, practice + 1))
            start, held = practice + 1, 0
    return groups + ([range(start, len(all_practices))] if start < len(all_practices) else [])


def draw_part(rng: np.random.Generator, everything: Practices, group: range, texts: Bank, before: int) -> Part:
    """Draw the records of a group of practices; ``before`` persons come in earlier groups."""
    cut = slice(group.start, group.stop)
    persons, near = everything.persons[cut], everything.near[cut]
    people = draw(rng, int(persons.sum()), Settings(LAST_DAY, child=0.8), breton_share=0.04)
    patients = np.flatnonzero(people.patient)
    practice = np.repeat(np.arange(len(group)), persons)
    again, where = _again(rng, persons, near, len(group))
    source = np.concatenate([np.arange(len(patients)), again])
    at = np.concatenate([practice, where])
    back = np.arange(len(source)) >= len(patients)
    patient = patients[source]
    order = _order(rng, at, everything.exact[cut])
    created, updated, visit = _days(rng, people.birth[patient])
    doctors = everything.doctors[cut][at]
    doctor = everything.first_doctor[cut][at] + (rng.random(len(at)) ** 1.5 * doctors).astype(np.int64)
    changes = {name: back & (rng.random(len(back)) < chance) for name, chance in CHANGES.items()}
    changes["ear"] &= ~changes["key"]
    changes["second"] &= ~changes["short"]
    return Part(
        people, _homes(rng, everything.commune[cut], people, patients, practice), patient, before + source,
        at + group.start, _local(rng, at), doctor, created, updated, visit,
        _notes(rng, texts, persons, everything.notes[cut], len(source)), changes, rng.random(len(source)), order,
    )  # fmt: skip


def _again(rng: np.random.Generator, persons: Ints, near: Ints, practices: int) -> tuple[Ints, Ints]:
    """Whom the near duplicates repeat, and in which practice (of the group) the duplicate stands."""
    where = np.repeat(np.arange(practices), near)
    starts = np.cumsum(persons) - persons
    elsewhere = rng.random(len(where)) < OTHER / (SAME + OTHER)
    origin = np.where(elsewhere, (where + rng.integers(1, max(practices, 2), len(where))) % practices, where)
    origin = np.where(persons[origin] > 0, origin, int(np.argmax(persons)))
    return starts[origin] + (rng.random(len(where)) * persons[origin]).astype(np.int64), where


def _order(rng: np.random.Generator, at: Ints, exact: Ints) -> Ints:
    """File order of the unique records and of exact copies of some: by practice, otherwise shuffled."""
    by_practice = np.argsort(at, kind="stable")
    sizes = np.bincount(at, minlength=len(exact))
    starts = np.cumsum(sizes) - sizes
    practice = np.repeat(np.arange(len(exact)), exact)
    copies = by_practice[starts[practice] + (rng.random(len(practice)) * sizes[practice]).astype(np.int64)]
    rows = np.concatenate([np.arange(len(at)), copies])
    return rows[np.lexsort((rng.random(len(rows)), at[rows]))]


def _local(rng: np.random.Generator, at: Ints) -> Ints:
    """A number of the patient, unique in the practice, in the order of creation or nearly."""
    shuffled = np.lexsort((rng.random(len(at)), at))
    sizes = np.bincount(at)
    rank = np.arange(len(at)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    result = np.empty(len(at), dtype=np.int64)
    result[shuffled] = 1 + rank * 3 + rng.integers(0, 3, len(at))
    return result


def _days(rng: np.random.Generator, birth: Ints) -> tuple[Ints, Ints, Ints]:
    """Days of creation, of the last change and of the last visit, in this order and after the birth."""
    span = LAST_DAY - FIRST_DAY
    created = np.maximum(FIRST_DAY + (span * rng.random(len(birth))).astype(np.int64), np.minimum(birth + 2, LAST_DAY))
    visit = created + ((LAST_DAY - created + 1) * np.sqrt(rng.random(len(birth)))).astype(np.int64)
    updated = visit + np.where(rng.random(len(birth)) < 0.7, 0, rng.integers(0, 60, len(birth)))
    return created, np.minimum(updated, LAST_DAY), visit


def _homes(rng: np.random.Generator, commune: Ints, people: Population, patients: Ints, practice: Ints) -> Homes:
    """Homes about the practice: three in five in its commune, most others in its département."""
    places = tables.places()
    households = int(people.household.max()) + 1
    near = np.zeros(households, dtype=np.int64)
    near[people.household[patients]] = commune[practice]
    everywhere = np.cumsum(places.population / places.population.sum())
    homes = np.tile(near, (2, 1))
    chance = rng.random((2, households))
    for row in range(2):
        homes[row] = np.where(chance[row] > 0.96, cumulative_draw(rng, everywhere, households), homes[row])
        for department in np.unique(places.department[commune]):
            local = (chance[row] > 0.6) & (chance[row] <= 0.96) & (places.department[near] == department)
            communes, weights = places.of(str(department))
            homes[row, local] = communes[cumulative_draw(rng, weights, int(local.sum()))]
    street = tables.streets()[0].draw(rng, 2 * households).reshape(2, households)
    number = np.minimum(rng.geometric(0.035, (2, households)), 400)
    return Homes(homes, number, street, np.zeros((2, households), dtype=np.int64))


def _notes(rng: np.random.Generator, texts: Bank, persons: Ints, notes: Ints, records: int) -> Ints:
    """The note of each record: on the first record of so many persons of each practice."""
    result = np.full(records, -1, dtype=np.int64)
    order = np.lexsort((rng.random(int(persons.sum())), np.repeat(np.arange(len(persons)), persons)))
    rank = np.arange(len(order)) - np.repeat(np.cumsum(persons) - persons, persons)
    chosen = order[rank < np.repeat(notes, persons)]
    result[chosen] = texts.draw(rng, len(chosen), SPECIAL)
    return result
