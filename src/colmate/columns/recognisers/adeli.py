"""ADELI, the departmental number of a health professional: department, profession, order, Luhn key (DREES).

Corsica's letters have no published reading in the key, so a number with letters is accepted on its form.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import compact, luhn, matching


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the nine characters, or NULL; the 0 of the national identifier is taken off."""
    text = compact(value)
    bare = ibis.cases(
        (text.re_search(r"^0[0-9]\d[0-9AB]\d{7}$") & (text.length() == 10), text.substr(1, 9)), else_=text
    )
    return matching(bare, r"(?:0[1-9]|[1-8]\d|9[0-8]|2[AB])\d{7}")


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether the key is right, or cannot be told (Corsica)."""
    return ibis.cases((canonical.re_search("[AB]"), True), else_=luhn(canonical, 9))


RECOGNISER = Recogniser("adeli", normalise, valid, (9, 14), (8, 10), helped=0.5, weight=80, strict=True)
