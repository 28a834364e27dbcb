"""SQLite files: every row of the ordinary tables, damage and malice included."""

from __future__ import annotations

import contextlib
import sqlite3
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from colmate.errors import FormatError
from colmate.intake.compression import Bounds
from colmate.intake.evidence import Source
from colmate.intake.readers.sqlite import FORMATS
from colmate.intake.reading import CERTAIN, Reference, Within

from .harness import read_with

(SQLITE,) = FORMATS
SCHEMA = """
create table patient (id integer primary key, nom text, naissance text, poids real, photo blob);
create table sejour (Patient integer references patient, numero text, primary key (numero, Patient)) without rowid;
create view tout as select * from patient;
create index par_nom on patient (nom);
"""
ROUX = {"id": "1", "nom": "Roux", "naissance": "1941-02-28", "poids": "71.5", "photo": "0xff00"}
OZ = {"id": "2", "nom": "Öz", "naissance": "", "poids": "60", "photo": ""}


def database(script: str = SCHEMA, rows: int = 0, path: str = ":memory:") -> bytes:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    if script == SCHEMA:
        connection.execute("insert into patient values (1, 'Roux', '1941-02-28', 71.5, x'ff00')")
        connection.execute("insert into patient values (2, 'Öz', null, 60.0, null)")
        connection.execute("insert into sejour values (1, 'A')")
    many = ((place, f"NOM{place:06d}", "1980-01-31") for place in range(3, rows + 3))
    if rows:
        connection.executemany("insert into patient (id, nom, naissance) values (?, ?, ?)", many)
    connection.commit()
    content = connection.serialize() if path == ":memory:" else Path(path).read_bytes()
    connection.close()
    return content


def test_tables_keys_and_values() -> None:
    found = read_with(SQLITE, database())
    assert found.tables == {"patient": [ROUX, OZ], "sejour": [{"Patient": "1", "numero": "A"}]}
    assert found.declared["patient"].primary == ("id",)
    assert found.declared["sejour"].primary == ("numero", "Patient")
    assert found.declared["sejour"].references == (Reference(("Patient",), "patient", ("id",)),)
    assert (found.account.found, found.account.notes) == (3, {})


def test_a_file_on_the_disk_is_read_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "fuite #1?.db"
    database(path=str(path))
    path.with_name(path.name + "-wal").write_bytes(b"log")
    before = sorted(tmp_path.iterdir())
    found = read_with(SQLITE, path)
    assert found.tables["patient"] == [ROUX, OZ]
    assert found.account.notes == {"write_ahead_log": 1}
    assert sorted(tmp_path.iterdir()) == before


def logged(folder: Path) -> tuple[bytes, bytes]:
    """A database of two rows in the file, a third and a change in its log."""
    path = folder / "made.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("pragma journal_mode=wal")
        base.execute("create table t (a integer primary key, b text)")
        base.execute("insert into t values (1, 'un'), (2, 'deux')")
        base.execute("pragma wal_checkpoint(truncate)")
        base.execute("insert into t values (3, 'trois')")
        base.execute("update t set b = 'DEUX' where a = 2")
        return path.read_bytes(), path.with_name("made.db-wal").read_bytes()


@pytest.mark.parametrize(
    ("cut", "texts", "note"),
    [
        (0, ["un", "DEUX", "trois"], "write_ahead_log_read"),
        (1, ["un", "deux", "trois"], "write_ahead_log_read"),
        (5000, ["un", "deux"], "write_ahead_log"),
    ],
    ids=["all of it", "the last frame is cut", "nothing is whole"],
)
def test_what_is_in_the_log_alone_is_read(tmp_path: Path, cut: int, texts: list[str], note: str) -> None:
    made = tmp_path / "made"
    made.mkdir()
    content, log = logged(made)
    path = tmp_path / "fuite.db"
    path.write_bytes(content)
    path.with_name("fuite.db-wal").write_bytes(log[: len(log) - cut])
    before = sorted(tmp_path.iterdir())
    found = read_with(SQLITE, path)
    assert [row["b"] for row in found.tables["t"]] == texts
    assert found.account.notes == {note: 1}
    assert sorted(tmp_path.iterdir()) == before


def test_a_file_written_with_a_log_is_read_from_memory() -> None:
    content = bytearray(database())
    content[18:20] = b"\x02\x02"
    assert read_with(SQLITE, bytes(content)).tables["patient"] == [ROUX, OZ]


ODD: list[tuple[str, str, dict[str, list[dict[str, str]]], dict[str, int]]] = [
    ("nothing", "create table t (a)", {"t": []}, {}),
    ("names", 'create table "a b""c" ("x\ty", "X\u200by"); insert into "a b""c" values (1, 2)',
     {'a b"c': [{"x y": "1", "Xy": "2"}]}, {}),
    ("text that is no UTF-8", "create table t (a); insert into t values ('x'), (cast(x'e9' as text)), ('é')",
     {"t": [{"a": "x"}, {"a": "é"}, {"a": "é"}]}, {"undecodable_text": 1}),
    ("types that change", "create table t (a); insert into t values (1), ('x'), (2.0), (null), (x'6162')",
     {"t": [{"a": "1"}, {"a": "x"}, {"a": "2"}, {"a": ""}, {"a": "ab"}]}, {}),
    ("rowid taken", "create table t (rowid, _rowid_, oid); insert into t values (7, 8, 9)",
     {"t": [{"rowid": "7", "_rowid_": "8", "oid": "9"}]}, {}),
    ("a generated column", "create table t (a, b as (a + 1), c as (a * 2) stored); insert into t values (4)",
     {"t": [{"a": "4", "c": "8"}]}, {}),
    ("NUL in a text", "create table t (a); insert into t values (cast(x'610062' as text))", {"t": [{"a": "a\0b"}]}, {}),
    ("to nowhere", "create table t (a references u (z)); insert into t values (1)", {"t": [{"a": "1"}]}, {}),
    ("a large whole number", "create table t (a); insert into t values (185057500000012), (1.85057500000012e14)",
     {"t": [{"a": "185057500000012"}, {"a": "185057500000012"}]}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("script", "tables", "notes"), [case[1:] for case in ODD], ids=[case[0] for case in ODD])
def test_odd_databases(script: str, tables: dict[str, list[dict[str, str]]], notes: dict[str, int]) -> None:
    found = read_with(SQLITE, database(script))
    assert found.tables == tables
    assert found.account.notes == notes


def test_a_view_or_a_virtual_table_is_not_executed() -> None:
    endless = "create view v as with recursive n(i) as (values(1) union all select i + 1 from n) select i from n;"
    found = read_with(SQLITE, database(SCHEMA.replace("create index", endless + "create index") + ";", 0))
    assert list(found.tables) == ["patient", "sejour"]
    script = "create virtual table notes using fts5(texte); create table t (a); insert into t values (1)"
    try:
        content = database(script)
    except sqlite3.OperationalError:
        pytest.skip("this SQLite has no full-text search")
    found = read_with(SQLITE, content)
    assert found.tables == {"notes": [], "t": [{"a": "1"}]}
    assert not found.account.notes


@pytest.mark.parametrize(
    ("declaration", "columns", "notes"),
    [
        ("fts5(nom, note)", ["id", "nom", "note"], {}),
        ("fts5(\"nom\", note UNINDEXED, tokenize = 'unicode61')", ["id", "nom", "note"], {}),
        ("fts4(nom, note)", ["docid", "nom", "note"], {}),
        ("fts5(nom, note, content='')", None, {"virtual_tables": 1}),
        ("rtree(nom, a, b)", None, {"virtual_tables": 1}),
    ],
)
def test_the_rows_of_full_text_search_are_read(
    declaration: str, columns: list[str] | None, notes: dict[str, int]
) -> None:
    values = "(1, 2, 3)" if declaration.startswith("rtree") else "('Roux', 'toux')"
    fields = "(nom, a, b)" if declaration.startswith("rtree") else "(nom, note)"
    try:
        content = database(f"create virtual table v using {declaration}; insert into v {fields} values {values}")
    except sqlite3.OperationalError:
        pytest.skip("this SQLite has no such module")
    found = read_with(SQLITE, content)
    assert found.tables == ({"v": [dict(zip(columns, ("1", "Roux", "toux"), strict=True))]} if columns else {})
    assert found.account.notes == notes


def test_a_document_in_the_database_is_a_file_in_the_file() -> None:
    script = "create table doc (id integer primary key, corps blob, photo blob);"
    script += f"insert into doc values (7, cast('%PDF-1.4 x' as blob), x'ffd8{'00' * 2000}'), (8, null, x'00')"
    found = read_with(SQLITE, database(script))
    assert found.tables["doc"] == [
        {"id": "7", "corps": "doc.corps.1", "photo": "0xffd8" + "00" * 14 + "…"},
        {"id": "8", "corps": "", "photo": "0x00"},
    ]
    ((member, content),) = found.members
    assert (member.name, content) == ("doc.corps.1", b"%PDF-1.4 x")
    assert member.within == Within("doc", "id", "7")
    assert found.account.notes == {"binary_values_shortened": 1}


# --- damage ----------------------------------------------------------------------------------------------------------

LARGE = database(rows=4000)
PAGE = 4096


def test_a_damaged_page_costs_its_own_rows() -> None:
    content = bytearray(LARGE)
    middle = len(content) // 3 // PAGE * PAGE
    content[middle : middle + PAGE] = b"\xaa" * PAGE
    found = read_with(SQLITE, bytes(content))
    read = {row["id"] for row in found.tables["patient"]}
    assert 3500 < len(read) == len(found.tables["patient"]) < 4002
    assert {"1", "4002"} <= read
    assert set(found.account.reasons) == {"damaged_page"}


def test_what_lies_between_damaged_pages_is_read() -> None:
    content = bytearray(LARGE)
    for page in (5, 9, 12):
        content[page * PAGE : (page + 1) * PAGE] = b"\xaa" * PAGE
    found = read_with(SQLITE, bytes(content))
    rows = [int(row["id"]) for row in found.tables["patient"]]
    gaps = [two - one - 1 for one, two in pairwise(rows) if two != one + 1]
    assert len(gaps) == 3
    # so many rows of this length are on a page
    assert max(gaps) < 140
    assert (rows[0], rows[-1]) == (1, 4002)


def test_more_than_a_file_can_hold_is_not_read() -> None:
    found = read_with(SQLITE, LARGE, bounds=Bounds(ratio=0, free=1000))
    assert 0 < found.account.read < found.account.found
    assert set(found.account.reasons) == {"decompression_bomb"}


@pytest.mark.parametrize("size", [PAGE, 2 * PAGE + 100, len(LARGE) // 2, len(LARGE) - PAGE, len(LARGE) - 1])
def test_a_cut_file_gives_what_is_there(size: int) -> None:
    found = read_with(SQLITE, LARGE[:size])
    rows = found.tables["patient"]
    assert all(row["nom"] in ("Roux", "Öz", f"NOM{int(row['id']):06d}") for row in rows)
    assert found.account.found == found.account.read + found.account.rejected
    assert found.account.notes["damaged_schema"] or size == len(LARGE) - 1


@pytest.mark.parametrize("content", [b"SQLite format 3\0", LARGE[:100], b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_header_alone_is_refused(content: bytes) -> None:
    with pytest.raises(FormatError):
        read_with(SQLITE, content)


SMALL = database(rows=30)


@given(spots=st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), max_size=30))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_damage_is_borne(spots: list[tuple[int, int]]) -> None:
    content = bytearray(SMALL)
    for place, value in spots:
        content[place] = value
    try:
        read_with(SQLITE, bytes(content))
    except FormatError:
        return


@given(content=st.binary(max_size=60))
def test_sniffing(content: bytes) -> None:
    assert SQLITE.sniff(Source.of(content).head) == 0.0
    assert SQLITE.sniff(Source.of(b"SQLite format 3\0" + content).head) == CERTAIN
