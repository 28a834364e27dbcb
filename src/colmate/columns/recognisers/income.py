"""Amounts of money."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import matching


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the amount as it stands, or NULL."""
    return matching(value, r"[+-]?\d{1,3}(?:[  .]?\d{3})*(?:[.,]\d{1,2})?\s*(?:€|EUR|euros?|k€)?")


RECOGNISER = Recogniser("income", normalise, None, (1, 20), (1, 12), helped=0.6, weight=54)
