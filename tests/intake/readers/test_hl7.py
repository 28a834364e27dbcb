from __future__ import annotations

import base64
import io
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.errors import FormatError
from colmate.intake.accounting import Account
from colmate.intake.compression import Plain
from colmate.intake.evidence import Source
from colmate.intake.readers.hl7 import FORMATS
from colmate.intake.reading import Chunk, Options
from tests.intake.readers.harness import Found, Row, read_with

(HL7,) = FORMATS
HEADER = r"MSH|^~\&|LAB|CHU|DPI|CHU|20240306111154||ORU^R01|M1|P|2.5^FRA^2.11|||||FRA|UNICODE UTF-8"
INS = "^^^ASIP-SANTE&1.2.250.1.213.1.4.{}&ISO^INS"


def read(*segments: str, end: str = "\r", **options: Any) -> Found:
    return read_with(HL7, (end.join(segments) + end).encode(), serial=4, **options)


def one(table: str, *segments: str) -> Row:
    rows = read(HEADER, *segments).tables["hl7_" + table]
    assert len(rows) == 1
    return {name: value for name, value in rows[0].items() if value}


def segment(name: str, fields: dict[int, str]) -> str:
    return "|".join((name, *(fields.get(place, "") for place in range(1, max(fields) + 1))))


def certainty(content: bytes) -> float:
    return HL7.sniff(Source.of(content).head)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (HEADER.encode(), True),
        (b"\x0b" + HEADER.encode() + b"\r\x1c\r", True),
        (b"MSH#*!@%#LAB", True),
        (rb"FHS|^~\&|X" + b"\r" + rb"BHS|^~\&|X" + b"\r" + HEADER.encode(), True),
        (b"2024-01-01 10:00:00 INFO received\n" + HEADER.encode(), True),
        (b"2024-01-01 10:00:00 INFO <- " + HEADER.encode() + b"\nPID|1||1", True),
        (b"\xef\xbb\xbf" + HEADER.encode(), True),
        (b"10:00 <- " + HEADER.encode() + rb"\rPID|1||1||A^B\r" + b"\n", True),
        (b"id;message\n1;" + HEADER.encode() + b"\n", False),
        (b"id\tmessage\n1\t" + HEADER.encode() + b"\n", False),
        (b'{"message":"' + HEADER.encode() + b'\rPID|1"}', False),
        (b"<m>" + HEADER.encode() + b"\rPID|1</m>", False),
        (b"MSH;name;date\n1;2;3\n", False),
        (b"MSH||||\n", False),
        (b"The MSH segment opens a message", False),
        (b"code|label\nMSH|header\n", False),
        (b"", False),
    ],
)
def test_a_header_is_told_from_other_text(content: bytes, found: bool) -> None:
    assert (certainty(content) > 0.8) is found


def test_the_message_says_who_sent_it() -> None:
    row = one("messages")
    assert row["message"] == "4-1"
    assert row["sender"] == "LAB"
    assert row["receiver"] == "DPI"
    assert row["control_id"] == "M1"
    assert row["type"] == "ORU^R01"
    assert row["date"] == "20240306111154"


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("123^^^ETAB&1.2.250.1.99.1&ISO^PI", {"patient_number": "123"}),
        ("284058832102535" + INS.format(8), {"ins_nir": "284058832102535"}),
        ("284058832102535" + INS.format(9), {"ins_nia": "284058832102535"}),
        ("284058832102535" + INS.format(10), {"ins_test": "284058832102535"}),
        ("284058832102535" + INS.format(11), {"ins_demo": "284058832102535"}),
        ("0123456789012345678901^^^&1.2.250.1.213.1.4.2&ISO^INS-C", {"ins_c": "0123456789012345678901"}),
        ("284058832102535^^^SECU^NH", {"nss": "284058832102535"}),
        ("1^^^A^PI~2^^^B^PI", {"patient_number": "1", "other_identifiers": "2^^^B^PI"}),
        ("9^^^A^ZZZ", {"other_identifiers": "9^^^A^ZZZ"}),
        ("7", {"patient_number": "7"}),
    ],
)
def test_identifiers_are_told_by_their_authority(field: str, expected: Row) -> None:
    row = one("patients", f"PID|1||{field}||DURAND^Zoé^^^^^L")
    assert {name: value for name, value in row.items() if "name" not in name} == expected | {
        "patient": "4-1",
        "message": "4-1",
    }


def test_the_name_of_birth_and_the_name_used_are_two_columns() -> None:
    row = one("patients", "PID|1||1||DURAND&de^ANNE^ANNE MARIE^^MME^^L~PETIT^ANNE^^^^^D~AUTRE^X^^^^^N")
    assert (row["birth_name"], row["used_name"], row["first_name"]) == ("DURAND", "PETIT", "ANNE")
    assert row["given_names"] == "ANNE MARIE"
    assert "AUTRE X" in row["other_names"]


def test_home_birth_place_and_ways_to_reach_a_patient() -> None:
    row = one(
        "patients",
        segment(
            "PID",
            {
                3: "1",
                5: "DURAND^ANNE",
                7: "19790328",
                8: "F",
                11: "12 rue des Lilas^Bât. B^PARIS^^75011^FRA^H~^^NANTES^^^FRA^BDL^^44109",
                13: "0199001234^PRN^PH~^NET^Internet^anne@example.fr~^PRN^CP^^^^^^^^^0639981234",
                14: "0199005678",
                17: "CAT",
                29: "20240301",
                32: "VALI",
            },
        ),
    )
    assert row["address"] == "12 rue des Lilas, Bât. B"
    assert (row["postcode"], row["city"], row["country"]) == ("75011", "PARIS", "FRA")
    assert (row["birth_place"], row["birth_commune_code"]) == ("NANTES", "44109")
    assert (row["phone"], row["phone_2"], row["email"]) == ("0199001234", "0639981234", "anne@example.fr")
    assert row["work_phone"] == "0199005678"
    assert (row["birth_date"], row["sex"], row["death_date"]) == ("19790328", "F", "20240301")
    assert (row["religion"], row["reliability"]) == ("CAT", "VALI")


def test_a_professional_is_listed_once_a_message_with_the_rpps_number() -> None:
    doctor = "810000000001^MARTIN^Paul^^^DR^^^ASIP-SANTE-PS&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"
    found = read(
        HEADER,
        "PID|1||1||A^B",
        segment("PV1", {2: "I", 7: doctor}),
        segment("ORC", {1: "NW", 12: doctor}),
        segment("OBR", {16: doctor}),
    )
    (row,) = found.tables["hl7_professionals"]
    assert (row["rpps"], row["last_name"], row["first_name"], row["title"]) == ("10000000001", "MARTIN", "Paul", "DR")
    assert (row["message"], row["patient"]) == ("4-1", "4-1")
    assert found.tables["hl7_stays"][0]["attending_doctor"] == "MARTIN Paul"


def test_a_patient_who_takes_part_is_no_professional() -> None:
    found = read(HEADER, "PID|1||1||A^B", "PRT||UC||RCT|284058832102535^DURAND^ANNE^^^^^^&1.2.250.1.213.1.4.8^L^^^INS")
    assert "hl7_professionals" not in found.tables
    assert found.tables["hl7_participations"][0]["participant_patient"] == "DURAND ANNE"


@pytest.mark.parametrize(
    ("kind", "value", "column", "expected"),
    [
        ("NM", "5.2", "value", "5.2"),
        ("ST", "négatif", "value", "négatif"),
        ("CE", "260385009^Négatif^SCT", "value", "Négatif"),
        ("CWE", "260385009", "value", "260385009"),
        ("CE", "A^Un^L~B^Deux^L", "value", "A Un L; B Deux L"),
        ("SN", ">^100", "value", ">100"),
        ("SN", "^1^:^128", "value", "1:128"),
        ("FT", r"ligne 1\.br\ligne 2~ligne 3 \T\ fin", "text", "ligne 1\nligne 2\nligne 3 & fin"),
        ("TX", r"a\F\b\S\c\R\d\E\e \X41\ \H\gras\N\ \Zpriv\ ", "text", "a|b^c~d\\e A gras \\Zpriv\\ "),
        ("ST", '""', "value", ""),
    ],
)
def test_a_value_is_read_by_its_type(kind: str, value: str, column: str, expected: str) -> None:
    row = one("observations", "PID|1||1||A^B", f"OBX|1|{kind}|2345-7^Glucose^LN||{value}|g/L|0.7-1.1|H|||F|||20240306")
    assert row.get(column, "") == expected
    assert (row["test"], row["test_code"], row["test_system"], row["unit"]) == ("Glucose", "2345-7", "LN", "g/L")
    assert (row["flag"], row["date"], row["patient"]) == ("H", "20240306", "4-1")


def test_lines_of_one_text_are_one_record() -> None:
    found = read(
        HEADER,
        "PID|1||1||A^B",
        "OBX|1|TX|11502-2^CR^LN||Bonjour",
        "OBX|2|TX|11502-2^CR^LN||cher confrère",
        "OBX|3|TX|22-2^Autre^LN||Fin",
        "OBX|4|NM|22-2^Autre^LN||4",
        "NTE|1||Prélèvement",
        "NTE|2||hémolysé",
        "OBX|5|NM|22-2^Autre^LN||4",
        "NTE|1||seul",
    )
    assert [row["text"] for row in found.tables["hl7_observations"]] == ["Bonjour\ncher confrère", "Fin", "", ""]
    assert [row["text"] for row in found.tables["hl7_notes"]] == ["Prélèvement\nhémolysé", "seul"]
    assert [row["about"] for row in found.tables["hl7_notes"]] == ["OBX", "OBX"]
    assert found.tables["hl7_notes"][0]["observation"] == found.tables["hl7_observations"][2]["observation"]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_rows_belong_to_the_patient_before_them(end: str) -> None:
    found = read(
        HEADER, "EVN||20240101", "PID|1||1||A^B", "OBX|1|NM|1||1", "PID|2||2||C^D", "OBR|1", "OBX|1|NM|1||2",
        HEADER, "EVN||20240101", "PID|1||3||E^F", "OBX|1|NM|1||3", HEADER, "OBX|1|NM|1||4", end=end,
    )  # fmt: skip
    assert [row["patient"] for row in found.tables["hl7_observations"]] == ["4-1", "4-2", "4-3", ""]
    assert [row["message"] for row in found.tables["hl7_observations"]] == ["4-1", "4-1", "4-2", "4-3"]
    assert [row["patient"] for row in found.tables["hl7_events"]] == ["", "4-3"]
    assert [row["order"] != "" for row in found.tables["hl7_observations"]] == [False, True, False, False]
    references = {one.columns[0]: one.table for one in found.declared["hl7_observations"].references}
    assert references == {"message": "hl7_messages", "patient": "hl7_patients", "order": "hl7_orders"}


def test_relatives_insured_merges_and_segments_nobody_knows() -> None:
    found = read(
        HEADER,
        "PID|1||1||A^B",
        "NK1|1|PETIT^Luc|FTH^père^L|3 rue X^^PARIS^^75001|0199001111",
        segment(
            "IN1",
            {
                3: "99",
                4: "CPAM de Paris",
                16: "PETIT^Luc",
                36: "M123",
                49: "184057512345678^^^&1.2.250.1.213.1.4.8",
            },
        ),
        "MRG|22^^^A^PI",
        "AL1|1|DA|PEN^Pénicilline^L|SV",
        "DG1|1||B24^Maladie due au VIH^CIM10||20240101",
        "ZXX|un|deux^trois||quatre",
        "CON|1|SOINS|||Refuse la transfusion",
    )
    relative = found.tables["hl7_relatives"][0]
    assert (relative["last_name"], relative["first_name"], relative["relationship"]) == ("PETIT", "Luc", "père")
    insured = found.tables["hl7_insured"][0]
    assert (insured["insurer"], insured["last_name"], insured["policy_number"]) == ("CPAM de Paris", "PETIT", "M123")
    assert insured["ins_nir"] == "184057512345678"
    assert found.tables["hl7_merges"][0]["patient_number"] == "22"
    assert found.tables["hl7_allergies"][0]["allergy"] == "Pénicilline"
    assert found.tables["hl7_diagnoses"][0]["diagnosis_code"] == "B24"
    assert found.tables["hl7_segment_ZXX"] == [
        {"message": "4-1", "patient": "4-1", "field_1": "un", "field_2": "deux^trois", "field_4": "quatre"}
    ]
    assert found.tables["hl7_consents"][0]["text"] == "Refuse la transfusion"
    assert found.declared["hl7_relatives"].subject == "relative"
    assert found.declared["hl7_insured"].meanings["last_name"].role == "insured"
    assert found.declared["hl7_insured"].meanings["insurer"].role is None


def test_the_legal_mode_of_psychiatric_care_has_its_table() -> None:
    row = one(
        "psychiatric_care", "PID|1||1||A^B", "ZFS|1|7|20240101||INSERT|2^Soins à la demande d'un tiers||Levée prévue"
    )
    assert (row["mode"], row["comment"]) == ("Soins à la demande d'un tiers", "Levée prévue")


def test_a_field_that_the_standard_does_not_name_is_kept() -> None:
    assert one("patients", "PID|1||1||A^B" + "|" * 40 + "rest")["field_45"] == "rest"
    assert one("patients", "PID|1||1||A^B" + "|" * 500 + "rest")["field_119"].endswith("|rest")


def test_documents_come_out_as_files() -> None:
    data = b"<ClinicalDocument/>"
    coded = base64.b64encode(data).decode()
    found = read(
        HEADER, "PID|1||1||A^B", f"OBX|1|ED|1^CR||^TEXT^XML^Base64^{coded}",
        f"OBX|2|ED|1^CR||^TEXT^XML^Base64^{coded[:-3]}",
        "OBX|3|ED|1^CR||^TEXT^PLAIN^A^bonjour", "OBX|4|ED|1^CR||^APPLICATION^PDF^Base64^pas du base64 !",
    )  # fmt: skip
    rows = found.tables["hl7_observations"]
    assert [content for _, content in found.members] == [data, data[:-1]]
    assert [member.within.value for member, _ in found.members if member.within] == [
        rows[0]["observation"],
        rows[1]["observation"],
    ]
    assert [row["text"] for row in rows] == ["", "", "bonjour", "pas du base64 !"]
    assert found.account.notes["base64_damaged"] == 1


def test_a_document_that_is_only_text_stays_with_its_record() -> None:
    coded = base64.b64encode("Cher confrère, voici le résultat".encode()).decode()
    found = read(HEADER, "PID|1||1||A^B", f"OBX|1|ED|1^CR||^TEXT^^Base64^{coded}")
    assert found.tables["hl7_observations"][0]["text"] == "Cher confrère, voici le résultat"
    assert not found.members


def test_keys_of_ours_are_no_numbers_of_a_person() -> None:
    found = read(HEADER, "PID|1||1||A^B", "OBX|1|NM|718-7^Hb^LN||13")
    for declared in found.declared.values():
        assert all(declared.meanings[name].semantic_type == "record_id" for name in ("message", "patient"))
    assert found.declared["hl7_observations"].meanings["test_code"].semantic_type == "lab_code"
    assert found.declared["hl7_patients"].primary == ("patient",)


def test_logs_around_messages_and_line_breaks_inside_values() -> None:
    found = read(
        "service started", "2024-01-01 10:00:00 INFO <- " + HEADER, "PID|1||1||A^B", "NTE|1||première ligne",
        "deuxième ligne",
        "NTE|2||x", "2024-01-01 10:00:01 INFO sent", HEADER, "PID|1||2||C^D", "???", HEADER, end="\n",
    )  # fmt: skip
    assert found.tables["hl7_notes"][0]["text"] == "première ligne\ndeuxième ligne\nx"
    assert [row["patient_number"] for row in found.tables["hl7_patients"]] == ["1", "2"]
    assert [(line, verbatim, reason) for line, _, verbatim, reason in found.rejects] == [(10, b"???", "not_a_segment")]


@pytest.mark.parametrize("end", [r"\r", r"\r\n", "<CR>"])
def test_ends_of_segments_that_a_log_has_spelled_out(end: str) -> None:
    line = "2024-01-01 10:00 received: " + end.join((HEADER, "PID|1||1||A^B", "NTE|1||x", ""))
    found = read_with(HL7, f"{line}\n{line}\n".encode())
    assert [row["last_name"] for row in found.tables["hl7_patients"]] == ["A", "A"]
    assert [row["text"] for row in found.tables["hl7_notes"]] == ["x", "x"]
    assert found.account.reasons.total() == 0


def test_a_message_that_is_cut_by_its_container_gives_what_it_has() -> None:
    class Cut(Plain):
        stopped = "truncated_stream"

        def __init__(self, data: bytes) -> None:
            self._source = io.BytesIO(data)

    account = Account("leak", "leak")
    source = Source("leak", Cut((HEADER + "\rPID|1||1||A^B\rNTE|1||rest").encode()))
    chunks = list(HL7.read(source, account, Options()))
    assert {one.table for one in chunks if isinstance(one, Chunk)} == {"hl7_messages", "hl7_patients"}
    assert account.reasons == {"truncated_stream": 1}


def test_the_character_set_that_the_message_names_is_believed() -> None:
    header = HEADER.replace("UNICODE UTF-8", "8859/1")
    found = read_with(HL7, f"{header}\rPID|1||1||L\xc9GER^\xc9\r".encode("latin-1"))
    assert found.tables["hl7_patients"][0]["last_name"] == "LÉGER"
    assert found.account.encoding == "cp1252"


def test_a_long_string_is_prose() -> None:
    row = one("observations", "PID|1||1||A^B", f"OBX|1|ST|1^CR||{'Patient suivi pour un diabète. ' * 5}")
    assert "value" not in row
    assert row["text"].startswith("Patient suivi")


def test_a_batch_in_transport_frames() -> None:
    content = rb"FHS|^~\&|X" + b"\r" + rb"BHS|^~\&|X" + b"\r"
    for number in range(3):
        content += (
            b"\x0b" + HEADER.replace("M1", f"M{number}").encode() + f"\rPID|1||{number}||A^B\r".encode() + b"\x1c\r"
        )
    found = read_with(HL7, content + b"BTS|3\rFTS|1\r")
    assert [row["control_id"] for row in found.tables["hl7_messages"]] == ["M0", "M1", "M2"]
    assert set(found.tables) == {"hl7_messages", "hl7_patients"}
    assert not found.rejects


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "utf-8-sig"])
def test_accents_in_any_encoding(encoding: str) -> None:
    text = "\r".join(
        (HEADER, "PID|1||1||LÉGER^Zoé^^^^^L", "NTE|1||Séropositivité connue, à évaluer dès que possible", "")
    )
    found = read_with(HL7, text.encode(encoding))
    assert found.tables["hl7_patients"][0]["first_name"] == "Zoé"


def test_no_message_at_all_is_an_error_and_half_a_message_is_not() -> None:
    with pytest.raises(FormatError):
        read_with(HL7, b"\n\n\n")
    assert read_with(HL7, b"PID|1||1||A^B\r").tables["hl7_patients"][0]["message"] == ""


MARKS = st.permutations("|^~\\&#*!%$@+").map(lambda all_marks: "".join(all_marks[:5]))
TEXTS = st.text("abé |^~\\&#*!%$@+'\"XFSRET.-", min_size=1, max_size=20).filter(
    lambda text: text.strip() and text != '""'
)


def escaped(text: str, marks: str) -> str:
    names = dict(zip(marks, "FSRET", strict=True))
    return "".join(f"{marks[3]}{names[char]}{marks[3]}" if char in names else char for char in text)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(MARKS, TEXTS, TEXTS, TEXTS), min_size=1, max_size=4), st.sampled_from(["\r", "\n", "\r\n"]))
def test_what_is_written_with_any_delimiters_is_read_back(messages: list[tuple[str, str, str, str]], end: str) -> None:
    lines = []
    for marks, name, given_name, text in messages:
        field, component = marks[0], marks[1]
        lines += [
            f"MSH{field}{marks[1:]}{field}LAB",
            field.join(("PID", "1", "", "7", "", component.join((escaped(name, marks), escaped(given_name, marks))))),
            field.join(("NTE", "1", "", escaped(text, marks))),
        ]
    found = read_with(HL7, end.join(lines).encode())
    assert [(row["last_name"], row["first_name"]) for row in found.tables["hl7_patients"]] == [
        one[1:3] for one in messages
    ]
    assert [row["text"] for row in found.tables["hl7_notes"]] == [one[3] for one in messages]


SAMPLE = (
    "\r".join(
        (
            HEADER,
            "EVN||20240306",
            "PID|1||1^^^A&1.2&ISO^PI~2^^^&1.2.250.1.213.1.4.8&ISO^INS||DURAND^ANNE^^^^^L~PETIT^ANNE^^^^^D||19790328|F|||"
            "1 rue^^X^^75001~^^^^^^BDL^^63220||01~^^^a@example.fr",
            "PV1|1|I||||||810000000001^MARTIN^Paul^^^^^^&1.2.250.1.71.4.2.1",
            "OBR|1|||718-7^NFS^LN",
            "OBX|1|NM|718-7^Hb^LN||13.2|g/dL",
            r"OBX|2|FT|1^CR^LN||ligne\.br\deux",
            "OBX|3|ED|1^CR^LN||^TEXT^XML^Base64^PGEvPg==",
            "NTE|1||note",
            "",
        )
    )
    * 2
).encode()


@settings(max_examples=60, deadline=None)
@given(st.integers(5, len(SAMPLE)), st.integers(50, 5000))
def test_a_cut_message_keeps_what_stands_before_the_cut(cut: int, block: int) -> None:
    whole = read_with(HL7, SAMPLE)
    part = read_with(HL7, SAMPLE[:cut], block=block)
    for table, rows in part.tables.items():
        assert len(rows) <= len(whole.tables.get(table, rows))
        for row, full in zip(rows[:-1], whole.tables.get(table, []), strict=False):
            assert {name: value for name, value in row.items() if value}.items() <= full.items()
    assert len(part.tables.get("hl7_patients", [])) == SAMPLE[:cut].count(b"\rPID|")


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(SAMPLE)))
def test_arbitrary_bytes_never_break_the_reader(junk: bytes, place: int) -> None:
    HL7.sniff(Source.of(junk).head)
    read_with(HL7, SAMPLE[:place] + junk + SAMPLE[place:], block=97)
    read_with(HL7, b"MSH" + junk + b"\rPID|1")


HOSTILE = {
    "pipes": HEADER.encode() + b"\rPID" + b"|" * 200_000 + b"\r" + b"PID|1||1||A^B\r" * 2000,
    "repetitions": HEADER.encode() + b"\rPID|1||" + b"1~" * 100_000,
    "components": HEADER.encode() + b"\rPID|1||" + b"1^" * 100_000,
    "line ends": HEADER.encode() + b"\r" * 200_000,
    "junk lines": HEADER.encode() + b"\r" + b"x\r" * 100_000,
    "continued lines": HEADER.encode() + b"\rNTE|1||a\r" + b"x\r" * 100_000 + b"NTE|2||b\r",
    "headers": b"MSH|^~\\&|\r" * 20_000,
    "odd headers": b"MSH#!@%$#\rPID#1##a!b\r" * 10_000,
    "escapes": HEADER.encode() + b"\rNTE|1||" + b"\\" * 200_000,
    "log prefixes": b"x MSH|^~\\&|\n" * 20_000,
    "names": HEADER.encode() + b"".join(b"\rZ%c%c|1" % (a, b) for a in range(65, 91) for b in range(65, 91)),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_messages_are_read_in_time(content: bytes) -> None:
    begin = time.process_time()
    read_with(HL7, content)
    assert time.process_time() - begin < 10


@pytest.mark.skipif("COLMATE_SHARED_DATA" not in os.environ, reason="needs the public samples")
def test_every_segment_of_the_national_agencys_samples_is_read() -> None:
    folder = Path(os.environ.get("COLMATE_SHARED_DATA", "")) / "health" / "ans-hl7v2"
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".er7", ".hl7"})
    assert files
    names = {"messages": "MSH", "patients": "PID", "stays": "PV1", "observations": "OBX", "participations": "PRT"}
    for path in files:
        content = path.read_bytes()
        lines = content.replace(b"\r", b"\n").split(b"\n")
        found = read_with(HL7, content)
        assert not found.rejects
        for table, name in names.items():
            expected = sum(line.startswith(name.encode() + b"|") for line in lines)
            assert len(found.tables.get("hl7_" + table, [])) == expected
        texts = [row for row in found.tables.get("hl7_observations", []) if row["type"] == "ED" and row.get("text")]
        assert len(found.members) + len(texts) == content.count(b"|ED|")
