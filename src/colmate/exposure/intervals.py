"""How sure the counts of persons by category and by controller are: what the linkage doubts, within each.

Codes are taken as they stand. What notes say may be misread: a category has a margin for the persons that it owes to
notes alone, as wide as the reader was wrong by on the notes of a published benchmark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from colmate.engine import Engine
from colmate.exposure.bits import Bits, Fact, any_of
from colmate.exposure.marks import Marks, appearances
from colmate.exposure.tables import DoubtsLike

__all__ = ["LEFT", "Intervals"]

Interval = tuple[int, int]
# by how much the persons of a category are more or fewer than they should be where notes alone tell it: the standard
# deviation over the categories of notes-fr's test part without its traps, less what their small numbers explain
# (`python -m benchmarks.notes_fr` tells it); invented notes, so that a file's own may be read better or worse
MISREAD = 0.085
TOLD, LEFT = "exposure:told", "exposure:left"


@dataclass(frozen=True)
class Intervals:
    """Makes the intervals; without ``doubts`` there are none.

    ``left``: controller and masks of the records that tell no person, as marked; None where there are none.
    """

    engine: Engine
    bits: Bits
    doubts: DoubtsLike | None
    left: ir.Table | None

    @classmethod
    def of(
        cls, engine: Engine, marks: Sequence[Marks], mentions: ir.Table, bits: Bits, doubts: DoubtsLike | None
    ) -> Intervals:
        """Look for records that tell no person, which may be about one more each."""
        if doubts is None or not engine.count(mentions.filter(mentions["status"] == "insufficient").limit(1)):
            return cls(engine, bits, doubts, None)
        left = appearances(marks, mentions, bits, "insufficient").filter("main")
        return cls(engine, bits, doubts, engine.materialise(left.select("controller", *bits.masks), LEFT))

    def by_category(
        self, people: ir.Table, facts: Mapping[str, Sequence[Fact]], counts: Mapping[str, int]
    ) -> dict[str, Interval]:
        """Return the interval of the persons of each category; ``facts``: what counts somebody among them."""
        if self.doubts is None or not counts:
            return {}
        flags = {name: self.bits.any(people, facts[name]) for name in counts}
        told = self.engine.materialise(people.select("person", **flags).filter(any_of(flags.values())), TOLD)
        found = self._hidden(self.doubts, told, list(counts)) | self._lost(self.doubts, told, list(counts))
        for name, alone in self._read(people, facts).items():
            found[f"{name} spread"] = (found[f"{name} spread"] or 0) + (MISREAD * alone) ** 2
        little: dict[str, Any] = {}
        if self.left is not None:
            left = self.left
            little = self.engine.rows(
                left.aggregate(**{name: self.bits.any(left, facts[name]).sum() for name in counts})
            )[0]
        self.engine.drop(TOLD)
        return {
            name: self.doubts.interval(count, _of(name, found), int(little.get(name) or 0))
            for name, count in counts.items()
        }

    def _read(self, people: ir.Table, facts: Mapping[str, Sequence[Fact]]) -> dict[str, int]:
        """Return how many persons are in each category by notes alone."""
        sums = {}
        for name, some in facts.items():
            read, coded = ([fact for fact in some if (fact.kind == "finding") is kind] for kind in (True, False))
            sums[name] = (self.bits.any(people, read) & ~self.bits.any(people, coded)).sum()
        return {name: int(count or 0) for name, count in self.engine.rows(people.aggregate(**sums))[0].items()}

    def _hidden(self, doubts: DoubtsLike, told: ir.Table, names: Sequence[str]) -> dict[str, Any]:
        more = doubts.persons.inner_join(told, "person")
        sums = {
            f"{name} {what}": more[name].ifelse(more[what], 0).sum()
            for name in names
            for what in ("merges", "more", "spread")
        }
        return self.engine.rows(more.aggregate(**sums))[0]

    def _lost(self, doubts: DoubtsLike, told: ir.Table, names: Sequence[str]) -> dict[str, Any]:
        """If two persons are one, a category loses one where both are in it."""
        pairs = doubts.apart
        for end in ("l", "r"):
            ends = told.rename({f"{end}_{name}": name for name in ("person", *names)})
            pairs = pairs.inner_join(ends, [(end, f"{end}_person")])
        sums = {}
        for name in names:
            both = pairs[f"l_{name}"] & pairs[f"r_{name}"]
            sums[f"{name} missed"] = both.ifelse(pairs["p"], 0).sum()
            sums[f"{name} missed_spread"] = both.ifelse(pairs["p"] * (1 - pairs["p"]), 0).sum()
        return self.engine.rows(pairs.aggregate(**sums))[0]

    def by_controller(self, held: ir.Table, counts: Mapping[int, int]) -> dict[int, Interval]:
        """Return the interval of the main subjects of each controller's records; ``held``: person and controller.

        A person hides another of the same controller only where that has several records of it.
        """
        if self.doubts is None:
            return {}
        main = held.filter("main").select("person", "controller", "times")
        more = self.doubts.persons.inner_join(main.filter(main["times"] > 1), "person")
        hidden = {what: more[what].sum() for what in ("merges", "more", "spread")}
        rows = self.engine.rows(more.group_by("controller").aggregate(**hidden))
        left, right = (
            main.select(**{f"{end}_person": "person", f"{end}_controller": "controller"}) for end in ("l", "r")
        )
        pairs = self.doubts.apart.inner_join(left, [("l", "l_person")])
        pairs = pairs.inner_join(right, [("r", "r_person"), ("l_controller", "r_controller")])
        lost = {"missed": pairs["p"].sum(), "missed_spread": (pairs["p"] * (1 - pairs["p"])).sum()}
        rows += self.engine.rows(pairs.group_by(controller="l_controller").aggregate(**lost))
        if self.left is not None:
            rows += self.engine.rows(self.left.group_by("controller").aggregate(little=self.left.count()))
        sums: dict[int, dict[str, Any]] = {}
        for row in rows:
            sums.setdefault(row["controller"], {}).update(row)
        known = {number: sums.get(number, {}) for number in counts}
        return {
            number: self.doubts.interval(count, known[number], int(known[number].get("little") or 0))
            for number, count in counts.items()
        }


def _of(name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    return {key.removeprefix(f"{name} "): value for key, value in found.items() if key.startswith(f"{name} ")}
