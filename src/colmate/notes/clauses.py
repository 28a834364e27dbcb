"""Cut a note into clauses: the stretches within which words act on each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from colmate.notes.context import Clause
from colmate.notes.cues import Match

__all__ = ["clauses"]

LONGEST_CLAUSE = 400
# of one category in one clause; more is repetition, or an attack
JUDGED = 24
# a dash or a slash between blanks parts statements, but for the results of a row of serologies ("VIH - VHB -")
_ENDS = re.compile(
    r"[;\n|]|//+|[!?]+| (?=[-/] (?!plus\b|vih|hiv"
    r"|vh[abc]|ag|ac|sero|syph|tpha|vdrl)[a-z0-9])|\.(?=\s|$|[a-z]{4})|\.{2,}"
)


def clauses(folded: str, matches: Sequence[Match]) -> list[Clause]:
    """Return the clauses of a folded note that hold cues (given in order), each with its cues."""
    result, start, place = [], 0, 0
    for end, question in _cuts(folded):
        inside = []
        while place < len(matches) and matches[place].start < end:
            inside.append(matches[place])
            place += 1
        if inside:
            result.append(Clause(folded[start:end], start, question, tuple(_few(inside))))
        start = end
    return result


def _few(matches: Sequence[Match]) -> Iterator[Match]:
    counts: Counter[str] = Counter()
    for match in matches:
        counts[match.cue.category] += 1
        if counts[match.cue.category] <= JUDGED:
            yield match


def _cuts(folded: str) -> Iterator[tuple[int, bool]]:
    """Yield (end, whether it ends with a question mark) of each clause; together they cover the whole note."""
    start = 0
    for end, question in [*((cut.end(), "?" in cut[0]) for cut in _ENDS.finditer(folded)), (len(folded), False)]:
        while end - start > LONGEST_CLAUSE:
            blank = folded.rfind(" ", start + LONGEST_CLAUSE // 2, start + LONGEST_CLAUSE)
            start = blank + 1 if blank >= 0 else start + LONGEST_CLAUSE
            yield start, False
        if end > start:
            yield end, question
            start = end
