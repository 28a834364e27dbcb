"""Why records are one person, and what somebody should look at: by numbers alone, never without a trace."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

import colmate
from colmate import explanation
from colmate.case import Case
from colmate.cli import run
from colmate.errors import CaseKeyError, UsageError
from colmate.explanation import REASONS
from colmate.report.words import words
from tests import leaks

Made = tuple[Path, Path]
# records beyond the crowd, each told by what is changed of the record of a person in it (whose place is given)
SLIP, COPY, MOVED, TWO_NUMBERS = 61, 62, 63, 64


def _changed(number: int, **cells: str) -> list[str]:
    row = leaks.row(number)
    for name, value in cells.items():
        row[leaks.HEADER.index(name)] = value
    return row


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A case of sixty persons; the first comes three times more, the second has a double with another number."""
    folder = tmp_path_factory.mktemp("explained")
    rows = [
        *(leaks.row(number) for number in range(60)),
        _changed(0, NOM="KERVADEK"),
        leaks.row(0),
        _changed(0, CODE_POSTAL="29200", VILLE="BREST", TELEPHONE="", EMAIL=""),
        _changed(1, NUM_SECU=leaks.nir(int(leaks.row(1)[4][0]), 1937, 6, 29, 777)),
    ]
    (folder / "leak.csv").write_bytes(leaks.text(rows).encode("cp1252"))
    colmate.analyse(folder / "leak.csv", folder / "case", key=folder / "k")
    return folder / "case", folder / "k"


def _persons(made: Made) -> dict[int, int]:
    with Case.open(made[0], key_path=made[1]) as case, case.engine() as engine:
        return {row["record"]: row["person"] for row in engine.rows(engine.read(case.dataset("mentions")))}


def _last(made: Made) -> dict[str, object]:
    line: dict[str, object] = json.loads((made[0] / "custody.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    return line


def test_every_record_of_a_person_has_its_reason(made: Made) -> None:
    person = _persons(made)[1]
    why = explanation.explain(made[0], person, key=made[1]).why
    assert [(met.record, met.how, met.source) for met in why.records] == [
        (1, "told", None), (SLIP, "told", None), (COPY, "copy", (1, 1)), (MOVED, "told", None),
    ]  # fmt: skip
    joined = {(tie.left[1], tie.right[1]): tie for tie in why.links}
    assert {(1, SLIP), (1, MOVED)} <= set(joined)
    traits = {trait.trait: trait for trait in joined[1, SLIP].traits}
    assert traits["name"].level in ("a slip", "same but for a particle or to the ear")
    assert traits["born"].level == "same date" and traits["born"].weight > 5
    assert traits["nir"].level == "same own number"
    assert {trait.trait: trait.level for trait in joined[1, MOVED].traits}["contact"] == "another département"


def test_the_weights_are_those_that_decided(made: Made) -> None:
    """What is worked out again adds up to the weight that the linkage kept, pair by pair."""
    persons = [person for person, times in Counter(_persons(made).values()).items() if times > 1]
    with Case.open(made[0], key_path=made[1]) as case, case.engine() as engine:
        kept = {
            ((row["l"] % (1 << 42)) // 8, (row["r"] % (1 << 42)) // 8): row["weight"]
            for row in engine.rows(engine.read(case.dataset("links")))
        }
    found: dict[tuple[int, int], float] = {}
    for person in persons:
        for tie in explanation.explain(made[0], person, key=made[1]).why.links:
            found[tie.left[1], tie.right[1]] = tie.total
            assert tie.probability >= 0.5
    assert found == pytest.approx(kept, abs=1e-3)


def test_two_own_numbers_are_kept_apart_and_listed(made: Made) -> None:
    persons = _persons(made)
    one, other = persons[2], persons[TWO_NUMBERS]
    assert one != other
    (group,) = explanation.groups(made[0], reason="two_numbers", key=made[1])
    assert set(group.persons) == {one, other}
    (tie,) = explanation.explain(made[0], other, key=made[1]).why.apart
    assert (tie.left[1], tie.right[1], tie.person, tie.reason) == (TWO_NUMBERS, 2, one, "two_numbers")
    (veto,) = [trait for trait in tie.traits if trait.trait == "nir"]
    assert "never one person" in veto.level and veto.weight < -40
    report = json.loads((made[0] / "report.json").read_text(encoding="utf-8"))
    assert report["persons"]["conflicts"]["two_numbers"] == 1


def test_each_request_is_in_the_chain_of_custody(made: Made) -> None:
    person = _persons(made)[1]
    explanation.explain(made[0], person, key=made[1])
    assert (_last(made)["action"], _last(made)["details"]) == ("explain", {"person": person})
    explanation.groups(made[0], reason="sexes", limit=3, key=made[1])
    assert (_last(made)["action"], _last(made)["details"]) == ("groups", {"reason": "sexes", "limit": 3})
    assert all(check.passed for check in colmate.verify(made[0], key=made[1]))


def test_what_cannot_be_answered_is_told(made: Made, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no person 5"):
        explanation.explain(made[0], 5, key=made[1])
    with pytest.raises(UsageError, match="two_numbers"):
        explanation.groups(made[0], reason="measles", key=made[1])
    (tmp_path / "k").write_bytes(made[1].read_bytes()[::-1])
    with pytest.raises((CaseKeyError, UsageError)):
        explanation.groups(made[0], key=tmp_path / "k")


@pytest.mark.parametrize("form", [[], ["--json"]])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_value_is_shown(made: Made, capsys: pytest.CaptureFixture[str], lang: str, form: list[str]) -> None:
    persons = _persons(made)
    for asked in (["explain", str(made[0]), str(persons[1])], ["explain", str(made[0]), str(persons[TWO_NUMBERS])],
                  ["review", str(made[0])]):  # fmt: skip
        assert run([*asked, "--key", str(made[1]), "--lang", lang, *form]) == 0
        told = capsys.readouterr().out
        values = {cell for number in (0, 1) for cell in leaks.row(number) if len(cell) > 1}
        assert not [cell for cell in values if cell.casefold() in told.casefold()]
        assert json.loads(told) if form else str(persons[TWO_NUMBERS] if asked[0] == "review" else "") in told


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_reason_and_every_level_has_its_words(lang: str) -> None:
    from colmate.subjects.scoring import prior

    text = words(lang)
    assert all(text(f"review.{reason}") for reason in REASONS)
    everything = {"name", "first", "born", "sex", "nir", "email"}
    for one in prior(everything)["comparisons"]:
        assert text(f"explain.trait_{one['output_column_name']}")
        assert all(level["label_fr"] and level["label_for_charts"] for level in one["comparison_levels"])
