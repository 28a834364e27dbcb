"""vCard and LDIF: properties and attributes, folds and encodings, what is cut or wrong."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.intake.evidence import Source
from colmate.intake.readers.cards import FORMATS
from tests.intake.readers.harness import Found, read_with

BY_ID = {form.id: form for form in FORMATS}
VCARD, LDIF = BY_ID["vcard"], BY_ID["ldif"]


def sure(name: str, data: bytes) -> float:
    return BY_ID[name].sniff(Source.of(data).head)


def card(*lines: str, version: str = "3.0", end: str = "\r\n") -> bytes:
    return end.join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""]).encode()


def contact(*lines: str, version: str = "3.0") -> dict[str, str]:
    (row,) = read_with(VCARD, card(*lines, version=version)).tables["contacts"]
    return {name: value for name, value in row.items() if value and name != "contact"}


def entries(data: bytes) -> Found:
    return read_with(LDIF, data)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("FN:Claire MARTIN", {"full_name": "Claire MARTIN"}),
        ("N:MARTIN;Claire;Lise;Mme;",
         {"last_name": "MARTIN", "first_name": "Claire", "other_names": "Lise", "name_prefix": "Mme"}),
        ("TEL;TYPE=CELL:06 39 98 00 01", {"phone": "06 39 98 00 01"}),
        ("TEL;VALUE=uri;TYPE=\"voice,home\":tel:+33-6-39-98-00-01", {"phone": "+33-6-39-98-00-01"}),
        ("item1.EMAIL;TYPE=INTERNET:c@example.fr", {"email": "c@example.fr"}),
        ("ADR;TYPE=HOME:;;3 rue Haute;Vannes;;56000;France",
         {"address": "3 rue Haute", "city": "Vannes", "postcode": "56000", "country": "France"}),
        ("ORG:Cabinet;Accueil", {"organisation": "Cabinet, Accueil"}),
        ("BDAY:1981-04-03", {"birth_date": "1981-04-03"}),
        ("NOTE:un\\, deux\\; trois\\nquatre", {"note": "un, deux; trois\nquatre"}),
        ("NOTE:un\r\n  deux\r\n\ttrois", {"note": "un deuxtrois"}),
        ("GENDER:F;femme", {"sex": "F"}),
        ("N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:LEF=C8VRE;Ren=E9e;;;",
         {"last_name": "LEFÈVRE", "first_name": "Renée"}),
        ("NOTE;ENCODING=QUOTED-PRINTABLE:un=\r\n deux=\r\ntrois", {"note": "un deuxtrois"}),
        ("NOTE;QUOTED-PRINTABLE;CHARSET=UTF-8:=C3=A9t=C3=A9=0D=0Aici", {"note": "été\r\nici"}),
        ("NOTE;ENCODING=b:w6l0w6k=", {"note": "été"}),
        ("PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\r\n SkZJRg==", {}),
        ("X-INCONNU:x", {}),
        ("sans deux-points", {}),
    ],
)  # fmt: skip
def test_properties(line: str, expected: dict[str, str]) -> None:
    assert contact(line) == expected


def test_cards_of_a_file() -> None:
    data = card("FN:A", "EMAIL:a@example.fr", "EMAIL:b@example.fr") + card("FN:B", version="4.0", end="\n") + b"\n"
    assert sure("vcard", data) > 0.9
    found = read_with(VCARD, data)
    rows = found.tables["contacts"]
    assert [(row["contact"], row["full_name"], row["email"]) for row in rows] == [
        ("1-1", "A", "a@example.fr | b@example.fr"),
        ("1-2", "B", ""),
    ]
    assert found.declared["contacts"].primary == ("contact",)
    assert found.declared["contacts"].meanings["email"].semantic_type == "email"


def test_pictures_are_counted_not_kept() -> None:
    picture = base64.b64encode(bytes(3_000_000)).decode()
    folded = "\r\n ".join(picture[place : place + 74] for place in range(0, len(picture), 74))
    found = read_with(VCARD, card("FN:A", f"PHOTO;ENCODING=b:{folded}", "EMAIL:a@example.fr"))
    assert found.tables["contacts"][0]["email"] == "a@example.fr"
    assert found.account.notes["pictures_skipped"] == 1


def test_a_card_that_does_not_end_is_a_reject() -> None:
    data = card("FN:A") + b"BEGIN:VCARD\nFN:B\n" + card("FN:C") + b"BEGIN:VCARD\nFN:D"
    found = read_with(VCARD, data)
    assert [row["full_name"] for row in found.tables["contacts"]] == ["A", "C"]
    assert [(verbatim, reason) for _, _, verbatim, reason in found.rejects] == [
        (b"BEGIN:VCARD\nFN:B", "unterminated_record"),
        (b"BEGIN:VCARD\nFN:D", "unterminated_record"),
    ]
    assert data[found.rejects[0][1] :].startswith(b"BEGIN:VCARD\nFN:B")


DIRECTORY = b"""# annuaire
version: 1

dn: uid=cmartin,ou=people,dc=example,dc=fr
objectClass: inetOrgPerson
objectClass: top
uid: cmartin
cn: Claire MARTIN
sn;lang-fr: MARTIN
givenName:: Q2xhaXJl
mail: claire@example.fr
mail: c.martin@example.fr
description: une ligne
  qui continue
jpegPhoto:: /9j/4AAQ
userPassword:: e1NTSEF9YWJjZGVm
telephoneNumber: 01 99 00 00 01

dn:: dWlkPWpkdXZhbA==
changetype: add
uid: jduval
userPassword: {CRYPT}xyz

dn: uid=x
changetype: modify
replace: mail
mail: x@example.fr
-

dn: uid=y
uid: y
"""


def test_ldif() -> None:
    assert sure("ldif", DIRECTORY) == 0.9
    found = entries(DIRECTORY)
    first, second, third = found.tables["entries"]
    assert first == {
        "dn": "uid=cmartin,ou=people,dc=example,dc=fr",
        "objectClass": "inetOrgPerson | top",
        "uid": "cmartin",
        "cn": "Claire MARTIN",
        "sn": "MARTIN",
        "givenName": "Claire",
        "mail": "claire@example.fr | c.martin@example.fr",
        "description": "une ligne qui continue",
        "jpegPhoto": "",
        "userPassword": "{SSHA}abcdef",
        "telephoneNumber": "01 99 00 00 01",
    }
    assert (second["dn"], second["uid"], third["uid"]) == ("uid=jduval", "jduval", "y")
    assert [reason for *_, reason in found.rejects] == ["ldif_change"]
    meanings = {name: meaning.semantic_type for name, meaning in found.declared["entries"].meanings.items()}
    assert meanings["userPassword"] == "password_hash"
    assert (meanings["uid"], meanings["mail"], meanings["cn"], meanings["sn"]) == (
        "login",
        "email",
        "full_name",
        "last_name",
    )
    assert found.declared["entries"].subject == "account"
    assert found.account.notes["binary_values"] == 1


def test_a_password_in_clear_decides() -> None:
    found = entries(b"dn: uid=a\nuserPassword: {SSHA}x\n\ndn: uid=b\nuserPassword: secret\n")
    assert found.declared["entries"].meanings["userPassword"].semantic_type == "password"


def test_entries_without_an_empty_line_between() -> None:
    found = entries(b"dn: uid=a\nuid: a\ndn: uid=b\nuid: b\n")
    assert [row["uid"] for row in found.tables["entries"]] == ["a", "b"]


def test_a_block_without_a_name_is_a_reject() -> None:
    found = entries(b"dn: uid=a\nuid: a\n\nuid: b\n\ndn: uid=c\n")
    assert [row["dn"] for row in found.tables["entries"]] == ["uid=a", "uid=c"]
    assert [(position, verbatim, reason) for _, position, verbatim, reason in found.rejects] == [
        (18, b"uid: b", "unknown_record")
    ]


@pytest.mark.parametrize("name", ["vcard", "ldif"])
@pytest.mark.parametrize(
    "data",
    [b"", b"\0\xff\xfe", b"BEGIN:VCALENDAR\nX:1\n", b"BEGIN:VCARD;x\n1;2\n", b"dn;uid\na;b\n",
     b"dn: x\n", b"version: 1\nkey: a\n", b"#a\n" * 9],
)  # fmt: skip
def test_what_is_neither(name: str, data: bytes) -> None:
    assert sure(name, data) == 0


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, len(DIRECTORY)))
def test_a_cut_directory_gives_the_entries_before(cut: int) -> None:
    whole = entries(DIRECTORY).tables["entries"]
    rows = entries(DIRECTORY[:cut]).tables.get("entries", [])
    for row, full in zip(rows[:-1], whole, strict=False):
        assert row["dn"] == full["dn"]


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 400))
def test_a_cut_file_of_cards_gives_the_cards_before(cut: int) -> None:
    data = b"".join(card(f"FN:N{n}", "TEL:01 99 00 00 01") for n in range(5))
    rows = read_with(VCARD, data[:cut]).tables["contacts"]
    assert [row["full_name"] for row in rows] == [f"N{n}" for n in range(len(rows))]


HOSTILE = {
    "vcard": [b"BEGIN:VCARD\n" * 300_000, card("NOTE:" + "\r\n x" * 500_000), card("NOTE:" + "x" * 9_000_000),
              card("A" * 60_000 + "\"" * 60_000), card("NOTE;QUOTED-PRINTABLE:" + "=\r\n" * 400_000),
              card("N:" + ";" * 500_000), card(*["EMAIL:a@example.fr"] * 200_000)],
    "ldif": [b"dn: a\n" * 200_000, b"dn: a\n" + b" x\n" * 500_000,
             b"dn: a\n" + b"".join(b"a%d: b\n" % n for n in range(100_000)),
             b"dn: a\n" + b"a: b\n" * 300_000, b"#\n" * 500_000, b"dn:: " + b"A" * 9_000_000],
}  # fmt: skip


@pytest.mark.parametrize(("name", "place"), [(name, place) for name in HOSTILE for place in range(len(HOSTILE[name]))])
def test_hostile_cards_are_bounded(name: str, place: int) -> None:
    start = time.process_time()
    sure(name, HOSTILE[name][place])
    read_with(BY_ID[name], HOSTILE[name][place])
    assert time.process_time() - start < 10


@pytest.mark.parametrize("name", ["vcard", "ldif"])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_mutations_are_survived(name: str, data: st.DataObject) -> None:
    content = bytearray(
        DIRECTORY if name == "ldif" else card("FN:A", "N;ENCODING=QUOTED-PRINTABLE:=E9;b", "NOTE;ENCODING=b:w6k=")
    )
    for _ in range(data.draw(st.integers(0, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4)) or b"\n"
    sure(name, bytes(content))
    read_with(BY_ID[name], bytes(content))


@pytest.mark.parametrize("name", ["vcard", "ldif"])
@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_sniffed_and_read(name: str, content: bytes) -> None:
    assert 0 <= sure(name, content) <= 1
    read_with(BY_ID[name], content)
