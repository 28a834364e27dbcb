"""`colmate.link`: the linkage by itself, on a table in memory."""

from __future__ import annotations

import datetime
import decimal
import random
from functools import cache
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colmate
from colmate.engine import Engine
from colmate.errors import UsageError
from colmate.linking import resolved
from tests.subjects.people import Row, crowd

NAMES = {"NOM": "last", "PRENOM": "first", "DATE_NAISSANCE": "born"}
TYPES = {"NOM": "last_name", "PRENOM": "first_name", "DATE_NAISSANCE": "birth_date"}


def _table(rows: list[Row]) -> pa.Table:
    return pa.table({name: pa.array([row[key] for row in rows], pa.string()) for name, key in NAMES.items()})


def _parts(table: pa.Table, types: dict[str, str] | None = None) -> set[frozenset[int]]:
    found = colmate.link(table, types)
    groups: dict[int, set[int]] = {}
    for record, person in zip(found["record"].to_pylist(), found["person"].to_pylist(), strict=True):
        groups.setdefault(person, set()).add(record)
    return {frozenset(group) for group in groups.values()}


@pytest.mark.parametrize("types", [None, TYPES], ids=["recognised", "given"])
def test_it_tells_the_person_of_each_record(types: dict[str, str] | None) -> None:
    rows: list[Row] = [*crowd(60)[:3], *crowd(60)]
    found = colmate.link(_table(rows), types)
    assert found.column_names == ["record", "person", "probability"]
    assert found["record"].to_pylist() == list(range(1, 64))
    persons = found["person"].to_pylist()
    assert persons[:3] == persons[3:6]
    assert len(set(persons)) == 60
    assert all(0.5 <= one <= 1 for one in found["probability"].to_pylist())


def test_types_that_are_given_are_used_and_cells_are_read_as_an_analysis_reads_them() -> None:
    rows = crowd(40)
    days = [str(row["born"]).split("-") for row in rows]
    written = pa.table(
        {"a": [row["last"] for row in rows], "b": [row["first"] for row in rows],
         "c": ["/".join(reversed(day)) for day in days]}
    )  # fmt: skip
    types = {"a": "last_name", "b": "first_name", "c": "birth_date"}
    with Engine(threads=2) as engine:
        found = resolved(engine, written, types)
        known = engine.rows(found.persons.select("birth_date").order_by("birth_date"))
    assert [row["birth_date"] for row in known] == sorted(str(row["born"]) for row in rows)


def test_a_record_with_too_little_tells_no_person() -> None:
    rows: list[Row] = [{"last": None, "first": "AMBROISE", "born": None}, *crowd(40)]
    persons = colmate.link(_table(rows), TYPES)["person"].to_pylist()
    assert persons[0] is None
    assert None not in persons[1:]


REFUSED: list[tuple[str, Any, Any, str]] = [
    ("no such column", pa.table({"last": ["A"]}), {"surname": "last_name"}, "no such columns: surname"),
    (
        "no such type",
        pa.table({"last": ["A"]}),
        {"last": "lastname"},
        "'lastname' is no semantic type; did you mean last",
    ),
    ("types in a list", pa.table({"last": ["A"]}), ["last_name"], "must map names of columns"),
    ("no table", [{"last": "A"}], None, "must be a pyarrow table, not a list"),
]


@pytest.mark.parametrize(("records", "types", "says"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_it_refuses_in_a_sentence_what_cannot_be_meant(records: Any, types: Any, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        colmate.link(records, types)


def _twice(**more: Any) -> pa.Table:
    """Two records of one person, and more columns besides."""
    names = {"NOM": ["KERVADEC"] * 2, "PRENOM": ["Maëlle"] * 2, "DATE_NAISSANCE": ["17/05/1984"] * 2}
    return pa.table(names | more)


NO_UTF8 = pa.Array.from_buffers(pa.string(), 2, pa.array([b"\xff\xfe", b"A"]).buffers())
ONE: list[int | None] = [1, 1]
NOBODY: list[int | None] = [None, None]
ODD_COLUMNS: dict[str, Any] = {
    "lists": [["a", "b"], ["c"]],
    "structures": [{"a": 1}, {"a": 2}],
    "maps": pa.array([[("a", 1)], []], pa.map_(pa.string(), pa.int64())),
    "bytes": [b"\xff\xfe", None],
    "text that is not UTF-8": NO_UTF8,
    "decimals": pa.array([decimal.Decimal("1e40")] * 2, pa.decimal256(60, 2)),
    "moments": pa.array([datetime.datetime(2020, 1, 1)] * 2, pa.timestamp("ns", "Europe/Paris")),
    "moments beyond the calendar": pa.array([2**62, -(2**62)], pa.timestamp("s")),
    "durations": pa.array([1, 2], pa.duration("s")),
    "intervals": pa.array([(1, 2, 3)] * 2, pa.month_day_nano_interval()),
    "zero bytes": ["A\0B", None],
}
ODD: list[tuple[str, Any, list[int | None]]] = [
    ("no record", pa.table({"NOM": pa.array([], pa.string())}), []),
    ("no column", pa.table({}), []),
    ("nothing but nulls", pa.table({"NOM": pa.nulls(2), "PRENOM": pa.nulls(2, pa.string())}), NOBODY),
    ("numbers of nobody", pa.table({"x": [1, 2]}), NOBODY),
    ("numbers beyond 64 bits", pa.table({"x": pa.array([2**63 + 5, 2**64 - 1], pa.uint64())}), NOBODY),
    ("columns of every odd type", _twice(**ODD_COLUMNS), ONE),
    ("one name for two columns", pa.Table.from_arrays([*_twice().columns, pa.array(["F"] * 2)],
                                                      names=["NOM", "PRENOM", "DATE_NAISSANCE", "NOM"]), ONE),
    ("columns without a name", pa.Table.from_arrays(_twice().columns, names=["", "", ""]), ONE),
    ("a record batch with names written once and a date", _twice(
        NOM=pa.array(["KERVADEC"] * 2).dictionary_encode(), DATE_NAISSANCE=[datetime.date(1984, 5, 17)] * 2
    ).to_batches()[0], ONE),
]  # fmt: skip


@pytest.mark.parametrize(("records", "persons"), [one[1:] for one in ODD], ids=[one[0] for one in ODD])
def test_any_table_has_an_answer_for_each_record(records: Any, persons: list[int | None]) -> None:
    found = colmate.link(records)
    assert found["record"].to_pylist() == list(range(1, len(persons) + 1))
    numbers: dict[int, int] = {}
    told = [None if one is None else numbers.setdefault(one, len(numbers) + 1) for one in found["person"].to_pylist()]
    assert told == persons


def test_a_number_of_records_that_comes_back_is_a_person_s() -> None:
    rows = crowd(80)
    again = [{**row, "last": "ZYX" + str(row["last"])[3:]} for row in rows]
    numbers = [f"{7_000_000 + 37 * at}" for at in range(80)] * 2
    table = _table([*rows, *again]).append_column("soc_sec_id", pa.array(numbers))
    found = _parts(table)
    assert {frozenset((at, at + 80)) for at in range(1, 81)} == found


@settings(max_examples=2)
@given(st.randoms(use_true_random=False), st.integers(2, 4))
def test_neither_order_nor_doubled_columns_change_the_persons(rng: random.Random, copies: int) -> None:
    order = list(range(len(SOME)))
    rng.shuffle(order)
    expected = {frozenset(order.index(record - 1) + 1 for record in part) for part in _persons_of_some()}
    doubled = {f"{name}_{copy}": kind for name, kind in TYPES.items() for copy in range(copies)}
    shuffled = _table([SOME[at] for at in order])
    wide = pa.table({name: shuffled[name.rsplit("_", 1)[0]] for name in doubled})
    assert _parts(wide, doubled) == expected


SOME: list[Row] = [*crowd(60), *({**row, "first": str(row["first"])[:4]} for row in crowd(20))]


@cache
def _persons_of_some() -> set[frozenset[int]]:
    return _parts(_table(SOME), TYPES)
