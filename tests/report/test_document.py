"""report.json and its schema."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.errors import CaseDamagedError
from colmate.model import Report
from colmate.report import schema, to_json, validate
from colmate.report.document import SCHEMA_FILE, schema_text
from tests.report.conftest import sample


def test_the_shipped_schema_is_the_generated_one() -> None:
    shipped = files("colmate.report").joinpath("schema", SCHEMA_FILE).read_text(encoding="utf-8")
    assert shipped == schema_text()


def test_the_schema_says_who_it_is() -> None:
    body = schema()
    assert body["$id"] == "urn:colmate:schema:colmate-report:1"
    assert body["version"] == "1"
    assert body["$schema"].endswith("2020-12/schema")
    assert "schema" in body["required"]


def test_there_and_back_again(report: Report, document: dict[str, Any]) -> None:
    text = to_json(report)
    assert text.endswith("}\n")
    assert json.loads(text) == document
    assert to_json(Report.model_validate_json(text)) == text


def test_keys_are_the_contracts_in_the_contracts_order(report: Report) -> None:
    document = json.loads(to_json(report))
    assert list(document)[:5] == ["schema", "case", "evidence", "tables", "records"]
    assert document["special_categories"][0]["from"] == ["free_text"]


def test_a_report_is_valid(report: Report) -> None:
    validate(json.loads(to_json(report)))


@pytest.mark.parametrize(
    ("path", "value", "shown"),
    [
        (("persons", "count"), "SECRET", "$.persons.count"),
        (("persons", "count"), -1, "$.persons.count"),
        (("persons", "interval"), [1], "$.persons.interval"),
        (("persons", "by_department", "SECRET"), "x", "$.persons.by_department.*"),
        (("tables", 0, "columns", 3, "confidence"), 7.5, "$.tables[0].columns[3].confidence"),
        (("severity", "case", "band"), "SECRET", "$.severity.case.band"),
        (("schema",), "colmate-report/9", "$.schema"),
        (("SECRET",), 1, "at $,"),
    ],
)
def test_a_fault_is_named_by_its_place_never_by_its_value(
    document: dict[str, Any], path: tuple[Any, ...], value: object, shown: str
) -> None:
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(CaseDamagedError) as caught:
        validate(document)
    assert shown in str(caught.value)
    assert "SECRET" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("document", [None, [], "SECRET", 3, {}])
def test_what_is_no_report_at_all_is_refused(document: object) -> None:
    with pytest.raises(CaseDamagedError, match=r"at \$,"):
        validate(document)


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=80))
def test_any_column_name_survives_the_round_trip(name: str) -> None:
    document = sample()
    document["tables"][0]["columns"][0]["name"] = name
    parsed = json.loads(to_json(Report.model_validate(document)))
    assert parsed == document
    validate(parsed)
