"""The process that opens workbooks: what a hostile one breaks is this process, not the analysis.

The library holds a sheet as a dense grid, so that two cells in opposite corners ask for hundreds of gigabytes, and
memory that is refused ends the process. So it runs apart, with bounded memory; it reads requests on its standard
input and answers on its standard output, in frames: a kind (one byte), a length (eight bytes), that many bytes.

Request: ``J`` with ``first`` (the sheet to begin with), then ``C`` with the workbook. Answer: ``J`` with ``sheets``
or ``error``; for each sheet ``J`` with its shape, any number of ``A`` (an Arrow stream with one batch of text
columns), ``J`` with ``done``.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import struct
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO, Final

import pyarrow as pa
import python_calamine as calamine

from colmate.intake.readers.spreadsheets.binary import Range, merged_of
from colmate.intake.values import text_of

__all__ = ["HEADER", "serve"]

HEADER: Final = struct.Struct("<cQ")
CELLS: Final = 200_000  # of a batch
MERGED: Final = 200_000  # ranges that are told


def serve(memory: int) -> None:
    """Answer requests until the input ends; ``memory``: bytes of address space, where the system can bound it."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while frame := _receive(requests):
        asked = json.loads(frame)
        content = _receive(requests)
        for kind, payload in _answer(io.BytesIO(content), int(asked["first"])):
            answers.write(HEADER.pack(kind, len(payload)))
            answers.write(payload)
            answers.flush()


def _receive(requests: BinaryIO) -> bytes:
    header = requests.read(HEADER.size)
    return requests.read(HEADER.unpack(header)[1]) if len(header) == HEADER.size else b""


def _told(**facts: Any) -> tuple[bytes, bytes]:
    return b"J", json.dumps(facts).encode("ascii")


def _answer(content: io.BytesIO, first: int) -> Iterator[tuple[bytes, bytes]]:
    # a panic of the library is no `Exception`, and must not end the process
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(content)
        sheets = workbook.sheets_metadata
    except calamine.PasswordError:
        yield _told(error="encrypted")
        return
    except BaseException:
        yield _told(error="damaged")
        return
    hidden = calamine.SheetVisibleEnum.Visible
    merged = merged_of(content)
    yield _told(sheets=[{"name": _clean(one.name), "hidden": one.visible != hidden} for one in sheets])
    for place in range(first, len(sheets)):
        if sheets[place].typ in (calamine.SheetTypeEnum.ChartSheet, calamine.SheetTypeEnum.Vba):
            yield _told(done=place)
            continue
        failed = False
        try:
            yield from _sheet(workbook.get_sheet_by_index(place), merged.get(sheets[place].name, []))
        except BaseException:
            failed = True
        yield _told(done=place, failed=failed)


def _clean(name: str) -> str:
    return text_of(name)


def _sheet(sheet: calamine.CalamineSheet, merged: list[Range]) -> Iterator[tuple[bytes, bytes]]:
    ranges = sheet.merged_cell_ranges or []
    start = sheet.start or (0, 0)
    merged = [(*one[0], *one[1]) for one in ranges[:MERGED]] or merged[:MERGED]
    yield _told(row=start[0], column=start[1], width=sheet.width, height=sheet.height, merged=merged)
    if not sheet.width:
        return
    rows = iter(sheet.iter_rows())
    names = [str(place) for place in range(sheet.width)]
    size = max(1, CELLS // sheet.width)
    while batch := list(islice(rows, size)):
        arrays = [_column(values) for values in zip(*batch, strict=True)]
        records = pa.RecordBatch.from_arrays(arrays, names)
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, records.schema) as writer:
            writer.write_batch(records)
        yield b"A", sink.getvalue()


def _column(values: Sequence[object]) -> pa.Array:
    if set(map(type, values)) == {str}:
        with contextlib.suppress(UnicodeEncodeError):
            return pa.array(values, pa.string())
    return pa.array([value if type(value) is str and value.isascii() else _text(value) for value in values], "string")


def _text(value: object) -> str:
    """Return a cell as text; a duration in hours, minutes and seconds, as it is shown."""
    if isinstance(value, datetime.timedelta):
        seconds = round(value.total_seconds())
        sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
        return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return text_of(value)
