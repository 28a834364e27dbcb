"""How right a partition of records into persons is, beside the true one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

__all__ = ["Score", "score"]


@dataclass(frozen=True)
class Score:
    """Pairwise and B³ measures, 0 to 1, and the counts of persons."""

    precision: float
    recall: float
    cubed: float
    found: int
    true: int

    @property
    def f1(self) -> float:
        """Pairwise F1: the harmonic mean of precision and recall over pairs of records."""
        return 2 * self.precision * self.recall / max(1e-12, self.precision + self.recall)

    @property
    def error(self) -> float:
        """Relative error of the count of persons."""
        return self.found / self.true - 1


def _pairs(sizes: Counter[Hashable]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def score(found: Sequence[Hashable], true: Sequence[Hashable]) -> Score:
    """Compare two partitions, one label a record; a record without a person (None) is alone with itself."""
    labels: list[Hashable] = [("alone", at) if label is None else label for at, label in enumerate(found)]
    both, of_found, of_true = Counter(zip(labels, true, strict=True)), Counter(labels), Counter(true)
    together = sum(size * (size - 1) // 2 for size in both.values())
    said, real = _pairs(of_found), _pairs(of_true)
    precise = sum(size * size / of_found[label] for (label, _), size in both.items()) / len(labels)
    recalled = sum(size * size / of_true[person] for (_, person), size in both.items()) / len(labels)
    counted = len({label for label in found if label is not None})
    return Score(
        together / said if said else 1.0,
        together / real if real else 1.0,
        2 * precise * recalled / (precise + recalled),
        counted,
        len(of_true),
    )
