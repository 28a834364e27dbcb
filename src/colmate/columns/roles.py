"""Whose value a column holds: by the words of its name, by what it is, and by the columns around it."""

from __future__ import annotations

from collections.abc import Sequence

from colmate.catalogue import semantic_types
from colmate.columns.headers import Header

__all__ = ["assign_roles"]

NAMES = frozenset(("last_name", "birth_name", "used_name", "first_name", "full_name", "title"))
PROFESSIONAL = frozenset(("professional_name", "rpps", "adeli", "specialty"))
ACCESS = frozenset(("login", "password", "password_hash", "ip_address"))
# identifiers and traits of a person; codes, texts, events and organisations are nobody's
FAMILIES = frozenset(("identity", "government", "contact", "access", "money", "insurance"))
OTHERS = frozenset(("patient_id", "stay_id", "family_rank", "blood_group")) | PROFESSIONAL
PERSONAL_CONTACT = frozenset(("email", "phone", "address", "postcode", "city", "commune_code", "country"))


def assign_roles(types: Sequence[str], headers: Sequence[Header]) -> list[str | None]:
    """Return the role of each column, or None where the value is nobody's."""
    known = semantic_types()
    personal = [known[one].family in FAMILIES or one in OTHERS for one in types]
    told = [_told(one, header) for one, header in zip(types, headers, strict=True)]
    _surround(types, headers, told)
    named = any(role in (None, "patient") and one in NAMES for one, role in zip(types, told, strict=True))
    patient = named or any(one in ("nir", "ins", "patient_id") for one in types)
    return [
        (role or _default(one, patient)) if mine else None
        for one, role, mine in zip(types, told, personal, strict=True)
    ]


def _told(semantic_type: str, header: Header) -> str | None:
    """Return the role that the type or the name tells."""
    if semantic_type in PROFESSIONAL:
        return "professional"
    if semantic_type in ACCESS:
        return header.role if header.role in ("patient", "professional", "relative") else None
    return None if header.role == "account" else header.role


def _default(semantic_type: str, patient: bool) -> str:
    # the one who logs in to a result server is the patient, where the record has one
    return "account" if semantic_type in ACCESS and not patient else "patient"


def _surround(types: Sequence[str], headers: Sequence[Header], told: list[str | None]) -> None:
    """Let a run of unnamed columns that follows a professional's or a relative's name share its role, in place.

    A second first name or postcode in a record with no word of role is somebody else's: it belongs to the subject whose
    block of neighbouring columns it stands in.
    """
    seen: set[str] = set()
    current: str | None = None
    for index, one in enumerate(types):
        if told[index] is not None:
            current = told[index]
            continue
        if headers[index].scores and not _repeated(one, seen):
            current = None
        elif (
            current in ("professional", "relative", "insured")
            and (one in PERSONAL_CONTACT or one in NAMES)
            and one in seen
        ):
            told[index] = current
        elif one not in PERSONAL_CONTACT and one not in NAMES:
            current = None
        seen.add(one)
    _unnamed_professional(types, headers, told)


def _repeated(semantic_type: str, seen: set[str]) -> bool:
    return semantic_type in seen and semantic_type in (NAMES | PERSONAL_CONTACT)


def _unnamed_professional(types: Sequence[str], headers: Sequence[Header], told: list[str | None]) -> None:
    """Give the names beside an RPPS or ADELI number to the professional, in place, where the patient has others."""
    for index, one in enumerate(types):
        if one not in ("rpps", "adeli"):
            continue
        for step in (-1, 1):
            place = index + step
            while 0 <= place < len(types) and types[place] in NAMES and told[place] is None:
                elsewhere = any(
                    types[i] == types[place] and told[i] is None for i in range(len(types)) if abs(i - place) > 1
                )
                if not elsewhere or headers[place].role:
                    break
                told[place] = "professional"
                place += step
