"""The cells, rejects and notes that a delimited file gives: the specification, example by example."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from colmate.errors import ColmateError, InternalError

from .examples import Row, read_bytes, rejects, rows, stream_bytes

HEAD = b"nom;age;ville\n"

# bytes after the header line "nom;age;ville" → the records
CELLS: list[tuple[str, bytes, list[Row]]] = [
    ("plain", b"Roux;41;Brest\n", [("Roux", "41", "Brest")]),
    ("no line end at the end", b"Roux;41;Brest", [("Roux", "41", "Brest")]),
    ("CRLF", b"Roux;41;Brest\r\nLe Gall;3;Vannes\r\n", [("Roux", "41", "Brest"), ("Le Gall", "3", "Vannes")]),
    ("CR", b"Roux;41;Brest\rLe Gall;3;Vannes\r", [("Roux", "41", "Brest"), ("Le Gall", "3", "Vannes")]),
    (
        "LF, CR and CRLF in one file",
        b"a;1;b\nc;2;d\re;3;f\r\ng;4;h",
        [("a", "1", "b"), ("c", "2", "d"), ("e", "3", "f"), ("g", "4", "h")],
    ),
    ("NEL and LINE SEPARATOR are text", "a\x85b;1;c\u2028d\n".encode(), [("a\x85b", "1", "c\u2028d")]),
    ("blank lines", b"\n\na;1;b\n  \n\nc;2;d\n\n", [("a", "1", "b"), ("c", "2", "d")]),
    ("empty fields", b";;\n", [("", "", "")]),
    ("quoted", b'"Roux";"41";"Brest"\n', [("Roux", "41", "Brest")]),
    ("quoted empty", b'"";"";""\n', [("", "", "")]),
    ("delimiter inside quotes", b'"Roux; dit Lou";41;Brest\n', [("Roux; dit Lou", "41", "Brest")]),
    ("doubled quotes", b'"dit ""Lou""";41;Brest\n', [('dit "Lou"', "41", "Brest")]),
    ("lines inside quotes", b'"a\nb\r\n\r\nc";1;d\n', [("a\nb\r\n\r\nc", "1", "d")]),
    ("stray quote in an unquoted field", b'5" nail;1;b\n', [('5" nail', "1", "b")]),
    ("stray quotes in a quoted field", b'"dit "Lou" ici";1;b\n', [('dit "Lou" ici', "1", "b")]),
    ("stray quotes over two lines", b'"dit "Lou"\nici";1;b\nc;2;d\n', [('dit "Lou"\nici', "1", "b"), ("c", "2", "d")]),
    ("blanks around quotes", b'a; "1;2" ; b\nc;2;d\ne;3;f\n', [("a", "1;2", " b"), ("c", "2", "d"), ("e", "3", "f")]),
    ("unclosed quote", b'"a;1;b\nc;2;d\n', [('"a', "1", "b"), ("c", "2", "d")]),
    ("unclosed quote before quoted fields", b'"a;"1";"b"\n"c";"2";"d"\n', [('"a', "1", "b"), ("c", "2", "d")]),
    ("unclosed quote at the end", b'a;1;b\nc;2;"d', [("a", "1", "b"), ("c", "2", '"d')]),
    ("short record", b"a\nb;2\nc;3;d\n", [("a", "", ""), ("b", "2", ""), ("c", "3", "d")]),
    ("surplus empty fields", b"a;1;b;;\nc;2;d\ne;3;f\n", [("a", "1", "b"), ("c", "2", "d"), ("e", "3", "f")]),
    ("NUL bytes", b"a\0b;1;c\nd;2;\0e\n", [("ab", "1", "c"), ("d", "2", "e")]),
    ("NUL before a quote", b'\0"a;b";1;c\nd;2;e\n', [("a;b", "1", "c"), ("d", "2", "e")]),
    ("control characters", b"a\x07\x1b[31m;1;\x0b\n", [("a\x07\x1b[31m", "1", "\x0b")]),
    ("formulas and markup", b"=1+1;@a;<script>\n", [("=1+1", "@a", "<script>")]),
    ("right-to-left marks", "\u202eabc\u200f;1;b\n".encode(), [("\u202eabc\u200f", "1", "b")]),
    ("stray cp1252", "é;1;b\nà;2;d\n".encode() + b"\xe8;3;f\n", [("é", "1", "b"), ("à", "2", "d"), ("è", "3", "f")]),
    ("mojibake", "HÃ©lÃ¨ne;1;Â°\n".encode(), [("Hélène", "1", "°")]),
]  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), [case[1:] for case in CELLS], ids=[case[0] for case in CELLS])
def test_cells(data: bytes, expected: list[Row]) -> None:
    table = read_bytes(HEAD + data)
    assert table.columns == ("nom", "age", "ville")
    assert rows(table) == expected
    assert rejects(table) == []


GOOD = b"a;1;b\nc;2;d\n"
# bytes after the header → line, position, verbatim, reason
REJECTS: list[tuple[str, bytes, tuple[int, int, bytes, str]]] = [
    ("too many fields", GOOD + b"e;3;f;g\r\n", (4, 26, b"e;3;f;g", "too_many_fields")),
    ("header again", GOOD + HEAD + GOOD, (4, 26, b"nom;age;ville", "repeated_header")),
    ("header, mark", GOOD + b"\xef\xbb\xbf" + HEAD, (4, 26, b"\xef\xbb\xbfnom;age;ville", "repeated_header")),
    ("nothing but NUL", GOOD + b"\0" * 4096, (4, 26, b"\0" * 4096, "nul_bytes")),
    ("footer", GOOD + b"(2 rows)\n", (4, 26, b"(2 rows)", "footer")),
    ("French footer", GOOD + "2 lignes sélectionnées".encode(), (4, 26, "2 lignes sélectionnées".encode(), "footer")),
    ("unclosed quote in a short line", GOOD + b'"x;1\ny;2;z\n', (4, 26, b'"x;1', "unclosed_quote")),
]  # fmt: skip


@pytest.mark.parametrize(("data", "reject"), [case[1:] for case in REJECTS], ids=[case[0] for case in REJECTS])
def test_rejects_keep_line_position_and_bytes(data: bytes, reject: tuple[int, int, bytes, str]) -> None:
    table = read_bytes(HEAD + data)
    assert rejects(table) == [reject]
    assert table.evidence.records_found == table.evidence.records_read + 1
    assert table.evidence.reject_reasons == {reject[3]: 1}
    assert (HEAD + data)[reject[1] :].startswith(reject[2])


def test_positions_and_verbatim_are_those_of_the_file_in_utf16() -> None:
    text = "nom;age;ville\nÉ;1;b\ne;3;f;g\nh;4;i\n"
    data = text.encode("utf-16")
    table = read_bytes(data)
    ((line, position, verbatim, reason),) = rejects(table)
    assert (line, reason) == (3, "too_many_fields")
    assert verbatim.decode("utf-16-le") == "e;3;f;g"
    assert data[position:].startswith(verbatim)


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"a;1\nc;2;d\n", "padded:1"),
        (b"a;1;b;;\nc;2;d\ne;3;f\n", "surplus_dropped:1"),
        (b'"a;1;b\nc;2;d\n', "stray_quotes:1"),
        (b"a\0\0;1;b\nc;2;d\n", "nul_bytes:2"),
        ("é;1;b\nè;2;d\n".encode() + b"\xe9\xe8;3;f\n", "cp1252_bytes:2"),
        ("é;1;b\nè;2;d\n".encode() + b"\x81;3;f\n", "undecodable:1"),
        ("HÃ©lÃ¨ne;1;b\n".encode(), "mojibake:2"),
        (GOOD + b"\xef\xbb\xbfe;3;f\n", "byte_order_mark_inside:1"),
    ],
)
def test_repairs_are_counted(data: bytes, note: str) -> None:
    assert read_bytes(HEAD + data).evidence.notes == [note]


def test_a_line_longer_than_a_record_may_be_is_one_reject() -> None:
    data = HEAD + GOOD + b"x" * 5000 + b"\r\n" + b"e;3;f\n"
    ((columns, records, refused, evidence),) = stream_bytes(data, limit=1000, block=100)
    assert columns == ("nom", "age", "ville")
    assert [record[1:] for record in records] == [("a", "1", "b"), ("c", "2", "d"), ("e", "3", "f")]
    assert [(row["line"], row["position"], row["verbatim"], row["reason"]) for row in refused] == [
        (4, 26, b"x" * 5000, "line_too_long")
    ]
    assert evidence.records_found == 4


def test_many_columns_and_long_fields() -> None:
    names = [f"colonne_{place}" for place in range(10_000)]
    values = [str(place) for place in range(9_999)] + ["x" * 1_000_000]
    table = read_bytes("\n".join([";".join(names), ";".join(values)]).encode())
    assert table.columns == tuple(names)
    assert rows(table) == [tuple(values)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'1;"ab "c" d";3\n', ("1", 'ab "c" d', "3")),
        (b'1;"ab\ncd"\n', ("1", "ab\ncd", "")),
        (b'1;"ab "x" \nc";2\n', ("1", 'ab "x" \nc', "2")),
        (b"1;2\0;3\n", ("1", "2", "3")),
    ],
    ids=["stray quotes", "short, two lines", "stray quotes, two lines", "NUL"],
)
def test_a_file_of_odd_records_only(line: bytes, expected: Row) -> None:
    table = read_bytes(HEAD + line * 3000)
    assert rows(table) == [expected] * 3000


# --- properties --------------------------------------------------------------------------------------------------

TOKENS = [
    b"a",
    b"12",
    b";",
    b'"',
    b'""',
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"\xe9",
    b"\xc3\xa9",
    b'";"',
    b" ",
    b"\xef\xbb\xbf",
]
TOKENS += [b"\\", b'\\"', b"nom;b\n", b"nom;age;ville\n", b'"x\ny"', b"||", b"(3 rows)\n", b"\x1f", b","]
LEADS = [b"", b"nom;b\n", HEAD, b'\xef\xbb\xbf"a";"b"\n', b"a||b||c\n", b"\xff\xfe"]
DIRTY = st.tuples(st.sampled_from(LEADS), st.lists(st.sampled_from(TOKENS), max_size=60).map(b"".join)).map(b"".join)
ANY = st.one_of(DIRTY, st.binary(max_size=200))


@given(data=ANY, block=st.integers(1, 40), limit=st.sampled_from([30, 1 << 25]))
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_are_accounted_for_wherever_the_blocks_are_cut(data: bytes, block: int, limit: int) -> None:
    try:
        whole = stream_bytes(data, limit=limit)
    except InternalError:
        raise
    except ColmateError:
        return
    assert stream_bytes(data, limit=limit, block=block) == whole
    for _, records, refused, evidence in whole:
        assert evidence.records_found == evidence.records_read + evidence.records_rejected
        assert (evidence.records_read, evidence.records_rejected) == (len(records), len(refused))
        assert [record[0] for record in records] == list(range(1, len(records) + 1))
        assert evidence.bytes_accounted == evidence.bytes == len(data)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff\ufffd\\ÃÂâïÅÄ√├"), max_size=8)
QUOTINGS = (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)
DIALECTS = [{"delimiter": delimiter, "quoting": quoting} for delimiter in ",;\t|^\x01" for quoting in QUOTINGS]


@given(data=st.data(), dialect=st.sampled_from(DIALECTS), end=st.sampled_from(["\n", "\r\n", "\r"]))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_a_writer_wrote_comes_back(data: st.DataObject, dialect: dict[str, object], end: str) -> None:
    width = data.draw(st.integers(2, 5))
    records = data.draw(st.lists(st.tuples(*[TEXT] * width), max_size=6))
    names = tuple(f"nom_{place}" for place in range(width))
    records = [record for record in records if record != names]
    buffer = io.StringIO()
    # three records that say how wide the table is and that it has a header
    anchor = [tuple(str(100 + place) for place in range(width))] * 3
    end = end if dialect["quoting"] == csv.QUOTE_ALL else "\r\n"  # this writer quotes only its own line end
    csv.writer(buffer, lineterminator=end, **dialect).writerows([names, *anchor, *records])  # type: ignore[arg-type]
    table = read_bytes(buffer.getvalue().encode(), delimiter=str(dialect["delimiter"]), encoding="utf-8")
    assert table.columns == names
    assert rows(table) == [*anchor, *records]
    assert rejects(table) == []


@given(records=st.lists(st.tuples(TEXT, TEXT), min_size=0, max_size=5))
@settings(max_examples=100, deadline=None)
def test_what_a_writer_escaped_comes_back(records: list[Row]) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, doublequote=False, escapechar="\\", lineterminator="\n")
    anchor = [("1", 'a "b" c')] * 3
    writer.writerows([("numero", "texte"), *anchor, *records])
    table = read_bytes(buffer.getvalue().encode(), delimiter=",", encoding="utf-8")
    assert rows(table) == [*anchor, *records]
    assert table.evidence.dialect is not None
    assert table.evidence.dialect.escape == "\\"
