"""The stage: from canonical records, mentions, persons and findings to what is disclosed about each person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import ibis
import ibis.expr.types as ir

from colmate import model
from colmate.catalogue import semantic_types, special_categories
from colmate.engine import Engine
from colmate.exposure.bits import Bits, Fact
from colmate.exposure.controllers import controllers, names
from colmate.exposure.harms import harms
from colmate.exposure.intervals import LEFT, Intervals
from colmate.exposure.marks import IDENTIFIER, Marks, held, plan, record_marks
from colmate.exposure.owners import Owners, outward, sources, ways_of
from colmate.exposure.period import period
from colmate.exposure.relatives import relatives
from colmate.exposure.severity import asserted_facts, health_controller, severity
from colmate.exposure.tables import Context, DoubtsLike, Exposed, ExposureTable

__all__ = ["expose"]


def expose(
    engine: Engine,
    tables: Sequence[ExposureTable],
    mentions: ir.Table,
    persons: ir.Table,
    findings: ir.Table,
    context: Context,
    progress: Callable[[float, float], None] | None = None,
    identifiers: ir.Table | None = None,
    doubts: DoubtsLike | None = None,
) -> Exposed:
    """Say what is disclosed about each person, how severe that is, what can be done with it, and who answers for it.

    Computations over records run in the engine; Python sees columns, aggregates and distinct combinations. ``progress``
    is called with (steps done, steps). Datasets are as the stages before give them: see `colmate.subjects` and
    `colmate.notes`. ``identifiers``: which types the notes hold; they count like filled columns. ``doubts``: where the
    linkage is unsure, for the intervals.
    """
    told = findings
    if identifiers is not None:
        findings = _with_identifiers(findings, identifiers)
    tell = progress or (lambda _done, _total: None)
    steps = len(tables) + 4
    bits, marks, known, silent = _marks(engine, tables, mentions, findings, lambda done: tell(done, steps))
    by_controller = held(engine, marks, mentions, bits)
    intervals = Intervals.of(engine, marks, mentions, bits, doubts)
    people = _people(engine, by_controller, persons, bits)
    tell(len(tables) + 1, steps)
    cares = health_controller(tables, context)
    section, scored = severity(engine, people, bits, context, cares)
    tell(len(tables) + 2, steps)
    names_of = dict(table.answers for table in tables)
    owners = {value: name for table in tables for value, name in table.owners.items()}
    answering, labels = controllers(engine, names_of, marks, by_controller, bits, known, silent, owners, intervals)
    tell(len(tables) + 3, steps)
    exposed = Exposed(
        exposure=_types(engine, people, marks, bits),
        special_categories=_special(engine, people, bits, intervals),
        relatives=relatives(engine, told, mentions, tables),
        severity=section,
        harms=harms(engine, people, bits),
        controllers=answering,
        period=period(engine, tables),
        persons=scored,
        labels=labels,
    )
    engine.drop("exposure:held", "exposure:people", *(f"exposure:marks:{item.number}" for item in marks))
    engine.drop("exposure:controllers", LEFT)
    tell(steps, steps)
    return exposed


def _with_identifiers(findings: ir.Table, identifiers: ir.Table) -> ir.Table:
    """Return the findings with a row for each identifier that stands in a note."""
    held = identifiers.select(
        "table",
        "record",
        "field",
        category="semantic_type",
        assertion=ibis.literal(""),
        subject=ibis.literal(IDENTIFIER),
    )
    return findings.select(*held.columns).union(held)


def _marks(
    engine: Engine,
    tables: Sequence[ExposureTable],
    mentions: ir.Table,
    findings: ir.Table,
    tell: Callable[[float], None],
) -> tuple[Bits, list[Marks], ir.Table | None, dict[int, int]]:
    """Return the places of facts, the marks of each table that speaks, the named controllers, and the records of
    the tables that are silent by what answers for them.
    """
    kinds = engine.rows(findings.group_by("table", "category", "assertion", "subject").aggregate(n=findings.count()))
    mentioned: dict[int, dict[str, int]] = defaultdict(dict)
    for row in engine.rows(mentions.group_by("table", "role").aggregate(n=mentions.count())):
        mentioned[row["table"]][row["role"]] = row["n"]
    speaking = [table for table in tables if mentioned.get(table.number) or _describes(table)]
    bits = plan(speaking, kinds)
    known = names(engine, speaking)
    noted = {row["table"] for row in kinds}
    ways = ways_of(engine, mentions)
    answers = sources(tables, mentioned)
    owners = Owners(known, mentions, ways, answers)
    marks = []
    for done, table in enumerate(outward(speaking, ways), 1):
        mine = findings.filter(findings["table"] == table.number) if table.number in noted else None
        marks.append(record_marks(engine, table, bits, mentioned[table.number], mine, owners))
        if marks[-1].told:
            owners.known[table.number] = marks[-1].table.select("record", "controller")
        tell(done)
    silent: dict[int, int] = defaultdict(int)
    for table in tables:
        if table not in speaking:
            count = engine.count(table.canonical) if table.records is None else table.records
            silent[-answers[table.number]] += count
    return bits, marks, known, silent


def _describes(table: ExposureTable) -> bool:
    """Return whether records that tell nobody may still be about somebody: they are of care, or have a controller."""
    known = semantic_types()
    return table.controller is not None or any(
        column.filled and known[column.semantic_type].article == "9" for column in table.columns
    )


def _people(engine: Engine, by_controller: ir.Table, persons: ir.Table, bits: Bits) -> ir.Table:
    """Return every person with all that is disclosed: person, minor, professional, relative, masks."""
    summed = by_controller.group_by("person").aggregate(**{mask: by_controller[mask].bit_or() for mask in bits.masks})
    known = persons.select(
        "person",
        minor=persons["minor"].fill_null(False),
        professional=(persons["role"] == "professional").fill_null(False),
        relative=(persons["role"] == "relative").fill_null(False),
    )
    joined = known.left_join(summed, "person")
    masks = {mask: joined[mask].fill_null(0) for mask in bits.masks}
    return engine.materialise(joined.select("person", "minor", "professional", "relative", **masks), "exposure:people")


def _types(engine: Engine, people: ir.Table, marks: Sequence[Marks], bits: Bits) -> list[model.Exposure]:
    """Count persons and records of each type that says something about somebody."""
    facts = [fact for fact in bits.places if fact.kind == "type" and semantic_types()[fact.name].category]
    if not facts:
        return []
    persons = engine.rows(people.aggregate(**{fact.name: bits.any(people, [fact]).sum() for fact in facts}))[0]
    records: dict[str, int] = defaultdict(int)
    for item in marks:
        sums = dict(_record_sums(item, facts, bits))
        for name, count in engine.rows(item.table.aggregate(**sums))[0].items() if sums else ():
            records[name] += count or 0
    found = [
        model.Exposure(
            semantic_type=fact.name,
            category=semantic_types()[fact.name].category,
            persons=persons[fact.name] or 0,
            records=records[fact.name],
        )
        for fact in facts
        if records[fact.name]
    ]
    return sorted(found, key=lambda item: (-item.persons, -item.records))


def _record_sums(marks: Marks, facts: Sequence[Fact], bits: Bits) -> Iterator[tuple[str, ir.IntegerScalar]]:
    for fact in facts:
        mask, bit = bits.places[fact]
        columns = [marks.table[f"{role}_{index}"] for role, index in sorted(marks.keys) if index == mask]
        if columns:
            whole = columns[0]
            for column in columns[1:]:
                whole = whole | column
            yield fact.name, ((whole & bit) != 0).sum()


def _special(engine: Engine, people: ir.Table, bits: Bits, intervals: Intervals) -> list[model.SpecialCategory]:
    """Count persons by category: asserted about them, denied, supposed, or about somebody near them.

    A person is counted in each that some note or code says; ``persons`` is those with an assertion.
    """
    named = sorted({fact.name for fact in bits.places if fact.kind != "type"})
    sums: dict[str, ir.IntegerScalar] = {}
    for name in named:
        own = [fact for fact in bits.places if fact.kind in ("finding", "code") and fact.name == name]
        for assertion in ("asserted", "negated", "hypothetical"):
            some = [fact for fact in own if fact.assertion == assertion]
            sums[f"{name} {assertion}"] = bits.any(people, some).sum()
        near = [fact for fact in bits.places if fact.kind == "relative" and fact.name == name]
        sums[f"{name} near"] = bits.any(people, [fact for fact in near if fact.assertion != "negated"]).sum()
        for source in sorted({fact.source or "free_text" for fact in own + near}):
            some = [fact for fact in own + near if (fact.source or "free_text") == source]
            sums[f"{name} from {source}"] = bits.any(people, some).sum()
    if not sums:
        return []
    counts = {key: value or 0 for key, value in engine.rows(people.aggregate(**sums))[0].items()}
    order = list(special_categories())
    facts = {name: asserted_facts(bits, [name]) for name in named}
    sure = intervals.by_category(people, facts, {name: int(counts[f"{name} asserted"]) for name in named})
    found = [_special_section(name, counts, sure.get(name)) for name in sorted(named, key=order.index)]
    return [item for item in found if item.sources]


def _special_section(name: str, counts: dict[str, int], interval: tuple[int, int] | None) -> model.SpecialCategory:
    start = f"{name} from "
    sources = [key.removeprefix(start) for key, count in counts.items() if key.startswith(start) and count]
    return model.SpecialCategory(
        category=name,
        article=special_categories()[name].article or None,
        persons=counts[f"{name} asserted"],
        asserted=counts[f"{name} asserted"],
        negated=counts[f"{name} negated"],
        hypothetical=counts[f"{name} hypothetical"],
        about_relatives=counts[f"{name} near"],
        interval=interval,
        **{"from": sources},
    )
