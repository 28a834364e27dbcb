"""Medicines: CIP13 (3400 9 + CIP7 + EAN key), UCD13 (34008), CIP7 (key modulo 11), ATC (WHO).

Sources: arrêté of 30 December 2021 (CIP), WHO Collaborating Centre (ATC).
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import compact, digit, ean13, matching

ATC = r"[ABCDGHJLMNPRSV](?:0[1-9]|1\d|2\d|3\d|5\d)[A-Z](?:[A-Z](?:\d{2})?)?"


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return a CIP13, UCD13, CIP7, UCD7 or ATC code without separators, or NULL."""
    return matching(compact(value), rf"340[01][0-9]\d{{8}}|[2-9]\d{{6}}|{ATC}")


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether the key of a CIP is right; an ATC code has none."""
    number = canonical.try_cast("int64")
    # weights 2 to 7 from the left; a remainder of 10 is never attributed
    total = sum((digit(number, 6 - index) * (index + 2) for index in range(1, 6)), digit(number, 6) * 2)
    seven = (total % 11 == digit(number, 0)).fill_null(False)
    return ibis.cases((canonical.length() == 13, ean13(canonical)), (canonical.re_search("^[A-Z]"), True), else_=seven)


RECOGNISER = Recogniser(
    "drug_code", normalise, valid, (4, 17), (2, 13), alone=0.7, helped=0.4, weight=85, strict=True, spread=4
)
