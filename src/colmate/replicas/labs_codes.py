"""Cells of ``labs-2021`` about others than the patient: the insured, insurers, prescribers, samplers, the account.

Every function takes a slice and gives one text a record, '' where the record holds nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colmate.replicas import render, tables
from colmate.replicas.labs_cells import HEALTH, Slice
from colmate.replicas.labs_plan import LAST_DAY, luhn
from colmate.replicas.population import FEMALE
from colmate.replicas.render import blank, choose, day, digits, join, letters, take
from colmate.replicas.tables import Ints

__all__ = [
    "amount", "blood", "doctor", "end_of_rights", "finess", "flag", "fund", "holder", "login", "member", "note",
    "password", "plain_number", "quality", "sampler", "some", "words",
]  # fmt: skip

BLOOD = ("O+", "A+", "B+", "O-", "A-", "AB+", "B-", "AB-")
BLOOD_SHARE = np.cumsum([0.36, 0.37, 0.09, 0.06, 0.07, 0.03, 0.01, 0.01])
FICTIONAL = np.array([199_00, 261_91, 353_01, 465_71, 536_49])  # 01 99 00 … 05 36 49: never given to anybody


def holder(s: Slice, what: str) -> pa.Array:
    """``name``, ``first`` or ``birth`` of the insured: always when another, else one time in six."""
    people = s.plan.people
    shown = ((s.insured != s.patient) | (s.dice < 0.16)) & s.real
    if what == "name":
        return blank(take(letters("surname"), people.used_name[s.insured]), shown)
    if what == "birth":
        return blank(day(people.birth[s.insured]), shown & (s.dice < 0.9))
    return blank(s.given(people.first[s.insured]), shown)


def words(key: Ints, values: list[str]) -> pa.Array:
    """One of the values, by the key."""
    return take(pa.array(values, pa.string()), key % len(values))


def fund(s: Slice, part: int) -> pa.Array:
    """The fund of the home's département: its code (0) or its name (1)."""
    funds = HEALTH["funds"]
    known = {name: index for index, name in enumerate(funds)}
    lookup = np.array([known.get(str(name), len(known)) for name in tables.places().department], dtype=np.int64)
    values = [entry[part] for entry in funds.values()] + [("921", "CPAM AUTRE")[part]]
    return blank(words(lookup[s.commune], values), s.fill("nir") & (s.dice < 0.93))


def flag(share: float, salt: int) -> Callable[[Slice], pa.Array]:
    """O for a share of the patients, N for the others."""
    return lambda s: choose((s.patient * 31 + salt * 7_919) % 1000 < share * 1000, "O", "N")


def some(who: str, factor: int, values: list[str], share: float) -> Callable[[Slice], pa.Array]:
    """A value that depends on the ``insured`` or the ``patient``, in a share of the records."""

    def column(s: Slice) -> pa.Array:
        key = (s.insured if who == "insured" else s.patient) * factor
        return blank(words(key, values), s.real & ((s.dice * 7 + share) % 1 < share))

    return column


def note(s: Slice, which: int) -> pa.Array:
    """The note of the first (0) or second (1) column."""
    position = s.notes[which][s.cut]
    return blank(take(s.bank.array, np.maximum(position, 0)), position >= 0)


def doctor(s: Slice, what: str) -> pa.Array:
    """``name``, ``first``, ``rpps``, ``phone`` (of the ranges kept for fiction), ``address`` or ``mail``."""
    doctors, who = s.plan.doctors, s.doctor
    if what == "name":
        return take(letters("surname"), doctors.surname[who])
    if what == "first":
        return take(letters("first_plain"), doctors.first[who])
    if what == "rpps":
        return digits(doctors.rpps[who], 11)
    if what == "phone":
        number = FICTIONAL[who % 5] * 10_000 + who // 5 * 7 % 10_000
        return blank(render.phone(number, np.zeros_like(who)), who % 10 < 8)
    if what == "address":
        return join(pc.cast(pa.array(1 + who * 17 % 120), pa.string()), " RUE ", words(who, _tails()))
    professional = pa.array(HEALTH["mail"]["professional"])
    name = take(letters("surname_mail"), doctors.surname[who])
    address = join("dr.", name, plain_number(who), "@", take(professional, who % 4))
    return blank(address, s.fill("doctor_email"))


def _tails() -> list[str]:
    return [tables.plain(tail).upper() for tail in tables.data("streets")["names"]["places"]]


def sampler(s: Slice) -> pa.Array:
    """Name and first name of the sampler, in one cell."""
    who = s.plan.sampler[s.cut]
    surnames = np.random.default_rng([s.seed, 3]).integers(0, 9_000, int(s.plan.sampler.max()) + 1)
    given = tables.first_names()[1][FEMALE, 7]
    full = join(take(letters("surname"), surnames[who]), " ", take(letters("first_plain"), given[who * 7 % 150]))
    return s.real_only(blank(full, s.dice > 0.2))


def password(s: Slice) -> pa.Array:
    """A common word and figures for one in three, eight random characters for the others."""
    common = HEALTH["passwords"]["words"]
    key = s.patient * 48_271 % 2_147_483_647
    easy = join(words(key, common), pc.cast(pa.array(key // 31 % 100), pa.string()))
    hexes = np.array(list("abcdefghjkmnpqrstuvwxyz23456789"))
    made = pa.array(["".join(row) for row in hexes[np.random.default_rng([s.seed, 5]).integers(0, 31, (4096, 8))]])
    return blank(choose(key % 3 == 0, easy, take(made, key % 4096)), s.fill("password"))


def finess(lab: Ints) -> pa.Array:
    """FINESS numbers of the laboratories, with Luhn's key."""
    places = np.array([int(d) for d in HEALTH["labs"].values()], dtype=np.int64)
    stems = places * 1_000_000 + 2_500 + np.arange(len(places)) * 37
    return take(digits(stems * 10 + luhn(stems), 9), lab)


def amount(s: Slice) -> pa.Array:
    """What a patient owes, with a decimal comma."""
    cents = (s.dice * 1e5).astype(np.int64) % 9_000
    text = join(pc.cast(pa.array(cents // 100), pa.string()), ",", digits(cents % 100, 2))
    return blank(text, s.dice % 0.01 < 0.0006)


def plain_number(numbers: Ints) -> pa.Array:
    """Numbers as text."""
    return pc.cast(pa.array(numbers), pa.string())


def blood(s: Slice) -> pa.Array:
    """Blood groups in their French shares, always the same for one person."""
    group = np.searchsorted(BLOOD_SHARE, s.patient * 7_919 % 10_007 / 10_008).clip(0, 7)
    return blank(take(pa.array(BLOOD), group), s.fill("blood"))


def login(s: Slice) -> pa.Array:
    """Initial, surname and figures."""
    people = s.plan.people
    initial = pc.utf8_slice_codeunits(take(letters("first_mail"), people.first[s.patient]), 0, 1)
    name = take(letters("surname_mail"), people.used_name[s.patient])
    return blank(join(initial, name, plain_number(s.patient % 997)), s.fill("login"))


def quality(s: Slice) -> pa.Array:
    """0 the insured, 1 the spouse, 6 a child."""
    child = s.plan.people.slot[s.patient] >= 2
    code = np.where(s.insured == s.patient, 0, np.where(child, 6, 1))
    return blank(plain_number(code), s.real & (s.dice < 0.8))


def member(s: Slice) -> pa.Array:
    """The insurer's number of the insured."""
    return blank(digits(s.insured * 48_271 % 99_999_989, 8), s.real & (s.dice * 3 % 1 < 0.3))


def end_of_rights(s: Slice) -> pa.Array:
    """The day the insurance ends."""
    return blank(day((s.patient * 37 % 900) + LAST_DAY - 500), s.real & (s.dice * 5 % 1 < 0.4))
