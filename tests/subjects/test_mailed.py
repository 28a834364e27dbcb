"""Names out of e-mail addresses."""

from __future__ import annotations

import pyarrow as pa
import pytest

from colmate.engine import Engine
from colmate.subjects.mailed import GIVEN, SURNAME, with_mailed_names
from tests.subjects.people import Row, partition

MARIE = ("DUPONT", "MARIE")


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("marie.dupont@messagerie.example", MARIE),
        ("dupont.marie@messagerie.example", MARIE),
        ("marie_dupont77@messagerie.example", MARIE),
        ("marie-dupont+soins@messagerie.example", MARIE),
        ("m.dupont@messagerie.example", ("DUPONT", "M")),
        ("martin.paul@messagerie.example", ("PAUL", "MARTIN")),
        ("mariedupont@messagerie.example", (None, None)),
        ("accueil.cabinet@messagerie.example", (None, None)),
        ("contact@marie.dupont.example", (None, None)),
        (None, (None, None)),
    ],
)
def test_a_local_part_of_two_words_names_somebody(
    engine: Engine, address: str | None, names: tuple[str | None, str | None]
) -> None:
    rows = engine.memtable(pa.table({"record": [1], "mail": pa.array([address], pa.string())}), "addresses")
    (row,) = engine.rows(with_mailed_names(engine, rows, "mail"))
    assert (row[SURNAME], row[GIVEN]) == names


def test_two_given_names_behind_one_telephone_are_two_persons(engine: Engine) -> None:
    mails = ["marie.dupont@a.example", "paul.dupont@a.example", "marie.dupond@b.example", None, "paul.dupont@a.example"]
    family: list[Row] = [{"email": mail, "mobile": "+33600000001"} for mail in mails]
    others: list[Row] = [{"email": f"k{n}@a.example", "mobile": f"+336000001{n:02}"} for n in range(60)]
    found = partition(engine, [*family, *others])
    assert found[0] == found[2] != found[1] == found[4]
    assert len(set(found[5:])) == 60


def test_names_that_a_table_writes_are_the_ones_that_count(engine: Engine) -> None:
    rows: list[Row] = [
        {"last": "TANGUY", "first": first, "born": "1950-01-02", "email": mail}
        for first, mail in (("PAUL", "marie.tanguy@a.example"), (None, "marie.tanguy@a.example"))
    ]
    assert len(set(partition(engine, rows))) == 1
