"""Addresses of the web."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import matching


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the address, or NULL."""
    return matching(value, r"(?i:https?://|ftp://|www\.)[^\s<>\"]{3,}")


RECOGNISER = Recogniser("url", normalise, None, (7, 2000), (0, 2000), alone=0.6, helped=0.4, weight=88)
