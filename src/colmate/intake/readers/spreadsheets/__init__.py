"""Workbooks (xlsx, xlsm, xls, xlsb, ods): every sheet, hidden ones too, each block of cells a table.

python-calamine reads the four formats; it runs in a process of its own (`worker`), which a hostile workbook may
break without harm. What a sheet shows to a person is read, not what it means to: titles above a table, totals and
notes below it, labels over several columns or rows, several tables in one sheet (`tables`, `heads`, `merging`).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Generator, Iterator
from itertools import count
from typing import Final

import pyarrow as pa

from colmate.errors import FormatError
from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.names import shown
from colmate.intake.readers.spreadsheets import containers
from colmate.intake.readers.spreadsheets.calling import Broken, Sheet, sheets_of
from colmate.intake.readers.spreadsheets.grid import stretches
from colmate.intake.readers.spreadsheets.mending import mended
from colmate.intake.readers.spreadsheets.merging import Merged
from colmate.intake.readers.spreadsheets.tables import SheetTables
from colmate.intake.reading import Chunk, Format, Options

__all__ = ["FORMATS"]

REFUSED: Final = {
    "encrypted": "is a workbook protected by a password: remove the protection first",
    "damaged": "is a workbook that cannot be opened: cut or damaged",
    "too_large": "is a workbook that needs more memory than is allowed, or is made to",
}


def read(source: Source, account: Account, options: Options) -> Iterator[Chunk]:
    """Yield the records of each table; raises `FormatError` for a workbook that cannot be opened at all."""
    begin, reason = source.head.raw, None
    with source.whole() as file:
        if begin.startswith(containers.COMPOUND):
            if containers.encrypted(begin):
                raise FormatError(f"{source.name} {REFUSED['encrypted']}")
            whole = True
        else:
            whole = containers.check_archive(file, source.name, options.bounds, account)
        content = file.read()
    if not whole:
        reason = "damaged_stream" if zipfile.is_zipfile(io.BytesIO(content)) else "truncated_stream"
        content = mended(content, options.bounds, account) or b""
    if not content:
        raise FormatError(f"{source.name} {REFUSED['damaged']}")
    names = _Names()
    answers = _Answers(sheets_of(content), account, source.name)
    while (sheet := answers.sheet()) is not None and not options.bounds.burst(answers.produced, len(content)):
        account.note("hidden_sheets", int(sheet.hidden))
        merged = Merged(sheet.merged, sheet.column)
        tables = SheetTables(names.of(sheet.name), account, merged)
        for stretch in stretches(answers.rows(), sheet.row):
            yield from tables.take(stretch)
        yield from tables.rest()
    answers.close()
    # a sheet may be listed many times, a row repeated
    if reason := "decompression_bomb" if sheet is not None else source.stopped or reason:
        account.find()
        account.reject(0, 0, b"", reason)


class _Names:
    """Names for the tables of all sheets, no two alike."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, sheet: str) -> Callable[[], str]:
        """Return what names the tables of a sheet: as the sheet, then with _2, _3…"""
        base = shown(sheet) or "sheet"
        numbers = count(2)

        def name() -> str:
            found = base
            while found in self._taken:
                found = f"{base}_{next(numbers)}"
            self._taken.add(found)
            return found

        return name


class _Answers:
    """The answers of the process, parted into sheets and their rows; what is broken is rejected."""

    def __init__(self, answers: Generator[Sheet | pa.RecordBatch | Broken], account: Account, name: str) -> None:
        self.produced = 0
        self._answers, self._account, self._name = answers, account, name
        self._ahead: Sheet | None = None

    def close(self) -> None:
        """Ask for nothing more."""
        self._answers.close()

    def sheet(self) -> Sheet | None:
        """Return the next sheet, None when there is no other."""
        found, self._ahead = self._ahead, None
        for answer in () if found else self._answers:
            if isinstance(answer, Sheet):
                return answer
            if isinstance(answer, Broken):
                self._broken(answer)
        return found

    def rows(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows of the sheet that was returned last."""
        for answer in self._answers:
            if isinstance(answer, Sheet):
                self._ahead = answer
                return
            if isinstance(answer, Broken):
                self._broken(answer)
            else:
                self.produced += answer.nbytes
                yield answer

    def _broken(self, answer: Broken) -> None:
        if answer.sheet is None:
            raise FormatError(f"{self._name} {REFUSED[answer.reason]}")
        self._account.find()
        self._account.reject(0, answer.sheet, b"", answer.reason)


FORMATS = (
    Format("xlsx", containers.xlsx, read),
    Format("xls", containers.xls, read),
    Format("xlsb", containers.xlsb, read),
    Format("ods", containers.ods, read),
)
