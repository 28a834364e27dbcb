"""References whose table another column names: ``object_id`` of the table that ``object_class`` says, record by record.

Frameworks write them so (``CSejour``, ``App.Models.Visit``); no DDL can declare them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from colmate.columns.column import Column
from colmate.columns.headers import split
from colmate.columns.keys import key_text
from colmate.columns.naming import core_of_table
from colmate.columns.relations import RelatedTable, Relation
from colmate.columns.text import trimmed
from colmate.engine import Engine

__all__ = ["polymorphic"]

CLASS_WORDS = frozenset(("class", "classe", "type", "table", "model", "kind", "entity"))
ID_WORDS = frozenset(("id", "key", "fk", "uuid"))
CLASSES = 40
INCLUDED = 0.9


def polymorphic(engine: Engine, tables: Sequence[RelatedTable], relations: Sequence[Relation]) -> list[Relation]:
    """Return the references that hold for the records of one class only (``when``: field, value)."""
    taken = {(one.child, field) for one in relations for field in one.columns}
    return [
        relation
        for table in tables
        for which, number in _pairs(table)
        if (table.number, number.field) not in taken
        for relation in _by_class(engine, table, which, number, tables)
    ]


def _pairs(table: RelatedTable) -> Iterator[tuple[Column, Column]]:
    """Yield the columns of class and number that are named alike."""
    numbers = {_stem(column, ID_WORDS): column for column in table.decided.columns if column.filled}
    for column in table.decided.columns:
        stem = _stem(column, CLASS_WORDS)
        if stem and stem in numbers and 0 < column.distinct <= CLASSES and numbers[stem].field != column.field:
            yield column, numbers[stem]


def _stem(column: Column, words: frozenset[str]) -> tuple[str, ...]:
    parts = split(column.name)
    return parts[:-1] if len(parts) > 1 and parts[-1] in words else ()


def _by_class(
    engine: Engine, table: RelatedTable, which: Column, number: Column, tables: Sequence[RelatedTable]
) -> Iterator[Relation]:
    records = table.table.records
    classes = records.select(value=trimmed(records[which.field])).distinct().limit(CLASSES)
    for value in sorted(str(row["value"]) for row in engine.rows(classes) if row["value"]):
        parent = _named(value, table, tables)
        key = _key(parent) if parent else None
        if parent is None or key is None:
            continue
        mine = records.filter(trimmed(records[which.field]) == value).select(text=key_text(records[number.field]))
        mine = mine.filter(mine.text != "").distinct()
        theirs = parent.table.records.select(text=key_text(parent.table.records[key.field])).distinct()
        asked, met = engine.count(mine), engine.count(mine.semi_join(theirs, "text"))
        if asked and met >= INCLUDED * asked:
            yield Relation(
                table.number, (number.field,), parent.number, (key.field,), score=0.8, when=(which.field, value)
            )


def _named(value: str, table: RelatedTable, tables: Sequence[RelatedTable]) -> RelatedTable | None:
    """Return the table that a class is named after: the same words, or the class's last word alone."""
    words = tuple(word for word in split(value.replace("\\", " ")) if len(word) > 1)
    if not words:
        return None
    asked = (core_of_table("_".join(words)), core_of_table(words[-1]))
    others = [one for one in tables if one.group == table.group]
    for name in asked:
        for one in others:
            if name and core_of_table(one.table.name) == name:
                return one
    return None


def _key(table: RelatedTable) -> Column | None:
    primary = [key.column for key in table.decided.keys]
    return next((column for column in table.decided.columns if [column.name] == primary), None)
