"""Who answers for a record: its own table's column, else that of the record it refers to, else its file or database.

Tables that are carried by reference are the same controller's as the records they refer to: nine tables of one
database are one controller, not nine.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from colmate.engine import Engine
from colmate.exposure.tables import ExposureTable

__all__ = ["Owners", "databases", "outward", "sources", "ways_of"]


@dataclass
class Owners:
    """``named``: value, controller of the columns that name controllers; ``ways``: tables that each refers to."""

    named: ir.Table | None
    mentions: ir.Table
    ways: Mapping[int, Sequence[int]]
    sources: Mapping[int, int]
    known: dict[int, ir.Table] = field(default_factory=dict)

    def of(self, table: ExposureTable, source: ir.Table) -> tuple[ir.Table, ir.IntegerValue]:
        """Return ``source`` (a table's records) with what it takes to tell, and the controller of each record."""
        default = ibis.literal(-self.sources[table.number], "int32")
        if table.controller is not None and self.named is not None:
            joined = source.left_join(
                self.named, source[table.controller].fill_null("").strip() == self.named["value"]
            )  # fmt: skip
            return joined, joined["controller"].fill_null(0)
        parents = [number for number in self.ways.get(table.number, ()) if number in self.known]
        if not parents:
            return source, default
        by_record = self._inherited(table.number, parents)
        joined = source.left_join(by_record, source["record"] == by_record["referring"])
        return joined, joined["inherited"].fill_null(default)

    def told(self, table: ExposureTable) -> bool:
        """Return whether a column tells the controller of some records of the table."""
        return table.controller is not None or any(number in self.known for number in self.ways.get(table.number, ()))

    def _inherited(self, number: int, parents: Sequence[int]) -> ir.Table:
        here = self.mentions.filter((self.mentions["table"] == number) & self.mentions["via_record"].notnull())
        here = here.select("record", "via_table", "via_record")
        found = [
            here.filter(here["via_table"] == parent)
            .join(self.known[parent], [("via_record", "record")])
            .select(referring="record", inherited="controller")
            for parent in parents
        ]
        every = ibis.union(*found) if len(found) > 1 else found[0]
        return every.group_by("referring").aggregate(inherited=every["inherited"].max())


def outward(tables: Sequence[ExposureTable], ways: Mapping[int, Sequence[int]]) -> Iterator[ExposureTable]:
    """Yield the tables so that those a table's records are carried from come before it."""
    known = {table.number: table for table in tables}
    seen: set[int] = set()
    for table in tables:
        trail = [table.number]
        while trail:
            waiting = [number for number in ways.get(trail[-1], ()) if number not in seen and number not in trail]
            waiting = [number for number in waiting if number in known]
            if waiting:
                trail.append(waiting[0])
                continue
            number = trail.pop()
            if number not in seen:
                seen.add(number)
                yield known[number]


def sources(tables: Sequence[ExposureTable], mentioned: Mapping[int, Mapping[str, int]]) -> dict[int, int]:
    """Return what answers for each table where no column tells: its own file or database.

    A table about nobody goes with the only file or database that is about patients, where there is one.
    """
    of_patients = {table.answers[0] for table in tables if mentioned.get(table.number, {}).get("patient")}
    only = next(iter(of_patients)) if len(of_patients) == 1 else None
    return {table.number: table.answers[0] if mentioned.get(table.number) or only is None else only for table in tables}


def ways_of(engine: Engine, mentions: ir.Table) -> dict[int, list[int]]:
    """Return for each table those that its records are carried from."""
    ways: dict[int, list[int]] = defaultdict(list)
    if "via_table" in mentions.columns:
        pairs = mentions.filter(mentions["via_table"].notnull()).select("table", "via_table").distinct()
        for row in engine.rows(pairs.order_by("table", "via_table")):
            ways[row["table"]].append(row["via_table"])
    return ways


def databases(tables: Iterable[tuple[int, str, str, Sequence[int]]]) -> dict[int, tuple[int, str]]:
    """Return number and name of what answers for each table where no column tells: its file, or its database.

    ``tables``: number, name, the file that holds it with others (or nothing), and the tables it refers to. Tables of
    one file are one database, and so are files whose tables refer to each other: it is named after the file that holds
    them all, else after the table that most others refer to.
    """
    known = {number: (name, group, parents) for number, name, group, parents in tables}
    first = {number: number for number in known}

    def root(number: int) -> int:
        while first[number] != number:
            number = first[number]
        return number

    held: dict[str, int] = {}
    for number, (_, group, parents) in known.items():
        for other in (*parents, *((held.setdefault(group, number),) if group else ())):
            one, two = sorted((root(number), root(other)))
            first[two] = one
    referred = Counter(parent for _, _, parents in known.values() for parent in parents)
    named: dict[int, int] = {}
    for number in known:
        there = named.setdefault(root(number), number)
        named[root(number)] = max(there, number, key=lambda one: (referred[one], -one))
    return {number: (root(number), group or known[named[root(number)]][0]) for number, (_, group, _) in known.items()}
