"""What a file teaches of its errors, and what it must not teach."""

from __future__ import annotations

from typing import Any

import pytest

from colmate.engine import Engine
from colmate.subjects.scoring import prior
from tests.subjects.people import Row, crowd, partition, resolved, same


def _m(model: dict[str, Any], comparison: str, label: str, key: str = "m_probability") -> float:
    (levels,) = [one["comparison_levels"] for one in model["comparisons"] if one["output_column_name"] == comparison]
    return float(next(level[key] for level in levels if level["label_for_charts"] == label))


def _u(model: dict[str, Any], comparison: str, label: str) -> float:
    return _m(model, comparison, label, "u_probability")


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


def test_how_often_strangers_look_alike_is_learnt_from_pairs_at_random(engine: Engine) -> None:
    """People born within two years share a year far oftener than the country's; rare levels stay the prior's."""
    before = prior({"name", "first", "born", "sex", "postcode", "department"})
    crowded = [{**row, "born": f"{1980 + at % 2}-{1 + at % 12:02}-{1 + at % 28:02}"}
               for at, row in enumerate(crowd(300))]  # fmt: skip
    model = resolved(engine, crowded).model
    # half of the pairs share a year; of those some are nearer still, a figure apart
    assert 0.2 < _u(model, "born", "same year") < 0.5
    assert _u(before, "born", "same year") == pytest.approx(0.012)
    assert _u(model, "name", "one is part of a double name") == pytest.approx(0.0003, rel=0.5)


def test_what_the_file_leaves_out_is_no_chance(engine: Engine) -> None:
    """A level that hangs on what is filled keeps the prior's u: its m was weighed against it."""
    told = resolved(engine, [{**row, "first": f"{str(row['first'])[0]}."} for row in crowd(300)]).model
    assert _u(told, "first", "an initial") == _u(prior({"first"}), "first", "an initial")


def test_persons_who_come_back_teach_nothing_of_strangers(engine: Engine) -> None:
    """Six records a person, each with a slip: one pair in fifty at random is of one person."""
    slips = [{**row, "last": f"{row['last']}{letter}"} for row in crowd(50) for letter in "TXSKVB"]
    model = resolved(engine, slips).model
    assert _u(model, "name", "a slip") < 3 * _u(prior({"name"}), "name", "a slip")


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
