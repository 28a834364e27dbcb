"""Chunks of many tables, as a file mixes them, put together into tables that are written piece by piece.

A table's columns are numbered in the order in which they are first seen (``c0``, ``c1``…); a later piece may have
more of them, never other ones. Memory is bounded: the largest table is handed out when too much is held.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colmate.errors import FormatError
from colmate.intake.names import shown
from colmate.intake.reading import Chunk, Declared, Reference, Within

__all__ = ["Joiner", "Known"]

PIECE: Final = 48 << 20
HELD: Final = 160 << 20
WIDEST: Final = 20_000
WITHIN: Final = "within"


@dataclass(eq=False)
class Known:
    """A table as far as it is known: ``columns`` grow while it is read, ``records`` counts what was handed out."""

    number: int
    name: str
    evidence: str
    columns: list[str] = field(default_factory=list)
    records: int = 0
    declared: Declared = field(default_factory=Declared)
    pieces: int = 0


@dataclass
class _Pending:
    known: Known
    given: dict[str, int] = field(default_factory=dict)  # the file's name of a column → its place
    taken: set[str] = field(default_factory=set)
    times: dict[str, int] = field(default_factory=dict)  # how often a name was given
    tables: list[pa.Table] = field(default_factory=list)
    size: int = 0


class Joiner:
    """Joins the chunks of one evidence, or of a family of them."""

    def __init__(self) -> None:
        self._pending: dict[str, _Pending] = {}
        # those that grew since they were last looked at: a dump may have a million tables
        self._grown: list[_Pending] = []
        self._size = 0

    def known(self, table: str) -> Known | None:
        """Return the table of that name, if it was met."""
        pending = self._pending.get(table)
        return pending.known if pending else None

    def add(self, chunk: Chunk, fresh: Known, within: Within | None) -> None:
        """Take a chunk; ``fresh`` becomes its table if it is new. Raises `FormatError` for too many columns."""
        pending = self._pending.setdefault(chunk.table, _Pending(fresh))
        records = chunk.records
        if within is not None:
            link = pa.array([within.value] * records.num_rows, pa.string())
            records = records.append_column(_free(records.column_names), link)
        places = [self._place(pending, name) for name in records.column_names]
        if chunk.declared is not None or (within is not None and not pending.known.pieces and not pending.tables):
            pending.known.declared = _named(chunk.declared or Declared(), pending, within)
        if records.num_rows:
            pending.tables.append(records.rename_columns([f"c{place}" for place in places]))
            pending.size += records.nbytes
            self._grown.append(pending)
            self._size += records.nbytes

    def _place(self, pending: _Pending, name: str) -> int:
        place = pending.given.get(name)
        if place is None:
            place = pending.given[name] = len(pending.given)
            if place >= WIDEST:
                raise FormatError(
                    f"a table of {pending.known.evidence} would have more than the {WIDEST} columns that can be read"
                )
            pending.known.columns.append(_unique(name, place, pending))
        return place

    def due(self) -> Iterator[tuple[Known, pa.Table]]:
        """Hand out the tables that hold too much."""
        grown, self._grown = self._grown, []
        for pending in grown:
            if pending.size >= PIECE:
                yield self._take(pending)
        while self._size >= HELD:
            yield self._take(max(self._pending.values(), key=lambda one: one.size))

    def rest(self) -> Iterator[tuple[Known, pa.Table]]:
        """Hand out all that is left; a table without any record comes once, empty."""
        for pending in self._pending.values():
            if pending.tables or (not pending.known.pieces and pending.known.columns):
                yield self._take(pending)

    def _take(self, pending: _Pending) -> tuple[Known, pa.Table]:
        known = pending.known
        width = len(known.columns)
        columns = [f"c{place}" for place in range(width)]
        whole = pa.concat_tables([_widened(table, columns) for table in pending.tables]) if pending.tables else None
        if whole is None:
            whole = pa.table({name: pa.array([], pa.string()) for name in columns})
        record = pa.array(np.arange(known.records + 1, known.records + whole.num_rows + 1, dtype=np.int64))
        known.records += whole.num_rows
        known.pieces += 1
        self._size -= pending.size
        pending.tables, pending.size = [], 0
        return known, whole.add_column(0, "record", record)


def _widened(table: pa.Table, columns: list[str]) -> pa.Table:
    """Return the table with all ``columns`` in their order, '' where it has none or null."""
    have = set(table.column_names)
    empty = None
    arrays = []
    for name in columns:
        if name in have:
            column = table.column(name)
            arrays.append(pc.fill_null(column, "") if column.null_count else column)
            continue
        if empty is None:
            empty = pa.repeat(pa.scalar("", pa.string()), table.num_rows)
        arrays.append(pa.chunked_array([empty]))
    return pa.table(arrays, names=columns)


def _free(names: list[str]) -> str:
    name = WITHIN
    while name in names:
        name += "_"
    return name


def _unique(name: str, place: int, pending: _Pending) -> str:
    base = candidate = shown(name) or f"column_{place + 1}"
    while candidate in pending.taken:
        # counted, lest a thousand equal names cost a million look-ups
        pending.times[base] = pending.times.get(base, 1) + 1
        candidate = f"{base}_{pending.times[base]}"
    pending.taken.add(candidate)
    return candidate


def _named(declared: Declared, pending: _Pending, within: Within | None) -> Declared:
    """Return what the format declares, by the names that the columns go by."""

    def name(column: str) -> str:
        place = pending.given.get(column)
        return column if place is None else pending.known.columns[place]

    references = [replace(one, columns=tuple(map(name, one.columns))) for one in declared.references]
    if within is not None:
        references.append(Reference((name(WITHIN),), within.table, (within.column,)))
    return Declared(
        tuple(map(name, declared.primary)),
        tuple(references),
        {name(column): meaning for column, meaning in declared.meanings.items()},
        declared.subject,
    )
