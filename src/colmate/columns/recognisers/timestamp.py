"""Moments: a date followed by a time of day (ISO 8601, French, HL7's compact form)."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.calendar import has_time, is_date, to_iso
from colmate.columns.recogniser import Recogniser
from colmate.columns.text import when


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the text as it stands where it is a date with a time that is not midnight, NULL elsewhere."""
    return when(has_time(value), value)


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether its date is in the calendar."""
    return is_date(to_iso(canonical)).fill_null(False)


RECOGNISER = Recogniser("timestamp", normalise, valid, (12, 40), (9, 24), alone=0.5, helped=0.5, weight=62)
