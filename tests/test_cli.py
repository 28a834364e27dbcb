"""The commands as a person meets them: the summary, the mistakes, the exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from colmate import analysis, cli
from colmate.errors import ResourceError
from tests import leaks


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty working folder with a leak in it; keys go to a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("COLMATE_KEY", raising=False)
    monkeypatch.delenv("COLMATE_DEBUG", raising=False)
    leaks.write(tmp_path / "leak.csv")
    return tmp_path


Said = pytest.CaptureFixture[str]


def test_analyse_makes_a_case_and_says_where_the_report_is(here: Path, capsys: Said) -> None:
    assert cli.run(["analyse", "leak.csv"]) == 0
    assert "leak.case/report.html" in capsys.readouterr().out
    assert (here / "leak.case" / "report.html").exists()
    assert len(list((here / "home" / "colmate" / "keys").iterdir())) == 1


def test_json_is_all_that_is_written_when_asked_for(here: Path, capsys: Said) -> None:
    assert cli.run(["analyse", "leak.csv", "--json", "--title", "Exercise"]) == 0
    assert json.loads(capsys.readouterr().out)["case"]["title"] == "Exercise"


@pytest.mark.parametrize(("lang", "word"), [("fr", "personnes"), ("en", "persons")])
def test_show_tells_the_figures_in_either_language(here: Path, capsys: Said, lang: str, word: str) -> None:
    assert cli.run(["analyse", "leak.csv", "--lang", lang]) == 0
    capsys.readouterr()
    assert cli.run(["show", "leak.case", "--lang", lang]) == 0
    assert word in capsys.readouterr().out
    assert f'<html lang="{lang}"' in (here / "leak.case" / "report.html").read_text(encoding="utf-8")


def test_the_case_can_be_moved_and_shown_without_its_key(here: Path, capsys: Said) -> None:
    cli.run(["analyse", "leak.csv", "--key", "elsewhere.key"])
    (here / "leak.case").rename(here / "moved.case")
    (here / "elsewhere.key").unlink()
    assert cli.run(["show", "moved.case"]) == 0
    assert cli.run(["verify", "moved.case", "--key", "elsewhere.key"]) == 2
    assert "--key" in capsys.readouterr().err


def test_verify_passes_a_sound_case_and_fails_a_changed_one(here: Path, capsys: Said) -> None:
    cli.run(["analyse", "leak.csv"])
    assert cli.run(["verify", "leak.case"]) == 0
    report = here / "leak.case" / "report.json"
    report.write_text(report.read_text().replace('"count"', '"count "', 1))
    assert cli.run(["verify", "leak.case"]) == 2
    captured = capsys.readouterr()
    assert "FAILED" in captured.out and "do not rely" in captured.err


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["analyse", "nothing.csv"], "nothing.csv"),
        (["analyse", "leak.csv", "--lang", "de"], "fr, en"),
        (["analyse", "leak.csv", "--engine", "abacus"], "duckdb"),
        (["analyse", "leak.csv", "--case", "leak.csv"], "choose another"),
        (["analyse", "leak.csv", "--key", "leak.csv"], "key"),
        (["analyse", "leak.csv", "--encoding", "klingon"], "encoding"),
        (["analyse"], "PATH"),
        (["show", "nothing"], "nothing"),
        (["show", "."], "report.json"),
        (["verify", "nothing"], "there is no case"),
        (["replica", "moon-1969", "--out", "x.csv"], "labs-2021"),
        (["replica", "labs-2021", "--out", "x.csv", "--scale", "-1"], "scale"),
        (["replica", "labs-2021", "--out", "leak.csv", "--scale", "0.001"], "exists already"),
        (["unknown"], "unknown"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(here: Path, capsys: Said, command: list[str], told: str) -> None:
    assert cli.run(command) == 2
    captured = capsys.readouterr()
    assert told in " ".join(captured.err.split())
    assert "Traceback" not in captured.err and not captured.out


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        (RuntimeError("KERVADEC JEANNE"), 1, "a fault of Colmate (RuntimeError)"),
        (ResourceError("the disk is full"), 2, "the disk is full"),
        (OSError(28, "No space left on device"), 2, "No space left"),
        (MemoryError(), 2, "memory ran out"),
        (KeyboardInterrupt(), 130, "the same command again"),
    ],
)
def test_whatever_goes_wrong_no_value_is_shown(
    here: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch, fault: BaseException, code: int, told: str
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise fault

    monkeypatch.setattr(analysis, "analyse", fail)
    assert cli.run(["analyse", "leak.csv"]) == code
    err = capsys.readouterr().err
    assert told in err and "KERVADEC" not in err and "Traceback" not in err


@pytest.mark.parametrize(
    "command", [[], ["--help"], ["analyse", "--help"], ["verify", "--help"], ["replica", "--help"]]
)
def test_help_is_there_wherever_it_is_asked_for(capsys: Said, command: list[str]) -> None:
    assert cli.run(command) in (0, 2)
    captured = capsys.readouterr()
    assert "Usage: " in captured.out + captured.err


def test_the_version_is_told(capsys: Said) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("colmate ")


def test_a_replica_comes_with_its_truth(here: Path) -> None:
    (here / "new").mkdir()
    assert cli.run(["replica", "labs-2021", "--out", "new/leak.csv", "--scale", "0.001"]) == 0
    assert json.loads((here / "new" / "truth.json").read_text())["records"]["found"] == 492


@pytest.mark.parametrize("limit", [2_000, 20_000])
def test_a_full_disk_is_told_and_the_run_goes_on_later(
    here: Path, capsys: Said, limit: int, limited: Callable[[int, list[str]], int]
) -> None:
    code = limited(limit, ["analyse", "leak.csv"])
    assert code == 2, capsys.readouterr().err
    assert cli.run(["analyse", "leak.csv", "--case", "second.case"]) == 0


@pytest.fixture
def limited() -> Callable[[int, list[str]], int]:
    """Return a function that runs a command in a process whose files may not grow beyond a size."""
    import resource
    import subprocess
    import sys

    def call(limit: int, command: list[str]) -> int:
        def restrict() -> None:
            import signal

            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        done = subprocess.run(
            [sys.executable, "-m", "colmate", *command],
            preexec_fn=restrict,
            capture_output=True,
            check=False,
            text=True,
        )
        assert "Traceback" not in done.stderr and len(done.stderr.splitlines()) < 12
        return done.returncode

    return call
