"""Payment cards: 13 to 16 digits, a known issuer range, a Luhn key (ISO/IEC 7812)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import compact, luhn, matching

# Visa, Mastercard (51-55, 2221-2720), American Express, Diners, Discover, JCB, Maestro
ISSUERS = (
    r"4\d{12}(?:\d{3})?|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}"
    r"|6(?:011|5\d{2})\d{12}|35\d{14}|(?:50|5[6-9]|67)\d{14}"
)


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the digits of a card number of a known issuer, or NULL."""
    return matching(compact(value), ISSUERS)


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether the key is right."""
    checks = [(canonical.length() == width, luhn(canonical, width)) for width in (13, 14, 15, 16)]
    return ibis.cases(*checks, else_=False)


RECOGNISER = Recogniser(
    "card_number", normalise, valid, (13, 23), (13, 16), alone=0.8, helped=0.4, weight=92, strict=True, spread=3
)
