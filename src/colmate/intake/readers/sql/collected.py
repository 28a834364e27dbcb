"""Records on their way out: those read one by one and those read by the block, a chunk a table, in the file's order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from colmate.intake.readers.sql.schema import Table
from colmate.intake.reading import Chunk

__all__ = ["Collected", "rows_table"]

ROWS: Final = 50_000
BYTES: Final = 12 << 20
Values = Sequence["str | None"]


def rows_table(rows: Sequence[Values], columns: Sequence[str]) -> pa.Table:
    """Return records as text columns."""
    cells = zip(*rows, strict=True) if rows else ((),) * len(columns)
    return pa.Table.from_arrays([pa.array(column, pa.string()) for column in cells], names=list(columns))


class Collected:
    """Holds records until they are worth a chunk."""

    def __init__(self) -> None:
        self._tables: dict[tuple[str, tuple[str, ...]], list[pa.Table]] = {}
        self._rows: dict[tuple[str, tuple[str, ...]], list[Values]] = {}
        self._count = 0
        self._bytes = 0
        self._owners: dict[str, Table] = {}

    @property
    def full(self) -> bool:
        """Whether it is time to hand out."""
        return self._count >= ROWS or self._bytes >= BYTES

    def row(self, table: Table, columns: tuple[str, ...], values: Values, size: int) -> None:
        """Take one record that took ``size`` bytes."""
        self._owners[table.name] = table
        self._rows.setdefault((table.name, columns), []).append(values)
        self._count += 1
        self._bytes += size

    def block(self, table: Table, columns: tuple[str, ...], records: pa.Table, size: int) -> None:
        """Take many records."""
        self._owners[table.name] = table
        key = (table.name, columns)
        self._settle(key)
        self._tables.setdefault(key, []).append(records.rename_columns(list(columns)))
        self._count += records.num_rows
        self._bytes += size

    def _settle(self, key: tuple[str, tuple[str, ...]]) -> None:
        rows = self._rows.pop(key, None)
        if rows:
            self._tables.setdefault(key, []).append(rows_table(rows, key[1]))

    def take(self) -> Iterator[Chunk]:
        """Hand out what is held, and forget it."""
        for key in list(self._rows):
            self._settle(key)
        tables, self._tables, self._count, self._bytes = self._tables, {}, 0, 0
        for (name, columns), parts in tables.items():
            records = pa.concat_tables(parts)
            for place in self._owners[name].bytes_columns(columns):
                mended = pc.replace_substring_regex(records.column(place), r"^\\x", "0x")
                records = records.set_column(place, columns[place], mended)
            yield Chunk(name, records)
