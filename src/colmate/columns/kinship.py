"""What references tell of roles: whose names stand in a table that refers to patients, and which key is the patient's.

Names equal to those of the patient referred to are the patient's over again. Names that mostly differ are somebody
else's: professionals' or users' where the table says so, else relatives' (contacts, the person to trust).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import ibis
import ibis.expr.types as ir

from colmate.columns.column import Column
from colmate.columns.headers import read
from colmate.columns.keys import key_text
from colmate.columns.relations import RelatedTable, Relation
from colmate.columns.roles import NAMES, assign_roles
from colmate.columns.text import fold, trimmed
from colmate.engine import Engine

__all__ = ["settle"]

COMPARED = ("first_name", "full_name", "birth_date")
BESIDE = ("birth_date", "nir", "ins", "patient_id", "sex", "phone", "email", "address")
SAME, OTHER = 0.5, 0.2
# a number without a meaning of its own
PLAIN = frozenset(("record_id", "code", "number", "unknown"))
SAMPLE = 50_000


def settle(engine: Engine, tables: Sequence[RelatedTable], relations: Sequence[Relation]) -> list[RelatedTable]:
    """Return the tables with the roles and types that their references tell."""
    known = {table.number: table for table in tables}
    for number, role in list(_told(engine, known, relations)):
        known[number] = _with_role(known[number], role)
    for number, field in sorted(_patients_keys(known, relations)):
        known[number] = _with_patient_id(known[number], field)
    return [known[table.number] for table in tables]


def _told(engine: Engine, known: dict[int, RelatedTable], relations: Sequence[Relation]) -> Iterator[tuple[int, str]]:
    for one in relations:
        child, parent = known[one.child], known[one.parent]
        if one.child == one.parent or child.declared.subject or child.declared.meanings:
            continue
        said = child.decided.subject
        if not (_named(child, said) and _of_patients(parent)) or said == "patient":
            continue
        shares = _equal(engine, one, child, parent)
        other = bool(shares) and max(shares) <= OTHER
        unlike = not shares or max(shares) < SAME
        if other or (unlike and child.decided.subject == "relative"):
            by_name = said in ("professional", "account", "insured") and not (
                said == "professional" and _born(child) and not _professional(child)
            )
            yield one.child, str(said) if by_name else "relative"


def _named(table: RelatedTable, role: str | None = None) -> bool:
    roles = ("patient", role)
    return any(column.semantic_type in NAMES and column.role in roles for column in table.decided.columns)


def _born(table: RelatedTable) -> bool:
    """Return whether the birth dates or birth names of those in a table are told: nobody keeps doctors' ones."""
    return any(
        column.semantic_type in ("birth_date", "birth_name") and column.filled for column in table.decided.columns
    )


def _professional(table: RelatedTable) -> bool:
    """Return whether anything but its name says that a table is of professionals."""
    marks = ("rpps", "adeli", "specialty", "professional_name")
    return any(column.semantic_type in marks and column.filled for column in table.decided.columns)


def _of_patients(table: RelatedTable) -> bool:
    """Return whether a table holds persons' names with something that tells them apart, or is named after patients."""
    beside = any(column.semantic_type in BESIDE and column.role == "patient" for column in table.decided.columns)
    return _named(table) and (beside or table.decided.subject == "patient")


def _of(table: RelatedTable, semantic_type: str) -> Column | None:
    roles = ("patient", table.decided.subject)
    mine = (c for c in table.decided.columns if c.semantic_type == semantic_type and c.role in roles and c.filled)
    return next(mine, None)


def _equal(engine: Engine, relation: Relation, child: RelatedTable, parent: RelatedTable) -> list[float]:
    """Return the shares of records that give the same name or birth date as the one referred to, where both say one."""
    pairs = [(kind, _of(child, kind), _of(parent, kind)) for kind in COMPARED]
    both = [(kind, mine, theirs) for kind, mine, theirs in pairs if mine is not None and theirs is not None]
    # dates in two layouts would be told apart by how they are written
    both = [(kind, mine, theirs) for kind, mine, theirs in both if mine.layout == theirs.layout]
    if not both:
        return []
    left, right = child.table.records, parent.table.records
    mine = left.limit(SAMPLE).select(
        **_ends(left, relation.columns), **{f"mine_{kind}": fold(trimmed(left[c.field])) for kind, c, _ in both}
    )
    theirs = right.select(
        **_ends(right, relation.targets), **{f"theirs_{kind}": fold(trimmed(right[c.field])) for kind, _, c in both}
    )
    met = mine.join(theirs, [f"end_{place}" for place in range(len(relation.columns))])
    sums = {}
    for kind, _, _ in both:
        said = (met[f"mine_{kind}"] != "") & (met[f"theirs_{kind}"] != "")
        sums[f"said_{kind}"] = said.sum()
        sums[f"same_{kind}"] = (said & (met[f"mine_{kind}"] == met[f"theirs_{kind}"])).sum()
    row = engine.rows(met.aggregate(**sums))[0]
    return [row[f"same_{kind}"] / row[f"said_{kind}"] for kind, _, _ in both if row[f"said_{kind}"]]


def _ends(records: ir.Table, fields: Sequence[str]) -> dict[str, ir.StringValue]:
    texts = [key_text(records[field]) for field in fields]
    return {f"end_{place}": ibis.cases((text != "", text), else_=ibis.null(str)) for place, text in enumerate(texts)}


def _with_role(table: RelatedTable, role: str) -> RelatedTable:
    columns = table.decided.columns
    roles = assign_roles([c.semantic_type for c in columns], [read(c.name) for c in columns], role)
    told = tuple(replace(column, role=role) for column, role in zip(columns, roles, strict=True))
    return replace(table, decided=replace(table.decided, columns=told, subject=role))


def _patients_keys(known: dict[int, RelatedTable], relations: Sequence[Relation]) -> set[tuple[int, str]]:
    """Return the keys (table, field) that columns of patients' numbers refer to."""
    return {
        (one.parent, one.targets[0])
        for one in relations
        if len(one.columns) == 1
        and known[one.child].fields[one.columns[0]].semantic_type == "patient_id"
        and known[one.parent].fields[one.targets[0]].semantic_type in PLAIN
        and known[one.parent].decided.subject in (None, "patient")
    }


def _with_patient_id(table: RelatedTable, field: str) -> RelatedTable:
    columns = tuple(
        replace(column, semantic_type="patient_id", role="patient") if column.field == field else column
        for column in table.decided.columns
    )
    return replace(table, decided=replace(table.decided, columns=columns))
