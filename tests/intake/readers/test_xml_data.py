"""XML of any kind: flat and nested records, what dumps write, what is broken, what is hostile."""

# ruff: noqa: E501 - markup is easier to read as it is written

from __future__ import annotations

import re
import time
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.intake.evidence import Source
from colmate.intake.readers.xml_data import FORMATS, sniff
from colmate.intake.reading import LIKELY, Reference
from tests.intake.readers.harness import Found, Row, read_with

(FORM,) = FORMATS


def read(content: str | bytes, **options: Any) -> Found:
    return read_with(FORM, content.encode("utf-8") if isinstance(content, str) else content, **options)


DUMPS: dict[str, tuple[str, dict[str, list[Row]]]] = {
    "DBUnit, flat": (
        '<dataset><PATIENT ID="1" NOM="Roux"/><PATIENT ID="2"/><VISITE ID="7" P="1"/><VIDE/></dataset>',
        {"PATIENT": [{"ID": "1", "NOM": "Roux"}, {"ID": "2", "NOM": ""}], "VISITE": [{"ID": "7", "P": "1"}]},
    ),
    "DBUnit, full": (
        '<dataset><table name="PATIENT"><column>ID</column><column>NOM</column><row><value>1</value><null/></row>'
        '<row><value>2</value><value>Roux</value></row></table><table name="VISITE"><column>ID</column>'
        "<row><value>3</value></row></table></dataset>",
        {"PATIENT": [{"ID": "1", "NOM": ""}, {"ID": "2", "NOM": "Roux"}], "VISITE": [{"ID": "3"}]},
    ),
    "mysqldump": (
        '<?xml version="1.0"?>\n<mysqldump xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n<database name="h">\n'
        '<table_structure name="p"><field Field="id" Key="PRI"/><field Field="nom"/></table_structure>\n'
        '<table_data name="p"><row>\n<field name="id">1</field><field name="nom" xsi:nil="true" /></row>\n<row>'
        '<field name="id">2</field><field name="nom">L&apos;Hour</field></row></table_data>\n'
        '<table_data name="q"><row><field name="id">1</field></row></table_data></database></mysqldump>',
        {"p": [{"id": "1", "nom": ""}, {"id": "2", "nom": "L'Hour"}], "q": [{"id": "1"}]},
    ),
    "mysql --xml": (
        '<resultset statement="SELECT"><row><field name="id">1</field></row><row><field name="id">2</field></row></resultset>',
        {"leak": [{"id": "1"}, {"id": "2"}]},
    ),
    "Oracle": (
        '<ROWSET><ROW num="1"><NOM>A</NOM><V>x</V></ROW><ROW num="2"><V>y</V><NOM>B</NOM></ROW></ROWSET>',
        {"leak": [{"num": "1", "NOM": "A", "V": "x"}, {"num": "2", "NOM": "B", "V": "y"}]},
    ),
    "Access": (
        '<dataroot xmlns:od="urn:schemas-microsoft-com:officedata"><Patients><Nom>A</Nom></Patients><Patients><Nom>B</Nom>'
        "</Patients></dataroot>",
        {"Patients": [{"Nom": "A"}, {"Nom": "B"}]},
    ),
    "SQL Server, without a root": (
        '<row ID="1" N="a"/><row ID="2"/>',
        {"leak": [{"ID": "1", "N": "a"}, {"ID": "2", "N": ""}]},
    ),
    "phpMyAdmin": (
        '<pma_xml_export version="1.0" xmlns:pma="https://x/"><pma:structure_schemas><pma:table name="p">CREATE</pma:table>'
        '</pma:structure_schemas><database name="h"><table name="p"><column name="id">1</column></table>'
        '<table name="p"><column name="id">2</column></table><table name="q"><column name="n">3</column></table>'
        "</database></pma_xml_export>",
        {"p": [{"id": "1"}, {"id": "2"}], "q": [{"n": "3"}]},
    ),
    "a sheet": (
        '<?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Styles><Style ss:ID="a"/></Styles><Worksheet ss:Name="F">'
        "<Table><Column/><Row><Cell><Data>nom</Data></Cell><Cell><Data>age</Data></Cell></Row>"
        '<Row><Cell ss:Index="2"><Data>7</Data></Cell></Row></Table></Worksheet></Workbook>',
        {"F": [{"nom": "", "age": "7"}]},
    ),
    "namespaces": (
        '<a:l xmlns:a="urn:a" xmlns:b="urn:b"><a:p><a:nom>A</a:nom><b:nom>B</b:nom></a:p><a:p><b:nom>D</b:nom></a:p></a:l>',
        {"p": [{"nom": "A", "b_nom": "B"}, {"nom": "", "b_nom": "D"}]},
    ),
    "values as attributes, inside and mixed": (
        '<l><p i="1"><sexe code="F"/><tel type="d">0199000001</tel><ddn value="1950"/><n>un <b>deux</b></n></p><p i="2"/></l>',
        {
            "p": [
                {"i": "1", "sexe_code": "F", "tel_type": "d", "tel": "0199000001", "ddn": "1950", "n": "un deux"},
                {"i": "2", "sexe_code": "", "tel_type": "", "tel": "", "ddn": "", "n": ""},
            ]
        },
    ),
    "leaves that repeat": (
        "<l><p><nom>A</nom><t>1</t><t>2</t></p><p><t>3</t></p></l>",
        {"p": [{"nom": "A", "t": "1", "t_2": "2"}, {"nom": "", "t": "3", "t_2": ""}]},
    ),
}


@pytest.mark.parametrize("name", DUMPS)
def test_every_kind_of_dump_becomes_its_tables(name: str) -> None:
    content, tables = DUMPS[name]
    found = read(content)
    assert found.tables == tables
    assert not found.rejects


def test_mysqldump_tells_the_primary_key() -> None:
    assert read(DUMPS["mysqldump"][0]).declared["p"].primary == ("id",)


def test_what_repeats_in_a_record_is_a_table_that_refers_to_it() -> None:
    found = read(
        '<e><ps><p id="a"><v d="1"><acte>x</acte></v><v d="2"/></p><p id="b"><v d="3"/></p><p id="c"/></ps></e>'
    )
    assert [row["p_row"] for row in found.tables["p"]] == ["1", "2", "3"]
    assert [(row["p_row"], row["d"], row["acte"]) for row in found.tables["p_v"]] == [
        ("1", "1", "x"),
        ("1", "2", ""),
        ("2", "3", ""),
    ]
    assert found.declared["p"].primary == ("p_row",)
    assert found.declared["p_v"].references == (Reference(("p_row",), "p", ("p_row",)),)


def test_large_records_are_opened_and_give_the_same_tables() -> None:
    """Whether an element is read at once or child by child is a matter of size, not of what comes out."""
    labs = "".join(
        f'<labo nom="L{lab}">' + "".join(f'<p id="{n}"><nom>N{n}</nom></p>' for n in range(4_000)) + "</labo>"
        for lab in range(3)
    )
    found = read(f"<export>{labs}</export>")
    assert [(row["nom"], row["labo_row"]) for row in found.tables["labo"]] == [("L0", "1"), ("L1", "2"), ("L2", "3")]
    rows = found.tables["labo_p"]
    assert len(rows) == 12_000
    assert (rows[-1]["labo_row"], rows[-1]["nom"]) == ("3", "N3999")


BROKEN: dict[str, tuple[str, list[str], list[tuple[bytes, str]]]] = {
    "bare signs": ("<l><p><n>a & b <5 &eacute;&amp;</n></p><p><n>B</n></p></l>", ["a & b <5 é&", "B"], []),
    "control characters": ("<l><p><n>a\x0bb\0</n></p><p><n>B &#0;</n></p></l>", ["a b ", "B �"], []),
    "crossed tags": (
        "<l><p><n>A</n></p><p><n>C</n><a></b></p><p><n>B</n></p></l>",
        ["A", "B"],
        [(b"<p><n>C</n><a></b></p>", "malformed_element")],
    ),
    "an end tag lost": (
        "<l><p><n>A</n></p><p><n>C</n><p><n>B</n></p></l>",
        ["A", "B"],
        [(b"<p><n>C</n>", "unclosed_element")],
    ),
    "cut": ("<l><p><n>A</n></p><p><n>B</n></p><p><n>C", ["A", "B"], [(b"<p><n>C", "truncated_element")]),
    "cut in a tag": ("<l><p><n>A</n></p><p><n>B</n></p><p", ["A", "B"], [(b"<p", "truncated_element")]),
    "text outside": ("<l><p><n>A</n></p><p><n>B</n></p></l>fin", ["A", "B"], [(b"fin", "text_outside_elements")]),
    "a comment without end": (
        "<l><p><n>A</n></p><!-- <p><n>B</n></p><p><n>C</n></p></l>",
        ["A", "B", "C"],
        [(b"<!", "unclosed_markup")],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_in_a_record_ends_with_it(name: str) -> None:
    content, names, rejects = BROKEN[name]
    found = read(content)
    assert [row["n"] for row in found.tables["p"]] == names
    assert [(verbatim, reason) for _, _, verbatim, reason in found.rejects] == rejects
    for line, position, verbatim, _ in found.rejects:
        assert line == 1
        assert content.encode().find(verbatim, position) == position


@pytest.mark.parametrize(
    ("declared", "written", "encoding"),
    [
        ("ISO-8859-1", "cp1252", "cp1252"),
        ("windows-1250", "cp1250", "cp1250"),
        ("UTF-16", "utf-16", "utf-16-le"),
        ("utf-16", "utf-8", "utf-8"),
        ("iso-8859-1", "utf-8", "utf-8"),
        ("no-such-thing", "utf-8", "utf-8"),
    ],
)
def test_the_encoding_declared_is_believed_where_it_can_be(declared: str, written: str, encoding: str) -> None:
    content = f'<?xml version="1.0" encoding="{declared}"?><l><p n="Béné"/><p n="Noël"/></l>'.encode(written)
    found = read(content)
    assert [row["n"] for row in found.tables["p"]] == ["Béné", "Noël"]
    assert found.account.encoding == encoding


LOL = (
    '<!DOCTYPE l [<!ENTITY a "x">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
HOSTILE = {
    "billion laughs": LOL + "<l><p>&i;</p><p>y</p></l>",
    "an entity that is a file": '<!DOCTYPE l [<!ENTITY f SYSTEM "/etc/passwd">%d;]><l><p>&f;</p><p>y</p></l>',
    "a document type from elsewhere": '<!DOCTYPE l SYSTEM "http://example.fr/x.dtd"><l><p>x</p></l>',
    "deep": "<a>" * 50_000 + "x" + "</a>" * 50_000,
    "deep without end": "<a>" * 20_000,
    "many attributes": "<l><p " + " ".join(f'a{n}="1"' for n in range(20_000)) + "/><p a1='2'/></l>",
    "many names": "<l>" + "".join(f"<n{n} a='1'/>" for n in range(5_000)) + "</l>",
    "comments without end": "<l>" + "<p><!--</p>" * 5_000 + "</l>",
    "sections without end": "<l>" + "<p><![CDATA[</p>" * 5_000 + "</l>",
    "signs": "<l>" + "<" * 20_000 + "&" * 20_000 + "</l>",
    "prefixes": "<l>" + "".join(f"<p{n}:r a='1'/>" for n in range(3_000)) + "</l>",
    "nothing": "",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_hostile_is_believed(name: str) -> None:
    start = time.process_time()
    found = read(HOSTILE[name])
    assert time.process_time() - start < 10
    values = [value for rows in found.tables.values() for row in rows for value in row.values()]
    assert not any("root:" in value or "xxxx" in value for value in values)
    if "entity" in name or "laughs" in name:
        assert found.account.notes["document_type_ignored"] == 1


def test_a_text_longer_than_a_record_may_be_is_a_reject() -> None:
    rows = b"<p><n>A</n></p>" * 9_000
    content = b"<l>" + rows + b"<p><n>" + b"y" * 3_000_000 + b"</n></p>" + rows + b"</l>"
    found = read(content, limit=100_000)
    assert len([row for row in found.tables["p"] if row["n"] == "A"]) == 18_000
    assert {reason for *_, reason in found.rejects} == {"element_too_long"}


@pytest.mark.parametrize(
    ("content", "sure"),
    [
        ('<?xml version="1.0"?><a/>', True),
        ("<dataset><P A='1'/></dataset>", True),
        ('<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', False),
        ("<!DOCTYPE html><html></html>", False),
        ("<html><table></table></html>", False),
        ("nom;note\nRoux;<b>x</b>\n", False),
        ("<nom>;<prenom>\nRoux;Anne\n", False),
        ("", False),
        ("<", False),
    ],
)
def test_sniff(content: str, sure: bool) -> None:
    assert (sniff(Source.of(content.encode()).head) >= LIKELY) == sure


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_sniff_and_read_take_any_bytes(data: bytes) -> None:
    sniff(Source.of(data).head)
    read(data)


PIECES = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<l>",
            "</l>",
            "<n a='1'>",
            "</n>",
            "<x/>",
            "é",
            "&",
            "<",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<?x",
            "?>",
            "<!DOCTYPE l [",
            "]>",
            "\0",
            "a:b",
            "<a:b>",
            '"',
            "\n",
        ]
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(PIECES)
def test_any_markup_is_read_or_rejected(pieces: list[str]) -> None:
    read("".join(pieces))


TEXT = st.text("ab ;éœ漢<>&\"'/=	", max_size=12)
RECORDS = st.lists(st.fixed_dictionaries({"a": TEXT, "b": TEXT, "c": TEXT}), min_size=2, max_size=6)


@settings(max_examples=60, deadline=None)
@given(RECORDS)
def test_what_is_written_is_read(records: list[Row]) -> None:
    content = "<l>" + "".join(
        f"<p c={quoteattr(row['c'])}><a>{escape(row['a'])}</a><b>{escape(row['b'])}</b></p>\n" for row in records
    )
    found = read(content + "</l>", encoding="utf-8")
    assert [(row["a"], row["b"], row["c"]) for row in found.tables["p"]] == [
        (row["a"], row["b"], row["c"]) for row in records
    ]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2_000))
def test_a_cut_anywhere_leaves_what_was_before_it(place: int) -> None:
    records = [f"<p><n>N{number}</n><d>1950</d></p>\n" for number in range(60)]
    content = "<l>\n" + "".join(records) + "</l>"
    found = read(content[:place])
    whole = len(re.findall("</p>", content[:place]))
    assert [row["n"] for row in found.tables.get("p", [])][:whole] == [f"N{number}" for number in range(whole)]
