"""What holds for every format: told by its content, read in full, and never brought down by what was done to it."""

from __future__ import annotations

import base64
import tempfile
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate import intake
from colmate.errors import EvidenceError, FormatError
from colmate.intake.accounting import Account
from colmate.intake.choosing import choose, known_formats
from colmate.intake.evidence import Source
from colmate.intake.reading import Options
from tests.intake.readers.samples import SAMPLES

# formats of which no sample is made here: they need a writer we do not have, a layout, or are what is left
ELSEWHERE = {"csv", "fixed", "text", "html_table", "ole_document", "xls", "pgdump"}
NAMES = sorted(SAMPLES)
LOCALES = Path(intake.__file__).parents[1] / "report" / "locales"
# what a note or a reason may be: those that have a sentence in both languages
CODES = set.intersection(
    *(set(tomllib.loads((LOCALES / f"{lang}.toml").read_text(encoding="utf-8"))["code"]) for lang in ("fr", "en"))
)


def _chosen(data: bytes) -> str:
    form = choose(Source.of(data).head, Options(), Account("leak", "leak"))
    return form.id if form else "csv"


def _read(data: bytes, **options: str) -> list[intake.TableStream]:
    """Read all of a file; the books balance, or `InternalError` is raised."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "leak.bin"
        path.write_bytes(data)
        pieces = []
        for piece in intake.open_tables([path], options=Options(**options)):  # type: ignore[arg-type]
            for _ in piece.batches:
                pass
            pieces.append(piece)
        return pieces


def test_every_format_has_a_sample() -> None:
    assert set(known_formats()) - ELSEWHERE == set(SAMPLES) - {"csv"}


@pytest.mark.parametrize("name", NAMES)
def test_a_format_is_told_by_its_content(name: str) -> None:
    assert _chosen(SAMPLES[name]) == name


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_read_without_a_reject(name: str) -> None:
    pieces = _read(SAMPLES[name])
    assert sum(piece.known.records for piece in pieces if piece.known) > 0
    assert [piece.evidence.reject_reasons for piece in pieces if piece.closes and piece.evidence.records_rejected] == []


@pytest.mark.parametrize("name", NAMES)
def test_any_content_may_be_read_as_any_format_that_is_asked_for(name: str) -> None:
    for data in (b"", b"nom;age\nRoux;41\n", b"\x00\xff" * 50, SAMPLES["sql"], SAMPLES["zip"][:60]):
        try:
            _read(data, format=name)
        except (FormatError, EvidenceError) as error:
            assert "Roux" not in str(error)


@st.composite
def _mutations(draw: st.DrawFn, data: bytes) -> bytes:
    """Cut, flip, repeat, drop or insert a few times."""
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        end = min(len(data), place + draw(st.integers(1, 40)))
        match draw(st.sampled_from(["cut", "flip", "repeat", "drop", "insert"])):
            case "cut":
                data = data[:place]
            case "flip" if data:
                data = data[:place] + bytes([data[place] ^ draw(st.integers(1, 255))]) + data[place + 1 :]
            case "repeat":
                data = data[:end] + data[place:end] * draw(st.integers(1, 30)) + data[end:]
            case "drop":
                data = data[:place] + data[end:]
            case _:
                data = data[:place] + draw(st.binary(max_size=8)) + data[place:]
    return data


@pytest.mark.parametrize("name", NAMES)
def test_no_damage_brings_a_reader_down(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # a fault of a reader is an error here, not a reject
    monkeypatch.setenv("COLMATE_DEBUG", "1")

    @settings(max_examples=60, deadline=None)
    @given(_mutations(SAMPLES[name]))
    def damaged(data: bytes) -> None:
        try:
            pieces = _read(data, format=name)
        except (FormatError, EvidenceError):
            return
        for piece in pieces:
            if piece.closes:
                codes = {note.partition(":")[0] for note in piece.evidence.notes} | set(piece.evidence.reject_reasons)
                assert {code for code in codes - CODES if not code.startswith("could_be_")} == set()

    damaged()


# found by the fuzzer: a date beyond all calendars in a 7-Zip list, a workbook's part without a name
FOUND = {
    "7z": (
        "N3q8ryccAAQlDLBKawAAAAAAAAAUAAAAAAAAAG/1o8MBAA9ub207YWdlClJvdXg7NDEKAOBQAABPXQAAgTMHrg/PObAMB7DD2irX"
        "WGSss3jOVN2iByei+ui/AePSIuO/u7vLLzm7X8Jd5w+tNS5ZRKIxWh9dMWYmFD5R/BkgLwgDfRVbdIe4AAAAABcGFAEJVwAHCwEA"
        "ASEhARgMUQAA"
    ),
    "ods": (
        "UEsDBBQAAAAAAKARdl2FbDmKLgAAAC4AAAAAAAgAbWltZXR5cGVhcHBsaWNhdGlvbi92bmQub2FzaXMub3BlbmRvY3VtZW50LnNw"
        "cmVhZHNoZWV0UEsDBBQAAAAIAKARdl1SY5dA1gAAALwDAAALAAAAY29udGVudC54bWzFU0sKgzAQvYq4t1YoFIK66KIH6A1iHK0Q"
        "Z8Qkrd6+/lq0tGJF6CaZz3sv82DiU5JkAlhMwuSA2hGEurmtKpeoWN8NbFMiI64yxZDnoJgWjArAJ4uN0czb7e2Br6HSS9ktdsLl"
        "kVz8dH8AAAAAoBF2XVJjl0DWAAAAvAMAAAsAAAAAAAAAAAAAAIABVAAAAGNvbnRlbnQueG1sUEsBAhQDFAAAAAgAoPF2Xe03yYsN"
        "AAAACwAAABUAAAAAAAAAAAAAAIABUwEAAE1FVEEtSU5GL21hbmlmZXN0LnhtbFBLBQYAAAAAAwADALIAAACTAQAAAAA="
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_the_fuzzer_found_is_told_in_a_sentence(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLMATE_DEBUG", "1")
    with pytest.raises((FormatError, EvidenceError)):
        _read(base64.b64decode(FOUND[name]), format=name)
