"""Those near the patients of whom notes tell, counted by patient and kind of kin."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.catalogue import load
from colmate.engine import Engine
from colmate.exposure import Context, expose
from colmate.model import Relatives
from tests.exposure.samples import Columns, findings, mentions, patients, persons, table

KINDS = sorted(load("kin"))
NAMED = {"nom": ("last_name", "patient"), "com": ("free_text", None)}
# record → person
Subjects = dict[int, int]
# record, kin, whether several, category
Told = tuple[int, str, bool, str]


def near(engine: Engine, subjects: Subjects, told: list[Told], assertion: str = "asserted") -> Relatives:
    rows = [["A", "x"] for _ in range(max(subjects))]
    return expose(
        engine,
        [table(engine, NAMED, rows)],
        mentions(engine, [(1, record, "patient", person) for record, person in subjects.items()]),
        persons(engine, dict.fromkeys(subjects.values(), "patient")),
        findings(engine, [(1, one[0], "c1", one[3], assertion, "relative", one[1], one[2]) for one in told]),
        Context(),
    ).relatives


@pytest.mark.parametrize(
    ("told", "least", "most"),
    [
        # two categories of one mother; a mother in two notes
        ([(1, "mother", False, "genetic"), (1, "mother", False, "psychiatric")], 1, 1),
        ([(1, "mother", False, "genetic"), (2, "mother", False, "psychiatric")], 1, 1),
        # a brother in two notes may be two; two in one note may not
        ([(1, "brother", False, "genetic"), (2, "brother", False, "genetic")], 1, 2),
        ([(1, "brother", False, "genetic"), (1, "brother", False, "disability")], 1, 1),
        # the plural is two at least
        ([(1, "brother", True, "genetic"), (2, "brother", False, "genetic")], 2, 3),
        # two patients
        ([(1, "mother", False, "genetic"), (3, "mother", False, "genetic")], 2, 2),
        # a child may be the son, and anybody may be of the family
        ([(1, "child", False, "genetic"), (1, "son", False, "genetic")], 1, 2),
        ([(1, "child", True, "genetic"), (1, "son", False, "genetic")], 2, 3),
        ([(1, "family", False, "genetic"), (1, "mother", False, "genetic")], 1, 2),
        ([(1, "family", False, "genetic"), (3, "mother", False, "genetic")], 2, 2),
        ([(1, "mother", False, "genetic"), (1, "father", False, "genetic"), (1, "parents", True, "genetic")], 2, 4),
    ],
)  # fmt: skip
def test_relatives_are_told_apart_by_patient_and_kin(engine: Engine, told: list[Told], least: int, most: int) -> None:
    found = near(engine, {1: 7, 2: 7, 3: 8}, told)
    assert (found.at_least, found.at_most) == (least, most)


def test_what_is_counted(engine: Engine) -> None:
    told = [(1, "mother", False, "genetic"), (3, "mother", False, "genetic"), (3, "brother", True, "psychiatric")]
    found = near(engine, {1: 7, 2: 7, 3: 8}, told)
    assert found.patients == 2
    assert found.by_kin == {"mother": 2, "brother": 1}
    assert found.by_category == {"genetic": 2, "psychiatric": 2}
    stated = ("relatives_kin", "relatives_least", "relatives_most", "relatives_held")
    assert found.method == [load("assumptions")[key]["en"] for key in stated]


def test_what_is_denied_of_a_relative_or_said_of_the_patient_counts_nobody(engine: Engine) -> None:
    assert near(engine, {1: 7}, [(1, "mother", False, "genetic")], "negated") == Relatives()
    assert near(engine, {1: 7}, [(1, "mother", False, "genetic")], "hypothetical").at_least == 1
    assert patients(engine, NAMED, [["A", "x"]], [(1, "genetic", "asserted", "patient")]).relatives == Relatives()


def test_relatives_of_nobody_known_count_nobody(engine: Engine) -> None:
    rows = [["A", "x"]]
    found = expose(
        engine,
        [table(engine, NAMED, rows)],
        mentions(engine, [(1, 1, "patient", None)]),
        persons(engine, {}),
        findings(engine, [(1, 1, "c1", "genetic", "asserted", "relative", "mother", False)]),
        Context(),
    ).relatives
    assert (found.at_least, found.at_most, found.patients) == (0, 0, 0)


def test_relatives_are_the_records_main_subjects(engine: Engine) -> None:
    found = expose(
        engine,
        [table(engine, NAMED, [["A", "x"]])],
        mentions(engine, [(1, 1, "patient", 1), (1, 1, "professional", 2), (1, 1, "insured", 3)]),
        persons(engine, {1: "patient", 2: "professional", 3: "insured"}),
        findings(engine, [(1, 1, "c1", "genetic", "asserted", "relative", "mother", False)]),
        Context(),
    ).relatives
    assert (found.at_least, found.at_most, found.patients) == (1, 1, 1)


def test_every_wider_kind_is_one() -> None:
    kinds = load("kin")
    assert {kind["within"] for name, kind in kinds.items() if name != "family"} <= set(kinds)
    assert all(kind["fr"] and kind["en"] for kind in kinds.values())


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from(KINDS), st.booleans(), st.sampled_from(["genetic",
       "disability"])), min_size=1, max_size=12))  # fmt: skip
def test_the_estimates_hold_together(told: list[Told]) -> None:
    told = [(record, kin, several and kin not in ("mother", "father"), kind) for record, kin, several, kind in told]
    with Engine(threads=1) as engine:
        found = near(engine, {1: 7, 2: 7, 3: 8, 4: 9}, told)
    assert 0 < found.patients <= found.at_least <= found.at_most
    assert max(found.by_category.values()) <= found.at_least <= sum(found.by_category.values())
    assert max(found.by_kin.values()) <= found.patients
    one = {(record, kin) for record, kin, _, _ in told}
    assert found.at_most <= 2 * len(one)


# kinship, person of each contact of patient 7 (records 1…) and of patient 8 (the last one, of whom no note tells)
Contacts = list[tuple[str | None, int]]
BESIDE = {"id": ("patient_id", "patient"), "nom": ("last_name", "relative"), "lien": ("kinship", "relative")}


def held(engine: Engine, contacts: Contacts, told: list[tuple[str, bool]], columns: Columns = BESIDE) -> Relatives:
    named = [("7", kinship) for kinship, _ in contacts] + [("8", "mother")]
    rows = [[number, "A", kinship, "x"][: len(columns)] for number, kinship in named]
    kept: list[tuple[int, int, str, int | None]] = [
        (1, 1, "patient", 7),
        *[(2, record, "patient", 7) for record in range(1, len(contacts) + 1)],
        *[(2, record, "relative", person) for record, (_, person) in enumerate(contacts, 1)],
        (2, len(contacts) + 1, "patient", 8),
        (2, len(contacts) + 1, "relative", 99),
    ]
    people = {7: "patient", 8: "patient", 99: "relative"} | {person: "relative" for _, person in contacts}
    return expose(
        engine,
        [table(engine, NAMED, [["A", "x"]]), table(engine, columns, rows, number=2)],
        mentions(engine, kept),
        persons(engine, people),
        findings(engine, [(1, 1, "c1", "genetic", "asserted", "relative", kin, several) for kin, several in told]),
        Context(),
    ).relatives


@pytest.mark.parametrize(
    ("contacts", "told", "count"),
    [
        ([("mother", 1)], [("mother", False)], 1),
        ([("mother", 1)], [("father", False)], 0),
        ([("mother", 1), ("father", 2)], [("mother", False), ("father", False)], 2),
        # named twice, one person; two persons of one kind
        ([("mother", 1), ("mother", 1)], [("mother", False)], 1),
        ([("brother", 1), ("brother", 2)], [("brother", False)], 0),
        ([("brother", 1)], [("brother", True)], 0),
        # a child may be the son, and the son may be the child; two of them leave it open
        ([("son", 1)], [("child", False)], 1),
        ([("child", 1)], [("son", False)], 0),
        ([("son", 1), ("child", 2)], [("son", False)], 0),
        ([("son", 1), ("daughter", 2)], [("son", False), ("child", False)], 1),
        ([("son", 1)], [("son", False), ("child", False)], 1),
        # there is one mother
        ([("mother", 1), ("parents", 2)], [("mother", False)], 1),
        ([("mother", 1)], [("parents", False)], 1),
        # nobody in particular
        ([("near", 1), ("family", 2)], [("near", False), ("family", False)], 0),
        ([("ma voisine", 1), (None, 2)], [("mother", False)], 0),
        # the contact is the patient over again
        ([("mother", 7)], [("mother", False)], 0),
    ],
)
def test_who_is_told_of_is_held_where_the_file_names_one_of_the_kind(
    engine: Engine, contacts: Contacts, told: list[tuple[str, bool]], count: int
) -> None:
    found = held(engine, contacts, told)
    assert found.held == count
    assert found.held <= found.at_least


@pytest.mark.parametrize(
    ("columns", "count"),
    [
        ({"id": BESIDE["id"], "nom": BESIDE["nom"]}, 0),
        (BESIDE | {"lien_2": ("kinship", "relative")}, 0),
        ({**BESIDE, "lien": ("kinship", "patient")}, 1),
        ({**BESIDE, "lien": ("kinship", "patient"), "assure": ("last_name", "insured")}, 0),
    ],
)
def test_only_one_column_that_is_the_contacts_tells_the_kinship(engine: Engine, columns: Columns, count: int) -> None:
    assert held(engine, [("mother", 1)], [("mother", False)], columns).held == count
