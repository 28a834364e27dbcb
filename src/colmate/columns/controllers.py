"""The column that names the laboratory, practice or establishment that answers for a record, and the table's keys."""

from __future__ import annotations

from collections.abc import Sequence

from colmate.columns.column import Column
from colmate.columns.evidence import Evidence
from colmate.columns.headers import Header
from colmate.model import Key

__all__ = ["find_controller", "find_keys", "names_controller"]

CANDIDATES = frozenset(("organisation_name", "finess", "siret", "siren", "code", "number", "record_id", "unknown"))
POINTS = {"finess": 3.0, "siret": 3.0, "siren": 2.5, "organisation_name": 4.0}
IDENTIFIERS = frozenset(("patient_id", "stay_id", "record_id", "code", "number", "unknown")) | frozenset(
    ("nir", "ins", "rpps", "finess", "siret", "email", "login")
)


def names_controller(header: Header) -> float:
    """Return how well a name says laboratory, practice, establishment or site."""
    return header.score("organisation_name")


def find_controller(
    columns: Sequence[Column], headers: Sequence[Header], evidence: Sequence[Evidence | None]
) -> Column | None:
    """Return the column that tells the controllers apart, or None.

    It is filled in most records, has fewer values than a fifth of the records, and names organisations or is named
    after one.
    """
    best: tuple[float, Column] | None = None
    for column, header, ev in zip(columns, headers, evidence, strict=True):
        points = _points(column, header, ev)
        if points > 0 and (best is None or points > best[0]):
            best = (points, column)
    return best[1] if best else None


def _points(column: Column, header: Header, ev: Evidence | None) -> float:
    if ev is None or column.semantic_type not in CANDIDATES or column.role not in (None,):
        return 0.0
    if header.role == "professional" or column.filled < 0.5 * column.records:
        return 0.0
    if column.records >= 20 and not 1 <= column.distinct <= max(1, column.records // 5):
        return 0.0
    if ev.fact("word_insurer") > 0.4 or max(header.score("insurer"), header.score("insurance_body")) >= 0.7:
        return 0.0
    points = POINTS.get(column.semantic_type, 0.0) + 2.0 * names_controller(header)
    points += 2.0 * ev.fact("word_organisation") * (column.semantic_type == "organisation_name")
    # several values tell controllers apart; a constant names the only one
    return points + (0.5 if column.distinct > 1 else 0.0) if points >= 1.3 else 0.0


def find_keys(columns: Sequence[Column], declared: Sequence[str] = ()) -> tuple[Key, ...]:
    """Return the primary key: the one declared, else the first identifier that every record has and no two share."""
    names = {column.name for column in columns}
    if declared and names.issuperset(declared):
        return tuple(Key(column=name) for name in declared)
    for column in columns:
        unique = column.distinct == column.filled == column.records and column.records > 1
        if unique and column.semantic_type in IDENTIFIERS:
            return (Key(column=column.name),)
    return ()
