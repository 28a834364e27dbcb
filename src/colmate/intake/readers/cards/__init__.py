"""Address books and directories: vCard and LDIF."""

from __future__ import annotations

from colmate.intake.readers.cards.ldif import read_ldif, sniff_ldif
from colmate.intake.readers.cards.vcard import read_vcards, sniff_vcard
from colmate.intake.reading import Format

__all__ = ["FORMATS"]

FORMATS = (
    Format("vcard", sniff_vcard, read_vcards, family=True, ahead=True),
    Format("ldif", sniff_ldif, read_ldif, ahead=True),
)
