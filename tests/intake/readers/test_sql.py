"""Dumps in SQL, a rule an example."""

from __future__ import annotations

import re

import pytest

from colmate.intake.evidence import Source
from colmate.intake.readers.sql import FORMATS
from colmate.intake.reading import LIKELY, Reference
from tests.intake.readers.harness import Found, read_with

SQL = FORMATS[0]
MYSQL = "-- MySQL dump 10.13\n"
POSTGRES = "-- PostgreSQL database dump\n"
TSQL = "USE [clinic]\nGO\n"
ORACLE = "REM INSERTING into PERSONS\nSET DEFINE OFF;\n"
SQLITE = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n"


def read(text: str | bytes) -> Found:
    return read_with(SQL, text.encode() if isinstance(text, str) else text)


def values(found: Found, table: str = "t") -> list[list[str]]:
    return [list(row.values()) for row in found.tables.get(table, [])]


@pytest.mark.parametrize(
    ("dialect", "written", "text"),
    [
        # strings
        (MYSQL, "'O\\'Brien'", "O'Brien"),
        (MYSQL, "'O''Brien'", "O'Brien"),
        (MYSQL, r"'a\nb\r\nc\td\\e\0f\Zg\bh\"i'", 'a\nb\r\nc\td\\e\0f\x1ag\bh"i'),
        (MYSQL, r"'50\% \_'", r"50\% \_"),
        (MYSQL, r"'\q'", "q"),
        (MYSQL, "'première\nseconde'", "première\nseconde"),
        (MYSQL, '"dit ""oui"" l\'an"', 'dit "oui" l\'an'),
        (MYSQL, "_utf8mb4'été'", "été"),
        (MYSQL, "_binary 'abc'", "abc"),
        (MYSQL, "N'été'", "été"),
        (MYSQL, "'a' 'b'", "ab"),
        (MYSQL, "'x' COLLATE utf8mb4_bin", "x"),
        (MYSQL, "'),(''; -- /* '", "),('; -- /* "),
        (POSTGRES, r"'C:\dossiers\'", "C:\\dossiers\\"),
        (POSTGRES, r"E'l\'an\n\x41\101\u00e9\\'", "l'an\nAAé\\"),
        (POSTGRES, r"U&'\00e9t\00e9'", "été"),
        (POSTGRES, "'2021-02-03'::date", "2021-02-03"),
        (POSTGRES, "('a'::text)::character varying(20)", "a"),
        (POSTGRES, "B'101'", "101"),
        (TSQL, "N'l''été'", "l'été"),
        (TSQL, "N'fin\\'", "fin\\"),
        (ORACLE, "'Durand '||chr(38)||' fils'", "Durand & fils"),
        (ORACLE, "q'[l'an]'", "l'an"),
        (ORACLE, "nq'!l'an!'", "l'an"),
        (ORACLE, "'a'||NULL", "a"),
        (SQLITE, "replace('a\\nb','\\n',char(10))", "a\nb"),
        (SQLITE, "replace(replace('a\\r\\nb','\\r',char(13)),'\\n',char(10))", "a\r\nb"),
        (SQLITE, r"unistr('a\u000ab')", "a\nb"),
        # nothing, and what looks like it
        (MYSQL, "NULL", ""),
        (MYSQL, "null", ""),
        (MYSQL, "''", ""),
        (MYSQL, "'NULL'", "NULL"),
        (ORACLE, "EMPTY_CLOB()", ""),
        # numbers, booleans: as written
        (MYSQL, "-12.50", "-12.50"),
        (MYSQL, "1.5e-7", "1.5e-7"),
        (POSTGRES, "true", "true"),
        (MYSQL, "- 3", "-3"),
        # blobs
        (MYSQL, "0xFF00", "0xFF00"),
        (MYSQL, "X'ff00'", "0xff00"),
        (MYSQL, "x'FF00'", "0xff00"),
        (MYSQL, "_utf8mb4 0xC3A9", "é"),
        (MYSQL, "_binary 0xC3A9", "0xC3A9"),
        (ORACLE, "HEXTORAW('FF00')", "0xff00"),
        # dates
        (TSQL, "CAST(N'2021-02-03T04:05:06.000' AS DateTime)", "2021-02-03T04:05:06.000"),
        (TSQL, "CAST(0x0000A1B200000000 AS DateTime)", "2013-05-02"),
        (TSQL, "CAST(0x00008EAC00C5C100 AS DateTime)", "2000-01-01 12:00:00"),
        (TSQL, "CAST(0xFFFFFFFF00000000 AS DateTime)", "1899-12-31"),
        (TSQL, "CAST(0x8EAC02D0 AS SmallDateTime)", "2000-01-01 12:00:00"),
        (TSQL, "CAST(0x07240B00 AS Date)", "2000-01-01"),
        (TSQL, "CAST(0x0700E03495641A240B AS DateTime2)", "2000-01-20 12:00:00"),
        (TSQL, "CAST(0x0700E0349564 AS Time)", "12:00:00"),
        (TSQL, "CAST(12.50 AS Decimal(18, 2))", "12.50"),
        (TSQL, "CONVERT(datetime, '2021-02-03', 120)", "2021-02-03"),
        (ORACLE, "TO_DATE('03/02/2021','DD/MM/YYYY')", "2021-02-03"),
        (ORACLE, "TO_DATE('2021-02-03 04:05:06','yyyy-mm-dd hh24:mi:ss')", "2021-02-03 04:05:06"),
        (
            ORACLE,
            "TO_TIMESTAMP('03-02-2021 04:05:06,500000000','DD-MM-YYYY HH24:MI:SS,FF')",
            "2021-02-03 04:05:06.500000",
        ),
        (ORACLE, "to_date('3 trois','DD MON')", "3 trois"),
        (ORACLE, "DATE '2021-02-03'", "2021-02-03"),
        (MYSQL, "{ts '2021-02-03 04:05:06'}", "2021-02-03 04:05:06"),
        # what is not known stays as it is written
        (MYSQL, "ST_GeomFromText('POINT(1 2)')", "ST_GeomFromText('POINT(1 2)')"),
        (POSTGRES, "ARRAY['a','b']", "ARRAY['a','b']"),
        (MYSQL, "JSON_OBJECT('a', 1)", "JSON_OBJECT('a', 1)"),
    ],
)
@pytest.mark.parametrize("count", [1, 400], ids=["one", "block"])
def test_a_value(dialect: str, written: str, text: str, count: int) -> None:
    """The same text whether tuples are read one by one or by the block, in one statement or in many."""
    filler = "'" + "x" * 20 + "'"
    many = ",\n".join(f"({number}, {written}, {filler})" for number in range(count))
    expected = [[str(number), text, filler[1:-1]] for number in range(count)]
    together = read(f"{dialect}INSERT INTO t (a, b, c) VALUES {many};\n")
    assert (values(together), together.rejects) == (expected, [])
    single = "".join(f"INSERT INTO t (a, b, c) VALUES ({number},{written},{filler});\n" for number in range(count))
    apart = read(f"{dialect}{single}")
    assert (values(apart), apart.rejects) == (expected, [])


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t VALUES (1,'a'),(2,'b');",
        "INSERT INTO `t` (`x`, `y`) VALUES\n(1, 'a'),\n(2, 'b');",
        "INSERT IGNORE INTO t VALUES (1,'a') , (2,'b')\n;",
        "REPLACE INTO `clinic`.`t` VALUES (1,'a'),(2,'b');",
        "insert into t(x,y)values(1,'a'),(2,'b')",
        "INSERT INTO t VALUES (1,'a');INSERT INTO t VALUES (2,'b');",
        "INSERT INTO t VALUES (1,'a'), -- l'un\n(2,'b');",
        "INSERT INTO t VALUES (1,'a') /* l'un */, (2,'b');",
        "INSERT INTO t VALUES (1, /* l'un */ 'a'),(2,'b') ON DUPLICATE KEY UPDATE x = VALUES(x);",
        "INSERT INTO t VALUES (1,'a'),(2,'b') ON CONFLICT DO NOTHING;",
        "INSERT INTO t OVERRIDING SYSTEM VALUE VALUES (1,'a'),(2,'b');",
        "INSERT [dbo].[t] ([x], [y]) VALUES (1, N'a')\r\nGO\r\nINSERT [dbo].[t] ([x], [y]) VALUES (2, N'b')\r\nGO\r\n",
        "SET IDENTITY_INSERT [dbo].[t] ON \r\n\r\n"
        "INSERT [dbo].[t] VALUES (1, N'a')\r\nINSERT [dbo].[t] VALUES (2, N'b')\r\n",
        "INSERT ALL\n INTO t (x, y) VALUES (1, 'a')\n INTO t (x, y) VALUES (2, 'b')\nSELECT * FROM dual;",
        "INSERT INTO t SELECT 1, 'a' UNION ALL SELECT 2, 'b';",
        "INSERT INTO t (x, y) SELECT 1, 'a' FROM dual UNION ALL\nSELECT 2, 'b' FROM dual;",
        "INSERT INTO t SET x = 1, `y` = 'a'; INSERT INTO t SET x=2, y='b';",
        "COPY public.t (x, y) FROM stdin;\n1\ta\n2\tb\n\\.\n",
        "COPY t FROM stdin WITH (FORMAT text);\n1\ta\n2\tb\n\\.\n",
        'COPY t FROM stdin WITH (FORMAT csv);\n1,a\n2,"b"\n\\.\n',
    ],
)
@pytest.mark.parametrize("ddl", ["CREATE TABLE t (x int, y varchar(20));\n", ""], ids=["ddl", "alone"])
def test_a_statement(ddl: str, statement: str) -> None:
    found = read(ddl + statement)
    assert (values(found), found.rejects) == ([["1", "a"], ["2", "b"]], [])
    named = ddl or re.search(r"\bt[`\]]? ?\([`\[]?x| SET x", statement)
    assert found.columns["t"] == (["x", "y"] if named else ["column_1", "column_2"])


@pytest.mark.parametrize(
    "passage",
    [
        "/*!40101 SET NAMES utf8 */;\n",
        "/*M!100616 SET @OLD = 1 */;\n",
        "LOCK TABLES `t` WRITE;\n/*!40000 ALTER TABLE `t` DISABLE KEYS */;\n",
        "-- l'apostrophe\n# l'autre\n/* et l'autre ; */\n",
        "DELIMITER ;;\nCREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW "
        "BEGIN INSERT INTO t VALUES (9,'z'); END;;\nDELIMITER ;\n",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN\nINSERT INTO t VALUES (9,'z');\n"
        "SELECT CASE WHEN 1 THEN 2 END;\nEND;\n",
        "CREATE FUNCTION f() RETURNS void AS $$\nINSERT INTO t VALUES (9,'z');\n$$ LANGUAGE sql;\n",
        "CREATE FUNCTION f() RETURNS void AS $x$ l'an; $$ $x$ LANGUAGE sql;\n",
        "CREATE VIEW v AS SELECT 'INSERT INTO t VALUES (9,''z'');';\n",
        "COMMENT ON TABLE t IS 'l''an; INSERT INTO t VALUES (9)';\n",
        "\\restrict abc\n\\unrestrict abc\n",
        "PROMPT l'import\nWHENEVER SQLERROR EXIT;\n",
        "PRINT 'Processed 100 total records'\nGO\n",
        "SELECT pg_catalog.setval('t_x_seq', 2, true);\n",
        "UPDATE t SET y = 'INSERT INTO t VALUES (9)';\n",
    ],
)
def test_what_holds_no_records(passage: str) -> None:
    one, other = (f"{passage}INSERT INTO t VALUES ({values});\n" for values in ("1,'a'", "2,'b'"))
    text = f"CREATE TABLE t (x int, y text);\n{one}{other}"
    found = read(text)
    assert (values(found), found.rejects) == ([["1", "a"], ["2", "b"]], [])


def test_bodies_of_routines_in_t_sql_and_pl_sql() -> None:
    body = "BEGIN\n IF 1 = 1 BEGIN\n INSERT INTO t VALUES (9, 'z'); END\nINSERT INTO t VALUES (9, 'z');\nEND"
    found = read(
        f"{TSQL}CREATE TABLE [dbo].[t]([x] int, [y] text)\nGO\n"
        f"CREATE PROCEDURE p AS\n{body}\nGO\nINSERT [dbo].[t] VALUES (1, N'a')\n"
    )
    assert values(found) == [["1", "a"]]
    found = read(f"{ORACLE}CREATE OR REPLACE PROCEDURE p IS\n n NUMBER;\n{body};\n/\nINSERT INTO t VALUES (1, 'a');\n")
    assert values(found) == [["1", "a"]]


def test_changes_that_are_not_replayed_are_counted() -> None:
    text = "CREATE TABLE t (x int);\nUPDATE t SET x = 1;\nDELETE FROM t;\nINSERT INTO t SELECT x FROM u;\n"
    assert read(text).account.notes["statements_not_replayed"] == 3


@pytest.mark.parametrize("count", [1, 400])
def test_a_tuple_of_another_size_is_rejected(count: int) -> None:
    row = "(1,'" + "a" * 30 + "')"
    text = "CREATE TABLE t (x int, y text);\nINSERT INTO t VALUES " + ",".join(
        [row] * count + ["(1,2,3)", "(4)"] + [row] * count
    )
    found = read(text + ";\n")
    assert len(values(found)) == 2 * count
    assert [(verbatim, reason) for _, _, verbatim, reason in found.rejects] == [
        (b"(1,2,3)", "column_count"),
        (b"(4)", "column_count"),
    ]
    line, position, verbatim, _ = found.rejects[0]
    assert (line, text.encode()[position : position + len(verbatim)]) == (2, verbatim)


@pytest.mark.parametrize("count", [1, 400])
def test_rejects_of_single_statements_are_at_their_place(count: int) -> None:
    row = "INSERT INTO t VALUES (1,'" + "a" * 30 + "');\n"
    text = "CREATE TABLE t (x int, y text);\n" + row * count + "INSERT INTO t VALUES (1,2,3);\n" + row * count
    found = read(text)
    [(line, position, verbatim, reason)] = found.rejects
    assert (line, verbatim, reason) == (count + 2, b"(1,2,3)", "column_count")
    assert text[position : position + 7] == "(1,2,3)"
    assert len(values(found)) == 2 * count


@pytest.mark.parametrize("count", [1, 400])
@pytest.mark.parametrize("bad", ["(2,'l'an')", "(2,)", "(,2)", "(2,'a' b)", "(2 ,, 3)", "()"])
def test_a_tuple_that_cannot_be_read_costs_itself_alone(count: int, bad: str) -> None:
    row = "(1,'" + "a" * 30 + "')"
    found = read(
        "CREATE TABLE t (x int, y text);\nINSERT INTO t VALUES "
        + ",".join([row] * count + [bad] + [row] * count)
        + ";\n"
    )
    if bad == "(2,'a' b)":
        # an expression that is not known
        assert values(found)[count] == ["2", "'a' b"]
        return
    assert len(values(found)) == 2 * count
    assert [reason for *_, reason in found.rejects] == ["unreadable_value"]


@pytest.mark.parametrize(
    "cut", ["INSERT INTO t VALUES (1,'a'),(2,'b", "INSERT INTO t VALUES (1,'a'),(2,", "INSERT INTO t VALUES (1,'a'),("]
)
def test_a_dump_that_is_cut(cut: str) -> None:
    found = read("CREATE TABLE t (x int, y text);\n" + cut)
    assert values(found) == [["1", "a"]]
    assert [reason for *_, reason in found.rejects] == ["truncated_record"]


def test_a_copy_that_is_cut() -> None:
    found = read("COPY t (x, y) FROM stdin;\n1\ta\n2\tb")
    assert values(found) == [["1", "a"]]
    assert [(verbatim, reason) for _, _, verbatim, reason in found.rejects] == [(b"2\tb", "truncated_record")]


@pytest.mark.parametrize("count", [1, 300])
def test_copy_escapes(count: int) -> None:
    line = (
        r"1"
        + "\t"
        + r"a\tb\nc\\d\r\v\f\b"
        + "\t"
        + r"\N"
        + "\t"
        + r"N"
        + "\t"
        + r"\\N"
        + "\t"
        + "\t"
        + r"l'an \101\x41 \q"
        + "\n"
    )
    plain = line.replace(r"\101\x41", "AA")
    expected = ["1", "a\tb\nc\\d\r\v\f\b", "", "N", "\\N", "", "l'an AA q"]
    for one in (line, plain):
        assert values(read("COPY t FROM stdin;\n" + one * count + "\\.\n")) == [expected] * count


@pytest.mark.parametrize("count", [1, 2000])
def test_copy_lines_of_another_size_are_rejected(count: int) -> None:
    found = read("COPY t (x, y) FROM stdin;\n" + "1\ta\n" * count + "2\n\n3\tb\tc\n" + "1\ta\n" * count + "\\.\n")
    assert len(values(found)) == 2 * count
    assert [verbatim for _, _, verbatim, _ in found.rejects] == [b"2\n", b"\n", b"3\tb\tc\n"]


def test_copy_of_one_column_may_have_empty_lines() -> None:
    assert values(read("COPY t (x) FROM stdin;\na\n\n\\N\n\\.\n")) == [["a"], [""], [""]]


# tables and keys


DDL = """
CREATE TABLE `persons` (
  `id` int(11) NOT NULL AUTO_INCREMENT COMMENT 'the key, of course',
  `nom` varchar(50) DEFAULT 'a,b)',
  `key` enum('a','b') NOT NULL,
  PRIMARY KEY (`id`), KEY `k` (`nom`(10)), UNIQUE KEY `u` (`nom`)
) ENGINE=InnoDB;
CREATE TABLE IF NOT EXISTS clinic.visits (
  id integer PRIMARY KEY, -- one, two
  person integer REFERENCES persons (id) ON DELETE CASCADE,
  other integer REFERENCES persons,
  "n° d'ordre" numeric(10, 2),
  CONSTRAINT c FOREIGN KEY (person, other) REFERENCES "pairs" ("a", "b")
);
CREATE TABLE pairs ([a] [int] NOT NULL, [b] [nvarchar](50) NULL,
  CONSTRAINT [PK] PRIMARY KEY CLUSTERED ([a] ASC, [b] ASC) ON [PRIMARY]);
CREATE TABLE facts (a int, b int);
ALTER TABLE ONLY public.facts ADD CONSTRAINT p PRIMARY KEY (a);
ALTER TABLE facts WITH CHECK ADD CONSTRAINT [f] FOREIGN KEY([b]) REFERENCES [visits] ([id]);
"""


def test_columns_and_keys() -> None:
    found = read(DDL)
    assert found.columns == {
        "persons": ["id", "nom", "key"],
        "visits": ["id", "person", "other", "n° d'ordre"],
        "pairs": ["a", "b"],
        "facts": ["a", "b"],
    }
    assert {name: declared.primary for name, declared in found.declared.items()} == {
        "persons": ("id",),
        "visits": ("id",),
        "pairs": ("a", "b"),
        "facts": ("a",),
    }
    assert found.declared["visits"].references == (
        Reference(("person",), "persons", ("id",)),
        Reference(("other",), "persons", ("id",)),
        Reference(("person", "other"), "pairs", ("a", "b")),
    )
    assert found.declared["facts"].references == (Reference(("b",), "visits", ("id",)),)


def test_names_are_qualified_only_where_two_would_collide() -> None:
    text = "".join(f"CREATE TABLE {name} (x int);\nINSERT INTO {name} VALUES (1);\n" for name in ("a.t", "b.t", "b.u"))
    assert {name: len(rows) for name, rows in read(text).tables.items()} == {"t": 1, "b.t": 1, "u": 1}
    text = POSTGRES + "".join(
        f"\\connect {name}\nCREATE TABLE public.t (x int);\nCOPY public.t FROM stdin;\n1\n\\.\n" for name in "ab"
    )
    assert {name: len(rows) for name, rows in read(text).tables.items()} == {"t": 1, "public.t": 1}
    text = "".join(f"USE {name};\nCREATE TABLE t (x int);\nINSERT INTO t VALUES (1);\n" for name in ("a", "b"))
    assert {name: len(rows) for name, rows in read(text).tables.items()} == {"t": 1, "b.t": 1}


def test_columns_take_the_names_of_the_statement_or_of_the_table() -> None:
    text = "CREATE TABLE t (Id int, Nom text, Ville text);\n"
    text += "INSERT INTO t (NOM, id) VALUES ('a', 1);\nINSERT INTO t VALUES (2, 'b', 'Brest');\n"
    found = read(text)
    assert found.tables["t"] == [{"Nom": "a", "Id": "1", "Ville": ""}, {"Nom": "b", "Id": "2", "Ville": "Brest"}]


def test_the_identity_of_sql_server_is_not_among_the_values() -> None:
    text = f"{TSQL}CREATE TABLE [dbo].[t]([id] [int] IDENTITY(1,1) NOT NULL, [nom] [nvarchar](50) NULL)\nGO\n"
    text += "INSERT [dbo].[t] VALUES (N'a')\nGO\n"
    assert read(text).tables["t"] == [{"nom": "a", "id": ""}]


def test_bytes_in_a_column_of_text_are_text() -> None:
    for rows in (1, 400):
        text = "CREATE TABLE t (a varchar(30), b varbinary(30), c text);\nINSERT INTO t VALUES "
        found = read(MYSQL + text + ",".join(["(0xC3A9,0xC3A9,'0xC3A9')"] * rows) + ";")
        assert values(found) == [["é", "0xC3A9", "0xC3A9"]] * rows


def test_backslashes_are_themselves_where_the_dump_says_so() -> None:
    text = MYSQL + "/*!40101 SET SQL_MODE='NO_BACKSLASH_ESCAPES' */;\nINSERT INTO t VALUES ('a\\','b');\n"
    assert values(read(text)) == [["a\\", "b"]]
    text = POSTGRES + "SET standard_conforming_strings = off;\nINSERT INTO t VALUES ('a\\'b');\n"
    assert values(read(text)) == [["a'b"]]


@pytest.mark.parametrize("escape", [True, False])
def test_backslashes_where_nothing_says_who_wrote_the_dump(escape: bool) -> None:
    text = (
        r"INSERT INTO t VALUES ('l\'an','a'),('d\'un','b');"
        if escape
        else r"INSERT INTO t VALUES ('C:\',1),('D:\','b');"
    )
    assert values(read(text)) == ([["l'an", "a"], ["d'un", "b"]] if escape else [["C:\\", "1"], ["D:\\", "b"]])


def test_utf_16() -> None:
    text = f"{TSQL}INSERT [dbo].[t] ([a], [b]) VALUES (1, N'été')\r\nGO\r\n"
    assert values(read(text.encode("utf-16"))) == [["1", "été"]]


# which contents are dumps


@pytest.mark.parametrize(
    "text",
    [
        MYSQL,
        POSTGRES,
        SQLITE,
        "-- phpMyAdmin SQL Dump\n-- version 5.2\n",
        "/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n",
        "--\n-- PostgreSQL database cluster dump\n--\n",
        "INSERT INTO t VALUES (1,'a');",
        "\n/* a */\n-- b\nINSERT INTO `t` (`a`, `b`) VALUES\n(1, 'a');\n",
        "CREATE TABLE t (\n  id int\n);\n",
        "COPY public.t (a, b) FROM stdin;\n1\ta\n\\.\n",
        "SET NAMES utf8mb4;\nSET FOREIGN_KEY_CHECKS = 0;\nDROP TABLE IF EXISTS `t`;\n",
        "USE [clinic]\nGO\n/****** Object:  Table [dbo].[t] ******/\n",
        "INSERT [dbo].[t] ([a]) VALUES (1)\nGO\n",
        "REM INSERTING into T\nSET DEFINE OFF;\nInsert into T (A) values ('a');\n",
        "/*!40101 SET @saved_cs_client = @@character_set_client */;\nCREATE TABLE t (a int);\n",
        "GRANT CREATE TABLE TO clinic;\nCREATE TABLE t (a NUMBER);\n",
    ],
)
def test_a_dump_is_known_by_its_beginning(text: str) -> None:
    assert SQL.sniff(Source.of(text.encode()).head) == LIKELY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "id;nom;prenom\n1;MARTIN;Zoé\n",
        "query,count\nINSERT INTO t VALUES (1),3\n",
        "To add a record write INSERT INTO t VALUES (1,'a'); and that is all.\n",
        "# Notes\n\nINSERT INTO is a statement.\n",
        "Select;Update;Delete\n1;2;3\n",
        "set,use,begin\n1,2,3\n",
        "begin;end\n2020;2021\n",
        "use;count\n1;2\n",
        "create table of contents\n",
        "drop,alter,create\n1,2,3\n",
        "insert into the box the card\n",
        "-- séparateur\nid;nom\n1;a\n",
        "alter table add;nom\nx;y\n",
        '{"query": "INSERT INTO t VALUES (1)"}\n',
        "MSH|^~\\&|A|B\n",
        "<insert>INSERT INTO t VALUES (1);</insert>",
    ],
)
def test_what_only_speaks_of_sql_is_no_dump(text: str) -> None:
    assert SQL.sniff(Source.of(text.encode()).head) == 0
