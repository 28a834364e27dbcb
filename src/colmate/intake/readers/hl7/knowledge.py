"""What the segments of HL7 v2 about persons and stays hold, by their fields (HL7 v2.5; IHE PAM France 2.11)."""

from __future__ import annotations

from typing import Final

from colmate.intake.readers.hl7.care import (
    ADMINISTRATION,
    ALLERGY,
    APPOINTMENT,
    CONSENT,
    CONTROL,
    DIAGNOSIS,
    DOCUMENT,
    DRUG_ORDER,
    ENCODED_ORDER,
    LEGAL_MODE,
    NOTE,
    OBSERVATION,
    ORDER,
    PARTICIPATION,
    PROCEDURE,
    ROLE,
)
from colmate.intake.readers.hl7.people import IDENTIFIERS, NAME, NAMES, PERSON, PHONES, PLACE, PLACES
from colmate.intake.reading import Meaning
from colmate.intake.segments.grammar import Grammar
from colmate.intake.segments.tables import CODED, FIRST, LINES, PLAIN, Column, Segment

__all__ = ["GRAMMAR", "PROFESSIONALS", "SEGMENTS", "generic"]

GRAMMAR: Final = Grammar(
    header=b"MSH",
    patient=b"PID",
    order=b"OBR",
    delimiters=b"|^~\\&",
    around=frozenset({b"FHS", b"BHS", b"BTS", b"FTS"}),
    lengths=(3,),
)

MESSAGE: Final = Segment(
    "hl7_messages",
    (
        Column("sender", 3, FIRST, "code"),
        Column("sender_facility", 4, PLAIN, "organisation_name"),
        Column("receiver", 5, FIRST, "code"),
        Column("receiver_facility", 6, PLAIN, "organisation_name"),
        Column("date", 7, FIRST, "timestamp"),
        Column("type", 9, PLAIN, "code"),
        Column("control_id", 10, PLAIN, "record_id"),
        Column("processing", 11, PLAIN, "code"),
        Column("version", 12, PLAIN, "code"),
        Column("country", 17, PLAIN, "code"),
        Column("character_set", 18, PLAIN, "code"),
        Column("profile", 21, PLAIN, "code"),
    ),
)

PATIENT: Final = Segment(
    "hl7_patients",
    (
        Column("external_id", 2, FIRST, "patient_id"),
        Column("", 3, IDENTIFIERS),
        Column("alternate_id", 4, FIRST, "patient_id"),
        Column("", 5, NAMES),
        Column("mother", 6, NAME, role="relative"),
        Column("birth_date", 7, FIRST, "birth_date"),
        Column("sex", 8, FIRST, "sex"),
        Column("alias", 9, NAME),
        Column("ethnicity", 10, CODED, "free_text"),
        Column("", 11, PLACES),
        Column("", 13, PHONES),
        Column("work", 14, PHONES),
        Column("language", 15, CODED, "code"),
        Column("marital_status", 16, CODED, "marital_status"),
        Column("religion", 17, CODED, "free_text"),
        Column("account_number", 18, FIRST, "stay_id"),
        Column("social_security_number", 19, FIRST, "nir"),
        Column("mother_id", 21, FIRST, "patient_id", role="relative"),
        Column("ethnic_group", 22, CODED, "free_text"),
        Column("place_of_birth", 23, PLAIN, "birth_place"),
        Column("birth_order", 25, PLAIN, "number"),
        Column("citizenship", 26, CODED, "country"),
        Column("nationality", 28, CODED, "country"),
        Column("death_date", 29, FIRST, "death_date"),
        Column("deceased", 30, FIRST, "boolean"),
        Column("identity_unknown", 31, FIRST, "boolean"),
        Column("reliability", 32, PLAIN, "code"),
        Column("updated", 33, FIRST, "timestamp"),
    ),
    role="patient",
    subject="patient",
)

STAY: Final = Segment(
    "hl7_stays",
    (
        Column("class", 2, FIRST, "code"),
        Column("location", 3, PLAIN, "code"),
        Column("admission_type", 4, CODED, "code"),
        Column("attending_doctor", 7, PERSON, role="professional"),
        Column("referring_doctor", 8, PERSON, role="professional"),
        Column("consulting_doctor", 9, PERSON, role="professional"),
        Column("hospital_service", 10, PLAIN, "code"),
        Column("vip", 16, PLAIN, "code"),
        Column("admitting_doctor", 17, PERSON, role="professional"),
        Column("stay_number", 19, FIRST, "stay_id"),
        Column("discharge_disposition", 36, CODED, "code"),
        Column("facility", 39, PLAIN, "organisation_name"),
        Column("admission_date", 44, FIRST, "care_date"),
        Column("discharge_date", 45, FIRST, "care_date"),
        Column("alternate_stay_number", 50, FIRST, "stay_id"),
        Column("other_provider", 52, PERSON, role="professional"),
    ),
    role="patient",
    subject="patient",
)

STAY_MORE: Final = Segment(
    "hl7_stay_details",
    (
        Column("admit_reason", 3, CODED, "free_text"),
        Column("expected_admission_date", 8, FIRST, "care_date"),
        Column("expected_discharge_date", 9, FIRST, "care_date"),
        Column("description", 12, LINES, "free_text"),
        Column("referral_source", 13, PERSON, role="professional"),
    ),
    role="patient",
)

MOVEMENT: Final = Segment(
    "hl7_movements",
    (
        Column("movement_id", 1, FIRST, "record_id"),
        Column("begin", 2, FIRST, "care_date"),
        Column("end", 3, FIRST, "care_date"),
        Column("action", 4, PLAIN, "code"),
        Column("historical", 5, PLAIN, "code"),
        Column("original_event", 6, PLAIN, "code"),
        Column("medical_unit", 7, PLAIN, "code"),
        Column("care_unit", 8, PLAIN, "code"),
        Column("nature", 9, PLAIN, "code"),
    ),
    role="patient",
)

RELATIVE: Final = Segment(
    "hl7_relatives",
    (
        Column("", 2, NAME),
        Column("relationship", 3, CODED, "kinship"),
        Column("", 4, PLACE),
        Column("", 5, PHONES),
        Column("work", 6, PHONES),
        Column("contact_role", 7, CODED, "code"),
        Column("occupation", 10, PLAIN, "occupation"),
        Column("organisation", 13, FIRST, "organisation_name"),
        Column("marital_status", 14, CODED, "marital_status"),
        Column("sex", 15, FIRST, "sex"),
        Column("birth_date", 16, FIRST, "birth_date"),
        Column("contact", 30, NAME),
        Column("contact", 31, PHONES),
        Column("contact", 32, PLACE),
        Column("social_security_number", 37, FIRST, "nir"),
    ),
    role="relative",
    subject="relative",
)

INSURANCE: Final = Segment(
    "hl7_insured",
    (
        Column("plan", 2, CODED, "code"),
        Column("insurer_id", 3, FIRST, "insurance_body"),
        Column("insurer", 4, FIRST, "insurer"),
        Column("insurer", 5, PLACE),
        Column("insurer", 7, PHONES),
        Column("group_number", 8, PLAIN, "code"),
        Column("begin", 12, FIRST, "date"),
        Column("end", 13, FIRST, "date"),
        Column("", 16, NAME, role="insured"),
        Column("relationship", 17, CODED, "code"),
        Column("birth_date", 18, FIRST, "birth_date", role="insured"),
        Column("", 19, PLACE, role="insured"),
        Column("policy_number", 36, PLAIN, "insurer_member_id", role="insured"),
        Column("sex", 43, FIRST, "sex", role="insured"),
        Column("", 49, IDENTIFIERS, role="insured"),
    ),
    subject="insured",
)

INSURANCE_MORE: Final = Segment(
    "hl7_insured_details",
    (
        Column("employee_id", 1, FIRST),
        Column("social_security_number", 2, FIRST, "nir"),
        Column("employer", 3, PLAIN),
        Column("mother", 40, NAME, role="relative"),
        Column("", 63, PHONES),
        Column("work", 64, PHONES),
    ),
    role="insured",
)

GUARANTOR: Final = Segment(
    "hl7_guarantors",
    (
        Column("", 3, NAME),
        Column("spouse", 4, NAME),
        Column("", 5, PLACE),
        Column("", 6, PHONES),
        Column("work", 7, PHONES),
        Column("birth_date", 8, FIRST, "birth_date"),
        Column("sex", 9, FIRST, "sex"),
        Column("relationship", 11, CODED, "code"),
        Column("social_security_number", 12, FIRST, "nir"),
    ),
    role="relative",
    subject="relative",
)

MERGE: Final = Segment(
    "hl7_merges",
    (
        Column("", 1, IDENTIFIERS),
        Column("account_number", 3, FIRST, "stay_id"),
        Column("external_id", 4, FIRST, "patient_id"),
        Column("stay_number", 5, FIRST, "stay_id"),
        Column("", 7, NAMES),
    ),
    role="patient",
    subject="patient",
)

EVENT: Final = Segment(
    "hl7_events",
    (
        Column("code", 1, PLAIN, "code"),
        Column("recorded", 2, FIRST, "timestamp"),
        Column("planned", 3, FIRST, "timestamp"),
        Column("reason", 4, CODED, "code"),
        Column("operator", 5, PERSON, role="professional"),
        Column("occurred", 6, FIRST, "timestamp"),
        Column("facility", 7, PLAIN, "organisation_name"),
    ),
)

PRIMARY_CARE: Final = Segment(
    "hl7_patient_details",
    (
        Column("practice", 3, FIRST, "organisation_name", role="professional"),
        Column("doctor", 4, PERSON, role="professional"),
    ),
    "patient",
)
SEGMENTS: Final = {
    "MSH": MESSAGE,
    "PID": PATIENT,
    "PD1": PRIMARY_CARE,
    "ZFS": LEGAL_MODE,
    "PV1": STAY,
    "PV2": STAY_MORE,
    "ZBE": MOVEMENT,
    "NK1": RELATIVE,
    "IN1": INSURANCE,
    "IN2": INSURANCE_MORE,
    "GT1": GUARANTOR,
    "OBX": OBSERVATION,
    "OBR": ORDER,
    "ORC": CONTROL,
    "DG1": DIAGNOSIS,
    "PR1": PROCEDURE,
    "AL1": ALLERGY,
    "CON": CONSENT,
    "MRG": MERGE,
    "EVN": EVENT,
    "NTE": NOTE,
    "ROL": ROLE,
    "PRT": PARTICIPATION,
    "TXA": DOCUMENT,
    "RXO": DRUG_ORDER,
    "RXE": ENCODED_ORDER,
    "RXA": ADMINISTRATION,
    "SCH": APPOINTMENT,
}

PROFESSIONALS: Final = Segment(
    "hl7_professionals",
    role="professional",
    subject="professional",
    meanings={
        "id": Meaning("code"),
        "role": Meaning("code"),
        "rpps": Meaning("rpps", "professional"),
        "adeli": Meaning("adeli", "professional"),
        "last_name": Meaning("last_name", "professional"),
        "first_name": Meaning("first_name", "professional"),
        "title": Meaning("title", "professional"),
    },
)


def generic(name: str) -> Segment:
    """Return the table of a segment that is not known."""
    return Segment(f"hl7_segment_{name}")
