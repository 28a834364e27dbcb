"""Labels of controllers: shown when they name an organisation, replaced when they may name a person."""

from __future__ import annotations

import pytest

from colmate.engine import Engine
from colmate.exposure.controllers import clean_label, speaks_of_no_person
from tests.exposure.samples import Rows, patients

COLUMNS = {"nom": ("last_name", "patient"), "labo": ("organisation_name", None), "com": ("free_text", None)}


@pytest.mark.parametrize(
    "value",
    ["LAB-07", "CAB00001", "12", "L7", "010000024", "2A0000014", "35600000000048", "LABO DE VANNES", "Laboratoire Nord",
     "CLINIQUE DE LA CÔTE", "HOPITAL", "Pharmacie de la gare", "Centre médical Rive Gauche", "site 3", "LABO-12-B",
     "LABO HENNEBONT"],
)  # fmt: skip
def test_shown(value: str) -> None:
    assert speaks_of_no_person(value)


@pytest.mark.parametrize(
    "value",
    ["Dr Dupont", "CABINET DU DR MARTIN", "Laboratoire Pasquier", "Marie Durand", "DUPONT", "a@b.fr", "0612345678",
     "185057800608436", "Cabinet 0612345678", "=cmd()", "<b>LABO</b>", "Nice", "Laboratoire Jean", "P. LEROY"],
)  # fmt: skip
def test_replaced(value: str) -> None:
    assert not speaks_of_no_person(value)


@pytest.mark.parametrize(
    ("value", "clean"), [("a\x00b\n c", "a b c"), ("\u202eabc", "abc"), ("x" * 90, "x" * 60), ("\t", "")]
)
def test_clean_label(value: str, clean: str) -> None:
    assert clean_label(value) == clean


def test_counts_by_value(engine: Engine) -> None:
    rows: Rows = [
        ["A", "LAB-01", "x"],
        ["B", "LAB-01 ", "x"],
        ["C", "Dr Dupont", "x"],
        ["D", None, None],
        ["E", "LAB-02", None],
    ]
    found = patients(engine, COLUMNS, rows, [(2, "hiv_sti", "asserted", "patient"), (3, "suicide", "asserted",
        "relative")],
                     controller="labo")  # fmt: skip
    assert [(item.label, item.records, item.persons, item.special_category_persons) for item in found.controllers] == [
        ("LAB-01", 2, 2, 1),
        ("(none)", 1, 1, 0),
        ("controller-0003", 1, 1, 0),
        ("LAB-02", 1, 1, 0),
    ]
    assert engine.rows(found.labels) == [{"label": "controller-0003", "value": "Dr Dupont"}]
    assert sum(item.records for item in found.controllers) == len(rows)


def test_without_a_column_the_file_answers(engine: Engine) -> None:
    found = patients(engine, COLUMNS, [["A", "LAB-01", None], ["B", "LAB-02", None]], name="export")
    assert [(item.label, item.records, item.persons) for item in found.controllers] == [("export", 2, 2)]
    assert engine.rows(found.labels) == []
