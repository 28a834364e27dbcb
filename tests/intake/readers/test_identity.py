"""Whose document it is. Each text is the specification of a rule; a mended fault adds a text."""

from __future__ import annotations

import time

import pytest

from colmate.intake.readers.documents.identity import COLUMNS, identify
from colmate.intake.readers.documents.values import KINDS, address_parts, name, nirs


def key(body: str) -> str:
    """A NIR's 13 characters with their key."""
    number = int(body.replace("2A", "19").replace("2B", "18"))
    return f"{body}{97 - number % 97:02d}"


NIR = key("2810475112345")
OTHER = key("1620213055678")
CORSICAN = key("284072A004123")


def found(text: str) -> dict[str, str]:
    return {column: value for column, value in identify(text).items() if value}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # labels
        ("Patient : MARTIN Claire", {"full_name": "MARTIN Claire"}),
        ("Patient : Mme Claire MARTIN   Service : ORL", {"full_name": "Claire MARTIN"}),
        ("Nom : MARTIN\nPrénom : Claire", {"last_name": "MARTIN", "first_name": "Claire"}),
        ("NOM : MARTIN   PRENOM : CLAIRE   DDN : 03/04/1981",
         {"last_name": "MARTIN", "first_name": "CLAIRE", "birth_date": "03/04/1981"}),
        ("Nom de naissance : LE GOFF\tNom d'usage : MARTIN", {"birth_name": "LE GOFF", "last_name": "MARTIN"}),
        ("Nom\tMARTIN\nPrénom\tAnne-Claire", {"last_name": "MARTIN", "first_name": "Anne-Claire"}),
        ("Nom : martin", {"last_name": "martin"}),
        ("Nom : d'Artois de la Tour", {"last_name": "d'Artois de la Tour"}),
        ("Identité : DUVAL Jean-Paul", {"full_name": "DUVAL Jean-Paul"}),
        ("Date de naissance : 3 avril 1981", {"birth_date": "3 avril 1981"}),
        ("née le 03.04.1981 à Lyon", {"birth_date": "03.04.1981"}),
        ("Né(e) le : 1981-04-03", {"birth_date": "1981-04-03"}),
        ("Lieu de naissance : Saint-Denis", {"birth_place": "Saint-Denis"}),
        ("IPP : 123456789", {"patient_id": "123456789"}),
        ("Nom\tMARTIN\tPrénom\tClaire\t\nDDN\t03/04/1981\t",
         {"last_name": "MARTIN", "first_name": "Claire", "birth_date": "03/04/1981"}),
        ("Patient : MARTIN Claire Née le 03/04/1981", {"full_name": "MARTIN Claire", "birth_date": "03/04/1981"}),
        # headers of tables, and what is said of the patient
        ("Nom\tPrénom\tNaissance\nMARTIN\tClaire\t03/04/1981", {}),
        ("Nom\tOrigine\nMARTIN\tLyon\nDUVAL\tBrest", {}),
        ("Patient : Apyrétique ce jour", {}),
        ("Patient : Homme de 45 ans", {}),
        ("Patient : DUVAL", {"full_name": "DUVAL"}),
        # addresses
        ("Adresse : 12 rue des Lilas 56000 VANNES",
         {"address": "12 rue des Lilas", "postcode": "56000", "city": "VANNES"}),
        ("Adresse : 12 bis, rue des Lilas\n56000 Vannes\nTél : 01 99 00 12 34",
         {"address": "12 bis, rue des Lilas", "postcode": "56000", "city": "Vannes", "phone": "01 99 00 12 34"}),
        ("demeurant 3 allée Verte, 20090 Ajaccio",
         {"address": "3 allée Verte", "postcode": "20090", "city": "Ajaccio"}),
        ("Adresse : 4 rue Basse\nCP : 29200 Ville : Brest",
         {"address": "4 rue Basse", "postcode": "29200", "city": "Brest"}),
        # numbers
        (f"N° de sécurité sociale : {NIR}", {"nir": NIR}),
        (f"assurée sous le {NIR[:1]} {NIR[1:3]} {NIR[3:5]} {NIR[5:7]} {NIR[7:10]} {NIR[10:13]} {NIR[13:]}",
         {"nir": f"{NIR[:1]} {NIR[1:3]} {NIR[3:5]} {NIR[5:7]} {NIR[7:10]} {NIR[10:13]} {NIR[13:]}"}),
        (f"INS : {CORSICAN}", {"nir": CORSICAN}),
        ("NIR : 281047511234599", {}),
        (f"{NIR} puis {OTHER}", {}),
        (f"NIR : {NIR}\nConjoint : x NIR : {OTHER}", {"nir": NIR}),
        ("Courriel : claire.martin@example.fr", {"email": "claire.martin@example.fr"}),
        ("joignable au 06 39 98 12 34", {"phone": "06 39 98 12 34"}),
        ("portable : +33 6 39 98 12 34", {"phone": "+33 6 39 98 12 34"}),
        # sentences
        ("J'ai vu ce matin votre patiente, Mme Claire MARTIN, âgée de 41 ans.", {"full_name": "Claire MARTIN"}),
        ("Concernant M. Jean DUVAL, né le 01/02/1960. Monsieur DUVAL va mieux.",
         {"full_name": "Jean DUVAL", "birth_date": "01/02/1960"}),
        ("Madame Claire MARTIN née DURAND est venue.", {"full_name": "Claire MARTIN", "birth_name": "DURAND"}),
        ("Je soussigné, Docteur Paul PETIT, certifie avoir examiné Monsieur Jean DUVAL.",
         {"full_name": "Jean DUVAL", "professional_name": "Paul PETIT"}),
        ("Madame, Monsieur,\nveuillez trouver ci-joint le devis.", {}),
        ("Monsieur le Directeur, Madame la Présidente", {}),
        ("Cher Monsieur,", {}),
        # nobody's, or somebody else's
        ("Mme Claire MARTIN et M. Jean DUVAL sont venus.", {}),
        ("Patient : MARTIN Claire\nPatient : DUVAL Jean", {}),
        ("Nom : MARTIN\nPersonne à prévenir : son fils\nNom : DUVAL\nTél : 06 39 98 12 34", {"last_name": "MARTIN"}),
        ("Docteur Paul PETIT\nCabinet médical\nTél : 01 99 00 12 34\ncabinet@example.fr\nRPPS : 10003456786",
         {"professional_name": "Paul PETIT", "rpps": "10003456786"}),
        ("Médecin traitant : Dr Paul PETIT", {"professional_name": "Paul PETIT"}),
        ("RPPS : 10003456787", {}),
        ("Secrétariat : 01 99 00 12 34", {}),
        ("Le nom du produit : voir la notice", {}),
        ("Nom : inconnu", {}),
        ("Nom : voir étiquette au dos du dossier, merci", {}),
        ("a@example.fr b@example.fr", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_identity(text: str, expected: dict[str, str]) -> None:
    assert found(text) == expected


def test_a_whole_letter() -> None:
    letter = """Docteur Paul PETIT            Cabinet du Port
12 quai Neuf 56000 VANNES
Tél. : 01 99 00 00 01     paul.petit@example.fr
RPPS 10003456786

                              Vannes, le 02/03/2024
Patient : Mme Claire MARTIN
Née le : 03/04/1981
Adresse : 3 rue Haute
56100 LORIENT
Téléphone : 06 39 98 00 01

Chère consœur,
J'ai revu Madame MARTIN. Cordialement,
Dr Paul PETIT"""
    assert found(letter) == {
        "full_name": "Claire MARTIN",
        "birth_date": "03/04/1981",
        "address": "3 rue Haute",
        "postcode": "56100",
        "city": "LORIENT",
        "phone": "06 39 98 00 01",
        "rpps": "10003456786",
        "professional_name": "Paul PETIT",
    }


def test_every_column_has_a_kind_that_exists() -> None:
    assert {column.value for column in COLUMNS.values()} <= set(KINDS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Dr Paul PETIT", "Paul PETIT"), ("M. DE LA TOUR", "DE LA TOUR"), ("Patient", ""), ("42", ""),
     ("O'Brien Éric", "O'Brien Éric")],
)  # fmt: skip
def test_names(text: str, expected: str) -> None:
    assert name(text) == expected


def test_numbers_and_addresses() -> None:
    assert list(nirs(f"{NIR} {OTHER} 281047511234500 {CORSICAN}")) == [NIR, OTHER, CORSICAN]
    assert address_parts("sans code") == ("sans code", "", "")


@pytest.mark.parametrize(
    "text",
    ["Nom : " * 150_000, "A" * 1_000_000, "a." * 500_000, "1 " * 500_000, "Mme " * 250_000, "\n" * 1_000_000,
     "Monsieur Jean " * 70_000, "é" * 1_000_000, "a@" * 500_000, "Née " * 200_000, " " * 1_000_000, "A-" * 500_000,
     "Dr A " * 200_000],
)  # fmt: skip
def test_time_is_linear(text: str) -> None:
    start = time.process_time()
    identify(text)
    assert time.process_time() - start < 8
