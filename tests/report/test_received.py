"""Files within files: a few are shown like any other, thousands are folded, and none is left out of the books."""

from __future__ import annotations

from typing import Any

import pytest

from colmate.model import Report
from colmate.report import render
from colmate.report.received import CONTAINERS_MOST, MEMBERS_FIRST, MEMBERS_PLAIN, evidence
from colmate.report.words import words
from tests.report.conftest import sample


def _report(members: list[dict[str, Any]]) -> Report:
    document = sample()
    archive = document["evidence"][0] | {"name": "boite.mbox", "format": "mail", "dialect": None, "encoding": None}
    plain = archive | {"notes": [], "reject_reasons": {}, "records_found": 2, "records_read": 2, "records_rejected": 0}
    document["evidence"] = [archive] + [plain | {"member_of": "boite.mbox"} | member for member in members]
    return Report.model_validate(document)


def test_a_few_members_are_shown_like_files() -> None:
    found = evidence(_report([{"name": f"m{i}.pdf", "format": "pdf"} for i in range(MEMBERS_PLAIN)]), words("fr"))
    assert len(found["rows"]) == MEMBERS_PLAIN + 1
    assert found["members"] is None


def test_thousands_are_counted_by_format_and_container() -> None:
    members = [
        {"name": f"m{i}", "format": "pdf" if i % 3 else "docx", "member_of": f"box{i % 40}"} for i in range(4_000)
    ]
    found = evidence(_report(members), words("en"))
    assert [row["name"] for row in found["rows"]] == ["boite.mbox"]
    folded = found["members"]
    assert [(row["name"], row["files"]) for row in folded["formats"]] == [
        ("PDF document", "2,666"),
        ("Word document (docx)", "1,334"),
    ]
    assert len(folded["groups"]) == CONTAINERS_MOST + 1
    assert (len(folded["first"]), folded["left_out"]) == (MEMBERS_FIRST, "3,964 files")
    assert len(render(_report(members), "en")) < 400_000


def test_members_that_lost_something_come_first_and_are_told() -> None:
    members: list[dict[str, Any]] = [{"name": f"m{i}", "format": "text"} for i in range(500)]
    members[400] |= {"records_read": 1, "records_rejected": 1}
    members[450] |= {"bytes_accounted": 1}
    found = evidence(_report(members), words("fr"))
    assert [row["name"] for row in found["members"]["first"][:3]] == ["m450", "m400", "m0"]
    assert found["exact"] is False


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_formats_have_names(lang: str) -> None:
    known = words(lang)
    for name in ("csv", "sql", "pgdump", "sqlite", "fhir", "hl7v2", "hprim_medecin", "mail", "7z", "unknown"):
        assert known(f"file_format.{name}")
    assert "brand_new" in render(_report([{"name": "a", "format": "brand_new"}]), lang)


def test_hostile_names_are_escaped() -> None:
    bad = "<script>alert(1)</script>\u202e"
    members = [{"name": bad, "format": bad, "member_of": bad + str(i % 2)} for i in range(50)]
    html = render(_report(members), "fr")
    assert "<script" not in html
    assert "\u202e" not in html
