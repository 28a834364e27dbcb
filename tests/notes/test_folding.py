"""Folding: one text, one form, and a way back to the original's places; the engine agrees on plain characters."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colmate.engine import Engine
from colmate.notes.folding import LETTERS, QUOTES, SIGNS, engine_fold, fold, is_odd


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(threads=1) as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Séropositif", "seropositif"), ("SŒUR", "soeur"), ("l’été", "l'ete"), ("e\u0301", "e"), ("so\u00adfa", "sofa"),
     ("a\u200bb", "ab"), ("a\u00a0b", "a b"), ("½", "1⁄2"), ("ﬁn", "fin"), ("a\r\nb", "a\n\nb")],
)  # fmt: skip
def test_fold(text: str, folded: str) -> None:
    assert fold(text).text == folded


@given(st.text())
def test_each_folded_character_has_its_place(text: str) -> None:
    folded = fold(text)
    for place in range(len(folded.text)):
        start, end = folded.span(place, place + 1)
        assert 0 <= start < end <= len(text)


def test_the_engine_folds_plain_characters_alike(engine: Engine) -> None:
    plain = [chr(code) for code in range(32, 127)] + list(LETTERS + SIGNS)
    table = engine.memtable(pa.table({"text": plain}), "plain")
    rows = engine.rows(table.select("text", folded=engine_fold(table["text"]), odd=is_odd(table["text"])))
    assert {row["text"]: row["folded"] for row in rows} == {text: fold(text).text for text in plain}
    assert not any(row["odd"] for row in rows)


def test_other_characters_are_odd(engine: Engine) -> None:
    odd = ["œ", "\u200b", "\u0301", "\x00", "\x0b", "\u00a0", "И", "ſ", "\u212a", "ß", "ﬁ"]
    table = engine.memtable(pa.table({"text": odd}), "odd")
    assert engine.count(table.filter(is_odd(table["text"]))) == len(odd)
    assert not set(odd) & set(LETTERS + QUOTES + SIGNS)
