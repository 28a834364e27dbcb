"""Why some records are one person: the pairs that hold them together, trait by trait, without any value.

The traits are read again from the records concerned alone; frequencies, weights and links are those that the case kept,
so an explanation tells what was decided then, whatever is asked now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from colmate.engine import Engine
from colmate.subjects.blocking import RULES
from colmate.subjects.gathering import gather
from colmate.subjects.learning import LOCAL_BIT, levels_of
from colmate.subjects.linkage import LOCAL_WEIGHT
from colmate.subjects.scoring import Scorer, lent, log_odds
from colmate.subjects.tables import ROLES, SubjectTable, mention_id, place_of

__all__ = ["Kept", "Met", "Tie", "Trait", "Why", "explain"]

# references are followed so many tables far
FURTHEST = 8


@dataclass(frozen=True)
class Kept:
    """What the stage left in the case: its datasets and its model."""

    mentions: ir.Table
    links: ir.Table
    frequencies: ir.Table
    conflicts: ir.Table
    model: Mapping[str, Any]


@dataclass(frozen=True)
class Met:
    """A record in which the person appears: ``table`` and ``record``, in which ``role``.

    ``how``: ``told`` by its own traits; ``copy`` of the same traits in another record; ``carried`` from the record that
    it refers to; ``professional``, told by a number or by name and place. ``source`` is the other record, if any.
    """

    mention: int
    table: int
    record: int
    role: str
    how: str
    source: tuple[int, int] | None = None


@dataclass(frozen=True)
class Trait:
    """One comparison of a pair: its name, the level in both languages, its weight (log2 of the Bayes factor)."""

    trait: str
    level: str
    level_fr: str
    weight: float


@dataclass(frozen=True)
class Tie:
    """A pair of records: ``left`` and ``right`` (table, record), how it was found and what it weighs (base 2).

    ``rules`` are the rules that proposed it; ``local`` in them: the two share a local number, which sets the
    ``prior``. ``total`` is the prior and the traits. ``person`` is the right's person, where it is another.
    """

    left: tuple[int, int]
    right: tuple[int, int]
    rules: tuple[str, ...]
    prior: float
    traits: tuple[Trait, ...]
    total: float
    person: int | None = None
    reason: str | None = None

    @property
    def probability(self) -> float:
        """The probability of the total."""
        return 1 / (1 + float(2.0 ** -max(-1000.0, min(1000.0, self.total))))


@dataclass(frozen=True)
class Why:
    """Why the records of a person are one: where it is met, the links, what was kept apart, what is in doubt.

    ``doubts``: reason and, of a weak link, its probability (see `conflicts`).
    """

    person: int
    records: tuple[Met, ...]
    links: tuple[Tie, ...]
    apart: tuple[Tie, ...]
    doubts: tuple[tuple[str, float | None], ...]


def explain(engine: Engine, tables: Sequence[SubjectTable], kept: Kept, person: int) -> Why | None:
    """Say why the records of ``person`` are one person; None where there is no such person.

    ``tables``: all tables of the case, for traits are read from them; they are only read where the person is.
    """
    appears = kept.mentions.filter(kept.mentions.person == person).order_by("table", "record", "role")
    rows = engine.rows(appears)
    if not rows:
        return None
    conflicts = engine.rows(kept.conflicts.filter((kept.conflicts.person == person) | (kept.conflicts.other == person)))
    pairs = [row for row in conflicts if row["l"] is not None]
    told = {_mention(row) for row in rows if row["via_record"] is None and row["role"] != "professional"}
    others = {row[end] for row in pairs for end in ("l", "r")}
    seen = _traits(engine, tables, kept.mentions, told | others)
    leaders = _leaders(engine, seen, told)
    own = engine.memtable(pa.table({"l": pa.array(sorted(set(leaders.values())), pa.int64())}), "explained_leaders")
    links = engine.rows(kept.links.semi_join(own, "l").order_by("l", "r"))
    tied = _scored(engine, seen, kept, [*links, *pairs])
    ties = [_tie(kept.model, row, tied) for row in links]
    apart = [_veto(_tie(kept.model, row, tied), row, person) for row in pairs]
    doubts = {(row["reason"], row["probability"]) for row in conflicts if row["l"] is None}
    met = tuple(_met(row, leaders) for row in rows)
    return Why(person, met, tuple(ties), tuple(apart), tuple(sorted(doubts, key=str)))


def _mention(row: Mapping[str, Any]) -> int:
    return int(mention_id(row["record"], row["table"], row["role"]))


def _traits(engine: Engine, tables: Sequence[SubjectTable], mentions: ir.Table, wanted: set[int]) -> ir.Table:
    """Return the mentions ``wanted`` with their traits, read from their records and those that these refer to."""
    records = sorted(_closure(engine, mentions, {place_of(mention) for mention in wanted}))
    some = []
    for table in tables:
        numbers = pa.table({"record": pa.array([record for at, record in records if at == table.number], pa.int64())})
        chosen = engine.memtable(numbers, f"explained_{table.number}")
        part = engine.materialise(table.canonical.semi_join(chosen, "record"), f"explained_records_{table.number}")
        some.append(replace(table, canonical=part, whole=table.canonical))
    parts = gather(engine, some).parts
    seen = ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]
    ids = engine.memtable(pa.table({"mention": pa.array(sorted(wanted), pa.int64())}), "explained_mentions")
    return engine.materialise(seen.semi_join(ids, "mention"), "explained_seen")


def _closure(engine: Engine, mentions: ir.Table, records: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Add the records that ``records`` (table, record) are carried from, however many tables away."""
    every, new = set(records), set(records)
    carried = mentions.filter(mentions.via_record.notnull())
    for _ in range(FURTHEST):
        if not new:
            break
        ends = pa.table({"table": pa.array([at for at, _ in new], pa.int32()),
                         "record": pa.array([record for _, record in new], pa.int64())})  # fmt: skip
        met = carried.semi_join(engine.memtable(ends, "explained_ends"), ["table", "record"])
        found = {(row["via_table"], row["via_record"]) for row in engine.rows(met.select("via_table", "via_record"))}
        new = found - every
        every |= new
    return every


def _leaders(engine: Engine, seen: ir.Table, told: set[int]) -> dict[int, int]:
    """The first mention with the same traits, for each mention."""
    firsts: dict[int, int] = {}
    found: dict[int, int] = {}
    for row in engine.rows(seen.select("mention", "profile").order_by("mention")):
        if row["mention"] in told:
            found[row["mention"]] = firsts.setdefault(row["profile"], row["mention"])
    return found


def _scored(
    engine: Engine, seen: ir.Table, kept: Kept, pairs: Sequence[Mapping[str, Any]]
) -> dict[tuple[int, int], dict[str, Any]]:
    """The levels and weights of each pair (l, r)."""
    if not pairs or not kept.model["comparisons"]:
        return {}
    scorer = Scorer(engine, dict(kept.model), lent(engine, seen, kept.frequencies, "explained_nodes"))
    ends = {end: pa.array([row[end] for row in pairs], pa.int64()) for end in ("l", "r")}
    asked = engine.memtable(pa.table({**ends, "rules": pa.array([0] * len(pairs), pa.int64())}), "explained_pairs")
    return {(row["l"], row["r"]): row for row in engine.rows(scorer.parts(asked, "explained_parts"))}


def _tie(model: Mapping[str, Any], row: Mapping[str, Any], tied: Mapping[tuple[int, int], dict[str, Any]]) -> Tie:
    rules = int(row.get("rules") or 0)
    base = log_odds(model["probability_two_random_records_match"])
    prior = max(base, LOCAL_WEIGHT) if rules & LOCAL_BIT else base
    names = [rule.name for bit, rule in enumerate(RULES) if rules & (1 << bit)]
    traits = tuple(_compared(model, tied.get((row["l"], row["r"]), {})))
    return Tie(
        left=place_of(row["l"]),
        right=place_of(row["r"]),
        rules=(*names, *(["local"] if rules & LOCAL_BIT else [])),
        prior=prior,
        traits=traits,
        total=prior + sum(trait.weight for trait in traits),
    )


def _compared(model: Mapping[str, Any], parts: Mapping[str, Any]) -> Iterator[Trait]:
    for one in model["comparisons"]:
        name = one["output_column_name"]
        gamma = parts.get(f"gamma_{name}")
        if gamma is None:
            continue
        null = [level for level in one["comparison_levels"] if level.get("is_null_level")]
        level = null[0] if gamma < 0 else levels_of(one)[gamma]
        yield Trait(name, level["label_for_charts"], level.get("label_fr", ""), float(parts[f"weight_{name}"]))


def _veto(tie: Tie, row: Mapping[str, Any], person: int) -> Tie:
    """The pair as the person sees it: its own record on the left."""
    tie = replace(tie, reason=row["reason"], person=row["other"])
    if row["person"] != person:
        tie = replace(tie, left=tie.right, right=tie.left, person=row["person"])
    return tie


def _met(row: Mapping[str, Any], leaders: Mapping[int, int]) -> Met:
    mention = _mention(row) if row["role"] in ROLES else 0
    how, source = "told", None
    if row["role"] == "professional":
        how = "professional"
    elif row["via_record"] is not None:
        how, source = "carried", (row["via_table"], row["via_record"])
    elif leaders.get(mention, mention) != mention:
        how, source = "copy", place_of(leaders[mention])
    return Met(mention, row["table"], row["record"], row["role"], how, source)
