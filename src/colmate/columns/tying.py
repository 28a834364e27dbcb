"""The tables of a case tied together: references, the roles and types they tell, and the controllers they lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from colmate.columns.establishments import by_reference
from colmate.columns.kinship import settle
from colmate.columns.polymorphic import polymorphic
from colmate.columns.relations import RelatedTable, Relation, relate
from colmate.engine import Engine

__all__ = ["Tied", "tie"]


@dataclass(frozen=True)
class Tied:
    """``owners``: for tables whose controller is a number, the establishment's name by number."""

    tables: Sequence[RelatedTable]
    relations: Sequence[Relation]
    owners: Mapping[int, Mapping[str, str]]


def tie(engine: Engine, tables: Sequence[RelatedTable]) -> Tied:
    """Find which table refers to which, and settle what that tells."""
    relations = relate(engine, tables)
    relations += polymorphic(engine, tables, relations)
    settled = settle(engine, tables, relations)
    answering = by_reference(engine, settled, relations)
    return Tied(
        [answering[table.number].table if table.number in answering else table for table in settled],
        relations,
        {number: one.names for number, one in answering.items()},
    )
