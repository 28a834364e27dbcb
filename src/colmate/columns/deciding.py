"""The stage in order, over all tables at once: samples, evidence, types, counts, roles.

What costs is not the records but writing out and planning wide queries: many small tables are weighed and measured
together, one query for all of their columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import ibis.expr.types as ir
import pyarrow as pa

from colmate.columns.column import Column, RecordsTable, TableColumns
from colmate.columns.contexts import header_in, numbers_records, own_number
from colmate.columns.controllers import find_controller, find_keys
from colmate.columns.decision import Decision, decide_types, layout_of
from colmate.columns.evidence import Evidence, weigh
from colmate.columns.headers import Header, subject_of
from colmate.columns.measure import Measured, measure_cells, measure_records
from colmate.columns.nobody import about_nobody
from colmate.columns.roles import assign_roles, whose
from colmate.columns.sample import Sample, draw
from colmate.engine import Engine

__all__ = ["decide_all"]

# distinct texts that are weighed in one query
TOGETHER = 400_000
# tables whose samples are drawn before the first is weighed: a sample may hold 1.5 million texts
DRAWN = 8
DECLARED = 0.99


@dataclass
class _Drawn:
    """A table with its sample; its columns are numbered from ``first`` among those weighed together."""

    table: RecordsTable
    sample: Sample
    first: int

    @property
    def numbers(self) -> range:
        return range(self.first, self.first + len(self.table.names))

    @property
    def fields(self) -> list[str]:
        return _fields(self.table)


@dataclass(frozen=True)
class _Meant:
    """What is decided of a table before its cells are counted."""

    headers: list[Header]
    evidence: list[Evidence | None]
    decisions: list[Decision]
    layouts: list[str]


def decide_all(engine: Engine, tables: Sequence[RecordsTable]) -> Iterator[TableColumns]:
    """Yield what the columns of each table hold, in the order of ``tables``."""
    batch: list[_Drawn] = []
    held = 0
    for table, sample in _samples(engine, tables):
        if batch and held + sample.texts.num_rows > TOGETHER:
            yield from _decided(engine, batch)
            batch, held = [], 0
        first = batch[-1].numbers.stop if batch else 0
        batch.append(_Drawn(table, sample.shifted(first), first))
        held += sample.texts.num_rows
    yield from _decided(engine, batch)


def _samples(engine: Engine, tables: Sequence[RecordsTable]) -> Iterator[tuple[RecordsTable, Sample]]:
    """Yield each table with its sample; a few are drawn at once, for they are held in memory."""

    def drawn(beside: Engine, table: RecordsTable) -> Sample:
        return draw(beside, table.records, _fields(table), table.count) if table.names else Sample.empty()

    for start in range(0, len(tables), DRAWN):
        some = tables[start : start + DRAWN]
        yield from zip(some, list(engine.together(drawn, some)), strict=True)


def _fields(table: RecordsTable) -> list[str]:
    return [f"c{index}" for index in range(len(table.names))]


def _decided(engine: Engine, batch: Sequence[_Drawn]) -> Iterator[TableColumns]:
    texts = [drawn.sample.texts for drawn in batch if drawn.sample.texts.num_rows]
    found = weigh(engine, pa.concat_tables(texts)) if texts else {}
    meant = [_meaning(drawn.table, [found.get(number) for number in drawn.numbers]) for drawn in batch]
    counts = _measured(engine, batch, meant)
    for drawn, meaning in zip(batch, meant, strict=True):
        yield _concluded(drawn.table, meaning, [counts[number] for number in drawn.numbers])


def _meaning(table: RecordsTable, evidence: list[Evidence | None]) -> _Meant:
    headers = [header_in(table.name, name) for name in table.names]
    decisions = [
        _told(table, name, numbers_records(name, decision, ev))
        for name, decision, ev in zip(table.names, decide_types(evidence, headers), evidence, strict=True)
    ]
    layouts = [layout_of(ev, one.semantic_type) for ev, one in zip(evidence, decisions, strict=True)]
    return _Meant(headers, evidence, decisions, layouts)


def _told(table: RecordsTable, name: str, decision: Decision) -> Decision:
    """Return what the format declares of a column, where it does and the column says anything."""
    meaning = table.declared.meanings.get(name)
    if meaning is None or decision.semantic_type == "empty":
        return decision
    return Decision(meaning.semantic_type, DECLARED)


def _measured(engine: Engine, batch: Sequence[_Drawn], meant: Sequence[_Meant]) -> dict[int, Measured]:
    """Return the counts of each column by its number."""
    large: dict[int, tuple[ir.Table, str, str, str]] = {}
    small: dict[int, tuple[str, str]] = {}
    for drawn, meaning in zip(batch, meant, strict=True):
        kinds = [(one.semantic_type, lay) for one, lay in zip(meaning.decisions, meaning.layouts, strict=True)]
        if drawn.sample.cells is not None:
            small |= dict(zip(drawn.numbers, kinds, strict=True))
            continue
        columns = [(drawn.table.records, field, *kind) for field, kind in zip(drawn.fields, kinds, strict=True)]
        large |= dict(zip(drawn.numbers, columns, strict=True))
    found = dict(zip(large, measure_records(engine, list(large.values())), strict=True))
    cells = [drawn.sample.cells for drawn in batch if drawn.sample.cells is not None and drawn.sample.cells.num_rows]
    if cells:
        return found | measure_cells(engine, small, pa.concat_tables(cells))
    return found | dict.fromkeys(small, Measured(0, 0, 0))


def _concluded(table: RecordsTable, meaning: _Meant, measured: Sequence[Measured]) -> TableColumns:
    types = [
        _numbered(one.semantic_type, header, counts, table.count) if name not in table.declared.meanings
        else one.semantic_type
        for name, one, header, counts in zip(table.names, meaning.decisions, meaning.headers, measured, strict=True)
    ]  # fmt: skip
    subject = table.declared.subject or subject_of(table.name)
    types = [
        "record_id" if one == "patient_id" and own_number(name, table.name, subject) else one
        for name, one in zip(table.names, types, strict=True)
    ]
    given = [told.role if (told := table.declared.meanings.get(name)) else None for name in table.names]
    distinct = [one.distinct for one in measured]
    nobody = not any(given) and about_nobody(types, meaning.headers, meaning.evidence, distinct, table.count, subject)
    if nobody:
        roles: list[str | None] = [None] * len(types)
    else:
        whole = table.declared.subject or whose(types, meaning.headers, distinct, table.count, subject)
        roles = assign_roles(types, meaning.headers, whole, given)
    columns = tuple(
        Column(
            name=name,
            position=index + 1,
            field=f"c{index}",
            semantic_type=types[index],
            role=roles[index],
            confidence=meaning.decisions[index].confidence,
            filled=measured[index].filled,
            valid=measured[index].valid,
            distinct=measured[index].distinct,
            records=table.count,
            layout=meaning.layouts[index],
        )
        for index, name in enumerate(table.names)
    )
    keys = find_keys(columns, table.declared.primary)
    # a list of establishments has no controller in each row
    controller = None if nobody else find_controller(columns, meaning.headers, meaning.evidence)
    if controller is not None and controller.semantic_type in ("record_id", "number", "unknown"):
        # what names a controller is no identifier of records: a code
        controller = replace(controller, semantic_type="code", role=None)
        columns = tuple(controller if one.position == controller.position else one for one in columns)
    return TableColumns(columns, controller, keys, subject)


def _numbered(semantic_type: str, header: Header, counts: Measured, records: int) -> str:
    """Return ``record_id`` for the number of a file or a request that no two records share: it numbers no stay.

    The words that name a stay alone (``sejour``, ``iep``, ``venue``) keep it one.
    """
    unique = records > 1 and counts.distinct == counts.filled == records
    either = header.score("record_id") >= header.score("stay_id") > 0
    return "record_id" if semantic_type == "stay_id" and unique and either else semantic_type
