"""Free text: which special categories a note discloses, asserted or not, about whom."""

from __future__ import annotations

from colmate.notes.reading import Finding, read_notes
from colmate.notes.scanning import NoteTable, scan

__all__ = ["Finding", "NoteTable", "read_notes", "scan"]
