"""Whose each row of ``hospital-2024`` is, over however many joins, and what it says of that person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from colmate.replicas import truth
from colmate.replicas.hospital_care import Codes
from colmate.replicas.hospital_people import World, entitled, named_insured
from colmate.replicas.render import join
from colmate.replicas.tables import Ints

__all__ = ["ALL", "Owned", "owners"]

ALL = slice(None)


@dataclass(frozen=True)
class Owned:
    """To whom the rows of a table belong: identities from 0, -1 for nobody; ``special``: what each row says."""

    key: Ints
    person: Ints
    group: Ints
    insured: Ints | None = None
    relative: Ints | None = None
    professional: Ints | None = None
    special: pa.Array | None = None
    entitlements: pa.Array | None = None


def owners(world: World) -> dict[str, Owned]:
    """By table, in the order of the dump: whose each row is."""
    everything = _owned_people(world) | _owned_visits(world) | _owned_stays(world)
    return dict(sorted(everything.items()))


def _owned_people(world: World) -> dict[str, Owned]:
    plan, files, staff, contacts = world.plan, world.plan.files, world.plan.staff, world.plan.contacts
    who = plan.everyone.identity
    insured = np.where(named_insured(plan, ALL), who[plan.population.insured[files.member]], -1)
    treating = np.where(files.doctor >= 0, staff.identity[np.maximum(files.doctor, 0)], -1)
    desk, account = np.arange(staff.doctors), np.arange(staff.accounts)
    return {
        "patients": Owned(
            files.key,
            files.person,
            files.group,
            insured,
            professional=treating,
            special=_said(world, world.care.remarks),
            entitlements=_words(entitled(plan, ALL)),
        ),
        "correspondant_patient": Owned(
            contacts.key, files.person[contacts.file], files.group[contacts.file], relative=who[contacts.member]
        ),
        "medecin": Owned(desk * 3 + 101, 0 * desk - 1, 0 * desk - 1, professional=staff.identity[: staff.doctors]),
        "users_mediboard": Owned(
            account + 1, 0 * account - 1, staff.group[staff.doctors :], professional=staff.identity[staff.doctors :]
        ),
    }


def _owned_visits(world: World) -> dict[str, Owned]:
    care, files, staff = world.care, world.plan.files, world.plan.staff
    account, group = staff.identity[staff.doctors :], staff.group[staff.doctors :]
    at, logs = care.consultations, care.logs
    beside = {"constantes_medicales": care.measurements, "files_mediboard": care.documents}
    return {
        name: Owned(rows.key, files.person[rows.parent], files.group[rows.parent]) for name, rows in beside.items()
    } | {
        "consultation": Owned(
            at.key,
            files.person[at.parent],
            group[at.staff],
            professional=account[at.staff],
            special=_said(world, at.note),
        ),
        "user_log": Owned(logs.key, 0 * logs.key - 1, group[logs.staff], professional=account[logs.staff]),
    }


def _owned_stays(world: World) -> dict[str, Owned]:
    care, stays, orders = world.care, world.care.stays, world.care.prescriptions
    account = world.plan.staff.identity[world.plan.staff.doctors :]
    who, group = care.stay_person, stays.value
    of_diagnosis, of_order = care.diagnoses.parent, orders.parent
    of_line = of_order[care.lines.parent]
    return {
        "sejour": Owned(stays.key, who, group, professional=account[stays.staff], special=_said(world, stays.note)),
        "diagnostic": Owned(
            care.diagnoses.key,
            who[of_diagnosis],
            group[of_diagnosis],
            special=_coded("cim10", care.diagnoses.value),
        ),
        "prescription": Owned(orders.key, who[of_order], group[of_order], professional=account[orders.staff]),
        "prescription_line_medicament": Owned(
            care.lines.key, who[of_line], group[of_line], special=_coded("drugs", care.lines.value)
        ),
    }


def _said(world: World, note: Ints) -> pa.Array:
    return truth.said([(world.texts, note)])


def _coded(name: str, value: Ints) -> pa.Array:
    codes = Codes.of(name)
    return pa.array([";".join(codes.facts(row)) for row in range(len(codes.rows))]).take(pa.array(value))


def _words(flags: Mapping[str, npt.NDArray[np.bool_]]) -> pa.Array:
    """The names of the flags that are up, joined by ``;``, null where none is."""
    joined = join(*(pc.if_else(pa.array(up), f"{name};", "") for name, up in flags.items()))
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), pc.utf8_rtrim(joined, ";"))
