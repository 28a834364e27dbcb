"""Whole columns of delimited text, split with Arrow: fields, repetitions, components."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from colmate.intake.segments.grammar import unescape

__all__ = ["FEW", "Cells", "Fields", "Marks", "Numbers", "filled", "joined", "pivot"]

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
# no segment of any version has as many fields; what comes behind stays in the last one
MOST: Final = 120
# so few records are faster in Python
FEW: Final = 8
PLACEHOLDERS: Final = "[\\x01-\\x05]"


@dataclass(frozen=True)
class Marks:
    """The delimiters of a stretch of text, and whether it has escapes, explicit nulls and set-aside characters."""

    delimiters: str
    escaped: bool
    nulls: bool
    aside: bool


class Fields:
    """Text split at one delimiter: `column` gives the n-th part (from 0) of every record, null where there is none.

    A few records are split by Python: a call of Arrow costs more than they do, and most files hold one message.
    """

    def __init__(self, records: pa.Array, mark: str, most: int = MOST) -> None:
        self._rows: list[list[str]] | None = None
        if len(records) <= FEW:
            self._rows = [one.split(mark, most - 1) if one is not None else [] for one in records.to_pylist()]
            self.counts: Numbers = np.array([len(row) for row in self._rows], np.int64)
            self.starts: Numbers = np.cumsum(self.counts) - self.counts
            return
        lists = pc.split_pattern(records, mark, max_splits=most - 1)
        offsets = lists.offsets.to_numpy().astype(np.int64)
        self._values = lists.values
        self.starts, self.counts = offsets[:-1], np.diff(offsets)

    @property
    def most(self) -> int:
        """How many parts the longest record has."""
        return int(self.counts.max()) if len(self.counts) else 0

    @property
    def values(self) -> pa.Array:
        """All parts of all records, one behind the other."""
        if self._rows is not None:
            return pa.array([one for row in self._rows for one in row], pa.string())
        return self._values

    def column(self, place: int) -> pa.Array:
        """Return the part of each record at ``place``."""
        if self._rows is not None:
            return pa.array([row[place] if place < len(row) else None for row in self._rows], pa.string())
        short = self.counts <= place
        if not short.any():
            return self._values.take(pa.array(self.starts + place))
        return self._values.take(pa.array(self.starts + place, mask=short))

    def present(self) -> list[int]:
        """Return the places that have text in some record."""
        if self._rows is not None:
            return sorted({place for row in self._rows for place, one in enumerate(row) if one})
        sizes = np.diff(np.frombuffer(self._values.buffers()[1], np.int32, len(self._values) + 1))
        places = np.arange(len(sizes)) - np.repeat(self.starts, self.counts)
        return np.flatnonzero(np.bincount(places[sizes > 0], minlength=1)).tolist()


class Cells:
    """A column of raw text (delimiters and escapes in it), as long as the table it belongs to."""

    def __init__(self, raw: pa.Array, marks: Marks) -> None:
        self.raw = raw
        self.marks = marks

    def __len__(self) -> int:
        return len(self.raw)

    @cached_property
    def _components(self) -> Fields:
        return Fields(self.raw, self.marks.delimiters[1], 40)

    def component(self, place: int) -> Cells:
        """Return the n-th component, from 1 as the standards count."""
        return Cells(self._components.column(place - 1), self.marks)

    def sub(self, place: int) -> Cells:
        """Return the n-th subcomponent, from 1."""
        return Cells(Fields(self.raw, self.marks.delimiters[4], 12).column(place - 1), self.marks)

    def has(self, mark: int) -> bool:
        """Tell whether a delimiter (its place among the five) stands in some record."""
        if len(self.raw) <= FEW:
            return any(self.marks.delimiters[mark] in one for one in self.raw.to_pylist() if one)
        return bool(pc.any(pc.match_substring(self.raw, self.marks.delimiters[mark])).as_py())

    def first(self) -> Cells:
        """Return the first repetition."""
        if not self.has(2):
            return self
        return Cells(Fields(self.raw, self.marks.delimiters[2], 2).column(0), self.marks)

    def repetitions(self) -> tuple[Numbers, Cells]:
        """Return every repetition that is not empty, and the record of each."""
        fields = Fields(self.raw, self.marks.delimiters[2], 1000)
        parents = np.repeat(np.arange(len(self)), fields.counts)
        values = fields.values
        kept = filled(values)
        if kept.all():
            return parents, Cells(values, self.marks)
        return parents[kept], Cells(values.filter(pa.array(kept)), self.marks)

    def replaced(self, mark: int, by: str) -> Cells:
        """Return the column with a delimiter (its place among the five) replaced by text without any."""
        if not self.has(mark):
            return self
        return Cells(pc.replace_substring(self.raw, self.marks.delimiters[mark], by), self.marks)

    def text(self) -> pa.Array:
        """Return the values as they were meant: escapes undone, the explicit null ("" in quotes) empty."""
        out, marks = self.raw, self.marks
        if len(out) <= FEW and (marks.escaped or marks.nulls or marks.aside):
            mended = [one and unescape("" if one == '""' else one, marks.delimiters) for one in out.to_pylist()]
            return pa.array(mended, pa.string())
        if marks.nulls:
            out = pc.if_else(pc.equal(out, '""'), "", out)
        if marks.escaped or marks.aside:
            pattern = PLACEHOLDERS if not marks.escaped else f"\\{marks.delimiters[3]}"
            pattern = f"{pattern}|{PLACEHOLDERS}" if marks.aside else pattern
            hit = pc.fill_null(pc.match_substring_regex(out, pattern), False)
            if pc.any(hit).as_py():
                mended = [unescape(one, marks.delimiters) for one in out.filter(hit).to_pylist()]
                out = pc.replace_with_mask(out, hit, pa.array(mended, pa.string()))
        return out


def filled(values: pa.Array) -> Flags:
    """Tell which values hold something."""
    if len(values) <= FEW:
        return np.array([bool(one) for one in values.to_pylist()], np.bool_)
    found: Flags = pc.fill_null(pc.greater(pc.binary_length(values), 0), False).to_numpy(zero_copy_only=False)
    return found


def pivot(values: pa.Array, parents: Numbers, chosen: Flags, size: int) -> tuple[pa.Array, Flags]:
    """Return for each of ``size`` records its first chosen value, null without one; and which values were used."""
    places = np.flatnonzero(chosen)
    owners, firsts = np.unique(parents[places], return_index=True)
    used = np.zeros(len(parents), np.bool_)
    used[places[firsts]] = True
    index = np.full(size, -1, np.int64)
    index[owners] = places[firsts]
    return values.take(pa.array(index, mask=index < 0)), used


def joined(values: pa.Array, parents: Numbers, chosen: Flags, size: int, between: str = "; ") -> pa.Array:
    """Return for each of ``size`` records its chosen values in one text, null without any."""
    out: list[str | None] = [None] * size
    for place in np.flatnonzero(chosen & filled(values)):
        owner, value = int(parents[place]), str(values[int(place)])
        before = out[owner]
        out[owner] = value if before is None else before + between + value
    return pa.array(out, pa.string())
