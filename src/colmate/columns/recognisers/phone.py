"""Telephone numbers, to E.164: French ones (metropolitan and overseas, ARCEP's plan) and international ones.

``+33``, ``0033``, ``33``, a lost leading zero, ``(0)``, and the spreadsheet's ``612345678.0`` are undone. An overseas
number written as ten national digits gets its own country code (0262, 0692 → +262…).
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import matching, when

# country code → national numbers without their zero (ARCEP's numbering plan); 06 39 98 is kept for fiction
OVERSEAS = {
    "590": r"(?:590|690|691)\d{6}",
    "594": r"(?:594|694)\d{6}",
    "596": r"(?:596|696|697)\d{6}",
    "262": r"(?:262|263|269|692|693)\d{6}|639(?:[0-8]\d|9[0-79])\d{4}",
}
MAINLAND = r"^0(?:(?:[13478]\d|2[0-57-9]|5[0-8]|6[0-24-8]|9\d)\d{3}|63998)\d{4}$"
PLAUSIBLE = r"^[+(]?[0-9][0-9\s.\-/()\x{a0}\x{202f}+]*(?:[;,|a-zA-Z].*)?$"


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return ``+`` and the digits of a plausible number (the first, where a cell holds several), or NULL."""
    text = (
        value.re_replace(r"\.0$|\(0\)", "")
        .re_replace(r"[;,|a-zA-Z].*$|\s/\s.*$", "")
        .re_replace(r"[^0-9+]+", "")
        .re_replace(r"^00", "+")
        .re_replace(r"^(?:\+?33)?0?([1-9]\d{8})$", r"+33\1")
    )
    for code, numbers in OVERSEAS.items():
        text = text.re_replace(rf"^\+33({numbers})$", rf"+{code}\1")
    general = when(value.re_search(PLAUSIBLE), matching(text, r"\+[1-9]\d{7,14}"))
    # most cells are ten plain figures of the mainland: seven rewritings cost ten times one test
    return ibis.cases((value.re_search(MAINLAND), ibis.literal("+33") + value.substr(1)), else_=general)


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether it is not a run of one digit, as forms are filled to get past them."""
    return ~canonical.re_search(r"(?:0{7}|1{8}|2{8}|3{8}|4{8}|5{8}|6{8}|7{8}|8{8}|9{8})$")


RECOGNISER = Recogniser("phone", normalise, valid, (9, 30), (9, 16), alone=0.6, helped=0.3, weight=75, strict=True)
