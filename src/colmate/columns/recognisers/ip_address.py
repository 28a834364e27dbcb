"""IPv4 and IPv6 addresses (RFC 791, RFC 4291)."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import matching

OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
V6 = r"(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?"


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the address in lower case without its port, or NULL."""
    text = value.lower().re_replace(r"(\.\d{1,3}):\d+$", r"\1")
    return matching(text, rf"{OCTET}(?:\.{OCTET}){{3}}|{V6}")


RECOGNISER = Recogniser("ip_address", normalise, None, (3, 45), (0, 32), alone=0.8, helped=0.5, weight=88, strict=True)
