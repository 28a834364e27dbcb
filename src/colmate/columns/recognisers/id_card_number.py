"""French identity cards: twelve digits (before 2021) or nine characters (since)."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import compact, matching


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the number without separators, or NULL."""
    return matching(compact(value), r"\d{12}|\d{4}[A-Z0-9]{3}\d{5}|[A-Z0-9]{9}")


RECOGNISER = Recogniser(
    "id_card_number", normalise, lengths=(9, 16), digits=(2, 12), helped=0.6, weight=55, strict=True
)
