"""Who stands beside the main subject in a record: insured persons and relatives, or the main subject over again."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.subjects import traits
from colmate.subjects.tables import STATUS

__all__ = ["beside"]

INSUFFICIENT = STATUS.index("insufficient")
# the standing of a number that is somebody else's: see `traits.with_standing`
ANOTHERS = 0


def beside(others: ir.Table, subjects: ir.Table, role: str, every: bool) -> ir.Table:
    """Keep the insured persons or relatives who are not the main subject over again.

    ``every``: each record has a main subject; else those without one are kept as they are. A relative who bears the
    main subject's very names is that subject or a namesake: too little to tell, so the mention is insufficient.

    They share the main subject's home, which is evidence of a household only. A number that the main subject's own
    birth date does not contradict is the main subject's; one that is another's is the insured person's.
    """
    main = subjects.select(
        key=subjects.mention - subjects.mention % 8, main_name=subjects.name, main_used=subjects.used,
        main_first=subjects["first"], main_nir=subjects.nir, main_born=subjects.born, main_sex=subjects.sex,
        main_standing=subjects.standing, home=subjects.place, zone=subjects.postcode, area=subjects.department,
        met=ibis.literal(True),
    )  # fmt: skip
    others = others.mutate(key=others.mention - others.mention % 8)
    both = others.inner_join(main, "key") if every else others.left_join(main, "key").drop("key_right")
    both = traits.with_standing(both, "main_born", "main_sex", "lent")
    both = both.mutate(again=_again(both, role))
    bears = (both["first"] == both.main_first).fill_null(False) if role == "relative" else ibis.literal(False)
    both = both.mutate(namesake=both.again & bears)
    both = both.filter(~both.again | both.namesake if every else ~both.again | both.namesake | both.met.isnull())
    both = both.mutate(
        status=both.namesake.ifelse(INSUFFICIENT, both.status).cast("int8"),
        place=ibis.coalesce(both.place, both.home),
        postcode=ibis.coalesce(both.postcode, both.zone),
        department=ibis.coalesce(both.department, both.area),
    )
    both = _numbered(both) if role == "insured" else both
    return both.drop("key").select([name for name in others.columns if name != "key"])


def _again(both: ir.Table, role: str) -> ir.BooleanValue:
    same_name = ibis.or_(both.name == both.main_name, both.name == both.main_used, both.used == both.main_name)
    same_first = (both["first"] == both.main_first) | both["first"].isnull() | both.main_first.isnull()
    year, unknown = both.born // 10000 == both.main_born // 10000, (0, 101)
    by_year = year & ((both.born % 10000).isin(unknown) | (both.main_born % 10000).isin(unknown))
    born_apart = ((both.born != both.main_born) & ~by_year).fill_null(False)
    number_is_main = (both.nir == both.main_nir) | (both.main_nir.isnull() & (both.lent > 0))
    same = same_name.fill_null(False) & same_first & ~born_apart
    if role == "insured":
        # nobody is insured by a twin: a given name cut short or misspelt is the same
        begins = both["first"].left(2) == both.main_first.left(2)
        same |= (same_name & begins & (both.born == both.main_born)).fill_null(False)
    return ibis.cases(
        (both.name.notnull() & both.main_name.notnull(), same),
        else_=number_is_main.fill_null(False),
    )


def _numbered(both: ir.Table) -> ir.Table:
    """Give the insured person the number on a child's or a spouse's row, unless it contradicts that person too."""
    both = both.mutate(lends=(both.main_standing == ANOTHERS).fill_null(False) & both.nir.isnull())
    both = traits.with_standing(both.mutate(nir=both.lends.ifelse(both.main_nir, both.nir)))
    both = both.mutate(refused=both.lends & (both.standing == ANOTHERS).fill_null(False))
    both = both.mutate(
        nir=both.refused.ifelse(ibis.null("string"), both.nir),
        standing=both.refused.ifelse(ibis.null("int8"), both.standing),
    )
    return both.mutate(sex=ibis.coalesce(both.sex, traits.sex_of_number(both)))
