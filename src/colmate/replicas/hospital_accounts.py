"""Rows of ``hospital-2024`` that name professionals: doctors in town, and those who have an account."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colmate.replicas import tables
from colmate.replicas.hospital_people import WORDS, World, luck, number
from colmate.replicas.population import MALE
from colmate.replicas.render import blank, choose, digits, join, letters, take

__all__ = ["accounts", "doctors"]


def doctors(world: World, cut: slice) -> list[pa.Array]:
    """Doctors in town."""
    staff, places = world.plan.staff, tables.places()
    where = np.arange(cut.start, cut.stop)
    words, _ = tables.streets()
    street = take(words.array(), where * 7_919 % len(words.words))
    desk = join("cabinet.", number(where), "@", "medecins.example")
    return [
        number(where * 3 + 101),
        take(letters("surname"), staff.surname[cut]),
        take(letters("first"), staff.first[cut]),
        choose(staff.sex[cut] == MALE, "m", "f"),
        choose(luck(where) < 0.96, "dr", "pr"),
        join(number(1 + where % 90), " ", street),
        take(places.postcode, staff.commune[cut]),
        take(places.name, staff.commune[cut]),
        digits(100_000_000 * (1 + staff.commune[cut] % 5) + 40_000_000 + where * 311, 10),
        blank(desk, luck(where) < 0.3),
        take(pa.array(WORDS["disciplines"]), staff.discipline[cut]),
        blank(number(staff.rpps[cut]), luck(where, 3_001) < 0.97),
    ]


def accounts(world: World, cut: slice) -> list[pa.Array]:
    """Those who have an account: practitioners and others."""
    staff, where = world.plan.staff, np.arange(cut.start, cut.stop)
    row = staff.doctors + where
    given, family = take(letters("first_mail"), staff.first[row]), take(letters("surname_mail"), staff.surname[row])
    salts = [hashlib.sha256(f"{world.plan.seed} {place}".encode()).hexdigest() for place in where.tolist()]
    hashes = [hashlib.sha256(salt.encode()).hexdigest() for salt in salts]
    trade = choose(
        where < staff.practitioners,
        take(pa.array(WORDS["disciplines"]), staff.discipline[row]),
        take(pa.array(WORDS["functions"]), where % len(WORDS["functions"])),
    )
    return [
        number(where + 1),
        number(staff.group[row] + 1),
        join(pc.utf8_slice_codeunits(given, 0, 1), family, number(where % 97)),
        pa.array(hashes, pa.string()),
        pa.array([salt[:16] for salt in salts], pa.string()),
        take(letters("surname"), staff.surname[row]),
        take(letters("first"), staff.first[row]),
        blank(join(given, ".", family, number(where % 89), "@groupe-tilleuls.example"), luck(where) < 0.8),
        blank(number(staff.rpps[row]), staff.rpps[row] > 0),
        trade,
        choose(luck(where, 4_007) < 0.88, "1", "0"),
    ]
