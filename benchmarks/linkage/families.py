"""Files of e-mail addresses and telephones alone, some of which a whole family shares.

In a share of the households everybody is reached at one mobile, that of the first who has one, and at one e-mail
address or each at their own; in the others at one's own, children at a parent's. Errors are those of the middle level.
Nothing else is told: where a family shares both, nothing tells its members from visits of one person.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.linkage.noise import LEVELS, RETURNS, File, table, visits
from benchmarks.linkage.people import Person, persons

__all__ = ["CONTACTS", "SHARES", "shared"]

SHARES = (0.0, 0.1, 0.3, 0.6, 1.0)
CONTACTS = ("email", "mobile")


def shared(seed: int, records: int, share: float, what: Sequence[str] = CONTACTS) -> File:
    """Draw a file of about ``records`` records; in ``share`` of the households ``what`` is the family's."""
    rng = random.Random(seed)  # noqa: S311
    people = persons(seed, round(records / (1 + RETURNS)))
    homes: dict[int, list[Person]] = {}
    for person in people:
        homes.setdefault(person.household, []).append(person)
    told: list[Person] = []
    for members in homes.values():
        told += _one_contact(members, what) if rng.random() < share else members
    rows = [row for person in told for row in visits(rng, person, LEVELS[2])]
    rng.shuffle(rows)
    return table(rows, CONTACTS)


def _one_contact(members: list[Person], what: Sequence[str]) -> list[Person]:
    """The members, all with the contacts ``what`` of the first who has each."""
    now = {kind: next((one.cells[kind] for one in members if one.cells[kind]), "") for kind in what}
    later = {"mobile": next((one.later["mobile"] for one in members if one.later["mobile"]), "")}
    return [replace(one, cells=one.cells | now, later=one.later | later) for one in members]
