"""Dates of death."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.calendar import is_date, to_iso
from colmate.columns.recogniser import Recogniser


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether the date is in the calendar."""
    return is_date(canonical, unknown_allowed=False)


RECOGNISER = Recogniser("death_date", to_iso, valid, (6, 40), (3, 24), helped=0.6, weight=60, strict=True, like="date")
