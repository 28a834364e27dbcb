"""Adding up truths and counting what is said."""

from __future__ import annotations

import numpy as np
import pytest

from colmate.replicas import truth
from colmate.replicas.notes_grammar import Bank

BANK = Bank(
    ("ok", "a", "b", "c"),
    (
        (),
        ("hiv_sti asserted patient",),
        ("hiv_sti negated patient", "religion asserted relative"),
        ("religion hypothetical patient",),
    ),
    1,
)
PERSON = np.array([0, 0, 1, 2, -1])
NOTES = np.array([1, 1, 2, 0, 3])


def test_special_counts_persons_not_records_and_no_tests() -> None:
    found = {entry["category"]: entry for entry in truth.special(PERSON, [(BANK, NOTES)])}
    assert found["hiv_sti"] == {
        "category": "hiv_sti", "persons": 1, "negated": 1, "hypothetical": 0, "about_relatives": 0, "about_carers": 0,
    }  # fmt: skip
    assert (found["religion"]["persons"], found["religion"]["about_relatives"], found["religion"]["hypothetical"]) == (
        0,
        1,
        0,
    )


def test_said_joins_the_notes_of_a_record() -> None:
    other = np.array([-1, 3, 0, 1, -1])
    assert truth.said([(BANK, NOTES), (BANK, other)]).to_pylist() == [
        "hiv_sti asserted patient",
        "hiv_sti asserted patient;religion hypothetical patient",
        "hiv_sti negated patient;religion asserted relative",
        "hiv_sti asserted patient",
        "religion hypothetical patient",
    ]


def test_controllers_count_each_person_once() -> None:
    entries = truth.controllers(["x", "y", "z"], np.array([0, 0, 0, 1, 1]), PERSON, truth.spoken([(BANK, NOTES)]))
    assert [tuple(entry.values()) for entry in entries] == [("x", 3, 2, 2), ("y", 2, 1, 0)]


@pytest.mark.parametrize(
    ("left", "right", "sum_of_both"),
    [
        ({}, {"a": 1}, {"a": 1}),
        ({"a": 1, "b": {"c": 2}}, {"a": 3, "b": {"c": 1, "d": 5}}, {"a": 4, "b": {"c": 3, "d": 5}}),
        ({"first": "2015-01-02"}, {"first": "2014-12-31"}, {"first": "2014-12-31"}),
        ({"last": "2015-01-02"}, {"last": "2014-12-31"}, {"last": "2015-01-02"}),
        ({"traits_of": "patient"}, {"traits_of": "patient"}, {"traits_of": "patient"}),
    ],
)
def test_added(left: dict[str, object], right: dict[str, object], sum_of_both: dict[str, object]) -> None:
    assert truth.added(left, right) == sum_of_both
