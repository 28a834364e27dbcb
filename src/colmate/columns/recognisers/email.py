"""E-mail addresses, by the practical subset of RFC 5321 that mail systems accept."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import when

PATTERN = r"^[a-z0-9à-ÿ_%+&'.\-]{1,64}@[a-z0-9à-ÿ](?:[a-z0-9à-ÿ.\-]{0,250}[a-z0-9à-ÿ])?\.[a-z]{2,24}$"


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the address in lower case, without ``mailto:`` and angle brackets, or NULL."""
    plain = value.lower()
    wrapped = plain.startswith("mailto:") | plain.contains("<") | plain.contains(">")
    bare = ibis.cases((wrapped, plain.re_replace(r"^(?:mailto:|.*<)|>.*$", "")), else_=plain)
    return when(value.contains("@"), when(bare.re_search(PATTERN), bare))


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether no dot is doubled, leading or last in either part."""
    return ~canonical.re_search(r"\.\.|^\.|\.@|@\.|@-|-\.")


RECOGNISER = Recogniser("email", normalise, valid, (6, 254), alone=0.5, helped=0.2, weight=95, strict=True)
