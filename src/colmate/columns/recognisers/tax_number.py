"""French tax numbers (SPI): thirteen digits that begin with 0 to 3."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import matching


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the thirteen digits as they stand, or NULL."""
    return matching(value, r"[0-3]\d(?: ?\d{2} ?\d{3} ?\d{3} ?\d{3})")


RECOGNISER = Recogniser("tax_number", normalise, None, (13, 20), (13, 13), helped=0.6, weight=58, strict=True)
