"""What a database's tables tell of each other: vague names, classes of references, establishments, whose contacts."""

from __future__ import annotations

import pytest

from colmate.columns import tie
from colmate.columns.contexts import header_in, numbers_records
from colmate.columns.decision import Decision
from colmate.engine import Engine
from tests import leaks
from tests.columns.test_relations import PATIENTS, Cells, numbers, tables


@pytest.mark.parametrize(
    ("table", "column", "semantic_type", "named"),
    [
        ("diagnostic", "code", "diagnosis_code", True),
        ("cim10", "code", "diagnosis_code", True),
        ("prescription_medicament", "libelle", "drug", True),
        ("patients", "code", "diagnosis_code", False),
        ("diagnostic", "code_postal", "diagnosis_code", False),
        ("", "code", "diagnosis_code", False),
    ],
)
def test_a_vague_name_takes_its_tables_words(table: str, column: str, semantic_type: str, named: bool) -> None:
    assert (header_in(table, column).score(semantic_type) >= 0.45) is named


def test_a_number_is_not_what_it_numbers() -> None:
    with Engine() as engine:
        given: dict[str, Cells] = {
            "diagnostic": {"diagnostic_id": numbers(1, 40), "code": ["F322", "I10", "E119", "J459"] * 10},
            "user_log": {"user_log_id": numbers(900, 40), "user_id": numbers(7, 40), "action": ["lu", "vu"] * 20},
        }
        diagnostic, log = tables(engine, given)
        assert [column.semantic_type for column in diagnostic.decided.columns] == ["record_id", "diagnosis_code"]
        assert [column.semantic_type for column in log.decided.columns][:2] == ["record_id", "record_id"]
    assert numbers_records("login", Decision("login", 0.9), None).semantic_type == "login"


VISITS: Cells = {"visite_id": numbers(5000, 40), "patient_id": numbers(1, 40), "motif_code": ["A", "B"] * 20}


def test_a_class_beside_a_number_tells_the_table_it_refers_to() -> None:
    given: dict[str, Cells] = {
        "patients": PATIENTS,
        "visite": VISITS,
        "document": {
            "document_id": numbers(90, 60),
            "object_class": ["CVisite"] * 40 + ["CPatient"] * 20,
            "object_id": [*numbers(5000, 40), *numbers(1, 20)],
        },
    }
    with Engine() as engine:
        tied = tie(engine, tables(engine, given))
        found = {(one.parent, one.when) for one in tied.relations if one.child == 3}
        assert found == {(2, ("c1", "CVisite")), (1, ("c1", "CPatient"))}


@pytest.mark.parametrize("broken", ["CVisite", "CAutre"])
def test_a_class_whose_numbers_are_not_there_tells_nothing(broken: str) -> None:
    given: dict[str, Cells] = {
        "visite": VISITS,
        "document": {"id": numbers(90, 40), "object_class": [broken] * 40, "object_id": numbers(70_000, 40)},
    }
    with Engine() as engine:
        assert [one for one in tie(engine, tables(engine, given)).relations if one.when] == []


def test_establishments_that_records_refer_to_are_their_controllers() -> None:
    given: dict[str, Cells] = {
        "groups": {
            "group_id": ["1", "2", "3"],
            "text": ["CLINIQUE DES AJONCS", "HOPITAL DU VAL", "EHPAD LES PINS"],
            "finess": ["560000127", "560000135", "560000143"],
            "tel": ["0199000001", "0199000002", "0199000003"],
        },
        "patients": {**PATIENTS, "group_id": ["1", "2", "3", "1"] * 10},
    }
    with Engine() as engine:
        tied = tie(engine, tables(engine, given))
        groups, patients = tied.tables
        assert {column.role for column in groups.decided.columns} == {None}
        assert patients.decided.controller is not None and patients.decided.controller.name == "group_id"
        assert tied.owners == {2: dict(zip("123", given["groups"]["text"], strict=True))}


def test_correspondents_whose_birth_is_told_are_relatives_not_doctors() -> None:
    contacts: Cells = {
        "correspondant_patient_id": numbers(300, 40),
        "patient_id": numbers(1, 40),
        "relation": ["confiance", "prevenir"] * 20,
        "nom": [leaks.row(n + 3)[0] for n in range(40)],
        "prenom": [leaks.row(n + 17)[1] for n in range(40)],
        "naissance": [leaks.row(n + 29)[2] for n in range(40)],
        "tel": [leaks.row(n + 100)[5] for n in range(40)],
    }
    with Engine() as engine:
        tied = tie(engine, tables(engine, {"patients": PATIENTS, "correspondant_patient": contacts}))
        kinds = {column.name: (column.semantic_type, column.role) for column in tied.tables[1].decided.columns}
        assert kinds["nom"] == ("last_name", "relative")
        assert kinds["patient_id"] == ("patient_id", "patient")
        assert kinds["correspondant_patient_id"][0] == "record_id"
