"""Mail: messages one by one (.eml) or a box of them (.mbox), their addresses, and what is attached."""

from __future__ import annotations

from colmate.intake.readers.mail.boxes import read_mail, sniff
from colmate.intake.reading import Format

__all__ = ["FORMATS"]

FORMATS = (Format("mail", sniff, read_mail, family=True),)
