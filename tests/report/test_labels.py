"""Names of the file become short lines in which every character shows."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colmate.report.labels import label


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("NOM", "NOM"),
        ("  NOM ", "NOM"),
        ("", "∅"),
        ("prénom", "prénom"),
        ("a\x00b", "a␀b"),
        ("a\nb\tc", "a␊b␉c"),
        ("a\x7fb", "a␡b"),
        ("a\x85b", "a[U+0085]b"),
        ("safe\u202etxt.exe", "safe[U+202E]txt.exe"),
        ("\u200fnom\u2066", "[U+200F]nom[U+2066]"),
        ("a\u200bb\ufeff", "a[U+200B]b[U+FEFF]"),
        ("a\u2028b", "a[U+2028]b"),
        ("\ud800", "[U+D800]"),
        ("שם", "שם"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("@SUM(1)", "'@SUM(1)"),
        ("+33", "'+33"),
        ("e" + "\u0301" * 9, "e" + "\u0301" * 3),
        ("x" * 61, "x" * 59 + "…"),
        ("x" * 60, "x" * 60),
    ],
)
def test_what_a_name_becomes(name: str, shown: str) -> None:
    assert label(name) == shown


@given(st.text(alphabet=st.characters(), max_size=400))
def test_no_hidden_character_survives_and_the_length_holds(name: str) -> None:
    shown = label(name)
    assert 0 < len(shown) <= 60
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}]
    assert not shown.startswith(("=", "+", "-", "@"))
    shown.encode("utf-8")
