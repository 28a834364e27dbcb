"""INSEE codes of communes (COG): department and three digits, 97 and 98 overseas, 2A and 2B, 99 for abroad."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import compact, matching


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return five characters, or NULL; a leading zero lost to a spreadsheet is restored."""
    text = compact(value)
    full = ibis.cases((text.re_search(r"^[1-9]\d{3}$"), ibis.literal("0") + text), else_=text)
    return matching(full, r"(?:0[1-9]|[1-9]\d|2[AB])\d{3}")


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether the commune's number is not zero."""
    return ~canonical.endswith("000")


RECOGNISER = Recogniser("commune_code", normalise, valid, (4, 8), (4, 5), helped=0.6, weight=60, strict=True)
