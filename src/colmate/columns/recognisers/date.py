"""Dates that are neither of birth, of death nor of care."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.calendar import is_date, to_iso
from colmate.columns.recogniser import Recogniser


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether the date is in the calendar; an unknown day or month counts as a date too."""
    return is_date(canonical, unknown_allowed=True)


RECOGNISER = Recogniser("date", to_iso, valid, (6, 40), (3, 24), alone=0.7, helped=0.5, weight=58, strict=True)
