from __future__ import annotations

import contextlib
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.errors import FormatError
from colmate.intake.evidence import Source
from colmate.intake.readers.hprim_medecin import FORMATS
from colmate.intake.reading import LIKELY, POSSIBLE
from tests.intake.readers.harness import Found, read_with

(MEDECIN,) = FORMATS
HEAD = (
    "PAT001",
    "DURAND",
    "Anne",
    "12 rue des Lilas",
    "Bât. B",
    "75011 PARIS",
    "12/03/1956",
    "2 56 03 75 111 222 33",
    "D2024001",
    "05/03/2024",
    "LAB0000001Laboratoire des Lilas",
    "8100000001Dr MARTIN Paul",
)
LETTER = (
    "",
    "Compte rendu d&eacute;taill&eacute;<br>S&eacute;rologie n&eacute;gative",
    "  Glucose : 5,2 < 6 & stable",
    "",
)
FULL = "RES|Glucose|GLY|A|5.2|mmol/L|3.9|5.5|N|F|0.94|g/L|0.70|1.00|"
SHORT = "RES|Ur&eacute;e|UR|A|7|mmol/L|2|8|H|F|0.4|0.1|0.5|"
PART = "RES|Sodium|NA|A|140|mmol/L|.|.|N|F|"


def record(head: tuple[str, ...] = HEAD, *results: str) -> str:
    machine = ("****LAB****", *results) if results else ()
    return "\r\n".join((*head, *LETTER, *machine, "****FIN****", ""))


def read(text: str, encoding: str = "utf-8", **options: Any) -> Found:
    return read_with(MEDECIN, text.encode(encoding), serial=3, **options)


def certainty(content: bytes) -> float:
    return MEDECIN.sniff(Source.of(content).head)


def changed(changes: dict[int, str]) -> tuple[str, ...]:
    return tuple(changes.get(place, line) for place, line in enumerate(HEAD, 1))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (record(HEAD, FULL).encode(), LIKELY),
        (record(changed({8: "", 9: ".", 6: "PARIS", 10: "2024-03-05"})).encode(), LIKELY),
        ("\r\n".join((*HEAD, *LETTER)).encode(), POSSIBLE),
        ("\n".join(changed({8: "", 6: "", 10: ""})).encode(), 0),
        (b"a\nb\nc\n****FIN****\n", 0),
        (b"id;nom;date\n1;DURAND;12/03/1956\n" * 20, 0),
        (b"12/03/1956\n" * 20, 0),
        (b"75011 PARIS\n" * 20, 0),
        (b"", 0),
    ],
)
def test_the_twelve_lines_are_told_from_other_text(content: bytes, expected: float) -> None:
    assert certainty(content) == expected


def test_the_twelve_lines_are_the_patient_and_the_rest_is_one_text() -> None:
    found = read(record(HEAD, FULL) + "****FINFICHIER****\r\n")
    (row,) = found.tables["hprim_medecin_records"]
    assert row == {
        "record": "3-1",
        "patient_code": "PAT001",
        "last_name": "DURAND",
        "first_name": "Anne",
        "address": "12 rue des Lilas",
        "address_2": "Bât. B",
        "postcode": "75011",
        "city": "PARIS",
        "birth_date": "12/03/1956",
        "social_security_number": "2 56 03 75 111 222 33",
        "file_number": "D2024001",
        "file_date": "05/03/2024",
        "text": "Compte rendu détaillé\nSérologie négative\n  Glucose : 5,2 < 6 & stable",
    }
    assert [(one["role"], one["code"], one["name"]) for one in found.tables["hprim_medecin_professionals"]] == [
        ("sender", "LAB0000001", "Laboratoire des Lilas"),
        ("addressee", "8100000001", "Dr MARTIN Paul"),
    ]
    assert found.declared["hprim_medecin_records"].meanings["social_security_number"].semantic_type == "nir"
    assert found.declared["hprim_medecin_records"].subject == "patient"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (FULL, ("5.2", "3.9", "0.94", "g/L", "0.70", "1.00")),
        (FULL.rstrip("|"), ("5.2", "3.9", "0.94", "g/L", "0.70", "1.00")),
        (SHORT, ("7", "2", "0.4", "", "0.1", "0.5")),
        (SHORT.rstrip("|"), ("7", "2", "0.4", "", "0.1", "0.5")),
        (PART, ("140", "", "", "", "", "")),
    ],
)
def test_results_have_one_unit_or_two(line: str, expected: tuple[str, ...]) -> None:
    (row,) = read(record(HEAD, line)).tables["hprim_medecin_results"]
    names = ("value", "minimum", "value_2", "unit_2", "minimum_2", "maximum_2")
    assert tuple(row[name] for name in names) == expected
    assert row["record"] == "3-1"
    assert row["label"] in {"Glucose", "Urée", "Sodium"}


def test_several_patients_in_one_file() -> None:
    found = read(record(HEAD, FULL, SHORT) + record(changed({1: "PAT002", 3: "Zoé"})) + "****FINFICHIER****\r\n\x1a")
    assert [row["first_name"] for row in found.tables["hprim_medecin_records"]] == ["Anne", "Zoé"]
    assert [row["record"] for row in found.tables["hprim_medecin_results"]] == ["3-1", "3-1"]
    assert not found.rejects


def test_files_that_were_put_behind_each_other() -> None:
    found = read((record() + "****FINFICHIER****\r\n") * 3)
    assert [row["patient_code"] for row in found.tables["hprim_medecin_records"]] == ["PAT001"] * 3
    assert not found.rejects


@pytest.mark.parametrize(
    ("head", "note"),
    [
        (HEAD[:4] + HEAD[5:], 1),
        ((*HEAD[:4], "chez M. X", *HEAD[4:]), 1),
        (("", *HEAD), 1),
        (HEAD[1:], 1),
        (changed({6: "PARIS"}), 0),
        (changed({7: "00/00/0000", 6: ""}), 0),
        (changed({7: "."}), 0),
    ],
)
def test_a_line_that_is_missing_or_too_much_is_seen(head: tuple[str, ...], note: int) -> None:
    found = read(record(head))
    (row,) = found.tables["hprim_medecin_records"]
    assert (row["last_name"], row["first_name"]) == ("DURAND", "Anne")
    assert row["file_date"] == "05/03/2024"
    assert found.account.notes["shifted_lines"] == note


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "mac-roman"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_encoding_and_any_end_of_line(encoding: str, end: str) -> None:
    text = record(changed({3: "Zoé", 4: "12 allée des Érables"}), FULL).replace("&eacute;", "é").replace("\r\n", end)
    content = text.encode(encoding)
    assert certainty(content) == LIKELY
    (row,) = read_with(MEDECIN, content).tables["hprim_medecin_records"]
    assert (row["first_name"], row["address"]) == ("Zoé", "12 allée des Érables")
    assert "Sérologie négative" in row["text"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("LAB0000001Laboratoire", ("LAB0000001", "Laboratoire")),
        ("81000000012 Dr X", ("81000000012", "Dr X")),
        ("LAB1      Laboratoire", ("LAB1", "Laboratoire")),
        ("L12 Labo X", ("L12", "Labo X")),
        ("Laboratoire des Lilas", ("", "Laboratoire des Lilas")),
    ],
)
def test_the_sender_has_a_code_and_a_name(line: str, expected: tuple[str, str]) -> None:
    sender = read(record(changed({11: line}))).tables["hprim_medecin_professionals"][0]
    assert (sender["code"], sender["name"]) == expected


def test_a_record_without_a_mark_is_one() -> None:
    (row,) = read("\n".join((*HEAD, *LETTER))).tables["hprim_medecin_records"]
    assert row["text"].startswith("Compte rendu")


def test_what_is_too_short_to_be_a_record_is_rejected() -> None:
    found = read(record() + "reste\r\n")
    assert len(found.tables["hprim_medecin_records"]) == 1
    assert [(line, verbatim, reason) for line, _, verbatim, reason in found.rejects] == [
        (18, b"reste\r\n", "incomplete_record")
    ]
    with pytest.raises(FormatError):
        read("\r\n\r\n")


WORDS = st.text("abcdefghéàç 0123456789.,:;-'|&<", max_size=40).map(str.strip).filter(lambda text: text != ".")


VALUES = st.lists(WORDS.filter(lambda text: "|" not in text), min_size=13, max_size=13)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(WORDS, VALUES), min_size=1, max_size=4), st.integers(30, 400))
def test_what_is_written_is_read_back(records: list[tuple[str, list[str]]], block: int) -> None:
    text = "".join(
        "\n".join((*HEAD, prose, "****LAB****", "RES|" + "|".join(values) + "|", "****FIN****", ""))
        for prose, values in records
    )
    found = read_with(MEDECIN, text.encode(), block=block)
    assert [row["text"] for row in found.tables["hprim_medecin_records"]] == [prose for prose, _ in records]
    assert [list(row.values())[1:] for row in found.tables["hprim_medecin_results"]] == [
        values for _, values in records
    ]


SAMPLE = ((record(HEAD, FULL, SHORT) + record(HEAD[:4] + HEAD[5:])) * 2 + "****FINFICHIER****\r\n").encode()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, len(SAMPLE)), st.integers(20, 1000))
def test_a_cut_file_keeps_what_stands_before_the_cut(cut: int, block: int) -> None:
    whole = read_with(MEDECIN, SAMPLE)
    if not SAMPLE[:cut].strip():
        return
    part = read_with(MEDECIN, SAMPLE[:cut], block=block)
    ended = SAMPLE[:cut].count(b"****FIN****\r\n")
    rows = part.tables.get("hprim_medecin_records", [])
    assert rows[:ended] == whole.tables["hprim_medecin_records"][:ended]
    assert len(rows) + len(part.rejects) >= ended


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200), st.integers(0, len(SAMPLE)))
def test_arbitrary_bytes_never_break_the_reader(junk: bytes, place: int) -> None:
    MEDECIN.sniff(Source.of(junk).head)
    content = SAMPLE[:place] + junk + SAMPLE[place:]
    MEDECIN.sniff(Source.of(content).head)
    read_with(MEDECIN, content, block=83)


@pytest.mark.parametrize(
    "content",
    [
        b"****FIN****\n" * 100_000,
        b"\n" * 1_000_000,
        record(HEAD, FULL).encode() + b"RES|" + b"|" * 500_000,
        b" " * 500_000 + b"*" * 500_000,
        b"x\n" * 12 + b"&" * 500_000 + b"<" * 500_000 + b"\n****FIN****\n",
        (b"1" * 300 + b"\n") * 10_000,
    ],
)
def test_hostile_files_are_read_in_time(content: bytes) -> None:
    begin = time.process_time()
    MEDECIN.sniff(Source.of(content).head)
    with contextlib.suppress(FormatError):
        read_with(MEDECIN, content)
    assert time.process_time() - begin < 10


def test_a_record_longer_than_any_is_rejected() -> None:
    found = read(record() + "x\n" * 5000 + record(), block=500, limit=4000)
    assert "record_too_long" in found.account.reasons
    assert found.tables["hprim_medecin_records"][0]["patient_code"] == "PAT001"
