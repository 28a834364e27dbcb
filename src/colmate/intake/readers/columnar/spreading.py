"""A batch of any columns as chunks of text: structures spread out, lists in tables of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colmate.intake.accounting import Account
from colmate.intake.names import column_names
from colmate.intake.readers.columnar.text import as_text
from colmate.intake.reading import Chunk, Declared, Reference

__all__ = ["FAULTS", "Spreading"]

# what pyarrow raises over a content that is damaged
# a size that no machine has is claimed by a damaged file
FAULTS: Final = (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError)
ROW: Final = "row"  # the column by which the records of a list say where they belong
DEPTH: Final = 16  # structures within structures
WIDEST: Final = 50_000


class Spreading:
    """Turns the batches of one table into chunks; rows are numbered from 1 over all of them.

    ``table``: its name. ``serial``: the number of the content, which makes a row's key unique over files.
    """

    def __init__(self, table: str, serial: int, account: Account) -> None:
        self._table, self._serial, self._account = table, serial, account
        self._rows = 0

    def chunks(self, batch: pa.RecordBatch) -> list[Chunk]:
        """Return the records of a valid batch, and those of its lists; all are found here, once they can be read.

        Raises one of `FAULTS` where the content is damaged after all.
        """
        columns = list(_flat(zip(batch.schema.names, batch.columns, strict=True), "", DEPTH))[:WIDEST]
        names = column_names(name for name, _ in columns)
        plain: dict[str, pa.Array] = {}
        lists: dict[str, pa.Array] = {}
        for name, (_, values) in zip(names, columns, strict=True):
            if _is_list(values.type):
                lists[name] = values
            else:
                plain[name] = as_text(values)
        key = column_names([*plain, ROW])[-1]
        if lists:
            plain[key] = self._keys(batch.num_rows)
        found = [Chunk(self._table, pa.table(plain), Declared((key,)) if lists else None)]
        found += [self._list(f"{self._table}.{name}", key, values, plain[key]) for name, values in lists.items()]
        self._rows += batch.num_rows
        self._account.find(batch.num_rows + sum(chunk.records.num_rows for chunk in found[1:]))
        return found

    def _keys(self, size: int) -> pa.Array:
        numbers = pa.array(np.arange(self._rows + 1, self._rows + size + 1)).cast(pa.string())
        return pc.binary_join_element_wise(pa.scalar(str(self._serial)), numbers, "-")

    def _list(self, table: str, key: str, values: pa.Array, keys: pa.Array) -> Chunk:
        """Return the records of a list: an element each, and the row they belong to."""
        values = _plain_list(values)
        parents = pc.list_parent_indices(values)
        elements = values.flatten()
        flat = list(_flat([("value", elements)], "", DEPTH))
        names = [name.removeprefix("value.") for name, _ in flat]
        columns = {key: keys.take(parents)}
        titles = column_names([key, *names])[1:]
        for title, (_, column) in zip(titles, flat, strict=True):
            columns[title] = as_text(column)
        return Chunk(table, pa.table(columns), Declared(references=(Reference((key,), self._table, (key,)),)))


def _is_list(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_list(kind)
        or pa.types.is_large_list(kind)
        or pa.types.is_fixed_size_list(kind)
        or pa.types.is_map(kind)
    )


def _plain_list(values: pa.Array) -> pa.Array:
    """Return lists of any kind as ordinary ones; a map is a list of structures of key and value."""
    if pa.types.is_map(values.type):
        pairs = pa.StructArray.from_arrays([values.keys, values.items], ["key", "value"])
        lists = pa.ListArray.from_arrays(values.offsets, pairs)
        return pc.if_else(values.is_valid(), lists, pa.scalar(None, lists.type))
    if pa.types.is_fixed_size_list(values.type):
        return values.cast(pa.list_(values.type.value_type))
    return values


def _flat(columns: object, prefix: str, depth: int) -> Iterator[tuple[str, pa.Array]]:
    """Yield the columns, structures replaced by their fields."""
    for name, values in columns:  # type: ignore[attr-defined]
        while isinstance(values.type, pa.BaseExtensionType):
            values = values.storage
        if pa.types.is_struct(values.type) and values.type.num_fields and depth:
            names = [values.type.field(place).name for place in range(values.type.num_fields)]
            yield from _flat(zip(names, values.flatten(), strict=True), f"{prefix}{name}.", depth - 1)
        else:
            yield f"{prefix}{name}", values
