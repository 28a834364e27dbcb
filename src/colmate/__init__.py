"""Colmate: turns a leaked health file into answers that can be defended.

``analyse`` does what the command ``colmate analyse`` does; ``read``, ``recognise`` and ``link`` are pieces of it for
use on their own; ``read_notes`` finds special-category facts in French notes. ``explain`` says why the records of a
person of a case are one. Every error is a `ColmateError`.
"""

from colmate.analysis import analyse
from colmate.columns import Column, recognise
from colmate.errors import (
    CaseDamagedError,
    CaseError,
    CaseExistsError,
    CaseKeyError,
    ColmateError,
    EvidenceError,
    FormatError,
    InputError,
    InternalError,
    ResourceError,
    UsageError,
)
from colmate.explanation import Explanation, explain
from colmate.intake import Table, read
from colmate.linking import link
from colmate.model import Report
from colmate.notes import Finding, read_notes
from colmate.verification import verify

__all__ = [
    "CaseDamagedError",
    "CaseError",
    "CaseExistsError",
    "CaseKeyError",
    "ColmateError",
    "Column",
    "EvidenceError",
    "Explanation",
    "Finding",
    "FormatError",
    "InputError",
    "InternalError",
    "Report",
    "ResourceError",
    "Table",
    "UsageError",
    "analyse",
    "explain",
    "link",
    "read",
    "read_notes",
    "recognise",
    "verify",
]
