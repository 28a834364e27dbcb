"""From records, mentions and findings to counts of persons."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.catalogue import harms, semantic_types, special_categories
from colmate.engine import Engine
from colmate.exposure import Context, Exposed, expose
from colmate.exposure.period import period
from tests.exposure.samples import Columns, Rows, findings, mentions, patients, persons, table

NAMED = {
    "nom": ("last_name", "patient"),
    "ddn": ("birth_date", "patient"),
    "mail": ("email", None),
    "com": ("free_text", None),
}


def types(found: Exposed) -> dict[str, tuple[int, int]]:
    return {item.semantic_type: (item.persons, item.records) for item in found.exposure}


def special(found: Exposed) -> dict[str, tuple[int, int, int, int, list[str]]]:
    return {
        item.category: (item.persons, item.negated, item.hypothetical, item.about_relatives, item.sources)
        for item in found.special_categories
    }


def test_types_count_persons_and_records(engine: Engine) -> None:
    found = expose(
        engine,
        [table(engine, NAMED, [["A", "1980-01-01", "a@b", None], ["A", None, "", None], ["B", None, "c@d",
        "x"], ["C", None, None, None]])],
        mentions(engine, [(1, 1, "patient", 7), (1, 2, "patient", 7), (1, 3, "patient", 8), (1, 4, "patient", None)]),
        persons(engine, {7: "patient", 8: "patient"}),
        findings(engine, []),
        Context(),
    )  # fmt: skip
    assert types(found) == {"last_name": (2, 4), "email": (2, 2), "birth_date": (1, 1), "free_text": (1, 1)}


def test_columns_speak_of_their_role(engine: Engine) -> None:
    columns = {"nom": ("last_name", "patient"), "nom assure": ("last_name", "insured"), "nir": ("nir", "insured"),
               "medecin": ("professional_name", "professional"), "tel": ("phone", None)}  # fmt: skip
    rows: Rows = [
        ["A", "A", "1", "D", "+331"],
        ["B", "C", "2", "D", "+332"],
        ["E", None, None, "F", None],
    ]
    found = expose(
        engine,
        [table(engine, columns, rows)],
        # in record 1 the patient is the insured; in record 3 the doctor is not known well enough
        mentions(engine, [(1, 1, "patient", 1), (1, 1, "professional", 9), (1, 2, "patient", 2), (1, 2, "insured", 3),
                          (1, 2, "professional", 9), (1, 3, "patient", 4), (1, 3, "professional", None)]),
        persons(engine, {1: "patient", 2: "patient", 3: "insured", 4: "patient", 9: "professional"}),
        findings(engine, []),
        Context(),
    )  # fmt: skip
    assert types(found) == {"last_name": (4, 3), "nir": (2, 2), "phone": (2, 2), "professional_name": (1, 3)}
    masks = {row["person"]: row["m0"] for row in engine.rows(found.persons)}
    assert masks[1] != masks[2]
    assert masks[3] != masks[4]
    assert masks[9] & (masks[1] | masks[2] | masks[3] | masks[4]) == 0


def test_a_record_without_a_patient_speaks_of_the_next_role(engine: Engine) -> None:
    columns = {"nom": ("last_name", "patient"), "ps": ("professional_name", "professional"), "tel": ("phone", None)}
    found = expose(
        engine,
        [table(engine, columns, [["A", "D", "+331"], [None, "E", "+332"]])],
        mentions(engine, [(1, 1, "patient", 1), (1, 1, "professional", 8), (1, 2, "professional", 9)]),
        persons(engine, {1: "patient", 8: "professional", 9: "professional"}),
        findings(engine, []),
        Context(),
    )
    masks = {row["person"]: row["m0"] for row in engine.rows(found.persons)}
    phone = masks[1] & masks[9]
    assert phone
    assert masks[8] & phone == 0


def test_tables_add_up_for_a_person(engine: Engine) -> None:
    one = table(engine, {"nom": ("last_name", None)}, [["A"]], number=1, name="patients")
    two = table(engine, {"mail": ("email", None)}, [["a@b"], ["c@d"]], number=2, name="contacts")
    found = expose(
        engine, [one, two], mentions(engine, [(1, 1, "patient", 5), (2, 2, "patient", 5)]),
        persons(engine, {5: "patient"}), findings(engine, []), Context(),
    )  # fmt: skip
    assert types(found) == {"last_name": (1, 1), "email": (1, 2)}
    assert {item.label: item.records for item in found.controllers} == {"patients": 1, "contacts": 2}


def test_special_categories_from_notes(engine: Engine) -> None:
    rows: Rows = [["A", None, None, "x"] for _ in range(6)]
    found = patients(engine, NAMED, rows, [
        (1, "hiv_sti", "asserted", "patient"), (1, "hiv_sti", "negated", "patient"), (2, "hiv_sti", "negated",
        "patient"),
        (3, "hiv_sti", "hypothetical", "patient"), (4, "hiv_sti", "asserted", "relative"), (5, "judgement",
        "asserted", "carer"),
        (6, "hiv_sti", "negated", "relative"),
    ])  # fmt: skip
    assert special(found) == {
        "hiv_sti": (1, 2, 1, 1, ["free_text"]),
        "judgement": (1, 0, 0, 0, ["free_text"]),
    }


@pytest.mark.parametrize(
    ("kind", "value", "category"),
    [
        ("diagnosis_code", "B24", "hiv_sti"), ("diagnosis_code", "F32.1", "psychiatric"), ("diagnosis_code", "f102",
        "addiction"),
        ("diagnosis_code", "X61", "suicide"), ("diagnosis_code", "O04.9", "pregnancy_fertility"), ("diagnosis_code",
        "F640", "sexual_life"),
        ("diagnosis_code", "Z651", "criminal"), ("diagnosis_code", "T741", "violence_abuse"), ("diagnosis_code",
        "C509", "serious_illness"),
        ("diagnosis_code", "Q909", "genetic"), ("diagnosis_code", "I10", "health_other"), ("drug",
        "Méthadone 40 mg", "addiction"),
        ("drug", "BIKTARVY", "hiv_sti"), ("drug_code", "N05AX08", "psychiatric"), ("entitlement", "C2S",
        "social_vulnerability"),
        ("entitlement", "AME", "ethnic_origin"), ("entitlement", "ALD", "health_other"), ("blood_group", "A+",
        "health_other"),
        ("procedure_code", "JNJP001", "pregnancy_fertility"), ("allergy", "arachide", "health_other"),
    ],
)  # fmt: skip
def test_special_categories_from_codes(engine: Engine, kind: str, value: str, category: str) -> None:
    found = patients(engine, {"nom": ("last_name", None), "code": (kind, None)}, [["A", value], ["B", None]])
    assert special(found)[category][0] == 1
    assert special(found)[category][4] == [kind]


@pytest.mark.parametrize(
    ("name", "value", "categories"),
    [
        ("cmu", "1", {"social_vulnerability"}), ("C2S", "O", {"social_vulnerability"}), ("cmu", "0", set()),
        ("ame", "oui", {"social_vulnerability", "ethnic_origin"}), ("tutelle", "curatelle", {"social_vulnerability"}),
        ("tutelle", "aucune", set()), ("ald", "1", {"health_other"}), ("code_exo", "4", {"health_other"}),
        ("ald", "N", set()), ("vip", "1", set()), ("droits", "oui", {"health_other"}),
    ],
)  # fmt: skip
def test_a_bare_yes_says_what_the_column_is_called(engine: Engine, name: str, value: str, categories: set[str]) -> None:
    assert set(special(patients(engine, {name: ("entitlement", None)}, [[value]]))) == categories


def test_codes_that_say_nothing(engine: Engine) -> None:
    columns = {"a": ("entitlement", None), "b": ("entitlement", "patient")}
    assert special(patients(engine, columns, [["0", "N"], ["non", ""], [None, None]])) == {}


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("POSITIF", (1, 0, 0)),
        ("Négatif", (0, 1, 0)),
        (None, (0, 0, 1)),
        ("en cours", (0, 0, 1)),
        ("indétectable", (0, 1, 0)),
    ],
)
def test_a_test_counts_by_its_result(engine: Engine, result: str | None, expected: tuple[int, int, int]) -> None:
    columns = {"analyse": ("lab_test", None), "resultat": ("lab_result", None)}
    found = special(patients(engine, columns, [["Sérologie VIH 1+2", result], ["Glycémie", "1,2"]]))
    assert found["hiv_sti"] == (*expected, 0, ["lab_test"])


def test_severity_of_each_person_and_of_the_case(engine: Engine) -> None:
    rows: Rows = [
        ["A", "1980-01-01", None, "x"],
        ["B", "1980-01-01", None, None],
        ["C", None, None, None],
    ]
    found = patients(
        engine, NAMED, rows, [(1, "hiv_sti", "asserted", "patient")], context=Context(health_controller=False)
    )
    scores = {row["person"]: (row["score"], row["band"]) for row in engine.rows(found.persons)}
    assert scores == {1: (5.0, "very_high"), 2: (2.0, "medium"), 3: (1.5, "low")}
    assert found.severity.persons == {"low": 1, "medium": 1, "high": 0, "very_high": 1}
    assert found.severity.case.model_dump() == {"dpc": 4, "ei": 1.0, "cb": 1.0, "score": 5.0, "band": "very_high"}
    assert found.severity.notify_authority
    assert found.severity.notify_persons


@pytest.mark.parametrize(
    ("column", "name", "expected"),
    [("rpps", "x", True), ("number", "Médecin traitant", True), ("number", "achat", False), ("lab_test", "x", True)],
)
def test_a_health_controller_is_seen_in_the_file(engine: Engine, column: str, name: str, expected: bool) -> None:
    found = patients(engine, {"nom": ("last_name", None), name: (column, None)}, [["A", "1"]])
    assert any("Being in the file" in text for text in found.severity.assumptions) is expected


def test_few_data_of_a_general_controller_need_no_notice_to_persons(engine: Engine) -> None:
    found = patients(engine, {"nom": ("last_name", None)}, [["A"]], context=Context(health_controller=False))
    assert (found.severity.notify_authority, found.severity.notify_persons) == (False, False)


def test_minors_are_raised(engine: Engine) -> None:
    rows: Rows = [["A", "1980-01-01", None, None], ["B", "2018-01-01", None, None]]
    found = patients(engine, NAMED, rows, minors=frozenset({2}), context=Context(health_controller=False))
    assert {row["person"]: row["score"] for row in engine.rows(found.persons)} == {1: 2.0, 2: 3.0}


def test_harms_and_what_makes_them_possible(engine: Engine) -> None:
    columns = {
        "nom": ("last_name", None),
        "adr": ("address", None),
        "mail": ("email", None),
        "mdp": ("password", None),
        "com": ("free_text", None),
    }
    rows: Rows = [
        ["A", "1 rue X", "a@b", "s3cret", "x"],
        ["B", None, "c@d", None, None],
        ["C", None, None, None, None],
    ]
    found = patients(engine, columns, rows, [(1, "violence_abuse", "asserted", "patient")])
    counts = {item.harm: (item.persons, item.because) for item in found.harms}
    assert counts["targeted_phishing"] == (2, ["email", "last_name", "address"])
    assert counts["account_takeover"] == (1, ["password", "email"])
    assert counts["physical_danger"] == (1, ["violence_abuse", "address"])
    assert counts["blackmail"][0] == 1
    assert "bank_fraud" not in counts


def test_the_catalogue_of_harms_is_the_contracts() -> None:
    assert list(harms()) == ["targeted_phishing", "identity_theft", "bank_fraud", "account_takeover", "blackmail",
                             "discrimination", "physical_danger", "public_exposure"]  # fmt: skip
    known = set(semantic_types()) | set(special_categories())
    for harm in harms().values():
        assert {name for need in harm.needs for item in need for name in item.split("|")} <= known


def test_period_is_that_of_care(engine: Engine) -> None:
    columns = {
        "ddn": ("birth_date", None),
        "soin": ("care_date", None),
        "saisie": ("timestamp", None),
        "autre": ("care_date", None),
    }
    rows: Rows = [
        ["1950-01-01", "2019-03-01", "2022-01-01", None], ["1950-01-01", "2019-03-31", None, "2020-01-05"],
        [None, "1900-01-01", None, "2018-12-31"], [None, "2999-01-01", None, None], [None, "2019-00-00", None, None],
    ]  # fmt: skip
    found = period(engine, [table(engine, columns, rows)], datetime.date(2021, 1, 1))
    assert (found.first, found.last) == ("2018-12-31", "2020-01-05")
    assert found.by_month == {"2018-12": 1, "2019-03": 2}


def test_period_of_timestamps_only_without_dates_of_care(engine: Engine) -> None:
    found = period(engine, [table(engine, {"saisie": ("timestamp", None)}, [["2020-05-06T10:00:00"], ["x"]])])
    assert (found.first, found.last, found.by_month) == ("2020-05-06", "2020-05-06", {"2020-05": 1})
    assert period(engine, []).first is None


def test_a_case_about_nobody(engine: Engine) -> None:
    found = expose(
        engine,
        [table(engine, NAMED, [["A", None, None, None]])],
        mentions(engine, []),
        persons(engine, {}),
        findings(engine, []),
        Context(),
    )
    assert found.severity.persons == {"low": 0, "medium": 0, "high": 0, "very_high": 0}
    assert not found.severity.notify_authority
    assert found.harms == []
    assert [(item.records, item.persons) for item in found.controllers] == [(1, 0)]


def test_more_facts_than_one_mask_holds(engine: Engine) -> None:
    kinds = [key for key in semantic_types() if key not in ("free_text", "empty")]
    columns: Columns = {key: (key, None) for key in kinds}
    found = patients(engine, columns, [["B24" for _ in kinds], [None for _ in kinds]])
    assert {item.semantic_type for item in found.exposure} == {key for key in kinds if semantic_types()[key].category}
    assert all(item.persons == 1 for item in found.exposure)
    assert "m1" in found.persons.columns


@settings(deadline=None, max_examples=15)
@given(
    st.lists(st.tuples(*(st.sampled_from([None, "",
        "a"]) for _ in range(3)), st.integers(1, 4)), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(1, 12), st.sampled_from(sorted(special_categories())),
                       st.sampled_from(["asserted", "negated", "hypothetical"]), st.sampled_from(["patient",
                           "relative", "carer"])), max_size=8),
)  # fmt: skip
def test_sums_agree_with_a_plain_count(
    rows: list[tuple[str | None, str | None, str | None, int]], found: list[tuple[int, str, str, str]]
) -> None:
    with Engine(threads=1) as engine:
        columns = {"nom": ("last_name", None), "mail": ("email", "patient"), "com": ("free_text", None)}
        whose = {record: row[3] for record, row in enumerate(rows, 1)}
        found = [item for item in found if item[0] in whose]
        made = expose(
            engine, [table(engine, columns, [list(row[:3]) for row in rows])],
            mentions(engine, [(1, record, "patient", person) for record, person in whose.items()]),
            persons(engine, dict.fromkeys(sorted(set(whose.values())), "patient")),
            findings(engine, [(1, record, "c2", *rest) for record, rest in zip([item[0] for item in found],
                [item[1:] for item in found], strict=True)]), Context(),
        )  # fmt: skip
        for place, kind in enumerate(("last_name", "email", "free_text")):
            holders = [row[3] for row in rows if row[place]]
            assert types(made).get(kind, (0, 0)) == (len(set(holders)), len(holders))
        for category, (count, negated, _, near, _) in special(made).items():
            mine = [
                (whose[record], assertion, subject) for record, name, assertion, subject in found if name == category
            ]
            assert count == len(
                {who for who, assertion, subject in mine if assertion == "asserted" and subject != "relative"}
            )
            assert negated == len(
                {who for who, assertion, subject in mine if assertion == "negated" and subject != "relative"}
            )
            assert near == len(
                {who for who, assertion, subject in mine if assertion != "negated" and subject == "relative"}
            )
        assert sum(made.severity.persons.values()) == len(set(whose.values()))
        assert sum(item.records for item in made.controllers) == len(rows)
