"""Slips: small, and never more than one a word."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colmate.replicas import variants

WORDS = st.lists(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ -'", min_size=1, max_size=30), min_size=1, max_size=20)


def _distance(left: str, right: str) -> int:
    """Edits between two words, swaps of neighbours counted as one (Damerau, optimal string alignment)."""
    rows = [list(range(len(right) + 1))]
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


@given(WORDS, st.integers(0, 1000))
def test_a_slip_of_the_keyboard_is_one_edit(words: list[str], seed: int) -> None:
    slipped = variants.by_keyboard(np.random.default_rng(seed), pa.array(words)).to_pylist()
    assert len(slipped) == len(words)
    for word, slip in zip(words, slipped, strict=True):
        assert _distance(word, slip) <= 1
        assert len(word) > 3 or slip == word


@given(WORDS, st.integers(0, 1000))
def test_what_is_heard_always_differs(words: list[str], seed: int) -> None:
    heard = variants.by_ear(np.random.default_rng(seed), pa.array(words)).to_pylist()
    assert all(word != slip for word, slip in zip(words, heard, strict=True))


@pytest.mark.parametrize(
    ("word", "style", "short"),
    [
        ("JEAN-MARC", 0, "JEAN"),
        ("ANNE SOPHIE", 0, "ANNE"),
        ("FRANCOIS", 1, "FRAN"),
        ("ÉLODIE", 2, "É."),
        ("EVE", 1, "EVE"),
    ],
)
def test_shortened(word: str, style: int, short: str) -> None:
    assert variants.shortened(pa.array([word]), np.array([style])).to_pylist() == [short]


@pytest.mark.parametrize(
    ("day", "asked", "expected"),
    [
        ("1987-05-03", True, "1987-03-05"),
        ("1987-05-03", False, "1987-05-03"),
        ("1987-05-25", True, "1987-05-25"),
        ("2000-12-01", True, "2000-01-12"),
        ("1950-07-07", True, "1950-07-07"),
    ],
)
def test_day_and_month_swapped_where_that_is_a_day(day: str, asked: bool, expected: str) -> None:
    birth = np.array([day], dtype="datetime64[D]").astype(np.int64)
    assert str(variants.swapped(birth, np.array([asked])).astype("datetime64[D]")[0]) == expected
