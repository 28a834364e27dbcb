"""Leaks of many tables, from the files to the report: who is counted, and what reaches them from two tables away."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

import colmate
from tests import leaks, related

Tables = dict[str, list[list[str]]]


def analyse(folder: Path, tables: Tables) -> colmate.Report:
    """Write ``tables`` (name → header and rows) as a file each and analyse them as one leak."""
    folder.mkdir(exist_ok=True)
    files = [related.write(folder, name, rows[0], rows[1:]) for name, rows in tables.items()]
    return colmate.analyse(files, folder / "case", key=folder / "k")


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> colmate.Report:
    folder = tmp_path_factory.mktemp("clinic")
    return colmate.analyse(related.clinic(folder / "files"), folder / "case", key=folder / "k")


def test_only_the_patients_doctors_relatives_and_users_are_counted(clinic: colmate.Report) -> None:
    assert clinic.persons.by_role == {
        "patient": related.PATIENTS,
        "professional": related.DOCTORS,
        "relative": 5,
        "account": 3,
    }
    assert clinic.persons.insufficient_records == 0


def test_what_a_table_two_references_away_says_is_the_patients(clinic: colmate.Report) -> None:
    exposed = {item.semantic_type: item.persons for item in clinic.exposure}
    assert exposed["lab_result"] == exposed["lab_code"] == related.PATIENTS
    # forty stays have a diagnosis: the first forty patients'
    assert exposed["diagnosis_code"] == 40
    special = {item.category: item for item in clinic.special_categories}
    assert special["psychiatric"].asserted == 10
    assert special["pregnancy_fertility"].asserted == 10


def test_keys_and_references_are_told(clinic: colmate.Report) -> None:
    found = {(t.name, key.column): key.references for t in clinic.tables for key in t.keys if key.references}
    assert found == {
        ("patients", "medecin_id"): "medecins.id",
        ("sejours", "patient_id"): "patients.id",
        ("sejours", "medecin_id"): "medecins.id",
        ("resultats", "sejour_id"): "sejours.id",
        ("diagnostics", "sejour_id"): "sejours.id",
        ("observations", "patient_id"): "patients.id",
        ("contacts", "patient_id"): "patients.id",
        ("factures", "sejour_id"): "sejours.id",
    }


def test_tables_that_belong_together_are_one_controllers(clinic: colmate.Report) -> None:
    assert [(item.label, item.persons) for item in clinic.controllers] == [
        ("patients", related.PATIENTS + related.DOCTORS),
        ("utilisateurs", 3),
    ]
    assert sum(item.records for item in clinic.controllers) == clinic.records.read


def test_nomenclatures_alone_hold_nobody(tmp_path: Path) -> None:
    report = colmate.analyse(related.nomenclatures(tmp_path), tmp_path / "case", key=tmp_path / "k")
    assert report.persons.count == report.persons.insufficient_records == 0
    assert report.persons.interval == (0, 0)


def test_a_reference_without_its_record_is_a_person_by_number_once(tmp_path: Path) -> None:
    files = related.clinic(tmp_path / "files")
    patients = next(path for path in files if path.stem == "patients")
    with patients.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    related.write(patients.parent, "patients", rows[0], rows[1:51])
    report = colmate.analyse(files, tmp_path / "case", key=tmp_path / "k")
    # the ten patients that were cut off are known by their number in the stays
    assert report.persons.by_role["patient"] == related.PATIENTS
    exposed = {item.semantic_type: item.persons for item in report.exposure}
    assert exposed["lab_result"] == related.PATIENTS


def test_a_child_record_has_its_parents_controller(tmp_path: Path) -> None:
    sites = ["LABO DE VANNES", "LABO HENNEBONT"]
    tables: Tables = {
        "patients": [["id", "nom", "prenom", "date_naissance", "laboratoire"]]
        + [[str(100 + n), name, first, f"19{50 + n}-03-12", sites[n % 2]]
           for n, (name, first) in enumerate(
               zip(leaks.SURNAMES * 5, leaks.FIRST_NAMES * 5, strict=True))],
        "analyses": [["id", "patient_id", "code_loinc", "resultat"]]
        + [[str(5000 + n), str(100 + n % 40), "718-7", f"{10 + n % 7}.{n % 9}"] for n in range(80)],
    }  # fmt: skip
    report = analyse(tmp_path, tables)
    assert {item.label: item.records for item in report.controllers} == {"LABO DE VANNES": 60, "LABO HENNEBONT": 60}


def test_contact_data_in_a_table_of_its_own_reach_the_patient(tmp_path: Path) -> None:
    people = [leaks.row(n) for n in range(40)]
    tables: Tables = {
        "patients": [["id", "nom", "prenom", "date_naissance"]]
        + [[str(300 + n), person[0], person[1], person[2]] for n, person in enumerate(people)],
        "coordonnees": [["id", "patient_id", "email", "telephone"]]
        + [[str(n + 1), str(300 + n), f"contact{n}@example.org", f"01990{n:05}"] for n in range(40)],
    }
    report = analyse(tmp_path, tables)
    assert report.persons.by_role == {"patient": 40}
    assert report.persons.reachable_by["email"] == 40


def _family_notes() -> Tables:
    """Four patients of forty of whose relatives a note tells; the contacts say whose mother, brother, child is whom."""
    people = [leaks.row(n) for n in range(40)]
    told = ["mère bipolaire", "frère schizophrène", "sa fille est toxicomane", "père alcoolique, mère dépressive"]
    notes = [*told, *["à rappeler après 18 h"] * 36]
    # ODILE is called twice; LEA and ROMANE leave open which daughter; one patient's mother is in the file, no father
    contacts = [
        (0, "ODILE", "Mère", 1), (0, "ODILE", "Mère", 1), (1, "LUC", "Frère", 2), (2, "LEA", "Fille", 3),
        (2, "ROMANE", "Fille", 4), (3, "HUGUETTE", "Mère", 5), (3, "PAUL", "Ami", 6),
        *[(n, first, link, 10 + n) for n, first, link in zip(
            range(4, 24), ["ALAIN", "NICOLE", "YVES", "SYLVIE"] * 5, ["Conjoint", "Mère", "Père", "Soeur"] * 5,
            strict=True)],
    ]  # fmt: skip
    return {
        "patients": [["id", "nom", "prenom", "date_naissance", "remarques"]]
        + [[str(300 + n), *person[:3], notes[n]] for n, person in enumerate(people)],
        "personnes_a_prevenir": [["id", "patient_id", "nom", "prenom", "telephone", "lien_parente"]]
        + [
            [str(n + 1), str(300 + patient), people[patient][0], first, f"06399{70_000 + phone:05}", link]
            for n, (patient, first, link, phone) in enumerate(contacts)
        ],
    }


def test_relatives_of_whom_notes_tell_are_held_where_one_contact_is_of_that_kin(tmp_path: Path) -> None:
    report = analyse(tmp_path, _family_notes())
    columns = {column.name: column.semantic_type for table in report.tables for column in table.columns}
    assert columns["lien_parente"] == "kinship"
    near = report.relatives
    assert near.by_kin == {"mother": 2, "brother": 1, "daughter": 1, "father": 1}
    assert (near.at_least, near.at_most, near.patients) == (5, 5, 4)
    # the mother named twice, the brother, the other mother; which daughter is not known, nor who the father is
    assert near.held == 3
    page = (tmp_path / "case" / "report.html").read_text(encoding="utf-8")
    assert re.search(r"par un contact du patient \(personne à prévenir, de confiance…\)\s:\s3\.", page)
    assert not any(name in page for name in ("ODILE", "HUGUETTE", "ROMANE"))


def test_relatives_are_held_beside_their_patient_in_one_table(tmp_path: Path) -> None:
    tables = _family_notes()
    _, *patients = tables["patients"]
    whom = [("ODILE", "mère"), ("LUC", "frère"), ("LEA", "fille"), ("PAUL", "ami"), ("ALAIN", "conjoint")]
    header = ["nom", "prenom", "date_naissance", "remarques", "contact_nom", "contact_prenom", "contact_tel",
              "contact_lien"]  # fmt: skip
    rows = [
        [*row[1:], f"{row[1]}X", whom[n % 5][0], f"06399{60_000 + n:05}", whom[n % 5][1]]
        for n, row in enumerate(patients)
    ]
    # mother, brother and daughter are named; the fourth patient's contact is a friend
    assert analyse(tmp_path, {"patients": [header, *rows]}).relatives.held == 3
