"""Each rule on the other traits, as a table of examples."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from colmate.engine import Engine
from colmate.subjects import traits


def value(engine: Engine, expression: ir.Value) -> object:
    one = engine.memtable(pa.table({"one": [1]}), "one")
    return engine.rows(one.select(made=expression))[0]["made"]


def text(given: str | None) -> ir.StringValue:
    return ibis.literal(given, "string") if given is not None else ibis.null("string")


@pytest.mark.parametrize(
    ("date", "number"),
    [
        ("1950-03-12", 19500312),
        ("1950-00-00", 19500000),
        ("1900-01-01", None),
        ("1899-12-31", None),
        ("9999-12-31", None),
        ("12/03/1950", None),
        (None, None),
    ],
)
def test_a_birth_date_is_a_number(engine: Engine, date: str | None, number: int | None) -> None:
    assert value(engine, traits.birth_number(text(date))) == number


@pytest.mark.parametrize(
    ("sex", "title", "found"),
    [
        ("F", "M", "F"),
        (None, "MME", "F"),
        (None, "MLLE", "F"),
        (None, "SOEUR", "F"),
        (None, "M", "M"),
        (None, "ENF", None),
        (None, "BEBE", None),
        (None, "DR", None),
        (None, None, None),
    ],
)
def test_sex_is_told_by_its_column_then_by_the_title(
    engine: Engine, sex: str | None, title: str | None, found: str | None
) -> None:
    assert value(engine, traits.person_sex(text(sex), text(title))) == found


@pytest.mark.parametrize(
    ("nir", "born", "sex", "standing"),
    [
        ("1500356123456", 19500312, "M", 2),
        ("1500356123456", 19500312, None, 2),
        ("1500356123456", 19501203, "M", 1 + 1),  # day and month exchanged
        ("1500356123456", 19500312, "F", 1),
        ("1500356123456", 20110504, "M", 0),  # a child on its father's number
        ("1500356123456", None, "F", 0),  # a wife on her husband's number
        ("1500356123456", None, "M", 1),
        ("1502056123456", 19500312, "M", 2),  # month unknown to the register
        ("1500356123456", 19500000, "M", 2),
        ("7512345678901", 19800101, "F", 1),  # provisional numbers hold no date
        (None, 19500312, "M", None),
    ],
)
def test_whose_number_it_is(engine: Engine, nir: str | None, born: int | None, sex: str | None, standing: int) -> None:
    schema = pa.schema([("nir", pa.string()), ("born", pa.int32()), ("sex", pa.string())])
    row = engine.memtable(pa.Table.from_pylist([{"nir": nir, "born": born, "sex": sex}], schema), "row")
    assert engine.rows(traits.with_standing(row))[0]["standing"] == standing


@pytest.mark.parametrize(
    ("postcode", "commune", "department"),
    [
        ("56000", None, "56"),
        ("01000", None, "01"),
        ("20000", None, "2A"),
        ("20167", None, "2A"),
        ("20200", None, "2B"),
        ("20600", None, "2B"),
        ("97400", None, "974"),
        ("98800", None, "988"),
        (None, "2A004", "2A"),
        (None, "2B033", "2B"),
        (None, "97411", "974"),
        (None, "56260", "56"),
        ("99123", "56260", "56"),
        ("00100", None, None),
        ("560", None, None),
        (None, None, None),
    ],
)
def test_the_department(engine: Engine, postcode: str | None, commune: str | None, department: str | None) -> None:
    assert value(engine, traits.department(text(postcode), text(commune))) == department


@pytest.mark.parametrize(
    ("numbers", "mobile", "landline"),
    [
        (["+33612345678", "+33297000000"], 33612345678, 33297000000),
        (["+33297000000", None], None, 33297000000),
        (["+33712345678"], 33712345678, None),
        (["+262692123456"], 262692123456, None),
        (["+262262123456"], None, 262262123456),
        ([None], None, None),
    ],
)
def test_mobiles_and_landlines(
    engine: Engine, numbers: list[str | None], mobile: int | None, landline: int | None
) -> None:
    cells = [text(number) for number in numbers]
    assert value(engine, traits.telephone(cells, mobile=True)) == mobile
    assert value(engine, traits.telephone(cells, mobile=False)) == landline
