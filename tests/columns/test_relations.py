"""Which table refers to which, by declared keys, by values and names together; and what that tells of roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pytest

from colmate.columns import RecordsTable, RelatedTable, Relation, decide_all, relate, settle
from colmate.columns.naming import told_by_name
from colmate.engine import Engine
from colmate.intake.reading import Declared, Meaning, Reference
from tests import leaks

Cells = Mapping[str, Sequence[str]]


def tables(
    engine: Engine, given: Mapping[str, Cells], declared: Mapping[str, Declared] | None = None
) -> list[RelatedTable]:
    made = []
    for number, (name, cells) in enumerate(given.items(), 1):
        count = len(next(iter(cells.values())))
        data = {f"c{place}": pa.array(values, pa.string()) for place, values in enumerate(cells.values())}
        records = engine.memtable(
            pa.table({"record": pa.array(range(1, count + 1), pa.int64())} | data), f"rel{number}"
        )
        made.append(RecordsTable(records, list(cells), count, name, (declared or {}).get(name, Declared())))
    decided = decide_all(engine, made)
    return [RelatedTable(number, one, found) for number, (one, found) in enumerate(zip(made, decided, strict=True), 1)]


def told(known: Sequence[RelatedTable], found: Sequence[Relation]) -> set[tuple[str, str]]:
    by_number = {table.number: table for table in known}
    return {
        (
            f"{by_number[one.child].table.name}.{by_number[one.child].fields[one.columns[0]].name}",
            f"{by_number[one.parent].table.name}.{by_number[one.parent].fields[one.targets[0]].name}",
        )
        for one in found
    }


def numbers(first: int, count: int, step: int = 1) -> list[str]:
    return [str(first + n * step) for n in range(count)]


PATIENTS: Cells = {
    "id": numbers(1, 40),
    "nom": [leaks.row(n)[0] for n in range(40)],
    "prenom": [leaks.row(n)[1] for n in range(40)],
    "date_naissance": [leaks.row(n)[2] for n in range(40)],
}


@pytest.mark.parametrize(
    ("column", "table", "key", "at_least"),
    [
        ("patient_id", "patients", "id", 0.9),
        ("id_patient", "patients", "id", 0.9),
        ("idpatient", "PATIENTS", "id", 0.9),
        ("PAT_ID", "patient", "id", 0.7),
        ("num_dossier", "dossiers", "num", 0.9),
        ("person_id", "PERSON", "person_id", 0.9),
        ("preceding_visit_occurrence_id", "visit_occurrence", "visit_occurrence_id", 0.9),
        ("prescripteur_id", "medecins", "id", 0.7),
        ("medecin_traitant_id", "medecins", "id", 0.9),
        ("AlbumId", "Album", "AlbumId", 0.9),
        ("sejour", "mvt_sejours", "num", 0.5),
        ("owner_id", "users", "user_id", 0.7),
        ("created_by", "app_utilisateurs", "id", 0.7),
        ("id_auteur", "comptes", "id", 0.7),
        ("praticien_id", "users", "id", 0.7),
        ("venue_id", "sejours", "id", 0.5),
    ],
)
def test_names_that_mean_a_key(column: str, table: str, key: str, at_least: float) -> None:
    assert told_by_name(column, table, key, "lettres") >= at_least


@pytest.mark.parametrize(
    ("column", "table", "key"),
    [("id", "patients", "id"), ("code", "communes", "code"), ("montant", "patients", "id"), ("num", "dossiers", "num"),
     ("unite", "unix_users", "id"), ("statut", "stations", "id"), ("nb_consultant", "users", "id"),
     ("user_type", "staff", "id"), ("owner_id", "patients", "id"), ("created_at", "users", "id")],
)  # fmt: skip
def test_names_that_mean_none(column: str, table: str, key: str) -> None:
    assert told_by_name(column, table, key, "lettres") < 0.5


def test_a_reference_is_told_by_values_and_name_together(engine: Engine) -> None:
    known = tables(engine, {
        "patients": PATIENTS,
        "sejours": {"id": numbers(900, 60), "patient_id": numbers(1, 40) + numbers(1, 20), "lit": numbers(1, 60)},
        "actes": {"id": numbers(7000, 60), "sejour_id": numbers(900, 60), "quantite": ["1", "2", "3"] * 20},
    })  # fmt: skip
    # beds and quantities are among the patients' numbers by chance
    assert told(known, relate(engine, known)) == {
        ("sejours.patient_id", "patients.id"),
        ("actes.sejour_id", "sejours.id"),
    }


def test_who_acted_is_in_the_table_that_the_numbers_fill(engine: Engine) -> None:
    staff = {"user_id": numbers(1, 12), "login": [f"u{n}" for n in range(12)], "actif": ["1", "0"] * 6}
    known = tables(engine, {
        "medecins": {"id": numbers(1, 40), "nom": [leaks.row(n)[0] for n in range(40)]},
        "users": staff,
        "lettres": {"id": numbers(800, 60), "author_id": numbers(1, 12) * 5, "medecin_id": numbers(1, 30) * 2},
    })  # fmt: skip
    assert told(known, relate(engine, known)) == {
        ("lettres.author_id", "users.user_id"),
        ("lettres.medecin_id", "medecins.id"),
    }


def test_a_key_is_the_same_however_it_was_exported(engine: Engine) -> None:
    known = tables(
        engine,
        {"patients": PATIENTS, "mesures": {"id": numbers(500, 30), "patient_id": [f" {n}.0" for n in range(1, 31)]}},
    )
    assert told(known, relate(engine, known)) == {("mesures.patient_id", "patients.id")}


def test_part_of_the_parent_may_be_cut_off_and_values_of_nowhere_are_no_reference(engine: Engine) -> None:
    known = tables(engine, {
        "patients": PATIENTS,
        "notes": {"id": numbers(500, 60), "patient_id": numbers(1, 60)},
        "factures": {"id": numbers(800, 60), "patient_id": numbers(5001, 60)},
    })  # fmt: skip
    assert told(known, relate(engine, known)) == {("notes.patient_id", "patients.id")}


def test_declared_references_and_meanings_stand_above_what_is_found(engine: Engine) -> None:
    declared = {
        "lignes": Declared(references=(Reference(("a", "b"), "entetes", ("x", "y")),)),
        "entetes": Declared(primary=("x", "y"), meanings={"z": Meaning("nir", "insured")}),
    }
    known = tables(engine, {
        "entetes": {"x": ["1", "1", "2"], "y": ["1", "2", "1"], "z": ["q", "r", ""]},
        "lignes": {"a": ["1", "1", "2", "2"], "b": ["1", "2", "1", "1"]},
    }, declared)  # fmt: skip
    (found,) = relate(engine, known)
    assert (found.child, found.columns, found.parent, found.targets, found.declared) == (
        2,
        ("c0", "c1"),
        1,
        ("c0", "c1"),
        True,
    )
    column = known[0].fields["c2"]
    assert (column.semantic_type, column.role, column.confidence) == ("nir", "insured", 0.99)
    assert (column.filled, column.valid, column.distinct) == (2, 0, 2)
    assert [key.column for key in known[0].decided.keys] == ["x", "y"]


def test_a_declared_column_without_a_value_is_empty(engine: Engine) -> None:
    known = tables(engine, {"t": {"a": ["1", "2"], "b": ["", ""]}}, {"t": Declared(meanings={"b": Meaning("nir")})})
    assert known[0].fields["c1"].semantic_type == "empty"


def test_names_beside_a_reference_are_relatives_unless_they_are_the_patients(engine: Engine) -> None:
    some = range(20)
    again = {"id": numbers(700, 20), "patient_id": numbers(1, 20), "nom": [PATIENTS["nom"][n] for n in some],
             "prenom": [PATIENTS["prenom"][n] for n in some]}  # fmt: skip
    others = again | {"prenom": [leaks.FIRST_NAMES[(n // 8 + 3) % 8] for n in some]}
    known = tables(engine, {"patients": PATIENTS, "courriers": again, "proches": others})
    settled = settle(engine, known, relate(engine, known))
    roles = [{column.name: column.role for column in table.decided.columns} for table in settled]
    assert roles[1]["prenom"] == "patient"
    assert roles[2]["prenom"] == roles[2]["nom"] == "relative"
    assert roles[2]["patient_id"] == "patient"
    # what patients' numbers refer to is a patient's number
    assert settled[0].fields["c0"].semantic_type == "patient_id"


@pytest.mark.parametrize(
    ("name", "cells", "role"),
    [
        (
            "medecins",
            {"nom": ["MERCADIER", "TRONCHET"], "telephone": ["01 99 00 11 22", "01 99 00 11 23"]},
            "professional",
        ),
        ("utilisateurs", {"login": ["anne", "paul"], "email": ["a@example.fr", "p@example.fr"]}, "account"),
        ("assures", {"nom": ["MERCADIER", "TRONCHET"], "prenom": ["HELENE", "PIERRE"]}, "insured"),
        ("patients", {"nom": ["MERCADIER", "TRONCHET"], "prenom": ["HELENE", "PIERRE"]}, "patient"),
        ("contacts", {"nom": ["MERCADIER", "TRONCHET"], "prenom": ["HELENE", "PIERRE"]}, "patient"),
    ],
)
def test_a_tables_name_tells_whose_it_is(engine: Engine, name: str, cells: Cells, role: str) -> None:
    (known,) = tables(engine, {name: cells})
    assert {column.role for column in known.decided.columns} == {role}


NOBODY: dict[str, Cells] = {
    "communes": {"code_insee": ["56260", "56121", "56007"], "nom": ["VANNES", "LORIENT", "AURAY"],
                 "code_postal": ["56000", "56100", "56400"]},
    "villes": {"ville": ["VANNES", "LORIENT"], "code_postal": ["56000", "56100"]},
    "prenoms": {"prenom": ["MARIE", "JEAN", "AGATHE"], "sexe": ["F", "M", "F"], "nombre": ["1200", "1100", "90"]},
    "patronymes": {"nom": ["MARTIN", "BERNARD", "DUBOIS"], "nombre": ["235846", "105132", "95998"]},
    "caisses": {"code": ["011", "012"], "nom": ["CPAM DE VANNES", "CPAM DE BREST"],
                "adresse": ["1 rue de la Gare", "2 rue de la Gare"],
                "telephone": ["02 99 00 11 22", "02 99 00 11 23"]},
    "etablissements": {"raison_sociale": ["CLINIQUE OCEANE", "LABORATOIRE DU GOLFE"],
                       "adresse": ["1 rue Foch", "2 rue Foch"],
                       "telephone": ["02 99 00 11 22", "02 99 00 11 23"], "email": ["a@example.fr", "b@example.fr"]},
}  # fmt: skip


@pytest.mark.parametrize("name", NOBODY)
def test_a_reference_table_is_about_nobody(engine: Engine, name: str) -> None:
    (known,) = tables(engine, {name: NOBODY[name]})
    assert {column.role for column in known.decided.columns} == {None}
    assert known.decided.controller is None


SOMEBODY: dict[str, Cells] = {
    "names and dates": {"nom": ["MARTIN", "BERNARD"], "date_naissance": ["01/02/1950", "03/04/1960"]},
    "names with notes": {"nom": ["MARTIN", "BERNARD"],
                         "commentaire": ["suivi depuis deux ans pour diabète", "rappeler avant dix heures"]},
    "customers of a firm": {"societe": ["SARL DURAND", "SARL PETIT"],
                             "prenom": ["ANNE", "PAUL"], "nom": ["DURAND", "PETIT"]},
    "contacts only": {"email": ["a.martin@example.fr", "b.petit@example.fr"], "ville": ["VANNES", "LORIENT"]},
}  # fmt: skip


@pytest.mark.parametrize("name", SOMEBODY)
def test_persons_are_not_taken_for_a_list(engine: Engine, name: str) -> None:
    (known,) = tables(engine, {"export": SOMEBODY[name]})
    assert "patient" in {column.role for column in known.decided.columns}
