"""IBAN (ISO 13616): country, key modulo 97, account; for France and Monaco the key of the RIB too.

The RIB's table of letters is cyclic (A and J are 1, S is 2), and its key is 97 − (89 bank + 15 branch + 3
account) mod 97.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import compact, matching, mod97
from colmate.engine import translate

# lengths per country: SWIFT's registry of IBAN formats
LENGTHS = {
    15: "NO", 16: "BE", 18: "DK FO FI GL NL SD", 19: "MK SI", 20: "AT BA EE KZ XK LT LU MN", 21: "HR LV LI CH",
    22: "BH BG CR GE DE IE ME RS GB VA", 23: "GI IQ IL OM SO TL AE", 24: "AD CZ MD PK RO SA SK ES SE TN VG DZ",
    25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MR MC SM", 28: "AL AZ BY CY DO SV GT HU LB NI PL CM CI SN",
    29: "BR EG PS QA UA", 30: "JO KW MU", 31: "MT SC", 33: "RU",
}  # fmt: skip
PATTERN = "|".join(
    rf"(?:{'|'.join(names.split())})\d{{2}}[A-Z0-9]{{{length - 4}}}" for length, names in LENGTHS.items()
)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
RIB_DIGITS = "12345678912345678923456789"


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the IBAN without blanks, or NULL where its country or its length is unknown."""
    text = compact(value)
    bare = ibis.cases((text.startswith("IBAN"), text.substr(4)), else_=text)
    return matching(bare, PATTERN)


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether the key of the IBAN, and that of the RIB for France and Monaco, are right."""
    spelt = canonical.substr(4) + canonical.substr(0, 4)
    for number, letter in enumerate(LETTERS, 10):
        spelt = spelt.replace(letter, str(number))
    whole = mod97(spelt, 68) == 1
    french = canonical.re_search("^(?:FR|MC)")
    return whole & ibis.cases((french, rib_fits(canonical.substr(4, 23))), else_=True)


def rib_fits(account: ir.StringValue) -> ir.BooleanValue:
    """Return whether the 23 characters of a French account (5 + 5 + 11 + 2) carry the right RIB key."""
    digits = translate(account, LETTERS, RIB_DIGITS)
    bank, branch = digits.substr(0, 5).try_cast("int64"), digits.substr(5, 5).try_cast("int64")
    number, key = digits.substr(10, 11).try_cast("int64"), digits.substr(21, 2).try_cast("int64")
    return (key == 97 - (89 * bank + 15 * branch + 3 * number) % 97).fill_null(False)


RECOGNISER = Recogniser(
    "iban", normalise, valid, (15, 46), (6, 34), alone=0.5, helped=0.2, weight=98, strict=True, spread=1
)
