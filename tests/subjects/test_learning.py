"""What a file teaches of its errors, and what it must not teach."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.engine import Engine
from colmate.subjects import resolve
from colmate.subjects.scoring import prior
from tests.subjects.people import Row, crowd, partition, resolved, same, table


def _m(model: dict[str, Any], comparison: str, label: str) -> float:
    (levels,) = [one["comparison_levels"] for one in model["comparisons"] if one["output_column_name"] == comparison]
    return float(next(level["m_probability"] for level in levels if level["label_for_charts"] == label))


def _returns(**changes: str) -> list[Row]:
    """Persons who come twice with one local number, the second time with ``changes``."""
    people = [{**row, "id": f"P{at}"} for at, row in enumerate(crowd(150))]
    return [*people, *({**row, **changes} for row in people)]


def test_errors_that_are_frequent_are_learnt(engine: Engine) -> None:
    slips = [{**row, "last": str(row["last"])[:-1] + "X"} for row in crowd(200)]
    model = resolved(engine, [*crowd(200), *slips]).model
    before = prior({"name", "first", "born", "sex", "postcode", "department"})
    assert _m(model, "name", "a slip") > 3 * _m(before, "name", "a slip")


def test_another_date_is_learnt_from_identifiers_that_disagree_often(engine: Engine) -> None:
    model = resolved(engine, _returns(born="1951-07-19")).model
    assert _m(model, "born", "another date") > 0.01


def test_twins_teach_nothing_of_given_names(engine: Engine) -> None:
    twins = [{**row, "first": "OUMY"} for row in crowd(150)]
    found = resolved(engine, [*crowd(150), *twins])
    assert _m(found.model, "first", "another given name, one of them rare") == pytest.approx(2e-5)
    assert _m(found.model, "first", "another given name") == pytest.approx(1e-7)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"last": "KERVELLA", "first": "FREDERIC"}, {"last": "KERVELLA", "first": "FRED"}),
        ({"last": "KERVELLA", "first": "MELUSINE"}, {"last": "MELUSINE", "first": "KERVELA"}),
        ({"last": "KERVELLA", "first": "MELUSINE"}, {"last": "KERVELLA MELUSINE", "first": None}),
        ({"last": "KERVELLA", "first": "Cédrine"}, {"last": "KERVELLA", "first": "CÃ©drine"}),
    ],
    ids=["short", "exchanged with a slip", "in one field", "mojibake"],
)
def test_ways_of_writing_one_person(engine: Engine, one: Row, other: Row) -> None:
    born = {"born": "1957-03-21", "postcode": "29200"}
    assert same(engine, {**one, **born}, {**other, **born})


def test_a_veto_holds_through_a_chain_of_two(engine: Engine) -> None:
    """Two own NIR that differ stay two persons, whatever hangs between them."""
    base = {"last": "KERVELLA", "first": "MELUSINE", "born": "1957-03-21", "sex": "F", "mobile": "+33612345678"}
    first, second = {**base, "nir": "257032923501234"}, {**base, "nir": "257032923598703"}
    between: list[Row] = [base, {**base, "email": "m.k@messagerie.example"}, {**base, "postcode": "29200"}]
    persons = partition(engine, [first, *between, second, *crowd(300)])
    assert persons[0] != persons[4]


@settings(max_examples=2)
@given(st.lists(st.integers(0, 2), min_size=80, max_size=80))
def test_the_partition_into_files_does_not_matter(files: list[int]) -> None:
    rows: list[Row] = [*crowd(60), *({**row, "last": str(row["last"])[:-1]} for row in crowd(20))]
    with Engine(threads=2) as engine:
        whole = resolve(engine, [table(engine, rows)]).section.count
    parts = [[row for row, file in zip(rows, files, strict=True) if file == number] for number in range(3)]
    with Engine(threads=2) as engine:
        tables = [table(engine, part, number) for number, part in enumerate(parts) if part]
        assert resolve(engine, tables).section.count == whole
