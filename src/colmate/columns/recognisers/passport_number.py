"""French passports: two digits, two letters, five digits (ICAO 9303 document numbers of France)."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import compact, matching


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the nine characters, or NULL."""
    return matching(compact(value), r"\d{2}[A-Z]{2}\d{5}")


RECOGNISER = Recogniser(
    "passport_number",
    normalise,
    lengths=(9, 12),
    digits=(7, 7),
    alone=0.9,
    helped=0.4,
    weight=70,
    strict=True,
    spread=3,
)
