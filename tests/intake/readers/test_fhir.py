from __future__ import annotations

import base64
import json
import os
import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.intake.readers.fhir import FORMATS, sniff
from colmate.intake.readers.fhir.datatypes import plain_text, snake
from colmate.intake.readers.fhir.references import key_of, resolve
from colmate.intake.readers.fhir.systems import code_kind, identifier_column
from colmate.intake.readers.json_data import sniff_json, sniff_lines
from colmate.intake.reading import Head, Meaning, Reference, Within
from tests.intake.readers.harness import Found, read_with

FHIR = FORMATS[0]
UUID = "0b1a6a1e-6d5f-4b6e-9d53-2a3b8f3c9d11"


def read(*resources: dict[str, Any], **options: Any) -> Found:
    return read_with(FHIR, "\n".join(json.dumps(one) for one in resources).encode(), **options)


def bundle(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one, **more} for one in resources]}


def only(found: Found, table: str) -> dict[str, str]:
    (row,) = found.tables[table]
    return {name: text for name, text in row.items() if text}


PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "meta": {
        "lastUpdated": "2024-01-02T03:04:05Z",
        "profile": ["https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-ins"],
    },
    "extension": [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace",
            "valueAddress": {
                "city": "VANNES",
                "country": "FRA",
                "extension": [
                    {
                        "url": "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-address-insee-code",
                        "valueCoding": {"system": "s", "code": "56260"},
                    }
                ],
            },
        },
        {
            "url": "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-ident-reliability",
            "extension": [{"url": "identityReliability", "valueCoding": {"system": "x", "code": "FICT"}}],
        },
    ],
    "identifier": [
        {"use": "official", "system": "urn:oid:1.2.250.1.213.1.4.8", "value": "180015626000172"},
        {"use": "old", "system": "urn:oid:1.2.250.1.213.1.4.8", "value": "280015626000172"},
        {"type": {"coding": [{"code": "PI"}]}, "system": "urn:oid:1.2.3", "value": "IPP77"},
        {"system": "urn:other", "value": "Z9"},
    ],
    "name": [
        {
            "use": "official",
            "family": "KERBRAT",
            "given": ["ANNE", "MARIE"],
            "extension": [
                {
                    "url": "https://hl7.fr/ig/fhir/core/StructureDefinition/birth-list-given-name",
                    "valueString": "ANNE MARIE LOUISE",
                }
            ],
        },
        {"use": "usual", "family": "LE GOFF", "given": ["Anna"], "prefix": ["MME"]},
    ],
    "telecom": [
        {"system": "phone", "value": "0199001122"},
        {"system": "phone", "value": "0639981234", "use": "mobile"},
        {"system": "email", "value": "anne@example.fr"},
    ],
    "gender": "female",
    "birthDate": "1980-01-15",
    "deceasedDateTime": "2023-05-06",
    "address": [{"line": ["1 rue X", "Bat B"], "postalCode": "56000", "city": "VANNES", "country": "FR"}],
    "generalPractitioner": [{"reference": "Practitioner/d1", "display": "Dr Y"}],
    "contact": [
        {
            "relationship": [{"coding": [{"system": "r", "code": "MTH", "display": "mère"}]}],
            "name": {"family": "KERBRAT", "given": ["JEANNE"]},
            "telecom": [{"system": "phone", "value": "0199003344"}],
        }
    ],
    "text": {"status": "generated", "div": "<div xmlns='x'><p>Anne &amp; co</p><p>suivie</p></div>"},
}


def test_a_patient_of_fr_core() -> None:
    found = read(PATIENT)
    assert only(found, "patients") == {
        "id": "Patient/p1",
        "meta_last_updated": "2024-01-02T03:04:05Z",
        "nir": "180015626000172",
        "ins_oid": "1.2.250.1.213.1.4.8",
        "old_nir": "280015626000172",
        "ipp": "IPP77",
        "identifier": "Z9",
        "identifier_system": "urn:other",
        "birth_name": "KERBRAT",
        "first_name": "ANNE",
        "first_names_other": "MARIE",
        "first_names": "ANNE MARIE LOUISE",
        "used_name": "LE GOFF",
        "used_first_name": "Anna",
        "title": "MME",
        "phone": "0199001122",
        "phone_2": "0639981234",
        "email": "anne@example.fr",
        "sex": "female",
        "birth_date": "1980-01-15",
        "death_date": "2023-05-06",
        "address": "1 rue X, Bat B",
        "postcode": "56000",
        "city": "VANNES",
        "country": "FR",
        "birth_city": "VANNES",
        "birth_country": "FRA",
        "birth_insee_code": "56260",
        "identity_reliability": "FICT",
        "general_practitioner": "Practitioner/d1",
        "general_practitioner_display": "Dr Y",
        "narrative": "Anne & co\nsuivie",
    }
    contact = only(found, "patient_contacts")
    assert contact == {
        "id": "Patient/p1.contact.1",
        "patient": "Patient/p1",
        "last_name": "KERBRAT",
        "first_name": "JEANNE",
        "phone": "0199003344",
        "relationship": "mère",
        "relationship_code": "MTH",
    }
    assert found.account.found == 2
    declared = found.declared["patients"]
    assert declared.primary == ("id",)
    assert declared.subject == "patient"
    assert declared.meanings["nir"] == Meaning("nir", "patient")
    assert declared.meanings["birth_name"] == Meaning("birth_name", "patient")
    assert found.declared["patient_contacts"].subject == "relative"
    assert Reference(("patient",), "patients", ("id",)) in found.declared["patient_contacts"].references


def test_a_maiden_name_makes_the_official_one_the_name_used() -> None:
    found = read(
        {
            "resourceType": "Patient",
            "id": "1",
            "name": [{"use": "official", "family": "B"}, {"use": "maiden", "family": "A"}],
        }
    )
    row = only(found, "patients")
    assert (row["birth_name"], row["used_name"]) == ("A", "B")


def test_a_professional() -> None:
    found = read(
        {
            "resourceType": "Practitioner",
            "id": "d1",
            "identifier": [{"system": "urn:oid:1.2.250.1.71.4.2.1", "value": "810001234567"}],
            "name": [{"family": "MARTIN", "given": ["LUC"], "prefix": ["DR"]}],
        }
    )
    row = only(found, "practitioners")
    assert (row["national_id"], row["rpps"], row["last_name"]) == ("810001234567", "10001234567", "MARTIN")
    assert found.declared["practitioners"].meanings["rpps"] == Meaning("rpps", "professional")


@pytest.mark.parametrize(
    ("resource", "table", "cells"),
    [
        (
            {
                "resourceType": "Condition",
                "code": {
                    "coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "B20", "display": "VIH"}],
                    "text": "Infection",
                },
                "subject": {"reference": "Patient/p1"},
                "note": [{"text": "vu"}, {"text": "revu"}],
            },
            "conditions",
            {"code": "Infection", "code_icd10": "B20", "patient": "Patient/p1", "note": "vu | revu"},
        ),
        (
            {
                "resourceType": "Observation",
                "code": {"coding": [{"system": "http://loinc.org", "code": "718-7", "display": "Hb"}]},
                "valueQuantity": {"value": 13.50, "comparator": "<", "unit": "g/dL"},
                "subject": {"reference": "Patient/p1"},
            },
            "observations",
            {
                "code": "Hb",
                "code_loinc": "718-7",
                "value_quantity": "<13.5",
                "value_quantity_unit": "g/dL",
                "patient": "Patient/p1",
            },
        ),
        (
            {"resourceType": "Observation", "valueString": "positif", "subject": {"reference": "Group/g"}},
            "observations",
            {"value_string": "positif", "subject": "Group/g"},
        ),
        (
            {
                "resourceType": "MedicationRequest",
                "medicationCodeableConcept": {
                    "coding": [{"system": "http://www.whocc.no/atc", "code": "N05AX12"}],
                    "text": "ARIPIPRAZOLE",
                },
                "subject": {"reference": "http://hote/fhir/Patient/p1/_history/3"},
                "dosageInstruction": [{"text": "1 le soir"}],
            },
            "medication_requests",
            {
                "medication_codeable_concept": "ARIPIPRAZOLE",
                "medication_codeable_concept_atc": "N05AX12",
                "patient": "Patient/p1",
                "dosage_instruction": "1 le soir",
            },
        ),
        (
            {
                "resourceType": "Encounter",
                "subject": {
                    "identifier": {"system": "urn:oid:1.2.250.1.213.1.4.8", "value": "180015626000172"},
                    "display": "A",
                },
                "period": {"start": "2024-01-01", "end": "2024-01-02"},
            },
            "encounters",
            {
                "patient_identifier": "180015626000172",
                "patient_display": "A",
                "period_start": "2024-01-01",
                "period_end": "2024-01-02",
            },
        ),
        (
            {
                "resourceType": "Coverage",
                "beneficiary": {"reference": "Patient/p1"},
                "subscriberId": "S1",
                "payor": [{"display": "CPAM 56"}],
            },
            "coverages",
            {"patient": "Patient/p1", "subscriber_id": "S1", "payor_display": "CPAM 56"},
        ),
        (
            {
                "resourceType": "FamilyMemberHistory",
                "patient": {"reference": "Patient/p1"},
                "condition": [{"code": {"text": "cancer"}}],
            },
            "family_histories",
            {"patient": "Patient/p1", "condition_code": "cancer"},
        ),
        ({"resourceType": "AllergyIntolerance", "code": {"text": "arachide"}}, "allergies", {"code": "arachide"}),
        (
            {
                "resourceType": "Organization",
                "name": "CH",
                "identifier": [{"type": {"coding": [{"code": "FINEJ"}]}, "value": "560000001"}],
            },
            "organizations",
            {"name": "CH", "finess": "560000001"},
        ),
    ],
)
def test_resources(resource: dict[str, Any], table: str, cells: dict[str, str]) -> None:
    row = only(read({"id": "x", **resource}), table)
    assert {name: row.get(name) for name in cells} == cells


def test_components_are_rows_of_their_own() -> None:
    found = read(
        {
            "resourceType": "Observation",
            "id": "o",
            "subject": {"reference": "Patient/p1"},
            "component": [
                {"code": {"text": "systolique"}, "valueQuantity": {"value": 120, "unit": "mmHg"}},
                {"code": {"text": "diastolique"}},
            ],
        }
    )
    rows = found.tables["observation_components"]
    assert [row["code"] for row in rows] == ["systolique", "diastolique"]
    assert {(row["observation"], row["patient"]) for row in rows} == {("Observation/o", "Patient/p1")}


def test_contained_resources() -> None:
    found = read(
        {
            "resourceType": "Condition",
            "id": "c",
            "subject": {"reference": "#p"},
            "contained": [{"resourceType": "Patient", "id": "p", "name": [{"family": "X"}]}],
        }
    )
    assert only(found, "conditions")["patient"] == only(found, "patients")["id"]
    assert found.account.found == 2


def test_bundles() -> None:
    patient = {"resourceType": "Patient", "id": "ignored", "name": [{"family": "X"}]}
    entries = [
        {"fullUrl": f"urn:uuid:{UUID}", "resource": patient},
        {
            "resource": {"resourceType": "Condition", "id": "c", "subject": {"reference": f"urn:uuid:{UUID}"}},
            "request": {"method": "POST"},
        },
        {"request": {"method": "DELETE", "url": "Patient/3"}},
    ]
    link = [{"relation": "next", "url": "http://x"}]
    whole = {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": link,
        "meta": {"tag": [{"code": "a"}]},
        "entry": entries,
        "total": 2,
    }
    found = read(whole)
    assert only(found, "patients")["id"] == only(found, "conditions")["patient"] == f"Patient/{UUID}"
    assert found.account.found == 2
    assert read(whole, whole).account.found == 4
    assert read_with(FHIR, json.dumps([whole, patient]).encode()).account.found == 3
    pretty = read_with(FHIR, json.dumps(whole, indent=2).encode(), block=7)
    assert pretty.tables == found.tables


def test_a_cut_bundle_gives_the_entries_before_the_cut() -> None:
    content = json.dumps(bundle(*({"resourceType": "Patient", "id": str(place)} for place in range(5)))).encode()
    found = read_with(FHIR, content[:-40])
    assert [row["id"] for row in found.tables["patients"]] == ["Patient/0", "Patient/1", "Patient/2", "Patient/3"]
    assert [reject[3] for reject in found.rejects] == ["truncated_json"]


def test_attachments() -> None:
    def document(mime: str, data: str) -> dict[str, Any]:
        content = [{"attachment": {"contentType": mime, "data": data, "title": "CR"}}]
        return {
            "resourceType": "DocumentReference",
            "id": mime,
            "subject": {"reference": "Patient/p1"},
            "content": content,
        }

    found = read(
        document("application/pdf", base64.b64encode(b"%PDF-1.4").decode()),
        document("text/plain", base64.b64encode("Patient suivi à Vannes".encode()).decode()),
        document("text/html; charset=utf-8", base64.b64encode(b"<p>Vu <b>ce</b> jour</p>").decode()),
        document("image/png", "@@@"),
        {
            "resourceType": "Binary",
            "id": "b",
            "contentType": "application/pdf",
            "data": base64.b64encode(b"%PDF-1.5").decode(),
        },
    )
    rows = {row["id"]: row for row in found.tables["documents"]}
    assert rows["DocumentReference/text/plain"]["text"] == "Patient suivi à Vannes"
    assert rows["DocumentReference/text/html; charset=utf-8"]["text"] == "Vu ce jour"
    assert rows["DocumentReference/image/png"]["content_attachment_data"] == "@@@"
    assert rows["DocumentReference/application/pdf"]["content_attachment_title"] == "CR"
    assert [content for _, content in found.members] == [b"%PDF-1.4", b"%PDF-1.5"]
    assert found.members[0][0].within == Within("documents", "id", "DocumentReference/application/pdf")
    assert found.members[1][0].within == Within("binaries", "id", "Binary/b")
    assert found.account.notes["base64_damaged"] == 1


def test_what_is_no_resource_is_rejected() -> None:
    found = read({"resourceType": "Patient", "id": "1"}, {"a": 1}, {"resourceType": 5}, {"resourceType": "../x"})
    assert [reject[3] for reject in found.rejects] == ["not_a_resource"] * 3


def test_a_resource_without_an_id_has_a_key_of_its_own() -> None:
    found = read({"resourceType": "Patient", "gender": "male"}, {"resourceType": "Patient", "gender": "male"}, serial=4)
    assert [row["id"] for row in found.tables["patients"]] == ["Patient/4-1", "Patient/4-2"]


@pytest.mark.parametrize(
    ("reference", "field", "key"),
    [
        ("Patient/1", "patient", ("Patient/1", "")),
        ("https://hote/fhir/r4/Patient/1", "patient", ("Patient/1", "")),
        ("Patient/1/_history/2", "patient", ("Patient/1", "")),
        (f"urn:uuid:{UUID.upper()}", "patient", (f"Patient/{UUID}", "")),
        (f"urn:uuid:{UUID}", "author", (UUID, "")),
        ("#p", "patient", ("Condition/9#p", "")),
        ("Practitioner?identifier=http://x|123", "author", ("", "123")),
        ("whatever", "author", ("", "whatever")),
        ("", "author", ("", "")),
    ],
)
def test_references(reference: str, field: str, key: tuple[str, str]) -> None:
    assert resolve(reference, field, "Condition/9") == key


def test_keys() -> None:
    assert key_of("Patient", "1", "http://hote/Patient/1", "s") == "Patient/1"
    assert key_of("Patient", None, "http://hote/Patient/7", "s") == "Patient/7"
    assert key_of("Patient", "1", f"urn:uuid:{UUID}", "s") == f"Patient/{UUID}"
    assert key_of("Patient", None, None, "s") == "Patient/s"


@pytest.mark.parametrize(
    ("identifier", "column"),
    [
        ({"system": "urn:oid:1.2.250.1.213.1.4.8"}, "nir"),
        ({"system": "1.2.250.1.213.1.4.9"}, "nir"),
        ({"system": "urn:oid:1.2.250.1.213.1.4.2"}, "ins_c"),
        ({"system": "urn:x", "type": {"coding": [{"code": "RPPS"}]}}, "rpps"),
        ({"type": {"coding": [{"code": "PI"}]}}, "ipp"),
        ({"type": {"coding": ["x", {"code": 5}]}}, "identifier"),
        ({}, "identifier"),
    ],
)
def test_identifiers(identifier: dict[str, Any], column: str) -> None:
    assert identifier_column(identifier) == column


def test_codes_and_words() -> None:
    assert code_kind("http://loinc.org") == code_kind("urn:oid:2.16.840.1.113883.6.1") == "loinc"
    assert code_kind("https://smt.esante.gouv.fr/terminologie-cim-10") == "icd10"
    assert code_kind("https://smt.esante.gouv.fr/terminologie-ccam") == "ccam"
    assert code_kind(3) == code_kind("urn:x") == ""
    assert snake("birthDate") == "birth_date"
    assert snake("valueHTMLText") == "value_htmltext"
    assert plain_text("<p>a<b>b</b></p><p>c &lt; d</p>") == "ab\nc < d"


@pytest.mark.parametrize(
    ("content", "fhir"),
    [
        (json.dumps(PATIENT), True),
        (json.dumps(PATIENT, indent=1), True),
        ('{"id":"1","resourceType":"Bundle","entry":[]}', True),
        ('[{"resourceType":"Patient"}]', True),
        ('{"a":1}', False),
        ('{"resourceType":"Patient"}\n{"resourceType":"Patient"}\n', True),
        ('{"resourceType":"Patient"}{"resourceType":"Patient"}', True),
        ('{"type":"batch","entry":[{"resource":{"resourceType":"Patient"}}]}', True),
        ('{"_index":"x","_source":{"resourceType":"Patient"}}\n', False),
        ('{"hits":{"hits":[{"_source":{"resourceType":"Patient"}}]}}', False),
        ('{"resourceType":5}', False),
        ('{"resourceType":"Microsoft.Compute/virtualMachines"}', False),
        ('<Patient xmlns="http://hl7.org/fhir"/>', False),
        ('id;json\n1;"{""resourceType"":""Patient""}"', False),
        ("", False),
    ],
)
def test_sniff(content: str, fhir: bool) -> None:
    head = Head(content.encode(), content.encode(), whole=True)
    assert (sniff(head) > 0) is fhir
    if fhir:
        assert sniff(head) > max(sniff_json(head), sniff_lines(head))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text("a#/:|é<>&", max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "reference",
                    "coding",
                    "code",
                    "system",
                    "value",
                    "unit",
                    "text",
                    "div",
                    "data",
                    "contentType",
                    "extension",
                    "url",
                    "start",
                    "valueString",
                    "_x",
                    "use",
                    "given",
                    "family",
                    "identifier",
                    "resourceType",
                    "contained",
                    "id",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["Patient", "Observation", "Binary", "Organization", "DocumentReference", "Bundle", "Xyz"]),
    st.dictionaries(
        st.sampled_from(
            [
                "id",
                "name",
                "identifier",
                "telecom",
                "address",
                "contact",
                "extension",
                "subject",
                "component",
                "contained",
                "content",
                "entry",
                "data",
                "meta",
                "text",
                "deceasedBoolean",
                "_birthDate",
                "note",
            ]
        ),
        JUNK,
        max_size=6,
    ),
)
def test_any_resource_is_read(kind: str, elements: dict[str, Any]) -> None:
    found = read({"resourceType": kind, **elements}, {"resourceType": "Patient", "id": "end"})
    assert found.tables["patients"][-1]["id"] == "Patient/end"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_mutations_are_accounted_for(data: st.DataObject) -> None:
    content = bytearray(
        json.dumps(bundle(PATIENT, {"resourceType": "Condition", "subject": {"reference": "Patient/p1"}})).encode()
    )
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.sampled_from(b'{}[]",:x\\'))
    read_with(FHIR, bytes(content), block=data.draw(st.integers(16, 500)))


@pytest.mark.skipif("COLMATE_SHARED_DATA" not in os.environ, reason="public samples are not here")
def test_a_bulk_export_joins(tmp_path: Path) -> None:
    with tarfile.open(Path(os.environ["COLMATE_SHARED_DATA"]) / "health/fhir-bulk-10-patients.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    rows: dict[str, list[dict[str, str]]] = {}
    for place, path in enumerate(sorted(tmp_path.glob("[A-Z]*.ndjson"))):
        found = read_with(FHIR, path.read_bytes(), path.name, serial=place)
        lines = Counter(json.loads(line)["resourceType"] for line in path.read_text().splitlines())
        assert found.account.found == found.account.read == lines.total()
        rows |= found.tables
    patients = {row["id"] for row in rows["patients"]}
    encounters = {row["id"] for row in rows["encounters"]}
    assert len(patients) == 13
    for table in ("conditions", "encounters", "procedures", "medication_requests", "documents"):
        assert {row["patient"] for row in rows[table]} <= patients
    assert {row["encounter"] for row in rows["conditions"]} <= encounters
