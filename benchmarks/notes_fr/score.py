"""Score any reader of notes against the labels."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from benchmarks.notes_fr.text import CATEGORIES, Gold, Identifier, Note


class FindingLike(Protocol):
    """What a reader yields; `colmate.Finding` is one."""

    @property
    def category(self) -> str: ...
    @property
    def assertion(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def past(self) -> bool: ...


Reader = Callable[[Iterable[str]], Iterator[Sequence[FindingLike]]]


@dataclass
class Counts:
    """Found and right, found and wrong, missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, gold: bool, found: bool) -> None:
        """One more case."""
        self.right += gold and found
        self.wrong += found and not gold
        self.missed += gold and not found

    @property
    def any(self) -> bool:
        """Whether there was anything to find, or anything found."""
        return bool(self.right or self.wrong or self.missed)

    @property
    def precision(self) -> float:
        """1.0 when nothing was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """1.0 when there was nothing to find."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean, 0.0 when nothing is right."""
        return 2 * self.right / (2 * self.right + self.wrong + self.missed) if self.right else 0.0


@dataclass
class Share:
    """So many of so many."""

    right: int = 0
    of: int = 0

    def add(self, right: bool) -> None:
        """One more case."""
        self.right += right
        self.of += 1

    @property
    def value(self) -> float:
        """1.0 of nothing."""
        return self.right / self.of if self.of else 1.0


@dataclass
class Score:
    """What a reader was found worth.

    ``mentioned``: the note speaks of the category at all; ``told``: it says it of the patient, asserted, now or past;
    ``by_hand``: as ``mentioned``, of the notes written by hand; ``trapped``: of the notes of a trap; ``plain``: as
    ``told``, of the notes that set none. ``assertion`` and
    ``subject``: of the labels met by a finding; ``past``: of the same, whether what is told is over, and ``over``: the
    same counted for those that are labelled or read as over, which are few. ``traps``: notes of a trap in which the
    categories are exactly the labelled ones; ``traps_empty``: of those without a label, in which nothing may be found;
    ``traps_whole``: assertions and subjects are right too.
    """

    mentioned: dict[str, Counts] = field(default_factory=lambda: _none())
    told: dict[str, Counts] = field(default_factory=lambda: _none())
    by_hand: dict[str, Counts] = field(default_factory=lambda: _none())
    trapped: dict[str, Counts] = field(default_factory=lambda: _none())
    plain: dict[str, Counts] = field(default_factory=lambda: _none())
    assertion: Share = field(default_factory=Share)
    subject: Share = field(default_factory=Share)
    past: Share = field(default_factory=Share)
    over: Counts = field(default_factory=Counts)
    traps: Share = field(default_factory=Share)
    traps_empty: Share = field(default_factory=Share)
    traps_whole: Share = field(default_factory=Share)
    by_trap: dict[str, Share] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def macro_f1(self) -> float:
        """Of ``mentioned``, each category of the same weight."""
        return macro(self.mentioned)

    @property
    def told_macro_f1(self) -> float:
        """Of ``told``."""
        return macro(self.told)

    @property
    def misread(self) -> float:
        """By how much a count of ``plain`` notes is off: the standard deviation over the categories, as a share.

        What the small numbers of notes explain (each error an event of Poisson's) is taken off.
        """
        some = [each for each in self.plain.values() if each.right + each.missed]
        off = [
            ((each.wrong - each.missed) ** 2 - each.wrong - each.missed) / (each.right + each.missed) ** 2
            for each in some
        ]
        return max(0.0, sum(off) / len(off)) ** 0.5 if off else 0.0

    @property
    def trapped_macro_f1(self) -> float:
        """Of ``trapped``: the mean over the categories that a trap note bears or in which one was found."""
        return macro({name: counts for name, counts in self.trapped.items() if counts.any})

    @property
    def trapped_micro_f1(self) -> float:
        """Of ``trapped``, all categories counted together; 1.0 when there was nothing to find and nothing found."""
        every = self.trapped.values()
        together = Counts(*(sum(getattr(each, key) for each in every) for key in ("right", "wrong", "missed")))
        return together.f1 if together.any else 1.0


def macro(counts: dict[str, Counts]) -> float:
    """The mean F1 of the categories, 1.0 of none."""
    return sum(each.f1 for each in counts.values()) / len(counts) if counts else 1.0


def _none() -> dict[str, Counts]:
    return {name: Counts() for name in CATEGORIES}


def score(notes: Sequence[Note], reader: Reader) -> Score:
    """Read the notes and hold what was found against their labels; raises `ValueError` when notes are left unread."""
    begun = time.process_time()
    found = list(reader(note.text for note in notes))
    result = Score(seconds=time.process_time() - begun)
    for note, findings in zip(notes, found, strict=True):
        _note(result, note, findings)
    return result


def _note(result: Score, note: Note, findings: Sequence[FindingLike]) -> None:
    tables = [
        (result.mentioned, _any),
        (result.told, _told),
        *([(result.by_hand, _any)] if note.kind == "hand" else []),
        (result.trapped, _any) if note.trap else (result.plain, _told),
    ]
    for counts, chosen in tables:
        gold = {finding.category for finding in note.findings if chosen(finding)}
        seen = {finding.category for finding in findings if chosen(finding)}
        for category in CATEGORIES:
            if category not in note.tolerated:
                counts[category].add(category in gold, category in seen)
    for label, finding in _matched(note.findings, findings):
        result.assertion.add(label.assertion == finding.assertion)
        result.subject.add(label.subject == finding.subject)
        result.past.add(label.past == finding.past)
        result.over.add(label.past, finding.past)
    if note.trap:
        kept = [finding for finding in findings if finding.category not in note.tolerated]
        right = {finding.category for finding in kept} == {label.category for label in note.findings}
        result.traps.add(right)
        if not note.findings:
            result.traps_empty.add(right)
        result.by_trap.setdefault(note.trap, Share()).add(right)
        result.traps_whole.add({_reading(each) for each in kept} == {_reading(each) for each in note.findings})


def _any(_: FindingLike) -> bool:
    return True


def _told(finding: FindingLike) -> bool:
    return finding.assertion == "asserted" and finding.subject != "relative"


def _reading(finding: FindingLike) -> tuple[str, str, str]:
    return finding.category, finding.assertion, finding.subject


def _matched(labels: Sequence[Gold], findings: Sequence[FindingLike]) -> Iterator[tuple[Gold, FindingLike]]:
    """Each label with the finding of its category that covers most of it; else with the nearest one not yet taken."""
    taken: set[int] = set()
    left = list(labels)
    for overlapping in (True, False):
        for label in list(left):
            fitting = [
                (-_overlap(label, finding), abs(finding.start - label.start), at)
                for at, finding in enumerate(findings)
                if finding.category == label.category and at not in taken
            ]
            fitting = [each for each in fitting if not overlapping or each[0] < 0]
            if fitting:
                best = min(fitting)[2]
                taken.add(best)
                left.remove(label)
                yield label, findings[best]


def _overlap(one: Gold | Identifier, other: FindingLike | Identifier) -> int:
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def score_identifiers(notes: Sequence[Note], found: Iterable[Sequence[Identifier]]) -> dict[str, Counts]:
    """For each type: labelled spans that a span of the type overlaps, and found spans that overlap none."""
    counts: dict[str, Counts] = {}
    for note, spans in zip(notes, found, strict=True):
        for label in note.identifiers:
            met = any(span.type == label.type and _overlap(label, span) for span in spans)
            counts.setdefault(label.type, Counts()).add(gold=True, found=met)
        for span in spans:
            if not any(label.type == span.type and _overlap(label, span) for label in note.identifiers):
                counts.setdefault(span.type, Counts()).add(gold=False, found=True)
    return counts
