"""Which fact is which bit: everything disclosed about a person fits in a few 64-bit integers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

__all__ = ["Bits", "Fact", "any_of"]

# the sign bit and a few more stay free
PER_MASK = 60


@dataclass(frozen=True, order=True)
class Fact:
    """Something disclosed. ``kind`` says what ``name`` is:

    ``type`` (a semantic type is filled), ``finding`` (a category in a note, about the patient), ``relative`` (a
    category in a note, about somebody else) or ``code`` (a category shown by a column of codes, named in ``source``).
    ``assertion`` is empty for types.
    """

    kind: str
    name: str
    assertion: str = ""
    source: str = ""


@dataclass
class Bits:
    """Gives each fact its place; a place is (mask, bit value)."""

    places: dict[Fact, tuple[int, int]] = field(default_factory=dict)

    def add(self, facts: Iterable[Fact]) -> None:
        """Give a place to the facts that have none yet."""
        for fact in facts:
            if fact not in self.places:
                index = len(self.places)
                self.places[fact] = (index // PER_MASK, 1 << (index % PER_MASK))

    @property
    def masks(self) -> list[str]:
        """Names of the masks, at least one."""
        return [f"m{index}" for index in range(max(1, -(-len(self.places) // PER_MASK)))]

    def wanted(self, facts: Iterable[Fact]) -> dict[int, int]:
        """Return mask → the bits of those facts that have a place."""
        result: dict[int, int] = {}
        for fact in set(facts) & self.places.keys():
            mask, bit = self.places[fact]
            result[mask] = result.get(mask, 0) | bit
        return result

    def any(self, table: ir.Table, facts: Iterable[Fact]) -> ir.BooleanValue:
        """Tell whether any of the facts holds, given a table with the masks; false where none has a place."""
        wanted = self.wanted(facts) or {0: 0}
        return any_of((table[f"m{mask}"] & bits) != 0 for mask, bits in wanted.items())


def any_of(conditions: Iterable[ir.BooleanValue]) -> ir.BooleanValue:
    """Return the disjunction, false where there is nothing."""
    some = list(conditions)
    return reduce(or_, some) if some else ibis.literal(False)
