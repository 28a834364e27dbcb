"""Whose the records without an identity of their own are: those of the person whose record they refer to.

``lab_results → stays → patients``: from the tables that tell persons, outward along the references between tables, the
shortest way first. A table that refers to a patient and to a user belongs to the patient. What a record says itself
is never overruled: only records that know their subject by a local number alone, or not at all, are carried.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from colmate.engine import Engine
from colmate.subjects.tables import STATUS, LinkLike, SubjectTable, record_of

__all__ = ["Edge", "Plan", "anchors_of", "follow", "order"]

# references of one table that are tried in turn, record by record
TRIED = 3
CARRIES = (STATUS.index("person"), STATUS.index("test"))


@dataclass(frozen=True)
class Edge:
    """From the records of ``child`` to those of ``parent``: ``columns`` of the one are ``targets`` of the other.

    ``when``: from those records only whose field has that value.
    """

    child: int
    columns: tuple[str, ...]
    parent: int
    targets: tuple[str, ...]
    when: tuple[str, str] | None = None


@dataclass
class Plan:
    """In which order tables are gone through, the role each is carried in, and the references that lead there."""

    tables: list[int] = field(default_factory=list)
    roles: dict[int, str] = field(default_factory=dict)
    edges: dict[int, list[Edge]] = field(default_factory=lambda: defaultdict(list))


def order(tables: Sequence[SubjectTable], mains: Mapping[int, str], numbered: frozenset[int]) -> Plan:
    """Return the plan; ``mains``: role of the main subject by table, ``numbered``: those that know it by number alone.

    Patients' tables carry first, then those of accounts, the latter only to tables that nothing refers to: a list of
    services with its head is no record about that person.
    """
    known = {table.number: table for table in tables}
    links = [link for table in tables for link in table.links if link.parent in known and link.child != link.parent]
    referred = {link.parent for link in links}
    plan = Plan()
    for role in ("patient", "account"):
        roots = [number for number, main in mains.items() if main == role]
        waiting = {number for number in known if number not in mains and number not in plan.roles}
        # a table by number alone waits for those that its references lead to, if they tell more than it does
        waiting |= {number for number in roots if number in numbered and _reached(number, links) & set(roots)}
        if role == "account":
            waiting -= referred
        _outward(plan, role, [number for number in roots if number not in waiting], waiting, links, known)
        # tables by number alone that lead nowhere tell their subjects themselves, and carry others
        alone = [number for number in roots if number not in plan.roles]
        _outward(plan, role, alone, waiting - set(alone), links, known)
    return plan


def _reached(number: int, links: Sequence[LinkLike]) -> set[int]:
    """Return the tables that the references of a table lead to, whatever their number, without itself."""
    found: set[int] = set()
    trail = [number]
    while trail:
        one = trail.pop()
        further = {link.parent for link in links if link.child == one} - found
        found |= further
        trail += sorted(further)
    return found - {number}


def _outward(
    plan: Plan,
    role: str,
    roots: Sequence[int],
    waiting: set[int],
    links: Sequence[LinkLike],
    known: Mapping[int, SubjectTable],
) -> None:
    """Add ``roots`` to the plan and, step by step, the tables that refer to those already there."""
    for number in sorted(roots):
        plan.tables.append(number)
        plan.roles[number] = role
    reached = True
    while reached:
        there = {number for number in plan.tables if plan.roles[number] == role}
        step = sorted({link.child for link in links if link.child in waiting - there and link.parent in there})
        reached = bool(step)
        for number in sorted(step, key=lambda one: _within(one, step, links)):
            there = {one for one in plan.tables if plan.roles[one] == role}
            mine = [link for link in links if link.child == number and link.parent in there]
            mine.sort(key=lambda link: (_rank(link, known[number]), plan.tables.index(link.parent)))
            plan.edges[number] = [
                Edge(number, tuple(link.columns), link.parent, tuple(link.targets), link.when) for link in _tried(mine)
            ]
            plan.tables.append(number)
            plan.roles[number] = role


def _tried(links: Sequence[LinkLike]) -> list[LinkLike]:
    """Return the first references of a table; those of one column by class are one."""
    firsts = list(dict.fromkeys(tuple(link.columns) for link in links))[:TRIED]
    return [link for link in links if tuple(link.columns) in firsts]


def _within(number: int, step: Sequence[int], links: Sequence[LinkLike]) -> int:
    """How many tables of the same step a table refers to: those that refer to none come first."""
    return len({link.parent for link in links if link.child == number and link.parent in step})


def _rank(link: LinkLike, table: SubjectTable) -> int:
    """A column that names the patient before any other way."""
    of_patient = {column.field for column in table.columns if column.semantic_type == "patient_id"}
    return 0 if of_patient.intersection(link.columns) else 1


def follow(
    engine: Engine, table: SubjectTable, edges: Sequence[Edge], known: Mapping[int, SubjectTable],
    anchors: Mapping[int, ir.Table],
) -> ir.Table:  # fmt: skip
    """Return a temporary table of the records whose reference leads to somebody: record, mention, table, via.

    ``anchors``: record and mention of the main subject, by table. ``mention`` is that of the record where the subject
    is told; ``table`` and ``via`` are the record referred to. A record takes the first of ``edges`` to lead.
    """
    ways = [_way(table, edge, known[edge.parent], anchors[edge.parent], rank) for rank, edge in enumerate(edges)]
    found = ibis.union(*ways, distinct=False) if len(ways) > 1 else ways[0]
    if len(ways) > 1:
        first = found.group_by("record").aggregate(
            **{name: found[name].first(order_by=found["rank"]) for name in ("mention", "table", "via")}
        )
    else:
        first = found.select("record", "mention", "table", "via")
    return engine.materialise(first, f"carried_{table.number}")


def _way(table: SubjectTable, edge: Edge, parent: SubjectTable, anchor: ir.Table, rank: int) -> ir.Table:
    ends = {f"end_{place}": parent.keys[target] for place, target in enumerate(edge.targets)}
    begins = {f"end_{place}": table.keys[column] for place, column in enumerate(edge.columns)}
    theirs = parent.canonical.select("record", **{name: parent.canonical[key] for name, key in ends.items()})
    joined = theirs.join(anchor.select("record", "mention"), "record")
    # a key that an export repeats leads to the first of its records
    leads = joined.group_by(list(ends)).aggregate(
        via=joined["record"].min(), mention=joined["mention"].first(order_by=joined["record"])
    )
    source = table.canonical
    if edge.when is not None:
        source = source.filter(source[edge.when[0]] == edge.when[1])
    mine = source.select("record", **{name: source[key] for name, key in begins.items()})
    met = mine.join(leads, list(ends))
    return met.select(
        record="record", mention="mention", table=ibis.literal(edge.parent, "int32"), via="via",
        rank=ibis.literal(rank, "int8"),
    )  # fmt: skip


def anchors_of(mentions: ir.Table) -> ir.Table:
    """Return record and mention of the subjects that carry: persons, and the persons of a test, who are nobody."""
    telling = mentions.filter(mentions.status.isin(CARRIES))
    return telling.select(record=record_of(telling.mention)[1], mention="mention")
