"""Which elements of HPRIM XML are persons, stays, acts and diagnoses, and under which names their values go.

Source: HPRIM XML schemas (Interop'Santé, message patients 1.05 to 1.07, serveur d'activité PMSI 1.01 to 2.00). An
element is known by its own name and by what stands in it, whatever is around it: versions and editors differ there.
"""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from colmate.intake.reading import Declared, Meaning, Reference
from colmate.model import Role

__all__ = ["ACTS", "DECLARED", "DROPPED", "EVENT", "EVENTS", "MESSAGE", "MESSAGES", "PREFIX", "table_of"]

PREFIX: Final = "hprim_"
MESSAGES, EVENTS = "hprim_message", "hprim_evenement"
PATIENTS, STAYS, PROFESSIONALS = "hprim_patient", "hprim_venue", "hprim_medecin"
INSURED, RELATIVES, ACTS, DIAGNOSES = "hprim_assure", "hprim_personne", "hprim_acte", "hprim_diagnostic"
# keys made of the number of the file and of the message or event in it
MESSAGE: Final = "message"
EVENT: Final = "evenement"

# elements that only hold others: their names add nothing to those of the values in them
DROPPED: Final = frozenset(
    {
        "personnePhysique",
        "personne",
        "prenoms",
        "adresses",
        "telephones",
        "emails",
        "valeur",
        "dateHeureOptionnelle",
        "dateHeure",
        "observations",
    }
)
PERSON: Final = frozenset({"personne", "personnePhysique", "nomUsuel", "nomNaissance"})
PROFESSION: Final = frozenset({"numeroAdeli", "numeroADELI", "numeroRpps", "numeroRPPS", "adeli", "rpps"})
CARERS: Final = ("medecin", "prescripteur", "praticien", "professionnel", "executant", "intervenant")


def table_of(element: Element) -> str | None:
    """Return the table that an element is a record of; None when its values belong to what is around it."""
    tag, parts = element.tag, {child.tag for child in element}
    if not parts:
        return None
    if tag.startswith("patient") and parts & {"identifiant", "personnePhysique", "personne", "nomUsuel"}:
        return PATIENTS
    if tag.startswith("venue") and "patient" not in parts:
        return STAYS
    if parts & PROFESSION or (tag.startswith(CARERS) and parts & (PERSON | {"identification"})):
        return PROFESSIONALS
    if tag.startswith("assure"):
        return INSURED
    if parts & PERSON and tag not in DROPPED:
        return RELATIVES
    if tag.startswith("acte") and parts & {"codeActe", "lettreCle", "code", "codeLPP", "cotation"}:
        return ACTS
    if "codeCim10" in parts or (tag.startswith("diagnostic") and "code" in parts):
        return DIAGNOSES
    return None


def _person(role: Role) -> dict[str, Meaning]:
    """Return the meaning of the columns of a person."""
    plain = {
        "nomUsuel": "used_name",
        "nomNaissance": "birth_name",
        "civiliteHprim": "title",
        "sexe": "sex",
        "dateNaissance": "birth_date",
        "lieuNaissance_ville": "birth_place",
        "adresse_ville": "city",
        "adresse_codePostal": "postcode",
        "numeroAdeli": "adeli",
        "numeroRpps": "rpps",
        "numeroRPPS": "rpps",
        "numeroSecuriteSociale": "nir",
        "immatriculation": "nir",
    }
    many = {"prenom": "first_name", "telephone": "phone", "email": "email", "adresse_ligne": "address"}
    numbered = {f"{name}{time}": kind for name, kind in many.items() for time in ("", "_2", "_3", "_4")}
    return {name: Meaning(kind, role) for name, kind in (plain | numbered).items()}


TO_EVENT: Final = (Reference((EVENT,), EVENTS, (EVENT,)),)
IDS: Final = ("identifiant_emetteur", "identifiant_recepteur")
DATES: Final = {
    name: Meaning("care_date") for name in ("entree_date", "sortie_date", "execute_date", "dateAction", "debut_date")
}

DECLARED: Final = {
    MESSAGES: Declared((MESSAGE,), meanings={MESSAGE: Meaning("record_id")}),
    EVENTS: Declared((EVENT,), (Reference((MESSAGE,), MESSAGES, (MESSAGE,)),), {EVENT: Meaning("record_id"), **DATES}),
    PATIENTS: Declared(
        references=TO_EVENT,
        meanings=_person("patient") | {name: Meaning("patient_id", "patient") for name in IDS},
        subject="patient",
    ),
    STAYS: Declared(
        references=TO_EVENT, meanings=DATES | {name: Meaning("stay_id") for name in IDS}, subject="patient"
    ),
    PROFESSIONALS: Declared(references=TO_EVENT, meanings=_person("professional"), subject="professional"),
    INSURED: Declared(references=TO_EVENT, meanings=_person("insured"), subject="insured"),
    RELATIVES: Declared(references=TO_EVENT, meanings=_person("relative"), subject="relative"),
    ACTS: Declared(references=TO_EVENT, meanings=DATES | {"codeActe": Meaning("procedure_code")}, subject="patient"),
    DIAGNOSES: Declared(references=TO_EVENT, meanings={"codeCim10": Meaning("diagnosis_code")}, subject="patient"),
}
