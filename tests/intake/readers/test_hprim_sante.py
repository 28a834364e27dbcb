from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.errors import FormatError
from colmate.intake.evidence import Source
from colmate.intake.readers.hl7 import FORMATS as HL7
from colmate.intake.readers.hprim_sante import FORMATS
from tests.intake.readers.harness import Found, Row, read_with

(HPRIM,) = FORMATS
HEADER = r"H|~^\&|F1.HPR||LAB~Laboratoire des Lilas||ORU|||CLI~Clinique||P|H2.1~C|201204292059"


def segment(name: str, fields: dict[int, str]) -> str:
    """A segment whose fields are numbered as in the standard: the name is the first."""
    return "|".join((name, *(fields.get(place, "") for place in range(2, max(fields) + 1))))


def read(*segments: str, end: str = "\r\n", **options: Any) -> Found:
    return read_with(HPRIM, (end.join(segments) + end).encode(), serial=2, **options)


def one(table: str, *segments: str) -> Row:
    rows = read(HEADER, *segments).tables["hprim_" + table]
    assert len(rows) == 1
    return {name: value for name, value in rows[0].items() if value}


def certainty(content: bytes) -> float:
    return HPRIM.sniff(Source.of(content).head)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (HEADER.encode(), True),
        (b"\r\n" + HEADER.encode(), True),
        (b"\xef\xbb\xbf" + HEADER.encode(), True),
        (b"H#!*%$#F1##LAB##ORU######H2.3!C#2012", True),
        (b"H||^~\\&||1|2|\r\nP|1||||A^B|\r\n", True),
        (b"H|\\^&|||Analyser^1|||||||P|1\rP|1\r", False),
        (b"H|a|b|c\n1|2|3|4\n", False),
        (b"H~^\\&1.60", False),
        (b"MSH|^~\\&|LAB", False),
        (b"", False),
    ],
)
def test_a_header_is_told_from_other_text(content: bytes, found: bool) -> None:
    assert (certainty(content) > 0.8) is found


def test_hl7_is_another_format() -> None:
    assert HL7[0].sniff(Source.of(HEADER.encode()).head) == 0


def test_the_message_says_who_sent_it() -> None:
    row = one("messages")
    assert (row["sender_code"], row["sender"], row["receiver"]) == ("LAB", "Laboratoire des Lilas", "Clinique")
    assert (row["type"], row["version"], row["date"]) == ("ORU", "H2.1~C", "201204292059")


def test_every_field_of_the_patient_is_read() -> None:
    row = one(
        "patients",
        segment(
            "P",
            {
                2: "1",
                3: "398",
                4: "B10",
                5: "S77",
                6: "DURAND~ANNE~MARIE",
                7: "PETIT",
                8: "19370325",
                9: "F",
                11: "28 rue X~Bât. B~PARIS~~75001~FRA",
                12: "2370375123456~N~20200101",
                13: "0199001234^0639981234",
                14: "810000000001~Dr MARTIN~Paul",
                19: "B24~VIH~CIM10",
                20: "Levothyrox",
                22: "patiente sourde",
                29: "M",
                32: "VIP",
                34: "20200101",
                42: "anne@example.fr",
            },
        ),
    )
    assert row.pop("patient") == "2-1"
    assert row.pop("message") == "2-1"
    assert row == {
        "patient_id": "398",
        "receiver_patient_id": "B10",
        "stay_id": "S77",
        "last_name": "DURAND",
        "first_name": "ANNE",
        "second_name": "MARIE",
        "birth_name": "PETIT",
        "birth_date": "19370325",
        "sex": "F",
        "address": "28 rue X, Bât. B",
        "city": "PARIS",
        "postcode": "75001",
        "country": "FRA",
        "ins": "2370375123456",
        "ins_type": "N",
        "ins_detail": "20200101",
        "phone": "0199001234",
        "phone_2": "0639981234",
        "doctor": "Dr MARTIN Paul",
        "doctor_id": "810000000001",
        "diagnosis": "VIH",
        "diagnosis_code": "B24",
        "diagnosis_system": "CIM10",
        "treatment": "Levothyrox",
        "comment": "patiente sourde",
        "marital_status": "M",
        "confidentiality": "VIP",
        "death_date": "20200101",
        "email": "anne@example.fr",
    }


def test_a_merged_patient_says_with_whom() -> None:
    row = one("patients", "P|1|12~13~FU|||A~B")
    assert (row["patient_id"], row["patient_id_type"], row["patient_id_detail"]) == ("12", "13", "FU")


def test_results_and_comments_belong_together() -> None:
    found = read(
        HEADER,
        "P|1|398|||DURAND~ANNE",
        segment(
            "OBR",
            {
                3: "E1~D1",
                5: "GLY~Glycémie~L^NA~Sodium~L",
                14: "Diabète connu",
                17: "PILO~DR PITO OLIV~L~CLI~Clinique HP~L",
                18: "0199001111",
            },
        ),
        "OBX|1|NM|GLY~Glucose~L||5.2|mmol/L|3.9 - 5.5|N|||F|||201204281438",
        "C|1|L|à jeun",
        "C|2|L|recontrôler",
        "OBX|2|CE|GRP~Groupe~L||A~A positif~L",
        "OBX|3|TX|CR~Compte rendu~L||ligne 1^ligne 2",
        "OBX|4|FIC|TEXTE~~L||SRV~F1.TXT~TXT",
        "P|2|399|||AUTRE~LUC",
        "C|1|P|refuse le don",
        "L|1",
    )
    assert [row["value"] for row in found.tables["hprim_observations"]] == ["5.2", "A positif", "", "SRV F1.TXT TXT"]
    assert found.tables["hprim_observations"][2]["text"] == "ligne 1\nligne 2"
    notes = found.tables["hprim_notes"]
    assert [(row["text"], row["about"], row["patient"]) for row in notes] == [
        ("à jeun\nrecontrôler", "OBX", "2-1"),
        ("refuse le don", "P", "2-2"),
    ]
    assert notes[0]["observation"] == found.tables["hprim_observations"][0]["observation"]
    (order,) = found.tables["hprim_orders"]
    assert (order["tests"], order["tests_code"]) == ("Glycémie; Sodium", "GLY; NA")
    assert order["prescriber"] == "DR PITO OLIV"
    (doctor,) = found.tables["hprim_professionals"]
    assert (doctor["id"], doctor["name"], doctor["establishment"]) == ("PILO", "DR PITO OLIV", "Clinique HP")
    assert not found.rejects


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_a_line_that_goes_on_is_joined_before_it_is_cut(end: str) -> None:
    found = read(HEADER, "P|1|398|||DURAND~AN", "A|NE|PET", "A|IT|19370325|F", "C|1|L|un com", "A|mentaire", end=end)
    (row,) = found.tables["hprim_patients"]
    assert (row["first_name"], row["birth_name"], row["birth_date"], row["sex"]) == ("ANNE", "PETIT", "19370325", "F")
    assert found.tables["hprim_notes"][0]["text"] == "un commentaire"


def test_an_escape_may_be_cut_where_the_line_ends() -> None:
    found = read(r"H|~^\#|F1", "P|1|7|||A~B", r"C|1|L|a\T", r"A|\b")
    assert found.tables["hprim_notes"][0]["text"] == "a#b"


def test_the_insured_is_another_person() -> None:
    found = read(
        HEADER,
        "P|1|398|||DURAND~ANNE",
        segment("AP", {3: "AS", 6: "184057512345678", 7: "02", 13: "4", 14: "DURAND~LUC", 21: "USINE", 23: "20240101"}),
        segment("AC", {3: "12345678", 4: "ADH1", 9: "MUTUELLE X"}),
        "FAC|1|x",
    )
    (row,) = found.tables["hprim_insured"]
    assert (row["nir"], row["last_name"], row["first_name"], row["exemption"]) == (
        "184057512345678",
        "DURAND",
        "LUC",
        "4",
    )
    assert (row["employer"], row["pregnancy_begin"], row["patient"]) == ("USINE", "20240101", "2-1")
    assert found.declared["hprim_insured"].subject == "insured"
    assert found.tables["hprim_insured_complementary"][0]["member_number"] == "ADH1"
    assert found.tables["hprim_segment_FAC"][0]["field_3"] == "x"


def test_a_patient_without_the_field_of_the_maiden_name_is_put_right() -> None:
    found = read_with(HPRIM, b"H||^~\\&||1|2|\r\n   P|1||||Durand^Anne|2016-01-21|F||rue X|\r\n   L|1|\r\n")
    (row,) = found.tables["hprim_patients"]
    assert (row["last_name"], row["first_name"]) == ("Durand", "Anne")
    assert (row["birth_date"], row["sex"], row["address"]) == ("2016-01-21", "F", "rue X")
    assert found.account.notes["shifted_fields"] == 1


def test_nothing_to_read_is_an_error() -> None:
    with pytest.raises(FormatError):
        read_with(HPRIM, b"\n")


MARKS = st.permutations("|~^\\&#*!%$@+").map(lambda all_marks: "".join(all_marks[:5]))
TEXTS = st.text("abé |^~\\&#*!%$@+'XFSRET.-", min_size=1, max_size=20).filter(lambda text: text.strip())


def escaped(text: str, marks: str) -> str:
    names = dict(zip(marks, "FSRET", strict=True))
    return "".join(f"{marks[3]}{names[char]}{marks[3]}" if char in names else char for char in text)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(MARKS, TEXTS, TEXTS), min_size=1, max_size=3), st.integers(5, 60))
def test_what_is_written_with_any_delimiters_is_read_back(messages: list[tuple[str, str, str]], width: int) -> None:
    lines: list[str] = []
    for marks, name, text in messages:
        field = marks[0]
        lines.append(f"H{field}{marks[1:]}{field}F1")
        lines.append(field.join(("P", "1", "7", "", "", marks[1].join((escaped(name, marks), "B")))))
        comment = field.join(("C", "1", "L", escaped(text, marks)))
        if field == "|":
            # long lines are cut anywhere, and go on in a segment A
            pieces = [comment[at : at + width] for at in range(0, len(comment), width)]
            lines += [pieces[0], *("A|" + piece for piece in pieces[1:])]
        else:
            lines.append(comment)
    found = read_with(HPRIM, "\r".join(lines).encode())
    assert [row["last_name"] for row in found.tables["hprim_patients"]] == [one[1] for one in messages]
    assert [row["text"] for row in found.tables["hprim_notes"]] == [one[2] for one in messages]


SAMPLE = (
    "\r\n".join(
        (
            HEADER,
            "P|1|398|||DURAND~ANNE|PETIT|19370325|F",
            "OBR|1|E||G~G~L",
            "A||||",
            "OBX|1|NM|G~G~L||5",
            "C|1|L|n",
            "L|1",
            "",
        )
    )
    * 2
).encode()


@settings(max_examples=60, deadline=None)
@given(st.integers(5, len(SAMPLE)), st.integers(20, 400))
def test_a_cut_message_keeps_what_stands_before_the_cut(cut: int, block: int) -> None:
    whole, part = read_with(HPRIM, SAMPLE), read_with(HPRIM, SAMPLE[:cut], block=block)
    for table, rows in part.tables.items():
        for row, full in zip(rows[:-1], whole.tables.get(table, []), strict=False):
            assert {name: value for name, value in row.items() if value}.items() <= full.items()
    assert len(part.tables.get("hprim_patients", [])) == SAMPLE[:cut].count(b"\nP|")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.integers(0, len(SAMPLE)))
def test_arbitrary_bytes_never_break_the_reader(junk: bytes, place: int) -> None:
    HPRIM.sniff(Source.of(junk).head)
    HPRIM.sniff(Source.of(b"H|" + junk).head)
    read_with(HPRIM, SAMPLE[:place] + junk + SAMPLE[place:], block=61)


@pytest.mark.parametrize(
    "content",
    [
        HEADER.encode() + b"\rA|" * 100_000,
        HEADER.encode() + b"\rP|1|" + b"~" * 100_000,
        HEADER.encode() + b"\rOBX|1|CE|" + b"^" * 100_000,
        HEADER.encode() + b"\r" + b"OUI\r" * 50_000,
        b"H|~^\\&|\r" * 20_000,
        b"H|" * 50_000,
    ],
)
def test_hostile_messages_are_read_in_time(content: bytes) -> None:
    begin = time.process_time()
    HPRIM.sniff(Source.of(content).head)
    read_with(HPRIM, content)
    assert time.process_time() - begin < 10


@pytest.mark.skipif("COLMATE_SHARED_DATA" not in os.environ, reason="needs the public samples")
def test_every_patient_of_the_public_samples_is_read() -> None:
    folder = Path(os.environ.get("COLMATE_SHARED_DATA", "")) / "health"
    for name, results in (("hprim-instamed/sample-H2.2.hpr", 0), ("hprim-libHprim-tests/sample1.hpr", 3)):
        content = (folder / name).read_bytes()
        assert certainty(content) > 0.8
        found = read_with(HPRIM, content)
        assert not found.rejects
        assert len(found.tables["hprim_patients"]) == 1
        assert len(found.tables.get("hprim_observations", [])) == results
        assert all(row["birth_date"] and row["last_name"] for row in found.tables["hprim_patients"])
