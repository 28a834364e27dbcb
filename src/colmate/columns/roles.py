"""Whose value a column holds: by the words of its name, by what it is, by the columns around it, by its table."""

from __future__ import annotations

from collections.abc import Sequence

from colmate.catalogue import semantic_types
from colmate.columns.headers import Header

__all__ = ["assign_roles", "whose"]

NAMES = frozenset(("last_name", "birth_name", "used_name", "first_name", "full_name", "title"))
PROFESSIONAL = frozenset(("professional_name", "rpps", "adeli", "specialty"))
ACCESS = frozenset(("login", "password", "password_hash", "ip_address"))
# identifiers and traits of a person; codes, texts, events and organisations are nobody's
FAMILIES = frozenset(("identity", "government", "contact", "access", "money", "insurance"))
OTHERS = frozenset(("patient_id", "stay_id", "family_rank", "kinship", "blood_group")) | PROFESSIONAL
PERSONAL_CONTACT = frozenset(("email", "phone", "address", "postcode", "city", "commune_code", "country"))

PATIENT = frozenset(("nir", "ins", "patient_id", "stay_id", "birth_date", "blood_group"))
CARE = frozenset(("care_date", "lab_result", "lab_code", "diagnosis_code", "procedure_code", "drug_code", "free_text"))
# a list of professionals has another number in each row
LISTED = 0.9


def whose(
    types: Sequence[str], headers: Sequence[Header], distinct: Sequence[int], records: int, named: str | None
) -> str | None:
    """Return whose table it is, or None: by its name (``named``), or for it lists professionals by their numbers.

    Accounts with a NIR or a patient's number are patients' own; the contacts of nobody we know are plain persons.
    """
    patient = any(one in PATIENT for one in types) or any(header.role == "patient" for header in headers)
    if named == "account" and any(one in PROFESSIONAL for one in types):
        # the users of a practice's or a hospital's software are those who work there
        return "professional"
    if named is not None:
        return None if named == "relative" or (named == "account" and patient) else named
    numbered = any(
        one in ("rpps", "adeli") and count >= LISTED * records for one, count in zip(types, distinct, strict=True)
    )
    care = any(one in CARE for one in types)
    return "professional" if numbered and records > 1 and not patient and not care else None


def assign_roles(
    types: Sequence[str], headers: Sequence[Header], subject: str | None = None, given: Sequence[str | None] = ()
) -> list[str | None]:
    """Return the role of each column, or None where the value is nobody's.

    ``subject``: whose table it is, where known: the role of every trait that its column's name gives to nobody else.
    ``given``: roles that the format declares.
    """
    known = semantic_types()
    personal = [known[one].family in FAMILIES or one in OTHERS for one in types]
    told = [_told(one, header) for one, header in zip(types, headers, strict=True)]
    told = [declared or role for declared, role in zip(given, told, strict=True)] if given else told
    if subject is None:
        _surround(types, headers, told)
    named = any(role in (None, "patient") and one in NAMES for one, role in zip(types, told, strict=True))
    patient = named or any(one in ("nir", "ins", "patient_id") for one in types)
    return [
        (role or _of_table(one, subject) or _default(one, patient)) if mine else None
        for one, role, mine in zip(types, told, personal, strict=True)
    ]


def _of_table(semantic_type: str, subject: str | None) -> str | None:
    # a patient's or a stay's number is the patient's, in whosever table it stands
    return None if semantic_type in ("patient_id", "stay_id") else subject


def _told(semantic_type: str, header: Header) -> str | None:
    """Return the role that the type or the name tells."""
    if semantic_type in PROFESSIONAL:
        return "professional"
    if semantic_type == "marital_status" and header.role == "relative":
        # "situation de famille" is the patient's own
        return None
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
