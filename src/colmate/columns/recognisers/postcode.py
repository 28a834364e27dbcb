"""French postcodes: five digits that begin with a department (La Poste, 20 for Corsica, 97 and 98 overseas).

A leading zero lost to a spreadsheet is restored; ``F-56000`` and a trailing ``.0`` are undone.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import matching
from colmate.engine import among

PATTERN = r"(?:0[1-9]|[1-8]\d|9[0-5])\d{3}|97[1-8]\d{2}|98[046-8]\d{2}"


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return five digits, or NULL."""
    text = value.re_replace(r"^(?:F|FR)[\s\-]+|\.0$|\s+", "")
    full = ibis.cases((text.re_search(r"^[1-9]\d{3}$"), ibis.literal("0") + text), else_=text)
    return ibis.cases((value.re_search(f"^(?:{PATTERN})$"), value), else_=matching(full, PATTERN))


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether it is not a filler (00000, 99999, 12345)."""
    return ~among(canonical, ("00000", "99999", "12345", "11111"))


RECOGNISER = Recogniser("postcode", normalise, valid, (4, 10), (4, 6), helped=0.5, weight=60, strict=True)
