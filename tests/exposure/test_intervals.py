"""How sure the counts by category and controller are: what the linkage doubts in each, and how notes are read."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pytest

from colmate.engine import Engine
from colmate.exposure import Context, Exposed, expose, intervals
from colmate.subjects import Doubts, Uncertainty
from tests.exposure.samples import findings, mentions, persons, table

COLUMNS = {"nom": ("last_name", "patient"), "lab": ("finess", None), "com": ("free_text", None)}
# five persons: 1 and 2 at A, 3 at B, 4 at both, 5 at B with two records; the seventh record tells nobody
ROWS = [["P", lab, "x"] for lab in ("A1", "A1", "B2", "A1", "B2", "B2", "B2", "A1")]
WHO = [1, 2, 3, 4, 4, 5, 5, None]
# 1, 2 and 3 have HIV, 3 and 5 are of a faith
SAID = [(1, "hiv_sti"), (2, "hiv_sti"), (3, "hiv_sti"), (3, "religion"), (6, "religion")]


NOTHING = {
    "no_doubts": {
        "person": pa.array([], pa.int64()), "merges": pa.array([], pa.int64()), "more": pa.array([], pa.float64()),
        "spread": pa.array([], pa.float64()),
    },
    "no_pairs": {"l": pa.array([], pa.int64()), "r": pa.array([], pa.int64()), "p": pa.array([], pa.float64())},
}  # fmt: skip


def exposed(engine: Engine, hidden: dict[int, float], apart: Sequence[tuple[int, int, float]]) -> Exposed:
    """``hidden``: person → how many more it may be; ``apart``: pairs that may be one."""
    doubts = Doubts(
        engine.memtable(
            pa.table(
                {
                    "person": pa.array(hidden, pa.int64()),
                    "merges": pa.array([0] * len(hidden), pa.int64()),
                    "more": pa.array(hidden.values(), pa.float64()),
                    "spread": pa.array([0.0] * len(hidden), pa.float64()),
                }
            ),
            "given_doubts",
        ),
        engine.memtable(
            pa.table(
                {
                    "l": pa.array([pair[0] for pair in apart], pa.int64()),
                    "r": pa.array([pair[1] for pair in apart], pa.int64()),
                    "p": pa.array([pair[2] for pair in apart], pa.float64()),
                }
            ),
            "given_apart",
        ),
        Uncertainty(),
    )
    return expose(
        engine,
        [table(engine, COLUMNS, ROWS, controller="lab")],
        mentions(engine, [(1, record, "patient", person) for record, person in enumerate(WHO, 1)]),
        persons(engine, dict.fromkeys(range(1, 6), "patient")),
        findings(engine, [(1, record, "c2", category, "asserted", "patient") for record, category in SAID]),
        Context(),
        doubts=doubts,
    )


@pytest.mark.parametrize(
    ("hidden", "apart", "hiv", "religion"),
    [
        ({}, [], (3, 3), (2, 2)),
        # one that may hide another
        ({1: 0.9}, [], (3, 4), (2, 2)),
        ({3: 0.9}, [], (3, 4), (2, 3)),
        ({4: 0.9}, [], (3, 3), (2, 2)),
        # two that may be one: a category loses one where both are in it
        ({}, [(1, 2, 0.4)], (1, 4), (2, 2)),
        ({}, [(1, 4, 0.4)], (3, 3), (2, 2)),
        ({}, [(3, 5, 0.4)], (3, 3), (0, 3)),
        ({}, [(1, 5, 0.4)], (3, 3), (2, 2)),
    ],
)
def test_a_category_is_as_unsure_as_its_persons(
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    hidden: dict[int, float],
    apart: list[tuple[int, int, float]],
    hiv: tuple[int, int],
    religion: tuple[int, int],
) -> None:
    monkeypatch.setattr(intervals, "MISREAD", 0.0)
    found = {one.category: one for one in exposed(engine, hidden, apart).special_categories}
    assert {name: one.persons for name, one in found.items()} == {"hiv_sti": 3, "religion": 2}
    assert (found["hiv_sti"].interval, found["religion"].interval) == (hiv, religion)


@pytest.mark.parametrize(
    ("hidden", "apart", "here", "there"),
    [
        # the record that tells nobody is A's: it may be one more
        ({}, [], (3, 4), (3, 3)),
        # with one record at each of two controllers nobody hides another of the same one
        ({4: 0.9}, [], (3, 4), (3, 3)),
        ({5: 0.9}, [], (3, 4), (3, 4)),
        # two that may be one, of one controller or of two
        ({}, [(1, 2, 0.4)], (1, 5), (3, 3)),
        ({}, [(1, 3, 0.4)], (3, 4), (3, 3)),
        ({}, [(2, 4, 0.4)], (1, 5), (3, 3)),
    ],
)
def test_a_controller_is_as_unsure_as_its_records(
    engine: Engine,
    hidden: dict[int, float],
    apart: list[tuple[int, int, float]],
    here: tuple[int, int],
    there: tuple[int, int],
) -> None:
    found = {one.label: one for one in exposed(engine, hidden, apart).controllers}
    assert {label: one.persons for label, one in found.items()} == {"A1": 3, "B2": 3}
    assert (found["A1"].interval, found["B2"].interval) == (here, there)


@pytest.mark.parametrize(
    ("coded", "noted", "interval"),
    [
        # codes are taken as they stand; of a hundred persons by notes alone eight or nine are a standard deviation
        (0, 100, (83, 117)),
        (100, 0, (100, 100)),
        (100, 100, (83 + 100, 117 + 100)),
        (50, 10, (58, 62)),
    ],
)
def test_notes_may_be_misread(engine: Engine, coded: int, noted: int, interval: tuple[int, int]) -> None:
    """The margin is for the persons whom notes alone put into a category."""
    columns = {"nom": ("last_name", "patient"), "cim": ("diagnosis_code", "patient"), "com": ("free_text", None)}
    everybody = range(1, coded + noted + 1)
    nothing = {name: engine.memtable(pa.table(empty), name) for name, empty in NOTHING.items()}
    report = expose(
        engine,
        [table(engine, columns, [["P", "B24" if who <= coded else None, "x"] for who in everybody])],
        mentions(engine, [(1, who, "patient", who) for who in everybody]),
        persons(engine, dict.fromkeys(everybody, "patient")),
        # what a note tells of somebody whose code tells it too is sure
        findings(engine, [(1, who, "c2", "hiv_sti", "asserted", "patient") for who in everybody]),
        Context(),
        doubts=Doubts(nothing["no_doubts"], nothing["no_pairs"], Uncertainty()),
    )
    found = {one.category: one for one in report.special_categories}
    assert (found["hiv_sti"].persons, found["hiv_sti"].interval) == (coded + noted, interval)
