"""What a column's name means in its table: ``code`` of ``diagnostic`` is a coded diagnosis, ``user_id`` is a number.

A table's name is a word of each of its columns' names where those are vague; and a number that identifies records of
something is no such thing itself.
"""

from __future__ import annotations

from types import MappingProxyType

from colmate.columns.decision import Decision
from colmate.columns.evidence import Evidence
from colmate.columns.headers import Header, read
from colmate.columns.naming import core, core_of_table, is_an_id

__all__ = ["header_in", "numbers_records", "own_number"]

# names that say nothing without their table's
VAGUE = frozenset(("code", "libelle", "lib", "label", "intitule", "designation"))
# what a table can be a list of
LISTED = frozenset(
    ("diagnosis_code", "procedure_code", "drug_code", "lab_code", "diagnosis", "drug", "lab_test", "allergy")
)
TOLD = 0.45
# what a column that is named "id" may hold; anything else is what the id stands for
NUMBERS = (
    frozenset(("patient_id", "stay_id", "record_id", "family_rank", "nir", "ins", "rpps", "adeli", "finess"))
    | frozenset(("siren", "siret", "insurer_member_id", "tax_number", "passport_number", "id_card_number"))
    | frozenset(("diagnosis_code", "procedure_code", "drug_code", "lab_code", "commune_code", "postcode"))
    | frozenset(("insurance_body", "code", "number", "boolean", "empty", "unknown"))
)
FIGURES = 0.9


def header_in(table: str, name: str) -> Header:
    """Return the reading of a column's name, with the table's name where its own words are vague."""
    own = read(name)
    if not table or not own.words or set(own.words) - VAGUE:
        return own
    scores = dict(own.scores)
    for phrase in (f"{name} {table}", f"{table} {name}"):
        for semantic_type, score in read(phrase).scores.items():
            if semantic_type in LISTED and score >= TOLD:
                scores[semantic_type] = max(scores.get(semantic_type, 0.0), score)
    return Header(own.words, own.role, MappingProxyType(scores))


def numbers_records(name: str, decision: Decision, evidence: Evidence | None) -> Decision:
    """Return the decision, or ``record_id`` for a number that is only named after what it identifies."""
    if decision.semantic_type in NUMBERS or evidence is None or not is_an_id(name):
        return decision
    return Decision("record_id", 0.8) if evidence.share("number") >= FIGURES else decision


def own_number(name: str, table: str, subject: str | None) -> bool:
    """Tell whether a column is the number of its own table's records, which are about somebody else than patients."""
    return subject not in (None, "patient") and bool(core(name)) and core(name) == core_of_table(table)
