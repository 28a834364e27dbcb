"""Which of the relatives that notes tell of the file itself holds: the patient's contacts, by their kinship.

"Sa mère" is a person of the file where the patient's records name exactly one mother: somebody beside the patient in
the same record (a contact, the person to call or to trust) whose kinship a column tells. Two sons, or a son and "un
enfant", leave it open which one is meant; so do kinds that name nobody in particular (the family, a friend).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from colmate.catalogue import load
from colmate.engine import Engine
from colmate.exposure.tables import ColumnLike, ExposureTable

__all__ = ["held"]

# kinds that many persons may be
VAGUE = frozenset(("family", "near"))


def held(engine: Engine, told: ir.Table, tables: Sequence[ExposureTable], mentions: ir.Table) -> int:
    """Count those told of (``told``: person, kin, number) who are one certain person of the file, patient by patient.

    ``mentions``: as `colmate.subjects` gives them, after linkage: one mother in two records is one person.
    """
    parts = [
        table.canonical.select("record", known=table.canonical[column.field], table=ibis.literal(table.number, "int32"))
        for table in tables
        if (column := _kinship(table.columns)) is not None
    ]
    if not parts:
        return 0
    known = ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]
    # a plural names nobody
    alone = told.group_by("person", "kin").aggregate(number=told["number"].max())
    alone = alone.filter(alone["number"] == 1).select("person", "kin")
    beside = _beside(known, mentions.semi_join(known, ["table", "record"]))
    fits = engine.memtable(pa.Table.from_pylist(list(_fits())), "exposure:kin")
    met = alone.join(beside, "person").join(fits, ["kin", "known"])
    by_kin = met.group_by("person", "kin").aggregate(
        several=met["relative"].nunique() > 1, sure=met["sure"].any(), relative=met["relative"].min()
    )
    found = by_kin.filter(by_kin["sure"] & ~by_kin["several"])
    count = engine.count(found.select("person", "relative").distinct())
    engine.forget("exposure:kin")
    return count


def _kinship(columns: Sequence[ColumnLike]) -> ColumnLike | None:
    """Return the column that tells who the relative of a record is to the patient; none where two do, or may.

    Beside an insured person a column of no relative may tell what the patient is to them: the other way round.
    """
    found = [column for column in columns if column.semantic_type == "kinship" and column.filled]
    insured = any(column.role == "insured" for column in columns)
    return found[0] if len(found) == 1 and (found[0].role == "relative" or not insured) else None


def _beside(known: ir.Table, mentions: ir.Table) -> ir.Table:
    """Return person, relative, known: each relative who stands beside a patient, with the kinship told."""
    sure = mentions.filter(mentions["status"] == "person")
    patients = sure.filter(sure["role"] == "patient").select("table", "record", "person")
    others = sure.filter(sure["role"] == "relative").select("table", "record", relative=sure["person"])
    joined = patients.join(others, ["table", "record"]).join(known, ["table", "record"])
    return joined.filter(joined["person"] != joined["relative"]).select("person", "relative", "known").distinct()


def _fits() -> Iterator[dict[str, object]]:
    """Yield what notes say (``kin``) and columns say (``known``) where both may mean one person; ``sure``: do.

    "Son enfant" is the son whom the file names; "son fils" may be the child that it names, but need not. There is one
    mother: a "parent" beside her is another.
    """
    kinds = load("kin")
    for kin in kinds.keys() - VAGUE:
        for known in kinds.keys() - VAGUE:
            if kin == known or kin in _wider(known):
                yield {"kin": kin, "known": known, "sure": True}
            elif known in _wider(kin) and not kinds[kin].get("one"):
                yield {"kin": kin, "known": known, "sure": False}


def _wider(kind: str) -> list[str]:
    """Return the kinds that hold a kind, but for the family."""
    wider = load("kin")[kind].get("within")
    return [] if wider is None or wider in VAGUE else [wider, *_wider(wider)]
