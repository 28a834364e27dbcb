"""The text by which a reference is followed: the same for a number however it was exported."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.columns.text import trimmed

__all__ = ["key_text"]


def key_text(value: ir.StringValue) -> ir.StringValue:
    """Return the text of a key: trimmed, in upper case, without the ``.0`` that spreadsheets add; '' where empty."""
    text = trimmed(value)
    # few have a dot: to look for one costs a tenth of the pattern
    whole = ibis.cases((text.contains("."), text.re_replace(r"^(\d+)\.0+$", r"\1")), else_=text)
    return whole.upper()
