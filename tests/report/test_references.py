"""The drawing of tables: who is emphasised, what is said twice, what a hostile name can do."""

from __future__ import annotations

from typing import Any

import pytest

from colmate.model import Report
from colmate.report import render
from colmate.report.references import DRAWN_MOST, references, standings
from colmate.report.words import words
from tests.report.conftest import sample

PERSON = ("nom", "last_name", "patient")
DOCTOR = ("medecin", "rpps", "professional")
PLAIN = ("code", "code", None)


def _table(name: str, column: tuple[str, str, str | None], *targets: str, records: int = 10) -> dict[str, Any]:
    cells = {"confidence": 1.0, "filled": records, "valid": records, "distinct": 1}
    return {
        "name": name,
        "evidence": "dump.sql",
        "records": records,
        "duplicates": 0,
        "columns": [{"name": column[0], "position": 1, "semantic_type": column[1], "role": column[2]} | cells],
        "keys": [{"column": "id", "references": None}] + [{"column": "k", "references": f"{t}.id"} for t in targets],
    }


def _report(*tables: dict[str, Any]) -> Report:
    return Report.model_validate(sample() | {"tables": list(tables)})


HOSPITAL = [
    _table("patients", PERSON, "centres"),
    _table("sejour", PLAIN, "patients", "medecins"),
    _table("diagnostic", PLAIN, "sejour", "cim10", records=1_234_567),
    _table("medecins", DOCTOR),
    _table("cim10", PLAIN),
    _table("centres", PLAIN),
    _table("parametres", PLAIN),
]


def test_who_is_named_who_is_tied_and_who_is_neither() -> None:
    report = _report(*HOSPITAL)
    tables = {table.name: table for table in report.tables}
    targets = {"patients": ["centres"], "sejour": ["patients", "medecins"], "diagnostic": ["sejour", "cim10"]}
    assert standings(tables, targets) == {
        **dict.fromkeys(("patients", "medecins"), "named"),
        **dict.fromkeys(("sejour", "diagnostic"), "tied"),
        **dict.fromkeys(("cim10", "centres", "parametres"), "nobody"),
    }


@pytest.mark.parametrize("tables", [HOSPITAL[:1], [HOSPITAL[3], HOSPITAL[4]], []])
def test_nothing_is_drawn_of_one_table_or_of_tables_without_references(tables: list[dict[str, Any]]) -> None:
    assert references(_report(*tables), words("fr")) is None
    assert '<svg class="graph' not in render(_report(*tables), "fr")


@pytest.mark.parametrize(("lang", "count"), [("fr", "1\u202f234\u202f567"), ("en", "1,234,567")])
def test_the_drawings_and_the_table_say_the_same(lang: str, count: str) -> None:
    html = render(_report(*HOSPITAL), lang)
    assert html.count('<svg class="graph') == 2
    for table in HOSPITAL:
        assert html.count(f">{table['name']}<") >= 3  # a desk's drawing, a telephone's, the table
    assert html.count(count) >= 3
    assert html.count('role="img"') >= 2
    assert "sejour_id" not in html
    assert "k → patients.id" in html


def test_one_line_a_pair_and_none_to_itself() -> None:
    report = _report(_table("a", PERSON, "a"), _table("b", PLAIN, "a", "a", "nowhere"))
    found = references(report, words("en"))
    assert found
    assert [len(drawing.arrows) for drawing in found["drawings"]] == [1, 1]


def test_names_with_dots_are_found() -> None:
    report = _report(_table("public.patients", PERSON), _table("public.stay", PLAIN, "public.patients"))
    found = references(report, words("en"))
    assert found
    assert found["drawings"][0].arrows[0][0].target == "public.patients"


def test_many_tables_are_drawn_in_part_and_listed() -> None:
    many = [_table(f"t{i:03d}", PLAIN, "patients") for i in range(400)]
    found = references(_report(HOSPITAL[0], *many), words("fr"))
    assert found
    assert [len(drawing.boxes) for drawing in found["drawings"]] == [DRAWN_MOST, DRAWN_MOST]
    assert (found["left_out"], len(found["rows"]), found["rows_left"]) == ("361 tables", 300, "101 tables")
    assert found["rows"][0]["name"] == "patients"


def test_a_circle_of_references_is_drawn() -> None:
    ring = [_table(f"t{i}", PLAIN, f"t{(i + 1) % 5}") for i in range(5)]
    found = references(_report(*ring), words("fr"))
    assert found
    assert len(found["drawings"][0].arrows) == 5


def test_hostile_names_are_escaped_and_shortened() -> None:
    name = "</title><script>alert(1)</script>\u202e=1+1 " + "x" * 500
    html = render(_report(_table(name, PERSON), _table("b\x00<svg onload=alert(2)>", PLAIN, name)), "fr")
    assert "<script" not in html
    assert "<svg onload" not in html
    assert "\u202e" not in html
    assert "x" * 100 not in html
