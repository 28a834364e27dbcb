"""What holds for any dump, whatever its bytes; and the public samples, where they are."""

from __future__ import annotations

import contextlib
import os
import random
import re
import struct
import tarfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.errors import FormatError
from colmate.intake.compression import Bounds
from colmate.intake.evidence import Source
from colmate.intake.readers.sql import FORMATS
from colmate.intake.readers.sql.inserts import Inserts
from colmate.intake.reading import CERTAIN
from tests.intake.readers.harness import Found, read_with

SQL, PGDUMP = FORMATS
CELLS = st.one_of(st.none(), st.text("abN é😀'\"\\\n\r\t,();%_-`#$/*0x.:|E\x1a\x1f\x01", max_size=12))
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=6)
MYSQL = "-- MySQL dump 10.13\nCREATE TABLE t (a text, b text, c text) ENGINE=InnoDB;\n"
POSTGRES = "-- PostgreSQL database dump\nCREATE TABLE t (a text, b text, c text);\n"


def mysql(cell: str | None) -> str:
    if cell is None:
        return "NULL"
    for char, escaped in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"), ("\r", "\\r"), ("\x1a", "\\Z")):
        cell = cell.replace(char, escaped)
    return f"'{cell}'"


def standard(cell: str | None) -> str:
    return "NULL" if cell is None else "'" + cell.replace("'", "''") + "'"


def copied(cell: str | None) -> str:
    if cell is None:
        return "\\N"
    for char, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        cell = cell.replace(char, escaped)
    return cell


def dumps(rows: list[tuple[str | None, ...]]) -> Iterator[str]:
    """The same records in every form."""
    for head, spell in ((MYSQL, mysql), (POSTGRES, standard)):
        tuples = ["(" + ",".join(map(spell, row)) + ")" for row in rows]
        yield f"{head}INSERT INTO t VALUES {','.join(tuples)};\n"
        yield head + "".join(f"INSERT INTO t VALUES {one};\n" for one in tuples)
        spaced = ["(" + ", ".join(map(spell, row)) + ")" for row in rows]
        joined = ",\n".join(spaced)
        yield f"{head}INSERT INTO t (a, b, c) VALUES\n{joined};\n"
    yield (
        POSTGRES
        + "COPY t (a, b, c) FROM stdin;\n"
        + "".join("\t".join(map(copied, row)) + "\n" for row in rows)
        + "\\.\n"
    )


def contents(found: Found) -> list[tuple[str, ...]]:
    return [tuple(row.values()) for row in found.tables.get("t", [])]


@settings(max_examples=30, deadline=None)
@given(ROWS, st.sampled_from([1, 100]))
def test_what_was_written_is_read(rows: list[tuple[str | None, ...]], times: int) -> None:
    expected = [tuple(cell or "" for cell in row) for row in rows] * times
    for dump in dumps(rows * times):
        found = read_with(SQL, dump.encode(), encoding="utf-8", block=4096)
        assert not found.rejects
        assert contents(found) == expected


@pytest.mark.parametrize(
    "odd",
    [
        "(7,'a','b')", "( 7,'a','b')", "(7 ,'a','b')", "(7,'a' ,'b')", "(7, 'a',\n'b' )", "(7,'a','b''c')",
        "(7,'','''')", "(7,'a','b\\'c')", "(7,'a','b\\%')", "(7,'a','b\\n')", "(7,N'a','b')", "(7,_binary 'a','b')",
        "(0x37,0x61,'b')", "(7,x'61','b')", "(7,CONCAT('a','(b)'),'b')", "(7,NOW(),'b')", "(7,/*a*/'a','b')",
        "(7,'--','/*')", "(-7,'a;b','),(')", "(7,'a'')','\x1f')", "(+7,null,NULL)", "(7,'\"`#','[]')", "(7,('a'),'b')",
        "(7,'é😀','ÿ')", "(7,'a')", "(7,'a','b','c')", "(7,,'b')", "()", "(7,'a',)",
        "(7,'\x1f','\x1f\x0b\x0c')", "(7,'\x1f\x0b\x0c\x1f','b')", "(7,');\nINSERT INTO t VALUES (','b')",
        "(7,'\x1f\x0b\x0c\x1f\x0b\x0c\x1f','b')",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", [0, 150, 299])
@pytest.mark.parametrize("between", [",", ",\n", ";\nINSERT INTO t VALUES "])
def test_an_odd_tuple_among_plain_ones_reads_as_it_does_alone(odd: str, place: int, between: str) -> None:
    alone = read_with(SQL, f"{MYSQL}INSERT INTO t VALUES (1,'x','y'),{odd};\n".encode())
    tuples = [f"({number},'x','y')" for number in range(300)]
    dump = MYSQL + "INSERT INTO t VALUES " + between.join([*tuples[:place], odd, *tuples[place:]]) + ";\n"
    found = read_with(SQL, dump.encode())
    expected = [(str(number), "x", "y") for number in range(300)]
    assert contents(found) == expected[:place] + contents(alone)[1:] + expected[place:]
    assert [reason for *_, reason in found.rejects] == [reason for *_, reason in alone.rejects]


def test_the_bytes_of_a_picture_do_not_end_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    alone: list[bool] = []
    single = Inserts._one

    def watched(*given: Any) -> bool:
        alone.append(single(*given))
        return alone[-1]

    monkeypatch.setattr(Inserts, "_one", watched)
    dump = "".join(f"INSERT INTO t VALUES ({number},'\x1f\x8b\x1f','b');\n" for number in range(500))
    assert len(contents(read_with(SQL, (MYSQL + dump).encode()))) == 500
    assert len(alone) < 10


@settings(max_examples=40, deadline=None)
@given(ROWS, st.data())
def test_a_cut_gives_a_prefix_of_the_records(rows: list[tuple[str | None, ...]], data: st.DataObject) -> None:
    for dump in dumps(rows * 20):
        text = dump.encode()
        whole = contents(read_with(SQL, text, encoding="utf-8"))
        begin = text.index(b"\n", text.index(b"CREATE"))
        cut = data.draw(st.integers(begin, len(text)))
        found = read_with(SQL, text[:cut], encoding="utf-8")
        # in the last line of a cut COPY the last cell may be a part of itself, and is rejected
        assert contents(found) == whole[: len(contents(found))]
        assert len(found.rejects) <= 1


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    head = Source.of(content).head
    assert 0 <= SQL.sniff(head) <= 1
    assert 0 <= PGDUMP.sniff(head) <= 1
    for before in (
        b"",
        b"INSERT INTO t VALUES (",
        b"COPY t FROM stdin;\n",
        b"CREATE TABLE t (",
        b"INSERT INTO t SELECT ",
        b"INSERT INTO t SET a=",
    ):
        read_with(SQL, before + content, block=64)


@settings(max_examples=40, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_any_damage(rows: list[tuple[str | None, ...]], chance: random.Random) -> None:
    for dump in dumps(rows * 20):
        text = bytearray(dump.encode())
        for _ in range(chance.randint(1, 5)):
            place = chance.randrange(len(text))
            text[place : place + chance.randint(0, 3)] = chance.choice(
                [b"'", b"\\", b"(", b")", b",", b";", b"\n", b"--", b'"', b"\0", b"\xff"]
            )
        read_with(SQL, bytes(text), block=512)


@pytest.mark.parametrize(
    "unit",
    [
        "(", "((((", "'", '"', "`", "$a$", "$$", "/*", "--", "q'[", "E'",
        "\\", "(1,'", "(1),", "),(", "('a\\',", "[", "{", "::", "||", "CASE ",
        "BEGIN ", "COPY t FROM stdin;\n", "INSERT INTO t VALUES (", "INSERT INTO t VALUES (1);",
        "CREATE TABLE t (a int, ", "_utf8 ", "''", "(1,'a', ",
        "(1,'a\\'), ", "CAST(", "$a$;\n", "[;\n", "/*;\n", "/*\n", "CREATE PROCEDURE p BEGIN;\n", "\n", " ",
        "(1,f(1),", "f(1),(", "),\n", "GRANT\n\n\n", "x AS x ",
        "replace(", "INSERT ALL ", "CREATE PROCEDURE p ", "(\"", "('a'\"),",
    ],
)  # fmt: skip
@pytest.mark.parametrize("begin", ["INSERT INTO t VALUES ", MYSQL, "REM INSERTING\nINSERT INTO t VALUES (1,"])
def test_hostile_repetition_takes_linear_time(begin: str, unit: str) -> None:
    started = time.process_time()
    read_with(SQL, (begin + unit * (120_000 // len(unit))).encode())
    assert time.process_time() - started < 4


# archives


def integer(value: int) -> bytes:
    return bytes([value < 0]) + abs(value).to_bytes(4, "little")


def string(text: str | bytes | None) -> bytes:
    data = text.encode() if isinstance(text, str) else text
    return integer(-1) if data is None else integer(len(data)) + data


def archive(data: bytes, version: int = 16, compression: int = 0, encoding: str = "UTF8") -> bytes:
    """An archive of one table, as pg_dump writes it."""
    head = b"PGDMP" + bytes([1, version, 0, 4, 8, 1])
    head += bytes([compression]) if version >= 15 else integer(-1 if compression else 0)
    head += b"".join(map(integer, (1, 2, 3, 4, 5, 121, 0))) + string("clinic") + string("16") + string("16")
    entries = [
        (1, "ENCODING", f"SET client_encoding = '{encoding}';\n", ""),
        (2, "TABLE", "CREATE TABLE public.t (a integer, b text);\n", ""),
        (3, "TABLE DATA", "", "COPY public.t (a, b) FROM stdin;\n"),
        (4, "CONSTRAINT", "ALTER TABLE ONLY public.t ADD CONSTRAINT p PRIMARY KEY (a);\n", ""),
    ]
    head += integer(len(entries))
    for dump_id, kind, definition, copy in entries:
        head += integer(dump_id) + integer(0) + string("0") + string("0") + string("t") + string(kind)
        head += integer(3) + string(definition) + string("") + string(copy) + string("public") + string(None)
        head += string("heap") if version >= 14 else b""
        head += integer(ord("r")) if version >= 16 else b""
        head += string("owner") + string("false") + string(None) + bytes([1]) + struct.pack("<q", 0)
    packed = data
    if compression == 1:
        packed = zlib.compress(data)
    elif compression:
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, "lz4" if compression == 2 else "zstd") as stream:
            stream.write(data)
        packed = sink.getvalue().to_pybytes()
    chunks = b"".join(string(packed[place : place + 1000]) for place in range(0, len(packed), 1000))
    blobs = b"\x03" + integer(9) + integer(77) + string("image") + integer(0) + integer(0)
    return head + blobs + b"\x01" + integer(3) + chunks + integer(0)


LINES = "".join(f"{number}\tl'été\\n{number}\n" for number in range(3000)) + "\\.\n\n\n"
RECORDS = [(str(number), f"l'été\n{number}") for number in range(3000)]


@pytest.mark.parametrize(
    ("version", "compression"), [(12, 0), (13, 1), (14, 1), (15, 0), (15, 1), (15, 2), (16, 2), (16, 3)]
)
def test_an_archive(version: int, compression: int) -> None:
    content = archive(LINES.encode(), version, compression)
    assert PGDUMP.sniff(Source.of(content).head) == CERTAIN
    found = read_with(PGDUMP, content)
    assert (contents(found), found.rejects) == (RECORDS, [])
    assert found.declared["t"].primary == ("a",)
    assert found.account.notes["large_objects_skipped"] == 1


def test_an_archive_in_another_encoding() -> None:
    found = read_with(PGDUMP, archive(LINES.encode("latin-1"), encoding="LATIN1"))
    assert contents(found) == RECORDS


@pytest.mark.parametrize("compression", [0, 1, 2, 3])
def test_an_archive_that_is_cut_gives_what_came_before(compression: int) -> None:
    content = archive(LINES.encode(), 16, compression)
    found = read_with(PGDUMP, content[:-900])
    assert contents(found) == RECORDS[: len(contents(found))]
    assert [reason for *_, reason in found.rejects] == ["truncated_stream"]
    assert contents(found) or compression


@pytest.mark.parametrize(
    "content", [b"PGDMP", b"PGDMP\x01\x20\x00\x04\x08\x01", archive(b"")[:90], b"PGDMP" + b"\xff" * 200]
)
def test_an_archive_without_its_contents_is_refused(content: bytes) -> None:
    with pytest.raises(FormatError):
        read_with(PGDUMP, content)


def test_an_archive_that_is_a_bomb_is_stopped() -> None:
    content = archive(b"1\t" + b"a" * 5_000_000 + b"\n" + LINES.encode(), 16, 3)
    found = read_with(PGDUMP, content, bounds=Bounds(ratio=50, free=1_000_000))
    assert [reason for *_, reason in found.rejects] == ["decompression_bomb"]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3), st.randoms(use_true_random=False))
def test_an_archive_with_any_damage(compression: int, chance: random.Random) -> None:
    content = bytearray(archive(LINES.encode()[:4000], 16, compression))
    for _ in range(chance.randint(1, 4)):
        content[chance.randrange(5, len(content))] = chance.randrange(256)
    with contextlib.suppress(FormatError):
        read_with(PGDUMP, bytes(content))


# public samples


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shared = os.environ.get("COLMATE_SHARED_DATA")
    if not shared:
        pytest.skip("COLMATE_SHARED_DATA is not set")
    folder = tmp_path_factory.mktemp("sql")
    for archived in (Path(shared) / "sql").glob("*.tar.xz"):
        with tarfile.open(archived) as opened:
            opened.extractall(folder / archived.name.split(".")[0], filter="data")
    return folder


def test_six_dialects_give_one_content(samples: Path) -> None:
    from benchmarks.dialects import run

    for one in run():
        assert (one.differing, one.rejected, one.tables, one.records) == (0, 0, 11, 15_607)
        assert (one.primary, one.references) == (11, 11)


@pytest.mark.parametrize(
    ("path", "records", "references"),
    [
        ("sakila-pgcopy-and-schemas/postgres-sakila-db/postgres-sakila-insert-data-using-copy.sql", 46_273, 0),
        ("test_db-sakila-mysql/sakila/sakila-mv-data.sql", 46_273, 0),
        ("sakila-pgcopy-and-schemas/mysql-sakila-db/mysql-sakila-schema.sql", 0, 22),
        ("sakila-pgcopy-and-schemas/oracle-sakila-db/oracle-sakila-schema.sql", 0, 22),
        ("adventureworks-mssql-subset/instawdb.sql", 1, 90),
    ],
)
def test_samples(samples: Path, path: str, records: int, references: int) -> None:
    found = read_with(SQL, (samples / path).read_bytes())
    assert SQL.sniff(Source.of((samples / path).read_bytes()).head) > 0.5
    assert (found.account.found, found.rejects) == (records, [])
    assert sum(len(one.references) for one in found.declared.values()) == references


def test_tables_of_finess() -> None:
    shared = os.environ.get("COLMATE_SHARED_DATA")
    if not shared:
        pytest.skip("COLMATE_SHARED_DATA is not set")
    found = read_with(SQL, (Path(shared) / "sql/finess-ddl/finess-dll.sql").read_bytes())
    assert len(found.columns) == 155
    assert sum(bool(one.primary) for one in found.declared.values()) > 100


@pytest.mark.parametrize(
    ("path", "dialect"),
    [
        ("sakila-pgcopy-and-schemas/mysql-sakila-db/mysql-sakila-schema.sql", "mysql"),
        ("sakila-pgcopy-and-schemas/postgres-sakila-db/postgres-sakila-schema.sql", "postgres"),
        ("chinook-6-dialects/Chinook_Oracle.sql", "oracle"),
        ("chinook-6-dialects/Chinook_SqlServer.sql", "tsql"),
    ],
)
def test_columns_are_those_that_sqlglot_finds(samples: Path, path: str, dialect: str) -> None:
    sqlglot = pytest.importorskip("sqlglot")
    text = (samples / path).read_text(encoding="utf-8")
    found = read_with(SQL, text.encode())
    compared = 0
    for statement in re.findall(r"^CREATE TABLE .*?^\)[^;]*;", text, re.MULTILINE | re.DOTALL):
        tree = sqlglot.parse_one(statement, dialect=dialect)
        columns = [one.name for one in tree.this.expressions if isinstance(one, sqlglot.exp.ColumnDef)]
        # a table that inherits its columns has none of its own
        assert found.columns.get(tree.this.this.name, []) == columns
        compared += 1
    assert compared >= 11


def test_tricky_statements_do_not_crash(samples: Path) -> None:
    for path in (samples / "phpmyadmin-sql-parser-tests").rglob("*.in"):
        read_with(SQL, path.read_bytes())


def test_dollar_quoted_values_of_postgresql() -> None:
    rows = "(1,$$l'eau$$,'a'),(2,$x$a$$,('b$x$,'$5 $$'),(3,$$plain$$,NULL)"
    found = read_with(SQL, f"{POSTGRES}INSERT INTO t VALUES {rows};\n".encode())
    assert contents(found) == [("1", "l'eau", "a"), ("2", "a$$,('b", "$5 $$"), ("3", "plain", "")]
    assert not found.rejects
