"""Notes: distinct enough, of all kinds, and true to their facts."""

from __future__ import annotations

import numpy as np
import pytest

from colmate.replicas.notes_grammar import Bank, bank

CATEGORIES = {
    "hiv_sti", "psychiatric", "suicide", "addiction", "pregnancy_fertility", "sexual_life", "religion", "ethnic_origin",
    "politics_union", "genetic", "serious_illness", "disability", "health_other", "criminal", "violence_abuse",
    "social_vulnerability", "judgement",
}  # fmt: skip


@pytest.fixture(scope="module")
def notes() -> Bank:
    return bank(1, 6_000)


def test_every_category_of_the_contract_in_every_way(notes: Bank) -> None:
    facts = {tuple(fact.split()) for facts in notes.facts for fact in facts}
    assert {category for category, *_ in facts} == CATEGORIES
    assert {assertion for _, assertion, _ in facts} == {"asserted", "negated", "hypothetical"}
    assert {subject for *_, subject in facts} == {"patient", "relative", "carer"}
    assert {
        category for category, assertion, subject in facts if (assertion, subject) == ("asserted", "patient")
    } == CATEGORIES


def test_harmless_first_then_the_others(notes: Bank) -> None:
    assert not any(notes.facts[: notes.harmless])
    assert all(notes.facts[notes.harmless :])


def test_no_slot_is_left_open_and_all_can_be_written_in_cp1252(notes: Bank) -> None:
    for text in notes.texts:
        assert text.strip()
        assert not set("{}") & set(text)
        text.encode("cp1252")


def test_many_texts_differ(notes: Bank) -> None:
    assert len(set(notes.texts)) > len(notes.texts) / 3


def test_same_seed_same_notes() -> None:
    assert bank(7, 50) == bank(7, 50)
    assert bank(7, 50).texts != bank(8, 50).texts


@pytest.mark.parametrize(("count", "share"), [(0, 0.5), (1, 1.0), (1000, 0.0), (1000, 0.35), (999, 1.0)])
def test_exact_share_says_something(count: int, share: float, notes: Bank) -> None:
    positions = notes.draw(np.random.default_rng(1), count, share)
    assert int((positions >= notes.harmless).sum()) == round(count * share)


def test_marks_are_the_facts(notes: Bank) -> None:
    for row in (0, notes.harmless, len(notes.texts) - 1):
        assert {kind for kind, said in zip(notes.kinds, notes.marks[row], strict=True) if said} == set(notes.facts[row])
