"""Which delimiter, quote, escape, header and preamble a file has: examples, and files made by others."""

from __future__ import annotations

import csv
import io
import json
import os
import tarfile
from pathlib import Path

import pytest

from .examples import read_bytes, rejects, rows

RECORDS = [
    ("Roux", "Anne", "1941-02-28", "12,5"),
    ("Le Gall", "Yann", "2003-10-01", "7,25"),
    ("Öz", "Zoé", "1999-01-31", "0,5"),
]
NAMES = ("nom", "prenom", "date_naissance", "taux")


@pytest.mark.parametrize(
    "delimiter", [",", ";", "\t", "|", "^", "~", "\x01", "\x1f", "\x07", "||", "::", "|~|", "¦", "§"]
)
def test_the_delimiter_is_found(delimiter: str) -> None:
    lines = [delimiter.join(f'"{cell}"' if delimiter == "," else cell for cell in row) for row in [NAMES, *RECORDS]]
    table = read_bytes("\n".join(lines).encode())
    assert table.evidence.dialect is not None
    assert table.evidence.dialect.delimiter == delimiter
    assert (table.columns, rows(table)) == (NAMES, RECORDS)


@pytest.mark.parametrize(
    ("data", "delimiter"),
    [
        (b"heure,duree\n12:30:00,1:05:00\n13:30:00,0:45:00\n", ","),
        (b"prix;taux\n1,5;2,5\n3,25;4,75\n", ";"),
        (b"nom complet,ville\nAnne Roux,Saint Malo\nYann Le Gall,Le Mans\n", ","),
        (b"id\tnote\n1\tvu, revu; pas mieux\n2\tva bien, sort demain\n", "\t"),
        (b"rang,points\n1,3402\n1,3389\n2,415\n", ","),
        (b"lien,nom,ville\nhttp://exemple.fr/a,Roux,Brest\nhttp://exemple.fr/b,Oz,Lyon\n", ","),
        (b"code,lieu\n1;2;3,4;5;6\na;b;c,d;e;f\n", ","),
        (b"Export, mars\nnom;ville\nRoux;Brest\nOz;Lyon\n", ";"),
        (b"Taux, brut\n1,5\n2,75\n3,25\n", None),
        (b"12:30:00\n13:45:10\n14:00:00\n", None),
        (b"1,5\n2,75\n3,25\n", None),
        (b"a@exemple.fr\nb.c@exemple.fr\n", None),
        ("Une phrase, puis une autre.\nRien à dire ici\nOui, peut-être, mais non\n".encode(), None),
        (b"Anne Roux\nYann Le Gall\nZoe Oz\n", None),
    ],
)
def test_what_cells_look_like_decides(data: bytes, delimiter: str | None) -> None:
    table = read_bytes(data)
    assert table.evidence.dialect is not None
    assert table.evidence.dialect.delimiter == delimiter


@pytest.mark.parametrize(
    ("data", "quote", "escape", "first"),
    [
        (b"a,b\n'x, y','it''s'\n'z','t'\n'u','v'\n", "'", "'", ("x, y", "it's")),
        (b'a,b\n"x \\"y\\", z","1"\n"t","2"\n', '"', "\\", ('x "y", z', "1")),
        (b'a,b\n"C:\\dir\\","1"\n"t","2"\n', '"', '"', ("C:\\dir\\", "1")),
        (b"a,b\nl'un,d'eux\nqu'il,n'a\n", '"', '"', ("l'un", "d'eux")),
    ],
)
def test_quotes_and_escapes(data: bytes, quote: str, escape: str, first: tuple[str, ...]) -> None:
    table = read_bytes(data)
    assert table.evidence.dialect is not None
    assert (table.evidence.dialect.quote, table.evidence.dialect.escape) == (quote, escape)
    assert rows(table)[0] == first


BODY = "Roux;Anne;1941-02-28\nLe Gall;Yann;2003-10-01\nOz;Zoé;1999-01-31\n"
HEADERS: list[tuple[str, str, tuple[str, ...], int]] = [
    ("header", "nom;prenom;date_naissance\n" + BODY, ("nom", "prenom", "date_naissance"), 3),
    ("cryptic header", "NMPAT;PRPAT;DTNAI\n" + BODY, ("NMPAT", "PRPAT", "DTNAI"), 3),
    ("no header", BODY, ("column_1", "column_2", "column_3"), 3),
    ("one record only", "Roux;Anne;1941-02-28", ("column_1", "column_2", "column_3"), 1),
    ("header only", "nom;prenom;date_naissance\n", ("nom", "prenom", "date_naissance"), 0),
    ("title above", "Export du laboratoire\n\nnom;prenom;naissance\n" + BODY, ("nom", "prenom", "naissance"), 3),
    ("padded title above", "Export;;\nnom;prenom;naissance\n" + BODY, ("nom", "prenom", "naissance"), 3),
    ("sep=", "sep=;\r\nnom;prenom;naissance\n" + BODY, ("nom", "prenom", "naissance"), 3),
    ("rule under the header", "nom;prenom;naissance\n---;------;---------\n" + BODY, ("nom", "prenom", "naissance"), 3),
    ("empty name", "nom;;naissance\n" + BODY, ("nom", "column_2", "naissance"), 3),
    ("repeated name", "nom;nom;nom_2\n" + BODY, ("nom", "nom_2", "nom_2_2"), 3),
    ("blanks and marks", "\ufeff\xa0nom ; pre\u200bnom;naissance\xa0\n" + BODY, ("nom", "prenom", "naissance"), 3),
    ("short header", "nom;prenom\n" + BODY, ("nom", "prenom", "column_3"), 3),
    ("header over two lines", '"nom\nusuel";prenom;naissance\n' + BODY, ("nom usuel", "prenom", "naissance"), 3),
    ("years", "acte;2019;2020;2021\nA;12;14;3\nB;7;19;4\nC;1;2;1\n", ("acte", "2019", "2020", "2021"), 3),
    ("trailing delimiters", "nom;prenom;naissance;\n" + BODY.replace("\n", ";\n"), ("nom", "prenom", "naissance"), 3),
]  # fmt: skip


@pytest.mark.parametrize(("text", "names", "count"), [case[1:] for case in HEADERS], ids=[case[0] for case in HEADERS])
def test_headers_and_what_stands_above(text: str, names: tuple[str, ...], count: int) -> None:
    table = read_bytes(text.encode())
    assert table.columns == names
    assert table.records.num_rows == count
    assert rejects(table) == []


def test_a_value_after_the_trailing_delimiter_is_not_lost() -> None:
    many = BODY.replace("\n", ";\n").encode() * 5_000
    table = read_bytes(b"nom;prenom;naissance;\n" + many + b"a;b;2001-01-01;x\n")
    assert table.records.num_rows == 15_000
    assert [reject[2:] for reject in rejects(table)] == [(b"a;b;2001-01-01;x", "too_many_fields")]


def test_the_user_overrules() -> None:
    table = read_bytes(b"a,b;c,d\n1,2;3,4\n", delimiter=";", encoding="cp850")
    assert rows(table)[-1] == ("1,2", "3,4")
    assert table.evidence.encoding == "cp850"


# --- files made by others ----------------------------------------------------------------------------------------

SHARED = Path(os.environ.get("COLMATE_SHARED_DATA", "/nonexistent")) / "csv"
NAMED = {"comma": ",", "semicolon": ";", "tab": "\t", "vertical": "|", "space": " "}


@pytest.mark.skipif(not SHARED.is_dir(), reason="COLMATE_SHARED_DATA is not set")
def test_csv_spectrum() -> None:
    for path in sorted((SHARED / "csv-spectrum" / "csvs").glob("*.csv")):
        if path.stem == "location_coordinates":
            continue  # its expected cells are not those of the file
        expected = json.loads((SHARED / "csv-spectrum" / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        got = read_bytes(path.read_bytes()).records.to_pylist()
        # git turned the line ends of the CRLF files into LF, not those of the expectation
        assert got == json.loads(json.dumps(expected).replace("\\r\\n", "\\n")), path.stem


@pytest.mark.skipif(not SHARED.is_dir(), reason="COLMATE_SHARED_DATA is not set")
def test_dialects_of_the_w3c_files() -> None:
    listing = next((SHARED / "csvsniffer-ground-truth").glob("*.txt")).read_text(encoding="utf-8")
    truth = list(csv.DictReader(io.StringIO(listing.partition("\n")[2]), delimiter="|"))
    right, judged = 0, 0
    with tarfile.open(SHARED / "w3c-csvw.tar.xz") as archive:
        members = {Path(member.name).name: member for member in archive.getmembers() if member.isfile()}
        for row in truth:
            content = archive.extractfile(members[row["file_name"]]) if row["file_name"] in members else None
            if content is None:
                continue
            dialect = read_bytes(content.read()).evidence.dialect
            judged += 1
            right += dialect is None or dialect.delimiter in (NAMED.get(row["fields_delimiter"]), None)
    assert judged > 200
    assert right / judged > 0.97
