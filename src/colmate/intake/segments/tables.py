"""Segments of one name as a table: what a field means is data (`Segment`, `Column`), how it is cut a `Kind`.

Fields that the knowledge does not name are kept as ``field_n``: nothing of a message is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colmate.intake.reading import Chunk, Declared, Meaning, Reference
from colmate.intake.segments.blocks import Block
from colmate.intake.segments.cells import FEW, Cells, Fields, Marks, Numbers, filled, joined
from colmate.model import Role

__all__ = [
    "CODED",
    "FIRST",
    "LINES",
    "PLAIN",
    "Batch",
    "Column",
    "Kind",
    "Segment",
    "batch_of",
    "chunk",
    "columns_of",
    "declared",
    "first_filled",
    "keys",
    "together",
]

Made = Iterator[tuple[str, pa.Array]]


@dataclass(frozen=True)
class Kind:
    """How a field is cut: ``make`` yields arrays by suffix; ``types`` are the semantic types of the suffixes.

    Column names are the name of the column and the suffix, joined by "_" where there are both.
    """

    make: Callable[[Cells], Made]
    types: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """A field of a segment by its number in the standard: what it is called, how it is cut, what it holds.

    ``semantic_type`` is the type of the column without a suffix; ``role``: whose, where not the segment's role.
    """

    name: str
    place: int
    kind: Kind
    semantic_type: str = ""
    role: Role | None = None

    def meanings(self, role: Role | None) -> Iterator[tuple[str, Meaning]]:
        """Yield the meaning of each column that the field becomes."""
        whose = self.role or role
        if self.semantic_type:
            yield self.name, Meaning(self.semantic_type, whose)
        for suffix, semantic_type in self.kind.types.items():
            yield _named(self.name, suffix), Meaning(semantic_type, whose)


@dataclass(frozen=True, eq=False)
class Segment:
    """A table (its name begins with the standard's, and "_"): the columns of a segment.

    ``role``: whose the values are; ``subject``: whom whole records are about. ``meanings``: of columns that are made
    in another way, or that a field's kind says less about.
    """

    table: str
    columns: tuple[Column, ...] = ()
    role: Role | None = None
    subject: Role | None = None
    meanings: Mapping[str, Meaning] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """Segments of one name from one block, with the numbers of what they belong to. ``shift``: the number of the
    first field behind the name (HPRIM counts the name as the first field).
    """

    name: str
    lines: pa.Array
    number: Numbers
    message: Numbers
    patient: Numbers
    order: Numbers
    marks: Marks
    serial: int
    shift: int = 0

    def __len__(self) -> int:
        return len(self.lines)

    @cached_property
    def fields(self) -> Fields:
        return Fields(self.lines, self.marks.delimiters[0])

    @cached_property
    def present(self) -> list[int]:
        """Numbers of the fields that hold something."""
        return [place + self.shift for place in self.fields.present() if place]

    def cells(self, place: int) -> Cells:
        """Return a field by its number in the standard."""
        return Cells(self.fields.column(place - self.shift), self.marks)

    def own(self) -> pa.Array:
        """Return a key for each segment."""
        return keys(self.serial, self.number)

    def owners(self) -> dict[str, pa.Array]:
        """Return what every table has: the keys of the message and of the patient."""
        return {"message": keys(self.serial, self.message), "patient": keys(self.serial, self.patient)}


def keys(serial: int, numbers: Numbers) -> pa.Array:
    """Return keys that are unique over all files, null for the number 0."""
    if len(numbers) <= FEW:
        return pa.array([f"{serial}-{one}" if one else None for one in numbers.tolist()], pa.string())
    text = pa.array(numbers, mask=numbers == 0).cast(pa.string())
    return pc.binary_join_element_wise(str(serial), text, "-")


def batch_of(block: Block, name: bytes, serial: int, shift: int = 0) -> Batch:
    """Return the segments of one name in a block."""
    places = np.flatnonzero(block.names == name)
    lines = block.lines.take(pa.array(places))
    number, message, patient, order = (one[places] for one in (block.number, block.message, block.patient, block.order))
    return Batch(name.decode(), lines, number, message, patient, order, block.marks, serial, shift)


def columns_of(batch: Batch, segment: Segment, skip: frozenset[int] = frozenset()) -> dict[str, pa.Array]:
    """Return the columns of a batch by name: those of the knowledge, then the other fields that hold something."""
    made: dict[str, pa.Array] = {}
    left = dict.fromkeys(place for place in batch.present if place not in skip)
    for column in segment.columns:
        if column.place in batch.present:
            left.pop(column.place, None)
            for suffix, values in column.kind.make(batch.cells(column.place)):
                made[_named(column.name, suffix)] = values
    for place in left:
        made[f"field_{place}"] = batch.cells(place).text()
    return made


def chunk(segment: Segment, columns: Mapping[str, pa.Array], primary: str = "") -> Chunk:
    """Return the records of a table with what the standard says of it."""
    return Chunk(segment.table, pa.table(dict(columns)), declared(segment, primary, tuple(columns)))


@lru_cache(maxsize=2048)
def declared(segment: Segment, primary: str, columns: tuple[str, ...]) -> Declared:
    """Return what the format says of a table; its records refer to their message and patient."""
    # keys of ours are nobody's numbers
    meanings = {name: Meaning("record_id") for name in ("message", "patient", "order", "observation")}
    for column in segment.columns:
        meanings.update(column.meanings(segment.role))
    meanings.update(segment.meanings)
    if segment.columns:
        # what tells a person is named in the columns: the other fields that the standard defines are codes and the like
        meanings |= {name: Meaning("code") for name in columns if name.startswith("field_")}
    prefix = segment.table.partition("_")[0] + "_"
    targets = {"message": "messages", "patient": "patients", "order": "orders", "observation": "observations"}
    references = tuple(
        Reference((name,), prefix + table, (name,))
        for name, table in targets.items()
        if name in columns and prefix + table != segment.table
    )
    return Declared((primary,) if primary else (), references, meanings, segment.subject)


def _named(name: str, suffix: str) -> str:
    return f"{name}_{suffix}" if name and suffix else name or suffix


def first_filled(*arrays: pa.Array) -> pa.Array:
    """Return for each record the first of the values that is not empty."""
    if len(arrays[0]) <= FEW:
        rows = zip(*(one.to_pylist() for one in arrays), strict=True)
        return pa.array([next((one for one in row if one), None) for row in rows], pa.string())
    return pc.coalesce(*(pc.if_else(pa.array(filled(one)), one, pa.scalar(None, pa.string())) for one in arrays))


def together(one: pa.Array, other: pa.Array, between: str) -> pa.Array:
    """Return two values as one text; where one is empty, the other."""
    if len(one) <= FEW:
        rows = zip(one.to_pylist(), other.to_pylist(), strict=True)
        return pa.array([between.join(filter(None, row)) or None for row in rows], pa.string())
    both = pa.array(filled(one) & filled(other))
    return pc.if_else(both, pc.binary_join_element_wise(one, other, between), first_filled(one, other))


# --- kinds that both standards have ------------------------------------------------------------------------------


def _plain(cells: Cells) -> Made:
    yield "", cells.text()


def _first(cells: Cells) -> Made:
    yield "", cells.first().component(1).text()


def _lines(cells: Cells) -> Made:
    yield "", cells.replaced(2, "\n").replaced(1, " ").text()


def _coded(cells: Cells) -> Made:
    """A coded element: code, text, system (HL7 v2.5 §2.A.13); the text, or the code where there is none."""
    if not cells.has(1):
        yield "", cells.replaced(2, "; ").text()
        return
    parents, each = cells.repetitions()
    code, text, system = (each.component(place).text() for place in (1, 2, 3))
    label = first_filled(text, code)
    # what has no components is a text: whatever its neighbours have
    composed = pc.match_substring(pc.fill_null(cells.raw, ""), cells.marks.delimiters[1])
    code = pc.if_else(composed.take(pa.array(parents)), code, pa.scalar(None, pa.string()))
    if len(parents) == len(cells) and bool((parents == np.arange(len(cells))).all()):
        yield from (("", label), ("code", code), ("system", system))
        return
    every = np.ones(len(parents), np.bool_)
    yield "", joined(label, parents, every, len(cells))
    yield "code", joined(code, parents, every, len(cells))
    firsts, places = np.unique(parents, return_index=True)
    index = np.full(len(cells), -1, np.int64)
    index[firsts] = places
    yield "system", system.take(pa.array(index, mask=index < 0))


PLAIN: Final = Kind(_plain)
FIRST: Final = Kind(_first)
LINES: Final = Kind(_lines)
CODED: Final = Kind(_coded, {"code": "code", "system": "code"})
