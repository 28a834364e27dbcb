"""The whole path, on real input: what `analyse` promises to the person who puts a name under its number."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import pytest

import colmate
from colmate import intake, replicas
from colmate.case import Case
from colmate.pipeline import Run
from tests import leaks

PERSONS = 60


@pytest.fixture(scope="module")
def replica(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Return a hundredth of the laboratory leak, and its truth."""
    leak = tmp_path_factory.mktemp("replica") / "leak.csv"
    return leak, replicas.generate("labs-2021", leak, scale=0.01, seed=7)


@pytest.fixture(scope="module")
def analysed(
    replica: tuple[Path, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, colmate.Report]:
    """Return the case made of the replica, and its report."""
    folder = tmp_path_factory.mktemp("cases")
    report = colmate.analyse(replica[0], folder / "case", key=folder / "k", title="a hundredth")
    return folder / "case", report


@pytest.fixture
def leak(tmp_path: Path) -> Path:
    return leaks.write(tmp_path / "leak.csv", PERSONS)


def test_the_count_is_near_the_truth_and_the_interval_holds_it(
    replica: tuple[Path, dict[str, Any]], analysed: tuple[Path, colmate.Report]
) -> None:
    real, found = replica[1]["persons"]["count"], analysed[1].persons
    assert abs(found.count / real - 1) < 0.01
    assert found.interval[0] <= real <= found.interval[1]


def test_every_row_and_every_byte_is_accounted_for(
    replica: tuple[Path, dict[str, Any]], analysed: tuple[Path, colmate.Report]
) -> None:
    report = analysed[1]
    assert report.records.found == report.records.read + report.records.rejected == replica[1]["records"]["found"]
    assert [item.bytes_accounted for item in report.evidence] == [replica[0].stat().st_size]


def test_the_sums_of_the_report_agree(analysed: tuple[Path, colmate.Report]) -> None:
    report = analysed[1]
    for parts in (report.persons.by_role, report.persons.by_sex, report.severity.persons):
        assert sum(parts.values()) == report.persons.count, parts
    assert sum(item.records for item in report.controllers) == report.records.read
    assert all(item.persons <= report.persons.count for item in report.exposure)
    assert all(item.valid <= item.filled <= report.records.read for item in report.tables[0].columns)


def test_no_personal_value_leaves_the_encrypted_datasets(
    replica: tuple[Path, dict[str, Any]], analysed: tuple[Path, colmate.Report]
) -> None:
    kinds = {item["name"] for item in replica[1]["tables"][0]["columns"] if item["semantic_type"] in _PERSONAL}
    with replica[0].open(encoding="cp1252", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    values = {value for row in rows for name, value in row.items() if name in kinds and len(value) > 5}
    assert len(values) > 5_000
    for path in analysed[0].rglob("*"):
        if path.is_file() and path.suffix in (".html", ".json", ".jsonl"):
            words = set(re.split(r'[\s"<>(),;]+', path.read_text(encoding="utf-8")))
            assert not words & values, f"{path.name} holds personal values"
        assert not any(value in path.name for value in list(values)[:500])


_PERSONAL = {"nir", "email", "phone", "password", "address", "full_name", "professional_name"}


def test_the_report_is_one_page_that_loads_nothing(analysed: tuple[Path, colmate.Report]) -> None:
    page = (analysed[0] / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//|@import|url\((?!["']?(?:data:|#))""", page)
    assert '<html lang="fr"' in page


def test_an_analysis_opens_no_socket(leak: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> NoReturn:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    colmate.analyse(leak, tmp_path / "case", key=tmp_path / "k")


def test_the_same_file_gives_the_same_report(leak: Path, tmp_path: Path) -> None:
    one, two = (colmate.analyse(leak, tmp_path / name, key=tmp_path / f"{name}.key") for name in ("one", "two"))
    assert one.model_copy(update={"case": two.case, "timings": two.timings}) == two


def test_several_files_are_one_leak(tmp_path: Path) -> None:
    """The same persons in two files are counted once; the files are told apart."""
    first, second = (leaks.write(tmp_path / name, PERSONS) for name in ("a.csv", "b.csv"))
    report = colmate.analyse([first, second], tmp_path / "case", key=tmp_path / "k")
    assert report.records.read == 2 * PERSONS
    assert report.persons.by_role["patient"] == PERSONS
    assert [item.name for item in report.evidence] == ["a.csv", "b.csv"]
    assert len(report.tables) == 2


def test_a_finished_case_is_never_written_over(leak: Path, tmp_path: Path) -> None:
    colmate.analyse(leak, tmp_path / "case", key=tmp_path / "k")
    before = (tmp_path / "case" / "report.json").read_bytes()
    with pytest.raises(colmate.CaseExistsError, match="finished case"):
        colmate.analyse(leak, tmp_path / "case", key=tmp_path / "k")
    assert (tmp_path / "case" / "report.json").read_bytes() == before


@pytest.mark.parametrize("stage", ["columns", "subjects", "notes", "exposure", "report"])
def test_a_stopped_run_goes_on_where_it_was(
    leak: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    def stopped(*_args: object, **_more: object) -> NoReturn:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Run, stage, stopped)
        with pytest.raises(KeyboardInterrupt):
            colmate.analyse(leak, tmp_path / "case", key=tmp_path / "k")
    with Case.open(tmp_path / "case", key_path=tmp_path / "k") as case:
        before = dict(case.manifest.stages)
    assert "intake" in before and stage not in before
    monkeypatch.setattr(intake, "open_tables", stopped)
    report = colmate.analyse(leak, tmp_path / "case", key=tmp_path / "k")
    assert report.records.read == PERSONS
    with Case.open(tmp_path / "case", key_path=tmp_path / "k") as case:
        assert {name: case.manifest.stages[name] for name in before} == before
    assert all(check.passed for check in colmate.verify(tmp_path / "case", key=tmp_path / "k"))


def test_an_unfinished_case_of_another_file_is_left_alone(
    leak: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Run, "columns", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            colmate.analyse(leak, tmp_path / "case", key=tmp_path / "k")
    other = leaks.write(tmp_path / "other.csv", 5)
    with pytest.raises(colmate.CaseExistsError, match="other files"):
        colmate.analyse(other, tmp_path / "case", key=tmp_path / "k")


def test_a_killed_process_leaves_a_case_that_goes_on(replica: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "colmate", "analyse", str(replica[0]), "--case", str(tmp_path / "case")]
    process = subprocess.Popen([*command, "--key", str(tmp_path / "k")], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (tmp_path / "case" / "sections" / "intake.json").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    report = colmate.analyse(replica[0], tmp_path / "case", key=tmp_path / "k")
    assert report.records.found == replica[1]["records"]["found"]
    assert all(check.passed for check in colmate.verify(tmp_path / "case", key=tmp_path / "k"))
    assert not (tmp_path / "case" / "spill").exists()


def test_the_pieces_can_be_used_on_their_own(leak: Path) -> None:
    (table,) = colmate.read(leak)
    assert table.columns == tuple(leaks.HEADER)
    assert table.records.num_rows == PERSONS and table.rejects.num_rows == 0
    assert {str(field.type) for field in table.records.schema} == {"string"}
    types = {column.name: column.semantic_type for column in colmate.recognise(table)}
    assert types["NUM_SECU"] == "nir" and types["EMAIL"] == "email" and types["DATE_NAISSANCE"] == "birth_date"


def test_the_report_keeps_its_schema_on_disk(analysed: tuple[Path, colmate.Report]) -> None:
    document = json.loads((analysed[0] / "report.json").read_text(encoding="utf-8"))
    assert document["schema"] == "colmate-report/1"
    assert colmate.Report.model_validate(document) == analysed[1]
