"""Which table refers to which: declared references, else those that values and names prove together.

A reference is a column nearly all of whose values are among the values of a key of another table. Values are compared
as fingerprints of their distinct texts, all columns in one query; names and types choose beforehand which columns are
worth comparing, so that the cost grows with the columns and not with their square.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import pyarrow as pa

from colmate.catalogue import load
from colmate.columns.column import Column, DeclaredLike, RecordsTable, TableColumns
from colmate.columns.headers import read, subject_of
from colmate.columns.keys import key_text
from colmate.columns.naming import (
    ACTING,
    ALIKE,
    ROLE,
    acts,
    core,
    core_of_table,
    is_an_id,
    names_a_key,
    openings,
    told_by_name,
)
from colmate.engine import Engine, fingerprint
from colmate.model import Key

__all__ = ["RelatedTable", "Relation", "keys_of", "relate"]

NAMED = 0.45
BY_TYPE = 0.6
INCLUDED = 0.98
# a part of the parent may be cut off: then the name has to say it all
CUT, CERTAIN = 0.3, 0.9
LEAST = 0.5
UNIQUE = 0.98
KEYS_EACH = 6
PRINTS = 30_000_000
Place = tuple[int, str]


@cache
def _types(kind: str) -> frozenset[str]:
    """Return the semantic types that are "no_key" (nothing refers by them) or "speaking" (one meaning everywhere)."""
    return frozenset(load("vocabularies")["references"][kind])


@dataclass(frozen=True)
class Relation:
    """``columns`` (physical fields) of table number ``child`` hold the values of ``targets`` of table ``parent``.

    ``when``: it holds for the records whose field has that value only.
    """

    child: int
    columns: tuple[str, ...]
    parent: int
    targets: tuple[str, ...]
    declared: bool = False
    score: float = 1.0
    when: tuple[str, str] | None = None


@dataclass(frozen=True)
class RelatedTable:
    """A table of the case: its number, what is decided of it, and ``group``: tables of other groups are not its own."""

    number: int
    table: RecordsTable
    decided: TableColumns
    group: str = ""
    fields: Mapping[str, Column] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", {column.field: column for column in self.decided.columns})

    @property
    def declared(self) -> DeclaredLike:
        return self.table.declared


def relate(engine: Engine, tables: Sequence[RelatedTable]) -> list[Relation]:
    """Return the references between ``tables``, at most one for each column and group of declared columns."""
    found = list(_declared(tables))
    taken = {(one.child, field) for one in found for field in one.columns}
    pairs = {pair: score for pair, score in _pairs(tables) if pair[0] not in taken}
    if pairs:
        found += _chosen(tables, pairs, _included(engine, tables, pairs))
    return sorted(found, key=lambda one: (one.child, one.columns))


def keys_of(table: RelatedTable, tables: Sequence[RelatedTable], relations: Sequence[Relation]) -> list[Key]:
    """Return the keys of a table for the report: its primary key, then its references."""
    keys = list(table.decided.keys)
    for one in relations:
        if one.child == table.number:
            parent = next(other for other in tables if other.number == one.parent)
            for column, target in zip(one.columns, one.targets, strict=True):
                known = f"{parent.table.name}.{parent.fields[target].name}"
                keys.append(Key(column=table.fields[column].name, references=known))
    return keys


def _declared(tables: Sequence[RelatedTable]) -> Iterator[Relation]:
    by_name: dict[tuple[str | None, str], RelatedTable] = {}
    for table in tables:
        for name in (table.table.name.rsplit(".", 1)[-1], table.table.name):
            by_name[table.group, name.lower()] = table
            # tables of messages and documents are of many files
            by_name.setdefault((None, name.lower()), table)
    for table in tables:
        fields = {column.name: column.field for column in table.decided.columns}
        for reference in table.declared.references:
            name = reference.table.lower()
            names = (name, name.rsplit(".", 1)[-1])
            places = [(group, one) for group in (table.group, None) for one in names]
            parent = next((by_name[place] for place in places if place in by_name), None)
            if parent is None:
                continue
            theirs = {column.name: column.field for column in parent.decided.columns}
            targets = tuple(reference.targets) or tuple(parent.declared.primary)
            known = set(reference.columns) <= fields.keys() and set(targets) <= theirs.keys()
            if known and len(targets) == len(reference.columns):
                columns = tuple(fields[name] for name in reference.columns)
                yield Relation(table.number, columns, parent.number, tuple(theirs[name] for name in targets), True)


def _is_key(column: Column) -> bool:
    """Return whether nearly every record has a value of its own there (an export may repeat a few records)."""
    full = 0 < column.filled >= UNIQUE * column.records
    return _is_number(column) and full and column.distinct >= UNIQUE * column.filled


def _keys(table: RelatedTable) -> list[Column]:
    primary = table.declared.primary
    if len(primary) == 1:
        return [column for column in table.decided.columns if column.name == primary[0] and column.filled]
    return [column for column in table.decided.columns if _is_key(column)][:KEYS_EACH]


def _is_number(column: Column) -> bool:
    """Return whether a column may number records: its type says so, or its name against its type."""
    if column.semantic_type not in _types("no_key") or is_an_id(column.name):
        return True
    return names_a_key(column.name) and read(column.name).score(column.semantic_type) < NAMED


def _pairs(tables: Sequence[RelatedTable]) -> Iterator[tuple[tuple[Place, Place], float]]:
    """Yield pairs (column, key of a table) that names or types make worth comparing."""
    signs: dict[str, list[tuple[RelatedTable, Column]]] = defaultdict(list)
    for table in tables:
        for key in _keys(table):
            for sign in _signs_of_key(table, key):
                signs[sign].append((table, key))
    for table in tables:
        for column in table.decided.columns:
            # a format that says what its columns mean says what they refer to
            if not column.filled or not _is_number(column) or table.declared.meanings:
                continue
            near = {(one.number, key.field): (one, key) for sign in _signs(column) for one, key in signs.get(sign, ())}
            for parent, key in near.values():
                same = parent.number == table.number
                if parent.group != table.group or (same and not _heads(column, key, table)):
                    continue
                score = _score(column, table, parent, key)
                # a hierarchy within a table is told by its name alone, as any table's own numbers are among its keys
                if score >= (CERTAIN if same else LEAST) and column.distinct <= key.distinct / CUT:
                    yield ((table.number, column.field), (parent.number, key.field)), score


def _heads(column: Column, key: Column, table: RelatedTable) -> bool:
    """Return whether a column may refer to the records of its own table: to their primary key, and is none itself."""
    return key.name in _primary(table) and column.name not in _primary(table)


def _signs_of_key(table: RelatedTable, key: Column) -> set[str]:
    """Return what the columns that refer to a key may have in common with it: see `_signs`."""
    named = openings((*core_of_table(table.table.name), *core(key.name)))
    subject = subject_of(table.table.name)
    role = {f"role {subject}"} | ({"acting"} if subject in ACTING else set())
    stay = {"stay"} if read(table.table.name).score("stay_id") >= ALIKE else set()
    return named | role | stay | {f"type {key.semantic_type}"}


def _signs(column: Column) -> set[str]:
    header = read(column.name)
    stay = {"stay"} if header.score("stay_id") >= ALIKE else set()
    patient = {"role patient"} if column.semantic_type == "patient_id" else set()
    typed = {f"type {column.semantic_type}"} if column.semantic_type in _types("speaking") else set()
    acting = {"acting"} if acts(column.name) else set()
    role = {f"role {header.role}"} if header.role else set()
    return openings(core(column.name)) | role | acting | stay | patient | typed


def _score(column: Column, table: RelatedTable, parent: RelatedTable, key: Column) -> float:
    score = told_by_name(column.name, parent.table.name, key.name, table.table.name)
    if column.semantic_type == key.semantic_type and column.semantic_type in _types("speaking"):
        score = max(score, BY_TYPE)
    if column.semantic_type == "patient_id" and parent.decided.subject == "patient" and key.semantic_type != "nir":
        score = max(score, BY_TYPE)
    return score


def _included(
    engine: Engine, tables: Sequence[RelatedTable], pairs: Mapping[tuple[Place, Place], float]
) -> dict[tuple[Place, Place], float]:
    """Return the share of the distinct values of each column that are among those of the key, exactly or on a sample.

    A sample is of values, the same ones on both sides, so that its shares are those of the whole.
    """
    places = {place: number for number, place in enumerate(sorted({end for pair in pairs for end in pair}))}
    known = {table.number: table for table in tables}
    total = sum(known[number].fields[field].distinct for number, field in places)
    parts: dict[int, dict[int, str]] = defaultdict(dict)
    for (number, name), place in places.items():
        parts[number][place] = name
    stacked = engine.stack([(known[number].table.records, fields) for number, fields in parts.items()], "columns:stack")
    texts = stacked.select("place", text=key_text(stacked["value"]))
    prints = texts.filter(texts.text != "").select("place", print=fingerprint(texts.text)).distinct()
    kept = engine.materialise(prints.filter(prints.print % max(1, -(-total // PRINTS)) == 0), "columns:prints")
    sizes = {row["place"]: row["n"] for row in engine.rows(kept.group_by("place").aggregate(n=kept.count()))}
    ends = pa.table(
        {
            "child": pa.array([places[child] for child, _ in pairs], pa.int32()),
            "parent": pa.array([places[parent] for _, parent in pairs], pa.int32()),
        }
    )
    asked = engine.memtable(ends, "columns:pairs")
    mine = asked.join(kept.rename(child="place"), "child")
    both = mine.join(kept.rename(parent="place"), ["parent", "print"])
    met = engine.rows(both.group_by("child", "parent").aggregate(n=both.count()))
    engine.drop("columns:prints")
    by_place = {number: place for place, number in places.items()}
    return {
        (by_place[row["child"]], by_place[row["parent"]]): row["n"] / sizes[row["child"]]
        for row in met
    }  # fmt: skip


def _chosen(
    tables: Sequence[RelatedTable],
    pairs: Mapping[tuple[Place, Place], float],
    included: Mapping[tuple[Place, Place], float],
) -> Iterator[Relation]:
    """Yield for each column the best of the keys that hold its values."""
    known = {table.number: table for table in tables}
    best: dict[Place, tuple[tuple[float, ...], Place]] = {}
    for pair, score in pairs.items():
        share = included.get(pair, 0.0)
        if share < (CUT if score >= CERTAIN else INCLUDED):
            continue
        child, parent = pair
        key = known[parent[0]].fields[parent[1]]
        first = float(key.name in _primary(known[parent[0]]))
        # by the role alone users and doctors in town are the same: the table that the values fill best
        size = float(key.distinct) if score > ROLE else -float(key.distinct)
        rank: tuple[float, ...] = (score, round(share, 2), first, size, -parent[0])
        if child not in best or rank > best[child][0]:
            best[child] = (rank, parent)
    for child, (rank, parent) in best.items():
        # two keys that hold the same values: the better told is the reference
        back = best.get(parent)
        if back is not None and back[1] == child and back[0] > rank:
            continue
        yield Relation(child[0], (child[1],), parent[0], (parent[1],), score=rank[0])


def _primary(table: RelatedTable) -> frozenset[str]:
    return frozenset(key.column for key in table.decided.keys)
