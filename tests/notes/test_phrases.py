"""The language of cues."""

from __future__ import annotations

import re

import pytest

from colmate.catalogue import load, special_categories
from colmate.errors import InternalError
from colmate.notes.phrases import compile_phrase, engine_patterns, groups, options, union


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("depressi*", "depressive", True), ("depressi*", "sous depression", True), ("depressi*",
        "surdepression", False),
        ("g#p#", "g2p1", True), ("g#p#", "gxp1", False), ("t.?s", "t.s.", True), ("t.?s", "ts", True),
        ("t.?s", "tss", False), ("refus* ~2 sang", "refuse tout don de sang", False),
        ("refus* ~2 sang", "refuse tout sang", True), ("(sans|pas de) porc", "pas-de porc", True),
        ("porteu* (du )?vih", "porteur vih", True), ("porteu* (du )?vih", "porteur du vih", True),
        ("alcool ?+", "alcool +", True),
    ],
)  # fmt: skip
def test_what_phrases_find(phrase: str, text: str, found: bool) -> None:
    compiled = compile_phrase(phrase)
    assert bool(union([compiled]).search(text)) is found
    assert any(re.search(pattern, text) for pattern in engine_patterns([compiled])) is found


@pytest.mark.parametrize("phrase", ["a[bc]", "é", "A", "(a)?", "a{2}", "^a", "a\\b"])
def test_what_is_not_of_the_language(phrase: str) -> None:
    with pytest.raises(InternalError):
        compile_phrase(phrase)


def test_all_phrases_of_the_catalogue_compile_and_tell_how_they_begin() -> None:
    context = load("note_context")
    phrases = [phrase for kind in special_categories().values() for group in kind.cues for phrase in group["any"]]
    phrases += [
        phrase.rstrip("$")
        for part in context.values()
        for some in part.values()
        if isinstance(some, list)
        for phrase in some
    ]
    for phrase in phrases:
        assert compile_phrase(phrase).firsts


def test_no_phrase_of_cues_ends_where_a_word_must_follow() -> None:
    phrases = [phrase for kind in special_categories().values() for group in kind.cues for phrase in group["any"]]
    last = [(phrase, list(groups(phrase))[-1]) for phrase in phrases if phrase.endswith(")")]
    assert not [
        phrase for phrase, (start, end) in last if any(each[-1:] == " " for each in options(phrase[start + 1 : end]))
    ]


def test_every_group_of_cues_gives_its_reason() -> None:
    for kind in special_categories().values():
        for group in kind.cues:
            assert group["why"]
            assert set(group) <= {"why", "any", "trap", "weak", "victim", "denied", "sequel", "beside"}
