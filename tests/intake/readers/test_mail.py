"""Messages and boxes of them: who wrote to whom, what is said, what is attached; hostile structures are bounded."""

from __future__ import annotations

import time
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.intake.accounting import Account
from colmate.intake.compression import Plain
from colmate.intake.evidence import Source
from colmate.intake.readers.mail import FORMATS
from colmate.intake.reading import Chunk, Options
from tests.intake.readers.harness import Found, read_with

(MAIL,) = FORMATS
HEAD = b"From: Anne <anne@example.fr>\nTo: b@example.fr\nDate: Sat, 02 Mar 2024 10:00:00 +0100\nSubject: s\n"


def read(data: bytes) -> Found:
    return read_with(MAIL, data)


def one(data: bytes) -> dict[str, str]:
    (row,) = read(data).tables["messages"]
    return row


def sure(data: bytes) -> float:
    return MAIL.sniff(Source.of(data).head)


def message(text: str = "Bonjour à tous", subject: str = "Résultats de Mme MARTIN") -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Anne Éluard <anne@example.fr>"
    made["To"] = "Claire MARTIN <claire@example.fr>, jean@example.fr"
    made["Cc"] = "Secrétariat <sec@example.fr>"
    made["Date"] = "Sat, 02 Mar 2024 10:00:00 +0100"
    made["Message-ID"] = "<1@example.fr>"
    made["Subject"] = subject
    made.set_content(text)
    return made


def test_a_message() -> None:
    data = message().as_bytes()
    assert sure(data) == 0.9
    found = read(data)
    assert found.tables["messages"] == [
        {
            "message": "1-1",
            "message_id": "<1@example.fr>",
            "from_name": "Anne Éluard",
            "from_email": "anne@example.fr",
            "to": "Claire MARTIN <claire@example.fr>, jean@example.fr",
            "cc": "Secrétariat <sec@example.fr>",
            "date": "2024-03-02 10:00:00+01:00",
            "subject": "Résultats de Mme MARTIN",
            "text": "Bonjour à tous",
        }
    ]
    rows = [(row["field"], row["name"], row["email"]) for row in found.tables["message_addresses"]]
    assert rows == [
        ("from", "Anne Éluard", "anne@example.fr"),
        ("to", "Claire MARTIN", "claire@example.fr"),
        ("to", "", "jean@example.fr"),
        ("cc", "Secrétariat", "sec@example.fr"),
    ]
    (reference,) = found.declared["message_addresses"].references
    assert (reference.columns, reference.table) == (("message",), "messages")


def test_attachments_are_members_of_their_message() -> None:
    made = message()
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="résultat.pdf")
    made.add_attachment(message("dedans"))
    made.add_attachment("a;b\n1;2\n", filename="liste.csv")
    found = read(made.as_bytes())
    assert [(member.name, content) for member, content in found.members[::2]] == [
        ("résultat.pdf", b"%PDF-1.7"),
        ("liste.csv", b"a;b\n1;2\n"),
    ]
    inner = found.members[1][1]
    assert one(inner)["text"] == "dedans"
    for member, _ in found.members:
        assert member.within
        assert (member.within.table, member.within.column, member.within.value) == ("messages", "message", "1-1")
    assert one(made.as_bytes())["text"] == "Bonjour à tous"


def test_of_alternatives_the_plain_one_is_read() -> None:
    made = message("en clair")
    made.add_alternative("<p>page</p>", subtype="html")
    assert one(made.as_bytes())["text"] == "en clair"


@pytest.mark.parametrize(
    ("rest", "text"),
    [
        (b"Content-Type: text/html; charset=utf-8\n\n<p>Bonjour <b>Anne</b></p><style>x</style>fin",
         "Bonjour Anne\nfin"),
        (b"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n=E9t=\n=E9",
         "été"),
        (b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nw6l0w6k=\n", "été"),
        (b"Content-Transfer-Encoding: base64\n\nw6l0w6k", "été"),
        (b"Content-Type: text/plain; charset=inconnu-99\n\n\xe9t\xe9", "été"),
        (b"Content-Type: text/plain; charset=us-ascii\n\n\xc3\xa9t\xc3\xa9", "été"),
        (b"\n" + "Bonjour, l'\u00e9t\u00e9".encode("utf-16"), "Bonjour, l'été"),
        (b"Content-Type: text/plain; charset=unicode_escape\n\n\\q", "\\q"),
        (b"Content-Type: multipart/mixed\n\n--a\n\nx", "--a\n\nx"),
        (b"Content-Type: multipart/mixed; boundary=a\n\nrien", "rien"),
        (b"Content-Type: multipart/mixed; boundary=a\n\navant\n--a\n\nun\n--a\n\ndeux", "un\n\ndeux"),
        (b"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: text/plain\n\nun\n--a--\nreste", "un"),
        (b"\nsuite", "suite"),
        (b"", ""),
    ],
)  # fmt: skip
def test_bodies(rest: bytes, text: str) -> None:
    assert one(HEAD + rest)["text"] == text


@pytest.mark.parametrize(
    ("header", "column", "expected"),
    [
        (b"Subject: =?utf-8?q?=C3=A9t=C3=A9?= =?utf-8?b?w6k=?=", "subject", "étéé"),
        (b"Subject: =?inconnu?q?=E9?=", "subject", "é"),
        (b"Subject: un\n deux", "subject", "un deux"),
        (b"Subject: \xc3\xa9t\xc3\xa9", "subject", "été"),
        (b"From: =?utf-8?q?MARTIN=2C_Claire?= <c@example.fr>", "from_name", "MARTIN, Claire"),
        (b"From: \"MARTIN, Claire\" <c@example.fr>", "from_email", "c@example.fr"),
        (b"Date: demain", "date", "demain"),
        (b"Date: 2 Mar 2024 10:00:00 -0000", "date", "2024-03-02 10:00:00"),
    ],
)  # fmt: skip
def test_headers(header: bytes, column: str, expected: str) -> None:
    assert one(header + b"\nTo: x@example.fr\n\ncorps")[column] == expected


# --- boxes -------------------------------------------------------------------------------------------------------

LINE = b"From anne@example.fr Sat Mar  2 10:00:00 2024\n"
BOX = b"".join(LINE + HEAD + b"\ncorps %d\n>From moi\nFrom toi\n\n" % number for number in range(50))


def test_a_box() -> None:
    assert sure(BOX) == 0.9
    found = read(BOX)
    assert [row["text"] for row in found.tables["messages"]] == [f"corps {n}\nFrom moi\nFrom toi" for n in range(50)]
    assert [row["message"] for row in found.tables["messages"]] == [f"1-{n}" for n in range(1, 51)]
    assert found.account.bytes == {"record": len(BOX)}


@pytest.mark.parametrize(
    "line", [b"From - Sat Mar  2 10:00:00 2024\n", b"From 17@xxx Sat Mar 02 10:00:00 +0000 2024\n"]
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_boxes_of_several_programs(line: bytes, end: bytes) -> None:
    data = b"".join(line + HEAD + b"\ncorps\n\n" for _ in range(3)).replace(b"\n", end)
    assert [row["text"] for row in read(data).tables["messages"]] == ["corps"] * 3


@pytest.mark.parametrize("size", [1, 7, 100, 1000])
def test_messages_are_found_wherever_blocks_end(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colmate.intake.readers.mail.boxes.BLOCK", size)
    assert [row["text"] for row in read(BOX).tables["messages"]] == [
        f"corps {n}\nFrom moi\nFrom toi" for n in range(50)
    ]


@settings(max_examples=40, deadline=None)
@given(cut=st.integers(len(LINE + HEAD), len(BOX)))
def test_a_cut_box_gives_the_messages_before(cut: int) -> None:
    rows = read(BOX[:cut]).tables["messages"]
    assert [row["text"] for row in rows[:-1]] == [f"corps {n}\nFrom moi\nFrom toi" for n in range(len(rows) - 1)]


def test_a_stream_that_stopped_makes_the_last_message_a_reject() -> None:
    class Stopped(Plain):
        @property
        def stopped(self) -> str:
            return "truncated_stream"

        @stopped.setter
        def stopped(self, value: object) -> None: ...

    import io

    account = Account("leak", "leak")
    source = Source("leak", Stopped(io.BytesIO(BOX)), 1)
    chunks = [item for item in MAIL.read(source, account, Options()) if isinstance(item, Chunk)]
    assert sum(chunk.records.num_rows for chunk in chunks if chunk.table == "messages") == 49
    assert account.reasons == {"truncated_stream": 1}


def test_a_message_that_is_too_long_is_a_reject(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colmate.intake.readers.mail.boxes.LONGEST", 10_000)
    data = LINE + HEAD + b"\n" + b"x" * 20_000 + b"\n\n" + LINE + HEAD + b"\ny\n"
    found = read(data)
    assert [row["text"] for row in found.tables["messages"]] == ["y"]
    assert [(reason, position) for _, position, _, reason in found.rejects] == [("record_too_long", 0)]


# --- what it is not ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\0\xff", b"From: a\n", b"nom;mail\nx;a@example.fr\n", b"From here on\nall is well\n",
        b"From,To,Subject\na,b,c\n", b"Bonjour,\n\nFrom: a@example.fr\nTo: b\nSubject: c\nDate: d\n",
        b"host: x\nport: 2\ndate: 3\n", b"HTTP/1.1 200 OK\nDate: x\nContent-Type: y\nSubject: z\n",
    ],
)  # fmt: skip
def test_what_is_no_mail(data: bytes) -> None:
    assert sure(data) == 0


# --- hostile -----------------------------------------------------------------------------------------------------


def _nested(depth: int) -> bytes:
    out = HEAD
    for level in range(depth):
        out += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
    return out + b"\nau fond"


HOSTILE = {
    "nested": _nested(20_000),
    "same-boundary": HEAD + b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 50_000,
    "parts": HEAD + b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * 500_000,
    "headers": HEAD + b"X-A: b\n" * 300_000 + b"\ncorps",
    "long-header": HEAD + b"X-A: " + b"y" * 5_000_000 + b"\n\ncorps",
    "comments": b"From: " + b"(" * 100_000 + b"\nTo: a@example.fr\nSubject: x\n\ncorps",
    "addresses": b"From: a\nTo: " + b"a@example.fr, " * 200_000 + b"\n\ncorps",
    "words": HEAD.replace(b"Subject: s", b"Subject: " + b"=?utf-8?q?x?= " * 100_000) + b"\ncorps",
    "parameters": HEAD + b"Content-Type: text/plain" + b"; a*0=b" * 30_000 + b"\n\ncorps",
    "separators": LINE * 50_000,
    "from-lines": LINE + HEAD + b"\n" + b"From x\n\n" * 300_000,
    "dashes": HEAD + b"Content-Type: multipart/mixed; boundary=a\n\n" + b"\n--" * 1_000_000,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_messages_are_bounded(name: str) -> None:
    start = time.process_time()
    found = read(HOSTILE[name])
    assert time.process_time() - start < 10
    assert len(found.tables["messages"]) >= 1


def test_parts_that_are_too_many_are_a_reject() -> None:
    assert [reason for *_, reason in read(HOSTILE["parts"]).rejects] == ["too_many_parts"]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_mutations_are_survived(data: st.DataObject) -> None:
    made = message()
    made.add_attachment(b"abc", maintype="application", subtype="pdf", filename="é.pdf")
    content = bytearray(LINE + made.as_bytes() + b"\n" + BOX[:600])
    for _ in range(data.draw(st.integers(0, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4)) or b"\n"
    read(bytes(content))


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_sniffed_and_read(content: bytes) -> None:
    assert 0 <= sure(content) <= 1
    read(content)
    read(HEAD + content)
