"""Controllers told by a reference: the number of an establishment that a table of establishments names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from colmate.columns.column import Column
from colmate.columns.headers import read
from colmate.columns.relations import RelatedTable, Relation
from colmate.columns.text import trimmed
from colmate.engine import Engine

__all__ = ["Answering", "by_reference"]

OFFICIAL = frozenset(("finess", "siret", "siren", "organisation_name"))
NAMING = ("nom", "name", "libelle", "label", "intitule", "raison", "text", "texte", "designation")
MOST = 5_000
FILLED = 0.5
DISTINCT = 0.8


@dataclass(frozen=True)
class Answering:
    """A table whose controller a reference tells, and the name of each establishment by its number."""

    table: RelatedTable
    names: Mapping[str, str]


def by_reference(engine: Engine, tables: Sequence[RelatedTable], relations: Sequence[Relation]) -> dict[int, Answering]:
    """Return the tables, by number, that refer to establishments and name no controller themselves."""
    known = {table.number: table for table in tables}
    found: dict[int, Answering] = {}
    for one in relations:
        child, parent = known[one.child], known[one.parent]
        if one.child in found or len(one.columns) != 1 or child.decided.controller or not _establishments(parent):
            continue
        column, name = child.fields[one.columns[0]], _name(parent)
        if name is None or column.filled < FILLED * column.records:
            continue
        records = parent.table.records
        rows = engine.rows(
            records.select(number=trimmed(records[one.targets[0]]), name=trimmed(records[name.field])).limit(MOST)
        )
        names = {str(row["number"]): str(row["name"]) for row in rows if row["name"]}
        found[one.child] = Answering(_with_controller(child, column), names)
    return found


def _establishments(table: RelatedTable) -> bool:
    """Return whether each record is an establishment, by its official number or its name, and none is a person's."""
    columns = table.decided.columns
    told = any(c.semantic_type in OFFICIAL and c.distinct >= DISTINCT * c.records for c in columns)
    return told and columns[0].records <= MOST and not any(column.role for column in columns)


def _name(table: RelatedTable) -> Column | None:
    columns = [column for column in table.decided.columns if column.filled]
    named = [column for column in columns if column.semantic_type == "organisation_name"]
    named += [c for word in NAMING for c in columns if word in read(c.name).words]
    named += [column for column in columns if column.semantic_type in OFFICIAL]
    return named[0] if named else None


def _with_controller(table: RelatedTable, column: Column) -> RelatedTable:
    coded = replace(column, semantic_type="code", role=None)
    columns = tuple(coded if one.field == column.field else one for one in table.decided.columns)
    return replace(table, decided=replace(table.decided, columns=columns, controller=coded))
