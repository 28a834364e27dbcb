from __future__ import annotations

import pytest

from colmate.columns.headers import generated, read, split


@pytest.mark.parametrize(
    ("name", "semantic_type", "role"),
    [
        ("NUM_SECU", "nir", None),
        ("N° Sécurité sociale", "nir", None),
        ("NIR", "nir", None),
        ("DT_NAISS", "birth_date", None),
        ("DateNaissance", "birth_date", None),
        ("DTNAISS", "birth_date", None),
        ("ddn", "birth_date", None),
        ("date_of_birth", "birth_date", None),
        ("NOM_JF", "birth_name", None),
        ("nom_jeune_fille", "birth_name", None),
        ("maidenName", "birth_name", None),
        ("PREN", "first_name", None),
        ("CIVIL", "title", None),
        ("cp", "postcode", None),
        ("tel_port", "phone", None),
        ("mdp", "password", None),
        ("commentaire_administratif", "free_text", None),
        ("rques", "free_text", None),
        ("ASS_NOM", "last_name", "insured"),
        ("NOMASS", "last_name", "insured"),
        ("Nom assuré", "last_name", "insured"),
        ("MED_PRENOM", "first_name", "professional"),
        ("medecin_traitant_email", "email", "professional"),
        ("prescriber_zip_code", "postcode", "professional"),
        ("tel_personne_confiance", "phone", "relative"),
        ("prenom_pere", "first_name", "relative"),
        ("PatientLastName", "last_name", "patient"),
        ("DT_DERN_VISITE", "care_date", None),
        ("GRP_SANG", "blood_group", None),
        ("CODE_INSEE", "commune_code", None),
        ("lib_mutuelle", "insurer", None),
    ],
)
def test_reads(name: str, semantic_type: str, role: str | None) -> None:
    header = read(name)
    assert max(header.scores, key=lambda one: header.scores[one]) == semantic_type
    assert header.role == role


@pytest.mark.parametrize(
    "name",
    [
        "DT_PRELEV",
        "DATE_PRELEVEMENT",
        "DATPREL",
        "DTPRELEV",
        "P_DTVIS",
        "derniere_visite",
        "date_consultation",
        "dt_exam",
        "DATE_ENTREE",
        "DT_SORTIE",
        "admission_date",
        "visit_date",
        "sampling_date",
        "dateVisite",
        "dte_hospit",
        "date_realisation",
        "DATE_ACTE",
        "dt_soin",
        "date_sejour",
        "DT_ANALYSE",
        "DT_CONSULT",
    ],
)
def test_a_date_of_care_by_any_way_of_writing_date(name: str) -> None:
    header = read(name)
    # "date" counts for half beside a word of the event
    assert header.score("care_date") >= 0.85
    assert header.score("birth_date") < 0.5


@pytest.mark.parametrize("name", ["date_creation", "date_modification", "DT_EDIT", "DT_FIN_DR", "DATE", "DT_NAISS"])
def test_a_date_of_anything_else_is_not_of_care(name: str) -> None:
    assert read(name).score("care_date") < 0.45


@pytest.mark.parametrize("name", ["", "3", "col_3", "Column12", "Unnamed: 4", "c0", "champ 7", "_c5"])
def test_made_up_names_say_nothing(name: str) -> None:
    assert generated(name)
    assert not read(name).scores


@pytest.mark.parametrize("name", ["nom", "cp", "tel1", "c_postal"])
def test_true_names_are_not_made_up(name: str) -> None:
    assert not generated(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [("DateOfBirth", ("date", "of", "birth")), ("TÉL-1", ("tel", "1")), ("adresse2", ("adresse", "2"))],
)
def test_split(name: str, words: tuple[str, ...]) -> None:
    assert split(name) == words
