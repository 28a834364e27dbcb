"""The tables of one sheet: blocks of cells told apart, headers found, records handed out as the rows come."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from colmate.intake.accounting import Account
from colmate.intake.readers.spreadsheets.grid import SAMPLE, Filled, Stretch, cells_of, filled
from colmate.intake.readers.spreadsheets.heads import Cells, Top, is_new_table, top_of
from colmate.intake.readers.spreadsheets.merging import Merged
from colmate.intake.reading import Chunk

__all__ = ["SheetTables"]

ABOVE: Final = 4  # lines of a title: more of them may be a list of names
BELOW: Final = 10  # lines of notes under a table, which are rejects
CHUNK: Final = 20_000
STEADY: Final = 50  # empty rows inside a table, after which an empty row says nothing any more
TOTAL: Final = re.compile(r"(?i)\s*(?:sous[- ]|grand )?(?:total|totaux|sum|somme)\b.{0,60}", re.DOTALL)
AMOUNT: Final = re.compile(r"[-+]?[\d\s.,\u202f\xa0]*\s?[%€]?")

Numbers = npt.NDArray[np.int64]


@dataclass
class _Open:
    """A table that rows may still come to: it takes ``columns`` of the grid."""

    name: str
    columns: tuple[int, ...]
    top: Top
    sample: Cells
    gaps: int = 0
    held: list[pa.Table] = field(default_factory=list)
    size: int = 0


class SheetTables:
    """Takes the stretches of a sheet in turn. ``name`` makes the name of each further table."""

    def __init__(self, name: Callable[[], str], account: Account, merged: Merged) -> None:
        self._name, self._account, self._merged = name, account, merged
        self._open: list[_Open] = []
        self._titled: Numbers = np.array([], np.int64)
        self._lines: list[tuple[Numbers, tuple[int, ...], pa.Table]] = []

    def take(self, stretch: Stretch) -> Iterator[Chunk]:
        """Yield what is full after a stretch."""
        rows = self._merged.filled_down(stretch.rows, stretch.row)
        inked = filled(rows)
        going = list(self._open) if not stretch.begins else []
        running = bool(going)
        if stretch.begins and not self._open and _has_titles(inked):
            self._titled = np.flatnonzero(inked[0])
            above = tuple(self._titled.tolist())
            self._lines.append((np.array([stretch.row]), above, rows.slice(0, 1).select(list(above))))
            if rows.num_rows > 1:
                yield from self.take(Stretch(stretch.rows.slice(1), stretch.row + 1, begins=True))
            return
        heads = [str(column[0]) for column in rows.columns] if stretch.begins else []
        for columns in _groups(inked, {column for one in going for column in one.columns}, heads, self._titled):
            near = _nearest(going, columns) if running else None
            if near is None:
                near = yield from self._begin(rows, inked, columns, stretch)
            else:
                self._widen(near, columns)
            if near is not None and near not in going:
                going.append(near)
        for one in going:
            self._add(one, rows, inked, stretch.row)
        yield from (chunk for one in self._open for chunk in self._full(one))

    def rest(self) -> Iterator[Chunk]:
        """Yield what is left at the end of the sheet."""
        if not self._open:
            # nothing but a few lines of text: they are what the sheet holds
            for numbers, columns, rows in self._lines:
                top = top_of(cells_of(rows))
                one = _Open(self._name(), columns, top, ())
                self._open.append(one)
                self._keep(one, rows.slice(top.first), numbers[top.first :])
            self._lines = []
        self._refuse_lines()
        for one in self._open:
            yield from self._flush(one)
        self._open = []

    # --- a new block -------------------------------------------------------------------------------------------------

    def _begin(
        self, rows: pa.Table, inked: Filled, columns: tuple[int, ...], stretch: Stretch
    ) -> Generator[Chunk, None, _Open | None]:
        """Decide what a block is: lines of text, more of a table (which is returned), a table of its own."""
        present = np.flatnonzero(np.any(inked[:, columns], axis=1))
        block = rows.select(list(columns)).take(pa.array(present))
        numbers = present + stretch.row
        before = _overlapping(self._open, columns)
        if int(inked[:, columns].sum(axis=1).max()) < 2:
            wide = before is not None and len(before.columns) > 2
            if block.num_rows <= (BELOW if wide else ABOVE) and (wide or before is None):
                # above the next table they are its title, else notes
                self._lines.append((numbers, columns, block))
                return None
        if before is not None and self._continues(before, rows.take(pa.array(present)), columns):
            self._refuse_lines()
            before.gaps += 1
            self._widen(before, tuple(one for one in columns if one not in before.columns))
            return before
        for one in [one for one in self._open if set(one.columns) & set(columns)]:
            yield from self._flush(one)
            self._open.remove(one)
        yield self._open_table(block, numbers, columns)
        return None

    def _open_table(self, block: pa.Table, numbers: Numbers, columns: tuple[int, ...]) -> Chunk:
        cells = cells_of(block.slice(0, SAMPLE))
        top = top_of(cells, self._merged.within(int(numbers[0]), columns, len(cells)))
        self._account.note("title_rows", top.titles + sum(rows.num_rows for _, _, rows in self._lines))
        self._lines = []
        one = _Open(self._name(), columns, top, cells[top.first :])
        self._open.append(one)
        self._keep(one, block.slice(top.first), numbers[top.first :])
        return Chunk(one.name, pa.table({name: pa.array([], pa.string()) for name in top.names}))

    def _continues(self, before: _Open, rows: pa.Table, columns: tuple[int, ...]) -> bool:
        """Tell whether a block after an empty row goes on with the table above it."""
        if before.gaps > STEADY:
            return True
        if not set(columns) <= set(before.columns):
            own = cells_of(rows.select(list(columns)).slice(0, SAMPLE))
            return before.top.header is None and not is_new_table(own, own[1:])
        cells = cells_of(rows.select(list(before.columns)).slice(0, SAMPLE))
        return cells[0] == before.top.header or not is_new_table(cells, before.sample)

    def _widen(self, one: _Open, columns: Sequence[int]) -> None:
        """Give a table columns that turned up late."""
        if columns:
            taken = set(one.top.names)
            fresh = []
            for column in columns:
                name = f"column_{column + 1}"
                while name in taken:
                    name += "_2"
                taken.add(name)
                fresh.append(name)
            names = (*one.top.names, *fresh)
            one.top = Top(names, one.top.titles, one.top.first, one.top.header)
            one.columns = (*one.columns, *columns)

    # --- records -----------------------------------------------------------------------------------------------------

    def _add(self, one: _Open, rows: pa.Table, inked: Filled, row: int) -> None:
        """Take the rows of a stretch that have a cell in the table's columns."""
        present = np.flatnonzero(np.any(inked[:, one.columns], axis=1))
        if present.size:
            block = rows.select(list(one.columns))
            whole = present.size == rows.num_rows
            self._keep(one, block if whole else block.take(pa.array(present)), present + row)

    def _keep(self, one: _Open, block: pa.Table, numbers: Numbers) -> None:
        """Hold records (``numbers``: their rows in the sheet) to be handed out, without totals and repeated headers."""
        self._account.find(block.num_rows)
        odd = self._odd(one, block)
        for place, reason in odd.items():
            self._account.reject(int(numbers[place]) + 1, 0, _verbatim(block, place), reason)
        if odd:
            kept: npt.NDArray[np.bool_] = np.isin(np.arange(block.num_rows), list(odd), invert=True)
            block = block.filter(pa.array(kept))
        one.held.append(block.rename_columns(list(one.top.names)))
        one.size += block.num_rows

    def _odd(self, one: _Open, block: pa.Table) -> dict[int, str]:
        """Return the rows that are no records, with the reason."""
        found: dict[int, str] = {}
        if one.top.header is None and block.num_columns < 2:
            return found
        heads = [column.to_pylist() for column in block.columns[:2]]
        header = one.top.header
        for place, cells in enumerate(zip(*heads, strict=True)):
            if header and cells == header[: len(cells)] and _cells(block, place)[: len(header)] == header:
                found[place] = "repeated_header"
            elif any(TOTAL.fullmatch(cell) for cell in cells if cell) and _is_total(_cells(block, place)):
                found[place] = "total_row"
        return found

    def _refuse_lines(self) -> None:
        """Reject lines of text that stand below a table."""
        for numbers, _, rows in self._lines:
            self._account.find(rows.num_rows)
            for place, number in enumerate(numbers.tolist()):
                self._account.reject(number + 1, 0, _verbatim(rows, place), "footer")
        self._lines = []

    def _full(self, one: _Open) -> Iterator[Chunk]:
        if one.size >= CHUNK:
            yield from self._flush(one)

    def _flush(self, one: _Open) -> Iterator[Chunk]:
        held, one.held, one.size = one.held, [], 0
        if held:
            yield Chunk(one.name, pa.concat_tables(held, promote_options="default"))


def _cells(block: pa.Table, place: int) -> tuple[str, ...]:
    return tuple(column[place].as_py() or "" for column in block.columns)


def _verbatim(block: pa.Table, place: int) -> bytes:
    return "\t".join(_cells(block, place)).encode("utf-8").rstrip(b"\t")


def _is_total(cells: Sequence[str]) -> bool:
    """Tell whether a row that begins with "total" has nothing but amounts beside it."""
    return len(cells) > 1 and all(TOTAL.fullmatch(cell) or AMOUNT.fullmatch(cell) for cell in cells if cell)


def _has_titles(inked: Filled) -> bool:
    """Tell whether a stretch begins with cells that stand apart, each above the first column of a block or nothing."""
    places = np.flatnonzero(inked[0])
    if places.size < 2 or (np.diff(places) < 3).any():
        return False
    runs = _runs(np.any(inked[1:], axis=0))
    return len(inked) == 1 or (min(map(len, runs)) > 1 and [run[0] for run in runs] == places.tolist())


def _runs(used: npt.NDArray[np.bool_]) -> list[Numbers]:
    """Return the columns that are used, in the runs that empty columns part."""
    places = np.flatnonzero(used)
    return np.split(places, np.flatnonzero(np.diff(places) > 1) + 1) if places.size else []


def _groups(inked: Filled, taken: set[int], heads: Sequence[str], titled: Numbers) -> list[tuple[int, ...]]:
    """Return the columns of the blocks that stand side by side.

    An empty column parts two blocks only where their rows differ, each has a title above (in a column of ``titled``),
    or one has the same ``heads`` as the other: a table may have an empty column.
    """
    used: npt.NDArray[np.bool_] = np.any(inked, axis=0)
    used[list(taken)] = False
    runs = _runs(used)
    alone = len(runs) > 1 and min(map(len, runs)) > 1 and [run[0] for run in runs] == titled.tolist()
    groups: list[list[int]] = []
    for run in runs:
        again = bool(heads and groups and len(run) > 1) and _repeats(heads, groups[-1], run.tolist())
        one = groups and not alone and not again
        if one and not _apart(np.any(inked[:, groups[-1]], axis=1), np.any(inked[:, run], axis=1)):
            groups[-1].extend(run.tolist())
        else:
            groups.append(run.tolist())
    return [tuple(group) for group in groups]


def _repeats(heads: Sequence[str], left: Sequence[int], right: Sequence[int]) -> bool:
    """Tell whether all that stands above one block stands above the other too: a list that goes on beside itself."""
    words = {heads[place] for place in right}
    return "" not in words and words <= {heads[place] for place in left}


def _apart(left: npt.NDArray[np.bool_], right: npt.NDArray[np.bool_]) -> bool:
    """Tell whether two blocks of cells are filled in different rows."""
    return int((left != right).sum()) > max(2, len(left) // 5)


def _overlapping(tables: Sequence[_Open], columns: Sequence[int]) -> _Open | None:
    shared = [(len(set(one.columns) & set(columns)), place) for place, one in enumerate(tables)]
    most = max(shared, default=(0, 0))
    return tables[most[1]] if most[0] else None


def _nearest(tables: Sequence[_Open], columns: Sequence[int]) -> _Open | None:
    """Return the table that late columns belong to: the last one to their left, else the first."""
    left = [one for one in tables if min(one.columns) < columns[0]]
    return left[-1] if left else tables[0] if tables else None
