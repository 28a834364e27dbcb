"""What can be done to how many persons, and what makes it possible."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_

import ibis.expr.types as ir

from colmate import model
from colmate.catalogue import harms as harm_kinds
from colmate.catalogue import special_categories
from colmate.engine import Engine
from colmate.exposure.bits import Bits, Fact, any_of
from colmate.exposure.severity import asserted_facts

__all__ = ["harms"]

Group = tuple[str, ...]


def harms(engine: Engine, people: ir.Table, bits: Bits) -> list[model.Harm]:
    """Return the harms possible to at least one person, by descending number of persons.

    ``because``: the types and categories that take part in a satisfied alternative, the most frequent first.
    """
    sums: dict[str, ir.IntegerScalar] = {}
    for harm in harm_kinds().values():
        satisfied = [
            (need, _satisfied(people, bits, need)) for need in map(_groups, harm.needs) if _possible(need, bits)
        ]
        if not satisfied:
            continue
        sums[harm.id] = any_of(condition for _, condition in satisfied).sum()
        for name in dict.fromkeys(name for need, _ in satisfied for group in need for name in group):
            mine = any_of(condition for need, condition in satisfied if any(name in group for group in need))
            if facts := _facts(bits, (name,)):
                sums[f"{harm.id} {name}"] = (mine & bits.any(people, facts)).sum()
    if not sums:
        return []
    counts = {key: value or 0 for key, value in engine.rows(people.aggregate(**sums))[0].items()}
    found = [
        model.Harm(harm=key, persons=persons, because=_because(key, counts))
        for key, persons in counts.items()
        if " " not in key and persons
    ]
    return sorted(found, key=lambda item: -item.persons)


def _because(harm: str, counts: dict[str, int]) -> list[str]:
    parts = [(key.split(" ")[1], persons) for key, persons in counts.items() if key.startswith(f"{harm} ")]
    return [name for name, persons in sorted(parts, key=lambda part: -part[1]) if persons]


def _groups(need: Sequence[str]) -> tuple[Group, ...]:
    return tuple(tuple(item.split("|")) for item in need)


def _facts(bits: Bits, group: Group) -> list[Fact]:
    categories = [name for name in group if name in special_categories()]
    types = [Fact("type", name) for name in group]
    return asserted_facts(bits, categories) + [fact for fact in types if fact in bits.places]


def _possible(need: tuple[Group, ...], bits: Bits) -> bool:
    return all(_facts(bits, group) for group in need)


def _satisfied(people: ir.Table, bits: Bits, need: tuple[Group, ...]) -> ir.BooleanValue:
    return reduce(and_, (bits.any(people, _facts(bits, group)) for group in need))
