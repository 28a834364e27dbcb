"""Ranks in the family and of birth: one or two digits (Assurance maladie: 1 to 9, 01 to 31)."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import matching


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the rank, or NULL."""
    return matching(value, r"[0-9]|[0-3]\d")


RECOGNISER = Recogniser("family_rank", normalise, None, (1, 2), (1, 2), helped=0.8, weight=54)
