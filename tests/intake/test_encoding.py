"""Which encoding a file is in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colmate.errors import UsageError
from colmate.intake.decoding import repair_mojibake, to_utf8, valid_utf8
from colmate.intake.encoding import Encoding, detect, named

from .examples import read_bytes, rows

FRENCH = "nom;commentaire\nLefèvre;reçu à l'hôpital, très gêné\nMÉDECIN;où ça, déjà ? Noël, naïf, août\n"


RUSSIAN = "фамилия;жалобы\n" + "".join(
    f"{name};{note}\n"
    for name in ("Иванова Анна", "Петров Сергей", "Орлов Дмитрий")
    for note in ("Жалуется на головную боль и слабость", "Сегодня чувствует себя лучше", "Повторный приём через неделю")
)


@pytest.mark.parametrize(
    ("text", "written", "expected"),
    [
        (FRENCH, "utf-8", "utf-8"),
        (FRENCH, "utf-8-sig", "utf-8"),
        (FRENCH, "utf-16", "utf-16-le"),
        (FRENCH, "utf-16-le", "utf-16-le"),
        (FRENCH, "utf-16-be", "utf-16-be"),
        (FRENCH, "utf-32", "utf-32-le"),
        (FRENCH, "utf-32-be", "utf-32-be"),
        (FRENCH, "cp1252", "cp1252"),
        (FRENCH, "latin-1", "cp1252"),  # the same bytes: nothing tells them apart
        (FRENCH + "l’œdème – 20 €;«ici»\n", "cp1252", "cp1252"),
        (FRENCH + "le cœur;l'œil\n", "iso8859-15", "iso8859-15"),
        (FRENCH, "mac-roman", "mac-roman"),
        (FRENCH, "cp850", "cp850"),
        ("nom;ville\nRoux;Brest\n", "ascii", "utf-8"),
        (RUSSIAN, "cp1251", "cp1251"),
    ],
)
def test_the_encoding_is_found_and_nothing_is_lost(text: str, written: str, expected: str) -> None:
    table = read_bytes(text.encode(written))
    assert table.evidence.encoding == expected
    assert [";".join(row) for row in [table.columns, *rows(table)]] == text.splitlines()
    assert table.evidence.notes == []


def test_one_stray_byte_does_not_change_the_encoding() -> None:
    assert detect("é;è;à;ù;ç\n".encode() * 20 + b"\xe9t\xe9\n").name == "utf-8"


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("UTF8", b"\xef\xbb\xbfa", Encoding("utf-8", 3, lenient=False)),
        ("latin1", b"a", Encoding("iso8859-1", 0, lenient=False)),
        ("utf-16", b"\xfe\xff\0a", Encoding("utf-16-be", 2, lenient=False)),
        ("utf-16", b"a\0", Encoding("utf-16-le", 0, lenient=False)),
    ],
)
def test_an_encoding_asked_for(name: str, head: bytes, expected: Encoding) -> None:
    assert named(name, head) == expected


@pytest.mark.parametrize("name", ["klingon", "shift_jis", "cp037", "utf-7", "base64"])
def test_an_encoding_that_cannot_be_read_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        named(name, b"a;b")


def test_in_an_encoding_asked_for_other_bytes_are_replaced() -> None:
    table = read_bytes(b"nom;age\nAn\xe9;12\n", encoding="utf-8")
    assert rows(table) == [("An\ufffd", "12")]
    assert table.evidence.notes == ["undecodable:1"]


@pytest.mark.parametrize("misread", ["cp1252", "mac-roman", "cp850", "cp437"])
@pytest.mark.parametrize("word", ["Hélène", "reçu à l'hôpital", "Noël", "ÉLÈVE", "où"])
def test_mojibake_is_undone(word: str, misread: str) -> None:
    found: dict[str, int] = {}
    broken = b"".join(bytes([byte]).decode(misread, "replace").encode() for byte in word.encode())
    if b"\xef\xbf\xbd" in broken:
        pytest.skip("not reversible")
    assert repair_mojibake(broken, found.__setitem__).decode() == word
    assert found["mojibake"] == sum(char >= "\x80" for char in word)


def test_mojibake_twice_is_undone_twice() -> None:
    twice = "é".encode().decode("cp1252").encode().decode("cp1252")
    assert repair_mojibake(twice.encode(), lambda *_: None).decode() == "é"


@pytest.mark.parametrize(
    "text", ["Âge, âme, ïle, Ãlvaro, Åse, Ärzte", "50 €, « oui »", "√2 = 1,41", "São João", "naïf"]
)
def test_what_is_no_mojibake_stays(text: str) -> None:
    assert repair_mojibake(text.encode(), lambda *_: None).decode() == text


@given(st.binary(max_size=60), st.sampled_from(["utf-8", "cp1252", "mac-roman", "iso8859-15", "cp850"]), st.booleans())
def test_any_bytes_become_utf8(data: bytes, name: str, lenient: bool) -> None:
    to_utf8(data, Encoding(name, 0, lenient=lenient), lambda *_: None).decode("utf-8")


def _decodes(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@given(st.lists(st.binary(max_size=5) | st.text(max_size=5).map(str.encode)).map(b"".join))
def test_what_is_utf8_is_what_decodes_as_such(data: bytes) -> None:
    assert valid_utf8(data) == _decodes(data)


@pytest.mark.parametrize(
    "data", [b"\xc3", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe0\x80\x80", b"a\xff"]
)
def test_what_looks_like_utf8_and_is_not(data: bytes) -> None:
    assert not valid_utf8(data)
