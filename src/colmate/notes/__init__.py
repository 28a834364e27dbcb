"""Free text: which special categories a note discloses, asserted or not, about whom."""

from __future__ import annotations

from colmate.notes.masking import masked
from colmate.notes.reading import Finding, read_note, read_notes
from colmate.notes.scanning import NoteTable, Scanned, scan

__all__ = ["Finding", "NoteTable", "Scanned", "masked", "read_note", "read_notes", "scan"]
