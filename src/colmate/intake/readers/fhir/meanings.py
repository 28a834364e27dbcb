"""What the standard says of the tables: names, keys, references, and the meaning of columns, by type of resource.

Source: HL7 FHIR R4, the definition of each element (https://hl7.org/fhir/R4/resourcelist.html).
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Final

from colmate.intake.readers.fhir.datatypes import snake
from colmate.intake.reading import Declared, Meaning, Reference
from colmate.model import Role

__all__ = ["PERSONS", "declared", "table_of"]

TABLES: Final = {
    "AllergyIntolerance": "allergies",
    "DocumentReference": "documents",
    "Binary": "binaries",
    "DiagnosticReport": "diagnostic_reports",
    "FamilyMemberHistory": "family_histories",
    "MedicationStatement": "medication_statements",
    "Patient.contact": "patient_contacts",
    "Observation.component": "observation_components",
}
# whose person it is, by type
PERSONS: Final[Mapping[str, Role]] = {
    "Patient": "patient",
    "Practitioner": "professional",
    "RelatedPerson": "relative",
    "Person": "patient",
    "Patient.contact": "relative",
}
TRAITS: Final = (
    "birth_name", "used_name", "last_name", "first_name", "full_name", "title", "sex", "birth_date", "death_date",
    "marital_status", "email", "address", "postcode", "city", "country",
    "rpps", "adeli", "passport_number", "tax_number", "insurer_member_id",
)  # fmt: skip
ALIASES: Final = {
    "first_names": "first_name",
    "first_names_other": "first_name",
    "used_first_name": "first_name",
    "used_first_names_other": "first_name",
    "nickname": "first_name",
    "old_last_name": "last_name",
    "old_first_name": "first_name",
    "nir": "nir",
    "old_nir": "nir",
    "nss": "nir",
    "ins_c": "ins",
    "ipp": "patient_id",
    "birth_city": "birth_place",
    "birth_insee_code": "commune_code",
    "insee_code": "commune_code",
    "other_1_address": "address",
    "other_1_postcode": "postcode",
    "other_1_city": "city",
    "narrative": "free_text",
    **{f"phone_{place}": "phone" for place in range(2, 10)},
    **{f"email_{place}": "email" for place in range(2, 10)},
    "phone": "phone",
    "fax": "phone",
    "deceased": "boolean",
    "qualification_code": "specialty",
}
# columns that any resource may have, by their name
COMMON: Final = {
    "narrative": "free_text",
    "note": "free_text",
    "note_text": "free_text",
    "text": "free_text",
    "comment": "free_text",
    "conclusion": "free_text",
    "description": "free_text",
    "patient_instruction": "free_text",
    "dosage_instruction": "free_text",
    "dosage_instruction_text": "free_text",
    "dosage_instruction_patient_instruction": "free_text",
    "encounter": "stay_id",
    "meta_last_updated": "timestamp",
    "period_start": "care_date",
    "period_end": "care_date",
    "code_icd10": "diagnosis_code",
    "code_ccam": "procedure_code",
    "reason_code_icd10": "diagnosis_code",
    "reason_code": "diagnosis",
    "participant_individual_display": "professional_name",
    "performer_display": "professional_name",
    "performer_actor_display": "professional_name",
    "requester_display": "professional_name",
    "recorder_display": "professional_name",
    "general_practitioner_display": "professional_name",
    "managing_organization_display": "organisation_name",
    "service_provider_display": "organisation_name",
    "custodian_display": "organisation_name",
}
# and those of some types
COLUMNS: Final[Mapping[str, Mapping[str, str]]] = {
    "Condition": {
        "code": "diagnosis",
        "onset_date_time": "care_date",
        "recorded_date": "care_date",
        "abatement_date_time": "care_date",
        "onset_string": "free_text",
    },
    "Observation": {
        "code": "lab_test",
        "code_loinc": "lab_code",
        "value_quantity": "lab_result",
        "value_quantity_unit": "unit",
        "value_string": "free_text",
        "value_codeable_concept": "lab_result",
        "effective_date_time": "care_date",
        "issued": "timestamp",
    },
    "Observation.component": {
        "code": "lab_test",
        "code_loinc": "lab_code",
        "value_quantity": "lab_result",
        "value_quantity_unit": "unit",
        "value_string": "free_text",
    },
    "DiagnosticReport": {"code_loinc": "lab_code", "effective_date_time": "care_date", "issued": "timestamp"},
    "MedicationRequest": {
        "medication_codeable_concept": "drug",
        "medication_codeable_concept_atc": "drug_code",
        "medication_codeable_concept_cip": "drug_code",
        "authored_on": "care_date",
        "reason_code": "diagnosis",
    },
    "MedicationStatement": {
        "medication_codeable_concept": "drug",
        "medication_codeable_concept_atc": "drug_code",
        "medication_codeable_concept_cip": "drug_code",
        "effective_date_time": "care_date",
    },
    "Medication": {"code": "drug", "code_atc": "drug_code", "code_cip": "drug_code"},
    "Procedure": {
        "performed_date_time": "care_date",
        "performed_period_start": "care_date",
        "performed_period_end": "care_date",
    },
    "AllergyIntolerance": {"code": "allergy", "recorded_date": "care_date", "reaction_description": "free_text"},
    "Immunization": {"vaccine_code": "drug", "vaccine_code_cip": "drug_code", "occurrence_date_time": "care_date"},
    "Coverage": {"subscriber_id": "insurer_member_id", "payor_display": "insurance_body"},
    "DocumentReference": {"date": "timestamp", "text": "free_text"},
    "Organization": {"name": "organisation_name", "finess": "finess", "siret": "siret", "siren": "siren"},
    "PractitionerRole": {"practitioner_display": "professional_name", "specialty": "specialty"},
    "Encounter": {"reason_code": "diagnosis"},
    "Communication": {"payload_content_string": "free_text"},
    "Practitioner": {"qualification_code": "specialty"},
}
# columns that hold the key of a resource of one type
KEYS: Final = {
    "patient": "Patient",
    "encounter": "Encounter",
    "practitioner": "Practitioner",
    "general_practitioner": "Practitioner",
    "managing_organization": "Organization",
    "service_provider": "Organization",
    "organization": "Organization",
    "observation": "Observation",
    "binary": "Binary",
}


def table_of(kind: str) -> str:
    """Return the table for a type of resource."""
    known = TABLES.get(kind)
    if known:
        return known
    name = snake(kind)
    return f"{name[:-1]}ies" if name.endswith("y") else name if name.endswith("s") else f"{name}s"


def declared(kind: str, names: Set[str]) -> Declared:
    """Return what the standard says of the table of a type of resource, of which the columns are ``names``."""
    role = PERSONS.get(kind)
    meanings = {name: Meaning(meant) for name, meant in COMMON.items()}
    for name in ("participant_individual_display", "performer_display", "performer_actor_display",
                 "requester_display", "recorder_display", "general_practitioner_display"):  # fmt: skip
        meanings[name] = Meaning("professional_name", "professional")
    if role:
        meanings |= {name: Meaning(name, role) for name in TRAITS}
        meanings |= {name: Meaning(meant, role) for name, meant in ALIASES.items()}
    meanings |= {name: Meaning(meant, role) for name, meant in COLUMNS.get(kind, {}).items()}
    meanings["id"] = Meaning("patient_id" if kind == "Patient" else "record_id", role)
    meanings["patient"] = Meaning("patient_id", "patient")
    meanings["patient_display"] = Meaning("full_name", "patient")
    references = tuple(
        Reference((name,), table_of(target), ("id",))
        for name, target in KEYS.items()
        if target != kind and name in names
    )
    told = {name: meaning for name, meaning in meanings.items() if name in names}
    return Declared(primary=("id",), references=references, meanings=told, subject=role)
