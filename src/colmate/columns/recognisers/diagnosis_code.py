"""Diagnoses: CIM-10 (WHO's ICD-10 with the PMSI's extensions), with or without its dot."""

from __future__ import annotations

import ibis.expr.types as ir

from colmate.columns.recogniser import Recogniser
from colmate.columns.text import matching


def normalise(value: ir.StringValue) -> ir.StringValue:
    """Return the code in upper case without its dot, or NULL."""
    text = value.upper().re_replace(r"[.\s]", "")
    return matching(text, r"[A-Z]\d{2}(?:[0-9A-Z]{1,4}(?:\+\d{1,2})?)?|[A-Z]\d{2}\+\d")


RECOGNISER = Recogniser("diagnosis_code", normalise, None, (3, 9), (2, 8), helped=0.5, weight=62)
