"""The header of a clinical document: the document itself, its patients, and all who took part, wherever they stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from xml.etree.ElementTree import Element

from colmate.intake.readers.cda.people import (
    INS,
    PERSON,
    Row,
    address,
    first,
    identifiers,
    kids,
    name,
    organisation,
    professional_ids,
    put,
    telecoms,
    text,
)
from colmate.intake.readers.cda.tables import DOCUMENT, ORGANISATIONS, PATIENTS, PROFESSIONALS, RELATIVES

__all__ = ["document_row", "participants"]

Add = Callable[[str, Row], None]
# entities that play a role, with the person and the organisation in each
ENTITIES: Final = {
    "assignedAuthor": ("assignedPerson", "representedOrganization"),
    "assignedEntity": ("assignedPerson", "representedOrganization"),
    "intendedRecipient": ("informationRecipient", "receivedOrganization"),
    "associatedEntity": ("associatedPerson", "scopingOrganization"),
    "relatedEntity": ("relatedPerson", ""),
    "guardian": ("guardianPerson", "guardianOrganization"),
    "relatedSubject": ("subject", ""),
    "participantRole": ("playingEntity", "scopingEntity"),
}
ORGANISED: Final = ("representedCustodianOrganization", "providerOrganization", "serviceProviderOrganization")
# classes of roles (HL7 RoleClass) of those around a patient: next of kin, emergency contact, guardian, carer, agent…
NEAR: Final = frozenset(
    {"NOK", "ECON", "GUARD", "PRS", "CAREGIVER", "AGNT", "CON", "QUAL", "POLHOLD", "COVPTY", "GUAR"}
)


def document_row(root: Element) -> Row:
    """Return what a document says of itself."""
    row: Row = {}
    put(row, "id", "^".join(filter(None, next(identifiers(root), ("", "")))))
    put(row, "title", text(first(root, "title")))
    code, encounter = first(root, "code"), first(root, "componentOf/encompassingEncounter")
    put(row, "type_code", _value(code, "code"))
    put(row, "type", _value(code, "displayName"))
    put(row, "date", _value(first(root, "effectiveTime"), "value"))
    put(row, "confidentiality", _value(first(root, "confidentialityCode"), "code"))
    put(row, "language", _value(first(root, "languageCode"), "code"))
    put(row, "set_id", "^".join(filter(None, next(identifiers(root, "setId"), ("", "")))))
    put(row, "version", _value(first(root, "versionNumber"), "value"))
    for event in root.iter("serviceEvent"):
        put(row, "event_code", _value(first(event, "code"), "code"))
        put(row, "event", _value(first(event, "code"), "displayName"))
        put(
            row,
            "event_date",
            _value(first(event, "effectiveTime/low"), "value") or _value(first(event, "effectiveTime"), "value"),
        )
    for _, extension in identifiers(encounter):
        put(row, "encounter_id", extension)
    put(row, "encounter_type", _value(first(encounter, "code"), "displayName"))
    put(row, "encounter_start", _value(first(encounter, "effectiveTime/low"), "value"))
    put(row, "encounter_end", _value(first(encounter, "effectiveTime/high"), "value"))
    put(row, "place", text(first(encounter, "location/healthCareFacility/location/name")))
    return row


def participants(root: Element, document: str, add: Add) -> None:
    """Add the patients, professionals, relatives and organisations of a document, wherever they stand in it."""
    todo: list[tuple[Element, str]] = [(root, "")]
    while todo:
        element, function = todo.pop()
        key = {DOCUMENT: document}
        if element.tag == "patientRole":
            _some(add, PATIENTS, key, _patient(element))
        elif element.tag in ENTITIES:
            table, row = _participant(element)
            _some(add, table, {**key, "function": function}, row)
        elif element.tag in ORGANISED:
            _some(add, ORGANISATIONS, {**key, "function": element.tag}, organisation(element, ""))
        if element.tag != "text":
            todo.extend((child, element.tag if child.tag in ENTITIES else function) for child in reversed(element))


def _some(add: Add, table: str, key: Row, row: Row) -> None:
    if row:
        add(table, {**key, **row})


def _patient(role: Element) -> Row:
    row: Row = {}
    for root, extension in identifiers(role):
        put(row, "ins" if root in INS else "patient_id", extension)
    for person in kids(role, "patient"):
        row |= name(person)
        put(row, "sex", _value(first(person, "administrativeGenderCode"), "code"))
        put(row, "birth_date", _value(first(person, "birthTime"), "value"))
        put(row, "death_date", _value(first(person, "deceasedTime"), "value"))
        put(row, "deceased", _value(first(person, "deceasedInd"), "value"))
        put(row, "marital_status", _value(first(person, "maritalStatusCode"), "code"))
        for tag in ("religiousAffiliationCode", "raceCode", "ethnicGroupCode"):
            put(row, tag, _value(first(person, tag), "displayName") or _value(first(person, tag), "code"))
        place = first(person, "birthplace/place")
        birth = address(place)
        put(row, "birth_place", birth.get("city", "") or text(first(place, "name")))
        put(row, "birth_place_code", birth.get("commune_code", ""))
        put(row, "birth_postcode", birth.get("postcode", ""))
        put(row, "birth_country", birth.get("country", ""))
    return row | address(role) | telecoms(role)


def _participant(entity: Element) -> tuple[str, Row]:
    """Return in which table one belongs who took part, and what is said of them; nothing when only a role is."""
    person, place = ENTITIES[entity.tag]
    row = name(first(entity, person))
    code, work = first(entity, "code"), organisation(first(entity, place))
    related = entity.tag in {"relatedEntity", "guardian", "relatedSubject"} or entity.attrib.get("classCode") in NEAR
    near = related and not any(root == PERSON for root, _ in identifiers(entity))
    ids = professional_ids(entity) if not near else {}
    if near:
        for _, extension in identifiers(entity):
            put(row, "relative_id", extension)
    if not row and not ids and not work:
        return PROFESSIONALS, {}
    put(row, "relation" if near else "specialty", _value(code, "displayName") or _value(code, "code"))
    put(row, "birth_date", _value(first(entity, f"{person}/birthTime"), "value"))
    row |= ids | work | address(entity) | telecoms(entity)
    return (RELATIVES if near else PROFESSIONALS), row


def _value(element: Element | None, name: str) -> str:
    return element.attrib.get(name, "") if element is not None else ""
