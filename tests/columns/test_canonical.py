from __future__ import annotations

import pyarrow as pa
import pytest

from colmate.columns import Column, canonical, recognise
from colmate.engine import Engine

CASES = [
    ("nir", "2 95 10 99 126 111 93", "2951099126111"),
    ("nir", "253072a07300443", "253072A073004"),
    ("nir", "1800175001001", "1800175001001"),
    ("nir", "295109912611192", None),
    ("nir", "1,85057E+14", None),
    ("birth_date", "12/03/1980", "1980-03-12"),
    ("birth_date", "00/00/1950", "1950-00-00"),
    ("birth_date", "31/02/1980", None),
    ("sex", "Féminin", "F"),
    ("title", "Madame", "MME"),
    ("phone", "06 39 98 12 34", "+33639981234"),
    ("phone", "poste 12", None),
    ("email", "A.B@Exemple.FR", "a.b@exemple.fr"),
    ("postcode", "1000", "01000"),
    ("rpps", "10 99999 9997", "10999999997"),
    ("last_name", "  Dupont ", "Dupont"),
    ("last_name", "TEST", "TEST"),
    ("last_name", "XXX", "XXX"),
    ("first_name", "NULL", None),
    ("first_name", "\\N", None),
    ("city", "Saint-Avé", "Saint-Avé"),
    ("address", "12 rue des Lilas", "12 rue des Lilas"),
    ("address", "chez Mme B", "chez Mme B"),
    ("free_text", " porteur du VIH ", "porteur du VIH"),
    ("free_text", ".", None),
    ("number", "12", "12"),
    ("iban", "fr14 2004 1010 0505 0001 3m02 606", "FR1420041010050500013M02606"),
]


@pytest.mark.parametrize(("semantic_type", "raw", "expected"), CASES)
def test_canonical_text(semantic_type: str, raw: str, expected: str | None, engine: Engine) -> None:
    records = engine.memtable(pa.table({"record": pa.array([1], pa.int64()), "c0": [raw]}), "tests:one")
    column = Column("x", 1, "c0", semantic_type, None, 1.0, 1, 1, 1, 1, "dmy")
    assert engine.rows(canonical(records, [column])) == [{"record": 1, "c0": expected}]


@pytest.mark.parametrize(
    ("raw", "layout", "expected"), [("03/12/1980", "mdy", "1980-03-12"), ("29292", "serial", "1980-03-12")]
)
def test_the_column_s_layout_is_followed(raw: str, layout: str, expected: str, engine: Engine) -> None:
    records = engine.memtable(pa.table({"record": pa.array([1], pa.int64()), "c0": [raw]}), "tests:one")
    column = Column("x", 1, "c0", "birth_date", None, 1.0, 1, 1, 1, 1, layout)
    assert engine.rows(canonical(records, [column])) == [{"record": 1, "c0": expected}]


def test_null_cells_are_empty(engine: Engine) -> None:
    records = engine.memtable(
        pa.table({"record": pa.array([1], pa.int64()), "c0": pa.array([None], pa.string())}), "tests:n"
    )
    column = Column("x", 1, "c0", "last_name", None, 1.0, 1, 1, 1, 1)
    assert engine.rows(canonical(records, [column])) == [{"record": 1, "c0": None}]


def test_recognise_takes_a_table_in_memory() -> None:
    found = recognise(pa.table({"email": ["a@exemple.fr", "b@exemple.fr"], "cp": ["56000", "45000"]}))
    assert [(column.name, column.position, column.semantic_type) for column in found] == [
        ("email", 1, "email"),
        ("cp", 2, "postcode"),
    ]


def test_recognise_takes_what_holds_records() -> None:
    class Held:
        records = pa.table({"record": [1], "tel": ["0639981234"]})

    assert [column.semantic_type for column in recognise(Held())] == ["phone"]
