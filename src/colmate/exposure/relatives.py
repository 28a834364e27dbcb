"""Those near the patients of whom notes tell: data subjects of their own, counted by patient and kind of kin.

A note says "sa mère", not who she is. The kind tells relatives of one patient apart; a note is no record of theirs, so
it adds nobody to the persons. What repeats leaves a span: "son frère" in two notes may be one brother or two. Who they
are is known where the file itself names them (`kinsfolk`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any

import ibis
import ibis.expr.types as ir

from colmate import model
from colmate.catalogue import load
from colmate.engine import Engine
from colmate.exposure.enisa import assumptions
from colmate.exposure.kinsfolk import held
from colmate.exposure.tables import ROLES, ExposureTable

__all__ = ["relatives"]

# entries of the catalogue's ``assumptions``
METHOD = frozenset(("relatives_kin", "relatives_least", "relatives_most", "relatives_held"))
FAMILY = "family"


def relatives(
    engine: Engine, findings: ir.Table, mentions: ir.Table, tables: Sequence[ExposureTable] = ()
) -> model.Relatives:
    """Count the relatives of whom ``findings`` say something that they do not deny, by the rule that it states.

    ``tables``: where the patients' contacts may stand.
    """
    near = findings.filter((findings["subject"] == "relative") & (findings["assertion"] != "negated"))
    if not engine.count(near.limit(1)):
        return model.Relatives()
    told = engine.materialise(_of_patients(near, mentions), "exposure:relatives")
    whole = engine.rows(_summed(told, ()))[0]
    found = model.Relatives(
        at_least=whole["least"] or 0,
        at_most=whole["most"] or 0,
        patients=whole["patients"],
        held=held(engine, told, tables, mentions),
        by_kin=_by(engine, told.group_by("kin").aggregate(n=told["person"].nunique()), "kin"),
        by_category=_by(engine, _summed(told, ("category",)).select("category", n="least"), "category"),
        method=assumptions(METHOD),
    )
    engine.drop("exposure:relatives")
    return found


def _by(engine: Engine, counted: ir.Table, key: str) -> dict[str, int]:
    rows: list[dict[str, Any]] = engine.rows(counted)
    return {row[key]: row["n"] for row in sorted(rows, key=lambda row: (-row["n"], row[key]))}


def _of_patients(near: ir.Table, mentions: ir.Table) -> ir.Table:
    """Return person, table, record, category, kin, number (2 of a plural): of its subject's."""
    here = mentions.semi_join(near, ["table", "record"])
    rank = ibis.cases(*((here["role"] == role, place) for place, role in enumerate(ROLES)), else_=len(ROLES))
    ranked = here.mutate(rank=rank).group_by("table", "record")
    first = ranked.mutate(first=ibis._["rank"].min())
    subjects = first.filter((first["rank"] == first["first"]) & (first["status"] == "person"))
    number = near["several"].fill_null(False).ifelse(2, 1)
    told = near.select("table", "record", "category", kin=near["kin"], number=number)
    return told.join(subjects.select("table", "record", "person"), ["table", "record"])


def _summed(told: ir.Table, keys: tuple[str, ...]) -> ir.Table:
    """Return least, most, patients for each combination of ``keys`` (one row without any)."""
    kinds = load("kin")
    by_record = told.group_by(*keys, "person", "kin", "table", "record").aggregate(number=told["number"].max())
    alone = by_record["kin"].isin([name for name, kind in kinds.items() if kind.get("one")])
    by_kin = by_record.group_by(*keys, "person", "kin").aggregate(
        least=by_record["number"].max(), most=alone.any().ifelse(1, by_record["number"].sum())
    )
    each = {name: (by_kin["kin"] == name).ifelse(by_kin["least"], 0).sum() for name in kinds}
    by_person = by_kin.group_by(*keys, "person").aggregate(most=by_kin["most"].sum(), **each)
    counted = by_person.select(*keys, "most", least=_least(by_person, FAMILY))
    sums = {"least": counted["least"].sum(), "most": counted["most"].sum(), "patients": counted.count()}
    return counted.group_by(*keys).aggregate(**sums) if keys else counted.aggregate(**sums)


def _least(by_person: ir.Table, kind: str) -> ir.IntegerValue:
    """At least how many there are of a kind and of those within it: a wider kind may mean the same persons."""
    inner = [_least(by_person, name) for name, other in load("kin").items() if other.get("within") == kind]
    return ibis.greatest(by_person[kind], reduce(add, inner)) if inner else by_person[kind]
