"""The count, its parts and its interval."""

from __future__ import annotations

import datetime
import re

import ibis
import pyarrow as pa
import pytest

from colmate.catalogue import load
from colmate.engine import Engine
from colmate.subjects import SubjectTable, resolve
from colmate.subjects.doubts import Uncertainty, interval
from colmate.subjects.professionals import _places
from tests.subjects.people import TYPES, Given, Row, crowd, resolved, table

TODAY = datetime.date(2026, 1, 1)


@pytest.mark.parametrize(
    ("count", "unsure", "insufficient", "low", "high"),
    [
        (1000, Uncertainty(), 0, 1000, 1000),
        (0, Uncertainty(), 0, 0, 0),
        (1000, Uncertainty(missed=50), 0, 925, 1000),
        (1000, Uncertainty(unseen=20), 0, 966, 1000),
        (1000, Uncertainty(false_merges=30, folds=5), 0, 1000, 1035),
        (1000, Uncertainty(variance=25), 0, 990, 1010),
        (1000, Uncertainty(), 40, 1000, 1040),
        (1000, Uncertainty(households=25), 0, 1000, 1025),
        (1000, Uncertainty(merges=1000), 0, 996, 1004),
        (10, Uncertainty(missed=500), 0, 0, 10),
    ],
)
def test_the_interval_adds_up_what_is_unsure(
    count: int, unsure: Uncertainty, insufficient: int, low: int, high: int
) -> None:
    assert interval(count, unsure, insufficient) == (low, high)


def test_every_breakdown_sums_to_the_count(engine: Engine) -> None:
    rows: list[Row] = [
        {**row, "doctor": "DR LE BRAS Anne", "insured_last": "TANGUY", "insured_first": "PAUL"} for row in crowd(40)
    ]
    found = resolved(engine, rows)
    section = found.section
    assert section.count == sum(section.by_role.values()) == sum(section.by_sex.values())
    assert section.count == engine.rows(found.persons.aggregate(n=found.persons.count()))[0]["n"]
    assert section.by_role["patient"] == 40
    assert section.by_role["professional"] == 1
    assert sum(section.by_birth_decade.values()) == 40
    assert section.interval[0] <= section.count <= section.interval[1]
    assert section.method


def test_test_records_and_insufficient_ones_are_no_persons(engine: Engine) -> None:
    rows: list[Row] = [*crowd(20), {"last": "TEST", "first": "JEAN"}, {"last": "XXX", "first": "XXX"},
                       {"postcode": "56000"}, {"last": "MARTIN"}]  # fmt: skip
    found = resolved(engine, rows)
    assert (found.section.count, found.section.test_records, found.section.insufficient_records) == (20, 2, 2)
    assert found.section.interval[1] >= 22
    mentions = engine.rows(found.mentions.order_by("record"))
    assert [row["status"] for row in mentions[20:]] == ["test", "test", "insufficient", "insufficient"]
    assert all(row["person"] is None for row in mentions[20:])


def test_contacts_that_a_household_may_share_widen_the_interval_upwards(engine: Engine) -> None:
    """Seven visits under one telephone may be five persons' at most; where a name is told there is no such doubt."""
    shared: list[Row] = [{"email": "a@b.example", "mobile": "+33600000001"}] * 7
    named: list[Row] = [{"last": "KERVADEC", "first": "MAELLE", "mobile": "+33600000002"}] * 3
    visit = {"last": "TANGUY", "first": "PAUL", "born": "1950-01-02", "email": "c@d.example"}
    found = resolved(engine, [*shared, *named, visit, {"email": "c@d.example"}]).section
    assert found.count == 3
    assert 3 + 4 <= found.interval[1] <= 3 + 6


def test_a_number_alone_is_insufficient_unless_it_leads_to_somebody(engine: Engine) -> None:
    rows: list[Row] = [{**row, "id": str(n)} for n, row in enumerate(crowd(20))]
    found = resolved(engine, [*rows, {"id": "3"}, {"id": "999"}])
    mentions = engine.rows(found.mentions.order_by("record"))
    assert mentions[20]["person"] == mentions[3]["person"]
    assert mentions[21]["status"] == "insufficient"
    assert found.section.count == 20


def test_a_table_that_knows_numbers_only_counts_them(engine: Engine) -> None:
    assert resolved(engine, [{"id": "1"}, {"id": "2"}, {"id": "1"}]).section.count == 2


def test_persons_carry_what_their_records_say(engine: Engine) -> None:
    born = {"last": "KERVADEC", "first": "MAELLE", "born": "2012-05-17", "sex": "F", "postcode": "20200"}
    rows: list[Row] = [born, {**born, "email": "a@b.example", "mobile": "+33612345678"}, {**born, "died": "2020-01-01"},
                       *crowd(20)]  # fmt: skip
    found = resolve(engine, [table(engine, rows)], today=TODAY)
    person = engine.rows(found.persons.filter(found.persons.birth_date == "2012-05-17"))
    assert len(person) == 1
    told = {
        key: person[0][key] for key in ("sex", "department", "minor", "deceased", "email", "mobile", "post", "records")
    }
    assert told == {"sex": "F", "department": "2B", "minor": True, "deceased": True, "email": True, "mobile": True,
                    "post": False, "records": 3}  # fmt: skip
    assert found.section.minors == engine.rows(found.persons.filter("minor").aggregate(n=ibis._.count()))[0]["n"]
    assert found.section.by_department["2B"] == 1


@pytest.mark.parametrize(
    ("doctors", "count"),
    [
        ([("DR LE BRAS Anne", None), ("Anne LE BRAS", None), ("LE BRAS ANNE", None)], 1),
        ([("LE BRAS Anne", "10001234567"), ("LE BRAS A.", "10001234567")], 1),
        ([("LE BRAS Anne", "10001234567"), ("LE BRAS Anne", "10007654321")], 2),
        ([("LE BRAS Anne", "10001234567"), ("Dr Anne LE BRAS", None)], 1),
        ([("LE BRAS Anne", None), ("TANGUY Paul", None), (None, None)], 2),
    ],
)
def test_professionals(engine: Engine, doctors: list[tuple[str | None, str | None]], count: int) -> None:
    rows: list[Row] = [
        {**row, "doctor": name, "rpps": rpps} for row, (name, rpps) in zip(crowd(len(doctors)), doctors, strict=True)
    ]
    assert resolved(engine, rows).section.by_role["professional"] == count


@pytest.mark.parametrize(
    ("columns", "places"),
    [
        ("last first rpps postcode", [{"surname", "given", "number", "zone"}]),
        ("rpps last first", [{"number", "surname", "given"}]),
        ("last first rpps full", [{"surname", "given", "number"}, {"name"}]),
        ("full rpps full rpps", [{"name", "number"}, {"name", "number"}]),
        ("rpps full rpps full", [{"number", "name"}, {"number", "name"}]),
        ("birth used first", [{"surname", "given"}]),
        ("last postcode postcode", [{"surname", "zone"}]),
    ],
)
def test_the_columns_of_one_professional_stand_together(columns: str, places: list[set[str]]) -> None:
    given = [Given(f"c{place}", TYPES[name], "professional", name, 0, 0) for place, name in enumerate(columns.split())]
    assert [set(place) for place in _places(given)] == places


def test_account_holders_where_there_is_no_patient(engine: Engine) -> None:
    given = table(engine, [{"email": "a@b.example", "login": "anne"}, {"email": "c@d.example", "login": "paul"}])
    columns = [Given(c.field, c.semantic_type, "account", c.name, c.filled, 0) for c in given.columns]
    found = resolve(engine, [SubjectTable(0, given.canonical, columns, None, 2)])
    assert found.section.by_role == {"account": 2}


def test_a_nomenclature_holds_no_person(engine: Engine) -> None:
    table = SubjectTable(0, engine.memtable(pa.table({"record": [1, 2], "c0": ["A01", "B02"]}), "codes"), [], None, 2)
    for tables in ([], [table]):
        section = resolve(engine, tables).section
        assert (section.count, section.interval, section.insufficient_records) == (0, (0, 0), 0)


def test_the_page_knows_how_the_count_was_made_in_french(engine: Engine) -> None:
    """Each sentence has its translation, numbers left out: a reword here asks for one there."""
    known = {entry["en"] for entry in load("assumptions").values()}
    for sentence in resolved(engine, [*crowd(3)]).section.method:
        assert sentence in known or re.sub(r"\d+(?:[.,-]\d+)*", "#", sentence) in known
