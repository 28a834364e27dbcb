"""Read one note: what it discloses, asserted or not, and about whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from colmate.notes.clauses import clauses
from colmate.notes.cues import cue_book
from colmate.notes.folding import fold
from colmate.notes.kin import kin
from colmate.notes.settings import disclosing
from colmate.notes.spelling import corrected

__all__ = ["Finding", "read_note", "read_notes"]


@dataclass(frozen=True)
class Finding:
    """One special category that a note speaks of.

    ``assertion`` is ``asserted``, ``negated`` or ``hypothetical`` (suspicion, test without result, hearsay);
    ``subject`` is ``patient``, ``relative``, or ``carer`` (the carer's own opinion of the patient); ``start`` and
    ``end`` (exclusive) are characters of the note; ``cue`` is the catalogue's phrase, never the note's text;
    ``past``: the note says that it was, not that it is; ``kin``: of a relative, the kind (an id of the catalogue's
    ``kin``), and ``several`` whether the note speaks of more than one.
    """

    category: str
    assertion: str
    subject: str
    start: int
    end: int
    cue: str
    past: bool = False
    kin: str = ""
    several: bool = False


def read_note(text: str) -> list[Finding]:
    """Return the findings of one note, in the order of the text; time is linear in its length."""
    folded = corrected(fold(text))
    matches = disclosing(text, folded, cue_book().matches(folded.text))
    if not matches:
        return []
    found = []
    for clause in clauses(folded.text, matches):
        for match in clause.cues:
            assertion, subject, past, relative = clause.judge(match)
            start, end = folded.span(match.start, match.end)
            near = kin(relative) if relative else ("", False)
            cue = match.cue.phrase.source
            found.append(Finding(match.cue.category, assertion, subject, start, end, cue, past, *near))
    return found


def read_notes(texts: Iterable[str]) -> Iterator[list[Finding]]:
    """Yield the findings of each note, one list a note, in order; a note is any French text, of any length."""
    for text in texts:
        yield read_note(text) if text else []
