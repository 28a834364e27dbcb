"""The severity of every person: few distinct combinations of what counts, each scored once, joined back."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from colmate import model
from colmate.catalogue import load, semantic_types, special_categories
from colmate.engine import Engine
from colmate.exposure import enisa
from colmate.exposure.bits import Bits, Fact
from colmate.exposure.tables import Context, ExposureTable

__all__ = ["art_nine", "asserted_facts", "health_controller", "severity"]

# one integer holds the combination
Feature = tuple[str, Any]
# what a person is, beside what is disclosed: the highest bits
TRAITS = {"relative": 62, "minor": 61, "professional": 60}


def health_controller(tables: Sequence[ExposureTable], context: Context) -> bool:
    """Tell whether the file shows a laboratory, practice or establishment behind it, unless the context says."""
    if context.health_controller is not None:
        return context.health_controller
    signs = load("enisa")["health_controller"]
    columns = [column for table in tables for column in table.columns if column.filled]
    if any(column.semantic_type in signs["types"] for column in columns):
        return True
    names = [table.name for table in tables] + [column.name for column in columns]
    decomposed = [unicodedata.normalize("NFKD", name.lower()) for name in names]
    plain = ["".join(item for item in name if not unicodedata.combining(item)) for name in decomposed]
    return any(word in name for name in plain for word in signs["words"])


def asserted_facts(bits: Bits, categories: Sequence[str]) -> list[Fact]:
    """Return the facts that assert one of the categories about the person."""
    return [
        fact
        for fact in bits.places
        if fact.kind in ("finding", "code") and fact.assertion == "asserted" and fact.name in categories
    ]


def art_nine(bits: Bits) -> list[Fact]:
    """Return the facts that are data of GDPR art. 9 about the person."""
    kinds = special_categories()
    categories = asserted_facts(bits, [key for key, kind in kinds.items() if kind.article == "9"])
    types = [Fact("type", key) for key, kind in semantic_types().items() if kind.article == "9" and key != "free_text"]
    return categories + [fact for fact in types if fact in bits.places]


def severity(
    engine: Engine, people: ir.Table, bits: Bits, context: Context, cares: bool
) -> tuple[model.Severity, ir.Table]:
    """Return the section, and ``people`` with score float64 and band.

    ``people``: person, minor, professional, relative, masks. ``cares``: the controller's name alone reveals care.
    """
    features = dict(_features(bits))
    combined = [(bits.any(people, facts).cast("int64") * (1 << place)) for place, facts in enumerate(features.values())]
    whole = sum((people[name].cast("int64") * (1 << bit) for name, bit in TRAITS.items()), ibis.literal(0, "int64"))
    mixed = sum(combined, whole)
    known = engine.materialise(people.mutate(combination=mixed), "exposure:known")
    counts = engine.rows(known.group_by("combination").aggregate(persons=known.count()))
    scores = {row["combination"]: _score(row["combination"], list(features), context, cares) for row in counts}
    by_combination = engine.memtable(
        pa.table(
            {
                "combination": pa.array(scores, pa.int64()),
                "score": pa.array([score.value for score in scores.values()], pa.float64()),
                "band": pa.array([score.band for score in scores.values()], pa.string()),
            }
        ),
        "exposure:scores",
    )
    scored = known.join(by_combination, "combination").select("person", *bits.masks, "score", "band")
    table = engine.materialise(scored, "exposure")
    engine.drop("exposure:known")
    engine.forget("exposure:scores")
    special = bool(engine.rows(people.aggregate(any=bits.any(people, art_nine(bits)).any()))[0]["any"])
    return _section([(scores[row["combination"]], row["persons"]) for row in counts], special), table


def _features(bits: Bits) -> Iterator[tuple[Feature, list[Fact]]]:
    """Yield what counts for a score, each with the facts any of which makes it true."""
    table = load("enisa")
    for key, types in table["identifies"].items():
        yield ("identifies", key), [Fact("type", name) for name in types]
    classes: dict[tuple[str, int], list[Fact]] = {}
    for kind in semantic_types().values():
        if kind.dpc and kind.enisa and kind.id != "free_text":
            classes.setdefault((kind.enisa, kind.dpc), []).append(Fact("type", kind.id))
    for pair, facts in classes.items():
        yield ("class", pair), facts
    yield ("credentials", None), [Fact("type", "password"), Fact("type", "password_hash")]
    yield ("free_text", None), [Fact("type", "free_text")]
    grave = {category for names in table["grave"].values() for category in names}
    special = [key for key in special_categories() if key not in grave]
    for name, categories in {"asserted": special, **table["grave"]}.items():
        yield ("notes", name), asserted_facts(bits, categories)
    own = [fact for fact in bits.places if fact.kind in ("finding", "code")]
    for assertion in ("hypothetical", "negated"):
        yield ("notes", assertion), [fact for fact in own if fact.assertion == assertion and fact.name in special]
    about = [fact for fact in bits.places if fact.kind == "relative" and fact.assertion != "negated"]
    yield ("notes", "relative"), [fact for fact in about if fact.name in special]
    yield ("notes", "relative_genetic"), [fact for fact in about if fact.name == "genetic"]


def _score(combination: int, features: Sequence[Feature], context: Context, cares: bool) -> enisa.Score:
    true = [feature for place, feature in enumerate(features) if combination >> place & 1]
    facts = enisa.Facts(
        classes=frozenset(value for kind, value in true if kind == "class"),
        notes=frozenset(value for kind, value in true if kind == "notes"),
        identifies=frozenset(value for kind, value in true if kind == "identifies"),
        credentials=("credentials", None) in true,
        free_text=("free_text", None) in true,
        **{name: bool(combination >> bit & 1) for name, bit in TRAITS.items()},
    )
    return enisa.score(facts, context, cares)


def _section(scores: Sequence[tuple[enisa.Score, int]], special: bool) -> model.Severity:
    counts: dict[model.Band, int] = dict.fromkeys(enisa.BANDS, 0)
    for item, persons in scores:
        counts[item.band] += persons
    used = frozenset[str]().union(*(item.assumptions for item, _ in scores), {"worst_person"} if scores else ())
    # a case about nobody: the least there is, and nobody to tell
    nobody = enisa.Score(1, 0.25, 0.0, frozenset())
    worst = max((item for item, _ in scores), key=lambda item: (item.value, item.dpc, item.ei), default=nobody)
    return model.Severity(
        persons=counts,
        case=model.CaseSeverity(dpc=worst.dpc, ei=worst.ei, cb=worst.cb, score=worst.value, band=worst.band),
        assumptions=enisa.assumptions(used),
        notify_authority=worst.value >= 2,
        notify_persons=worst.value >= 3 or special,
    )
