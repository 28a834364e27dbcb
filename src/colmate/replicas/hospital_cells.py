"""Rows of ``hospital-2024`` that name nobody: care, logs, documents, and the tables of reference.

Every function takes the world and a slice of its table's rows, and gives one text a row for each column.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from colmate.replicas import hospital_accounts, hospital_people, tables
from colmate.replicas.hospital_care import Codes
from colmate.replicas.hospital_people import WORDS, World, moment, number
from colmate.replicas.labs_plan import luhn
from colmate.replicas.render import blank, choose, digits, join, take
from colmate.replicas.tables import Ints

__all__ = ["RENDERERS", "cip", "row_counts"]

Cells = Callable[[World, slice], list[pa.Array]]
STAYS = ("comp", "ambu", "urg", "exte", "seances", "ssr", "psy")


def _texts(name: str) -> pa.Array:
    return pa.array(WORDS[name], pa.string())


def _pick(name: str, where: Ints) -> pa.Array:
    """Words of a list, by a number."""
    return take(_texts(name), where * 7_919 % len(WORDS[name]))


def cip(place: Ints) -> pa.Array:
    """An invented CIP13 with both its keys, by the place of the drug in the list."""
    serial = 300_100 + place * 1_013
    weights = sum((serial // 10 ** (5 - rank) % 10) * (rank + 2) for rank in range(6))
    serial = np.where(weights % 11 == 10, serial + 1, serial)
    weights = sum((serial // 10 ** (5 - rank) % 10) * (rank + 2) for rank in range(6))
    body = 34_009 * 10**7 + serial * 10 + weights % 11
    odd_even = sum((body // 10 ** (11 - rank) % 10) * (3 if rank % 2 else 1) for rank in range(12))
    return number(body * 10 + (10 - odd_even % 10) % 10)


def _stays(world: World, cut: slice) -> list[pa.Array]:
    rows, files = world.care.stays, world.plan.files
    dice, note = rows.dice[cut], rows.note[cut]
    kind = (dice**2 * len(STAYS)).astype(np.int64)
    until = rows.day[cut] + np.where(kind == 0, 1 + (dice * 1_000).astype(np.int64) % 9, 0)
    entered = moment(rows.day[cut], dice * 31 % 1 * 0.5)
    return [
        number(rows.key[cut]),
        number(files.key[rows.parent[cut]]),
        number(rows.staff[cut] + 1),
        number(rows.value[cut] + 1),
        take(pa.array(STAYS), kind),
        entered,
        moment(until, 0.5 + dice * 37 % 1 * 0.5),
        blank(_pick("stays", rows.key[cut]), dice * 3 % 1 < 0.8),
        blank(take(world.texts.array, np.maximum(note, 0)), note >= 0),
        choose(dice * 41 % 1 < 0.02, "1", "0"),
    ]


def _diagnoses(world: World, cut: slice) -> list[pa.Array]:
    rows = world.care.diagnoses
    codes = pa.array([row[0] for row in Codes.of("cim10").rows])
    return [
        number(rows.key[cut]),
        number(world.care.stays.key[rows.parent[cut]]),
        take(pa.array(["DP", "DAS", "DAS", "DR"]), (rows.dice[cut] * 4).astype(np.int64)),
        take(codes, rows.value[cut]),
    ]


def _prescriptions(world: World, cut: slice) -> list[pa.Array]:
    rows = world.care.prescriptions
    count = len(rows.key[cut])
    return [
        number(rows.key[cut]),
        pa.array(["CSejour"] * count),
        number(world.care.stays.key[rows.parent[cut]]),
        number(rows.staff[cut] + 1),
        take(pa.array(["sejour", "sejour", "sortie", "pre_admission"]), (rows.dice[cut] * 4).astype(np.int64)),
        moment(rows.day[cut], rows.dice[cut] * 43 % 1),
    ]


def _lines(world: World, cut: slice) -> list[pa.Array]:
    rows, drugs = world.care.lines, Codes.of("drugs").rows
    dice, value = rows.dice[cut], rows.value[cut]
    return [
        number(rows.key[cut]),
        number(world.care.prescriptions.key[rows.parent[cut]]),
        take(cip(np.arange(len(drugs))), value),
        take(pa.array([row[0] for row in drugs]), value),
        take(pa.array([row[1] for row in drugs]), value),
        blank(number(1 + (dice * 30).astype(np.int64)), dice * 3 % 1 < 0.7),
        blank(choose(dice < 0.8, "jour", "semaine"), dice * 3 % 1 < 0.7),
    ]


def _consultations(world: World, cut: slice) -> list[pa.Array]:
    rows, stays = world.care.consultations, world.care.stays
    dice, note, key = rows.dice[cut], rows.note[cut], rows.key[cut]
    inside = rows.value[cut] >= 0
    return [
        number(key),
        number(world.plan.files.key[rows.parent[cut]]),
        blank(number(stays.key[np.maximum(rows.value[cut], 0)]), inside),
        number(rows.staff[cut] + 1),
        moment(rows.day[cut], dice),
        blank(_pick("reasons", key), dice * 3 % 1 < 0.9),
        blank(take(world.texts.array, np.maximum(note, 0)), note >= 0),
        blank(take(_exams(), key * 5_003 % len(_exams())), dice * 7 % 1 < 0.55),
        choose(dice * 11 % 1 < 0.03, "1", "0"),
    ]


def _exams() -> pa.Array:
    """What was found, with some figures; nothing that names a condition."""
    filled = [
        text.format(a=11 + turn % 5, b=6 + turn % 3, c=85 + turn * 5, d=2 + turn, e=5 + turn)
        for turn in range(8)
        for text in WORDS["exams"]
    ]
    return pa.array(filled, pa.string())


def _measurements(world: World, cut: slice) -> list[pa.Array]:
    rows, plan = world.care.measurements, world.plan
    member, dice = plan.files.member[rows.parent[cut]], rows.dice[cut]
    grown = np.minimum(((rows.day[cut] - plan.everyone.birth[member]) / 365.2425).clip(0, 18) / 18, 1)
    height = 50 + grown * (112 + plan.everyone.sex[member] * 12 + member % 9)
    weight = height * height / 10_000 * (19 + dice * 14)
    pressure = join(number(10 + (dice * 8).astype(np.int64)), "|", number(6 + (dice * 37 % 1 * 4).astype(np.int64)))
    return [
        number(rows.key[cut]),
        number(plan.files.key[rows.parent[cut]]),
        moment(rows.day[cut], dice * 47 % 1),
        blank(number(weight.astype(np.int64)), dice < 0.8),
        blank(number(height.astype(np.int64)), dice < 0.6),
        blank(pressure, dice * 3 % 1 < 0.8),
        blank(number(55 + (dice * 53 % 1 * 60).astype(np.int64)), dice * 5 % 1 < 0.8),
        blank(
            join(
                "3", number(6 + (dice * 59 % 1 * 3).astype(np.int64)), ".", number((dice * 1e5).astype(np.int64) % 10)
            ),
            dice * 7 % 1 < 0.7,
        ),
        blank(number(92 + (dice * 61 % 1 * 8).astype(np.int64)), dice * 11 % 1 < 0.5),
    ]


def _documents(world: World, cut: slice) -> list[pa.Array]:
    """Scans, shortened to a few bytes: a blob in hexadecimal, and a signature that the dump writes as it is."""
    rows, rng = world.care.documents, world.rng(7, cut.start)
    blobs = [b"\xff\xd8\xff\xe0" + rng.bytes(int(size)) for size in rng.integers(40, 160, len(rows.key[cut]))]
    # seven bits only: a dump with raw bytes in it is no longer text in any encoding
    signatures = [bytes(byte & 0x7F for byte in rng.bytes(16)).decode("ascii") for _ in blobs]
    return [
        number(rows.key[cut]),
        number(world.plan.files.key[rows.parent[cut]]),
        pa.array(["CPatient"] * len(blobs)),
        blank(number(rows.staff[cut] + 1), rows.dice[cut] < 0.9),
        join("scan_", number(rows.key[cut]), ".jpg"),
        moment(rows.day[cut], rows.dice[cut]),
        pa.array([blob.hex().upper() for blob in blobs]),
        blank(pa.array(signatures), rows.dice[cut] < 0.5),
    ]


def _logs(world: World, cut: slice) -> list[pa.Array]:
    rows, dice = world.care.logs, world.care.logs.dice[cut]
    return [
        number(rows.key[cut]),
        number(rows.staff[cut] + 1),
        moment(rows.day[cut], dice),
        take(_texts("log_classes"), (dice * len(WORDS["log_classes"])).astype(np.int64)),
        number(rows.parent[cut]),
        take(pa.array(["store", "store", "store", "create", "delete", "merge"]), (dice**0.5 * 6).astype(np.int64)),
        join(
            "10.",
            number(rows.staff[cut] % 9),
            ".",
            number(rows.staff[cut] % 251),
            ".",
            number(rows.staff[cut] % 241 + 4),
        ),
    ]


def _groups(_world: World, cut: slice) -> list[pa.Array]:
    rows = tables.data("hospital")["groups"]["rows"][cut]
    where = np.arange(len(rows), dtype=np.int64) + cut.start
    department = np.array([int(row[4]) for row in rows], dtype=np.int64)
    body = department * 10**6 + 780_011 + where * 37
    siren = 90_000_011 + where * 1_313
    siret = (siren * 10 + luhn(siren)) * 10_000 + 11
    return [
        number(where + 1),
        pa.array([row[0] for row in rows]),
        digits(body * 10 + luhn(body), 9),
        digits(siret * 10 + luhn(siret), 14),
        *(pa.array([row[place] for row in rows]) for place in (1, 2, 3)),
        digits(199_000_000 + where * 101, 10),  # the range kept for fiction: 01 99 00
    ]


def _nomenclature(_world: World, cut: slice) -> list[pa.Array]:
    rows = sorted(Codes.of("cim10").rows)[cut]
    return [
        pa.array([row[0] for row in rows]),
        pa.array([row[1] for row in rows]),
        pa.array([row[0][0] for row in rows]),
    ]


def _communes(_world: World, cut: slice) -> list[pa.Array]:
    places = tables.places()
    size = cut.stop - cut.start
    whole = (places.code, places.postcode, places.name, pa.array(places.department.tolist()))
    return [column.slice(cut.start, size) for column in whole]


def _configuration(_world: World, cut: slice) -> list[pa.Array]:
    rows = WORDS["parameters"][cut]
    return [number(np.arange(cut.start, cut.stop) + 1), *(pa.array([row[place] for row in rows]) for place in range(3))]


RENDERERS: dict[str, Cells] = {
    "cim10": _nomenclature, "communes": _communes, "configuration": _configuration,
    "constantes_medicales": _measurements, "consultation": _consultations,
    "correspondant_patient": hospital_people.contacts, "diagnostic": _diagnoses, "files_mediboard": _documents,
    "groups_mediboard": _groups, "medecin": hospital_accounts.doctors, "patients": hospital_people.patients,
    "prescription": _prescriptions, "prescription_line_medicament": _lines, "sejour": _stays, "user_log": _logs,
    "users_mediboard": hospital_accounts.accounts,
}  # fmt: skip


def row_counts(world: World) -> dict[str, int]:
    """Rows of each table."""
    plan, care = world.plan, world.care
    hospital = tables.data("hospital")
    return {
        "cim10": len(hospital["cim10"]["rows"]), "communes": len(tables.places().code),
        "configuration": len(WORDS["parameters"]), "constantes_medicales": len(care.measurements.key),
        "consultation": len(care.consultations.key), "correspondant_patient": len(plan.contacts.key),
        "diagnostic": len(care.diagnoses.key), "files_mediboard": len(care.documents.key),
        "groups_mediboard": len(hospital["groups"]["rows"]), "medecin": plan.staff.doctors,
        "patients": len(plan.files.key), "prescription": len(care.prescriptions.key),
        "prescription_line_medicament": len(care.lines.key), "sejour": len(care.stays.key),
        "user_log": len(care.logs.key), "users_mediboard": plan.staff.accounts,
    }  # fmt: skip
