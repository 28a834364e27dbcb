"""The case folder: what it promises when all is well, and when somebody or something damaged it."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from colmate.case import Case
from colmate.errors import CaseDamagedError, CaseError, CaseExistsError, CaseKeyError, UsageError

HELD = "KERVADEC-TEST-VALUE"


def _create(folder: Path) -> Case:
    return Case.create(
        folder,
        title="a case",
        version="0.1.0",
        engine="duckdb",
        inputs=[],
        options={},
        key_path=folder.parent / "case.key",
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a closed case with one finished stage and one dataset that holds a value to keep secret."""
    path = tmp_path / "case"
    with _create(path) as case, case.engine() as engine:
        data = pa.table({"record": [1, 2], "c0": [HELD, HELD]})
        engine.write(data.to_reader(), case.dataset("records-0001"))
        case.finish("intake", {"rows": 2}, ["records-0001"], 0.5)
    return path


def _open(folder: Path) -> Case:
    return Case.open(folder, key_path=folder.parent / "case.key")


def test_what_was_written_is_read_back(folder: Path) -> None:
    with _open(folder) as case, case.engine() as engine:
        assert case.finished("intake") and not case.finished("columns")
        assert case.section("intake") == {"rows": 2}
        assert engine.count(engine.read(case.dataset("records-0001"))) == 2
        assert case.check_files() == 2
        assert case.check_custody() == 2


def test_only_the_owner_may_look_in(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_no_value_can_be_read_without_the_key(folder: Path) -> None:
    for path in folder.rglob("*"):
        assert path.is_dir() or HELD.encode() not in path.read_bytes()
        assert HELD not in path.name


def test_nothing_temporary_is_left(folder: Path) -> None:
    assert not (folder / "spill").exists()
    assert not list(folder.rglob("*.part"))


def test_a_killed_runs_leftovers_are_removed(folder: Path) -> None:
    (folder / "spill").mkdir()
    (folder / "spill" / "old.tmp").write_bytes(b"x")
    (folder / "datasets" / "half.parquet.part").write_bytes(b"x")
    with _open(folder):
        pass
    assert not (folder / "spill").exists() and not list(folder.rglob("*.part"))


def _other_key(folder: Path) -> None:
    (folder.parent / "case.key").unlink()
    with _create(folder.parent / "another"):
        pass


def _damage(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        (folder / name).write_bytes(change((folder / name).read_bytes()))

    return apply


def _forge_manifest(folder: Path) -> None:
    document = json.loads((folder / "manifest.json").read_text())
    document["title"] = "another title"
    (folder / "manifest.json").write_text(json.dumps(document))


@pytest.mark.parametrize(
    ("damage", "kind", "told"),
    [
        (lambda folder: (folder.parent / "case.key").unlink(), CaseKeyError, "--key or COLMATE_KEY"),
        (_other_key, CaseKeyError, "the key of another one"),
        (lambda folder: (folder / "manifest.json").unlink(), CaseDamagedError, "no manifest.json"),
        (_damage("manifest.json", lambda data: data[:50]), CaseDamagedError, "cut or changed"),
        (_damage("manifest.json", lambda _data: b"[]"), CaseDamagedError, "cut or changed"),
        (_forge_manifest, CaseDamagedError, "changed after"),
    ],
)
def test_a_case_that_cannot_be_trusted_does_not_open(
    folder: Path, damage: Callable[[Path], None], kind: type[CaseError], told: str
) -> None:
    damage(folder)
    with pytest.raises(kind, match=told):
        _open(folder)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (_damage("datasets/records-0001.parquet", lambda data: data[:-10]), "was cut or extended"),
        (_damage("datasets/records-0001.parquet", lambda data: data[:99] + b"!" + data[100:]), "was changed"),
        (_damage("sections/intake.json", lambda data: data.replace(b"2", b"3")), "was changed"),
        (lambda folder: (folder / "datasets" / "records-0001.parquet").unlink(), "is missing"),
    ],
)
def test_changed_files_are_found(folder: Path, damage: Callable[[Path], None], told: str) -> None:
    damage(folder)
    with _open(folder) as case, pytest.raises(CaseDamagedError, match=told):
        case.check_files()


def test_a_folder_with_something_in_it_is_never_written_to(folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    with pytest.raises(CaseExistsError, match="choose another folder"):
        _create(folder)
    assert sorted(folder.rglob("*")) == before


def test_a_folder_that_is_no_case(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no case"):
        Case.open(tmp_path / "nothing")


def test_two_runs_never_share_a_case(folder: Path) -> None:
    with _open(folder), pytest.raises(CaseError, match="in use by another run"):
        _open(folder)
