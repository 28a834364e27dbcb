"""The layered drawing: what is referred to stands above, boxes do not overlap, no circle hangs it."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.report.layers import Sheet, arrows, layers, places

DESK = Sheet(per_row=3, width=100, height=40, gap=20, fall=30, margin=10)
PHONE = Sheet(per_row=1, width=100, height=40, gap=10, fall=10, margin=60)

GRAPHS = st.integers(0, 12).flatmap(
    lambda size: st.dictionaries(
        st.sampled_from([f"t{i}" for i in range(size + 1)]),
        st.lists(st.sampled_from([f"t{i}" for i in range(size + 1)]), unique=True, max_size=4),
    )
)


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ({}, []),
        ({"stay": ["patient"]}, [["patient"], ["stay"]]),
        ({"line": ["order"], "order": ["stay"], "stay": ["patient"]}, [["patient"], ["stay"], ["order"], ["line"]]),
        # a nomenclature stands just above what uses it
        ({"code": ["stay", "cim"], "stay": ["patient"]}, [["patient"], ["stay", "cim"], ["code"]]),
        ({"one": ["other"], "other": ["one"]}, [["other"], ["one"]]),
    ],
)
def test_layers(targets: dict[str, list[str]], expected: list[list[str]]) -> None:
    names = sorted({*targets, *(name for some in targets.values() for name in some), "lonely"})
    found = layers(names, targets)
    if "one" in targets:  # a circle is cut somewhere
        assert sorted(map(len, found)) == [1, 1]
    else:
        assert [sorted(row) for row in found] == [sorted(row) for row in expected]


@settings(max_examples=60)
@given(GRAPHS, st.sampled_from([DESK, PHONE]))
def test_every_name_has_its_own_place_inside_the_drawing(targets: dict[str, list[str]], sheet: Sheet) -> None:
    targets = {name: [other for other in others if other != name] for name, others in targets.items()}
    names = sorted({*targets, *(name for some in targets.values() for name in some)})
    rows = layers(names, targets)
    bound = {name for name in names if targets.get(name) or any(name in some for some in targets.values())}
    assert sorted(name for row in rows for name in row) == sorted(bound)
    found, height = places(rows, sheet)
    assert set(found) == bound
    for one, other in combinations(found.values(), 2):
        assert abs(one.x - other.x) >= sheet.width or abs(one.y - other.y) >= sheet.height
    for place in found.values():
        assert 0 <= place.x <= sheet.whole - sheet.width
        assert 0 <= place.y <= height - sheet.height
    drawn = arrows(found, targets, sheet)
    assert {(line.source, line.target) for line in drawn} == {(a, b) for a in bound for b in targets.get(a, [])}
    for line in drawn:
        assert re.fullmatch(r"M[-\d. ]+([CL][-\d. ]+)+", line.path)


def test_lines_run_between_the_boxes_of_the_rows_they_cross() -> None:
    targets = {"c": ["b", "a"], "b": ["a"]}
    found, _ = places(layers(["a", "b", "c"], targets), DESK)
    long = next(line for line in arrows(found, targets, DESK) if (line.source, line.target) == ("c", "a"))
    straight = re.search(r"L([\d.]+) ", long.path)
    assert straight
    assert not found["b"].x <= float(straight[1]) <= found["b"].x + DESK.width
