"""Clinical documents (HL7 CDA R2): who they are about, who wrote and signed them, what they say."""

from __future__ import annotations

from typing import Final

from colmate.intake.readers.cda.reading import ROOT, read
from colmate.intake.readers.xml_data import first_element
from colmate.intake.reading import CERTAIN, Format, Head

__all__ = ["FORMATS", "sniff"]


def sniff(head: Head) -> float:
    """Tell a clinical document by its root element, before which only instructions and comments stand."""
    tag, _ = first_element(head)
    return CERTAIN if tag and (tag["open"] or b"").rpartition(b":")[2] == ROOT else 0.0


FORMATS: Final = (Format("cda", sniff, read, family=True),)
