"""The truth beside ``hospital-2024``: in the words of the report, and record by record for each table with persons.

``truth.parquet`` has one row a record of those tables: ``table``, ``record`` (its place in the table, from 1), ``key``
(its primary key), ``person`` (the patient it is about, over however many joins), ``insured``, ``relative``,
``professional`` where it names one, ``controller`` (the establishment), ``kind``, ``special`` (what its note or code
says), ``entitlements`` (what its columns say). One numbering serves all roles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from colmate.replicas import tables, truth
from colmate.replicas.dump import Table
from colmate.replicas.hospital_care import Codes, Rows
from colmate.replicas.hospital_owners import ALL, Owned, owners
from colmate.replicas.hospital_people import World, entitled, reached
from colmate.replicas.hospital_plan import LAST_DAY
from colmate.replicas.tables import Ints

__all__ = ["write"]

NOTED = ("patients", "sejour", "consultation")
CODED = {"diagnostic": "diagnosis_code", "prescription_line_medicament": "drug_code"}
DATED = ("sejour", "consultation", "prescription", "constantes_medicales")
SCHEMA = pa.schema(
    {
        "table": pa.dictionary(pa.int32(), pa.string()), "record": pa.int64(), "key": pa.int64(),
        "person": pa.int64(), "insured": pa.int64(), "relative": pa.int64(), "professional": pa.int64(),
        "controller": pa.dictionary(pa.int32(), pa.string()), "kind": pa.string(), "special": pa.string(),
        "entitlements": pa.string(),
    }
)  # fmt: skip


def write(out: Path, world: World, schema: Sequence[Table], filled: Mapping[str, Ints]) -> dict[str, Any]:
    """Write ``truth.parquet`` beside ``out``; return the truth but for its head."""
    owned = owners(world)
    labels = [row[0] for row in tables.data("hospital")["groups"]["rows"]]
    _save(out, owned, labels)
    tests = int((world.plan.files.person < 0).sum())
    facts = _facts(world, owned)
    return {
        "records": _records(schema, filled),
        "persons": _persons(world, owned, tests),
        "period": truth.period(np.concatenate([_rows(world)[name].day for name in DATED])),
        "controllers": _controllers(owned, labels),
        "special_categories": _special(facts),
        "entitlements": _entitlements(world),
        "exposure": [
            {"semantic_type": kind, "persons": len(np.unique(who[who >= 0]))} for kind, who in _exposed(owned).items()
        ],
        "shares": _shares(world),
        "tables": [_table(out, table, filled[table.name]) for table in schema],
    }


def _rows(world: World) -> dict[str, Rows]:
    care = world.care
    return {
        "sejour": care.stays, "diagnostic": care.diagnoses, "prescription": care.prescriptions,
        "prescription_line_medicament": care.lines, "consultation": care.consultations,
        "constantes_medicales": care.measurements, "files_mediboard": care.documents,
    }  # fmt: skip


def _save(out: Path, owned: Mapping[str, Owned], labels: Sequence[str]) -> None:
    names, groups = pa.array(list(owned), pa.string()), pa.array(labels, pa.string())
    with pq.ParquetWriter(out.parent / "truth.parquet", SCHEMA, compression="zstd") as file:
        for place, rows in enumerate(owned.values()):
            count = len(rows.key)
            nothing = pa.nulls(count, pa.string())
            who = [
                pa.nulls(count, pa.int64()) if values is None else pa.array(values + 1, mask=values < 0)
                for values in (rows.person, rows.insured, rows.relative, rows.professional)
            ]
            group = pa.array(rows.group.astype(np.int32), mask=rows.group < 0)
            kind = "professional" if (rows.person < 0).all() else "person"
            columns = [
                pa.DictionaryArray.from_arrays(pa.array(np.full(count, place, dtype=np.int32)), names),
                pa.array(np.arange(1, count + 1)),
                pa.array(rows.key),
                *who,
                pa.DictionaryArray.from_arrays(group, groups),
                pa.array(np.where(rows.person < 0, "test" if kind == "person" else kind, kind)),
                nothing if rows.special is None else rows.special,
                nothing if rows.entitlements is None else rows.entitlements,
            ]
            file.write_table(pa.Table.from_arrays(columns, schema=SCHEMA))


def _records(schema: Sequence[Table], filled: Mapping[str, Ints]) -> dict[str, Any]:
    """Rows in all and by table; the primary key is filled in each."""
    by_table = {table.name: int(filled[table.name][0]) for table in schema}
    found = sum(by_table.values())
    return {"found": found, "read": found, "rejected": 0, "duplicates": 0, "by_table": by_table}


def _persons(world: World, owned: Mapping[str, Owned], tests: int) -> dict[str, Any]:
    plan, population = world.plan, world.plan.population
    patients = np.flatnonzero(population.patient)
    count = len(patients)  # the identities of patients come first
    insured, relatives = _distinct(owned["patients"].insured), _distinct(owned["correspondant_patient"].relative)
    beside = insured[insured >= count]
    alone = np.setdiff1d(relatives[relatives >= count], beside)
    roles = {
        "patient": count, "insured": len(beside), "professional": len(np.unique(plan.staff.identity)),
        "relative": len(alone),
    }  # fmt: skip
    commune = plan.homes.commune[0][population.household[patients]]
    persons = truth.persons(population, patients, commune, LAST_DAY, roles, tests)
    persons["deceased"] = len(np.unique(plan.files.person[world.care.death > 0]))
    persons["reachable_by"] = truth.reachable(plan.files.person, reached(plan, ALL))
    persons["by_role_detail"] = {
        "relatives": len(relatives),
        "relatives_who_are_patients": int((relatives < count).sum()),
        "insured_who_are_patients": int((insured < count).sum()),
        "doctors_in_town": plan.staff.doctors,
        "accounts": plan.staff.accounts,
        "doctors_who_have_an_account": plan.staff.doctors + plan.staff.accounts - roles["professional"],
    }
    return persons


def _distinct(who: Ints | None) -> Ints:
    return np.unique(who[who >= 0]) if who is not None else np.zeros(0, dtype=np.int64)


def _controllers(owned: Mapping[str, Owned], labels: Sequence[str]) -> list[dict[str, Any]]:
    """Establishments by all records that are theirs; ``records_by_table`` tells them apart."""
    parts = list(owned.values())
    known = [rows.group >= 0 for rows in parts]
    group = np.concatenate([rows.group[some] for rows, some in zip(parts, known, strict=True)])
    person = np.concatenate([rows.person[some] for rows, some in zip(parts, known, strict=True)])
    marked = [
        np.zeros(int(some.sum()), dtype=np.bool_)
        if rows.special is None
        else pc.is_valid(rows.special).to_numpy(zero_copy_only=False)[some]
        for rows, some in zip(parts, known, strict=True)
    ]
    entries = truth.controllers(labels, group, person, np.concatenate(marked))
    for entry in entries:
        place = labels.index(entry["label"])
        entry["code"] = str(place + 1)
        entry["records_by_table"] = {name: int((rows.group == place).sum()) for name, rows in owned.items()}
    return entries


def _facts(world: World, owned: Mapping[str, Owned]) -> dict[str, dict[str, Ints]]:
    """By source (semantic type): fact → distinct patients."""
    notes = {
        "patients": world.care.remarks,
        "sejour": world.care.stays.note,
        "consultation": world.care.consultations.note,
    }
    person = np.concatenate([owned[name].person for name in NOTED])
    found = {"free_text": truth.pairs(person, [(world.texts, np.concatenate([notes[name] for name in NOTED]))])}
    for table, (name, value) in {
        "diagnostic": ("cim10", world.care.diagnoses.value),
        "prescription_line_medicament": ("drugs", world.care.lines.value),
    }.items():
        by_fact: dict[str, list[Ints]] = {}
        codes = Codes.of(name)
        for row in range(len(codes.rows)):
            who = owned[table].person[value == row]
            for fact in codes.facts(row):
                by_fact.setdefault(fact, []).append(who[who >= 0])
        found[CODED[table]] = {fact: np.unique(np.concatenate(parts)) for fact, parts in by_fact.items()}
    return found | {"entitlement": _entitled(world)}


def _entitled(world: World) -> dict[str, Ints]:
    """Facts that the columns of entitlements show: a long illness; guardianship or C2S."""
    files, up = world.plan.files.person, entitled(world.plan, ALL)
    return {
        "health_other asserted patient": np.unique(files[up["ald"]]),
        "social_vulnerability asserted patient": np.unique(files[up["cmu"] | up["tutelle"]]),
    }


def _special(facts: Mapping[str, Mapping[str, Ints]]) -> list[dict[str, Any]]:
    """Special categories of all sources together; ``persons_from``: about whom each source asserts it."""
    union: dict[str, Ints] = {}
    for found in facts.values():
        for fact, who in found.items():
            union[fact] = np.union1d(union.get(fact, who[:0]), who)
    entries = truth.special_of(union)
    for entry in entries:
        said = f"{entry['category']} asserted patient"
        entry["persons_from"] = {source: len(found[said]) for source, found in facts.items() if said in found}
    return entries


def _entitlements(world: World) -> dict[str, int]:
    person = world.plan.files.person
    return {name: len(np.unique(person[up])) for name, up in entitled(world.plan, ALL).items()}


def _exposed(owned: Mapping[str, Owned]) -> dict[str, Ints]:
    """By semantic type of related tables: the patients of their rows."""
    return {
        "diagnosis_code": owned["diagnostic"].person,
        "drug_code": owned["prescription_line_medicament"].person,
        "drug": owned["prescription_line_medicament"].person,
        "measurement": owned["constantes_medicales"].person,
        "stay_id": owned["sejour"].person,
    }


def _shares(world: World) -> dict[str, Any]:
    files = world.plan.files.person
    real = files[files >= 0]
    each = np.bincount(real)
    return {
        "further_files": int((each[each > 0] - 1).sum()),
        "persons_with_two_files": int((each == 2).sum()),
        "persons_with_three_files": int((each >= 3).sum()),
    }


def _table(out: Path, table: Table, filled: Ints) -> dict[str, Any]:
    names = [(column.name, column.semantic_type, column.role, list(column.accept)) for column in table.columns]
    entry = truth.table(out, int(filled[0]), names, filled)
    keys = [{"column": table.primary, "references": None, "declared": True}]
    keys += [{"column": r.column, "references": r.target, "declared": r.declared} for r in table.references]
    evidence = out.name if out.suffix else f"{table.name}.csv"
    return entry | {"name": table.name, "evidence": evidence, "subject": table.subject, "keys": keys}
