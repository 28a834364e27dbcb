"""What was done to the patients of ``hospital-2024``: stays, diagnoses, prescriptions, consultations, measurements."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from colmate.replicas import tables
from colmate.replicas.hospital_plan import FIRST_DAY, LAST_DAY, Plan, keys
from colmate.replicas.notes_grammar import Bank
from colmate.replicas.population import FEMALE, MALE
from colmate.replicas.tables import Floats, Ints

__all__ = ["Care", "Codes", "Rows", "make"]

SPECIAL = 0.3  # share of the notes that say something
NOTED = {"patients": 0.06, "sejour": 0.10, "consultation": 0.62}  # share of the rows that have a note
YEAR = 365.2425


@dataclass(frozen=True)
class Codes:
    """The diagnoses or the drugs: code, label, weight, categories, who may have it."""

    rows: list[list[str]]

    @classmethod
    def of(cls, name: str) -> Codes:
        """Of the list ``name`` of ``data/hospital.toml``."""
        return cls(tables.data("hospital")[name]["rows"])

    def draw(self, rng: np.random.Generator, who: str, count: int) -> Ints:
        """Positions among the rows for ``who``."""
        where = np.array([place for place, row in enumerate(self.rows) if row[4] == who], dtype=np.int64)
        weights = np.cumsum([float(self.rows[place][2]) for place in where])
        found: Ints = where[np.searchsorted(weights, rng.random(count) * weights[-1])]
        return found

    def facts(self, row: int) -> list[str]:
        """What the code says of the patient; every code tells of a state of health (GDPR art. 4(15))."""
        return [f"{category} asserted patient" for category in [*self.rows[row][3].split(), "health_other"]]


@dataclass(frozen=True)
class Rows:
    """One entry a row of a table; ``parent`` points at the row it belongs to (file, stay or prescription)."""

    key: Ints
    parent: Ints
    day: Ints
    staff: Ints  # position among the accounts
    value: Ints  # group of a stay, code of a diagnosis or line, stay of a consultation (-1: none)…
    note: Ints  # position in the bank, -1 for none
    dice: Floats


@dataclass(frozen=True)
class Care:
    """All tables of care; ``note`` of files are the remarks in ``patients``."""

    stays: Rows
    diagnoses: Rows
    prescriptions: Rows
    lines: Rows
    consultations: Rows
    measurements: Rows
    documents: Rows
    logs: Rows
    remarks: Ints  # one entry a file
    death: Ints  # one entry a file, 0 where none is noted
    plan: Plan

    @cached_property
    def stay_person(self) -> Ints:
        """The person of each stay."""
        return self.plan.files.person[self.stays.parent]


def make(rng: np.random.Generator, plan: Plan, texts: Bank) -> Care:
    """Draw the care of every file."""
    size, files = plan.size, plan.files
    stays = _stays(rng, plan, texts)
    diagnoses = _coded(rng, plan, stays, size["diagnoses"], stays, Codes.of("cim10"))
    per = rng.integers(0, len(stays.key), size["prescriptions"])
    prescriptions = _rows(rng, np.sort(per), stays.day[np.sort(per)], stays.staff[np.sort(per)])
    lines = _coded(rng, plan, prescriptions, size["lines"], stays, Codes.of("drugs"))
    consultations = _consultations(rng, plan, stays, texts)
    seen = rng.integers(0, len(files.key), size["measurements"])
    measured = _rows(rng, seen, _days(rng, files.created[seen]), np.zeros(len(seen), dtype=np.int64))
    scanned = rng.integers(0, len(files.key), size["documents"])
    author = rng.integers(0, plan.staff.accounts, len(scanned))
    documents = _rows(rng, scanned, _days(rng, files.created[scanned]), author)
    many = rng.random(size["logs"]) ** 2 * plan.staff.accounts
    logs = _rows(
        rng,
        rng.integers(1_000, 900_000, size["logs"]),
        _days(rng, np.full(size["logs"], FIRST_DAY)),
        many.astype(np.int64),
    )
    remarks = np.where(files.person >= 0, _notes(rng, texts, len(files.key), NOTED["patients"]), -1)
    death = _deaths(rng, plan, (stays, consultations, measured))
    return Care(stays, diagnoses, prescriptions, lines, consultations, measured, documents, logs, remarks, death, plan)


def _rows(rng: np.random.Generator, parent: Ints, day: Ints, staff: Ints, value: Ints | None = None) -> Rows:
    """Rows in the order of their days, keys from 1 up."""
    count = len(parent)
    order = np.argsort(day, kind="stable")
    value = np.zeros(count, dtype=np.int64) if value is None else value[order]
    nothing = np.full(count, -1, dtype=np.int64)
    return Rows(keys(rng, count, 0), parent[order], day[order], staff[order], value, nothing, rng.random(count))


def _days(rng: np.random.Generator, since: Ints) -> Ints:
    days = since + ((LAST_DAY - since + 1) * rng.random(len(since)) ** 0.8).astype(np.int64)
    return np.minimum(days, LAST_DAY)


def _notes(rng: np.random.Generator, texts: Bank, count: int, share: float) -> Ints:
    result = np.full(count, -1, dtype=np.int64)
    noted = np.flatnonzero(rng.random(count) < share)
    result[noted] = texts.draw(rng, len(noted), SPECIAL)
    return result


def _stays(rng: np.random.Generator, plan: Plan, texts: Bank) -> Rows:
    """Seven files in ten have a stay; the old come back more often. The establishment may be another one."""
    files, count = plan.files, plan.size["stays"]
    first = rng.permutation(len(files.key))[: min(round(len(files.key) * 0.7), count)]
    age = (LAST_DAY - plan.everyone.birth[files.member]) / YEAR
    weights = np.cumsum((0.3 + age / 60) * rng.exponential(1.0, len(age)))
    again = np.searchsorted(weights, rng.random(count - len(first)) * weights[-1])
    file = np.concatenate([first, again])
    group = np.where(rng.random(count) < 0.08, rng.integers(0, int(files.group.max()) + 1, count), files.group[file])
    staff = plan.staff.practitioner(rng, group)
    rows = _rows(rng, file, _days(rng, files.created[file]), staff, group)
    rows.note[:] = np.where(files.person[rows.parent] >= 0, _notes(rng, texts, count, NOTED["sejour"]), -1)
    return rows


def _coded(rng: np.random.Generator, plan: Plan, parents: Rows, count: int, stays: Rows, codes: Codes) -> Rows:
    """Codes for stays or prescriptions: each parent has at least one where there are enough."""
    size = len(parents.key)
    more = rng.integers(0, size, max(count - size, 0))
    parent = np.concatenate([rng.permutation(size)[:count], more])
    stay = parent if parents is stays else parents.parent[parent]
    member = plan.files.member[stays.parent[stay]]
    code = codes.draw(rng, "", count)
    age = (stays.day[stay] - plan.everyone.birth[member]) / YEAR
    sex, known = plan.everyone.sex[member], {row[4] for row in codes.rows}
    for who, eligible, chance in (
        ("f", (sex == FEMALE) & (age >= 15) & (age < 46), 0.2),
        ("m", (sex == MALE) & (age >= 45), 0.1),
        ("c", age < 16, 0.5),
        ("o", age >= 60, 0.2),
    ):
        if who in known:
            rows = np.flatnonzero(eligible & (rng.random(count) < chance))
            code[rows] = codes.draw(rng, who, len(rows))
    return _rows(rng, parent, parents.day[parent], np.zeros(count, dtype=np.int64), code)


def _consultations(rng: np.random.Generator, plan: Plan, stays: Rows, texts: Bank) -> Rows:
    """Three in ten within a stay, the others of any file."""
    files, count = plan.files, plan.size["consultations"]
    stay = np.where(rng.random(count) < 0.3, rng.integers(0, len(stays.key), count), -1)
    file = np.where(stay >= 0, stays.parent[stay], rng.integers(0, len(files.key), count))
    staff = np.where(stay >= 0, stays.staff[stay], plan.staff.practitioner(rng, files.group[file]))
    day = np.where(stay >= 0, stays.day[stay], _days(rng, files.created[file]))
    rows = _rows(rng, file, day, staff, stay)
    rows.note[:] = np.where(files.person[rows.parent] >= 0, _notes(rng, texts, count, NOTED["consultation"]), -1)
    return rows


def _deaths(rng: np.random.Generator, plan: Plan, seen_in: tuple[Rows, ...]) -> Ints:
    """The day of death noted in a file, for one patient in 40 and more of the old; nobody is seen after it."""
    files = plan.files
    last = np.zeros(int(plan.everyone.identity.max()) + 1, dtype=np.int64)
    np.maximum.at(last, np.maximum(files.person, 0), files.created)
    for rows in seen_in:
        np.maximum.at(last, np.maximum(files.person[rows.parent], 0), rows.day)
    age = (LAST_DAY - plan.everyone.birth[files.member]) / YEAR
    draw = rng.random(len(last))[np.maximum(files.person, 0)]
    dead: npt.NDArray[np.bool_] = (files.person >= 0) & (draw < np.where(age > 70, 0.09, 0.006))
    seen = last[np.maximum(files.person, 0)]
    shift = 1 + files.person * 7_919 % 400
    death: Ints = np.where(dead & (rng.random(len(draw)) < 0.9), np.minimum(seen + shift, LAST_DAY), 0)
    return death
