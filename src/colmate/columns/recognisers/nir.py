"""NIR, the French social security number: 13 characters and a key of two digits.

Sources: INSEE (structure, months 20 and above for an unknown month, Corsica), CNAM's public validation library
(provisional numbers 7/8 and 5/6, whose digits hold no date), décret 82-103. Corsica's key: 2A counts as 19, 2B as 18.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import compact, when

BODY = (
    r"(?:[1-4]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{6}"  # sex, year, month, place, order
    r"|[5-8][0-2]\d{11})"  # migrants passing through and provisional numbers: a fund's number, then an order
)
KEY = r"(?:0[1-9]|[1-8]\d|9[0-7])"


def body_number(body: ir.StringValue) -> ir.IntegerValue:
    """Return the 13 characters as the number that the key is made from."""
    plain = body.try_cast("int64")
    corsica = body.replace("2A", "19").replace("2B", "18").try_cast("int64")
    return ibis.coalesce(plain, corsica)


def key_fits(text: ir.StringValue) -> ir.BooleanValue:
    """Return whether the two last of 15 characters are 97 − (number mod 97)."""
    return text.substr(13, 2).try_cast("int64") == 97 - body_number(text.substr(0, 13)) % 97


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return 13 or 15 characters in the NIR's form; a damaged ``1,85E+14`` is lost digits and gives NULL."""
    # a spreadsheet that made a number of it also writes a decimal part
    whole = value.re_replace(r"[.,]0+$", "")
    text = compact(ibis.cases((value.re_search(r"[.,]0+$"), whole), else_=value))
    return when(text.re_search(f"^{BODY}(?:{KEY})?$"), text)


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether the key is right or absent, and neither place nor order is zero."""
    order = canonical.substr(10, 3) != "000"
    # 3 and 4 (being registered) are rare, and begin other codes of 13 digits (CIP13): the key has to vouch for them
    bare = (canonical.length() == 13) & ~canonical.re_search("^[34]")
    key = ibis.cases((bare, True), else_=key_fits(canonical).fill_null(False))
    return order & key


def finish(canonical: ir.StringValue) -> ir.StringValue:
    """Return the 13 characters that tell the person, without the key."""
    return canonical.substr(0, 13)


RECOGNISER = Recogniser(
    "nir", normalise, valid, (13, 24), (12, 16), alone=0.5, helped=0.2, weight=98, strict=True, spread=2, finish=finish
)
