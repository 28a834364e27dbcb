"""What the segments of HPRIM Santé 2.0 to 2.4 hold, by the numbers of their fields (the name counts as the first)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colmate.intake.reading import Meaning
from colmate.intake.segments.cells import Cells, filled, joined, pivot
from colmate.intake.segments.grammar import Grammar
from colmate.intake.segments.tables import CODED, FIRST, LINES, PLAIN, Column, Kind, Segment, together

__all__ = ["GRAMMAR", "PERSON", "PROFESSIONALS", "SEGMENTS", "generic", "person_name"]

GRAMMAR: Final = Grammar(
    header=b"H",
    patient=b"P",
    order=b"OBR",
    delimiters=b"|~^\\&",
    around=frozenset({b"L"}),
    lengths=(1, 2, 3),
    joining=b"A",
)

Made = Iterator[tuple[str, pa.Array]]


def _names(cells: Cells) -> Made:
    """Family name ~ first name ~ second name ~ alias ~ title."""
    first = cells.first()
    for place, name in ((1, "last_name"), (2, "first_name"), (3, "second_name"), (4, "alias"), (5, "title")):
        values = first.component(place).text()
        if place < 3 or filled(values).any():
            yield name, values


def _place(cells: Cells) -> Made:
    """Street ~ more ~ city ~ region ~ postcode ~ country."""
    first = cells.first()
    street, more, city, postcode, country = (first.component(place).text() for place in (1, 2, 3, 5, 6))
    yield from (("address", together(street, more, ", ")), ("city", city), ("postcode", postcode), ("country", country))


def _phones(cells: Cells) -> Made:
    parents, each = cells.repetitions()
    values = each.component(1).text()
    left = filled(values)
    for name in ("phone", "phone_2", "phone_3"):
        if left.any():
            found, used = pivot(values, parents, left, len(cells))
            left &= ~used
            yield name, found
    if left.any():
        yield "other_phones", joined(values, parents, left, len(cells))


def _identifier(cells: Cells) -> Made:
    """The number, and what else is said of it: its kind, the number it replaces ("FU": two patients are one)."""
    first = cells.first()
    yield "", first.component(1).text()
    if cells.has(1):
        for place, name in ((2, "type"), (3, "detail")):
            values = first.component(place).text()
            if filled(values).any():
                yield name, values


def _person(cells: Cells) -> Made:
    """Code ~ name (~ first name, or the letter of the code's system) of the first person."""
    first = cells.first()
    yield "", person_name(first)
    yield "id", first.component(1).text()


def person_name(each: Cells) -> pa.Array:
    """Return how a professional is called."""
    name, more = each.component(2).replaced(4, " ").text(), each.component(3).text()
    long = pc.greater(pc.utf8_length(pc.fill_null(more, "")), 2)
    return together(name, pc.if_else(long, more, pa.scalar(None, pa.string())), " ")


def _codes(cells: Cells) -> Made:
    """Tests asked for: code ~ label ~ system, repeated; the labels of all."""
    parents, each = cells.repetitions()
    every = np.ones(len(parents), np.bool_)
    for place, name in ((2, ""), (1, "code")):
        yield name, joined(each.component(place).text(), parents, every, len(cells))


NAMES: Final = Kind(
    _names, {"last_name": "last_name", "first_name": "first_name", "second_name": "first_name", "title": "title"}
)
PLACE: Final = Kind(_place, {"address": "address", "city": "city", "postcode": "postcode", "country": "country"})
PHONES: Final = Kind(_phones, {"phone": "phone", "phone_2": "phone", "phone_3": "phone"})
IDENTIFIER: Final = Kind(_identifier, {"type": "code", "detail": "code"})
PERSON: Final = Kind(_person, {"": "professional_name", "id": "code"})
CODES: Final = Kind(_codes, {"code": "lab_code"})

MESSAGE: Final = Segment(
    "hprim_messages",
    (
        Column("file_name", 3, PLAIN, "code"),
        Column("sender", 5, CODED, "organisation_name"),
        Column("sender_address", 6, LINES, "address", role="professional"),
        Column("type", 7, PLAIN, "code"),
        Column("sender_phone", 8, PLAIN, "phone", role="professional"),
        Column("receiver", 10, CODED, "organisation_name"),
        Column("comment", 11, LINES, "free_text"),
        Column("processing", 12, PLAIN, "code"),
        Column("version", 13, PLAIN, "code"),
        Column("date", 14, FIRST, "timestamp"),
    ),
)

PATIENT: Final = Segment(
    "hprim_patients",
    (
        Column("patient_id", 3, IDENTIFIER, "patient_id"),
        Column("receiver_patient_id", 4, IDENTIFIER, "patient_id"),
        Column("stay_id", 5, IDENTIFIER, "stay_id"),
        Column("", 6, NAMES),
        Column("birth_name", 7, FIRST, "birth_name"),
        Column("birth_date", 8, FIRST, "birth_date"),
        Column("sex", 9, PLAIN, "sex"),
        Column("ethnicity", 10, PLAIN, "free_text"),
        Column("", 11, PLACE),
        Column("ins", 12, IDENTIFIER, "ins"),
        Column("", 13, PHONES),
        Column("doctor", 14, PERSON, role="professional"),
        Column("free_1", 15, LINES, "free_text"),
        Column("free_2", 16, LINES, "free_text"),
        Column("height", 17, PLAIN, "measurement"),
        Column("weight", 18, PLAIN, "measurement"),
        Column("diagnosis", 19, CODED, "diagnosis"),
        Column("treatment", 20, LINES, "drug"),
        Column("diet", 21, LINES, "free_text"),
        Column("comment", 22, LINES, "free_text"),
        Column("comment_2", 23, LINES, "free_text"),
        Column("movement_dates", 24, PLAIN, "care_date"),
        Column("status", 25, PLAIN, "code"),
        Column("location", 26, PLAIN, "code"),
        Column("diagnosis_class", 27, CODED, "diagnosis"),
        Column("religion", 28, PLAIN, "free_text"),
        Column("marital_status", 29, FIRST, "marital_status"),
        Column("precautions", 30, CODED, "free_text"),
        Column("language", 31, PLAIN, "code"),
        Column("confidentiality", 32, CODED, "code"),
        Column("updated", 33, FIRST, "timestamp"),
        Column("death_date", 34, FIRST, "death_date"),
        Column("birth_place", 35, LINES, "birth_place"),
        Column("identity_origin", 36, PLAIN, "code"),
        Column("identity_document", 37, PLAIN, "code"),
        Column("identity_status", 39, PLAIN, "code"),
        Column("identity_attribute", 40, PLAIN, "code"),
        Column("email", 42, FIRST, "email"),
    ),
    role="patient",
    subject="patient",
    meanings={"diagnosis_code": Meaning("diagnosis_code", "patient")},
)

ORDER: Final = Segment(
    "hprim_orders",
    (
        Column("requester_number", 3, PLAIN, "record_id"),
        Column("performer_number", 4, PLAIN, "record_id"),
        Column("tests", 5, CODES, "lab_test"),
        Column("priority", 6, PLAIN, "code"),
        Column("requested", 7, FIRST, "care_date"),
        Column("sampling", 8, FIRST, "care_date"),
        Column("sampling_end", 9, FIRST, "care_date"),
        Column("sampler", 11, PERSON, role="professional"),
        Column("danger", 13, LINES, "free_text"),
        Column("clinical_information", 14, LINES, "free_text"),
        Column("received", 15, FIRST, "timestamp"),
        Column("sample_type", 16, CODED, "code"),
        Column("prescriber", 17, PERSON, role="professional"),
        Column("prescriber_phone", 18, PLAIN, "phone", role="professional"),
        Column("reported", 23, FIRST, "timestamp"),
        Column("status", 26, PLAIN, "code"),
        Column("copies_to", 29, PERSON, role="professional"),
        Column("validator", 33, PERSON, role="professional"),
    ),
    role="patient",
    subject="patient",
)

OBSERVATION: Final = Segment(
    "hprim_observations",
    (
        Column("type", 3, PLAIN, "code"),
        Column("test", 4, CODED, "lab_test"),
        Column("sub_id", 5, PLAIN, "code"),
        Column("unit", 7, FIRST, "unit"),
        Column("normal_range", 8, PLAIN, "code"),
        Column("flag", 9, PLAIN, "code"),
        Column("status", 12, PLAIN, "code"),
        Column("date", 15, FIRST, "care_date"),
        Column("sector", 16, PLAIN, "code"),
        Column("validator", 17, PERSON, role="professional"),
    ),
    role="patient",
    subject="patient",
    meanings={
        "test_code": Meaning("lab_code", "patient"),
        "value": Meaning("lab_result", "patient"),
        "text": Meaning("free_text", "patient"),
    },
)

COMMENT: Final = Segment(
    "hprim_notes",
    role="patient",
    meanings={"text": Meaning("free_text", "patient"), "about": Meaning("code"), "field_3": Meaning("code")},
)

# "assuré primaire": whom the compulsory insurance covers
INSURED: Final = Segment(
    "hprim_insured",
    (
        Column("nature", 3, PLAIN, "code"),
        Column("begin", 4, FIRST, "date"),
        Column("end", 5, FIRST, "date"),
        Column("nir", 6, PLAIN, "nir"),
        Column("family_rank", 7, PLAIN, "family_rank"),
        Column("birth_rank", 8, PLAIN, "number"),
        Column("scheme", 9, PLAIN, "insurance_body"),
        Column("fund", 10, PLAIN, "insurance_body"),
        Column("centre", 11, PLAIN, "insurance_body"),
        Column("entitlement_origin", 12, PLAIN, "code"),
        Column("exemption", 13, PLAIN, "entitlement"),
        Column("", 14, NAMES),
        Column("birth_name", 15, FIRST, "birth_name"),
        Column("rate", 16, PLAIN, "number"),
        Column("accident_number", 17, PLAIN, "code"),
        Column("third_party", 18, PLAIN, "boolean"),
        Column("entitlement_end", 19, FIRST, "date"),
        Column("accident_date", 20, FIRST, "care_date", role="patient"),
        Column("employer", 21, PLAIN, "organisation_name"),
        Column("employer", 22, PLACE),
        Column("pregnancy_begin", 23, FIRST, "care_date", role="patient"),
    ),
    role="insured",
    subject="insured",
)

# "assuré complémentaire": the additional insurance
COMPLEMENTARY: Final = Segment(
    "hprim_insured_complementary",
    (
        Column("insurer_code", 3, PLAIN, "insurance_body"),
        Column("member_number", 4, PLAIN, "insurer_member_id"),
        Column("begin", 5, FIRST, "date"),
        Column("end", 6, FIRST, "date"),
        Column("contract", 7, PLAIN, "code"),
        Column("rate", 8, PLAIN, "number"),
        Column("insurer", 9, PLAIN, "insurer"),
        Column("insurer", 10, Kind(_place)),
    ),
    role="insured",
)

PAYMENT: Final = Segment(
    "hprim_payments",
    (
        Column("stay_id", 3, PLAIN, "stay_id"),
        Column("amount", 4, PLAIN, "number"),
        Column("direction", 5, PLAIN, "code"),
        Column("date", 6, FIRST, "date"),
        Column("mode", 7, PLAIN, "code"),
        Column("order_number", 8, PLAIN, "record_id"),
    ),
    role="patient",
)

SEGMENTS: Final = {
    "H": MESSAGE,
    "P": PATIENT,
    "OBR": ORDER,
    "OBX": OBSERVATION,
    "C": COMMENT,
    "AP": INSURED,
    "AC": COMPLEMENTARY,
    "REG": PAYMENT,
}

PROFESSIONALS: Final = Segment(
    "hprim_professionals",
    role="professional",
    subject="professional",
    meanings={
        "rpps": Meaning("rpps", "professional"),
        "adeli": Meaning("adeli", "professional"),
        "id": Meaning("code"),
        "role": Meaning("code"),
        "name": Meaning("professional_name", "professional"),
        "establishment": Meaning("organisation_name"),
    },
)


def generic(name: str) -> Segment:
    """Return the table of a segment that is not known."""
    return Segment(f"hprim_segment_{name}")
