"""Clinical documents: who they are about, who wrote them, what they say, what is attached."""

# ruff: noqa: E501 - markup is easier to read as it is written

from __future__ import annotations

import base64
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.intake.evidence import Source
from colmate.intake.readers.cda import FORMATS, sniff
from colmate.intake.readers.cda.narrative import narrative
from colmate.intake.readers.cda.tables import DECLARED
from colmate.intake.readers.xml_data.markup import Parser
from colmate.intake.reading import CERTAIN, Meaning, Within
from tests.intake.readers.harness import Found, read_with

(FORM,) = FORMATS
PDF = b"%PDF-1.4 invented"
PATIENT = """<recordTarget><patientRole><id extension="285017512345678" root="1.2.250.1.213.1.4.8"/>
<id extension="IPP7" root="1.2.3"/><addr><houseNumber>3</houseNumber><streetName>rue des Lilas</streetName>
<postalCode>75012</postalCode><city>PARIS</city></addr><telecom value="tel:0199000011" use="H"/>
<telecom value="mailto:a.roux@example.fr"/><patient><name><given qualifier="BR">ANNE LISE</given><given>Anne</given>
<family qualifier="BR">ROUX</family><family qualifier="CL">BLANC</family></name>
<administrativeGenderCode code="F"/><birthTime value="19850112"/><guardian><guardianPerson><name><family>ROUX</family>
<given>Paul</given></name></guardianPerson></guardian><birthplace><place><addr><county>75112</county><city>PARIS</city></addr>
</place></birthplace></patient></patientRole></recordTarget>"""
AUTHOR = """<author><assignedAuthor><id root="1.2.250.1.71.4.2.1" extension="810001234567"/>
<code displayName="Médecin"/><assignedPerson><name><prefix>DR</prefix><family>NOIR</family><given>Luc</given></name>
</assignedPerson><representedOrganization><id root="1.2.250.1.71.4.2.2" extension="1750000001"/><name>Labo</name>
</representedOrganization></assignedAuthor></author>"""
BODY = """<component><structuredBody><component><section><code code="18719-5" displayName="Biochimie"/><title>BIO</title>
<text><paragraph>Bonne santé</paragraph><table><tbody><tr><th>CRP</th><td ID="c">5 mg/L</td></tr></tbody></table></text>
<entry><observation><code code="1988-5" displayName="CRP" codeSystem="2.16.840.1.113883.6.1"><originalText>
<reference value="#c"/></originalText></code><effectiveTime value="20240105"/><value xsi:type="PQ" value="5" unit="mg/L"/>
</observation></entry><entry><act><code code="Z" codeSystemName="X"/><entryRelationship><observation>
<value xsi:type="CD" code="C50" displayName="Tumeur" codeSystem="2.16.840.1.113883.6.3"/></observation></entryRelationship></act>
</entry></section></component></structuredBody></component>"""
FILE = f"""<component><nonXMLBody><text mediaType="application/pdf" representation="B64">{base64.b64encode(PDF).decode()}
</text></nonXMLBody></component>"""


def document(*parts: str) -> bytes:
    body = "".join(parts)
    return (
        f'<?xml version="1.0"?><!-- x --><ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="urn:x"><title>CR</title>'
        f'<effectiveTime value="20240105"/>{body}</ClinicalDocument>'
    ).encode()


def read(content: bytes, serial: int = 4) -> Found:
    return read_with(FORM, content, serial=serial)


def test_the_patient_is_read_by_the_qualifiers_of_the_names() -> None:
    (row,) = read(document(PATIENT)).tables["cda_patient"]
    assert row == {
        "document": "4-1",
        "ins": "285017512345678",
        "patient_id": "IPP7",
        "birth_first_names": "ANNE LISE",
        "first_name": "Anne",
        "birth_name": "ROUX",
        "used_name": "BLANC",
        "sex": "F",
        "birth_date": "19850112",
        "birth_place": "PARIS",
        "birth_place_code": "75112",
        "address": "3 rue des Lilas",
        "postcode": "75012",
        "city": "PARIS",
        "phone": "0199000011",
        "email": "a.roux@example.fr",
    }


def test_professionals_and_relatives_are_told_apart() -> None:
    found = read(document(PATIENT, AUTHOR))
    (author,) = found.tables["cda_professional"]
    assert author["rpps"] == "10001234567"
    assert author["finess"] == "750000001"
    assert (author["last_name"], author["title"], author["function"]) == ("NOIR", "DR", "author")
    (guardian,) = found.tables["cda_relative"]
    assert (guardian["last_name"], guardian["first_name"]) == ("ROUX", "Paul")


def test_sections_and_coded_entries() -> None:
    found = read(document(PATIENT, BODY))
    (section,) = found.tables["cda_section"]
    assert section["text"] == "Bonne santé\nCRP | 5 mg/L"
    first, second, third = found.tables["cda_observation"]
    assert (first["lab_code"], first["value"], first["unit"], first["date"]) == ("1988-5", "5", "mg/L", "20240105")
    assert first["original_text"] == "5 mg/L"
    assert second["code"] == "Z"
    assert (third["diagnosis_code"], third["diagnosis"]) == ("C50", "Tumeur")
    assert {row["section"] for row in (first, second, third)} == {section["section"]}


def test_the_standard_says_what_the_columns_hold() -> None:
    found = read(document(PATIENT, AUTHOR, BODY))
    assert found.declared["cda_patient"].meanings["ins"] == Meaning("ins", "patient")
    assert found.declared["cda_patient"].references[0].table == "cda_document"
    assert found.declared["cda_section"].meanings["text"] == Meaning("free_text")
    assert set(found.declared) <= set(DECLARED)


def test_a_body_that_is_a_file_is_a_member() -> None:
    found = read(document(PATIENT, FILE))
    ((member, content),) = found.members
    assert content == PDF
    assert member.within == Within("cda_document", "document", "4-1")
    assert member.name.endswith(".pdf")


def test_a_file_that_cannot_be_decoded_is_a_reject() -> None:
    found = read(document(FILE.replace("JVBER", "JV*ER")))
    assert [reason for *_, reason in found.rejects] == ["undecodable_attachment"]


def test_several_documents_in_one_file() -> None:
    found = read(document(PATIENT) + b"\n" + document(PATIENT))
    assert [row["document"] for row in found.tables["cda_patient"]] == ["4-1", "4-2"]


def test_prefixed_names() -> None:
    content = document(PATIENT).replace(b"</", b"</h:").replace(b"<h:", b"<").replace(b"</", b"@@")
    content = content.replace(b"<?", b"??").replace(b"<!", b"!!").replace(b"<", b"<h:").replace(b"@@", b"</h:")
    content = content.replace(b"??", b"<?").replace(b"!!", b"<!").replace(b"</h:h:", b"</h:")
    assert sniff(Source.of(content).head) == CERTAIN
    (row,) = read(content).tables["cda_patient"]
    assert row["birth_name"] == "ROUX"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2_500))
def test_a_cut_leaves_what_was_before_it(place: int) -> None:
    content = document(PATIENT, AUTHOR, BODY)
    found = read(content[:place])
    if place < len(content) and place > 40:
        assert found.rejects or found.account.notes["rebuilt_element"]
    if content[:place].count(b"</recordTarget>"):
        (row,) = found.tables["cda_patient"]
        assert row["birth_name"] == "ROUX"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2_900), st.binary(min_size=1, max_size=6))
def test_damage_loses_no_document(place: int, damage: bytes) -> None:
    content = document(PATIENT, AUTHOR, BODY, FILE)
    found = read(content[:place] + damage + content[place + len(damage) :])
    assert found.tables or found.rejects


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ("<text>a<br/>b</text>", "a\nb"),
        ("<text><list><item>a</item><item>b <content>c</content></item></list></text>", "a\nb c"),
        ("<text><table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td/></tr></table></text>", "1 | 2\n3"),
        ("<text>" + "<content>" * 300 + "x" + "</content>" * 300 + "</text>", "x"),
        ("<text/>", ""),
    ],
)
def test_a_narrative_stays_readable(block: str, text: str) -> None:
    (element,) = Parser().elements(block.encode())
    assert narrative(element) == text


@pytest.mark.parametrize(
    "content", [b"<a><ClinicalDocument/></a>", b"<ClinicalDocuments/>", b"ClinicalDocument", b"", b"\0"]
)
def test_other_contents_are_not_clinical_documents(content: bytes) -> None:
    assert sniff(Source.of(content).head) == 0


@pytest.mark.skipif("COLMATE_SHARED_DATA" not in os.environ, reason="public samples are not here")
def test_the_documents_in_the_messages_of_the_national_agency() -> None:
    seen = 0
    for path in (Path(os.environ["COLMATE_SHARED_DATA"]) / "health" / "ans-hl7v2").rglob("message_*"):
        for packed in re.findall(rb"[A-Za-z0-9+/=]{400,}", path.read_bytes()):
            content = base64.b64decode(packed + b"==")
            if b"<ClinicalDocument" not in content:
                continue
            found = read(content)
            assert [len(row["ins"]) for row in found.tables["cda_patient"]] == [15]
            assert all(data.startswith((b"%PDF-", b"\x89PNG")) for _, data in found.members)
            assert not found.rejects
            seen += 1
    assert seen
