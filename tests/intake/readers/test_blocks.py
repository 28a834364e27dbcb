"""Where a stream is cut into blocks changes nothing: each form of content is read in blocks of any size."""

from __future__ import annotations

import base64
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.errors import FormatError
from colmate.intake.readers import fhir, hl7, hprim_medecin, hprim_sante, json_data, sql, xml_data
from colmate.intake.readers.cards import FORMATS as CARDS
from colmate.intake.reading import Format
from tests.intake.readers.harness import read_with
from tests.intake.readers.samples import SAMPLES

MODULES = (hl7, hprim_sante, hprim_medecin, sql, json_data, fhir, xml_data)
READERS: dict[str, Format] = {form.id: form for module in MODULES for form in module.FORMATS} | {
    form.id: form for form in CARDS
}
MSH = b"MSH|^~\\&|LAB|A|B|C|20240102||ORU^R01|1|P|2.5"
PID = b"PID|1||7||ROUX^ANNE||19500102|F"
DOCUMENT = b"OBX|1|ED|DOC||^TEXT^^Base64^" + base64.b64encode(b"Bonjour\r\nMSH|^~\\&| x")
HL7 = SAMPLES["hl7v2"]
SQL = SAMPLES["sql"]

CONTENTS: list[tuple[str, bytes]] = [
    ("hl7v2", b"\x0b" + HL7.replace(b"\rMSH", b"\r\x1c\r\x0bMSH") + b"\x1c\r"),
    ("hl7v2", b"\xef\xbb\xbfFHS|^~\\&|A\rBHS|^~\\&|B\r" + HL7 + b"BTS|2\rFTS|1\r"),
    ("hl7v2", (MSH + b"\r" + PID + b"\rOBX|1|TX|N||one\ntwo\n\n3\rNTE|1||x\r") * 2),
    ("hl7v2", (MSH + b"\n" + PID + b"\r" + DOCUMENT + b"\r\nNTE|1||x\n") * 3),
    ("hl7v2", (MSH + b"\r" + PID + b"\rOBX|1|TX|N||" + b"x" * 300 + b"\rADD|more\r") * 2),
    ("hl7v2", (MSH + b"\r" + PID + b"\x00\rOBX|1|\x00TX|N||a\x00b\r") * 2),
    ("hl7v2", b"2024-01-02 INFO " + MSH + b"\n" + PID + b"\n2024-01-02 10:00 sent\n" + MSH + b"\njunk\n"),
    ("hl7v2", (MSH + b"\\r" + PID + b"\\rOBX|1|TX|N||a\\r\n") * 3),
    ("hl7v2", HL7.decode().encode("utf-16")),
    ("hprim", SAMPLES["hprim"].replace(b"\r", b"\r\n") * 2),
    ("hprim_medecin", SAMPLES["hprim_medecin"].replace(b"\r\n", b"\n") * 2),
    ("sql", SQL.replace(b"\n", b"\r\n")),
    ("sql", SQL[:-60]),
    ("sql", b"COPY t (a,b) FROM stdin;\n1\ta\\\nb\n2\t\\N\n\\.\nINSERT INTO t VALUES (3,$$q'q$$);\n"),
    ("sql", "INSERT INTO [dbo].[t] ([a], [b]) VALUES (1, N'xé''y')\r\nGO\r\n".encode("utf-16")),
    ("sql", b"/* a */ -- b\nINSERT INTO t VALUES /* in */ (1,'a'), -- x\n(2,'b');\nINSERT INTO t VALUES (3,'\\'),(4,'"),
    ("json", b'\xef\xbb\xbf[{"a":1},{"a":"\\\\"},\n{"a" 3},{"a":{"b":[{"c":"\xc3\xa9"}]}}'),
    ("json", b'{"a":{"x":1},"rows":[{"id":1,"l":[{"q":1}]},{"id":2}],"z":3}'),
    ("jsonl", SAMPLES["jsonl"].replace(b"\n", b"\r\n") * 3),
    ("fhir", SAMPLES["fhir"]),
    ("xml", SAMPLES["xml"]),
    ("vcard", SAMPLES["vcard"] * 2),
    ("ldif", SAMPLES["ldif"].replace(b"\n", b"\r\n")),
]  # fmt: skip


def _seen(form: Format, content: bytes, **options: Any) -> Any:
    """Return all that is read and rejected, None when the content is refused."""
    try:
        found = read_with(form, content, **options)
    except FormatError:
        return None
    tables = {
        table: [{name: text for name, text in row.items() if text} for row in rows]
        for table, rows in found.tables.items()
        if rows
    }
    return tables, found.rejects, [(member.name, data) for member, data in found.members], found.account.found


@pytest.mark.parametrize(("name", "content"), CONTENTS)
def test_blocks_of_every_size(name: str, content: bytes) -> None:
    form = READERS[name]
    whole = _seen(form, content)
    assert whole is not None
    for block in {*range(1, 33), *range(33, len(content), 1 + len(content) // 40)}:
        assert _seen(form, content, block=block) == whole


HL7_LINES = [
    MSH, MSH.replace(b"|", b"#").replace(b"^", b"*"), b"FHS|^~\\&|A", b"BHS|^~\\&|B", b"BTS|1", b"FTS|1", PID,
    b"PID|1||8||PETIT^J~X^Y", b"PV1|1|O|||||12^DUPONT^J", b"OBR|1|9||NFS", b"OBX|1|NM|A^B||1|g", b"OBX|2|TX|N||text",
    b" OBX|3|TX|N||t", b"NTE|1||note", b"ADD|more", b"DSC|1", b"MSH|", b"msh|^~\\&|", b"", b"a\x00b", b"junk line",
    b"2024-01-02 10:00 INFO x", b"2024-01-02 INFO " + MSH,
]  # fmt: skip
HPRIM_LINES = [
    b"H|~^\\&|f.hpr||LAB~Labo||ORU||||MED||P|H2.1~C|202401020304", b"H#~^\\&#f.hpr##LAB~Labo##ORU", b"P|2|8|9||X~Y",
    b"P|1|7|8||ROUX~ANNE||19500102|F", b"OBR|1|9||NFS~Num~L", b"OBX|1|NM|HB~H~L||13|g/l", b"C|1|L|a jeun",
    b"A|suite", b"A|plus", b"L|1", b"", b"junk",
]  # fmt: skip


@pytest.mark.parametrize(("name", "lines"), [("hl7v2", HL7_LINES), ("hprim", HPRIM_LINES)])
@settings(max_examples=60, deadline=None)
@given(chance=st.randoms(use_true_random=False))
def test_segments_in_any_order_and_with_any_ends(name: str, lines: list[bytes], chance: random.Random) -> None:
    usual = chance.choice([b"\r", b"\n", b"\r\n"])
    others = [b"\r", b"\n", b"\r\n", b"\x1c\r\x0b", b"\r\r", b"\x0b", b"\x1c", b""]
    content = lines[0] + usual
    for _ in range(chance.randint(1, 14)):
        content += chance.choice(lines) + (chance.choice(others) if chance.random() < 0.15 else usual)
    whole = _seen(READERS[name], content, encoding="utf-8")
    for block in (1, 2, 7, chance.randint(1, len(content)), len(content) - 1):
        assert _seen(READERS[name], content, encoding="utf-8", block=block) == whole
