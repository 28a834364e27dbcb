"""The replica ``practices-2026``: the administrative records of 1,500 practices, put on sale in February 2026.

Published of the leak (ministry, 27 February 2026): 19 million records, 4 million of them duplicates, about 15 million
persons, 1,500 practices, and free notes about 169,000 persons in a field called administrative; surname, first name,
birth date, phone, address, e-mail (press). The number of practices is scaled with the rest, so that practices keep
their size. Notes stand on one record of each such person, and on exact copies of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from colmate.replicas import practices_plan, render, tables, truth, variants
from colmate.replicas.notes_grammar import Bank, bank
from colmate.replicas.population import MALE
from colmate.replicas.practices_plan import EXACT, LAST_DAY, SPECIAL, Part, Practices
from colmate.replicas.render import blank, choose, day, join, letters, take
from colmate.replicas.tables import Ints
from colmate.replicas.writing import write

__all__ = ["generate"]

NAMES: list[tuple[str, str, str | None, list[str]]] = [
    ("id_cabinet", "organisation_name", None, ["code", "number"]),
    ("id_patient", "patient_id", "patient", ["record_id", "number", "code"]),
    ("civilite", "title", "patient", []),
    ("nom_naissance", "birth_name", "patient", ["last_name"]),
    ("nom_usage", "used_name", "patient", ["last_name"]),
    ("prenom", "first_name", "patient", []),
    ("date_naissance", "birth_date", "patient", []),
    ("sexe", "sex", "patient", []),
    ("adresse", "address", "patient", []),
    ("code_postal", "postcode", "patient", []),
    ("ville", "city", "patient", []),
    ("telephone", "phone", "patient", []),
    ("portable", "phone", "patient", []),
    ("email", "email", "patient", []),
    ("medecin_traitant", "professional_name", "professional", ["full_name"]),
    ("date_creation", "date", None, ["timestamp"]),
    ("date_modification", "date", None, ["timestamp"]),
    ("derniere_visite", "care_date", None, ["date"]),
    ("commentaire_administratif", "free_text", "patient", []),
]


@dataclass(frozen=True)
class Done:
    """A part as it was written: what the truth needs of it."""

    filled: Ints
    person: Ints
    practice: Ints
    doctor: Ints
    note: Ints
    months: dict[str, Any]
    persons: dict[str, Any]
    controllers: list[dict[str, Any]]
    special: list[dict[str, Any]]


def generate(out: Path, scale: float, seed: int, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Write the leak at ``out`` and its truth beside it; return the truth. See ``colmate.replicas.generate``."""
    rng = np.random.default_rng([seed, 2026])
    everything = practices_plan.practices(rng, scale)
    texts = bank(seed, 20_000, multiline=False)
    groups = practices_plan.parts(everything)
    before = np.cumsum(everything.persons) - everything.persons
    rows = everything.persons + everything.exact + everything.near
    after, total = np.cumsum(rows), int(rows.sum())
    labels = [everything.label(practice) for practice in range(len(everything))]
    doctors = _doctor_names(rng, int(everything.doctors.sum()))

    def rendered(index: int) -> tuple[bytes, Done, int]:
        group = groups[index]
        part_rng = np.random.default_rng([seed, 2026, index])
        part = practices_plan.draw_part(part_rng, everything, group, texts, int(before[group.start]))
        content, filled = _content(part_rng, part, texts, doctors, labels)
        return content, _done(part, texts, labels, filled), int(after[group.stop - 1])

    persons = int(everything.persons.sum())
    header = (",".join(name for name, *_ in NAMES) + "\n").encode()
    gathered = _Gathered(texts)
    with truth.RecordTruth(out, labels, NAMES) as file:

        def taken(done: Done) -> None:
            professional = np.where(done.doctor < 0, -1, persons + done.doctor)
            file.add(done.person, professional, done.practice, truth.said([(texts, done.note)]))
            gathered.add(done)

        digest = write(out, header, rendered, range(len(groups)), total, progress, taken)
    result = {"replica": "practices-2026", "seed": seed, "scale": scale, "sha256": digest}
    result |= _truth(out, gathered, everything, total)
    truth.save(out, result)
    return result


def _doctor_names(rng: np.random.Generator, count: int) -> pa.Array:
    _, names, cumulative = tables.first_names()
    sex = rng.integers(0, 2, count)
    first = names[sex, rng.integers(5, 9, count), np.searchsorted(cumulative, rng.random(count)).clip(0, 1199)]
    return join("Dr ", take(letters("surname"), tables.surnames().draw(rng, count)), " ", take(letters("first"), first))


def _content(
    rng: np.random.Generator, part: Part, texts: Bank, doctors: pa.Array, labels: list[str]
) -> tuple[bytes, Ints]:
    """The lines of a part in file order, and the filled cells of each column."""
    columns = [
        take(pa.array(labels), part.practice),
        pc.cast(pa.array(part.local), pa.string()),
        *_identity(rng, part),
        *_contact(part),
        blank(take(doctors, part.doctor), part.dice * 9 % 1 < 0.92),
        day(part.created, "iso"),
        day(part.updated, "iso"),
        blank(day(part.visit, "iso"), part.dice * 11 % 1 < 0.9),
        blank(take(texts.array, np.maximum(part.note, 0)), part.note >= 0),
    ]
    filled = [
        np.bincount(pc.not_equal(c, "").to_numpy(zero_copy_only=False)[part.order], minlength=2)[1] for c in columns
    ]
    content = render.lines(columns, ",", "\n", free=[18], order=part.order)
    return content, np.array(filled, dtype=np.int64)


def _identity(rng: np.random.Generator, part: Part) -> list[pa.Array]:
    """Title, names, birth date and sex; near duplicates differ as their changes say."""
    people, who, change = part.people, part.patient, part.change
    age = (part.created - people.birth[who]) / 365.2425
    male = people.sex[who] == MALE
    title = choose(
        age < 15, "Enfant", choose(male, "M.", choose((age < 28) & (part.dice * 3 % 1 < 0.3), "Mlle", "Mme"))
    )
    same = people.born_name[who] == people.used_name[who]
    names = letters("surname")
    born = take(names, np.where(change["born"], people.used_name[who], people.born_name[who]))
    born = _slip(rng, born, change, {"key": variants.by_keyboard, "ear": variants.by_ear})
    used = blank(take(names, people.used_name[who]), ~change["born"] & (~same | (part.dice * 5 % 1 < 0.25)))
    first = take(letters("first"), people.first[who])
    first = choose(change["accents"], take(letters("first_plain"), people.first[who]), first)
    first = _slip(rng, first, change, {"key_first": variants.by_keyboard})
    first = choose(change["short"], variants.shortened(first, (part.dice * 1000).astype(np.int64) % 3), first)
    first = choose(change["second"], join(first, " ", take(letters("first"), people.second[who])), first)
    birth = variants.swapped(people.birth[who], change["swap"])
    return [blank(title, part.dice < 0.94), born, used, first, day(birth, "iso"), choose(male, "M", "F")]


Slips = dict[str, Callable[[np.random.Generator, pa.Array], pa.Array]]


def _slip(
    rng: np.random.Generator, column: pa.Array, change: dict[str, npt.NDArray[np.bool_]], slips: Slips
) -> pa.Array:
    for name, slip in slips.items():
        where = pa.array(change[name])
        column = pc.replace_with_mask(column, where, slip(rng, column.filter(where)))
    return column


def _contact(part: Part) -> list[pa.Array]:
    """Address, postcode, city, phones (valid-looking: the ranges kept for fiction are too small) and e-mail."""
    people, who, change = part.people, part.patient, part.change
    household = people.household[who]
    home = (change["moved"].astype(np.int64), household)
    words, hamlets = tables.streets()
    street = part.homes.street[home]
    named = take(words.array(), street)
    number = pc.cast(pa.array(part.homes.number[home]), pa.string())
    address = choose(street < hamlets, join(number, choose(part.dice * 7 % 1 < 0.03, " bis ", " "), named), named)
    commune = part.homes.commune[home]
    renewed = change["new_phone"].astype(np.int64) * 500_009
    base = int(part.person[0])
    landline = 100_000_000 * (1 + commune % 5) + 10_000_000 + (base + household + renewed) * 7_919_101 % 89_999_999
    mobile = 600_000_000 + (part.person + renewed * 31) * 7_368_787 % 199_999_999
    own = part.person * 7_919 % 10_007 / 10_007
    style = (part.practice % 3 == 2).astype(np.int64)
    weights = np.cumsum(tables.data("health")["mail"]["weights"])
    domain = np.searchsorted(weights / weights[-1], part.person * 6_007 % 10_007 / 10_007)
    mail = render.email(people.first[who], people.used_name[who], part.person % 9_973, domain)
    adult = people.birth[who] < LAST_DAY - 14 * 365
    return [
        blank(address, part.dice < 0.97),
        take(tables.places().postcode, commune),
        take(tables.places().name, commune),
        blank(render.phone(landline, style), household * 7_919 % 10_007 < 4_600),
        blank(render.phone(mobile, style), (own < 0.7) & adult),
        blank(mail, (own > 0.25) & (own < 0.67) & adult),
    ]


def _done(part: Part, texts: Bank, labels: list[str], filled: Ints) -> Done:
    order, people = part.order, part.people
    patients = np.flatnonzero(people.patient)
    commune = part.homes.commune[0][people.household[patients]]
    person, practice, note = part.person[order], part.practice[order], part.note[order]
    persons = truth.persons(people, patients, commune, LAST_DAY, {"patient": len(patients)}, 0)
    own = part.person * 7_919 % 10_007 / 10_007
    adult = people.birth[part.patient] < LAST_DAY - 14 * 365
    channels = {"email": (own > 0.25) & (own < 0.67) & adult, "mobile": (own < 0.7) & adult, "post": part.dice < 0.97}
    persons["reachable_by"] = truth.reachable(part.person, channels)
    marks = [(texts, note)]
    visits = part.visit[order][(part.dice * 11 % 1 < 0.9)[order]]
    doctor = np.where((part.dice * 9 % 1 < 0.92)[order], part.doctor[order], -1)  # -1: none named
    return Done(
        filled, person, practice, doctor, note, truth.period(visits), persons,
        truth.controllers(labels, practice, person - int(part.person.min()), truth.spoken(marks)),
        truth.special(person, marks),
    )  # fmt: skip


class _Gathered:
    """The truths of the parts, added up; persons and practices of two parts are never the same."""

    def __init__(self, texts: Bank) -> None:
        self.texts, self.filled = texts, np.zeros(len(NAMES), dtype=np.int64)
        self.persons: dict[str, Any] = {}
        self.period: dict[str, Any] = {}
        self.controllers: list[dict[str, Any]] = []
        self.special: dict[str, dict[str, Any]] = {}
        self.doctors: set[int] = set()

    def add(self, done: Done) -> None:
        self.filled += done.filled
        self.persons = truth.added(self.persons, done.persons)
        self.period = truth.added(self.period, done.months)
        self.controllers += done.controllers
        for entry in done.special:
            self.special[entry["category"]] = truth.added(self.special.get(entry["category"], {}), entry)
        self.doctors |= set(np.unique(done.doctor[done.doctor >= 0]).tolist())


def _truth(out: Path, gathered: _Gathered, everything: Practices, total: int) -> dict[str, Any]:
    exact, near = int(everything.exact.sum()), int(everything.near.sum())
    persons = gathered.persons
    persons["by_role"]["professional"] = len(gathered.doctors)
    persons["count"] += len(gathered.doctors)
    months = sorted(gathered.period["by_month"].items())
    return {
        "records": {"found": total, "read": total, "rejected": 0, "duplicates": exact},
        "persons": persons,
        "period": {"first": gathered.period["first"], "last": gathered.period["last"], "by_month": dict(months)},
        "controllers": gathered.controllers,
        "special_categories": [gathered.special[name] for name in sorted(gathered.special)],
        "shares": {
            "exact_duplicates": exact, "near_duplicates": near, "exact_share": EXACT, "special_notes": SPECIAL,
            "persons_with_notes": int(everything.notes.sum()),
        },
        "tables": [truth.table(out, total, NAMES, gathered.filled)],
    }  # fmt: skip
