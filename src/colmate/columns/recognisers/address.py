"""Postal addresses: a number and a name of way, a type of way, or a word of buildings and of the post (NF Z 10-011)."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import fold, when

# words that hardly ever stand in anything else; shorter ones (r, st, ch) count after a number only
WAYS = (
    "rue|avenue|av|ave|boulevard|bd|bld|bvd|blvd|place|pl|chemin|che|route|rte|impasse|imp|allees?|quai|square"
    "|residence|resid|lotissement|hameau|lieu ?dit|passage|sentier|venelle|ruelle|clos|cite|domaine|faubourg|fbg|bat"
    "|batiment|appt|apt|appartement|escalier|esc|immeuble"
    "|street|road|lane|le bourg|za|zi|zac|villa|montee|rond point|esplanade|b ?p \\d+"
)
NUMBERED = r"^\d{1,4} ?(?:(?:bis|ter|quater|[a-d]) )?[a-z]{1,}[a-z ]{2,}"


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the address as it stands, or NULL."""
    text = fold(value)
    return when(text.re_search(rf"\b(?:{WAYS})\b|{NUMBERED}"), value)


RECOGNISER = Recogniser("address", normalise, None, (4, 160), (0, 40), alone=0.5, helped=0.15, weight=65)
