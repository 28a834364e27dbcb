"""Ages in years, with or without their unit."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import matching


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the age as it stands, or NULL."""
    return matching(value, r"(?:\d|[1-9]\d|1[01]\d|120)(?:[.,]\d+)?(?:\s*(?i:ans?|years?|yo|y|mois|months?|j|jours?))?")


RECOGNISER = Recogniser("age", normalise, None, (1, 10), (1, 5), helped=0.7, weight=56)
