"""Whole decisions on small invented tables: content first, header and neighbours second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pytest

from colmate.columns import TableColumns, recognise
from tests.columns.conftest import Decider
from tests.columns.people import CITIES, NOTES, People


def types(found: TableColumns) -> dict[str, str]:
    return {column.name: column.semantic_type for column in found.columns}


def patient_table(people: People) -> dict[str, list[str]]:
    return {
        "last_name": people.last(),
        "first_name": people.first(),
        "birth_date": people.date(),
        "sex": people.pick("M", "F"),
        "nir": people.nir(),
        "address": people.address(),
        "postcode": people.postcode(),
        "city": people.pick(*CITIES),
        "phone": people.mobile(),
        "email": people.sparse(people.email(), 0.4),
        "care_date": people.date(2017, 2020),
        "free_text": people.sparse(people.pick(*NOTES), 0.3),
        "blood_group": people.sparse(people.pick("A+", "O-", "B+"), 0.5),
    }


FRENCH = {
    "last_name": "NOM",
    "first_name": "PRENOM",
    "birth_date": "DATE_NAISSANCE",
    "sex": "SEXE",
    "nir": "NUM_SECU",
    "address": "ADRESSE1",
    "postcode": "CODE_POSTAL",
    "city": "VILLE",
    "phone": "TEL_PORTABLE",
    "email": "COURRIEL",
    "care_date": "DATE_VISITE",
    "free_text": "COMMENTAIRE",
    "blood_group": "GROUPE_SANGUIN",
}
ENGLISH = {
    "last_name": "surname",
    "first_name": "given_name",
    "birth_date": "dob",
    "sex": "gender",
    "nir": "ssn",
    "address": "street",
    "postcode": "zip",
    "city": "town",
    "phone": "mobile",
    "email": "email",
    "care_date": "visit_date",
    "free_text": "notes",
    "blood_group": "blood_type",
}
CRYPTIC = {
    "last_name": "P_NM",
    "first_name": "P_PRN",
    "birth_date": "P_DDN",
    "sex": "P_SX",
    "nir": "P_NSS",
    "address": "P_AD1",
    "postcode": "P_CP",
    "city": "P_VIL",
    "phone": "P_TL1",
    "email": "P_ML",
    "care_date": "P_DTVIS",
    "free_text": "P_RQ",
    "blood_group": "P_GRS",
}
NONE = {kind: f"column{index}" for index, kind in enumerate(FRENCH)}
# every name is true of another column
LYING = dict(zip(FRENCH, [*list(FRENCH.values())[3:], *list(FRENCH.values())[:3]], strict=True))


@pytest.mark.parametrize("names", [FRENCH, ENGLISH, NONE], ids=["french", "english", "none"])
@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
def test_a_patient_file(names: Mapping[str, str], backwards: bool, decide_table: Decider) -> None:
    table = patient_table(People())
    order = list(reversed(table)) if backwards else list(table)
    found = types(decide_table({names[kind]: table[kind] for kind in order}))
    assert found == {names[kind]: kind for kind in order}


def test_cryptic_names(decide_table: Decider) -> None:
    table = patient_table(People())
    found = types(decide_table({CRYPTIC[kind]: values for kind, values in table.items()}))
    sure = set(table) - {"care_date"}
    assert {found[CRYPTIC[kind]]: kind for kind in sure} == {kind: kind for kind in sure}


def test_lying_names(decide_table: Decider) -> None:
    table = patient_table(People())
    found = types(decide_table({LYING[kind]: values for kind, values in table.items()}))
    # dates of care under a liar's name are dates at least
    assert found.pop(LYING["care_date"]) in ("care_date", "date")
    assert found == {LYING[kind]: kind for kind in table if kind != "care_date"}


@pytest.mark.parametrize("name", ["commentaire administratif", "adresse2", "x"])
def test_free_text_is_known_by_its_content(name: str, decide_table: Decider) -> None:
    people = People()
    assert types(decide_table({"nom": people.last(), name: people.pick(*NOTES)}))[name] == "free_text"


def test_several_subjects_in_one_record(decide_table: Decider) -> None:
    people = People()
    found = decide_table(
        {
            "NOM": people.last(),
            "PRENOM": people.first(),
            "DDN": people.date(),
            "NIR": people.nir(),
            "ASS_NOM": people.last(),
            "ASS_PRENOM": people.first(),
            "ASS_DDN": people.date(1930, 1990),
            "MED_NOM": people.last(),
            "MED_PRENOM": people.first(),
            "MED_RPPS": people.rpps(),
            "MED_CP": people.postcode(),
            "PERS_CONF_TEL": people.mobile(),
        }
    )
    roles = {column.name: (column.semantic_type, column.role) for column in found.columns}
    assert roles["NOM"] == ("last_name", "patient")
    assert roles["NIR"] == ("nir", "patient")
    assert roles["ASS_NOM"] == ("last_name", "insured")
    assert roles["ASS_DDN"] == ("birth_date", "insured")
    assert roles["MED_PRENOM"] == ("first_name", "professional")
    assert roles["MED_RPPS"] == ("rpps", "professional")
    assert roles["MED_CP"] == ("postcode", "professional")
    assert roles["PERS_CONF_TEL"] == ("phone", "relative")


def test_a_password_is_the_patient_s_who_logs_in(decide_table: Decider) -> None:
    people = People()
    secrets = people.each(lambda: f"Zk{people.random.randint(1000, 9999)}qp")
    access = {"login": people.each(lambda: f"u{people.random.randint(1, 99999)}"), "mdp": secrets}
    with_patient = decide_table({"nom": people.last(), "prenom": people.first(), **access})
    assert [(c.semantic_type, c.role) for c in with_patient.columns[2:]] == [
        ("login", "patient"),
        ("password", "patient"),
    ]
    alone = decide_table(access)
    assert [(c.semantic_type, c.role) for c in alone.columns] == [("login", "account"), ("password", "account")]


@pytest.mark.parametrize(
    ("form", "layout", "first"),
    [("{2:02d}/{1:02d}/{0}", "dmy", "day"), ("{1:02d}/{2:02d}/{0}", "mdy", "month")],
)
def test_the_order_of_day_and_month_is_the_column_s(form: str, layout: str, first: str, decide_table: Decider) -> None:
    people = People()
    found = decide_table({"nom": people.last(), "date_naissance": people.date(form=form)}).columns[1]
    assert (found.semantic_type, found.layout, found.valid) == ("birth_date", layout, people.size)


def test_damaged_social_security_numbers_are_filled_but_not_valid(decide_table: Decider) -> None:
    people = People()
    numbers = people.nir()
    numbers[:30] = ["1,85057E+14"] * 30
    numbers[30:40] = [f"{number}.0" for number in numbers[30:40]]
    found = decide_table({"nom": people.last(), "num_secu": numbers}).columns[1]
    assert (found.semantic_type, found.filled, found.valid) == ("nir", 120, 90)


def test_a_column_of_damaged_numbers_alone_is_still_told_by_its_name(decide_table: Decider) -> None:
    people = People()
    found = decide_table({"nom": people.last(), "num_secu": ["1,85057E+14"] * people.size}).columns[1]
    assert (found.semantic_type, found.valid) == ("nir", 0)


def test_a_column_filled_in_a_few_records_is_typed_from_the_whole_table(decide_table: Decider) -> None:
    people = People(size=60_000)
    emails = [""] * people.size
    for index in range(0, people.size, 2_003):
        emails[index] = f"dr{index}@exemple.fr"
    found = decide_table({"id": [str(i) for i in range(people.size)], "MED_ML": emails}).columns[1]
    assert (found.semantic_type, found.role, found.filled, found.valid) == ("email", "professional", 30, 30)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"email": ["a@exemple.fr"]}, ["email"]),
        (
            {"nom": ["DUPONT"], "prenom": ["MARIE"], "naissance": ["12/03/1980"]},
            ["last_name", "first_name", "birth_date"],
        ),
        ({"x": [""]}, ["empty"]),
        ({"x": ["NULL", "\\N", "."]}, ["empty"]),
    ],
)
def test_tiny_tables(table: Mapping[str, Sequence[str]], expected: list[str], decide_table: Decider) -> None:
    assert [column.semantic_type for column in decide_table(table).columns] == expected


def test_a_generic_type_wins_over_a_wrong_specific_one(decide_table: Decider) -> None:
    people = People()
    found = types(
        decide_table(
            {
                "nom": people.last(),
                "date_inscription": people.date(2012, 2020),
                "nb_visites": people.each(lambda: str(people.random.randint(0, 40))),
                "statut": people.pick("A", "B", "X"),
            }
        )
    )
    assert found == {"nom": "last_name", "date_inscription": "date", "nb_visites": "number", "statut": "code"}


@pytest.mark.parametrize(
    ("name", "semantic_type"),
    [
        ("DT_PRELEV", "care_date"),
        ("DATPREL", "care_date"),
        ("sampling_date", "care_date"),
        ("DATE_ENTREE", "care_date"),
        ("date_creation", "date"),
        ("date_modification", "date"),
        ("DT_EDIT", "date"),
        ("DT_FIN_DR", "date"),
    ],
)
def test_what_a_recent_date_is_the_date_of(name: str, semantic_type: str, decide_table: Decider) -> None:
    people = People()
    found = types(decide_table({"nom": people.last(), name: people.date(2012, 2020), "med_rpps": people.rpps()}))
    assert found[name] == semantic_type


def test_the_only_date_of_a_record_of_care_is_the_care_s(decide_table: Decider) -> None:
    people = People()
    day = people.date(2012, 2020)
    record = {"nom": people.last(), "med_rpps": people.rpps()}
    assert types(decide_table({**record, "date": day}))["date"] == "care_date"
    # nothing tells of care, or there are two of them: what was done on that day is open
    assert types(decide_table({"nom": people.last(), "date": day}))["date"] == "date"
    two = types(decide_table({**record, "date": day, "date_creation": people.date(2012, 2020)}))
    assert two["date"] == "date"


@pytest.mark.parametrize(
    ("name", "repeated", "semantic_type"),
    [
        ("NUM_DOSS", False, "record_id"),
        ("no_dossier", False, "record_id"),
        ("NUM_DOSS", True, "stay_id"),
        ("num_sejour", False, "stay_id"),
        ("IEP", False, "stay_id"),
    ],
)
def test_a_number_that_no_two_records_share_numbers_records(
    name: str, repeated: bool, semantic_type: str, decide_table: Decider
) -> None:
    people = People()
    numbers = [f"D{1_000_000 + index // (2 if repeated else 1)}" for index in range(people.size)]
    assert types(decide_table({"nom": people.last(), name: numbers}))[name] == semantic_type


@pytest.mark.parametrize(
    ("name", "values", "semantic_type"),
    [
        ("laboratoire", ["LABO DES HALLES", "LABO DU PORT", "LABORATOIRE NORD"], "organisation_name"),
        ("c7", ["LABO DES HALLES", "CABINET DU PORT", "CENTRE MEDICAL NORD"], "organisation_name"),
        ("code_labo", ["L01", "L02", "L03"], "organisation_name"),
        ("id_cabinet", ["CAB01", "CAB02", "CAB03"], "code"),
        ("finess", ["010000024", "010780054"], "finess"),
    ],
)
def test_the_controller_is_the_column_that_names_organisations(
    name: str, values: list[str], semantic_type: str, decide_table: Decider
) -> None:
    people = People()
    table = {
        name: people.pick(*values),
        "nom": people.last(),
        "mutuelle": people.pick("MGEN", "HARMONIE MUTUELLE", "AXA"),
    }
    controller = decide_table(table).controller
    assert controller is not None
    assert controller.name == name
    # a code of laboratories names them as well as their name does
    coded = {"code", "organisation_name"}
    assert controller.semantic_type in (coded if semantic_type in coded and "_" in name else {semantic_type})


def test_an_insurer_answers_for_no_record(decide_table: Decider) -> None:
    people = People()
    found = decide_table({"nom": people.last(), "mutuelle": people.pick("MGEN", "HARMONIE MUTUELLE", "AXA SANTE")})
    assert found.controller is None
    assert found.columns[1].semantic_type == "insurer"


def test_the_primary_key(decide_table: Decider) -> None:
    people = People()
    found = decide_table({"nom": people.last(), "id": [str(i) for i in range(people.size)]})
    assert [(key.column, key.references) for key in found.keys] == [("id", None)]


def test_counts_are_of_the_whole_table(decide_table: Decider) -> None:
    people = People(size=45_000)
    phones = [f"0639{980000 + i % 10_000:06d}" for i in range(people.size)]
    phones[100:200] = ["0600000000"] * 100
    phones[200:300] = ["NULL"] * 100
    phones[300:400] = [""] * 100
    found = decide_table({"tel": phones}).columns[0]
    assert (found.semantic_type, found.records, found.filled, found.valid) == ("phone", 45_000, 44_800, 44_700)
    assert found.distinct == len(set(phones) - {""})


def test_many_columns(decide_table: Decider) -> None:
    table = {f"x{index}": ["a", "b", ""] for index in range(2_000)}
    found = decide_table(table)
    assert len(found.columns) == 2_000
    assert {column.filled for column in found.columns} == {2}


def test_a_few_notes_written_again_and_again_are_text() -> None:
    notes = ["RAS", "sous traitement depuis 2019", "appeler sa fille le soir", "", "revoir dans trois mois"]
    table = pa.table({"f1": [f"{n:05}" for n in range(60)], "f2": notes * 12})
    assert {column.name: column.semantic_type for column in recognise(table)}["f2"] == "free_text"
