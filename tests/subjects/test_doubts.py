"""What the linkage is unsure of: sums over all, and the interval of any part of the persons."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colmate.engine import Engine
from colmate.subjects.doubts import Doubts, Uncertainty, interval
from tests.subjects.people import Row, crowd, resolved

Sums = dict[str, float | None]


def of(whole: Uncertainty) -> Doubts:
    nothing = ibis.memtable(pa.table({"person": pa.array([], pa.int64())}))
    return Doubts(nothing, nothing, whole)


@pytest.mark.parametrize(
    ("whole", "count", "sums", "insufficient", "found"),
    [
        # nothing is in doubt within the part
        (Uncertainty(merges=100, missed=50, unseen=20), 1000, {}, 0, (1000, 1000)),
        # records that tell nobody may each be one more
        (Uncertainty(), 1000, {}, 30, (1000, 1030)),
        # persons that may hide others
        (Uncertainty(), 1000, {"more": 12.0}, 0, (1000, 1012)),
        # pairs that may be one, both of them in the part
        (Uncertainty(missed=50, told=50), 1000, {"missed": 50.0}, 0, (925, 1000)),
        # the pairs too unlikely to be listed lie where the listed ones do
        (Uncertainty(missed=50, told=25), 1000, {"missed": 25.0}, 0, (925, 1000)),
        # what was overlooked lies where merges were found
        (Uncertainty(merges=100, unseen=40), 1000, {"merges": 50}, 0, (966, 1001)),
        (Uncertainty(merges=100, unseen=40), 1000, {"merges": None, "more": None}, 0, (1000, 1000)),
    ],
)
def test_a_part_has_the_interval_of_what_is_in_doubt_within_it(
    whole: Uncertainty, count: int, sums: Sums, insufficient: int, found: tuple[int, int]
) -> None:
    assert of(whole).interval(count, sums, insufficient) == found


amounts = st.floats(0, 1e6)


@given(amounts, amounts, amounts, amounts, st.integers(0, 10**6), st.integers(0, 10**7), st.integers(0, 1000))
def test_the_interval_of_everything_is_the_one_of_the_whole(
    more: float, spread: float, missed: float, unseen: float, merges: int, count: int, insufficient: int
) -> None:
    whole = Uncertainty(merges, more, 0.0, missed, unseen if merges else 0.0, spread, missed)
    sums: Sums = {"merges": merges, "more": more, "spread": spread, "missed": missed, "missed_spread": 0.0}
    assert of(whole).interval(count, sums, insufficient) == interval(count, whole, insufficient)


@given(amounts, amounts, st.floats(0, 1), st.integers(0, 10**6), st.integers(0, 10**7))
def test_a_part_is_as_sure_as_the_whole_or_surer(
    more: float, missed: float, share: float, merges: int, count: int
) -> None:
    whole = Uncertainty(merges, more, 0.0, missed, missed if merges else 0.0, more, missed)
    part = {"merges": int(share * merges), "more": share * more, "spread": share * more, "missed": share * missed}
    low, high = of(whole).interval(count, part)
    assert interval(count, whole, 0)[0] <= low <= count <= high <= interval(count, whole, 0)[1]


def families(count: int) -> list[Row]:
    """Patients of whom every third comes twice, with another spelling and no number, and insured ones."""
    rows: list[Row] = []
    for place, row in enumerate(crowd(count)):
        rows.append(row)
        if place % 3 == 0:
            rows.append({**row, "first": str(row["first"])[:-1], "phone": "", "email": ""})
    return rows


def test_the_doubts_of_persons_and_pairs_add_up_to_the_whole(engine: Engine) -> None:
    doubts = resolved(engine, families(60)).doubts
    persons, apart = engine.arrow(doubts.persons), engine.arrow(doubts.apart)
    assert doubts.whole.merges > 0
    assert sum(persons["merges"].to_pylist()) == doubts.whole.merges
    assert sum(persons["more"].to_pylist()) == pytest.approx(doubts.whole.false_merges + doubts.whole.folds)
    assert sum(apart["p"].to_pylist()) == pytest.approx(doubts.whole.told)
    assert doubts.whole.told <= doubts.whole.missed
    assert persons["person"].null_count == 0


def test_doubts_are_of_persons_that_there_are(engine: Engine) -> None:
    found = resolved(engine, families(60))
    known = set(engine.arrow(found.persons)["person"].to_pylist())
    persons, apart = engine.arrow(found.doubts.persons), engine.arrow(found.doubts.apart)
    assert set(persons["person"].to_pylist()) <= known
    assert (
        set(pa.concat_arrays([*apart["l"].chunks, *apart["r"].chunks]).to_pylist() if apart.num_rows else ()) <= known
    )


def test_every_role_that_is_linked_has_an_interval(engine: Engine) -> None:
    rows: list[Row] = [{**row, "doctor": "DR LE BRAS Anne", "insured_last": "TANGUY"} for row in crowd(40)]
    section = resolved(engine, rows).section
    # a professional is told apart by a number or by name and place: nothing says how surely
    assert section.by_role_interval.keys() == section.by_role.keys() - {"professional"}
    for role, (low, high) in section.by_role_interval.items():
        assert low <= section.by_role[role] <= high


def test_records_that_tell_nobody_widen_the_interval_of_their_role(engine: Engine) -> None:
    some: list[Row] = [{"last": "MARTIN"}, {"postcode": "56000"}]
    sure, unsure = (resolved(engine, [*crowd(20), *more]).section for more in ([], some))
    assert unsure.by_role_interval["patient"][1] == sure.by_role_interval["patient"][1] + 2


def test_without_links_nothing_is_in_doubt(engine: Engine) -> None:
    doubts = resolved(engine, [crowd(1)[0]]).doubts
    assert doubts.whole == Uncertainty()
    assert engine.count(doubts.persons) == engine.count(doubts.apart) == 0
