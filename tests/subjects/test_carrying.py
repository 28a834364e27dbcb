"""Records without an identity of their own belong to the person of the record they refer to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pytest

from colmate.engine import Engine
from colmate.subjects.resolution import resolve
from colmate.subjects.tables import Subjects, SubjectTable
from tests.subjects.people import Given, crowd

Row = Mapping[str, str | None]
TYPES = {"last": "last_name", "first": "first_name", "born": "birth_date", "patient": "patient_id", "mail": "email"}


@dataclass(frozen=True)
class Link:
    child: int
    columns: tuple[str, ...]
    parent: int
    targets: tuple[str, ...]
    when: tuple[str, str] | None = None


def table(
    engine: Engine, number: int, rows: Sequence[Row], role: str = "patient", links: Sequence[Link] = ()
) -> SubjectTable:
    """A table of ``rows``; columns that are no trait of `TYPES` are plain numbers. Every column can be a key."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}
    keys = {
        f"key_{name}": pa.array([None if row.get(name) is None else abs(hash(row[name])) for row in rows], pa.uint64())
        for name in names
    }
    data = pa.table({"record": pa.array(range(1, len(rows) + 1), pa.int64()), **cells, **keys})
    columns = [
        Given(name, TYPES.get(name, "record_id"), role if name in TYPES else None, name, len(rows), len(rows))
        for name in names
    ]
    known = {name: f"key_{name}" for name in names}
    return SubjectTable(number, engine.memtable(data, f"carry_{number}"), columns, None, len(rows), links, known)


def persons(engine: Engine, found: Subjects, number: int, role: str = "patient") -> dict[int, int | None]:
    some = found.mentions.filter((found.mentions["table"] == number) & (found.mentions.role == role))
    return {row["record"]: row["person"] for row in engine.rows(some)}


@pytest.fixture
def patients() -> list[Row]:
    return [
        {**{key: row[key] for key in ("last", "first", "born")}, "id": str(n + 1)} for n, row in enumerate(crowd(30))
    ]


def test_two_references_away(engine: Engine, patients: list[Row]) -> None:
    stays = [{"id": str(100 + n), "patient": str(n + 1)} for n in range(30)]
    results = [{"id": str(900 + n), "stay": str(100 + n % 30)} for n in range(60)]
    found = resolve(engine, [
        table(engine, 1, results, links=[Link(1, ("stay",), 2, ("id",))]),
        table(engine, 2, stays, links=[Link(2, ("patient",), 3, ("id",))]),
        table(engine, 3, patients),
    ])  # fmt: skip
    assert found.section.by_role == {"patient": 30}
    whose = persons(engine, found, 3)
    assert persons(engine, found, 2) == {n + 1: whose[n + 1] for n in range(30)}
    assert persons(engine, found, 1) == {n + 1: whose[n % 30 + 1] for n in range(60)}
    # a person's records are those that tell who it is
    assert engine.rows(found.persons.aggregate(n=found.persons.records.max()))[0]["n"] == 1


def test_a_dangling_reference_is_a_person_once(engine: Engine, patients: list[Row]) -> None:
    stays = [{"id": str(n), "patient": str(40 + n % 5)} for n in range(20)] + [{"id": "99", "patient": "1"}]
    found = resolve(engine, [
        table(engine, 1, patients), table(engine, 2, stays, links=[Link(2, ("patient",), 1, ("id",))]),
    ])  # fmt: skip
    assert found.section.count == 35
    whose = persons(engine, found, 2)
    assert len(set(whose.values())) == 6
    assert whose[21] == persons(engine, found, 1)[1]


def test_the_patient_before_the_account_and_each_reference_in_turn(engine: Engine, patients: list[Row]) -> None:
    users = [{"mail": f"user{n}@example.fr", "id": str(n)} for n in range(3)]
    stays = [{"id": str(100 + n), "patient": str(n + 1)} for n in range(30)]
    notes: list[Row] = [
        {"id": "1", "patient_number": "4", "stay": "129", "user": "0"},
        {"id": "2", "patient_number": None, "stay": "129", "user": "0"},
    ]
    links = [Link(1, ("user",), 3, ("id",)), Link(1, ("stay",), 4, ("id",)), Link(1, ("patient_number",), 2, ("id",))]
    found = resolve(engine, [
        table(engine, 1, notes, links=links), table(engine, 2, patients), table(engine, 3, users, "account"),
        table(engine, 4, stays, links=[Link(4, ("patient",), 2, ("id",))]),
    ])  # fmt: skip
    whose = persons(engine, found, 2)
    assert persons(engine, found, 1) == {1: whose[4], 2: whose[30]}
    assert persons(engine, found, 1, "account") == {}
    via = {
        row["record"]: (row["via_table"], row["via_record"])
        for row in engine.rows(found.mentions.filter(found.mentions["table"] == 1))
    }
    assert via == {1: (2, 4), 2: (4, 30)}


def test_a_log_of_users_is_the_users_and_a_list_that_others_refer_to_is_not(engine: Engine) -> None:
    users = [{"mail": f"user{n}@example.fr", "id": str(n)} for n in range(3)]
    services = [{"id": str(50 + n), "head": str(n)} for n in range(3)]
    log = [{"id": str(n), "user": str(n % 3), "service": str(50 + n % 3)} for n in range(9)]
    found = resolve(engine, [
        table(engine, 1, users, "account"), table(engine, 2, services, links=[Link(2, ("head",), 1, ("id",))]),
        table(engine, 3, log, links=[Link(3, ("user",), 1, ("id",)), Link(3, ("service",), 2, ("id",))]),
    ])  # fmt: skip
    assert found.section.by_role == {"account": 3}
    assert len(persons(engine, found, 3, "account")) == 9
    assert persons(engine, found, 2, "account") == {}


def test_cycles_and_references_to_oneself_end(engine: Engine, patients: list[Row]) -> None:
    rows = [{"id": str(n), "other": str(n), "self": str(n)} for n in range(5)]
    found = resolve(engine, [
        table(engine, 1, rows, links=[Link(1, ("other",), 2, ("id",)), Link(1, ("self",), 1, ("id",))]),
        table(engine, 2, rows, links=[Link(2, ("other",), 1, ("id",))]),
        table(engine, 3, patients),
    ])  # fmt: skip
    assert found.section.count == 30
    assert persons(engine, found, 1) == persons(engine, found, 2) == {}


def test_a_key_of_two_columns(engine: Engine, patients: list[Row]) -> None:
    parents = [{**row, "a": str(n // 6), "b": str(n % 6)} for n, row in enumerate(patients)]
    rows: list[Row] = [{"id": "1", "x": "2", "y": "3"}, {"id": "2", "x": "2", "y": None}]
    found = resolve(engine, [
        table(engine, 1, parents), table(engine, 2, rows, links=[Link(2, ("x", "y"), 1, ("a", "b"))]),
    ])  # fmt: skip
    assert persons(engine, found, 2) == {1: persons(engine, found, 1)[16]}


def test_a_list_of_numbers_carries_to_the_tables_that_refer_to_it(engine: Engine) -> None:
    """Patients without a name: the persons are those of the list, once each, and nothing is in doubt."""
    patients = [{"patient": str(n), "born": f"19{30 + n}-01-01"} for n in range(20)]
    stays = [{"id": str(100 + n), "patient": str(n % 20)} for n in range(60)]
    tables = [table(engine, 1, stays, links=[Link(1, ("patient",), 2, ("patient",))]), table(engine, 2, patients)]
    found = resolve(engine, tables)
    assert found.section.count == 20
    assert found.section.interval[1] <= 21
    assert persons(engine, found, 1) == {n + 1: persons(engine, found, 2)[n % 20 + 1] for n in range(60)}
