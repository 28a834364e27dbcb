"""FINESS, the number of an establishment: department, seven digits, plain Luhn key (DREES).

Corsica's letters have no verified reading in the key, so a number with letters is accepted on its form.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import compact, luhn, matching


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the nine characters, or NULL; a leading zero lost to a spreadsheet is restored."""
    text = compact(value)
    full = ibis.cases((text.re_search(r"^[1-9]\d{7}$"), ibis.literal("0") + text), else_=text)
    return matching(full, r"(?:0[1-9]|[1-8]\d|9[0-8]|2[AB])\d{7}")


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether the key is right, or cannot be told (Corsica)."""
    return ibis.cases((canonical.re_search("[AB]"), True), else_=luhn(canonical, 9))


RECOGNISER = Recogniser("finess", normalise, valid, (8, 13), (7, 9), helped=0.5, weight=82, strict=True)
