"""RPPS, the number of a health professional: eleven digits with a plain Luhn key.

In exchanges it is preceded by 8 (ANS, "identifiant national PS"); the prefix is taken off.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import compact, luhn, matching


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the eleven digits, or NULL."""
    text = compact(value)
    return matching(ibis.cases((text.re_search(r"^8\d{11}$"), text.substr(1, 11)), else_=text), r"[1-9]\d{10}")


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether the key is right."""
    return luhn(canonical, 11)


RECOGNISER = Recogniser(
    "rpps", normalise, valid, (11, 16), (11, 12), alone=0.85, helped=0.4, weight=90, strict=True, spread=4
)
