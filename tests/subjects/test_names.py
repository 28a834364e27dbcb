"""Each rule on names, as a table of examples."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.engine import Engine
from colmate.subjects import names


def value(expression: ir.Value) -> object:
    with Engine(threads=1) as engine:
        one = engine.memtable(pa.table({"one": [1]}), "one")
        return engine.rows(one.select(made=expression))[0]["made"]


def text(given_text: str) -> ir.StringValue:
    return ibis.literal(given_text, "string")


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("Lefèvre", "LEFEVRE"),
        ("Cœurdevey", "COEURDEVEY"),
        ("d'Artagnan", "DARTAGNAN"),
        ("M’Hamed", "MHAMED"),
        ("Jean-Pierre", "JEAN PIERRE"),
        ("  le  goff. ", "LE GOFF"),
        ("Müller (2)", "MULLER"),
        ("Иванов", "ИВАНОВ"),
        ("12", None),
        ("", None),
    ],
)
def test_a_cleaned_name_is_plain_capitals(written: str, cleaned: str | None) -> None:
    assert value(names.clean(text(written))) == cleaned


@pytest.mark.parametrize(
    ("cleaned", "key"),
    [
        ("DE LA TOUR", "DELATOUR"),
        ("LE GOFF", "LEGOFF"),
        ("DUPONT DE LIGONNES", "DUPONT DELIGONNES"),
        ("SAINT MARTIN", "STMARTIN"),
        ("ST MARTIN", "STMARTIN"),
        ("SAINTE ROSE", "STEROSE"),
        ("VAN DER MEER", "VANDERMEER"),
        ("MARTIN DUPONT", "MARTIN DUPONT"),
        ("INCONNU", None),
        ("NON RENSEIGNE", None),
        ("NC", None),
        ("X", None),
        ("XXX", None),
    ],
)
def test_a_name_key_joins_particles_and_forgets_what_says_nothing(cleaned: str, key: str | None) -> None:
    assert value(names.name_key(text(cleaned))) == key


@pytest.mark.parametrize("cleaned", ["DE LA TOUR", "DELATOUR", "LATOUR", "LA TOUR", "TOUR"])
def test_particles_fold(cleaned: str) -> None:
    assert value(names.fold(names.name_key(text(cleaned)))) == "TOUR"


@pytest.mark.parametrize(
    ("surname", "birth", "used"),
    [
        ("DUPONT NEE MARTIN", "MARTIN", "DUPONT"),
        ("MARTIN EPOUSE DUPONT", "MARTIN", "DUPONT"),
        ("MARTIN EP DUPONT", "MARTIN", "DUPONT"),
        ("MARTIN VVE LE GOFF", "MARTIN", "LE GOFF"),
        ("MARTIN", "MARTIN", None),
        ("MARTIN DUPONT", "MARTIN DUPONT", None),
        ("NEEL", "NEEL", None),
    ],
)
def test_a_married_name_is_two_names(surname: str, birth: str, used: str | None) -> None:
    found = names.married(text(surname))
    assert (value(found[0]), value(found[1])) == (birth, used)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("MATHIEU", "MATTHIEU", True),
        ("CATHERINE", "KATHERINE", True),
        ("PHILIPPE", "FILIPE", True),
        ("CAQUINEAU", "CAQUINO", True),
        ("HEYD", "EYD", True),
        ("ERIC", "ERICK", True),
        ("LEA", "LENA", False),
        ("MARTIN", "MARTINEZ", False),
    ],
)
def test_names_that_sound_the_same(one: str, other: str, alike: bool) -> None:
    assert (value(names.sound(text(one))) == value(names.sound(text(other)))) is alike


@pytest.mark.parametrize(
    ("surname", "given_name", "test"),
    [
        ("TEST", "JEAN", True),
        ("DUPONT TEST", "PAUL", True),
        ("XXX", "PAUL", True),
        ("XX", "XX", True),
        ("ESSAI", "UN", True),
        ("ZZZ", "ZZZ", True),
        ("TOTO", "TOTO", True),
        ("TESTARD", "JEAN", False),
        ("TESTU", "ANNE", False),
        ("BIDON", "MARIE", False),
        ("DE DEMO", "LUCIE", False),
        ("DEMO", "JULIE", False),
        ("DEMO", "DEMO", True),
        ("SSS", "SAMIR", False),
        ("DUPONT", "XXX", False),
        ("X", "MARIE", False),
    ],
)
def test_a_test_record_is_told_by_whole_words(surname: str, given_name: str, test: bool) -> None:
    found = names.test_surname(text(surname), ibis.null("string"), text(given_name)) | names.test_given(
        text(given_name)
    )
    assert value(found) is test


@pytest.mark.parametrize("given_name", ["TEST", "PATIENT TEST", "ESSAI"])
def test_a_given_name_can_be_a_test(given_name: str) -> None:
    assert value(names.test_given(text(given_name))) is True


@pytest.mark.parametrize(
    ("full", "first_comes_first", "last", "first"),
    [
        ("DUPONT Jean", False, "DUPONT", "JEAN"),
        ("Jean DUPONT", False, "DUPONT", "JEAN"),
        ("LE GOFF Maël", False, "LE GOFF", "MAEL"),
        ("DUPONT, Jean Marie", False, "DUPONT", "JEAN MARIE"),
        ("Mme DUPONT Jeanne", False, "DUPONT", "JEANNE"),
        ("DUPONT JEAN", False, "DUPONT", "JEAN"),
        ("JEAN DUPONT", True, "DUPONT", "JEAN"),
        ("M. LE GOFF JEAN", False, "LE GOFF", "JEAN"),
        ("DUPONT", False, "DUPONT", None),
    ],
)
def test_a_full_name_splits(full: str, first_comes_first: bool, last: str, first: str | None) -> None:
    with Engine(threads=1) as engine:
        row = engine.memtable(pa.table({"full": [full]}), "row")
        made = engine.rows(names.full_name(row, first_comes_first))[0]
    assert (made["full_last"], made["full_first"]) == (last, first)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("12 RUE DE LA PAIX", "12|PAIX"),
        ("12, R. DE LA PAIX", "12|PAIX"),
        ("12 BIS AVENUE J. MOULIN", "12|MOULIN"),
        ("KERGUEN", "|KERGUEN"),
        ("LE BOURG", None),
        ("", None),
    ],
)
def test_an_address_keeps_what_tells(address: str, key: str | None) -> None:
    assert value(names.address_key(text(address))) == key


@settings(max_examples=10, deadline=None)
@given(st.lists(st.text("ABCDELMNORSTUÉÈÇÏŒ' -", max_size=30), min_size=1, max_size=40))
def test_a_name_key_does_not_see_how_a_name_is_written(written: list[str]) -> None:
    """Case, hyphens and blanks are a clerk's; the name is the person's."""
    other = [f" {name.lower().replace('-', ' ')} " for name in written]
    with Engine(threads=1) as engine:
        pairs = engine.memtable(pa.table({"one": pa.array(written), "two": pa.array(other)}), "written")
        keys = pairs.select(one=names.name_key(names.clean(pairs.one)), two=names.name_key(names.clean(pairs.two)))
        assert all(row["one"] == row["two"] for row in engine.rows(keys))
