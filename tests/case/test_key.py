"""The key: outside the case, its owner's alone, and never shown."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from colmate.case import key as keys
from colmate.errors import CaseKeyError


def test_a_new_key_is_its_owners_alone_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "a.key"
    made = keys.create(path, tmp_path / "case")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert keys.load(path).check("id") == made.check("id")


def test_two_keys_and_two_purposes_never_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = (keys.create(tmp_path / name, tmp_path / "case") for name in ("1", "2"))
    assert len({one.derive("datasets"), one.derive("custody"), two.derive("datasets"), two.derive("custody")}) == 4


def test_a_key_does_not_show_itself(tmp_path: Path) -> None:
    made = keys.create(tmp_path / "k", tmp_path / "case")
    assert repr(made) == "CaseKey(…)"


@pytest.mark.parametrize(
    ("content", "mode", "told"),
    [
        (None, 0, "is not at"),
        ("colmate-key-1 " + "A" * 43 + "=\n", 0o644, "chmod 600"),
        ("colmate-key-1 AAAA\n", 0o600, "is not a Colmate key"),
        ("something else\n", 0o600, "is not a Colmate key"),
        ("", 0o600, "is not a Colmate key"),
        ("\x00\xff" * 50, 0o600, "is not a Colmate key"),
    ],
)
def test_a_bad_key_file_is_told_in_a_sentence(tmp_path: Path, content: str | None, mode: int, told: str) -> None:
    path = tmp_path / "k"
    if content is not None:
        path.write_text(content, encoding="latin-1")
        path.chmod(mode)
    with pytest.raises(CaseKeyError, match=told):
        keys.load(path)


def test_the_key_may_not_lie_in_the_case(tmp_path: Path) -> None:
    with pytest.raises(CaseKeyError, match="outside the case folder"):
        keys.create(tmp_path / "case" / "inside" / "k", tmp_path / "case")


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    keys.create(tmp_path / "k", tmp_path / "case")
    with pytest.raises(CaseKeyError, match="cannot be made"):
        keys.create(tmp_path / "k", tmp_path / "case")


def test_option_then_environment_then_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("COLMATE_KEY", raising=False)
    assert keys.resolve("id", None) == tmp_path / "colmate" / "keys" / "id.key"
    monkeypatch.setenv("COLMATE_KEY", "/env.key")
    assert keys.resolve("id", None) == Path("/env.key")
    assert keys.resolve("id", Path("/option.key")) == Path("/option.key")
