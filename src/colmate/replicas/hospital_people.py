"""Rows of ``hospital-2024`` that name patients and their relatives.

Every function takes the world and a slice of its table's rows, and gives one text a row for each column, '' where the
row holds nothing. Phone numbers are valid-looking: the ranges kept for fiction hold 10,000 each, too few to tell
three quarters of a million persons apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from colmate.replicas import nir, render, tables, variants
from colmate.replicas.hospital_care import Care
from colmate.replicas.hospital_plan import LAST_DAY, Plan
from colmate.replicas.notes_grammar import Bank
from colmate.replicas.population import MALE
from colmate.replicas.render import blank, choose, day, digits, join, letters, take
from colmate.replicas.tables import Ints

__all__ = ["WORDS", "World", "contacts", "entitled", "luck", "moment", "named_insured", "number", "patients", "reached"]

Flags = npt.NDArray[np.bool_]
WORDS = tables.data("hospital")["words"]
ADULT = LAST_DAY - 15 * 365
TESTS = ("TEST", "XXX", "ESSAI", "TESTINFO", "ZZTEST", "PATIENTTEST")


@dataclass(frozen=True)
class World:
    """What every table is rendered from."""

    plan: Plan
    care: Care
    texts: Bank

    def rng(self, table: int, start: int) -> np.random.Generator:
        """Chance of one slice of one table, the same in whatever order slices are made."""
        return np.random.default_rng([self.plan.seed, 2024, table, start])


def number(values: Ints) -> pa.Array:
    """Whole numbers as text."""
    return pc.cast(pa.array(values), pa.string())


def moment(days: Ints, dice: npt.NDArray[np.float64]) -> pa.Array:
    """Days as ``2024-11-12 14:05:00``, in working hours."""
    minutes = 7 * 60 + (dice * 720).astype(np.int64)
    return join(day(days, "iso"), " ", digits(minutes // 60, 2), ":", digits(minutes % 60 // 5 * 5, 2), ":00")


def luck(member: Ints, step: int = 7_919) -> npt.NDArray[np.float64]:
    """A throw that stays with the person, whatever the file."""
    result: npt.NDArray[np.float64] = member * step % 10_007 / 10_007
    return result


def entitled(plan: Plan, cut: slice) -> dict[str, Flags]:
    """Whether a file says C2S (formerly CMU), long illness, guardianship, protected identity."""
    member, real = plan.files.member[cut], plan.files.person[cut] >= 0
    age = (LAST_DAY - plan.everyone.birth[member]) / 365.2425
    return {
        "cmu": real & (luck(member, 6_151) < 0.082),
        "ald": real & (luck(member, 4_421) < np.where(age > 60, 0.36, 0.08)),
        "tutelle": real & (luck(member, 3_373) < np.where(age > 80, 0.05, 0.006)),
        "vip": real & (luck(member, 9_173) < 0.004),
    }


def reached(plan: Plan, cut: slice) -> dict[str, Flags]:
    """By what each file says its patient can be reached."""
    member, real, dice = plan.files.member[cut], plan.files.person[cut] >= 0, plan.files.dice[cut]
    adult, own = real & (plan.everyone.birth[member] <= ADULT), luck(member)
    return {
        "email": adult & (own > 0.25) & (own < 0.68),
        "mobile": adult & (own < 0.72),
        "post": real & (dice < 0.97),
    }


def named_insured(plan: Plan, cut: slice) -> Flags:
    """Files that name an insured who is not the patient."""
    member = plan.files.member[cut]
    other = plan.population.insured[member] != member
    named: Flags = (plan.files.person[cut] >= 0) & other & (luck(member, 7_001) < 0.5)
    return named


def patients(world: World, cut: slice) -> list[pa.Array]:
    """The files of the patients."""
    plan, files, rng = world.plan, world.plan.files, world.rng(10, cut.start)
    member, real, dice = files.member[cut], files.person[cut] >= 0, files.dice[cut]
    change = {name: flags[cut] for name, flags in files.change.items()}
    entitlements = {name: choose(flags, "1", "0") for name, flags in entitled(plan, cut).items()}
    used, born, first = _names(rng, plan, member, change, dice)
    tests = take(pa.array(TESTS), (dice * 1e6).astype(np.int64) % len(TESTS))
    birth = plan.everyone.birth[member]
    male, child = plan.everyone.sex[member] == MALE, birth > ADULT
    title = choose(child, "enf", choose(male, "m", choose((birth > 9_000) & (dice * 3 % 1 < 0.3), "mlle", "mme")))
    adult, channels = real & ~child, reached(plan, cut)
    family = take(pa.array(["M", "S", "D", "W", "G", "P"]), (luck(member, 5_003) ** 1.7 * 6).astype(np.int64))
    trade = take(pa.array(WORDS["professions"]), (luck(member, 2_777) * len(WORDS["professions"])).astype(np.int64))
    guarded = choose(luck(member, 8_081) < 0.4, "tutelle", "curatelle")
    note, death = world.care.remarks[cut], world.care.death[cut]
    return [
        number(files.key[cut]),
        number(files.group[cut] + 1),
        choose(real, used, tests),
        blank(born, real),
        choose(real, first, "Test"),
        blank(take(letters("first"), plan.everyone.second[member]), real & (luck(member, 1_811) < 0.3)),
        blank(_soundex(used), real),
        choose(real, day(variants.swapped(birth, change["swap"]), "iso"), "1950-01-01"),
        blank(day(death, "iso"), death > 0),
        choose(male, "m", "f"),
        blank(title, real & (dice < 0.95)),
        *_home(plan, member, change["moved"], channels["post"]),
        blank(_landline(plan, member, change["new_phone"]), real & (luck(plan.everyone.household[member]) < 0.5)),
        blank(_mobile(member, change["new_phone"]), channels["mobile"]),
        blank(_mail(plan, member), channels["email"]),
        entitlements["vip"],
        choose(entitled(plan, cut)["tutelle"], guarded, "aucune"),
        blank(family, adult & (dice * 7 % 1 < 0.6)),
        blank(trade, adult & (dice * 9 % 1 < 0.5)),
        *_insurance(plan, member, real, dice),
        blank(entitlements["cmu"], real),
        blank(entitlements["ald"], real),
        blank(choose(entitled(plan, cut)["ald"], "4", "0"), real & (dice * 11 % 1 < 0.9)),
        blank(number(world.plan.files.doctor[cut] * 3 + 101), real & (files.doctor[cut] >= 0)),
        *_insured(plan, member, named_insured(plan, cut)),
        blank(take(world.texts.array, np.maximum(note, 0)), note >= 0),
        moment(files.created[cut], dice),
    ]


def _names(
    rng: np.random.Generator, plan: Plan, member: Ints, change: dict[str, Flags], dice: npt.NDArray[np.float64]
) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Name in use, birth name, first name, with the slips of further files."""
    people, names = plan.everyone, letters("surname")
    born, used = people.born_name[member], people.used_name[member]
    name = take(names, np.where(change["born"], born, used))
    name = _slip(rng, name, change, {"key": variants.by_keyboard, "ear": variants.by_ear})
    maiden = blank(take(names, born), ~change["born"] & ((born != used) | (dice * 5 % 1 < 0.3)))
    first = take(letters("first"), people.first[member])
    first = choose(change["accents"], take(letters("first_plain"), people.first[member]), first)
    first = _slip(rng, first, change, {"key_first": variants.by_keyboard})
    first = choose(change["short"], variants.shortened(first, (dice * 1000).astype(np.int64) % 3), first)
    second = join(first, " ", take(letters("first"), people.second[member]))
    return name, maiden, choose(change["second"], second, first)


Slips = dict[str, Callable[[np.random.Generator, pa.Array], pa.Array]]


def _slip(rng: np.random.Generator, column: pa.Array, change: dict[str, Flags], slips: Slips) -> pa.Array:
    for name, slip in slips.items():
        where = pa.array(change[name])
        column = pc.replace_with_mask(column, where, slip(rng, column.filter(where)))
    return column


def _soundex(names: pa.Array) -> pa.Array:
    """A key by sound as hospital software keeps one beside the name: the consonants, each once."""
    return pc.utf8_slice_codeunits(pc.replace_substring_regex(names, "[AEIOUYH' -]", ""), 0, 6)


def _home(plan: Plan, member: Ints, moved: Flags, known: Flags) -> list[pa.Array]:
    home = (moved.astype(np.int64), plan.everyone.household[member])
    words, hamlets = tables.streets()
    street, commune = plan.homes.street[home], plan.homes.commune[home]
    named = take(words.array(), street)
    address = choose(street < hamlets, join(number(plan.homes.number[home]), " ", named), named)
    places = tables.places()
    return [blank(column, known) for column in (address, take(places.postcode, commune), take(places.name, commune))]


def _landline(plan: Plan, member: Ints, changed: Flags) -> pa.Array:
    household = plan.everyone.household[member]
    area = 1 + plan.homes.commune[0][household] % 5
    serial = (household + changed.astype(np.int64) * 500_009) * 7_919_101 % 89_999_999
    return digits(100_000_000 * area + 10_000_000 + serial, 10)


def _mobile(member: Ints, changed: Flags | None = None) -> pa.Array:
    renewed = 0 if changed is None else changed.astype(np.int64) * 15_500_279
    return digits(600_000_000 + (member + renewed) * 7_368_787 % 199_999_999, 10)


def _mail(plan: Plan, member: Ints) -> pa.Array:
    weights = np.cumsum(tables.data("health")["mail"]["weights"])
    domain = np.searchsorted(weights / weights[-1], luck(member, 6_007))
    return render.email(plan.everyone.first[member], plan.everyone.used_name[member], member % 9_973, domain)


def _insurance(plan: Plan, member: Ints, real: Flags, dice: npt.NDArray[np.float64]) -> list[pa.Array]:
    """The number of the insured (children: a parent's), scheme, fund, centre."""
    numbers, who = plan.numbers, plan.population.insured[member]
    known = real & (dice * 13 % 1 < 0.86)
    matricule = nir.text(numbers.number[who], numbers.corsica[who], dice * 17 % 1 < 0.0005, numbers.provisional[who])
    fund = digits(plan.homes.commune[0][plan.everyone.household[member]] % 95 * 10 + 11, 3)
    return [
        blank(matricule, known),
        blank(take(pa.array(["01"] * 9 + ["02"]), who % 10), known),
        blank(fund, known),
        blank(take(pa.array(["0000", "0100", "4010", "9900"]), who % 4), known & (dice * 19 % 1 < 0.7)),
    ]


def _insured(plan: Plan, member: Ints, other: Flags) -> list[pa.Array]:
    """The insured where it is somebody else."""
    who, people = plan.population.insured[member], plan.everyone
    return [
        blank(take(letters("surname"), people.used_name[who]), other),
        blank(take(letters("first"), people.first[who]), other),
        blank(day(people.birth[who], "iso"), other),
    ]


def contacts(world: World, cut: slice) -> list[pa.Array]:
    """The persons to call and of trust beside a file."""
    plan, rows = world.plan, world.plan.contacts
    who, dice, people = rows.member[cut], rows.dice[cut], plan.everyone
    relation = take(pa.array(WORDS["relations"]), rows.relation[cut])
    married = people.born_name[who] != people.used_name[who]
    never = np.zeros(len(who), dtype=np.bool_)
    landline = luck(people.household[who]) < 0.5
    return [
        number(rows.key[cut]),
        number(plan.files.key[rows.file[cut]]),
        choose(rows.first_choice[cut], "prevenir", choose(dice < 0.9, "confiance", "autre")),
        blank(relation, dice * 5 % 1 < 0.9),
        take(letters("surname"), people.used_name[who]),
        blank(take(letters("surname"), people.born_name[who]), married & (dice * 3 % 1 < 0.15)),
        take(letters("first"), people.first[who]),
        blank(day(people.birth[who], "iso"), dice * 7 % 1 < 0.15),
        *_home(plan, who, never, dice * 11 % 1 < 0.6),
        blank(_landline(plan, who, never), landline & (dice * 13 % 1 < 0.7)),
        blank(_mobile(who), luck(who) < 0.93),
        blank(_mail(plan, who), (luck(who) > 0.25) & (luck(who) < 0.35)),
    ]
