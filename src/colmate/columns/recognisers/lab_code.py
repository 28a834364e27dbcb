"""Laboratory tests by code: LOINC (number, dash, Luhn key) and NABM (four digits of the French nomenclature)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import luhn, matching


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the code, or NULL."""
    return matching(value, r"\d{1,7}-\d|\d{4}")


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether a LOINC's key is right; a NABM code has none."""
    return ibis.cases((canonical.contains("-"), luhn(canonical.replace("-", "").lpad(8, "0"), 8)), else_=True)


RECOGNISER = Recogniser("lab_code", normalise, valid, (3, 9), (2, 8), helped=0.5, weight=75)
