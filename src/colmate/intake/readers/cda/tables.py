"""The tables that clinical documents become, and what the standard says of their columns."""

from __future__ import annotations

from typing import Final

from colmate.intake.reading import Declared, Meaning, Reference
from colmate.model import Role

__all__ = [
    "DECLARED",
    "DOCUMENT",
    "DOCUMENTS",
    "OBSERVATIONS",
    "ORGANISATIONS",
    "PATIENTS",
    "PROFESSIONALS",
    "RELATIVES",
    "SECTION",
    "SECTIONS",
]

DOCUMENTS: Final = "cda_document"
PATIENTS: Final = "cda_patient"
PROFESSIONALS: Final = "cda_professional"
RELATIVES: Final = "cda_relative"
ORGANISATIONS: Final = "cda_organisation"
SECTIONS: Final = "cda_section"
OBSERVATIONS: Final = "cda_observation"
# keys made of the number of the file and of the document in it
DOCUMENT: Final = "document"
SECTION: Final = "section"

TO_DOCUMENT: Final = Reference((DOCUMENT,), DOCUMENTS, (DOCUMENT,))
TO_SECTION: Final = Reference((SECTION,), SECTIONS, (SECTION,))


def _person(role: Role) -> dict[str, Meaning]:
    columns = "last_name birth_name used_name first_name full_name title address postcode city country commune_code"
    meanings = {column: Meaning(column, role) for column in columns.split()}
    meanings["birth_first_names"] = Meaning("first_name", role)
    for kind in ("phone", "email"):
        meanings |= {column: Meaning(kind, role) for column in (kind, f"{kind}_2", f"{kind}_3")}
    return meanings


PATIENT: Final = {
    **_person("patient"),
    "ins": Meaning("ins", "patient"),
    "patient_id": Meaning("patient_id", "patient"),
    "patient_id_2": Meaning("patient_id", "patient"),
    "sex": Meaning("sex", "patient"),
    "birth_date": Meaning("birth_date", "patient"),
    "death_date": Meaning("death_date", "patient"),
    "marital_status": Meaning("marital_status", "patient"),
    "birth_place": Meaning("birth_place", "patient"),
    "birth_place_code": Meaning("commune_code", "patient"),
}
ORGANISATION: Final = {column: Meaning(column) for column in ("organisation_name", "finess", "siren", "siret")}
PROFESSIONAL: Final = {
    **_person("professional"),
    **ORGANISATION,
    "rpps": Meaning("rpps", "professional"),
    "adeli": Meaning("adeli", "professional"),
    "specialty": Meaning("specialty", "professional"),
    "time": Meaning("care_date"),
}
CODES: Final = {
    column: Meaning(column)
    for column in ("diagnosis_code", "diagnosis", "procedure_code", "lab_code", "lab_test", "drug_code", "drug", "unit")
}

DECLARED: Final = {
    DOCUMENTS: Declared(
        (DOCUMENT,),
        meanings={
            DOCUMENT: Meaning("record_id"),
            "date": Meaning("care_date"),
            "encounter_start": Meaning("care_date"),
            "encounter_end": Meaning("care_date"),
            "encounter_id": Meaning("stay_id"),
            "place": Meaning("organisation_name"),
        },
    ),
    PATIENTS: Declared(references=(TO_DOCUMENT,), meanings=PATIENT, subject="patient"),
    PROFESSIONALS: Declared(references=(TO_DOCUMENT,), meanings=PROFESSIONAL, subject="professional"),
    RELATIVES: Declared(
        references=(TO_DOCUMENT,),
        meanings=_person("relative") | {"relation": Meaning("kinship", "relative")},
        subject="relative",
    ),
    ORGANISATIONS: Declared(references=(TO_DOCUMENT,), meanings=ORGANISATION),
    SECTIONS: Declared(
        (SECTION,), (TO_DOCUMENT,), {SECTION: Meaning("record_id"), "text": Meaning("free_text")}, subject="patient"
    ),
    OBSERVATIONS: Declared(
        references=(TO_DOCUMENT, TO_SECTION),
        meanings={
            **CODES,
            "text": Meaning("free_text"),
            "date": Meaning("care_date"),
            "end_date": Meaning("care_date"),
        },
        subject="patient",
    ),
}
