"""Bodies of compulsory insurance: nine digits, regime 2 + fund 3 + centre 4 (GIE SESAM-Vitale), or parts of them."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import matching


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the code as it stands, or NULL."""
    return matching(value, r"\d{2}[ .\-]?\d{3}[ .\-]?\d{4}|\d{2}[ .\-]?\d{3}|\d{2,4}")


RECOGNISER = Recogniser("insurance_body", normalise, None, (2, 12), (2, 9), helped=0.5, weight=58)
