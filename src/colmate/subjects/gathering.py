"""All mentions of all tables: those that records tell themselves, and those that are carried to them by reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from colmate.engine import Engine
from colmate.subjects.carrying import Plan, anchors_of, follow, order
from colmate.subjects.mentions import identities, main_role, numbered_only
from colmate.subjects.tables import SubjectTable, mention_id

__all__ = ["Gathered", "carried_mentions", "gather"]


@dataclass
class Gathered:
    """``parts``: mentions with traits (see `identities`). ``carried``: by table, record, mention, table, via.

    ``roles``: the role in which each table is carried.
    """

    parts: list[ir.Table] = field(default_factory=list)
    carried: dict[int, ir.Table] = field(default_factory=dict)
    roles: dict[int, str] = field(default_factory=dict)


def gather(engine: Engine, tables: Sequence[SubjectTable]) -> Gathered:
    """Find what each record says of its subjects, in the order in which tables carry to others."""
    mains = {table.number: role for table in tables if (role := main_role(table))}
    alone = frozenset(table.number for table in tables if table.number in mains and numbered_only(table))
    plan = order(tables, mains, alone)
    known = {table.number: table for table in tables}
    found = Gathered(roles=plan.roles)
    anchors: dict[int, ir.Table] = {}
    for number in (*plan.tables, *sorted(known.keys() - set(plan.tables))):
        table = known[number]
        if edges := plan.edges.get(number):
            found.carried[number] = follow(engine, table, edges, known, anchors)
        told = identities(engine, table, found.carried.get(number), found.parts)
        found.parts += told
        if _carries(plan, number):
            anchors[number] = _anchor(mains.get(number), told, found.carried.get(number))
    return found


def _carries(plan: Plan, number: int) -> bool:
    return any(edge.parent == number for edges in plan.edges.values() for edge in edges)


def _anchor(main: str | None, told: Sequence[ir.Table], carried: ir.Table | None) -> ir.Table:
    """Return record and mention of the subject of each record of a table."""
    parts = [anchors_of(told[0])] if main is not None else []
    if carried is not None:
        parts.append(carried.select("record", "mention"))
    return ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]


def carried_mentions(found: Gathered) -> ir.Table | None:
    """Return one row for each carried record: mention (its own number), leader (the mention it is carried from),
    table and via (the record it refers to); None where nothing is carried.
    """
    parts = [
        carried.select(
            mention=mention_id(carried.record, number, found.roles[number]),
            leader=carried.mention,
            via_table=carried["table"],
            via_record=carried.via,
        )
        for number, carried in found.carried.items()
    ]
    if not parts:
        return None
    return ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]
