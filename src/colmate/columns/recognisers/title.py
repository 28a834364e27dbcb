"""Titles before a name: civil, of age, religious, professional."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import vocabulary


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the canonical word, or NULL."""
    return vocabulary(value, "title")


RECOGNISER = Recogniser(
    "title", normalise, None, (1, 16), (0, 0), alone=0.85, helped=0.5, weight=74, strict=True, spread=2
)
