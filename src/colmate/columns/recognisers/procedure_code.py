"""Procedures: CCAM (four letters, three digits) and NGAP key letters with a coefficient (AMI 1,5)."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import compact, matching


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the code in upper case, or NULL."""
    return matching(compact(value), r"[A-Z]{4}\d{3}(?:\d{1,2})?(?:[A-Z0-9]{0,4})?")


RECOGNISER = Recogniser("procedure_code", normalise, lengths=(7, 16), digits=(3, 7), alone=0.8, helped=0.4, weight=70)
