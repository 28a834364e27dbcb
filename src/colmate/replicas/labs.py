"""The replica ``labs-2021``: what 28 laboratories' records looked like when they were put on a forum in February 2021.

Published of the leak (CNIL: 491,840 records; Next INpact 68986, 43491: 489,838 social security numbers, titles, sexes,
phones, e-mails, passwords, prescribers' postcodes, 28 laboratories, samples of 2015 to October 2020): those counts are
met exactly, times the scale. The rest is invented. The number of laboratories is not scaled.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from colmate.replicas import labs_plan, truth
from colmate.replicas.labs_cells import Slice
from colmate.replicas.labs_columns import COLUMNS
from colmate.replicas.labs_plan import LAST_DAY, Plan
from colmate.replicas.notes_grammar import Bank, bank
from colmate.replicas.render import lines
from colmate.replicas.tables import Ints
from colmate.replicas.truth import Marks, Names
from colmate.replicas.writing import write

__all__ = ["generate"]

STEP = 32_768
SPECIAL = 0.22  # share of the notes that say something about health, belief, life


def generate(out: Path, scale: float, seed: int, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Write the leak at ``out`` and its truth beside it; return the truth. See ``colmate.replicas.generate``."""
    rng = np.random.default_rng([seed, 2021])
    plan = labs_plan.make(rng, scale)
    texts = bank(seed, 12_000)
    notes = _notes(rng, plan, texts)
    total = len(plan.patient)
    free = [place for place, column in enumerate(COLUMNS) if column.semantic_type in {"free_text", "number"}]

    def rendered(start: int) -> tuple[bytes, Ints, int]:
        part = Slice(plan, start, min(start + STEP, total), seed, texts, notes)
        columns = [column.render(part) for column in COLUMNS]
        filled = np.array([len(c) - truth.empty_cells(c) for c in columns], dtype=np.int64)
        return lines(columns, ";", "\r\n", free).decode().encode("cp1252"), filled, part.stop

    header = (";".join(column.name for column in COLUMNS) + "\r\n").encode("cp1252")
    cells: list[Ints] = []
    digest = write(out, header, rendered, range(0, total, STEP), total, progress, cells.append)
    filled = np.sum(cells, axis=0)
    names = [(c.name, c.semantic_type, c.role, list(c.accept)) for c in COLUMNS]
    marks = [(texts, column) for column in notes]
    result = {"replica": "labs-2021", "seed": seed, "scale": scale, "sha256": digest}
    result |= _truth(plan, marks) | {"tables": [truth.table(out, total, names, filled)]}
    _records(out, plan, marks, names)
    truth.save(out, result)
    return result


def _notes(rng: np.random.Generator, plan: Plan, texts: Bank) -> tuple[Ints, Ints]:
    """The note of each record in either column, -1 for none."""
    columns = []
    for name in ("comment1", "comment2"):
        where = np.flatnonzero(plan.fill[name])
        column = np.full(len(plan.patient), -1, dtype=np.int64)
        column[where] = texts.draw(rng, len(where), SPECIAL)
        columns.append(column)
    return columns[0], columns[1]


def _truth(plan: Plan, marks: Marks) -> dict[str, Any]:
    real = ~plan.test
    people, patients = plan.people, np.flatnonzero(plan.people.patient)
    insured = np.unique(people.insured[plan.patient[real]])
    holders = insured[~people.patient[insured]]
    shown = real & (plan.dice > 0.2)
    samplers, doctors = len(np.unique(plan.sampler[shown])), len(np.unique(plan.doctor))
    roles = {"patient": len(patients), "professional": doctors + samplers, "insured": len(holders)}
    home = np.zeros(len(people), dtype=np.int64)
    home[plan.patient[real]] = plan.homes.commune[0][people.household[plan.patient[real]]]
    channels = {name: plan.fill[name] for name in ("email", "mobile")} | {"post": real & (plan.dice < 0.975)}
    persons = truth.persons(people, patients, home[patients], LAST_DAY, roles, int(plan.test.sum()))
    persons["by_role_detail"] = {"prescribers": doctors, "samplers": samplers, "insured_not_patient": len(holders)}
    persons["reachable_by"] = truth.reachable(plan.person, channels)
    return {
        "records": {"found": len(real), "read": len(real), "rejected": 0, "duplicates": 0},
        "persons": persons,
        "period": truth.period(plan.care),
        "controllers": truth.controllers(list(plan.labs), plan.lab, plan.person, truth.spoken(marks)),
        "special_categories": truth.special(plan.person, marks),
        "shares": {
            "special_notes": SPECIAL,
            "records_of_returning_persons": len(real) - len(patients) - int(plan.test.sum()),
        },
    }


def _records(out: Path, plan: Plan, marks: Marks, names: Names) -> None:
    patient = plan.people.patient
    identity = np.where(patient, np.cumsum(patient) - 1, patient.sum() + np.cumsum(~patient) - 1)
    with truth.RecordTruth(out, list(plan.labs), names) as file:
        for start in range(0, len(plan.patient), 1 << 18):
            cut = slice(start, start + (1 << 18))
            special = truth.said([(texts, column[cut]) for texts, column in marks])
            insured = identity[plan.people.insured[plan.patient[cut]]]
            file.add(plan.person[cut], len(identity) + plan.doctor[cut], plan.lab[cut], special, insured)
