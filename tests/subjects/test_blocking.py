"""Which profiles are compared in a large file, and how much the rules of one trait may cost."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.engine import Engine
from colmate.subjects import blocking
from colmate.subjects.likeness import DAYS, FIRSTS, YEARS, Likeness, letters
from tests.subjects.people import partition

# names are kept in any script: Cyrillic, Greek, Han, also beyond the basic plane
WORDS = st.text("ABCDEHIJЖΩ李\U00020000", min_size=1, max_size=4)
NAMES = st.tuples(WORDS, st.none() | WORDS)
Name = tuple[str, str | None]


def _near(engine: Engine, likeness: Likeness, a: int, b: int) -> bool:
    table = engine.memtable(pa.table({"a": pa.array([a], pa.int32()), "b": pa.array([b], pa.int32())}), "two")
    return bool(engine.rows(table.select(near=likeness.near(table.a, table.b)))[0]["near"])


def _letters(engine: Engine, name: Name) -> int:
    told = {"word": pa.array([name[0]], pa.string()), "other": pa.array([name[1]], pa.string())}
    table = engine.memtable(pa.table(told), "name")
    return int(engine.rows(table.select(n=letters(table.word, table.other)))[0]["n"])


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [
        (512, 512, True),
        (512, 517, True),  # another day
        (512, 1112, True),  # another month
        (512, 1205, True),  # exchanged
        (512, 0, True),  # unknown
        (512, 1103, False),
        (512, 611, False),
    ],
)
def test_days_are_alike_where_one_slip_parts_them(engine: Engine, a: int, b: int, near: bool) -> None:
    assert _near(engine, DAYS, a, b) is near


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [(1967, 1967, True), (1967, 1961, True), (1967, 1957, True), (1967, 1867, True), (1967, 1976, True),
     (1967, 1958, False), (1967, 1982, False)],
)  # fmt: skip
def test_years_are_alike_where_one_slip_parts_them(engine: Engine, a: int, b: int, near: bool) -> None:
    assert _near(engine, YEARS, a, b) is near


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [
        (("SYLVIE", None), ("SYLVAINE", None), True),  # begun alike
        (("ИВАН", "ПЕТР"), ("ИВАН", None), True),  # another script
        (("ИВАН", "ПЕТР"), ("ОЛЕГ", "ЮРИЙ"), False),
        (("MARTINE", None), ("NARTINE", None), True),  # the first letter wrong
        (("HENRI", None), ("ENRI", None), True),  # lost
        (("JEAN", "PIERRE"), ("PIERRE", None), True),  # known by the second
        (("A", None), ("ANNE", None), True),  # an initial
        (("SYLVIE", None), ("MARTINE", None), False),
        (("JEAN", "PAUL"), ("MARC", None), False),
    ],
)
def test_names_are_alike_where_one_slip_parts_their_beginnings(engine: Engine, a: Name, b: Name, near: bool) -> None:
    assert _near(engine, FIRSTS, _letters(engine, a), _letters(engine, b)) is near


@settings(max_examples=60)
@given(a=NAMES, b=NAMES)
def test_alike_is_the_same_both_ways_round_and_with_oneself(a: Name, b: Name) -> None:
    with Engine(threads=1) as engine:
        one, other = _letters(engine, a), _letters(engine, b)
        assert _near(engine, FIRSTS, one, other) == _near(engine, FIRSTS, other, one)
        assert _near(engine, FIRSTS, one, one)


PEOPLE = [
    {"last": "KERVADEC", "first": "SYLVIE", "born": "1961-05-12", "email": "a@exemple.fr"},
    {"last": "KERVADEC", "first": "SYLVIE", "born": "1961-12-05", "email": "a@exemple.fr"},
    {"last": "KERVADEC", "first": "MARTINE", "born": "1961-05-12"},
    {"last": "TREGUIER", "first": "YANN", "born": "1974-03-08"},
]


@pytest.mark.parametrize("large", [1, 1_000_000])
def test_a_large_file_holds_the_same_persons(engine: Engine, monkeypatch: pytest.MonkeyPatch, large: int) -> None:
    monkeypatch.setattr(blocking, "LARGE", large)
    assert partition(engine, PEOPLE) == [0, 0, 1, 2]


def test_strangers_with_one_key_are_not_compared_in_a_large_file(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocking, "WIDE_UP_TO", 0)
    made = []
    for large in (1_000_000, 1):
        monkeypatch.setattr(blocking, "LARGE", large)
        made.append(_compared(engine, [(5_12, "SYLVIE"), (11_03, "SYLVIE"), (12_05, "SYLVIE"), (5_12, "MARTINE")]))
    assert made == [{(1, 2), (1, 3), (1, 4), (2, 3)}, {(1, 3)}]


def _compared(engine: Engine, people: list[tuple[int, str]]) -> set[tuple[int, int]]:
    """The pairs of people of one surname, born in 1961 on these days, with these given names."""
    count = len(people)
    first = [name for _, name in people]
    numbers = pa.array([None] * count, pa.uint64())
    columns = {
        "mention": pa.array(range(1, count + 1), pa.int64()),
        "born": pa.array([1961_00_00 + day for day, _ in people], pa.int32()),
        "first": pa.array(first, pa.string()),
        "by_first": pa.array([1 + sorted(set(first)).index(name) for name in first], pa.uint64()),
        "name": pa.array(["KERVADEC"] * count, pa.string()),
        "by_name": pa.array([7] * count, pa.uint64()),
        "by_used": numbers,
        **{trait: pa.array([None] * count, pa.string()) for trait in ("rest", "used", "nir", "postcode", "department")},
        **dict.fromkeys(blocking.CONTACTS, numbers),
    }
    profiles = engine.memtable(pa.table(columns), "some_profiles")
    filled = dict.fromkeys(("born", "first", "name"), count)
    pairs = blocking.candidates(engine, profiles, filled, count, None)
    return {(row["l"], row["r"]) for row in engine.rows(pairs)}


def test_rules_of_one_trait_are_allowed_less_in_a_larger_file() -> None:
    (wide,) = (rule for rule in blocking.RULES if rule.name == "first_postcode")
    (narrow,) = (rule for rule in blocking.RULES if rule.name == "date_name")
    allowed = [blocking._allowance(wide, count) for count in (4_000, 50_000, 80_000, 150_000)]
    assert allowed[0] == allowed[1] > allowed[2] > allowed[3] > 0
    assert blocking._allowance(narrow, 10_000_000) > blocking._allowance(narrow, 10_000)
