"""Cells of ``labs-2021``: how a slice of the plan becomes text, one function a column or a few.

Every function takes a slice and gives one text a record, '' where the record holds nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from colmate.replicas import nir, render, tables, variants
from colmate.replicas.labs_plan import Plan
from colmate.replicas.notes_grammar import Bank
from colmate.replicas.render import blank, choose, day, digits, join, letters, take
from colmate.replicas.tables import Ints

__all__ = ["Slice", "birth", "born_name", "complement", "mail", "number", "phone", "rank", "street"]

Flags = npt.NDArray[np.bool_]
HEALTH = tables.data("health")
TESTS = ("TEST", "XXX", "DUPONT TEST", "ESSAI", "TEST LABO", "ZZZTEST", "TEST", "PATIENT TEST", "XXXX", "TEST INFO")
TESTS_FIRST = ("TEST", "XXX", "JEAN", "INFORMATIQUE", "BIO", "TEST", "PATIENT", "TEST", "XX", "ESSAI")


@dataclass(frozen=True)
class Slice:
    """Records ``start`` to ``stop`` of a plan, with what several columns share."""

    plan: Plan
    start: int
    stop: int
    seed: int
    bank: Bank
    notes: tuple[Ints, Ints]  # the note of each record in either column, -1 for none

    @cached_property
    def cut(self) -> slice:
        return slice(self.start, self.stop)

    @cached_property
    def rng(self) -> np.random.Generator:
        return np.random.default_rng([self.seed, 7, self.start])

    @cached_property
    def patient(self) -> Ints:
        return self.plan.patient[self.cut]

    @cached_property
    def insured(self) -> Ints:
        return self.plan.people.insured[self.patient]

    @cached_property
    def real(self) -> Flags:
        return ~self.plan.test[self.cut]

    @cached_property
    def lab(self) -> Ints:
        return self.plan.lab[self.cut]

    @cached_property
    def title(self) -> Ints:
        return self.plan.title[self.cut]

    @cached_property
    def dice(self) -> npt.NDArray[np.float64]:
        return self.plan.dice[self.cut]

    @cached_property
    def doctor(self) -> Ints:
        return self.plan.doctor[self.cut]

    def fill(self, name: str) -> Flags:
        return self.plan.fill[name][self.cut]

    def change(self, name: str) -> Flags:
        return self.plan.change[name][self.cut]

    def real_only(self, column: pa.Array) -> pa.Array:
        """The column, empty for test records."""
        return blank(column, self.real)

    @cached_property
    def home(self) -> tuple[Ints, Ints]:
        """Row of ``plan.homes`` and household of each record."""
        return self.change("moved").astype(np.int64), self.plan.people.household[self.patient]

    @cached_property
    def commune(self) -> Ints:
        return self.plan.homes.commune[self.home]

    def spelt(
        self, column: pa.Array, changes: dict[str, Callable[[np.random.Generator, pa.Array], pa.Array]]
    ) -> pa.Array:
        """The column with a slip in the records that have one."""
        for name, slip in changes.items():
            where = self.change(name)
            if where.any():
                changed = slip(self.rng, column.filter(pa.array(where)))
                column = pc.replace_with_mask(column, pa.array(where), changed)
        return column

    def given(self, first: Ints) -> pa.Array:
        """First names in the style of each laboratory: upper case, upper without accents, or as written."""
        style = self.lab % 3
        upper = choose(style == 0, take(letters("first_plain"), first), take(letters("FIRST"), first))
        return choose(style == 2, take(letters("first"), first), upper)

    @cached_property
    def name(self) -> pa.Array:
        """The surname in use, or the birth name where a clerk took that one."""
        people = self.plan.people
        column = take(
            letters("surname"),
            np.where(self.change("born"), people.born_name[self.patient], people.used_name[self.patient]),
        )
        column = self.spelt(column, {"key": variants.by_keyboard, "ear": variants.by_ear})
        return self.tested(column, TESTS)

    def tested(self, column: pa.Array, words: tuple[str, ...]) -> pa.Array:
        return choose(self.real, column, take(pa.array(words), (self.dice * 1e6).astype(np.int64) % len(words)))

    @cached_property
    def first(self) -> pa.Array:
        people = self.plan.people
        column = self.given(people.first[self.patient])
        column = self.spelt(column, {"key_first": variants.by_keyboard})
        short, second = self.change("short"), self.change("second")
        column = choose(short, variants.shortened(column, (self.dice * 1000).astype(np.int64) % 3), column)
        column = choose(second, join(column, " ", self.given(people.second[self.patient])), column)
        return self.tested(column, TESTS_FIRST)


def birth(s: Slice) -> pa.Array:
    """Birth days; 1 January where the month is unknown; day and month swapped by a clerk where that gives a date."""
    birth = s.plan.people.birth[s.patient]
    year = birth.astype("datetime64[D]").astype("datetime64[Y]")
    unknown = s.plan.numbers.unknown_month[s.patient]
    birth = np.where(unknown, year.astype("datetime64[D]").astype(np.int64), birth)
    column = day(variants.swapped(birth, s.change("swap")))
    return choose(s.real, column, "01/01/1950")


def born_name(s: Slice) -> pa.Array:
    """The birth name of those who use another: the column JF of women, mostly."""
    people = s.plan.people
    other = (people.born_name != people.used_name)[s.patient] & ~s.change("born") & s.real
    return blank(take(letters("surname"), people.born_name[s.patient]), other & (s.dice < 0.97))


def street(s: Slice) -> pa.Array:
    words, hamlets = tables.streets()
    street = s.plan.homes.street[s.home]
    names = words.array()
    upper = pa.array([tables.plain(word).upper() for word in words.words])
    named = choose(s.lab % 5 < 3, take(upper, street), take(names, street))
    numbered = join(
        pc.cast(pa.array(s.plan.homes.number[s.home]), pa.string()), choose(s.dice < 0.04, " bis ", " "), named
    )
    return blank(choose(street < hamlets, numbered, named), s.real & (s.dice < 0.975))


def complement(s: Slice) -> pa.Array:
    values = pa.array(["", *tables.data("streets")["complements"]["values"]])
    return s.real_only(take(values, s.plan.homes.complement[s.home]))


def phone(s: Slice, kind: str) -> pa.Array:
    """Valid-looking numbers: the ranges kept for fiction hold 10,000 each, too few for a leak of this size."""
    moved = s.change("new_phone").astype(np.int64) * 700_001
    if kind == "landline":
        number = 200_000_000 + 10_000_000 + (s.home[1] + moved) * 7_919_101 % 89_999_999
    else:
        number = 600_000_000 + (s.patient + moved) * 7_368_787 % 199_999_999
    style = np.where(s.lab % 4 == 3, 1, np.where((s.lab % 4 == 2) & (s.dice < 0.3), 2, 0))
    return blank(render.phone(number, style), s.fill(kind))


def mail(s: Slice) -> pa.Array:
    people = s.plan.people
    weights = np.cumsum(HEALTH["mail"]["weights"])
    luck = s.patient * 7_919 % 10_007 / 10_007
    domain = np.searchsorted(weights / weights[-1], luck)
    return blank(
        render.email(people.first[s.patient], people.used_name[s.patient], s.patient % 9973, domain), s.fill("email")
    )


def number(s: Slice) -> pa.Array:
    numbers, who = s.plan.numbers, s.insured
    wrong = s.rng.random(len(who)) < 0.0005
    return blank(nir.text(numbers.number[who], numbers.corsica[who], wrong, numbers.provisional[who]), s.fill("nir"))


def rank(s: Slice) -> pa.Array:
    """Rank of the entitled person: 01 the insured, 02 the spouse, 11 and up the children."""
    slot = s.plan.people.slot[s.patient]
    rank = np.where(s.insured == s.patient, 1, np.where(slot >= 2, 9 + slot, 2))
    return blank(digits(rank, 2), s.real & s.fill("nir"))
