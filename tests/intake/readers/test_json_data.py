from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.intake import reading
from colmate.intake.readers.json_data import FORMATS, runs, sniff_json, sniff_lines, structure, wide
from colmate.intake.readers.json_data import flat as flat_records
from colmate.intake.readers.json_data.documents import Parser, depth_of
from colmate.intake.readers.json_data.flat import Flattener, columns_of
from colmate.intake.reading import Head, Reference
from tests.intake.readers.harness import Found, read_with

LINES, JSON = FORMATS


def read(content: bytes | str, **options: Any) -> Found:
    data = content.encode() if isinstance(content, str) else content
    return read_with(JSON, data, **options)


def head(content: bytes | str) -> Head:
    data = content.encode() if isinstance(content, str) else content
    return Head(data, data, whole=True)


@pytest.mark.parametrize(
    ("content", "tables"),
    [
        ('[{"a":1,"b":"x"},{"a":2}]', {"leak": [{"a": "1", "b": "x"}, {"a": "2", "b": ""}]}),
        ('{"a":1}\n{"a":2}\n', {"leak": [{"a": "1"}, {"a": "2"}]}),
        ('\ufeff{"a":1}\r\n\r\n{"a":2}', {"leak": [{"a": "1"}, {"a": "2"}]}),
        ('{"a":1}{"a":2} {"a":3}', {"leak": [{"a": "1"}, {"a": "2"}, {"a": "3"}]}),
        ('{\n "a": 1\n}\n{\n "a": 2\n}', {"leak": [{"a": "1"}, {"a": "2"}]}),
        ('\x1e{"a":1}\n\x1e{"a":2}\n', {"leak": [{"a": "1"}, {"a": "2"}]}),
        ('{"a":1}', {"leak": [{"a": "1"}]}),
        ('var x = [{"a":1}];', {"leak": [{"a": "1"}]}),
        ('jsonp123({"a":1})', {"leak": [{"a": "1"}]}),
        ('[1, 2, "x, y"]', {"leak": [{"value": "1"}, {"value": "2"}, {"value": "x, y"}]}),
        ('[["nom","age"],["A",3]]', {"leak": [{"nom": "A", "age": "3"}]}),
        ('["nom","age"]\n["A",3]\n', {"leak": [{"nom": "A", "age": "3"}]}),
        (
            '[["A","B"],["C","D"]]',
            {"leak": [{"column_1": "A", "column_2": "B"}, {"column_1": "C", "column_2": "D"}]},
        ),
        ("[[1,2]]", {"leak": [{"column_1": "1", "column_2": "2"}]}),
        ('[{"a":{"b":{"c":1},"d":[]}}]', {"leak": [{"a.b.c": "1", "a.d": ""}]}),
        ('[{"a":["x","y",3]}]', {"leak": [{"a": "x | y | 3"}]}),
        ('[{"a.b":1,"a":{"b":2}}]', {"leak": [{"a.b": "1", "a.b_2": "2"}]}),
        ('[{"a":true,"b":false,"c":null}]', {"leak": [{"a": "true", "b": "false", "c": ""}]}),
        (
            '{"patients":[{"a":1}],"visits":[{"b":2},{"b":3}]}',
            {"patients": [{"a": "1"}], "visits": [{"b": "2"}, {"b": "3"}]},
        ),
        ('{"x":{"patients":[{"a":1}]}}', {"x.patients": [{"a": "1"}]}),
        (
            '{"-K1":{"n":1},"-K2":{"n":2},"-K3":{"n":3}}',
            {"leak": [{"_key": "-K1", "n": "1"}, {"_key": "-K2", "n": "2"}, {"_key": "-K3", "n": "3"}]},
        ),
        ("[]", {}),
        ("{}", {}),
        ("[{}, null, {}]", {}),
        ("{\n}", {}),
        ("[ ]", {}),
        ("{ }\n{\t}\n", {}),
        ('[{ },{"a":1},[ ]]', {"leak": [{"a": "1"}]}),
    ],
)
def test_layouts(content: str, tables: dict[str, list[dict[str, str]]]) -> None:
    found = read(content)
    assert found.tables == tables
    assert not found.rejects


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("1.10", "1.10"),
        ("1e3", "1e3"),
        ("-0.0", "-0.0"),
        ("154039807865432109876543210", "154039807865432109876543210"),
        ("154031265432181", "154031265432181"),
        ('"0123"', "0123"),
        ('"caf\\u00e9 \\ud83d\\ude00"', "café 😀"),
        ('"a\\u0000b"', "a\0b"),
        ("NaN", ""),
        ("-Infinity", ""),
        ('"a\tb"', "a\tb"),
        ("1" * 5000, "1" * 5000),
    ],
)
def test_values_keep_their_digits(written: str, text: str) -> None:
    assert read(f'[{{"a":{written}}}]').tables == {"leak": [{"a": text}]}
    assert read(f'{{"a":{written}}}\n{{"a":1}}\n').tables["leak"][0] == {"a": text}


def test_lone_surrogates_do_not_stop_the_reading() -> None:
    assert len(read('[{"a":"\\ud800"},{"\\udc00":1}]').tables["leak"]) == 2


def test_lists_of_objects_are_tables_of_their_own() -> None:
    found = read('[{"id":7,"visits":[{"d":1,"acts":[{"c":"A"},{"c":"B"}]},{"d":2}]},{"id":8,"visits":[]}]')
    assert [row["id"] for row in found.tables["leak"]] == ["7", "8"]
    assert found.tables["leak.visits"] == [
        {"_parent": "7", "d": "1", "_row": "1"},
        {"_parent": "7", "d": "2", "_row": ""},
    ]
    assert found.tables["leak.visits.acts"] == [{"_parent": "1", "c": "A"}, {"_parent": "1", "c": "B"}]
    assert found.declared["leak"].primary == ("id",)
    assert found.declared["leak.visits"].references == (Reference(("_parent",), "leak", ("id",)),)
    assert found.declared["leak.visits.acts"].references == (Reference(("_parent",), "leak.visits", ("_row",)),)
    assert found.account.found == 6


def test_members_around_the_records_are_a_record_too() -> None:
    found = read('{"id":5,"name":"X","tags":["a","b"],"about":{"k":1},"visits":[{"q":1},{"q":2}],"n":3}')
    assert found.tables["leak"] == [{"id": "5", "name": "X", "tags": "a | b", "about.k": "1", "n": "3"}]
    assert found.tables["visits"] == [{"_parent": "5", "q": "1"}, {"_parent": "5", "q": "2"}]
    assert found.declared["visits"].references == (Reference(("_parent",), "leak", ("id",)),)


def test_mongodb() -> None:
    found = read(
        '{"_id":{"$oid":"65a1"},"d":{"$date":{"$numberLong":"315532800000"}},"e":{"$date":"1980-01-01T10:00:00Z"},'
        '"n":{"$numberLong":"154031265432181"},"m":{"$numberDecimal":"1.50"},"b":{"$binary":{"base64":"AAA=","subType":"00"}},'
        '"l":[{"$oid":"1"},{"$oid":"2"}],"r":{"$ref":"x","$id":{"$oid":"9"}},"v":[{"x":{"$numberInt":"1"}}]}\n'
        '{"_id":{"$oid":"65a2"},"d":{"$date":-1}}\n'
    )
    first = found.tables["leak"][0]
    assert first == {
        "_id": "65a1", "d": "1980-01-01", "e": "1980-01-01T10:00:00Z", "n": "154031265432181", "m": "1.50",
        "b": "AAA=", "l": "1 | 2", "r": "9",
    }  # fmt: skip
    assert found.tables["leak.v"] == [{"_parent": "65a1", "x": "1"}]
    assert not found.account.notes


@pytest.mark.parametrize(
    "content",
    [
        '{"_index":"pat","_type":"_doc","_id":"1","_score":1,"_source":{"a":1}}\n{"_index":"pat","_id":"2","_source":{"a":2}}\n',
        '{"index":{"_index":"pat","_id":"1"}}\n{"a":1}\n{"create":{"_index":"pat","_id":"2"}}\n{"a":2}\n',
        '{"took":1,"hits":{"total":{"value":2},"hits":[{"_index":"pat","_id":"1","_source":{"a":1}},'
        '{"_index":"pat","_id":"2","_source":{"a":2}}]}}',
    ],
)
def test_elasticsearch(content: str) -> None:
    found = read(content)
    assert found.tables == {"pat": [{"_id": "1", "a": "1"}, {"_id": "2", "a": "2"}]}
    assert found.account.found == 2


def test_phpmyadmin() -> None:
    found = read(
        '[\n{"type":"header","version":"5.0"},\n{"type":"database","name":"d"},\n'
        '{"type":"table","name":"patient","database":"d","data":\n[\n{"id":"1"},\n{"id":"2"}\n]\n}\n'
        ',{"type":"table","name":"vide","database":"d","data":\n[\n]\n}\n]\n'
    )
    assert found.tables == {"patient": [{"id": "1"}, {"id": "2"}]}


@pytest.mark.parametrize(
    ("content", "kept", "rejects"),
    [
        ('{"a":1}\n{"a":\n{"a":3}\n{"a":4}\n', ["1", "3", "4"], [(2, 8, b'{"a":', "truncated_json")]),
        ('{"a":1}\n{\'a\':2}\n{"a":3}\n', ["1", "3"], [(2, 8, b"{'a':2}", "malformed_json")]),
        ('{"a":1}\n{"a":2}x\n{"a":3}\n', ["1", "3"], [(2, 8, b'{"a":2}x', "malformed_json")]),
        ('[{"a":1},{"a":2},{"a":', ["1", "2"], [(1, 17, b'{"a":', "truncated_json")]),
        ('[{"a":1},\n{"a":"x},\n{"a":3},{"a":4}]', ["1", "3", "4"], [(2, 10, b'{"a":"x},\n', "malformed_json")]),
        ('[{"a":1},{"a":{"b":2},{"a":3},{"a":4}]', ["1", "3", "4"], [(1, 9, b'{"a":{"b":2},', "malformed_json")]),
        ('[{"a":1},{"a":,},{"a":3}]', ["1", "3"], [(1, 9, b'{"a":,}', "malformed_json")]),
        ('[{"a":1},x,{"a":3}]', ["1", "3"], [(1, 9, b"x", "malformed_json")]),
        ('[{"a":1}},{"a":3}]', ["1", "3"], [(1, 17, b"]", "malformed_json")]),
    ],
)
def test_damage_costs_the_damaged_record_only(content: str, kept: list[str], rejects: list[tuple[Any, ...]]) -> None:
    found = read(content)
    assert [row["a"] for row in found.tables["leak"]] == kept
    assert found.rejects == rejects


def test_repeated_keys_are_noted() -> None:
    found = read('{"a":1,"a":2}\n{"a":"say \\"x\\":y"}\n')
    assert [row["a"] for row in found.tables["leak"]] == ["2", 'say "x":y']
    assert found.account.notes == {"key_repeated": 1}


@pytest.mark.parametrize("bracket", ["[", '{"a":', '[{"a":'])
@pytest.mark.parametrize("closed", [False, True])
def test_deep_nesting_is_refused_without_recursion(bracket: str, closed: bool) -> None:
    ends = "".join({"[": "]", "{": "}"}[char] for char in reversed(bracket) if char in "[{")
    found = read(bracket * 50_000 + (("1" if "{" in bracket else "") + ends * 50_000 if closed else ""))
    assert not any(found.tables.values())
    assert len(found.rejects) == 1
    assert depth_of(b"[" * 100_000) == 100_000


def test_nested_lists_within_the_limit() -> None:
    found = read("[" + '{"a":[' * 90 + '{"b":1}' + "]}" * 90 + "]")
    assert not found.rejects
    assert found.account.found == 91


@pytest.mark.parametrize("layout", ["lines", "list"])
def test_too_long_records(layout: str) -> None:
    rows = ['{"a":"1"}', '{"a":"' + "x" * 5_000 + '"}', '{"a":"3"}', '{"a":"4"}']
    content = "\n".join(rows) + "\n" if layout == "lines" else "[" + ",".join(rows) + "]"
    found = read(content, limit=1_000, block=512)
    assert [row["a"] for row in found.tables["leak"]] == ["1", "3", "4"]
    assert [reject[3] for reject in found.rejects] == ["record_too_long"]


def test_columns_and_tables_are_bounded() -> None:
    wide = {f"k{place}": place for place in range(5_000)}
    found = read(json.dumps([wide, {"k0": 1}]))
    assert len(found.columns["leak"]) == 2_001
    assert json.loads(found.tables["leak"][0]["_rest"])["k4999"] == "4999"
    many = [{f"t{chr(97 + place // 26)}{chr(97 + place % 26)}": [{"x": 1}]} for place in range(600)]
    found = read(json.dumps([{key + str(place): rows for key, rows in one.items()} for place, one in enumerate(many)]))
    assert len(found.tables) < 300
    assert found.account.found == 1_200


def test_names_of_tables_hold_no_value() -> None:
    found = read('[{"a@example.fr":[{"x":1}],"0199001122":[{"x":2}]}]')
    assert set(found.tables) == {"leak", "leak.list"}


def test_hostile_texts_take_no_time() -> None:
    start = time.process_time()
    for content in (
        b"}" * 300_000,
        b"}{" * 20_000,
        b'{"a":[],' * 3_000,
        b'[{"a":1},' + b'{"a":"x},' * 3_000,
        b"[" + b"1," * 200_000,
        b'"' * 100_000,
        b'{"a":1,"b":"' + b"\\" * 100_001,
        b"[,,,,[,,]" * 5_000,
    ):
        read(content)
    assert time.process_time() - start < 20


def test_past_so_much_damage_the_rest_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colmate.intake.readers.json_data.structure.RESTARTS", 3)
    found = read('[{"a":1},' + '{"a":"x},{"a":2},' * 50 + '{"a":3}]', block=64)
    assert found.tables["leak"][0] == {"a": "1"}
    assert {reject[3] for reject in found.rejects} == {"malformed_json"}


@pytest.mark.parametrize(
    ("content", "lines", "whole"),
    [
        ('{"a":1}\n{"a":2}\n', True, True),
        ('[{"a":1}]', False, True),
        ('  {"a": 1}', False, True),
        ("[1,2]", False, True),
        ("a;b\n1;2\n", False, False),
        ('{"a":1};x\n', False, True),
        ('id,doc\n1,"{""a"":1}"\n', False, False),
        ("<html></html>", False, False),
        ("[section]\nkey=1\n", False, False),
        ("[2020-01-01] Dossier ouvert\n", False, False),
        ("{\\rtf1\\ansi", False, False),
        ("{name} est venu", False, False),
        ("[1, 2] sont venus\n", False, False),
        ('["a"] est venu\n', False, False),
        ("", False, False),
        ('"a","b"\n"c","d"\n', False, False),
        ("INSERT INTO x VALUES ('{\"a\":1}');", False, False),
    ],
)
def test_sniff(content: str, lines: bool, whole: bool) -> None:
    assert (sniff_lines(head(content)) > 0) is lines
    assert (sniff_json(head(content)) > 0) is whole


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('aé漢😀 \\"{}[]:,\n\t', max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('ab_é."\\', min_size=1, max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
RECORDS = st.lists(
    st.dictionaries(st.sampled_from(["id", "a", "b", "list"]), VALUES, min_size=1, max_size=4), min_size=2, max_size=6
)


def flat_rows(found: Found) -> list[tuple[str, str]]:
    return [
        (table, json.dumps({k: v for k, v in row.items() if v})) for table, rows in found.tables.items() for row in rows
    ]


@settings(max_examples=60, deadline=None)
@given(RECORDS, st.integers(1, 64))
def test_list_lines_and_blocks_give_the_same(records: list[dict[str, Any]], block: int) -> None:
    lines = read("".join(json.dumps(one) + "\n" for one in records))
    as_list = read(json.dumps(records))
    spaced = read(json.dumps(records, indent=1), block=block)
    assert lines.tables == as_list.tables == spaced.tables
    assert not lines.rejects and not spaced.rejects
    assert len(lines.tables["leak"]) == len(records)


@settings(max_examples=40, deadline=None)
@given(RECORDS, st.booleans(), st.data())
def test_a_cut_gives_what_is_before_it(records: list[dict[str, Any]], lines: bool, data: st.DataObject) -> None:
    content = ("".join(json.dumps(one) + "\n" for one in records) if lines else json.dumps(records)).encode()
    start = len(json.dumps(records[0])) + 2
    place = data.draw(st.integers(start, len(content)))
    whole, part = read(content), read(content[:place])
    rows = part.tables.get("leak", [])
    cut = [{k: v for k, v in row.items() if v} for row in rows]
    if len(rows) > 1 or not lines:
        assert cut == [{k: v for k, v in row.items() if v} for row in whole.tables["leak"][: len(rows)]]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                b"{",
                b"}",
                b"[",
                b"]",
                b'"',
                b":",
                b",",
                b'"a"',
                b"1",
                b"\n",
                b"\\",
                b"null",
                b'{"a":1}',
                b"\xff",
                b"\0",
                b" ",
            ]
        ),
        max_size=40,
    )
)
def test_any_pieces_are_accounted_for(pieces: list[bytes]) -> None:
    content = b"".join(pieces)
    sniff_json(head(content))
    read_with(LINES, content)
    read_with(JSON, content, block=3)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_accounted_for(content: bytes) -> None:
    sniff_lines(head(content))
    read_with(JSON, content)


@settings(max_examples=60, deadline=None)
@given(RECORDS, st.data())
def test_mutations_are_accounted_for(records: list[dict[str, Any]], data: st.DataObject) -> None:
    content = bytearray(json.dumps({"n": 1, "patients": records, "m": {"x": [1, 2]}, "z": records}).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.sampled_from(b'{}[]",:x\\'))
    read_with(JSON, bytes(content), block=data.draw(st.integers(1, 50)))


DEEP = b"[" * 250 + b"]" * 250
ODD = [b"{}", b"{ }", b"null", b"5", b'"text, {"', b'[1,{"a":2}]', b'{"a":1,"a":2}', b'{"a":NaN}', b'{"a":"\\ud800"}']
BROKEN = [
    b'{"a":1',
    b'{"a" 1}',
    b'{"a":1}}',
    b"{]",
    b'{"_index":"i","_id":"7","_source":{"b":1}}',
    b"[" * 250 + b"]" * 250,
]


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.sampled_from(ODD + BROKEN) | RECORDS.map(lambda some: json.dumps(some[0]).encode()), max_size=30),
    st.sampled_from([b",", b", ", b",\n  ", b" ,\n", b",,"]),
    st.booleans(),
    st.integers(20, 4000),
)
def test_many_at_once_and_one_by_one_give_the_same(items: list[bytes], comma: bytes, owned: bool, block: int) -> None:
    content = b"[" + comma.join([b'{"id":1}', *items, *([b'{"id":2}'] * 5)]) + b"]"
    if owned:
        content = b'{"id":"x","rows":' + content + b"}"
    many = read_with(JSON, content, block=block)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "FEWEST", 1 << 40)
        single = read_with(JSON, content, block=block)
    assert many.tables == single.tables
    assert many.rejects == single.rejects
    assert many.account.bytes == single.account.bytes
    assert many.account.notes == single.account.notes


ODD_VALUES = [
    {"$oid": "65f"}, {"$date": {"$numberLong": "0"}}, {"$numberLong": "7"}, {"$x": 1}, {"a": None}, {"id": ""},
    [None, {}], [{"$oid": "1"}], [{"a": 1}, None, {"b": [{"c": 2}]}], [[1, 2], {"a": 1}], 10**30, 0.10,
    {"1": {"n": 1}, "2": {"n": 2}, "3": {}},
]  # fmt: skip
RICH = st.dictionaries(
    st.sampled_from(["id", "_id", "_row", "_parent", "_key", "a", "a.b", ""]),
    VALUES | st.sampled_from(ODD_VALUES) | st.dictionaries(st.sampled_from("ab"), VALUES, max_size=2),
    max_size=4,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(RICH, min_size=5, max_size=12), st.sampled_from(["list", "lines", "map", "hits", "behind"]))
def test_columns_and_records_give_the_same(records: list[dict[str, Any]], form: str) -> None:
    if form == "map":
        content = json.dumps({f"-K{place}": {"n": 1, **one} for place, one in enumerate(records)})
    elif form == "hits":
        hits = [{"_index": "i", "_id": str(place), "_source": one} for place, one in enumerate(records)]
        content = json.dumps({"took": 1, "hits": {"hits": hits}})
    elif form == "behind":
        content = "\n".join(json.dumps(one, indent=1) for one in [{"a": {}}, *records])
    else:
        content = json.dumps(records) if form == "list" else "\n".join(map(json.dumps, records))
    assert_many_is_single(content)


def ordered(found: Found) -> dict[str, list[Any]]:
    """The tables; lists under two paths may share one ({"a": {"b": […]}}, {"a": [{"b": […]}]}): their order is free."""
    return {
        name: rows if name.count(".") < 2 else sorted(rows, key=lambda row: sorted(row.items()))
        for name, rows in found.tables.items()
    }


def assert_many_is_single(content: str, **options: Any) -> None:
    many = read(content, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flattener, "take", lambda *_: None)
        for name in ("several", "members", "lines"):
            patch.setattr(Parser, name, lambda *_: None)
        single = read(content)
    assert ordered(many) == ordered(single)
    # where two paths share a table, it is said to belong to the one that was met last
    own = [{name: one for name, one in found.declared.items() if name.count(".") < 2} for found in (many, single)]
    assert own[0] == own[1]
    assert many.rejects == single.rejects
    assert many.account.bytes == single.account.bytes
    assert many.account.notes == single.account.notes


@settings(max_examples=80, deadline=None)
@given(st.lists(RICH, min_size=5, max_size=30))
def test_records_that_share_few_columns_are_read_as_others(records: list[dict[str, Any]]) -> None:
    content = json.dumps(records)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wide, "FEW", 1)
        for module in (reading, wide):
            patch.setattr(module, "SPARSE", 1)
        sparse = read(content)
    found = read(content)
    assert ordered(sparse) == ordered(found)
    assert sparse.account.notes == found.account.notes


@pytest.mark.parametrize("broken", ['{"a":', '{"a":1}{"a":2}', "", '{"a":1', '["a"]', '{"index":{"_index":"i"}}', "{}"])
def test_a_line_among_many_that_is_no_record(broken: str) -> None:
    lines = ['{"a":0}'] * 6
    assert_many_is_single("\n".join([*lines, broken, '"b":2}', *lines]))


def test_records_of_a_list_are_taken_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    objects = runs.objects

    def watched(parser: Parser, text: bytes, count: int) -> list[dict[str, Any]] | None:
        taken.append(count)
        return objects(parser, text, count)

    monkeypatch.setattr(structure, "objects", watched)
    read(json.dumps({"rows": [{"a": [place]} for place in range(100)]}))
    assert taken == [99]


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        ('{"a":1},{"a":2}', {"a": ["1", "2"]}),
        ('{ "a" : 1 , "b":"x" } ,\n\t{"a": 2,"b": "y"}', {"a": ["1", "2"], "b": ["x", "y"]}),
        ('{"a":1,"b":2},{"b":3},{"c":null,"a":4}', {"a": ["1", None, "4"], "b": ["2", "3", None], "c": [None] * 3}),
        ('{"a":null},{"a":true},{"a":-1.50e+3}', {"a": [None, "true", "-1.50e+3"]}),
        ('{"a":154039807865432109876543210},{"a":"{[,:]}"}', {"a": ["154039807865432109876543210", "{[,:]}"]}),
        ('{"a":"\\u00e9\\"","b":"x"},{"a":"\\\\","b":""}', {"a": ['é"', "\\"], "b": ["x", ""]}),
    ],
)
def test_flat_records_are_columns(content: str, columns: dict[str, list[str | None]]) -> None:
    found = columns_of(content.encode(), lines=False)
    assert found is not None
    assert {key: texts.to_pylist() for key, texts in found[1].items()} == columns


@pytest.mark.parametrize(
    "record",
    [
        '{"a":1,"a":2}',
        '{"a":1,"\\u0061":2}',
        '{"a":{}}',
        '{"a":[]}',
        "{}",
        '{"a":}',
        '{"a"}',
        '{"a":01}',
        '{"a":1.}',
        '{"a":-0}',
        '{"a":-}',
        '{"a":+1}',
        '{"a":0x1F}',
        '{"a":1 2}',
        '{"a":NaN}',
        '{"a":nul}',
        '{"a":True}',
        '{"a":.5}',
        '{"a":"x\ty"}',
        '{"a":"\\x"}',
        '{"a":"\\ud800"}',
        '{"a":1,}',
        '{,"a":1}',
        '{"a":1}x',
        '{"a":1};',
        '{"a" 1}',
        '{"a"x:1}',
        '{x"a":1}',
        '{"a":"b"x}',
        '{"a":x"b"}',
        "{a:1}",
        '{"a":"b""c"}',
        '{"a"::1}',
        '{"_row":1}',
        '{"":1}',
        '{"a":1e}',
        '{"a":--1}',
        '{"a":1\x0b}',
        '{"a":1}}',
        '{"a":"b\\',
        '{"a":1}{"a":2}',
        '{"a":\xa01}',
        '{"a":٣}',
    ],
)
@pytest.mark.parametrize("lines", [False, True])
def test_what_is_no_flat_record_is_left_to_the_parser(record: str, lines: bool) -> None:
    apart = "\n" if lines else ","
    assert columns_of(apart.join(['{"a":1}', record, '{"a":2}']).encode(), lines=lines) is None
    whole = [f'{{"a":{place}}}' for place in range(6)]
    content = apart.join([*whole, record, *whole])
    assert_many_is_single(content if lines else f"[{content}]")


BARE = st.sampled_from(["0", "-1", "154031265432181", "1.10", "1e3", "-0", "true", "false", "null", "9" * 30, "NaN"])
TEXTS = st.text('aé漢😀 \\"{}[]:,\n\x7f', max_size=8)
STRINGS = TEXTS.map(json.dumps) | TEXTS.map(lambda text: json.dumps(text, ensure_ascii=False))
SPACE = st.sampled_from(["", "", "", " ", "\t", "  "])
NAMES = st.sampled_from(["id", "_id", "a", "b", "é", "a b", "_row", "$oid", "_source", "_index"]).map(json.dumps)


@st.composite
def written(draw: st.DrawFn) -> str:
    """Draw a record as some software writes it: any blanks, any spelling, a key twice, seldom a value that is none."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=draw(st.integers(0, 9)) > 0))
    blank = [draw(SPACE) for _ in range(4)]
    values = [draw(BARE | STRINGS | st.just('"x"')) for _ in names]
    members = [f"{blank[0]}{name}{blank[1]}:{blank[2]}{value}" for name, value in zip(names, values, strict=True)]
    return "{" + ",".join(members) + blank[3] + "}"


@settings(max_examples=200, deadline=None)
@given(
    st.lists(written(), min_size=5, max_size=12),
    st.sampled_from(["[{}]", '{{"id":"k","rows":[{}]}}', "{}", "{}\n", " {}\n"]),
    st.integers(10, 400),
    st.integers(0, 60) | st.none(),
)
def test_flat_records_and_the_parser_give_the_same(records: list[str], form: str, block: int, cut: int | None) -> None:
    between = ",\n" if "[" in form else " \t" if form[0] == " " else "\r\n"
    content = form.format(between.join(records))
    assert_many_is_single(content)
    assert_many_is_single(content if cut is None else content[: -cut - 1], block=block)


def test_flat_records_are_tried_less_where_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bool] = []
    monkeypatch.setattr(flat_records, "columns_of", lambda *_, **__: tried.append(True))
    flattener = Flattener(lines=True)
    assert not any(flattener.take(b"") for _ in range(100))
    assert len(tried) == 7
