"""HPRIM XML: the persons, stays, acts and diagnoses of messages, whatever is around them."""

# ruff: noqa: E501 - markup is easier to read as it is written

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.intake.evidence import Source
from colmate.intake.readers.hprim_xml import FORMATS, sniff
from colmate.intake.reading import CERTAIN, LIKELY, Meaning
from tests.intake.readers.harness import Found, read_with

(FORM,) = FORMATS
PERSON = """<personnePhysique sexe="F"><nomUsuel>BLANC</nomUsuel><nomNaissance>ROUX</nomNaissance><prenoms>
<prenom>Zoé</prenom><prenom>Marie</prenom></prenoms><adresses><adresse><ligne>1 rue des Lilas</ligne><ville>LYON</ville>
<codePostal>69001</codePostal></adresse></adresses><telephones><telephone>0199000001</telephone>
<telephone>0639980001</telephone></telephones><dateNaissance><date>1960-02-03</date></dateNaissance></personnePhysique>"""
STAY = f"""<evenementPatient><venuePatient action="création"><patient><identifiant><emetteur etat="permanent"><valeur>123</valeur>
</emetteur></identifiant>{PERSON}</patient><venue etat="encours"><identifiant><emetteur>77</emetteur></identifiant><entree>
<dateHeureOptionnelle><date>2024-01-01</date></dateHeureOptionnelle></entree><medecins><medecin lien="trt">
<numeroAdeli>751234567</numeroAdeli><personne><nomUsuel>NOIR</nomUsuel></personne></medecin></medecins></venue></venuePatient>
</evenementPatient>"""
INSURED = """<evenementPatient><debiteursVenue><patient><identifiant><emetteur>123</emetteur></identifiant></patient><debiteurs>
<debiteur><assurance><nom>CPAM</nom><assure><immatriculation>160026938901205</immatriculation><personne sexe="M">
<nomUsuel>BLANC</nomUsuel></personne></assure></assurance></debiteur></debiteurs></debiteursVenue></evenementPatient>"""
ACTS = """<evenementServeurActe><patient><identifiant><emetteur>5</emetteur></identifiant></patient><actesCCAM><acteCCAM>
<codeActe>ABCD001</codeActe><execute><date>2024-01-05</date></execute></acteCCAM><acteCCAM><codeActe>ABCD002</codeActe>
</acteCCAM></actesCCAM><diagnosticsRum><diagnosticPrincipal><codeCim10>C50</codeCim10></diagnosticPrincipal></diagnosticsRum>
</evenementServeurActe>"""
HEADER = """<enteteMessage><identifiantMessage>12</identifiantMessage><emetteur><agents><agent><code>A</code></agent>
<agent><code>B</code></agent></agents></emetteur></enteteMessage>"""


def message(*events: str, root: str = "evenementsPatients") -> bytes:
    body = "".join(events)
    return (
        f'<?xml version="1.0" encoding="ISO-8859-1"?><{root} xmlns="http://www.hprim.org/hprimXML" version="1.05">'
        f"{HEADER}{body}</{root}>"
    ).encode("latin-1")


def read(content: bytes) -> Found:
    return read_with(FORM, content, serial=3)


def test_a_patient_a_stay_and_a_doctor() -> None:
    found = read(message(STAY))
    (patient,) = found.tables["hprim_patient"]
    assert patient == {
        "evenement": "3-1",
        "element": "patient",
        "identifiant_emetteur_etat": "permanent",
        "identifiant_emetteur": "123",
        "sexe": "F",
        "nomUsuel": "BLANC",
        "nomNaissance": "ROUX",
        "prenom": "Zoé",
        "prenom_2": "Marie",
        "adresse_ligne": "1 rue des Lilas",
        "adresse_ville": "LYON",
        "adresse_codePostal": "69001",
        "telephone": "0199000001",
        "telephone_2": "0639980001",
        "dateNaissance": "1960-02-03",
    }
    (stay,) = found.tables["hprim_venue"]
    assert (stay["identifiant_emetteur"], stay["entree_date"]) == ("77", "2024-01-01")
    (doctor,) = found.tables["hprim_medecin"]
    assert (doctor["numeroAdeli"], doctor["nomUsuel"], doctor["lien"]) == ("751234567", "NOIR", "trt")


def test_the_insured_is_no_patient() -> None:
    found = read(message(INSURED))
    (insured,) = found.tables["hprim_assure"]
    assert (insured["immatriculation"], insured["nomUsuel"]) == ("160026938901205", "BLANC")
    assert found.declared["hprim_assure"].meanings["immatriculation"] == Meaning("nir", "insured")
    assert found.declared["hprim_assure"].subject == "insured"


def test_acts_and_diagnoses() -> None:
    found = read(message(ACTS, root="evenementsServeurActes"))
    assert [(row["codeActe"], row["execute_date"]) for row in found.tables["hprim_acte"]] == [
        ("ABCD001", "2024-01-05"),
        ("ABCD002", ""),
    ]
    assert [row["codeCim10"] for row in found.tables["hprim_diagnostic"]] == ["C50"]


def test_messages_and_events_refer_to_each_other() -> None:
    found = read(message(STAY, INSURED) + b"\n" + message(ACTS, root="evenementsServeurActes"))
    assert [(row["evenement"], row["message"]) for row in found.tables["hprim_evenement"]] == [
        ("3-1", "3-1"),
        ("3-2", "3-1"),
        ("3-3", "3-2"),
    ]
    first, second = found.tables["hprim_message"]
    assert (first["type"], first["identifiantMessage"], second["type"]) == (
        "evenementsPatients",
        "12",
        "evenementsServeurActes",
    )
    assert found.declared["hprim_patient"].references[0].table == "hprim_evenement"
    assert found.account.encoding == "cp1252"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2_500))
def test_a_cut_leaves_what_was_before_it(place: int) -> None:
    content = message(STAY, INSURED)
    found = read(content[:place])
    if b"</patient>" in content[:place]:
        assert found.tables["hprim_patient"][0]["nomNaissance"] == "ROUX"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2_500), st.binary(min_size=1, max_size=6))
def test_damage_brings_nothing_down(place: int, damage: bytes) -> None:
    content = message(STAY, ACTS)
    found = read(content[:place] + damage + content[place + len(damage) :])
    assert found.tables or found.rejects


@pytest.mark.parametrize(
    ("content", "sure"),
    [
        (message(STAY), CERTAIN),
        (message(ACTS).replace(b' xmlns="http://www.hprim.org/hprimXML"', b""), LIKELY + 0.05),
        (b"<h:evenementsPatients xmlns:h='http://www.hprim.org/hprimXML'/>", CERTAIN),
        (b"<evenements><evenement/></evenements>", 0),
        (b"<a><evenementsPatients/></a>", 0),
        (b"evenementsPatients", 0),
        (b"", 0),
    ],
)
def test_sniff(content: bytes, sure: float) -> None:
    assert sniff(Source.of(content).head) == sure
