"""Marital status, French and English, in words or in the letters of practice software."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import vocabulary


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the canonical word, or NULL."""
    return vocabulary(value, "marital_status")


RECOGNISER = Recogniser(
    "marital_status", normalise, None, (1, 20), (0, 0), alone=0.8, helped=0.5, weight=66, spread=2, worded=True
)
