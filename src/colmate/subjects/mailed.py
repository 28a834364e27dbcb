"""Names out of e-mail addresses, for tables that have no names: marie.dupont7@… is a Marie.

One telephone with two given names behind it is two persons' of a household; without them nothing tells them apart.
A local part counts that is two words, one of which is a given name in use, or an initial before the other.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.engine import Engine
from colmate.subjects.frequencies import given_names
from colmate.subjects.names import upper

__all__ = ["GIVEN", "SURNAME", "with_mailed_names"]

SURNAME, GIVEN = "mailed_surname", "mailed_given"
# two words, a number behind them, a tag
WORDS = r"^([A-Z]+)[._-]([A-Z]{2,})[._-]?\d*(?:\+.*)?@"


def with_mailed_names(engine: Engine, rows: ir.Table, email: str) -> ir.Table:
    """Return ``rows`` with the columns `SURNAME` and `GIVEN` out of ``email``, null where an address names nobody."""
    address = upper(rows[email])
    split = rows.mutate(head=address.re_extract(WORDS, 1).nullif(""), tail=address.re_extract(WORDS, 2).nullif(""))
    known = given_names()
    known = known.filter(known["known"]).select(["word"])
    for end in ("head", "tail"):
        named = engine.memtable(known.rename_columns([f"{end}_given"]), f"mailed_{end}")
        split = split.left_join(named, split[end] == named[f"{end}_given"])
    straight = split.head_given.notnull() | (split["head"].length() == 1)
    told = straight | split.tail_given.notnull()
    surname = told.ifelse(straight.ifelse(split.tail, split["head"]), ibis.null("string"))
    given = told.ifelse(straight.ifelse(split["head"], split.tail), ibis.null("string"))
    made = split.mutate(**{SURNAME: surname, GIVEN: given})
    return made.drop("head", "tail", "head_given", "tail_given")
