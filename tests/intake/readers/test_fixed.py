"""Fixed-width records by a layout: characters, not bytes; nothing lost, nothing shifted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from colmate.errors import UsageError
from colmate.intake.evidence import Source
from colmate.intake.readers import fixed
from colmate.intake.readers.fixed import FORMATS
from colmate.intake.readers.fixed.layout import Column, layout_of
from colmate.intake.reading import Meaning

from .harness import read_with

(FIXED,) = FORMATS
LAYOUT = "name,start,length,type\nfiness,1,9,finess\nnom,10,12,last_name\nnaissance,22,8,birth_date\nmode,30,1,\n"


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("layout") / "rss.csv"
    path.write_text(LAYOUT, encoding="utf-8")
    return path


def record(nom: str, mode: str = "8", naissance: str = "19410228") -> str:
    return f"290000017{nom:<12}{naissance}{mode}"


def row(nom: str, mode: str = "8", naissance: str = "19410228") -> dict[str, str]:
    return {"finess": "290000017", "nom": nom, "naissance": naissance, "mode": mode}


ROUX, OZ, GALL = record("ROUX"), record("ÖZ É"), record("LE GALL", " ")
CASES: list[tuple[str, str, list[dict[str, str]], list[tuple[int, str]], dict[str, int]]] = [
    ("two records", f"{ROUX}\n{GALL}\n", [row("ROUX"), row("LE GALL", "")], [], {}),
    ("no line end at the end", f"{ROUX}\r\n{GALL}", [row("ROUX"), row("LE GALL", "")], [], {}),
    ("letters of several bytes", f"{ROUX}\n{OZ}\n{GALL}\n", [row("ROUX"), row("ÖZ É"), row("LE GALL", "")], [], {}),
    ("blank lines", f"\n{ROUX}\n   \n\x1a\n{ROUX}\n\r\n", [row("ROUX"), row("ROUX")], [], {}),
    ("blanks cut off", f"{ROUX}\n{GALL.rstrip()}\n", [row("ROUX"), row("LE GALL", "")], [], {"padded": 1}),
    ("a short record", f"{ROUX[:20]}\n{GALL}\n{ROUX}\n", [row("LE GALL", ""), row("ROUX")], [(1, "short_record")], {}),
    ("more than the layout", f"{ROUX}  J18É \n", [row("ROUX") | {"beyond_layout": "J18É"}], [], {"beyond_layout": 1}),
    ("nothing", "", [], [], {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "rows", "rejects", "notes"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize("block", [1 << 20, 16])
def test_records(
    layout: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    rows: list[dict[str, str]],
    rejects: list[tuple[int, str]],
    notes: dict[str, int],
    encoding: str,
    block: int,
) -> None:
    monkeypatch.setattr(fixed, "BLOCK", block)
    found = read_with(FIXED, text.encode(encoding), layout=layout, encoding=encoding)
    assert found.tables["leak"] == rows
    assert [(line, reason) for line, _, _, reason in found.rejects] == rejects
    assert dict(found.account.notes) == notes
    assert found.declared["leak"].meanings["naissance"] == Meaning("birth_date")


def test_a_reject_says_where_and_what(layout: Path) -> None:
    data = f"{OZ}\n{GALL}\n{ROUX[:20]}\n".encode()
    found = read_with(FIXED, data, layout=layout)
    ((line, position, verbatim, reason),) = found.rejects
    assert (line, reason) == (3, "short_record")
    assert data[position:].startswith(verbatim) and verbatim.decode() == ROUX[:20]


def test_a_line_without_end_is_bounded(layout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixed, "BLOCK", 100)
    found = read_with(FIXED, (ROUX + "\n" + "x" * 5000 + "\n" + ROUX).encode(), layout=layout, limit=1000)
    assert found.tables["leak"][0]["nom"] == "ROUX"
    assert set(found.account.reasons) == {"line_too_long"}


def test_nothing_is_claimed_and_a_layout_is_needed() -> None:
    assert FIXED.sniff(Source.of(ROUX.encode()).head) == 0.0
    with pytest.raises(UsageError, match="--layout"):
        read_with(FIXED, ROUX.encode())


@given(data=st.binary(max_size=200))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_accounted_for(layout: Path, data: bytes) -> None:
    read_with(FIXED, data, layout=layout)


NAMES = st.text(st.sampled_from("ABÉÖœ€ '-"), max_size=12).map(lambda text: text.strip())


@given(names=st.lists(NAMES, min_size=1, max_size=20))
@settings(max_examples=100, deadline=None)
def test_what_is_written_comes_back(layout: Path, names: list[str]) -> None:
    text = "".join(record(name) + "\n" for name in names)
    found = read_with(FIXED, text.encode("cp1252"), layout=layout, encoding="cp1252")
    assert [one["nom"] for one in found.tables["leak"]] == names


# --- layouts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "name,start,length,type\nnir,1,15,nir\nsexe,16,1,\n"),
        ("a.csv", "Name;Start;Length\r\nnir;1;15\r\nsexe;16;1\r\n"),
        (
            "a.toml",
            '[[column]]\nname = "nir"\nstart = 1\nlength = 15\n[[column]]\nname = "sexe"\nstart = 16\nlength = 1\n',
        ),
    ],
)
def test_layouts(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    columns = layout_of(tmp_path / name).columns
    assert [(one.name, one.start, one.stop) for one in columns] == [("nir", 0, 15), ("sexe", 15, 16)]
    assert columns[0] in (Column("nir", 0, 15, "nir"), Column("nir", 0, 15))


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("a.csv", "", "must describe"),
        ("a.csv", "name,start,length\n", "must describe"),
        ("a.csv", "nom,debut\nnir,1\n", "column 1 .* needs a name"),
        ("a.csv", "name,start,length\nnir,0,15\n", "column 1 .* from 1"),
        ("a.csv", "name,start,length\nnir,1,9999999\n", "column 1"),
        ("a.csv", "name,start,length,type\nnir,1,15,secret\n", "does not know"),
        ("a.toml", "[[column", "not valid TOML"),
        ("a.toml", "column = 3", "must describe"),
    ],
)
def test_layouts_that_cannot_be_used(tmp_path: Path, name: str, text: str, what: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=what):
        layout_of(tmp_path / name)


def test_a_layout_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be opened"):
        layout_of(tmp_path / "nothing.csv")
    (tmp_path / "bytes.csv").write_bytes(os.urandom(8) + b"\xff")
    with pytest.raises(UsageError):
        layout_of(tmp_path / "bytes.csv")
