"""References between resources as one kind of key (https://hl7.org/fhir/R4/references.html, bundle.html#references).

A resource's key is ``Type/id``: that of a server is the same in every file of an export. In a bundle whose entries
have no server yet, the entry's ``urn:uuid:`` is the id. A contained resource is ``key#id``.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["key_of", "resolve"]

RESTFUL: Final = re.compile(r"(?:^|/)([A-Z][A-Za-z]{1,40})/([A-Za-z0-9.\-_:]{1,100})(?:/_history/[^/]*)?$")
CONDITIONAL: Final = re.compile(r"^(?:.*/)?[A-Z][A-Za-z]{1,40}\?(?:.*&)?identifier=(?:[^|&]*(?:\||%7C))?([^&]{1,200})")
UUID: Final = ("urn:uuid:", "urn:oid:")
# what a field refers to when the reference itself does not say it
TARGETS: Final = {
    "patient": "Patient",
    "subject": "Patient",
    "beneficiary": "Patient",
    "encounter": "Encounter",
    "practitioner": "Practitioner",
    "organization": "Organization",
    "managing_organization": "Organization",
    "service_provider": "Organization",
    "general_practitioner": "Practitioner",
    "medication_reference": "Medication",
}


def key_of(kind: str, own: object, url: object, spare: str) -> str:
    """Return the key of a resource of type ``kind``: from its entry's URL or its id; ``spare`` if it has neither."""
    if isinstance(url, str) and url.startswith(UUID):
        return f"{kind}/{url.split(':', 2)[2].lower()}"
    if isinstance(own, (str, int)) and own != "":
        return f"{kind}/{own}"
    found = RESTFUL.search(url) if isinstance(url, str) else None
    return f"{kind}/{found[2]}" if found else f"{kind}/{spare}"


def resolve(reference: str, field: str, owner: str, kind: object = None) -> tuple[str, str]:
    """Return the key that a reference in ``field`` of the resource ``owner`` leads to, and else an identifier.

    ``kind``: the type that the reference says it has. Either is "" when there is none.
    """
    if reference.startswith("#"):
        around = owner.split("#", 1)[0]
        return f"{around}{reference}" if len(reference) > 1 else around, ""
    if reference.startswith(UUID):
        target = kind if isinstance(kind, str) else TARGETS.get(field, "")
        own = reference.split(":", 2)[2].lower()
        return (f"{target}/{own}" if target else own), ""
    if "?" in reference:
        found = CONDITIONAL.match(reference)
        return "", found[1] if found else reference
    found = RESTFUL.search(reference)
    return (f"{found[1]}/{found[2]}", "") if found else ("", reference)
