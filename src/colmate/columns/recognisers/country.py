"""Countries by French or English name, ISO 3166 code or INSEE code."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import vocabulary


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the canonical word, or NULL."""
    return vocabulary(value, "country")


RECOGNISER = Recogniser("country", normalise, None, (2, 40), (0, 5), alone=0.7, helped=0.5, weight=64, worded=True)
