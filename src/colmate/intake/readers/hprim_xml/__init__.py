"""HPRIM XML: the messages by which French hospital software exchanges patients, stays, acts and diagnoses."""

from __future__ import annotations

import re
from typing import Final

from colmate.intake.readers.hprim_xml.reading import ROOTS, read
from colmate.intake.readers.xml_data import first_element
from colmate.intake.readers.xml_data.markup import local
from colmate.intake.reading import CERTAIN, LIKELY, Format, Head

__all__ = ["FORMATS", "sniff"]

NAMESPACE: Final = b"http://www.hprim.org/hprimXML"
INSIDE: Final = re.compile(rb"<(?:[\w.-]+:)?(?:enteteMessage|evenement\w+|personnePhysique|acquittement\w+)[\s>]")
LOOKED: Final = 64 << 10


def sniff(head: Head) -> float:
    """Tell HPRIM XML by its root element and the namespace, or what else the schema has."""
    tag, _ = first_element(head)
    name = local((tag["open"] or b"").decode("utf-8", "replace")) if tag else ""
    if tag is None or not name.startswith(ROOTS):
        return 0.0
    if NAMESPACE in tag["attributes"]:
        return CERTAIN
    return LIKELY + 0.05 if INSIDE.search(head.text, tag.end(), LOOKED) else 0.0


FORMATS: Final = (Format("hprim_xml", sniff, read, family=True),)
