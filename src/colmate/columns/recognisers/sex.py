"""Sex as registers write it: letters, words, or the figures of the NIR (1 man, 2 woman)."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import vocabulary


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the canonical word, or NULL."""
    return vocabulary(value, "sex")


RECOGNISER = Recogniser(
    "sex", normalise, None, (1, 12), (0, 1), alone=0.9, helped=0.5, weight=72, strict=True, spread=2
)
