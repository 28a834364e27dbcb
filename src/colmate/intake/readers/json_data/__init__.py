"""JSON: lists and lines of objects, whatever tool wrote them, as tables.

``json`` is one value (or several, one behind the other), ``jsonl`` a document a line. Both are read document by
document (`lines`, `structure`), each one parsed on its own (`documents`) and laid out in tables (`tables`).
"""

from __future__ import annotations

from typing import Final

from colmate.intake.readers.json_data.layout import layout_of, opens_json
from colmate.intake.readers.json_data.records import read
from colmate.intake.reading import LIKELY, POSSIBLE, Format, Head

__all__ = ["FORMATS", "sniff_json", "sniff_lines"]


def sniff_lines(head: Head) -> float:
    """Return how likely the content is a JSON document a line."""
    if not opens_json(head.text):
        return 0.0
    return LIKELY if layout_of(head.text, whole=head.whole).lines else 0.0


def sniff_json(head: Head) -> float:
    """Return how likely the content is a JSON value, or values one behind the other."""
    if not opens_json(head.text):
        return 0.0
    if layout_of(head.text, whole=head.whole).lines:
        return POSSIBLE
    return LIKELY


FORMATS: Final = (Format("jsonl", sniff_lines, read), Format("json", sniff_json, read))
