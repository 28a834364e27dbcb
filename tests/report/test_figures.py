"""Bars, columns by month and tiles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colmate.report.figures import bars, departments, months, scaled, tiles
from colmate.report.words import words

FR = words("fr")


@pytest.mark.parametrize(
    ("value", "largest", "length"), [(0, 10, 0), (10, 10, 100), (5, 10, 50), (1, 10**6, 0.5), (1, 0, 0), (20, 10, 100)]
)
def test_lengths(value: int, largest: int, length: float) -> None:
    assert scaled(value, largest) == length


def test_shares_and_lengths_may_differ() -> None:
    (bar,) = bars(FR, [("a", "A", 5)], 100, 10)
    assert (bar.share, bar.width) == ("5,0\u202f%", 50)


def test_empty_months_keep_their_place() -> None:
    chart = months(FR, {"2019-12": 4, "2020-03": 8})
    assert chart is not None
    assert [column.count for column in chart.columns] == ["4", "0", "0", "8"]
    assert chart.peak.name == "mars 2020"
    assert [year for _, year in chart.years] == ["2020"]
    assert (chart.by_year, chart.undated) == (False, 0)


def test_many_years_are_drawn_by_year() -> None:
    chart = months(FR, {"1990-01": 1, "1990-05": 2, "2020-03": 8})
    assert chart is not None
    assert chart.by_year
    assert [column.count for column in chart.columns][:2] == ["3", "0"]
    assert len(chart.columns) == 31


def test_years_too_far_back_are_counted_apart() -> None:
    chart = months(FR, {"0200-01": 7, "2020-03": 8})
    assert chart is not None
    assert (chart.undated, len(chart.columns), chart.columns[-1].name) == (7, 150, "2020")


@pytest.mark.parametrize("found", [{}, {"2020-13": 4}, {"2020-01": 0}])
def test_nothing_dated_gives_no_chart(found: dict[str, int]) -> None:
    assert months(FR, found) is None


def test_a_month_that_is_none_is_counted_apart() -> None:
    chart = months(FR, {"2020-01": 5, "0000": 3})
    assert chart is not None
    assert chart.undated == 3


MONTHS = st.builds("{:04d}-{:02d}".format, st.integers(1, 9999), st.integers(1, 12))


@given(st.dictionaries(MONTHS, st.integers(1, 10**8), min_size=1, max_size=20))
def test_charts_stay_within_their_frame_and_small(found: dict[str, int]) -> None:
    chart = months(FR, found)
    assert chart is not None
    assert len(chart.columns) <= 180
    assert all(
        0 <= column.height <= 100 and column.x >= 0 and column.x + column.width <= 100.01 for column in chart.columns
    )
    assert max(column.height for column in chart.columns) >= 50
    assert 1 <= len(chart.years) <= 8


def test_every_departement_has_its_own_tile() -> None:
    places = [(place["column"], place["row"]) for place in departments().values()]
    assert len(places) == len(set(places)) == 96 + 11
    assert {"2A", "2B", "974", "988", "01", "95"} <= set(departments())


def test_classes_are_powers_of_ten() -> None:
    drawn = tiles(FR, {"56": 172_844, "45": 9_999, "2A": 1, "99": 50}, 200_000)
    levels = {tile.code: tile.level for tile in drawn.tiles}
    assert (levels["56"], levels["45"], levels["2A"], levels["75"]) == (5, 3, 1, 0)
    assert [text for _, text in drawn.legend][:2] == ["personne", "1 à 99"]
    assert drawn.legend[-1] == (5, "100\u202f000 et plus")


def test_places_without_a_tile_stand_last_in_the_table() -> None:
    drawn = tiles(FR, {"unknown": 900, "56": 5, "2B": 7, "99": 3}, 1000)
    assert [row.name for row in drawn.rows] == ["Haute-Corse (2B)", "Morbihan (56)", "Inconnu", "Étranger"]


@pytest.mark.parametrize("found", [{}, {"56": 0}])
def test_nobody_anywhere(found: dict[str, int]) -> None:
    drawn = tiles(FR, found, 0)
    assert drawn.rows == ()
    assert {tile.level for tile in drawn.tiles} == {0}
