"""What the segments of HL7 v2 about care hold: results, orders, diagnoses, documents (HL7 v2.5, chapters 4 to 9)."""

from __future__ import annotations

from typing import Final

from colmate.intake.readers.hl7.people import NAMED, PARTICIPANT, PERSON, PHONES, PLACE
from colmate.intake.reading import Meaning
from colmate.intake.segments.tables import CODED, FIRST, LINES, PLAIN, Column, Segment

__all__ = [
    "ADMINISTRATION",
    "ALLERGY",
    "APPOINTMENT",
    "CONSENT",
    "CONTROL",
    "DIAGNOSIS",
    "DOCUMENT",
    "DRUG_ORDER",
    "ENCODED_ORDER",
    "LEGAL_MODE",
    "NOTE",
    "OBSERVATION",
    "ORDER",
    "PARTICIPATION",
    "PROCEDURE",
    "ROLE",
]

OBSERVATION: Final = Segment(
    "hl7_observations",
    (
        Column("type", 2, PLAIN, "code"),
        Column("test", 3, CODED, "lab_test"),
        Column("sub_id", 4, PLAIN, "code"),
        Column("unit", 6, CODED, "unit"),
        Column("reference_range", 7, PLAIN, "code"),
        Column("flag", 8, PLAIN, "code"),
        Column("status", 11, PLAIN, "code"),
        Column("date", 14, FIRST, "care_date"),
        Column("observer", 16, PERSON, role="professional"),
        Column("laboratory", 23, FIRST, "organisation_name"),
    ),
    role="patient",
    subject="patient",
    meanings={
        "test_code": Meaning("lab_code", "patient"),
        "value": Meaning("lab_result", "patient"),
        "text": Meaning("free_text", "patient"),
    },
)

ORDER: Final = Segment(
    "hl7_orders",
    (
        Column("placer_number", 2, FIRST, "record_id"),
        Column("filler_number", 3, FIRST, "record_id"),
        Column("service", 4, CODED, "lab_test"),
        Column("priority", 5, PLAIN, "code"),
        Column("requested", 6, FIRST, "care_date"),
        Column("observed", 7, FIRST, "care_date"),
        Column("collector", 10, PERSON, role="professional"),
        Column("danger", 12, CODED, "free_text"),
        Column("clinical_information", 13, LINES, "free_text"),
        Column("received", 14, FIRST, "timestamp"),
        Column("prescriber", 16, PERSON, role="professional"),
        Column("reported", 22, FIRST, "timestamp"),
        Column("section", 24, PLAIN, "code"),
        Column("status", 25, PLAIN, "code"),
        Column("copies_to", 28, PERSON, role="professional"),
        Column("reason", 31, CODED, "diagnosis"),
        Column("interpreter", 32, NAMED, role="professional"),
    ),
    role="patient",
    subject="patient",
    meanings={"service_code": Meaning("lab_code", "patient")},
)

CONTROL: Final = Segment(
    "hl7_order_controls",
    (
        Column("control", 1, PLAIN, "code"),
        Column("placer_number", 2, FIRST, "record_id"),
        Column("filler_number", 3, FIRST, "record_id"),
        Column("group_number", 4, FIRST, "record_id"),
        Column("status", 5, PLAIN, "code"),
        Column("date", 9, FIRST, "timestamp"),
        Column("entered_by", 10, PERSON, role="professional"),
        Column("verified_by", 11, PERSON, role="professional"),
        Column("prescriber", 12, PERSON, role="professional"),
        Column("facility", 21, FIRST, "organisation_name"),
    ),
    role="patient",
)

DIAGNOSIS: Final = Segment(
    "hl7_diagnoses",
    (
        Column("diagnosis", 3, CODED, "diagnosis"),
        Column("description", 4, LINES, "diagnosis"),
        Column("date", 5, FIRST, "care_date"),
        Column("type", 6, PLAIN, "code"),
        Column("clinician", 16, PERSON, role="professional"),
    ),
    role="patient",
    subject="patient",
    meanings={"diagnosis_code": Meaning("diagnosis_code", "patient")},
)

PROCEDURE: Final = Segment(
    "hl7_procedures",
    (
        Column("procedure", 3, CODED, "free_text"),
        Column("description", 4, LINES, "free_text"),
        Column("date", 5, FIRST, "care_date"),
        Column("anaesthesiologist", 8, PERSON, role="professional"),
        Column("surgeon", 11, PERSON, role="professional"),
        Column("practitioner", 12, PERSON, role="professional"),
    ),
    role="patient",
    subject="patient",
    meanings={"procedure_code": Meaning("procedure_code", "patient")},
)

ALLERGY: Final = Segment(
    "hl7_allergies",
    (
        Column("type", 2, CODED, "code"),
        Column("allergy", 3, CODED, "allergy"),
        Column("severity", 4, CODED, "code"),
        Column("reaction", 5, PLAIN, "free_text"),
        Column("date", 6, FIRST, "date"),
    ),
    role="patient",
    subject="patient",
)

CONSENT: Final = Segment(
    "hl7_consents",
    (
        Column("type", 2, CODED, "code"),
        Column("form", 3, PLAIN, "free_text"),
        Column("text", 5, LINES, "free_text"),
        Column("status", 11, PLAIN, "code"),
        Column("date", 13, FIRST, "timestamp"),
        Column("reason", 16, CODED, "free_text"),
    ),
    role="patient",
)

NOTE: Final = Segment(
    "hl7_notes",
    role="patient",
    meanings={"text": Meaning("free_text", "patient"), "about": Meaning("code")},
)

DOCUMENT: Final = Segment(
    "hl7_documents",
    (
        Column("type", 2, CODED, "code"),
        Column("format", 3, PLAIN, "code"),
        Column("date", 4, FIRST, "care_date"),
        Column("practitioner", 5, PERSON, role="professional"),
        Column("author", 9, PERSON, role="professional"),
        Column("typist", 11, PERSON, role="professional"),
        Column("document_id", 12, FIRST, "record_id"),
        Column("parent_id", 13, FIRST, "record_id"),
        Column("status", 17, PLAIN, "code"),
        Column("confidentiality", 18, PLAIN, "code"),
        Column("authenticator", 22, PERSON, role="professional"),
    ),
    role="patient",
)

DRUG_ORDER: Final = Segment("hl7_drug_orders", (Column("drug", 1, CODED, "drug"),), "patient", "patient")
ENCODED_ORDER: Final = Segment(
    "hl7_drug_orders_encoded",
    (Column("drug", 2, CODED, "drug"), Column("instructions", 7, CODED, "free_text")),
    "patient",
    "patient",
)
ADMINISTRATION: Final = Segment(
    "hl7_drug_administrations",
    (
        Column("begin", 3, FIRST, "care_date"),
        Column("end", 4, FIRST, "care_date"),
        Column("drug", 5, CODED, "drug"),
        Column("note", 9, CODED, "free_text"),
        Column("professional", 10, PERSON, role="professional"),
        Column("lot", 15, PLAIN, "code"),
    ),
    "patient",
    "patient",
)
APPOINTMENT: Final = Segment(
    "hl7_appointments",
    (
        Column("placer_number", 1, FIRST, "record_id"),
        Column("filler_number", 2, FIRST, "record_id"),
        Column("event_reason", 6, CODED, "free_text"),
        Column("reason", 7, CODED, "free_text"),
        Column("type", 8, CODED, "code"),
        Column("timing", 11, PLAIN, "code"),
        Column("contact", 12, PERSON, role="professional"),
        Column("filler_contact", 16, PERSON, role="professional"),
    ),
    "patient",
)

ROLE: Final = Segment(
    "hl7_roles",
    (
        Column("action", 2, PLAIN, "code"),
        Column("role", 3, CODED, "code"),
        Column("professional", 4, PERSON),
        Column("", 11, PLACE),
        Column("", 12, PHONES),
    ),
    role="professional",
    subject="professional",
)

PARTICIPATION: Final = Segment(
    "hl7_participations",
    (
        Column("action", 2, PLAIN, "code"),
        Column("participation", 4, CODED, "code"),
        Column("participant", 5, PARTICIPANT),
        Column("organisation", 8, FIRST, "organisation_name", role="professional"),
        Column("", 14, PLACE, role="professional"),
        Column("", 15, PHONES, role="professional"),
    ),
    role="professional",
    meanings={
        "participant_patient": Meaning("full_name", "patient"),
        "participant_patient_ins": Meaning("ins", "patient"),
    },
)

# French: under which law somebody is treated by psychiatry (IHE PAM France)
LEGAL_MODE: Final = Segment(
    "hl7_psychiatric_care",
    (
        Column("mode_id", 2, FIRST, "record_id"),
        Column("begin", 3, FIRST, "care_date"),
        Column("end", 4, FIRST, "care_date"),
        Column("action", 5, PLAIN, "code"),
        Column("mode", 6, CODED, "free_text"),
        Column("statistics_code", 7, CODED, "code"),
        Column("comment", 8, LINES, "free_text"),
    ),
    role="patient",
    subject="patient",
)
