"""Looking at findings: masked, by the owner of the key only, and never without a trace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import colmate
from colmate import notes
from colmate.cli import run
from colmate.errors import CaseKeyError, UsageError
from colmate.review import review
from tests import leaks


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("review")
    colmate.analyse(leaks.write(folder / "leak.csv", 60), folder / "case", key=folder / "k")
    return folder / "case", folder / "k"


def test_findings_are_listed_with_masked_context(case: tuple[Path, Path]) -> None:
    found = review(case[0], "psychiatric", key=case[1], limit=5)
    assert len(found) == 5
    assert {(item.column, item.assertion, item.subject) for item in found} == {("COMMENTAIRE", "asserted", "patient")}
    assert all("[" in item.context and "lithium" not in item.context.partition("[")[0] for item in found)
    assert review(case[0], "hiv_sti", key=case[1]) == []


def test_each_request_is_in_the_chain_of_custody(case: tuple[Path, Path]) -> None:
    review(case[0], "violence_abuse", key=case[1], assertion="asserted", limit=3)
    last = json.loads((case[0] / "custody.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert last["action"] == "review"
    assert last["details"] == {"category": "violence_abuse", "assertion": "asserted", "limit": 3}
    assert all(check.passed for check in colmate.verify(case[0], key=case[1]))


def test_without_the_key_there_is_nothing_to_see(case: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "k").write_bytes(case[1].read_bytes()[::-1])
    with pytest.raises((CaseKeyError, UsageError)):
        review(case[0], "psychiatric", key=tmp_path / "k")


def test_a_category_that_does_not_exist_is_told(case: tuple[Path, Path]) -> None:
    with pytest.raises(UsageError, match="hiv_sti"):
        review(case[0], "measles", key=case[1])


def test_the_command_prints_one_line_a_finding(case: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["notes", str(case[0]), "--category", "psychiatric", "--key", str(case[1]), "--limit", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all("COMMENTAIRE" in line for line in lines)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Mme Roux, pas de VIH connu", "mme Aaaa, pas de [{cue}] connu"),
        ("sa mère est séropositive depuis 1987", "sa mère est [{cue}] depuis 9999"),
    ],
)
def test_only_the_words_of_the_rules_stay(text: str, line: str) -> None:
    (finding,) = notes.read_note(text)
    assert notes.masked(text, finding) == line.format(cue=finding.cue)


@given(st.text(min_size=0, max_size=80), st.text(min_size=0, max_size=80))
def test_no_figure_and_no_capital_of_the_note_survives(before: str, after: str) -> None:
    text = f"{before} VIH positif {after}"
    for finding in notes.read_note(text):
        shown = notes.masked(text, finding).replace(finding.cue, "")
        assert not set(shown) & set("012345678BCDEFGHIJKLMNOPQRSTUVWXYZ")
