"""Chunks joined into tables: columns by name, records numbered, declarations kept, memory bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colmate.errors import FormatError
from colmate.intake import joining
from colmate.intake.joining import Joiner, Known
from colmate.intake.reading import Chunk, Declared, Meaning, Reference, Rows, Within


def _chunk(table: str, declared: Declared | None = None, /, **columns: Sequence[str | None]) -> Chunk:
    return _of(table, columns, declared)


def _of(table: str, columns: Mapping[str, Sequence[str | None]], declared: Declared | None = None) -> Chunk:
    return Chunk(table, pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()}), declared)


def _joined(chunks: list[Chunk], within: Within | None = None) -> dict[str, tuple[Known, list[dict[str, object]]]]:
    joiner = Joiner()
    found: dict[str, tuple[Known, list[dict[str, object]]]] = {}
    pieces: list[tuple[Known, pa.Table]] = []
    for count, chunk in enumerate(chunks, 1):
        joiner.add(chunk, joiner.known(chunk.table) or Known(count, chunk.table, "leak"), within)
        pieces.extend(joiner.due())
    pieces.extend(joiner.rest())
    for known, table in pieces:
        known_rows = found.setdefault(known.name, (known, []))[1]
        known_rows.extend(table.to_pylist())
    return found


def test_columns_are_joined_by_name_and_records_numbered() -> None:
    found = _joined([_chunk("a", x=["1"], y=["2"]), _chunk("b", z=["9"]), _chunk("a", y=["3"], w=[None])])
    known, rows = found["a"]
    assert known.columns == ["x", "y", "w"]
    assert rows == [
        {"record": 1, "c0": "1", "c1": "2", "c2": ""},
        {"record": 2, "c0": "", "c1": "3", "c2": ""},
    ]
    assert (known.records, found["b"][0].records) == (2, 1)


def test_names_that_look_the_same_stay_apart() -> None:
    (known, _rows), *_ = _joined([_of("a", {"nom": ["1"], "nom ": ["2"], "": ["3"]})]).values()
    assert known.columns == ["nom", "nom_2", "column_3"]


def test_a_table_without_records_is_known() -> None:
    known, rows = _joined([_chunk("a", x=[], y=[])])["a"]
    assert (known.columns, rows, known.records) == (["x", "y"], [], 0)


def test_declarations_follow_the_names_that_columns_go_by() -> None:
    declared = Declared(("id",), (Reference(("id ",), "b", ("k",)),), {"id ": Meaning("patient_id", "patient")})
    known, _ = _joined([_of("a", {"id": ["1"], "id ": ["2"]}, declared)])["a"]
    assert known.declared == Declared(
        ("id",), (Reference(("id_2",), "b", ("k",)),), {"id_2": Meaning("patient_id", "patient")}
    )


def test_what_was_found_in_a_record_refers_to_it() -> None:
    known, rows = _joined([_chunk("a", x=["1"]), _chunk("a", x=["2"])], Within("messages", "key", "1-7"))["a"]
    assert known.columns == ["x", "within"]
    assert [row["c1"] for row in rows] == ["1-7", "1-7"]
    assert known.declared.references == (Reference(("within",), "messages", ("key",)),)


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(FormatError, match="columns"):
        _joined([_of("a", {f"k{place}": ["1"] for place in range(joining.WIDEST + 1)})])


def test_large_tables_are_handed_out_as_they_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "PIECE", 1000)
    known, rows = _joined([_chunk("a", x=["y" * 600]) for _ in range(7)])["a"]
    assert [row["record"] for row in rows] == list(range(1, 8))
    assert known.pieces > 2


@given(st.lists(st.tuples(st.sampled_from("ab"), st.dictionaries(st.sampled_from("xyz"), st.text(max_size=3)))))
def test_no_record_and_no_cell_is_lost(records: list[tuple[str, dict[str, str]]]) -> None:
    rows, chunks = Rows(limit=3), list[Chunk]()
    for table, record in records:
        rows.add(table, record | {"key": "k"})
        if rows.full:
            chunks.extend(rows.take())
    chunks.extend(rows.take())
    found = _joined(chunks)
    for table in "ab":
        expected = [record for name, record in records if name == table]
        got = [
            {name: row[f"c{place}"] for place, name in enumerate(found[table][0].columns) if row[f"c{place}"]}
            for row in (found[table][1] if table in found else [])
        ]
        assert got == [{name: text for name, text in record.items() if text} | {"key": "k"} for record in expected]
