"""SIRET: SIREN and five digits with a Luhn key over all fourteen; La Poste's add up to a multiple of five (INSEE)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import compact, digit, luhn, matching

# La Poste's head office alone follows the common rule
HEAD_OFFICE = "35600000000048"


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the fourteen digits, or NULL."""
    return matching(compact(value), r"\d{14}")


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether the key is right."""
    number = canonical.try_cast("int64")
    total = digit(number, 0)
    for place in range(1, 14):
        total = total + digit(number, place)
    post_office = (total % 5 == 0) | (canonical == HEAD_OFFICE)
    return ibis.cases((canonical.startswith("356000000"), post_office.fill_null(False)), else_=luhn(canonical, 14))


RECOGNISER = Recogniser(
    "siret", normalise, valid, (14, 20), (14, 14), alone=0.8, helped=0.4, weight=90, strict=True, spread=2
)
