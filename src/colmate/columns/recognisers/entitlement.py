"""Rights that reveal health or means: ALD, C2S, AME, exemption; the codes 0 to 9 of exemption only by header."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import vocabulary


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the canonical word, or NULL."""
    return vocabulary(value, "entitlement")


RECOGNISER = Recogniser(
    "entitlement", normalise, None, (1, 30), (0, 3), alone=0.8, helped=0.3, weight=66, spread=2, worded=True
)
