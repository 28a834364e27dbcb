"""The stage in order: mentions, profiles, linkage, persons, the count."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from colmate.engine import Engine
from colmate.subjects.conflicts import COLUMNS, count_conflicts
from colmate.subjects.counting import section
from colmate.subjects.doubts import doubts as measure
from colmate.subjects.doubts import nameless
from colmate.subjects.gathering import carried_mentions, gather
from colmate.subjects.linkage import ACCEPTED, Linked, link_profiles
from colmate.subjects.mentions import TRAITS, identities, main_role
from colmate.subjects.persons import persons_dataset
from colmate.subjects.professionals import professionals
from colmate.subjects.scoring import FREQUENCIES, probability
from colmate.subjects.tables import ROLES, STATUS, Subjects, SubjectTable, record_of, role_of

__all__ = ["resolve"]

PERSON, WEAK, INSUFFICIENT = STATUS.index("person"), STATUS.index("weak"), STATUS.index("insufficient")
NO_PERSON = ibis.null("int64")


def resolve(
    engine: Engine,
    tables: Sequence[SubjectTable],
    progress: Callable[[str, float], None] | None = None,
    today: datetime.date | None = None,
) -> Subjects:
    """Find the data subjects of all tables together and count them.

    ``progress`` is told (step, share done). ``today`` is the day on which minors are under 18 (default: today).
    The datasets of the result are lazy tables over temporary ones of ``engine``.
    """
    tell, today = progress or (lambda _step, _share: None), today or datetime.datetime.now(datetime.UTC).date()
    tell("mentions", 0.0)
    found = gather(engine, tables)
    seen = _seen(engine, found.parts)
    tell("mentions", 1.0)
    doctors = professionals(engine, list(tables))
    state = _State(engine, seen)
    tell("linkage", 0.0)
    linked, model = state.link(lambda share: tell("linkage", share))
    tell("linkage", 1.0)
    placed = state.place(linked)
    persons = persons_dataset(engine, seen, placed, doctors, today)
    tell("persons", 1.0)
    bare = nameless(engine, seen, placed)
    doubts = measure(engine, linked, state.folds, model.get("overlooked", 0.0), bare)
    statuses, cut = _statuses(engine, placed, tables), linked.cut if linked else 0
    links, frequencies, conflicts = _kept(engine, linked)
    review = count_conflicts(engine, conflicts)
    counted = section(engine, persons, statuses, doubts, review, cut, today)
    engine.drop("scored_pairs", "placed_pairs", "components", "linked", "twins", "folds", "firsts", "nameless")
    tell("counting", 1.0)
    mentions = _mentions(placed, doctors, carried_mentions(found))
    return Subjects(mentions, persons, links, frequencies, conflicts, doubts, counted, model)


LINKS = {"l": "int64", "r": "int64", "rules": "int64", "weight": "float32"}


def _kept(engine: Engine, linked: Linked | None) -> tuple[ir.Table, ir.Table, ir.Table]:
    """What explains the persons: the links inside each, the frequencies of their traits, and the conflicts."""
    if linked is None:
        schemas = {"links": LINKS, "frequencies": {"mention": "int64", **FREQUENCIES}, "conflicts": dict(COLUMNS)}
        links, frequencies, conflicts = (
            engine.memtable(ibis.schema(schema).to_pyarrow().empty_table(), f"no_{name}")
            for name, schema in schemas.items()
        )
        return links, frequencies, conflicts
    accepted = linked.pairs.filter((linked.pairs.weight >= ACCEPTED) & (linked.pairs.l != linked.pairs.r))
    left, right = (linked.persons.rename({end: "mention", f"{end}_person": "person"}) for end in ("l", "r"))
    placed = accepted.inner_join(left, "l").inner_join(right, "r")
    inside = placed.filter(placed.l_person == placed.r_person).select(*LINKS)
    return engine.materialise(inside, "links"), linked.frequencies, linked.conflicts


def _seen(engine: Engine, parts: Sequence[ir.Table]) -> ir.Table:
    found = list(parts) or _nobody(engine)
    return ibis.union(*found, distinct=False) if len(found) > 1 else found[0]


def _nobody(engine: Engine) -> list[ir.Table]:
    """No mention at all, in the form of mentions: for tables whose columns tell nobody (a nomenclature)."""
    empty = pa.table({"record": pa.array([], pa.int64()), "c0": pa.array([], pa.string())})
    canonical = engine.memtable(empty, "nobody")
    return list(identities(engine, SubjectTable(0, canonical, [_Given("c0", "last_name", "")], None, 0)))


@dataclass
class _State:
    """Mentions with traits, folded into profiles: a profile is its smallest mention."""

    engine: Engine
    seen: ir.Table

    def __post_init__(self) -> None:
        telling = self.seen.filter(self.seen.status.isin([PERSON, WEAK]))
        grouped = telling.group_by("profile").agg(leader=telling.mention.min(), times=telling.count())
        several = self.engine.materialise(grouped.filter(grouped.times > 1), "several")
        copies = telling.inner_join(several, "profile").filter(ibis._.mention != ibis._.leader)
        # twins: mention → the first mention with the same traits
        self.twins = self.engine.materialise(copies.select("mention", "leader"), "twins")
        self.folds = self.engine.materialise(several.select(mention="leader", more=several.times - 1), "folds")
        self.engine.drop("several")
        self.profiles = telling.anti_join(self.twins, "mention")

    def link(self, told: Callable[[float], None]) -> tuple[Linked | None, dict[str, Any]]:
        engine, profiles = self.engine, self.profiles
        present = engine.rows(
            profiles.aggregate(
                n=profiles.count(), local=profiles.local.count(), **{trait: profiles[trait].count() for trait in TRAITS}
            )
        )[0]
        filled = {trait: int(present[trait]) for trait in TRAITS}
        poor = profiles.filter(profiles.nir.isnull() & profiles.email.isnull() & profiles.place.isnull())
        folded = poor.semi_join(self.folds, "mention").select("mention")
        locals_ = self._locals() if present["local"] else None
        return link_profiles(engine, profiles, filled, int(present["n"]), locals_, folded, told)

    def _locals(self) -> ir.Table:
        """The local numbers of profiles, those of their copies included."""
        some = self.seen.filter(self.seen.local.notnull() & self.seen.status.isin([PERSON, WEAK]))
        some = some.select("mention", "local").left_join(self.twins, "mention")
        return some.select(mention=ibis.coalesce(some["leader"], some.mention), local=some.local).distinct()

    def place(self, linked: Linked | None) -> ir.Table:
        """Return a temporary table of all mentions: ``person`` (null where none), ``state``, ``best``, ``alone``.

        ``best`` is the probability of the mention's best link; ``alone`` mentions are their person's only one.
        """
        seen = self.seen.select("mention", "status").left_join(self.twins, "mention").drop("mention_right")
        seen = seen.mutate(leader=ibis.coalesce(seen["leader"], seen.mention))
        folds = self.folds.select(fold="mention")
        seen = seen.left_join(folds, seen.leader == folds.fold)
        if linked is None:
            placed = seen.mutate(person=seen.leader, best=ibis.literal(1.0), alone=seen.fold.isnull())
        else:
            links = linked.persons.rename(end="mention").left_join(_best(self.engine, linked), "end").drop("end_right")
            placed = seen.left_join(links, seen.leader == links.end)
            placed = placed.mutate(
                person=ibis.coalesce(placed.person, placed.leader),
                best=placed.best.fill_null(1.0),
                alone=placed.end.isnull() & placed.fold.isnull(),
            )
        placed = placed.select("mention", "status", "person", "alone", best=placed.best.cast("float32"))
        return self._settled(self.engine.materialise(placed, "placed"))

    def _settled(self, placed: ir.Table) -> ir.Table:
        """Weak mentions are of a person where their component holds a telling mention, else insufficient."""
        weak = placed.filter(placed.status == WEAK)
        told = placed.filter(placed.status == PERSON).semi_join(weak, "person").select(anchor="person").distinct()
        anchors = self.engine.materialise(told, "anchors")
        joined = placed.left_join(anchors, placed.person == anchors.anchor)
        state = ibis.cases(
            (joined.status != WEAK, joined.status), (joined.anchor.notnull(), PERSON), else_=INSUFFICIENT
        ).cast("int8")
        joined = joined.mutate(state=state)
        return joined.select(
            "mention", "state", "alone", "best", person=(state == PERSON).ifelse(joined.person, NO_PERSON)
        )


def _best(engine: Engine, linked: Linked) -> ir.Table:
    """The best probability of each linked profile."""
    pairs = linked.pairs.filter((linked.pairs.weight >= ACCEPTED) & (linked.pairs.l != linked.pairs.r))
    ends = ibis.union(pairs.select(end="l", weight="weight"), pairs.select(end="r", weight="weight"), distinct=False)
    return engine.materialise(ends.group_by("end").agg(best=probability(ends.weight.max().cast("float64"))), "firsts")


def _statuses(engine: Engine, placed: ir.Table, tables: Sequence[SubjectTable]) -> dict[tuple[str, str], int]:
    """How many main mentions there are of each status and role, and how many relatives."""
    told = {ROLES.index(role) for table in tables if (role := main_role(table))} | {ROLES.index("relative")}
    some = placed.filter((placed.mention % 8).isin(sorted(told)))
    rows = engine.rows(some.group_by("state", role=role_of(some.mention)).agg(times=some.count()))
    return {(STATUS[row["state"]], ROLES[row["role"]]): int(row["times"]) for row in rows}


def _mentions(placed: ir.Table, doctors: ir.Table | None, carried: ir.Table | None) -> ir.Table:
    """The dataset of mentions, with words for codes."""
    nowhere = {"via_table": ibis.null("int32"), "via_record": ibis.null("int64")}
    parts = [placed.select("mention", "person", "state", "best", **nowhere)]
    if doctors is not None:
        sure = {"state": ibis.literal(PERSON).cast("int8"), "best": ibis.literal(1.0).cast("float32")}
        parts.append(doctors.select("mention", "person", **sure, **nowhere))
    if carried is not None:
        leaders = placed.select("person", "state", "best", leader="mention")
        led = carried.join(leaders, "leader")
        parts.append(led.select("mention", "person", "state", "best", "via_table", "via_record"))
    rows = ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]
    table, record = record_of(rows.mention)
    code = role_of(rows.mention)
    return rows.select(
        table=table,
        record=record,
        role=code.cases(*enumerate(ROLES)),
        person="person",
        status=rows.state.cases(*enumerate(STATUS[:3])),
        probability=rows.best.cast("float64"),
        via_table="via_table",
        via_record="via_record",
    )


@dataclass(frozen=True)
class _Given:
    """A column as the caller describes it."""

    field: str
    semantic_type: str
    name: str
    role: str | None = "patient"
    filled: int = 0
    valid: int = 0
