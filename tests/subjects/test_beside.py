"""Insured persons and relatives beside the main subject of a record: who is another, and who is known already."""

from __future__ import annotations

import pytest

from colmate.engine import Engine
from colmate.subjects import Subjects
from tests.subjects.people import crowd, resolved

Person = dict[str, str | None]
CHILD: Person = {"last": "KERVADEC", "first": "TITOUAN", "born": "2012-03-09", "sex": "M", "insured_last": "KERVADEC"}
# the number of a man born in March 1982, on the row of a child
NUMBER = "1820356123456"
FATHER: Person = {"last": "KERVADEC", "first": "PAUL", "born": "1982-03-17", "sex": "M", "nir": NUMBER}
ANNE: Person = {"last": "TANGUY", "first": "ANNE", "born": "1950-01-02", "insured_last": "TANGUY"}


def roles(found: Subjects) -> dict[str, int]:
    """How many persons of each role there are beside the crowd."""
    counts = {**found.section.by_role, "patient": found.section.by_role["patient"] - 20}
    return {role: count for role, count in counts.items() if count}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # a child's row names the father, who is no patient
        ([CHILD | {"insured_first": "PAUL", "insured_nir": NUMBER}], {"insured": 1, "patient": 1}),
        # one is insured oneself, also where the date is but a year, or the name cut short
        ([ANNE | {"insured_first": "ANNE"}], {"patient": 1}),
        ([ANNE | {"insured_first": "ANNE", "insured_born": "1950-01-01"}], {"patient": 1}),
        ([ANNE | {"born": "1950-01-01", "insured_first": "ANNE", "insured_born": "1950-11-23"}], {"patient": 1}),
        ([ANNE | {"insured_first": "ANNETTE", "insured_born": "1950-01-02"}], {"patient": 1}),
        ([ANNE | {"insured_first": "ANNE", "insured_born": "1921-05-05"}], {"insured": 1, "patient": 1}),
        # a number on a child's row is the insured person's: it tells that the father is a patient too
        ([CHILD | {"insured_first": "PAUL", "nir": NUMBER}, FATHER], {"patient": 2}),
        ([CHILD | {"insured_first": "PAUL", "nir": NUMBER, "insured_born": "1982-01-01"}, FATHER], {"patient": 2}),
        # not where the insured person's own date contradicts it, or the name is another's
        (
            [CHILD | {"insured_first": "PAUL", "nir": NUMBER, "insured_born": "1979-06-20"}, FATHER],
            {"insured": 1, "patient": 2},
        ),
        ([CHILD | {"insured_first": "ERWAN", "nir": NUMBER}, FATHER], {"insured": 1, "patient": 2}),
        # the patient's own number is not lent
        (
            [FATHER | {"insured_last": "KERVADEC", "insured_first": "GAELLE"}],
            {"insured": 1, "patient": 1},
        ),
    ],
)
def test_the_insured(engine: Engine, rows: list[Person], expected: dict[str, int]) -> None:
    assert roles(resolved(engine, [*rows, *crowd(20)])) == expected


@pytest.mark.parametrize(
    ("relative", "expected", "namesakes"),
    [
        ({"kin_last": "TANGUY", "kin_first": "PIERRE"}, {"patient": 1, "relative": 1}, 0),
        # the patient's own names: the patient over again or a namesake, nothing tells
        ({"kin_last": "TANGUY", "kin_first": "ANNE"}, {"patient": 1}, 1),
        ({"kin_last": "TANGUY", "kin_first": "ANNE", "kin_mobile": "+33639980001"}, {"patient": 1}, 1),
        # a daughter of the same name was born later
        ({"kin_last": "TANGUY", "kin_first": "ANNE", "kin_born": "1975-08-04"}, {"patient": 1, "relative": 1}, 0),
        # a surname alone names nobody else
        ({"kin_last": "TANGUY", "kin_mobile": "+33639980001"}, {"patient": 1}, 0),
    ],
)
def test_relatives_of_the_same_name(engine: Engine, relative: Person, expected: dict[str, int], namesakes: int) -> None:
    """They widen the interval upwards, in all and among relatives, and the method says so."""
    anne = {key: cell for key, cell in ANNE.items() if key != "insured_last"}
    others = [{**row, "kin_last": row["last"], "kin_first": "YANN"} for row in crowd(20)]
    section = (found := resolved(engine, [anne | relative, *others])).section
    named = {**roles(found), "relative": section.by_role["relative"] - 20}
    assert {role: count for role, count in named.items() if count} == expected
    assert section.interval[1] >= section.count + namesakes
    assert section.by_role_interval["relative"][1] >= section.by_role["relative"] + namesakes
    assert section.insufficient_records == 0
    assert sum("very name" in line for line in section.method) == bool(namesakes)
