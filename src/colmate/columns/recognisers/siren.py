"""SIREN: nine digits with a Luhn key (INSEE)."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import compact, luhn, matching


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the nine digits, or NULL."""
    return matching(compact(value), r"\d{9}")


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether the check digit is right."""
    return luhn(canonical, 9)


RECOGNISER = Recogniser(
    "siren", normalise, valid, lengths=(9, 13), digits=(9, 9), alone=0.9, helped=0.6, weight=80, strict=True, spread=8
)
