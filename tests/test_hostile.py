"""Files made to hurt: each ends in a sentence or in a report, with every record accounted for."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import colmate
from colmate import cli
from tests import leaks

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
RIGHT_TO_LEFT = "\u202egnp.exe\u202c\u200f"


def _plain() -> str:
    return leaks.text([leaks.row(number) for number in range(30)])


def _rows(value: str) -> bytes:
    rows = [[f"{value}{cell}" for cell in leaks.row(number)] for number in range(20)]
    return leaks.text(rows).encode()


READABLE: dict[str, Callable[[], bytes]] = {
    "one column": lambda: b"nom\n" + b"".join(f"{leaks.row(n)[0]}\n".encode() for n in range(30)),
    "one row": lambda: leaks.text([leaks.row(1)]).encode(),
    "one cell": lambda: b"x",
    "header only": lambda: leaks.text([]).encode(),
    "ten thousand columns": lambda: b"\n".join(
        b";".join(f"{prefix}{n}".encode() for n in range(10_000)) for prefix in ("col", "a", "b")
    ),
    "unclosed quote": lambda: _plain().replace("KERVADEC", '"KERVADEC', 1).encode(),
    "control characters": lambda: _plain().replace("VANNES", "VA\x07NN\x1bES").encode(),
    "NUL bytes": lambda: _plain().replace("VANNES", "VA\x00NNES").encode(),
    "right-to-left marks": lambda: _rows(RIGHT_TO_LEFT),
    "formulas": lambda: _rows("=cmd|' /C calc'!A0"),
    "script in every field": lambda: _rows(SCRIPT.replace(";", "")),
    "script in the header": lambda: _plain().replace("NOM", SCRIPT, 1).encode(),
    "bytes of no encoding": lambda: _plain().encode() + bytes(range(128, 256)) * 3 + b"\n",
    "mixed line ends": lambda: _plain().replace("\r\n", "\n", 5).replace("\r\n", "\r", 5).encode(),
    "a long line": lambda: _plain().encode() + b"A" * 3_000_000 + b"\n" + leaks.text([leaks.row(77)]).encode(),
    "ragged": lambda: _plain().encode() + b"a;b\nc;d;e;f;g;h;i;j;k;l;m;n;o\n;;;;;;;;;;;;\n",
    "empty lines": lambda: b"\n\n\n" + _plain().replace("\r\n", "\r\n\r\n").encode() + b"\n\n",
    "header repeated": lambda: _plain().encode() * 3,
    "compressed": lambda: gzip.compress(_plain().encode()),
    "a bomb": lambda: gzip.compress(_plain().encode() + bytes(300_000_000), 9),
    "compressed and cut": lambda: gzip.compress(leaks.text([leaks.row(n) for n in range(900)]).encode())[:-2000],
}


@pytest.mark.parametrize("name", READABLE)
def test_a_report_comes_and_everything_is_accounted_for(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leak = tmp_path / "leak.csv"
    leak.write_bytes(READABLE[name]())
    code = cli.run(["analyse", str(leak), "--case", str(tmp_path / "case"), "--key", str(tmp_path / "k"), "--json"])
    captured = capsys.readouterr()
    assert code == 0, captured.err
    report = json.loads(captured.out)
    records = report["records"]
    assert records["found"] == records["read"] + records["rejected"]
    assert report["evidence"][0]["bytes_accounted"] == leak.stat().st_size
    assert report["persons"]["interval"][0] <= report["persons"]["count"] <= report["persons"]["interval"][1]
    assert all(check.passed for check in colmate.verify(tmp_path / "case", key=tmp_path / "k"))
    page = (tmp_path / "case" / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page and "<img src=x" not in page
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f]", page)


UNREADABLE: dict[str, Callable[[Path], None]] = {
    "random bytes": lambda path: _put(path, random.Random(1).randbytes(100_000)),
    "a picture": lambda path: _put(path, b"\x89PNG\r\n\x1a\n" + random.Random(2).randbytes(5_000)),
    "a program": lambda path: _put(path, b"\x7fELF\x02\x01\x01" + bytes(9) + random.Random(3).randbytes(5_000)),
    "a spreadsheet": lambda path: _put(path, b"PK\x03\x04" + random.Random(4).randbytes(500)),
    "a pipe": lambda path: os.mkfifo(path),
    "a dangling link": lambda path: path.symlink_to(path.parent / "nowhere"),
    "an empty folder": lambda path: path.mkdir(),
    "a device": lambda path: path.symlink_to("/dev/zero"),
}


def _put(path: Path, data: bytes) -> None:
    path.write_bytes(data)


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_sentence_comes_and_nothing_hangs(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    leak = tmp_path / "leak.csv"
    UNREADABLE[name](leak)
    code = cli.run(["analyse", str(leak), "--case", str(tmp_path / "case"), "--key", str(tmp_path / "k")])
    err = capsys.readouterr().err
    assert code == 2, err
    assert re.search(r"^colmate: \S.*", err, re.MULTILINE) and "Traceback" not in err
    assert not (tmp_path / "case" / "report.json").exists()


def test_an_empty_file_is_a_case_with_nothing_in_it(tmp_path: Path) -> None:
    leak = tmp_path / "leak.csv"
    leak.touch()
    report = colmate.analyse(leak, tmp_path / "case", key=tmp_path / "k")
    assert report.records.found == report.persons.count == 0
    assert report.evidence[0].bytes == 0
