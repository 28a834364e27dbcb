"""Who somebody is to the patient: mother, partner, son, in words or in the codes of HL7."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import vocabulary


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the kind of kin (an id of the catalogue's ``kin``), or NULL."""
    return vocabulary(value, "kinship")


RECOGNISER = Recogniser("kinship", normalise, None, (1, 30), (0, 0), alone=0.85, helped=0.5, weight=66, spread=3)
