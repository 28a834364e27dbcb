"""Workbooks: what a person sees in the sheets is what is read, whatever the workbook does."""

from __future__ import annotations

import datetime
import io
import os
import re
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from colmate.errors import FormatError
from colmate.intake.compression import Bounds
from colmate.intake.evidence import Source
from colmate.intake.readers.spreadsheets import FORMATS
from colmate.intake.reading import CERTAIN, Format

from .harness import Found, read_with
from .workbooks import Cell, Grid, ods, sheet, xlsb, xlsx

XLSX, XLS, XLSB, ODS = FORMATS
HEAD = ("nom", "prenom", "date_naissance")
ROUX = ("Roux", "Anne", "1941-02-28")
GALL = ("Le Gall", "Yann", "2003-10-01")
OZ = ("Öz", "Zoé", "1999-01-31")


def chosen(content: bytes) -> Format | None:
    head = Source.of(content).head
    return next((one for one in FORMATS if one.sniff(head) >= CERTAIN), None)


def read(content: bytes, **options: Any) -> Found:
    form = chosen(content)
    assert form is not None
    return read_with(form, content, **options)


def tables(found: Found) -> dict[str, list[tuple[str, ...]]]:
    """Header and rows of each table."""
    return {
        name: [tuple(found.columns[name]), *(tuple(row.values()) for row in rows)]
        for name, rows in found.tables.items()
    }


# --- values ------------------------------------------------------------------------------------------------------

CELLS: list[tuple[str, Cell, str]] = [
    ("text", "Öz & <b>", "Öz & <b>"),
    ("a number as text", "0639980001", "0639980001"),
    ("blanks are kept", "  Anne ", "  Anne "),
    ("a NIR without its key", 2.550275056001e12, "2550275056001"),
    ("a NIR as a number", 185057500000012, "185057500000012"),
    ("a phone that lost its zero", 639980001.0, "639980001"),
    ("a fraction", 37.5, "37.5"),
    ("true", True, "true"),
    ("a date", '<c s="1"><v>15000</v></c>', "1941-01-24"),
    ("a date and a time", '<c s="1"><v>15000.5</v></c>', "1941-01-24 12:00:00"),
    ("a duration", '<c s="2"><v>1.5</v></c>', "36:00:00"),
    ("a calculated value", "<c ><f>1+1</f><v>2</v></c>", "2"),
    ("a calculated text", '<c t="str"><f>A1</f><v>Roux</v></c>', "Roux"),
    ("lines in a cell", "1 rue A\n29200 Brest", "1 rue A\n29200 Brest"),
]


@pytest.mark.parametrize(("cell", "text"), [case[1:] for case in CELLS], ids=[case[0] for case in CELLS])
def test_cells(cell: str, text: str) -> None:
    found = read(xlsx({"Patients": sheet([HEAD, ("Roux", cell, "1941-02-28"), GALL, OZ])}))
    assert tables(found)["Patients"][1] == ("Roux", text, "1941-02-28")


def test_what_the_file_does_not_say_is_noted() -> None:
    formula, error = "<c ><f>1+1</f></c>", '<c t="e"><v>#N/A</v></c>'
    found = read(xlsx({"P": sheet([HEAD, ("Roux", formula, "1941-02-28"), ("Oz", error, "1999-01-31")])}))
    assert tables(found)["P"] == [HEAD, ("Roux", "", "1941-02-28"), ("Oz", "", "1999-01-31")]
    assert dict(found.account.notes) == {"formulas_without_value": 1, "error_values": 1}


# --- sheets and tables ---------------------------------------------------------------------------------------------

GAP: tuple[None, ...] = (None,)
PATIENTS: list[tuple[str | None, ...]] = [HEAD, ROUX, GALL, OZ]
ACTS: list[tuple[str, ...]] = [("acte", "prix"), ("pose", "12"), ("soin", "9"), ("visite", "7")]
TITLES = ("Patients", None, None, None, "Actes")
BESIDE: Grid = [(*row, None, *two) for row, two in zip(PATIENTS, ACTS, strict=True)]
SHEETS: list[tuple[str, Grid, list[str], dict[str, list[tuple[str, ...]]], dict[str, int]]] = [
    ("a table", PATIENTS, [], {"S": [HEAD, ROUX, GALL, OZ]}, {}),
    ("not at the corner", [GAP, GAP, *[(None, None, *row) for row in PATIENTS]], [], {"S": [HEAD, ROUX, GALL, OZ]}, {}),
    ("a title", [("Export du laboratoire",), *PATIENTS], [], {"S": [HEAD, ROUX, GALL, OZ]}, {}),
    ("titles apart", [("Export",), ("mars",), GAP, *PATIENTS], [], {"S": [HEAD, ROUX, GALL, OZ]}, {}),
    ("no header", [ROUX, GALL, OZ], [], {"S": [("column_1", "column_2", "column_3"), ROUX, GALL, OZ]}, {}),
    ("an empty row inside", [HEAD, ROUX, GAP, GALL, GAP, OZ], [], {"S": [HEAD, ROUX, GALL, OZ]}, {}),
    ("a total", [*PATIENTS, ("Total", None, "3")], [], {"S": [HEAD, ROUX, GALL, OZ]}, {"total_row": 1}),
    ("notes below", [*PATIENTS, GAP, ("Source : CHU",)], [], {"S": [HEAD, ROUX, GALL, OZ]}, {"footer": 1}),
    ("the header again", [*PATIENTS, GAP, HEAD, ROUX], [], {"S": [HEAD, ROUX, GALL, OZ, ROUX]}, {"repeated_header": 1}),
    (
        "two tables, one below the other",
        [*PATIENTS, GAP, ("acte", "montant", "code"), ("pose", 12.5, 1), ("soin", 9, 2), ("visite", 3, 4)],
        [],
        {
            "S": [HEAD, ROUX, GALL, OZ],
            "S_2": [("acte", "montant", "code"), ("pose", "12.5", "1"), ("soin", "9", "2"), ("visite", "3", "4")],
        },
        {},
    ),
    (
        "two tables of one height side by side, titles above",
        [TITLES, *BESIDE],
        [],
        {"S": [HEAD, ROUX, GALL, OZ], "S_2": ACTS},
        {},
    ),
    (
        "two tables of one height side by side, titles apart",
        [TITLES, GAP, *BESIDE],
        [],
        {"S": [HEAD, ROUX, GALL, OZ], "S_2": ACTS},
        {},
    ),
    (
        "a list that goes on beside itself",
        [(*row, None, *two) for row, two in zip(PATIENTS, (HEAD, OZ, ROUX, GALL), strict=True)],
        [],
        {"S": [HEAD, ROUX, GALL, OZ], "S_2": [HEAD, OZ, ROUX, GALL]},
        {},
    ),
    (
        "an empty column inside",
        BESIDE,
        [],
        {"S": [(*row, *two) for row, two in zip((HEAD, ROUX, GALL, OZ), ACTS, strict=True)]},
        {},
    ),
    (
        "two tables side by side",
        [
            (*(row or (None, None, None)), None, *two)
            for row, two in zip(
                [*PATIENTS, None, None, None],
                [("code", "prix"), *[(f"A{place}", str(place)) for place in range(6)]],
                strict=True,
            )
        ],
        [],
        {"S": [HEAD, ROUX, GALL, OZ], "S_2": [("code", "prix"), *[(f"A{place}", str(place)) for place in range(6)]]},
        {},
    ),
    (
        "an empty column inside",
        [(row[0], None, *row[1:]) for row in PATIENTS],
        [],
        {"S": [HEAD, ROUX, GALL, OZ]},
        {},
    ),
    (
        "labels over groups of columns",
        [
            ("Patient", None, "Séjour", None),
            ("nom", "prenom", "entree", "sortie"),
            ("Roux", "Anne", "2020-01-02", "2020-01-05"),
            ("Oz", "Zoé", "2020-02-02", "2020-02-05"),
        ],
        ["A1:B1", "C1:D1"],
        {
            "S": [
                ("Patient nom", "Patient prenom", "Séjour entree", "Séjour sortie"),
                ("Roux", "Anne", "2020-01-02", "2020-01-05"),
                ("Oz", "Zoé", "2020-02-02", "2020-02-05"),
            ]
        },
        {},
    ),
    (
        "names over two rows",
        [
            ("nom", "Séjour", None, "service"),
            (None, "entree", "sortie", None),
            ("Roux", "2020-01-02", "2020-01-05", "A"),
            ("Oz", "2020-02-02", "2020-02-05", "B"),
        ],
        ["A1:A2", "B1:C1", "D1:D2"],
        {
            "S": [
                ("nom", "Séjour entree", "Séjour sortie", "service"),
                ("Roux", "2020-01-02", "2020-01-05", "A"),
                ("Oz", "2020-02-02", "2020-02-05", "B"),
            ]
        },
        {},
    ),
    (
        "a label beside several rows",
        [("service", "nom", "age"), ("Cardiologie", "Roux", 80), (None, "Oz", 22), ("Chirurgie", "Le Gall", 18)],
        ["A2:A3"],
        {
            "S": [
                ("service", "nom", "age"),
                ("Cardiologie", "Roux", "80"),
                ("Cardiologie", "Oz", "22"),
                ("Chirurgie", "Le Gall", "18"),
            ]
        },
        {},
    ),
    ("one column", [("nom complet",), ("Anne Roux",)], [], {"S": [("nom complet",), ("Anne Roux",)]}, {}),
    ("nothing", [], [], {}, {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "merged", "expected", "reasons"), [case[1:] for case in SHEETS], ids=[case[0] for case in SHEETS]
)
def test_sheets(
    rows: Grid, merged: list[str], expected: dict[str, list[tuple[str, ...]]], reasons: dict[str, int]
) -> None:
    found = read(xlsx({"S": sheet(rows, merged)}))
    assert tables(found) == expected
    assert dict(found.account.reasons) == reasons


@pytest.mark.parametrize(
    ("rows", "merged", "expected", "reasons"), [case[1:] for case in SHEETS], ids=[case[0] for case in SHEETS]
)
def test_sheets_of_binary_workbooks(
    rows: Grid, merged: list[str], expected: dict[str, list[tuple[str, ...]]], reasons: dict[str, int]
) -> None:
    found = read(xlsb({"S": rows}, merged=merged))
    assert tables(found) == expected
    assert dict(found.account.reasons) == reasons


BINARY: list[tuple[str, Cell, str]] = [
    *[case for case in CELLS if not str(case[1]).startswith("<")],
    ("a small number", -7, "-7"),
    ("a date", datetime.date(1941, 2, 28), "1941-02-28"),
    ("nothing", None, ""),
    ("an error", "#N/A", ""),
]


@pytest.mark.parametrize("since_1904", [False, True])
@pytest.mark.parametrize(("cell", "text"), [case[1:] for case in BINARY], ids=[case[0] for case in BINARY])
def test_cells_of_binary_workbooks(cell: Cell, text: str, since_1904: bool) -> None:
    rows: Grid = [HEAD, ("Roux", cell, datetime.date(1941, 2, 28)), GALL, OZ]
    content = xlsb({"Patients": rows, "caché": [HEAD, GALL, OZ]}, hidden=["caché"], since_1904=since_1904)
    assert chosen(content) is XLSB
    found = read(content)
    assert tables(found) == {"Patients": [HEAD, ("Roux", text, "1941-02-28"), GALL, OZ], "caché": [HEAD, GALL, OZ]}
    assert found.account.notes["hidden_sheets"] == 1


def test_every_sheet_is_read_the_hidden_ones_too() -> None:
    body = sheet(PATIENTS)
    found = read(xlsx({"Un": body, "Deux\t\u202e": body, "un": sheet([]), "caché": body}, hidden=["caché"]))
    assert list(found.tables) == ["Un", "Deux", "caché"]
    assert dict(found.account.notes) == {"hidden_sheets": 1}


def test_columns_that_turn_up_late_are_kept() -> None:
    rows = [HEAD, *[ROUX] * 500, (*ROUX, "note"), *[ROUX] * 10]
    found = read(xlsx({"S": sheet(rows)}))
    assert found.columns["S"] == [*HEAD, "column_4"]
    assert found.account.found == len(found.tables["S"]) == 511
    assert [row["column_4"] for row in found.tables["S"]].count("note") == 1


def test_an_ods_workbook() -> None:
    found = read(ods({"Patients": [HEAD, ROUX, GALL, OZ], "Actes": [("code", "prix"), ("A", 12.0), ("B", 3.5)]}))
    assert tables(found) == {
        "Patients": [HEAD, ROUX, GALL, OZ],
        "Actes": [("code", "prix"), ("A", "12"), ("B", "3.5")],
    }


# --- what is not a workbook, and what is hostile ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"PK\x05\x06" + bytes(18),
        b"nom;prenom\nRoux;Anne\n",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\0" * 2000,
    ],
)
def test_other_contents_are_not_claimed(content: bytes) -> None:
    assert chosen(content) is None


def test_a_zip_that_holds_a_workbook_is_no_workbook() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("export.xlsx", xlsx({"S": sheet(PATIENTS)}))
    assert chosen(buffer.getvalue()) is None


def test_a_cell_in_each_corner_asks_for_no_memory() -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    absurd = f"<sheetData>{cells}</sheetData>"
    found = read(xlsx({"A": sheet(PATIENTS), "B": absurd, "C": sheet(PATIENTS)}))
    assert list(found.tables) == ["A", "C"]
    assert dict(found.account.reasons) == {"sheet_too_large": 1}


def test_a_bomb_is_refused() -> None:
    content = xlsx({"S": "<sheetData>" + " " * 20_000_000 + "</sheetData>"})
    with pytest.raises(FormatError, match="decompression bomb"):
        read(content, bounds=Bounds(ratio=100, free=1_000_000))


def test_a_sheet_listed_many_times_is_a_bomb() -> None:
    content = xlsx({f"S{place}": sheet([*PATIENTS, *[ROUX] * 50]) if not place else "" for place in range(200)})
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in archive.namelist():
            part = archive.read(name)
            if name.endswith("workbook.xml.rels"):
                part = re.sub(rb"worksheets/sheet[0-9]+[.]xml", b"worksheets/sheet1.xml", part)
            if "worksheets" not in name or name.endswith("sheet1.xml"):
                copy.writestr(name, part)
    found = read(buffer.getvalue(), bounds=Bounds(ratio=35, free=50_000))
    assert 0 < found.account.read < 200 * 53
    assert set(found.account.reasons) == {"decompression_bomb"}


def test_entities_are_not_expanded() -> None:
    content = xlsx({"S": sheet([HEAD, ROUX, GALL])})
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(buffer, "w") as copy:
        for name in archive.namelist():
            part = archive.read(name)
            if "sheet1" in name:
                entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol" * 100}">' for n in range(9))
                part = part.replace(b"<worksheet", f"<!DOCTYPE x [{entities}]><worksheet".encode(), 1)
                part = part.replace(b"Anne", b"&e8;")
            copy.writestr(name, part)
    try:
        found = read(buffer.getvalue())
    except FormatError:
        return
    assert sum(len(cell) for rows in found.tables.values() for row in rows for cell in row.values()) < 1000


def test_a_protected_workbook_is_told_so() -> None:
    name = "EncryptedPackage".encode("utf-16-le").ljust(64, b"\0") + b"\x22\x00"
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(22) + b"\x09\x00" + bytes(16) + bytes(4)
    content = header.ljust(512, b"\0") + name.ljust(512, b"\0")
    with pytest.raises(FormatError, match=r"^leak is a workbook protected by a password: remove the protection first$"):
        read(content)


WHOLE = xlsx({"S": sheet(PATIENTS)})


LONG = xlsx({"S": sheet([HEAD, *[(f"NOM{place}", "Anne", f"{place * 7919}") for place in range(2000)]])})


@given(cut=st.integers(0, len(LONG) - 1))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_cut_workbook_gives_what_is_there(cut: int) -> None:
    try:
        found = read_with(XLSX, LONG[:cut])
    except FormatError:
        assert cut < len(LONG) // 4
        return
    names = [row["nom"] for rows in found.tables.values() for row in rows]
    assert names == [f"NOM{place}" for place in range(len(names))]
    assert found.account.reasons == {"truncated_stream": 1}


@given(spots=st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=6))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_damage_is_borne(spots: list[tuple[int, int]]) -> None:
    content = bytearray(WHOLE)
    for place, value in spots:
        content[place] = value
    try:
        read_with(XLSX, bytes(content))
    except FormatError:
        return


@given(content=st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_sniffing_raises_nothing(content: bytes) -> None:
    for lead in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        chosen(lead + content)


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).map(lambda text: f"x{text}x")


@given(rows=st.lists(st.tuples(TEXT, TEXT, st.integers(0, 10**15)), max_size=8))
@settings(max_examples=40, deadline=None)
def test_what_is_written_comes_back(rows: list[tuple[str, str, int]]) -> None:
    anchor = [("Roux", "Anne", 1), ("Oz", "Zoé", 2), ("Le Gall", "Yann", 3)]
    found = read(xlsx({"S": sheet([("nom", "prenom", "numero"), *anchor, *rows])}))
    assert tables(found)["S"][1:] == [(one, two, str(three)) for one, two, three in [*anchor, *rows]]


# --- files made by others ------------------------------------------------------------------------------------------

SHARED = Path(os.environ.get("COLMATE_SHARED_DATA", "/nonexistent")) / "csv" / "messytables-horror.tar.xz"


@pytest.mark.skipif(not SHARED.is_file(), reason="COLMATE_SHARED_DATA is not set")
@pytest.mark.parametrize(
    ("name", "form", "records"),
    [("simple.xls", XLS, 6), ("simple.xlsx", XLSX, 6), ("simple.ods", ODS, 3), ("large.ods", ODS, 148_633)],
)
def test_workbooks_of_messytables(name: str, form: Format, records: int) -> None:
    with tarfile.open(SHARED) as archive:
        member = archive.extractfile(f"horror/{name}")
        assert member is not None
        content = member.read()
    assert chosen(content) is form
    assert sum(map(len, read(content).tables.values())) == records
