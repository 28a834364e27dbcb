"""`colmate.link`: the linkage by itself, on a table in memory."""

from __future__ import annotations

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


def test_it_refuses_a_column_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="no such columns: surname"):
        colmate.link(pa.table({"last": ["A"]}), {"surname": "last_name"})


def test_a_number_of_records_that_comes_back_is_a_person_s() -> None:
    rows = crowd(80)
    again = [{**row, "last": "ZYX" + str(row["last"])[3:]} for row in rows]
    numbers = [f"{7_000_000 + 37 * at}" for at in range(80)] * 2
    table = _table([*rows, *again]).append_column("soc_sec_id", pa.array(numbers))
    found = _parts(table)
    assert {frozenset((at, at + 80)) for at in range(1, 81)} == found


@settings(max_examples=2)
@given(st.randoms(use_true_random=False), st.integers(2, 4))
def test_neither_order_nor_doubled_columns_change_the_persons(rng: object, copies: int) -> None:
    rows: list[Row] = [*crowd(60), *({**row, "first": str(row["first"])[:4]} for row in crowd(20))]
    order = list(range(len(rows)))
    rng.shuffle(order)  # type: ignore[attr-defined]
    expected = {frozenset(order.index(record - 1) + 1 for record in part) for part in _parts(_table(rows), TYPES)}
    shuffled = _table([rows[at] for at in order])
    assert _parts(shuffled, TYPES) == expected
    doubled = {f"{name}_{copy}": kind for name, kind in TYPES.items() for copy in range(copies)}
    wide = pa.table({name: shuffled[name.rsplit("_", 1)[0]] for name in doubled})
    assert _parts(wide, doubled) == expected
