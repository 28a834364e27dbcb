"""From a block of well-formed records to columns of text, with the proof that no byte went astray.

Arrow's parser does the work. Then exact arithmetic: the bytes of the block are those of the values, plus one
delimiter between two fields, plus the line ends, plus the quotes that were taken off. Escapes do not come here:
the grammar has none.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv

from colmate.intake.careful import Grammar, after_line_end, strict_record
from colmate.intake.structure import Extent, extent, line_ends

__all__ = ["by_hand", "parse", "quoted_again", "restore", "well_formed"]

CHUNK: Final = 2 << 20
# what stands for the delimiter when there is one column: the first of these that the block does not hold
UNUSED: Final = bytes([31, 30, 29, 28, 1, 2, 3, 4, 5, 6, 7, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25])


def parse(data: bytes, grammar: Grammar, found: Extent, same: bool = True) -> tuple[pa.Table, int] | None:
    """Return the records of ``data`` (UTF-8, whole records) as text columns ``c0``…, and the bytes of blank lines.

    ``found`` is the extent of the same records, in another encoding unless ``same``.
    Returns None when Arrow cannot parse the block, or when the arithmetic does not come out.
    """
    if not data:
        return _empty(grammar.width), 0
    table = _arrow(data, grammar)
    if table is None:
        return None
    columns = grammar.width + grammar.trailing
    values = sum(_bytes_of(column) for column in table.columns)
    records, ends, blank = _lines(data, grammar, found, table.num_rows, same)
    overhead = records * (columns - 1) + ends + int(found.quotes.size) - found.doubled
    if records != table.num_rows or values + overhead != len(data):
        return None
    if grammar.trailing:
        if _bytes_of(table.column(columns - 1)):
            return None
        table = table.select(range(grammar.width))
    return table, blank


def _lines(data: bytes, grammar: Grammar, found: Extent, rows: int, same: bool) -> tuple[int, int, int]:
    """Return how many records there must be, the bytes of all line ends, and of those the bytes of blank lines.

    The counts are the same in every encoding that keeps ASCII, so they may be taken on the UTF-8 text unless
    offsets are needed; then only if the text is the one that ``found`` describes.
    """
    codes = np.frombuffer(data, np.uint8)
    feeds = int(np.count_nonzero(codes == 10))
    carriages = int(np.count_nonzero(codes == 13)) if b"\r" in data else 0
    lines = feeds + carriages - (data.count(b"\r\n") if carriages and feeds else 0)
    if rows == lines + (data[-1] not in b"\r\n"):
        return rows, feeds + carriages, 0
    if not same:
        # offsets moved in the change of encoding: find the quotes again
        found = well_formed(data, grammar)
    places, nexts = line_ends(data, found)
    starts = np.concatenate([np.zeros(1, np.int64), nexts[:-1]])
    blank = places == starts
    lengths = nexts - places
    return int(np.count_nonzero(~blank)), int(lengths.sum()), int(lengths[blank].sum())


def well_formed(data: bytes, grammar: Grammar) -> Extent:
    """Return the extent of a block that is known to hold whole, well-formed records."""
    return extent(data, grammar, final=True)


def _bytes_of(column: pa.ChunkedArray) -> int:
    total = 0
    for chunk in column.chunks:
        if len(chunk):
            offsets = np.frombuffer(chunk.buffers()[1], np.int32)
            total += int(offsets[chunk.offset + len(chunk)]) - int(offsets[chunk.offset])
    return total


def _arrow(data: bytes, grammar: Grammar) -> pa.Table | None:
    names = [f"c{place}" for place in range(grammar.width + grammar.trailing)]
    delimiter = grammar.delimiter or next((bytes([code]) for code in UNUSED if code not in data), b"")
    if not delimiter:
        return None
    parsing = pv.ParseOptions(
        delimiter=delimiter.decode("latin-1"),
        quote_char=grammar.quote.decode("latin-1") or False,
        escape_char=False,
        newlines_in_values=bool(grammar.quote and grammar.quote in data),
    )
    converting = pv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    for chunk in (CHUNK, len(data) + 1):
        reading = pv.ReadOptions(column_names=names, block_size=chunk)
        try:
            return pv.read_csv(
                pa.BufferReader(data), read_options=reading, parse_options=parsing, convert_options=converting
            )
        except pa.ArrowInvalid as error:
            # a record longer than Arrow's chunk: once more, in one piece
            if "straddling" not in str(error):
                return None
    return None


def _empty(width: int) -> pa.Table:
    return pa.table({f"c{place}": pa.array([], pa.string()) for place in range(width)})


def by_hand(data: bytes, grammar: Grammar, found: Extent, same: bool = True) -> tuple[pa.Table, int] | None:  # noqa: ARG001
    """Parse ``data`` as `parse` does, one record after another: for blocks that Arrow refuses."""
    rows: list[list[bytes]] = []
    place = 0
    while place < len(data):
        record = strict_record(data, place, len(data), grammar)
        if record is None or not grammar.fits(record[0]):
            if data[place : place + 1] not in (b"\r", b"\n"):
                return None
            place = after_line_end(data, place)
            continue
        if record[1] > place:
            rows.append(record[0])
        place = after_line_end(data, record[1])
    columns = [[row[column].decode("utf-8", "replace") for row in rows] for column in range(grammar.width)]
    return pa.table({f"c{place}": pa.array(column, pa.string()) for place, column in enumerate(columns)}), 0


def restore(table: pa.Table, stand_in: bytes, original: bytes) -> pa.Table:
    """Put a delimiter of several characters back where it was part of a value."""
    code, text = stand_in.decode("latin-1"), original.decode("utf-8", "replace")
    for place, name in enumerate(table.column_names):
        if pc.any(pc.match_substring(table.column(place), code)).as_py():
            table = table.set_column(place, name, pc.replace_substring(table.column(place), code, text))
    return table


def quoted_again(fields: list[bytes], grammar: Grammar) -> bytes:
    """Write a record of repaired fields as the well-formed line that reads as these fields."""
    if fields == [b""] and grammar.quote:
        return grammar.quote * 2
    return grammar.delimiter.join(_field(field, grammar) for field in fields) + (
        grammar.delimiter if grammar.trailing else b""
    )


def _field(field: bytes, grammar: Grammar) -> bytes:
    special = (b"\r", b"\n", grammar.quote, grammar.delimiter)
    if not any(mark and mark in field for mark in special):
        return field
    return grammar.quote + field.replace(grammar.quote, grammar.quote * 2) + grammar.quote
