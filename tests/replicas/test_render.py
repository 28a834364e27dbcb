"""Text columns and lines of a delimited file."""

from __future__ import annotations

import csv
import io

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colmate.replicas import render

CELLS = st.lists(st.tuples(st.text('ab;"\n ,é', max_size=8), st.text("xyz", max_size=4)), min_size=1, max_size=30)


@given(CELLS)
def test_lines_read_back_as_written(rows: list[tuple[str, str]]) -> None:
    columns = [pa.array([row[place] for row in rows], pa.string()) for place in (0, 1)]
    text = render.lines(columns, ";", "\r\n", free=[0]).decode()
    assert [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=";")] == rows


def test_lines_in_another_order_and_twice() -> None:
    columns = [pa.array(["a", "b", "c"]), pa.array(["1", "2", "3"])]
    assert render.lines(columns, ",", "\n", free=[], order=np.array([2, 0, 0])) == b"c,3\na,1\na,1\n"


@pytest.mark.parametrize(
    ("number", "style", "text"),
    [
        (612345678, 0, "0612345678"),
        (297000001, 1, "02 97 00 00 01"),
        (199001234, 2, "01.99.00.12.34"),
        (612345678, 3, "+33612345678"),
    ],
)
def test_phone(number: int, style: int, text: str) -> None:
    assert render.phone(np.array([number, number]), np.array([style, 0])).to_pylist() == [text, f"0{number}"]


@pytest.mark.parametrize(
    ("day", "pattern", "text"),
    [(0, "fr", "01/01/1970"), (0, "iso", "1970-01-01"), (-25_567, "iso", "1900-01-01"), (18_321, "fr", "29/02/2020")],
)
def test_day(day: int, pattern: str, text: str) -> None:
    assert render.day(np.array([day]), pattern).to_pylist() == [text]


def test_blank_and_digits() -> None:
    assert render.blank(pa.array(["a", "b"]), np.array([True, False])).to_pylist() == ["a", ""]
    assert render.digits(np.array([7, 12345]), 3).to_pylist() == ["007", "12345"]
