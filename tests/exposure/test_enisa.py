"""ENISA 2013: the worked values, each rule, and what must hold of all scores."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colmate.catalogue import load
from colmate.exposure import Context
from colmate.exposure.enisa import (
    BANDS,
    NOTES,
    Facts,
    assumptions,
    band,
    circumstances,
    data_context,
    identification,
    score,
)


def facts(
    classes: set[tuple[str, int]] | None = None, notes: str = "", known: str = "name birth_date", **more: bool
) -> Facts:
    return Facts(frozenset(classes or {("simple", 1)}), frozenset(notes.split()), frozenset(known.split()), **more)


@pytest.mark.parametrize(
    ("person", "health", "value", "expected"),
    [
        # a published leak of a laboratory or practice, with a clinical comment about the person
        (facts(notes="asserted"), True, 5.0, "very_high"),
        # only name, address, phone, but the controller is a laboratory or a practice
        (facts(known="name address phone"), True, 4.0, "very_high"),
        # the same administrative data of a general controller
        (facts(known="name address phone"), False, 2.0, "medium"),
    ],
)
def test_worked_values(person: Facts, health: bool, value: float, expected: str) -> None:
    found = score(person, Context(), health)
    assert (found.value, found.band) == (value, expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.25, "low"), (1.99, "low"), (2, "medium"), (2.99, "medium"), (3, "high"), (3.99, "high"), (4, "very_high"),
    (6, "very_high")],
)  # fmt: skip
def test_bands(value: float, expected: str) -> None:
    assert band(value) == expected


@pytest.mark.parametrize(
    ("context", "value", "why"),
    [
        (Context(), 1.0, {"unknown_recipients", "malicious"}),
        (Context(published=False), 0.75, {"known_recipients", "malicious"}),
        (Context(malicious=False), 0.5, {"unknown_recipients"}),
        (Context(published=False, malicious=False), 0.25, {"known_recipients"}),
    ],
)
def test_circumstances(context: Context, value: float, why: set[str]) -> None:
    found, assumed = circumstances(context)
    assert (found, set(assumed)) == (value, why)


@pytest.mark.parametrize(
    ("known", "value"),
    [
        ("", 0.25), ("local", 0.25), ("first_name", 0.25), ("birth_date", 0.25), ("place", 0.25), ("phone", 0.5),
        ("address", 0.5), ("name", 0.5), ("name first_name", 0.5), ("first_name birth_date", 0.5), ("name place", 0.75),
        ("email", 0.75), ("birth_date place", 0.75), ("first_name phone", 0.75), ("name birth_date", 1),
        ("name email", 1), ("name address", 1), ("name phone", 1), ("number", 1), ("number name", 1),
    ],
)  # fmt: skip
def test_identification(known: str, value: float) -> None:
    assert identification(frozenset(known.split())) == value


@pytest.mark.parametrize(
    ("person", "health", "dpc", "why"),
    [
        (facts(), False, 1, {"general_controller"}),
        (facts(), True, 3, {"health_controller"}),
        (facts(minor=True), False, 2, {"general_controller", "minor"}),
        (facts(minor=True), True, 4, {"health_controller", "minor"}),
        (facts(professional=True), True, 1, {"professional_public"}),
        (facts({("sensitive", 4)}), False, 4, {"sensitive_column"}),
        (facts({("sensitive", 3)}), False, 3, {"sensitive_column"}),
        (facts({("financial", 2)}), False, 2, {"financial_column"}),
        (facts({("financial", 4)}), True, 4, {"financial_column"}),
        (facts(notes="asserted"), False, 4, {"asserted_category"}),
        (facts(notes="hypothetical"), False, 3, {"supposed_category"}),
        (facts(notes="negated"), False, 2, {"denied_category"}),
        (facts(notes="relative"), False, 3, {"relative_category"}),
        (facts(notes="relative relative_genetic"), False, 4, {"relative_genetic"}),
        (facts(notes="safety"), False, 4, {"safety"}),
        (facts(notes="social"), False, 2, {"social"}),
        (facts(notes="reputation"), False, 2, {"reputation"}),
        (facts(credentials=True), True, 4, {"credentials"}),
        (facts(credentials=True), False, 2, {"credentials"}),
        (facts(free_text=True), False, 1, {"general_controller", "note_without_cue"}),
        (facts(notes="negated"), True, 3, {"health_controller"}),
    ],
)  # fmt: skip
def test_data_context(person: Facts, health: bool, dpc: int, why: set[str]) -> None:
    found, assumed = data_context(person, health)
    assert (found, set(assumed)) == (dpc, why)


def test_every_assumption_has_its_sentence_in_both_languages() -> None:
    table = load("assumptions")
    assert {name for name, _ in NOTES.values()} <= set(table)
    assert all(entry["fr"] and entry["en"] and entry["fr"] != entry["en"] for entry in table.values())
    assert len({entry["en"] for entry in table.values()}) == len(table)
    assert assumptions(frozenset({"malicious", "health_controller"})) == [
        table["health_controller"]["en"],
        table["malicious"]["en"],
    ]


ANYBODY = st.builds(
    Facts,
    classes=st.frozensets(st.sampled_from([("simple", 1), ("behavioural", 2), ("financial", 2), ("sensitive", 3),
        ("sensitive", 4)])),
    notes=st.frozensets(st.sampled_from(list(NOTES))),
    identifies=st.frozensets(st.sampled_from(list(load("enisa")["identifies"]))),
    credentials=st.booleans(), free_text=st.booleans(), minor=st.booleans(), professional=st.booleans(),
)  # fmt: skip
ANY_CONTEXT = st.builds(Context, published=st.booleans(), malicious=st.booleans())


@given(ANYBODY, ANY_CONTEXT, st.booleans())
def test_factors_stay_in_their_ranges_and_name_their_assumptions(person: Facts, context: Context, health: bool) -> None:
    found = score(person, context, health)
    assert found.dpc in (1, 2, 3, 4)
    assert found.ei in (0.25, 0.5, 0.75, 1)
    assert 0 <= found.cb <= 2
    assert found.assumptions <= set(load("assumptions"))
    assert found.assumptions


@given(ANYBODY, ANYBODY, ANY_CONTEXT, st.booleans())
def test_more_disclosed_is_never_less_severe(one: Facts, other: Facts, context: Context, health: bool) -> None:
    both = Facts(
        one.classes | other.classes, one.notes | other.notes, one.identifies | other.identifies,
        one.credentials or other.credentials, one.free_text or other.free_text, one.minor, one.professional,
    )  # fmt: skip
    assert score(both, context, health).value >= score(one, context, health).value


@given(st.floats(0, 6), st.floats(0, 6))
def test_bands_rise_with_the_score(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert BANDS.index(band(low)) <= BANDS.index(band(high))


@pytest.mark.parametrize(("relative", "dpc"), [(False, 3), (True, 1)])
def test_a_contact_of_a_patient_is_not_shown_to_be_cared_for(relative: bool, dpc: int) -> None:
    facts = Facts(frozenset(), frozenset(), frozenset({"name", "phone"}), relative=relative)
    found = score(facts, Context(), health_controller=True)
    assert found.dpc == dpc
    assert ("relative_not_cared_for" in found.assumptions) is relative
