"""An identifier inside a note counts like a filled column, for the person the note is about."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

from colmate.engine import Engine
from colmate.exposure import Context, expose
from tests.exposure.samples import findings, mentions, persons, table


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(threads=1) as opened:
        yield opened


def test_persons_and_records_of_types_that_notes_hold(engine: Engine) -> None:
    rows = [("Dupont", None, "n"), ("Durand", "+33612345678", "n"), ("Martin", None, None), ("Petit", None, "n")]
    columns = {"nom": ("last_name", "patient"), "tel": ("phone", "patient"), "note": ("free_text", "patient")}
    held = [(1, 1, "c2", "phone"), (1, 2, "c2", "phone"), (1, 1, "c2", "password"), (1, 4, "c2", "iban")]
    names = ("table", "record", "field", "semantic_type")
    identifiers = engine.memtable(
        pa.table({name: [row[place] for row in held] for place, name in enumerate(names)}).cast(
            pa.schema(
                [("table", pa.int32()), ("record", pa.int64()), ("field", pa.string()), ("semantic_type", pa.string())]
            )
        ),
        "given_identifiers",
    )
    found = expose(
        engine,
        [table(engine, columns, rows)],
        mentions(engine, [(1, record, "patient", record) for record in range(1, 5)]),
        persons(engine, dict.fromkeys(range(1, 5), "patient")),
        findings(engine, [(1, 1, "c2", "hiv_sti", "asserted", "patient")]),
        Context(),
        identifiers=identifiers,
    )
    counted = {item.semantic_type: (item.persons, item.records) for item in found.exposure}
    assert counted["phone"] == (2, 2)
    assert counted["password"] == counted["iban"] == (1, 1)
    assert counted["last_name"] == (4, 4)
    assert [(item.category, item.asserted) for item in found.special_categories] == [("hiv_sti", 1)]
    assert {item.harm: item.persons for item in found.harms}["account_takeover"] == 1
