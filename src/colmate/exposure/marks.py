"""What each record discloses, and about whom: bit masks by record and role, then by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, or_
from typing import Protocol

import ibis
import ibis.expr.types as ir

from colmate.engine import Engine
from colmate.exposure.bits import Bits, Fact, any_of
from colmate.exposure.coded import conditions
from colmate.exposure.tables import ROLES, ColumnLike, ExposureTable

__all__ = ["FREE", "IDENTIFIER", "Marks", "appearances", "held", "plan", "record_marks"]

# columns without a role, and those of a role nobody has in the record: about the record's main subject
FREE = "free"
# a missing insured or account holder is the patient; a missing professional or relative is not
FALLS_BACK = frozenset({"insured", "account"})
# subject of a finding that is no category but an identifier in a note: its category is a semantic type
IDENTIFIER = "identifier"


class Owner(Protocol):
    """Says who answers for the records of a table: see `colmate.exposure.owners`."""

    def of(self, table: ExposureTable, source: ir.Table) -> tuple[ir.Table, ir.IntegerValue]: ...
    def told(self, table: ExposureTable) -> bool: ...


Expressions = dict[tuple[str, int], list[ir.IntegerValue]]


@dataclass(frozen=True)
class Marks:
    """The marks of one table: ``table`` has record, controller and a column ``{role}_{mask}`` for each of ``keys``.

    ``main``: the role that every record has; ``None`` where it differs from record to record. ``told``: whether a
    column, its own or that of the records it refers to, names the controller.
    """

    number: int
    table: ir.Table
    keys: frozenset[tuple[str, int]]
    roles: tuple[str, ...]
    main: str | None
    told: bool = False

    def bits(self, row: ir.Table, role: str, mask: int) -> ir.IntegerValue:
        """Return one mask of one role in ``row``, 0 where the table has none."""
        return row[f"{role}_{mask}"] if (role, mask) in self.keys else ibis.literal(0, "int64")


def plan(tables: Sequence[ExposureTable], findings: Sequence[Mapping[str, str]]) -> Bits:
    """Give a bit to every type, coded category and kind of finding that the case holds."""
    bits = Bits()
    for table in tables:
        bits.add(Fact("type", column.semantic_type) for column in table.columns if column.filled)
        for column in table.columns:
            bits.add(fact for fact, _ in conditions(table.canonical, column, table.columns))
    bits.add(_finding(row) for row in findings)
    return bits


def _finding(row: Mapping[str, str]) -> Fact:
    if row["subject"] == IDENTIFIER:
        return Fact("type", row["category"])
    kind = "relative" if row["subject"] == "relative" else "finding"
    return Fact(kind, row["category"], row["assertion"])


def record_marks(
    engine: Engine,
    table: ExposureTable,
    bits: Bits,
    mentioned: Mapping[str, int],
    findings: ir.Table | None,
    owner: Owner,
) -> Marks:
    """Compute one table's marks; ``mentioned``: role → number of mentions; ``owner``: who answers for each record."""
    roles = tuple(role for role in ROLES if mentioned.get(role))
    marks: Expressions = defaultdict(list)
    for column in table.columns:
        _mark_column(marks, table, column, bits, _target(column.role, roles))
    source = table.canonical
    if findings is not None:
        source, extra = _with_findings(table, bits, findings, roles)
        for key, expression in extra.items():
            marks[key].append(expression)
    source, controller = owner.of(table, source)
    computed = source.select(
        record=source["record"], controller=controller, **{f"{r}_{m}": reduce(or_, e) for (r, m), e in marks.items()}
    )
    kept = engine.materialise(computed, f"exposure:marks:{table.number}")
    whole = bool(roles) and mentioned[roles[0]] == engine.count(kept)
    partial = any(role in FALLS_BACK and role != roles[0] for role in roles)
    main = roles[0] if whole and not partial else None
    return Marks(table.number, kept, frozenset(marks), roles, main, owner.told(table))


def _target(role: str | None, roles: Sequence[str]) -> str:
    if role is None or (role in FALLS_BACK and role not in roles):
        return FREE
    return role


def _mark_column(marks: Expressions, table: ExposureTable, column: ColumnLike, bits: Bits, target: str) -> None:
    value = table.canonical[column.field]
    facts = [(Fact("type", column.semantic_type), value.notnull() & (value != ""))]
    facts += conditions(table.canonical, column, table.columns)
    by_mask: dict[int, list[ir.IntegerValue]] = defaultdict(list)
    # a category may be shown by several patterns of one column: one condition a bit, so that bits can be added
    merged: dict[Fact, list[ir.BooleanValue]] = defaultdict(list)
    for fact, condition in facts:
        merged[fact].append(condition)
    for fact, some in merged.items():
        if place := bits.places.get(fact):
            by_mask[place[0]].append(any_of(some).fill_null(False).cast("int64") * place[1])
    for mask, values in by_mask.items():
        marks[target, mask].append(reduce(add, values))


def _with_findings(
    table: ExposureTable, bits: Bits, findings: ir.Table, roles: Sequence[str]
) -> tuple[ir.Table, dict[tuple[str, int], ir.IntegerValue]]:
    """Join the findings of a table to its records, one mask column for each role and mask they need."""
    targets = {column.field: _target(column.role, roles) for column in table.columns}
    sums: dict[str, ir.IntegerValue] = {}
    keys: dict[tuple[str, int], str] = {}
    for target in sorted(set(targets.values())):
        fields = [field for field, where in targets.items() if where == target]
        for mask in range(len(bits.masks)):
            value = _finding_bits(findings, bits, mask, fields)
            if value is not None:
                keys[target, mask] = name = f"found_{target}_{mask}"
                sums[name] = value.bit_or()
    if not keys:
        return table.canonical, {}
    found = findings.group_by("record").aggregate(**sums)
    joined = table.canonical.left_join(found, "record")
    return joined, {key: joined[name].fill_null(0) for key, name in keys.items()}


def _finding_bits(findings: ir.Table, bits: Bits, mask: int, fields: Sequence[str]) -> ir.IntegerValue | None:
    cases = []
    for fact, (place, bit) in bits.places.items():
        if place == mask and fact.kind == "type":
            cases.append(((findings["subject"] == IDENTIFIER) & (findings["category"] == fact.name), bit))
        elif place == mask and fact.kind in ("finding", "relative"):
            relative = findings["subject"] == "relative"
            same = (findings["category"] == fact.name) & (findings["assertion"] == fact.assertion)
            about = relative if fact.kind == "relative" else ~relative & (findings["subject"] != IDENTIFIER)
            cases.append((same & about, bit))
    if not cases or not fields:
        return None
    inside = findings["field"].isin(list(fields))
    return ibis.cases(*((condition & inside, value) for condition, value in cases), else_=0).cast("int64")


def held(engine: Engine, tables: Sequence[Marks], mentions: ir.Table, bits: Bits) -> ir.Table:
    """Return one row for each person and controller: person, controller, main bool, times (records), m0…"""
    together = appearances(tables, mentions, bits)
    summed = together.group_by("person", "controller").aggregate(
        main=together["main"].any(),
        times=together.count(),
        **{mask: together[mask].bit_or() for mask in bits.masks},
    )
    return engine.materialise(summed, "exposure:held")


def appearances(tables: Sequence[Marks], mentions: ir.Table, bits: Bits, status: str = "person") -> ir.Table:
    """Return one row for each mention of a ``status``: person (null where it tells none), controller, main, m0…"""
    parts = [part for marks in tables for part in _appearances(marks, mentions, bits, status)]
    if not parts:
        empty = {"person": "int64", "controller": "int32", "main": "boolean"} | dict.fromkeys(bits.masks, "int64")
        return mentions.select(**{name: ibis.null(kind) for name, kind in empty.items()}).limit(0)
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _appearances(marks: Marks, mentions: ir.Table, bits: Bits, status: str) -> list[ir.Table]:
    here = mentions.filter(mentions["table"] == marks.number)
    present = None
    if marks.main is None and len(marks.roles) > 1:
        rank = ibis.cases(*((here["role"] == role, 1 << ROLES.index(role)) for role in marks.roles), else_=0)
        present = here.group_by("record").aggregate(present=rank.cast("int64").bit_or())
    parts = []
    for role in marks.roles:
        about = here.filter((here["role"] == role) & (here["status"] == status))
        about = about.filter(about["person"].notnull()) if status == "person" else about
        about = about.select("record", "person").join(marks.table, "record")
        if present is not None:
            about = about.join(present, "record")
        parts.append(_one_role(marks, about, role, bits, dynamic=present is not None))
    return parts


def _one_role(marks: Marks, about: ir.Table, role: str, bits: Bits, dynamic: bool) -> ir.Table:
    rank = ROLES.index(role)
    main: ir.BooleanValue = ibis.literal(marks.main == role or len(marks.roles) == 1)
    if dynamic:
        main = (about["present"] & ((1 << rank) - 1)) == 0
    columns = {}
    for index, name in enumerate(bits.masks):
        value = marks.bits(about, role, index) | main.ifelse(marks.bits(about, FREE, index), 0)
        for other in FALLS_BACK & set(marks.roles) - {role} if dynamic else ():
            missing = (about["present"] & (1 << ROLES.index(other))) == 0
            value = value | (main & missing).ifelse(marks.bits(about, other, index), 0)
        columns[name] = value.cast("int64")
    return about.select(person=about["person"], controller=about["controller"].cast("int32"), main=main, **columns)
