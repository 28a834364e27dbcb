"""The truth beside a replica: ``truth.json``, in the words of the report, and ``truth.parquet``, record by record.

``special_categories`` counts distinct patients; ``persons`` those about whom the category is asserted, ``negated``,
``hypothetical`` and ``about_relatives`` the patients whose notes deny it, wonder about it, or say it of a relative.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from colmate.replicas import tables
from colmate.replicas.notes_grammar import Bank
from colmate.replicas.population import FEMALE, MALE, Population
from colmate.replicas.tables import Ints

__all__ = [
    "Marks",
    "Names",
    "RecordTruth",
    "added",
    "controllers",
    "empty_cells",
    "period",
    "persons",
    "reachable",
    "said",
    "save",
    "special",
    "spoken",
    "table",
]

Flags = npt.NDArray[np.bool_]
Marks = Sequence[tuple[Bank, Ints]]
Names = Sequence[tuple[str, str, str | None, list[str]]]


def empty_cells(column: pa.Array) -> int:
    """Cells that hold nothing."""
    return int(pc.sum(pc.equal(column, "")).as_py() or 0)


def table(out: Path, records: int, names: Names, filled: Ints) -> dict[str, Any]:
    """The entry of the report's ``tables``; ``accept`` are further semantic types that would not be wrong."""
    columns = [
        {"name": name, "position": place, "semantic_type": kind, "role": role, "filled": int(cells), "accept": accept}
        for place, ((name, kind, role, accept), cells) in enumerate(zip(names, filled, strict=True), start=1)
    ]
    return {"name": out.stem, "evidence": out.name, "records": records, "columns": columns}


def persons(
    people: Population, patients: Ints, commune: Ints, today: int, roles: dict[str, int], tests: int
) -> dict[str, Any]:
    """The persons of the truth; all but ``count`` and ``by_role`` speak of patients only."""
    year = people.birth[patients].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    sex = people.sex[patients]
    return {
        "count": sum(roles.values()),
        "by_role": roles,
        "minors": int((people.ages(today)[patients] < 18).sum()),
        "minors_on": str(np.datetime64(today, "D")),
        "deceased": 0,
        "test_records": tests,
        "by_sex": {"F": int((sex == FEMALE).sum()), "M": int((sex == MALE).sum()), "unknown": 0},
        "by_birth_decade": _tally((year // 10 * 10).astype(str)),
        "by_department": _tally(tables.places().department[commune]),
        "traits_of": "patient",
    }


def _tally(values: npt.NDArray[Any]) -> dict[str, int]:
    names, numbers = np.unique(values, return_counts=True)
    return {str(name): int(number) for name, number in zip(names, numbers, strict=True)}


def _distinct(person: Ints, where: Flags) -> int:
    return len(np.unique(person[where & (person >= 0)]))


def reachable(person: Ints, channels: dict[str, Flags]) -> dict[str, int]:
    """Patients with at least one record that holds the channel; ``none``: with no channel at all."""
    any_channel = np.logical_or.reduce(list(channels.values()))
    counts = {name: _distinct(person, flags) for name, flags in channels.items()}
    everybody = _distinct(person, np.ones(len(person), dtype=np.bool_))
    return counts | {"none": everybody - _distinct(person, any_channel)}


def period(days: Ints) -> dict[str, Any]:
    """First and last day of care, and the records of each month."""
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    first, last = (str(np.datetime64(int(day), "D")) for day in (days.min(), days.max()))
    return {"first": first, "last": last, "by_month": _tally(months.astype(str))}


def spoken(marks: Marks) -> Flags:
    """Records whose notes say something."""
    flags: Flags = np.logical_or.reduce([position >= bank.harmless for bank, position in marks])
    return flags


def controllers(labels: Sequence[str], controller: Ints, person: Ints, special_records: Flags) -> list[dict[str, Any]]:
    """Records, distinct patients, and patients with something said, of each controller."""
    real = person >= 0
    width = int(person.max()) + 1
    pairs = np.unique(controller[real] * width + person[real])
    marked = np.unique((controller * width + person)[real & special_records])
    sizes = [np.bincount(values, minlength=len(labels)) for values in (controller, pairs // width, marked // width)]
    return [
        {
            "label": label,
            "records": int(records),
            "persons": int(people),
            "special_category_persons": int(special_persons),
        }
        for label, records, people, special_persons in zip(labels, *sizes, strict=True)
        if records
    ]


def pairs(person: Ints, marks: Marks) -> dict[str, Ints]:
    """Fact → distinct patients of whose record it is said."""
    found: dict[str, list[Ints]] = {}
    for bank, position in marks:
        where = np.flatnonzero((position >= bank.harmless) & (person >= 0))
        flags = bank.marks[position[where]]
        for column, fact in enumerate(bank.kinds):
            found.setdefault(fact, []).append(person[where[flags[:, column]]])
    return {fact: np.unique(np.concatenate(parts)) for fact, parts in found.items()}


def special(person: Ints, marks: Marks) -> list[dict[str, Any]]:
    """The truth of ``special_categories``."""
    return special_of(pairs(person, marks))


def special_of(found: dict[str, Ints]) -> list[dict[str, Any]]:
    """The same, of facts and distinct patients already found."""
    entries: dict[str, dict[str, Ints]] = {}
    for fact, who in found.items():
        category, assertion, subject = fact.split()
        key = assertion if subject == "patient" else f"about_{subject}s"
        entry = entries.setdefault(category, {})
        entry[key] = np.union1d(entry.get(key, who[:0]), who)
    keys = ("negated", "hypothetical", "about_relatives", "about_carers")
    return [
        {"category": category, "persons": len(entry.get("asserted", []))}
        | {key: len(entry.get(key, [])) for key in keys}
        for category, entry in sorted(entries.items())
    ]


def said(marks: Marks) -> pa.Array:
    """The facts of each record as text, ``category assertion subject`` joined by ``;``, null where there are none."""
    parts = [
        pc.if_else(pa.array(position >= 0), bank.labels.take(pa.array(np.maximum(position, 0))), None)
        for bank, position in marks
    ]
    if len(parts) == 1:
        return parts[0]
    return pc.if_else(
        pc.and_(pc.is_valid(parts[0]), pc.is_valid(parts[1])),
        pc.binary_join_element_wise(*parts, ";"),
        pc.coalesce(*parts),
    )


def added(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    """Counts added up, key by key; of texts the last stays, but for ``first`` and ``last``, which are days."""
    result = dict(left)
    for key, value in right.items():
        mine = result.get(key)
        if mine is None:
            result[key] = value
        elif isinstance(value, dict):
            result[key] = added(mine, value)
        elif isinstance(value, int):
            result[key] = mine + value
        elif key in {"first", "last"}:
            result[key] = min(mine, value) if key == "first" else max(mine, value)
    return result


class RecordTruth:
    """``truth.parquet``: one row a record, in the order of the leak, written slice by slice."""

    def __init__(self, out: Path, labels: Sequence[str], names: Names) -> None:
        kinds = [
            {"name": name, "semantic_type": kind, "role": role, "accept": accept} for name, kind, role, accept in names
        ]
        schema = pa.schema(
            {
                "record": pa.int64(),
                "person": pa.int64(),
                "insured": pa.int64(),
                "professional": pa.int64(),
                "controller": pa.dictionary(pa.int32(), pa.string()),
                "kind": pa.string(),
                "special": pa.string(),
            },
            metadata={"columns": json.dumps(kinds, ensure_ascii=False)},
        )
        self.schema, self.labels, self.records = schema, pa.array(labels, pa.string()), 0
        self.writer = pq.ParquetWriter(out.parent / "truth.parquet", schema, compression="zstd")

    def add(
        self, person: Ints, professional: Ints | None, controller: Ints, special: pa.Array, insured: Ints | None = None
    ) -> None:
        """Append records; ``person`` is -1 for tests. One numbering serves all three roles."""
        count, real = len(person), person >= 0
        nobody = pa.nulls(count, pa.int64())
        rows = [
            pa.array(np.arange(self.records + 1, self.records + count + 1)),
            pa.array(person + 1, mask=~real),
            nobody if insured is None else pa.array(insured + 1, mask=~real),
            nobody if professional is None else pa.array(professional + 1, mask=professional < 0),
            pa.DictionaryArray.from_arrays(pa.array(controller.astype(np.int32)), self.labels),
            pc.if_else(pa.array(real), "person", "test"),
            special,
        ]
        self.writer.write_table(pa.Table.from_arrays(rows, schema=self.schema))
        self.records += count

    def __enter__(self) -> RecordTruth:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.writer.close()


def save(out: Path, truth: dict[str, Any]) -> None:
    """Write ``truth.json`` beside the leak."""
    text = json.dumps(truth, ensure_ascii=False, indent=1)
    (out.parent / "truth.json").write_text(text + "\n", encoding="utf-8")
