"""Hold what intake reads against files that others made, with their truth: ``python -m benchmarks.suites [suite]``.

The files lie in the folder that ``COLMATE_SHARED_DATA`` names. Truth is of three kinds: the dialect that a person
annotated (csvsniffer's list for the W3C files), the cells that the suite gives (csv-spectrum) or that Python's own
parser reads with the annotated dialect, and for the workbooks and tables of messytables and csv-detective the header
and the number of records that a person sees, written down here. Where the truth is a matter of opinion, it is not
counted as right or wrong, and the reason is told.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from colmate import intake
from colmate.errors import ColmateError
from colmate.intake.names import column_names

Rows = list[tuple[str, ...]]


@dataclass(frozen=True)
class Verdict:
    """What came of one file; ``right`` is None where the truth is a matter of opinion."""

    file: str
    right: bool | None
    reason: str = ""


@dataclass(frozen=True)
class Seen:
    """What a person sees in a file: the first names of a table's header, and its records."""

    names: tuple[str, ...]
    records: int
    table: str = ""


NAMED = {"comma": ",", "semicolon": ";", "tab": "\t", "vertical": "|", "space": " "}
CODECS = {"utf8": "utf-8-sig", "ansi": "cp1252"}
# whose truth is a matter of opinion, and why
OPINIONS = {
    "location_coordinates.csv": "the expected cells are not those of the file",
    "excel_properties.xls": "a list of formats, with or without a header",
    "unicode_sheet_name.xls": "one cell: a header or a record",
    "small.csv": "two lines of one field",
    "utf8bom.csv": "one line: a header or a record",
    "simple.unknown": "an empty file",
    "characters.csv": "Big5 that was damaged when it was published",
    "begrotingsanalyse-2011.csv": "three rows of labels above the figures",
    "large.xlsx": "two rows of labels above the figures of the sheet that is shown",
    "bian-anal-mca-2005-dols-eng-1011-0312-tab3.xlsm": "definitions in prose beside figures",
    "weird_head_padding.csv": "labels over several rows, padded",
    "sparse_with_column_errors.csv": "an outline: its rows hold one cell or two",
    "spanish_chars.csv": "a line below the table names its source",
    "events-listing.csv": "blanks before the opening quotes",
    "test249.csv": "a record that is the header",
    "test257.csv": "a record that is the header",
}
HORROR: dict[str, list[Seen]] = {
    "211.csv": [Seen(("ResourceAgencyNum", "PublicName", "AlternateName"), 2132)],
    "complex.csv": [Seen(("date", "another date", "temperature", "place"), 3)],
    "example.tsv": [Seen(("hour", "expr1_0_imp", "expr1_1_imp"), 140)],
    "long.csv": [Seen((), 4000)],
    "mixedGLB.csv": [Seen(("Year", "Jan", "Feb"), 133)],
    "null.csv": [Seen(("column_1", "column_2", "column_3", "column_4"), 10)],
    "excel_pasting.csv": [Seen(("Year", "2000", "2001", "2002"), 17)],
    "simple.csv": [Seen(("date", "temperature", "place"), 6)],
    "simple.psv": [Seen(("Year", "New dwellings", "Other dwellings"), 28)],
    "simple.ssv": [Seen(("date", "temperature", "place"), 6)],
    "simple.zip": [Seen(("date", "temperature", "place"), 6)],
    "skip_initials.csv": [Seen(("field1", "field2"), 2)],
    "utf-16le_encoded.csv": [Seen(("Organisation_code", "Organisation_name", "Organisation_classification"), 327)],
    "blank_line.ods": [Seen(("Name", "Age", "When"), 3)],
    "large.ods": [
        Seen(("Financial Year", "Financial Quarter"), records, f"{year}-{(year + 1) % 100:02d}")
        for year, records in zip(range(2007, 2013), (23760, 26753, 26048, 25872, 25872, 20328), strict=True)
    ],
    "libreoffice.xlsx": [],
    "loffice-4.4.1.2.ods": [Seen(("Name", "Age", "When"), 3)],
    "multilineods.ods": [Seen((), 1)],
    "ods_formats.ods": [Seen(("Date", "Time", "Boolean", "Float"), 5)],
    "simple.ods": [Seen(("Name", "Age", "When"), 3)],
    "simple.xls": [Seen(("date", "temperature", "place"), 6)],
    "simple.xlsx": [Seen(("date", "temperature", "place"), 6)],
    "span_rich.xls": [Seen(("I", "h", "g", "f"), 5)],
    "sw_gen.xlsx": [Seen(("id_str", "tweet_url", "created_at"), 15)],
    "encrypted_no_password.xls": [Seen((), 0)],
}
DETECTIVE: dict[str, list[Seen]] = {
    "a_test_file.csv": [Seen(("NUMCOM", "NOMCOM", "NUMDEP", "NOMDEP", "NUMEPCI"), 404)],
    "b_test_file.csv": [Seen(("code_departement", "code_region", "partly_empty"), 6)],
    "csv_file": [Seen(("code_departement", "code_region"), 6)],
    "file.csv.gz": [Seen(("code_departement", "code_region"), 6)],
    "file.ods": [Seen(("Année", "Edition", "Date de la cérémonie"), 3)],
    "file.xls": [Seen(("NOM (FONDATION)", "OBJET"), 5)],
    "file.xlsx": [Seen(("NOM", "LABEL"), 6, "Notice"), Seen(("dep", "DEPDIR"), 5, "REI_1987")],
    "xlsx_file": [Seen(("NOM", "LABEL"), 6, "Notice"), Seen(("dep", "DEPDIR"), 5, "REI_1987")],
}


def shared() -> Path:
    """Return the folder of the files; raises RuntimeError when it is not named."""
    folder = Path(os.environ.get("COLMATE_SHARED_DATA", "/nonexistent"))
    if not folder.is_dir():
        raise RuntimeError("COLMATE_SHARED_DATA does not name the folder of the public samples")
    return folder


# --- delimited text --------------------------------------------------------------------------------------------------


def w3c_dialects() -> Iterator[Verdict]:
    """Delimiter, quote and escape of the W3C files, as annotated."""
    for path, row in _w3c():
        found = intake.read(path)[0].evidence.dialect
        if found is None:
            yield Verdict(path.name, False, "not read as delimited text")
            continue
        delimiter = NAMED[row["fields_delimiter"]]
        text = _text(path, row["encoding"])
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        alone = found.delimiter is None and all(len(cells) < 2 for cells in rows)
        wrong = [] if alone or found.delimiter == delimiter else [f"delimiter {found.delimiter!r}"]
        wrong += [f"quote {found.quote!r}"] if '"' in text and found.quote != '"' else []
        wrong += [f"escape {found.escape!r}"] if found.escape == "\\" else []
        yield Verdict(path.name, not wrong, ", ".join(wrong))


def w3c_cells() -> Iterator[Verdict]:
    """Every row of the W3C files, header and rejects included, as Python's parser reads it with the true dialect."""
    for path, row in _w3c():
        text = _text(path, row["encoding"])
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=NAMED[row["fields_delimiter"]])
        expected = [tuple(cells) for cells in reader if any(cells) or len(cells) > 1]
        tables = intake.read(path)
        yield _verdict(path.name, *_compared(tables[0], expected) if tables else (False, "no table"))


def _w3c() -> Iterator[tuple[Path, dict[str, str]]]:
    folder = shared() / "csv"
    listing = next((folder / "csvsniffer-ground-truth").glob("*.txt")).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as place, tarfile.open(folder / "w3c-csvw.tar.xz") as archive:
        archive.extractall(place, filter="data")
        files = {path.name: path for path in Path(place).rglob("*.csv")}
        for row in csv.DictReader(io.StringIO(listing.partition("\n")[2]), delimiter="|"):
            if row["file_name"] in files:
                yield files[row["file_name"]], row


def _text(path: Path, codec: str) -> str:
    """Return the text of a file; what is annotated as UTF-8 is not always."""
    raw = path.read_bytes()
    try:
        return raw.decode(CODECS[codec])
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _compared(table: intake.Table, expected: Rows) -> tuple[bool, str]:
    """Compare the rows in order: those above the header may be missing, cells at the end may be filled up."""
    width = len(table.columns)
    records = [tuple(record.values()) for record in table.records.to_pylist()]
    if table.evidence.dialect and table.evidence.dialect.header:
        begin = next((at for at, row in enumerate(expected) if _names(row, width) == table.columns), None)
        if begin is None:
            return False, "the header is no row of the file"
        expected = expected[begin + 1 :]
    rejected = table.rejects.num_rows
    if not len(records) <= len(expected) <= len(records) + rejected + (0 if rejected else len(expected) - len(records)):
        return False, f"{len(records)} records and {rejected} rejects of {len(expected)} rows"
    if rejected:
        return False, f"{rejected} rows rejected: {', '.join(table.evidence.reject_reasons)}"
    wanted = [_fitted(row, width) for row in expected[len(expected) - len(records) :]]
    wrong = sum(one != two for one, two in zip(records, wanted, strict=True))
    return not wrong, f"{wrong} of {len(records)} records differ" if wrong else ""


def _names(row: tuple[str, ...], width: int) -> tuple[str, ...]:
    return column_names(_fitted(row, width))


def _fitted(row: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (*row, *[""] * (width - len(row)))[:width]


def spectrum() -> Iterator[Verdict]:
    """The cells of csv-spectrum."""
    folder = shared() / "csv" / "csv-spectrum"
    for path in sorted((folder / "csvs").glob("*.csv")):
        # git turned the line ends of the CRLF files into LF, not those of the expectation
        truth = (folder / "json" / f"{path.stem}.json").read_text(encoding="utf-8").replace("\\r\\n", "\\n")
        right = intake.read(path)[0].records.to_pylist() == json.loads(truth)
        yield _verdict(path.name, right, "" if right else "cells differ")


def clevercsv() -> Iterator[Verdict]:
    """The contents of CleverCSV's tests are read, and their books balance (their dialects are trials, no truth)."""
    path = shared() / "csv" / "clevercsv" / "tests" / "test_unit" / "data" / "abstraction_testcases.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines, tempfile.TemporaryDirectory() as place:
        for line in lines:
            case = json.loads(line)
            file = Path(place) / case["name"]
            file.write_bytes(case["content"].encode("utf-8", "replace"))
            try:
                table = intake.read(file)[0]
            except ColmateError as error:
                yield Verdict(case["name"], False, type(error).__name__)
                continue
            rejected = table.evidence.records_rejected / max(1, table.evidence.records_found)
            yield Verdict(case["name"], rejected < 0.05, f"{rejected:.0%} rejected" if rejected >= 0.05 else "")


# --- tables and workbooks --------------------------------------------------------------------------------------------


def horror() -> Iterator[Verdict]:
    """The files of messytables that are delimited text or workbooks."""
    with tempfile.TemporaryDirectory() as place, tarfile.open(shared() / "csv" / "messytables-horror.tar.xz") as tar:
        tar.extractall(place, filter="data")
        for path in sorted(Path(place).rglob("*.*")):
            if path.suffix not in (".md", ".html") and path.is_file():
                yield _seen(path, HORROR.get(path.name))


def detective() -> Iterator[Verdict]:
    """The files of csv-detective."""
    folder = shared() / "text" / "csv-detective" / "tests" / "data"
    for path in sorted(folder.iterdir()):
        if path.name in DETECTIVE:
            yield _seen(path, DETECTIVE[path.name])


def _seen(path: Path, expected: list[Seen] | None) -> Verdict:
    try:
        tables = [table for table in intake.read(path) if table.columns]
    except ColmateError as error:
        return _verdict(path.name, right=False, reason=str(error).removeprefix(f"{path.name} "))
    if expected is None:
        return Verdict(path.name, None, OPINIONS.get(path.name, "nobody wrote down what it holds"))
    if len(tables) != len(expected):
        return _verdict(path.name, right=False, reason=f"{len(tables)} tables, not {len(expected)}")
    for table, seen in zip(tables, expected, strict=True):
        if seen.table and table.name != seen.table:
            return _verdict(path.name, right=False, reason=f"table {table.name!r}, not {seen.table!r}")
        if table.columns[: len(seen.names)] != seen.names:
            return _verdict(path.name, right=False, reason="another header")
        if table.records.num_rows != seen.records:
            return _verdict(path.name, right=False, reason=f"{table.records.num_rows} records, not {seen.records}")
    return _verdict(path.name, right=True)


def _verdict(file: str, right: bool, reason: str = "") -> Verdict:
    if file in OPINIONS:
        return Verdict(file, None, OPINIONS[file])
    return Verdict(file, right, reason)


SUITES: dict[str, Callable[[], Iterator[Verdict]]] = {
    "w3c-dialects": w3c_dialects,
    "w3c-cells": w3c_cells,
    "csv-spectrum": spectrum,
    "clevercsv-contents": clevercsv,
    "messytables-horror": horror,
    "csv-detective": detective,
}


def run(names: list[str]) -> dict[str, list[Verdict]]:
    """Return the verdicts of the suites ``names`` (all by default)."""
    return {name: list(SUITES[name]()) for name in names or SUITES}


def main(names: list[str]) -> int:
    """Print a table of the suites, then what is wrong and what is a matter of opinion."""
    found = run(names)
    print("| suite | files | right | wrong | a matter of opinion |\n|---|---|---|---|---|")
    for name, verdicts in found.items():
        counts = [sum(one.right is kind for one in verdicts) for kind in (True, False, None)]
        print(f"| {name} | {len(verdicts)} | {counts[0]} | {counts[1]} | {counts[2]} |")
    for name, verdicts in found.items():
        for one in verdicts:
            if one.right is not True:
                print(f"- {name}: {one.file}: {'' if one.right is None else '**wrong**: '}{one.reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
