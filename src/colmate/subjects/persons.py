"""The dataset of persons: for each, what the records together say of sex, birth, place and how to reach them."""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from colmate.engine import Engine
from colmate.subjects.tables import ROLES, role_of

__all__ = ["persons_dataset"]


def persons_dataset(
    engine: Engine, seen: ir.Table, placed: ir.Table, doctors: ir.Table | None, today: datetime.date
) -> ir.Table:
    """Return a lazy table: person, role, sex, birth_date, department, minor, deceased, email, mobile, post, records.

    A person met once is read off its mention; several mentions are summed up. The main role is the first of the
    contract's order that the person has. A minor is under 18 on ``today``; an unknown birth day counts as the first.
    """
    traits = seen.select("mention", "sex", "born", "standing", "department", "dead", "email", "mobile", "post")
    told = placed.filter(placed.person.notnull()).inner_join(traits, "mention")
    row = told.mutate(role=role_of(told.mention), email=told.email.notnull(), mobile=told.mobile.notnull())
    columns = ("person", "role", "sex", "born", "department", "dead", "email", "mobile", "post")
    one = row.filter(row.alone).select(*columns, records=ibis.literal(1, "int64"))
    many = _together(row.filter(~row.alone))
    everyone = ibis.union(one.select(*columns, "records"), many.select(*columns, "records"), distinct=False)
    if doctors is not None:
        everyone = ibis.union(everyone, _professional(doctors).select(*columns, "records"), distinct=False)
    compact = engine.materialise(everyone, "persons_found")
    return _worded(compact, today)


def _together(row: ir.Table) -> ir.Table:
    """One row a person. Ties are decided by the values, never by the order of the records."""
    # the birth date of a mention whose NIR agrees with it, then a complete one, is the better known
    sure = (row.standing.fill_null(0) == 2).cast("int64") * 4 + (row.born % 100 > 0).cast("int64") * 2
    ranked = row.mutate(rank=sure * 100_000_000 + row.born)
    return ranked.group_by("person").agg(
        role=ranked.role.min(),
        sex=ibis.ifelse((ranked.sex == "F").sum() >= (ranked.sex == "M").sum(), "F", "M").nullif(
            ibis.ifelse(ranked.sex.count() == 0, "F", "")
        ),
        born=(ranked["rank"].max() % 100_000_000).cast("int32"),
        department=ranked.department.max(),
        dead=ranked.dead.any(),
        email=ranked.email.any(),
        mobile=ranked.mobile.any(),
        post=ranked.post.any(),
        records=ranked.count(),
    )


def _professional(doctors: ir.Table) -> ir.Table:
    counted = doctors.group_by("person").agg(records=doctors.count())
    no, text = ibis.literal(False), ibis.null("string")
    return counted.mutate(
        role=ibis.literal(ROLES.index("professional"), "int64"), sex=text, born=ibis.null("int32"), department=text,
        dead=no, email=no, mobile=no, post=no,
    )  # fmt: skip


def _worded(compact: ir.Table, today: datetime.date) -> ir.Table:
    digits = compact.born.cast("string")
    date = digits.substr(0, 4) + "-" + digits.substr(4, 2) + "-" + digits.substr(6, 2)
    age = (today.year * 10000 + today.month * 100 + today.day - compact.born) // 10000
    return compact.select(
        person="person",
        role=compact.role.cases(*enumerate(ROLES)),
        sex="sex",
        birth_date=date,
        department="department",
        minor=(age < 18).fill_null(False),
        deceased="dead",
        email="email",
        mobile="mobile",
        post="post",
        records="records",
    )
