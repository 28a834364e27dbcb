"""Blood groups: ABO and Rhesus D, as letters with sign or words."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import when
from colmate.engine import ascii_fold

PATTERN = (
    r"^(AB|A|B|O|0)\s*(?:RH(?:ESUS)?\s*)?(?:D\s*)?"
    r"\(?(\+|-|POS(?:ITIF|ITIVE)?|NEG(?:ATIF|ATIVE)?|P|N)?\.?\)?(?:\s*\(?RH.*)?$"
)


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return ``A+`` … ``O-``, or the ABO letters alone where no Rhesus is given; NULL for anything else."""
    text = ascii_fold(value.upper())
    group = text.re_extract(PATTERN, 1).replace("0", "O")
    sign = text.re_extract(PATTERN, 2).substr(0, 1)
    rhesus = ibis.cases((sign.isin(("+", "P")), "+"), (sign.isin(("-", "N")), "-"), else_="")
    return when(text.re_search(PATTERN), group + rhesus)


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether group and Rhesus are both told."""
    return canonical.re_search(r"[+-]$")


RECOGNISER = Recogniser("blood_group", normalise, valid, (1, 20), (0, 1), alone=0.8, helped=0.3, weight=78, spread=2)
