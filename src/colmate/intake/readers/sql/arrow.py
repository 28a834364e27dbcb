"""Delimited text through Arrow's parser, with the proof that no byte went astray."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv

from colmate.intake.readers.sql.marks import Codes

__all__ = ["parse"]

NULLS: Final = ("NULL", "null", "Null")


def parse(
    text: Codes,
    width: int,
    rows: int,
    overhead: int,
    quote: bytes,
    escaped: bool,
    delimiter: bytes = b",",
    nulls: tuple[str, ...] = NULLS,
) -> pa.Table | None:
    """Return ``rows`` records of delimited ``text`` as text columns ``c0``…; None unless the arithmetic comes out.

    ``overhead``: how many bytes of the text are not those of values. Nulls come as empty texts.
    """
    names = [f"c{place}" for place in range(width)]
    parsing = pv.ParseOptions(
        delimiter=delimiter.decode("latin-1"),
        quote_char=quote.decode("latin-1") or False,
        escape_char="\\" if escaped else False,
        newlines_in_values=bool(quote) or escaped,
        ignore_empty_lines=False,
    )
    converting = pv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        null_values=list(nulls),
    )
    reading = pv.ReadOptions(column_names=names, block_size=text.size + 1, use_threads=False)
    try:
        table = pv.read_csv(pa.BufferReader(pa.py_buffer(text)), reading, parsing, converting)
    except pa.ArrowInvalid:
        return None
    size = len(nulls[0])
    values = sum(_bytes_of(column) + size * column.null_count for column in table.columns)
    if table.num_rows != rows or values + overhead != text.size:
        return None
    # by that arithmetic nulls hold no bytes: without their bitmap they are empty texts
    return pa.Table.from_arrays([_filled(column) for column in table.columns], names=names)


def _filled(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not column.null_count:
        return column
    chunks = [
        pa.StringArray.from_buffers(len(chunk), *chunk.buffers()[1:], offset=chunk.offset) for chunk in column.chunks
    ]
    return pa.chunked_array(chunks, column.type)


def _bytes_of(column: pa.ChunkedArray) -> int:
    """Return how many bytes of text a column holds."""
    total = 0
    for chunk in column.chunks:
        if len(chunk):
            offsets = np.frombuffer(chunk.buffers()[1], np.int32)
            total += int(offsets[chunk.offset + len(chunk)]) - int(offsets[chunk.offset])
    return total
