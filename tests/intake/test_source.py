"""The file as received: what is opened, what is refused, what happens when it changes."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from colmate import intake
from colmate.errors import EvidenceError, FormatError, InternalError

LINES = b"nom;age\n" + b"Roux;41\n" * 400_000


def test_a_folder_gives_its_files_sorted(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "sub/c.csv", ".DS_Store", "__MACOSX/a.csv", "._a.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [path.relative_to(tmp_path).as_posix() for path in intake.expand([tmp_path])] == [
        "a.csv",
        "b.csv",
        "sub/c.csv",
    ]


def test_a_link_is_followed_when_it_is_given_by_name(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(b"nom;age\nRoux;41\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    assert intake.expand([tmp_path / "link.csv"]) == [tmp_path / "link.csv"]
    assert intake.read(tmp_path / "link.csv")[0].records.num_rows == 1
    with pytest.raises(EvidenceError, match="link inside a folder"):
        intake.expand([tmp_path])


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


REFUSED: dict[str, Callable[[Path], object]] = {
    "does not exist": lambda _: None,
    "leads nowhere": lambda path: path.symlink_to("missing"),
    "pipe": os.mkfifo,
    "socket": _socket,
    "holds no file": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_is_no_file_is_refused(tmp_path: Path, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    REFUSED[reason](Path("leak.csv"))
    with pytest.raises(EvidenceError, match=reason):
        intake.expand(["leak.csv"])


def test_a_device_is_refused() -> None:
    with pytest.raises(EvidenceError, match="device"):
        intake.expand(["/dev/null"])


def test_a_pipe_put_in_the_place_of_a_file_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "leak.csv")
    with pytest.raises(EvidenceError, match="not a regular file"):
        next(intake.open_tables([tmp_path / "leak.csv"]))


def _change(tmp_path: Path, change: Callable[[Path], object]) -> intake.TableStream:
    path = tmp_path / "leak.csv"
    path.write_bytes(LINES)
    tables = intake.open_tables([path], block=1 << 16)
    stream = next(tables)
    next(stream.batches)
    change(path)
    for _ in stream.batches:
        pass
    return stream


def _truncate(path: Path) -> None:
    os.truncate(path, len(LINES) - 20)


def _replace(path: Path) -> None:
    path.with_name("other").write_bytes(LINES)
    path.with_name("other").replace(path)


def _rewrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"NOM")
    os.utime(path, ns=(1, 1))


@pytest.mark.parametrize(
    "change", [_truncate, _replace, _rewrite, Path.unlink], ids=["cut", "replaced", "rewritten", "removed"]
)
def test_a_file_that_changes_is_refused(tmp_path: Path, change: Callable[[Path], object]) -> None:
    with pytest.raises(EvidenceError, match="changed while it was read"):
        _change(tmp_path, change)


def _grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"Oz;3\n" * 10)


def test_a_file_that_grows_is_read_to_the_size_it_had(tmp_path: Path) -> None:
    stream = _change(tmp_path, _grow)
    assert stream.evidence.records_read == 400_000
    assert stream.evidence.bytes == len(LINES)
    assert stream.evidence.sha256 == hashlib.sha256(LINES).hexdigest()
    assert stream.evidence.notes == ["grew_while_read:1"]


def test_progress_is_told_in_bytes_as_received(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(LINES)
    told: list[tuple[int, int]] = []
    for stream in intake.open_tables(
        intake.expand([tmp_path]), lambda done, total: told.append((done, total)), block=1 << 18
    ):
        for _ in stream.batches:
            pass
    assert told == sorted(told)
    assert told[-1] == (2 * len(LINES), 2 * len(LINES))


def test_the_accounting_waits_for_the_last_batch(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(LINES)
    tables = intake.open_tables([tmp_path / "a.csv"])
    stream = next(tables)
    with pytest.raises(InternalError):
        _ = stream.evidence
    tables.close()


def test_an_empty_file_is_a_table_without_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    (table,) = intake.read(tmp_path / "a.csv")
    assert (table.columns, table.records.num_rows, table.evidence.format) == ((), 0, "empty")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG"),
        (b"\x7fELF\x02\x01\x01\0", "program"),
        (b"Rar!\x1a\x07\x00....", "RAR"),
        (b"!BDN....", "Outlook"),
        (bytes(range(256)) * 8, "binary"),
    ],
)
def test_other_formats_are_named_not_misread(tmp_path: Path, content: bytes, name: str) -> None:
    (tmp_path / "leak.csv").write_bytes(content)
    with pytest.raises(FormatError, match=name):
        intake.read(tmp_path / "leak.csv")


@pytest.mark.parametrize(
    "content", [b"id;doc\n1;<b>x</b>\n", b'id;doc\n1;"{""a"": 1}"\n', b"INSERT;UPDATE\n1;2\n", b"[x];[y]\n1;2\n"]
)
def test_odd_content_is_still_delimited_text(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "leak.csv").write_bytes(content)
    assert intake.read(tmp_path / "leak.csv")[0].records.num_rows >= 1
