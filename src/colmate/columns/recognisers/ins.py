"""INS, the national health identity: the NIR or the waiting number (NIA) with its key, 15 characters, as in the NIR.

Source: référentiel INS (ANS): "matricule INS". Only a header tells it from a NIR.
"""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.recognisers import nir


def valid(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether the key, where there is one, is right."""
    return nir.valid(canonical)


RECOGNISER = Recogniser(
    "ins",
    nir.normalise,
    valid,
    (13, 24),
    (12, 16),
    helped=0.2,
    weight=98,
    strict=True,
    like="nir",
    finish=nir.finish,
)
