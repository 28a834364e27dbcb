"""Yes and no, true and false, 1 and 0."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import vocabulary


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the canonical word, or NULL."""
    return vocabulary(value, "boolean")


RECOGNISER = Recogniser("boolean", normalise, None, (1, 7), (0, 1), alone=0.98, helped=0.6, weight=50, spread=2)
