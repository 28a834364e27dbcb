"""Parquet and Arrow: every type as a person would write it, what is nested spread out, damage borne."""

from __future__ import annotations

import datetime
import decimal
import io

import pyarrow as pa
import pyarrow.feather as pf
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from colmate.errors import FormatError
from colmate.intake.evidence import Source
from colmate.intake.readers.columnar import FORMATS
from colmate.intake.reading import CERTAIN, Reference
from colmate.intake.values import text_of

from .harness import read_with

PARQUET, ARROW = FORMATS


def parquet(table: pa.Table, **options: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def ipc(table: pa.Table, *, stream: bool = False, rows: int = 100) -> bytes:
    sink = io.BytesIO()
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=rows)
    return sink.getvalue()


def feather(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pf.write_feather(table, sink)
    return sink.getvalue()


NOON = datetime.datetime(1941, 2, 28, 12, 30)
PARIS = pa.timestamp("ms", "Europe/Paris")
VALUES: list[tuple[str, pa.Array, list[str]]] = [
    ("whole numbers", pa.array([1, None, -3], pa.int16()), ["1", "", "-3"]),
    ("floats", pa.array([185057500000012.0, 37.5, float("nan")]), ["185057500000012", "37.5", ""]),
    ("short floats", pa.array([0.5, 2.0, None], pa.float32()), ["0.5", "2", ""]),
    ("half floats", pa.array([0.5, 2.0, None], pa.float16()), ["0.5", "2", ""]),
    ("truth", pa.array([True, False, None]), ["true", "false", ""]),
    ("decimals", pa.array([decimal.Decimal("1.50"), None, decimal.Decimal("-2.00")]), ["1.50", "", "-2.00"]),
    ("dates", pa.array([NOON.date(), None, NOON.date()]), ["1941-02-28", "", "1941-02-28"]),
    (
        "moments",
        pa.array([datetime.datetime(1941, 2, 28), NOON, NOON.replace(microsecond=120_000)], pa.timestamp("us")),
        ["1941-02-28", "1941-02-28 12:30:00", "1941-02-28 12:30:00.12"],
    ),
    (
        "moments of a zone",
        pa.array([NOON, None, datetime.datetime(2020, 1, 1)], PARIS),
        ["1941-02-28 12:30:00Z", "", "2020-01-01"],
    ),
    ("times", pa.array([NOON.time(), None, datetime.time(0, 0, 1, 500_000)]), ["12:30:00", "", "00:00:01.5"]),
    ("codes", pa.array(["a", None, "a"]).dictionary_encode(), ["a", "", "a"]),
    ("bytes", pa.array([b"Roux", b"\xff\x00", None]), ["Roux", "0xff00", ""]),
    ("long texts", pa.array(["Öz", "", None], pa.large_string()), ["Öz", "", ""]),
    ("views", pa.array(["Öz", "", None], pa.string_view()), ["Öz", "", ""]),
    ("nothing at all", pa.nulls(3), ["", "", ""]),
]


@pytest.mark.parametrize(("values", "texts"), [case[1:] for case in VALUES], ids=[case[0] for case in VALUES])
def test_values(values: pa.Array, texts: list[str]) -> None:
    table = pa.table({"c": values})
    assert [row["c"] for row in read_with(ARROW, ipc(table)).tables["leak"]] == texts
    if values.type not in (pa.float16(), pa.string_view()):
        assert [row["c"] for row in read_with(PARQUET, parquet(table)).tables["leak"]] == texts


def test_text_that_is_no_utf8_is_repaired() -> None:
    raw = pa.array([b"Roux", b"\xe9t\xe9"])
    values = pa.Array.from_buffers(pa.string(), 2, raw.buffers())
    assert [row["c"] for row in read_with(PARQUET, parquet(pa.table({"c": values}))).tables["leak"]] == [
        "Roux",
        "\ufffdt\ufffd",
    ]


NESTED = pa.table(
    {
        "nom": ["Roux", "Öz", "Le Gall"],
        "adresse": [{"ville": "Brest", "geo": {"lat": 48.5}}, None, {"ville": "Lyon", "geo": None}],
        "actes": [[{"code": "A", "lignes": [1, 2]}], [], [{"code": "B", "lignes": []}, {"code": "C", "lignes": None}]],
        "mails": [["a@example.fr", "b@example.fr"], None, []],
        "tags": pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int32())),
    }
)


@pytest.mark.parametrize("form", [PARQUET, ARROW])
def test_what_is_nested_is_spread_out(form: object) -> None:
    found = read_with(PARQUET, parquet(NESTED)) if form is PARQUET else read_with(ARROW, ipc(NESTED), name="leak")
    assert found.columns["leak"] == ["nom", "adresse.ville", "adresse.geo.lat", "row"]
    assert [row["row"] for row in found.tables["leak"]] == ["1-1", "1-2", "1-3"]
    assert found.tables["leak.actes"] == [
        {"row": "1-1", "code": "A", "lignes": "[1, 2]"},
        {"row": "1-3", "code": "B", "lignes": "[]"},
        {"row": "1-3", "code": "C", "lignes": ""},
    ]
    assert found.tables["leak.mails"] == [
        {"row": "1-1", "value": "a@example.fr"},
        {"row": "1-1", "value": "b@example.fr"},
    ]
    assert found.tables["leak.tags"] == [{"row": "1-1", "key": "k", "value": "1"}]
    assert found.declared["leak"].primary == ("row",)
    assert found.declared["leak.actes"].references == (Reference(("row",), "leak", ("row",)),)
    assert found.account.found == 3 + 3 + 2 + 1


MANY = pa.table({"nom": [f"NOM{place}" for place in range(1000)], "age": list(range(1000))})


def test_a_table_without_rows_and_columns_that_share_a_name() -> None:
    assert read_with(PARQUET, parquet(MANY.slice(0, 0))).columns == {"leak": ["nom", "age"]}
    twice = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["x", "x"])
    assert read_with(ARROW, ipc(twice)).tables == {"leak": [{"x": "a", "x_2": "b"}]}


@pytest.mark.parametrize("content", [ipc(MANY), ipc(MANY, stream=True), feather(MANY)])
def test_arrow_files_streams_and_feather(content: bytes) -> None:
    assert ARROW.sniff(Source.of(content).head) == CERTAIN
    assert len(read_with(ARROW, content).tables["leak"]) == 1000


# --- damage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_cut_arrow_file_gives_what_is_there(stream: bool, share: float) -> None:
    content = ipc(MANY, stream=stream)
    found = read_with(ARROW, content[: int(len(content) * share)])
    rows = found.tables["leak"]
    assert 0 < len(rows) < 1000
    assert [row["age"] for row in rows] == [str(place) for place in range(len(rows))]
    assert found.account.reasons == {"damaged_batch": 1}


def test_a_damaged_row_group_costs_its_own_rows() -> None:
    content = bytearray(parquet(MANY, row_group_size=250, compression="none", use_dictionary=False))
    begin = content.index(b"NOM300") - 200
    content[begin : begin + 60] = b"\xff" * 60
    found = read_with(PARQUET, bytes(content))
    assert found.account.found == 1000
    assert found.account.read >= 750
    assert set(found.account.reasons) <= {"damaged_row_group"}


@pytest.mark.parametrize("content", [b"PAR1" + bytes(20), parquet(MANY)[:-5], parquet(MANY)[:50], b"PARE" + bytes(20)])
def test_parquet_without_its_footer_is_refused(content: bytes) -> None:
    with pytest.raises(FormatError, match=r"^leak is a"):
        read_with(PARQUET, content)


SMALL = {"parquet": parquet(NESTED), "file": ipc(NESTED), "stream": ipc(NESTED, stream=True)}


@pytest.mark.parametrize("kind", list(SMALL))
@given(data=st.data())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_damage_is_borne(kind: str, data: st.DataObject) -> None:
    content = bytearray(SMALL[kind])
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_with(PARQUET if kind == "parquet" else ARROW, bytes(content))
    except FormatError:
        return


@given(content=st.binary(max_size=60))
def test_sniffing_raises_nothing(content: bytes) -> None:
    for lead in (b"", b"\xff\xff\xff\xff", b"PAR1"):
        head = Source.of(lead + content).head
        assert ARROW.sniff(head) in (0.0, CERTAIN)
        PARQUET.sniff(head)


@given(
    values=st.lists(
        st.one_of(st.none(), st.floats(width=64), st.floats(-1e9, 1e9).map(round).map(float)), min_size=1, max_size=20
    )
)
def test_floats_are_written_as_elsewhere(values: list[float | None]) -> None:
    found = [row["c"] for row in read_with(ARROW, ipc(pa.table({"c": pa.array(values, pa.float64())}))).tables["leak"]]
    for value, text in zip(values, found, strict=True):
        assert text == text_of(value) or float(text) == value
