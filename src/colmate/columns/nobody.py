"""Tables about nobody: nomenclatures, lists of towns, drugs, insurers, establishments, names with their counts.

Their cells look like those of persons (a town is many families' name, an insurer has a telephone): it is the whole
table that tells. A table that holds anything of care, or two things that together tell a person, is never one.
"""

from __future__ import annotations

from collections.abc import Sequence

from colmate.catalogue import semantic_types
from colmate.columns.evidence import Evidence
from colmate.columns.headers import Header

__all__ = ["about_nobody"]

FAMILY_NAMES = frozenset(("last_name", "birth_name", "used_name"))
# where one of these is, the rows are persons'
PERSONAL = frozenset(
    ("nir", "ins", "birth_date", "birth_place", "death_date", "age", "patient_id", "stay_id", "login")
) | frozenset(("password", "password_hash", "professional_name", "rpps", "adeli", "iban", "card_number", "used_name"))
# that somebody was cared for, and what was found
CARE = frozenset(("free_text", "care_date", "timestamp", "lab_result", "blood_group", "measurement", "allergy"))
ORGANISATIONS = frozenset(("organisation_name", "insurer", "finess", "siren", "siret", "insurance_body"))
NUMBERED = frozenset(("finess", "siret", "siren"))
CONTACT = frozenset(("email", "phone", "address", "postcode", "city", "commune_code", "country", "url"))
CONTACT_OF_ONE = frozenset(("email", "phone", "address"))
# what stands beside the entry of a list
BESIDE = frozenset(("sex", "number", "code", "boolean", "record_id", "unknown", "empty", "date", "title", "unit"))
# an organisation a row, not the one that keeps the rows
DISTINCT = 0.8


def about_nobody(
    types: Sequence[str],
    headers: Sequence[Header],
    evidence: Sequence[Evidence | None],
    distinct: Sequence[int],
    records: int,
    subject: str | None,
) -> bool:
    """Return whether no row of a table is about a person.

    ``distinct``: texts of each column; ``subject``: whose table it is by its name.
    """
    held = set(types) - {"empty"}
    numbered = any(
        one in NUMBERED and count >= DISTINCT * records > 1 for one, count in zip(types, distinct, strict=True)
    )
    if numbered and not held & (FAMILY_NAMES | PERSONAL | {"first_name", "full_name"}):
        # establishments by their official numbers, whatever else is said of them
        return True
    # words that are no names were taken for names by their header alone: the label of a concept, of a playlist
    labels = [index for index, one in enumerate(types) if one == "full_name"]
    if any(_of_persons(headers[index], evidence[index]) for index in labels):
        return False
    named_only = labels and not held & (FAMILY_NAMES | PERSONAL | CONTACT_OF_ONE | {"first_name", "sex"})
    if named_only and subject is None:
        return True
    if subject is not None or held & PERSONAL or held & CARE or any(header.role for header in headers):
        return False
    known = semantic_types()
    if not any(known[one].family in ("identity", "contact", "insurance") for one in held):
        return False
    each = [count >= DISTINCT * records for count in distinct]
    if any(one in ORGANISATIONS and mine for one, mine in zip(types, each, strict=True)):
        # a person's own name beside it is the person in charge, or a customer
        return "first_name" not in held
    names = [index for index, one in enumerate(types) if one in FAMILY_NAMES | {"first_name", "full_name"}]
    rest = held - FAMILY_NAMES - {"first_name", "full_name"}
    if len(names) == 1 and rest <= BESIDE | {"city", "postcode", "commune_code", "country"}:
        return each[names[0]] and _a_list(evidence[names[0]], rest)
    return (
        not names
        and bool(held & {"city", "postcode", "commune_code", "country"})
        and rest
        <= BESIDE
        | CONTACT
        - {
            "email",
            "phone",
            "address",
        }
    )


def _of_persons(header: Header, names: Evidence | None) -> bool:
    """Return whether full names are persons' by their words; a header that says so outright needs a few only."""
    return names is None or names.fact("full") >= (0.1 if header.score("full_name") >= 0.9 else 0.4)


def _a_list(names: Evidence | None, rest: set[str]) -> bool:
    """Return whether one column of names, all different, is a list of them: with counts or codes, or of places."""
    if names is None:
        return True
    towns = names.fact("city") >= 0.3 and bool(rest & {"postcode", "commune_code", "country"})
    return towns or bool(rest & {"number", "code", "record_id", "boolean", "sex"}) or not rest
