"""Numbers: whole or decimal, French or English decimal mark, exponents."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import matching


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the number as it stands, or NULL."""
    return matching(value, r"[+-]?(?:\d{1,3}(?:[  ]\d{3})+|\d+)(?:[.,]\d+)?(?:[eE][+-]?\d+)?|[+-]?[.,]\d+")


RECOGNISER = Recogniser("number", normalise, None, (1, 40), (1, 40), alone=0.9, helped=0.7, weight=20)
