"""A row of the sample."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Row"]


@dataclass(frozen=True)
class Row:
    """``fields`` of ``sample[start:end]``; the next line begins at ``next``."""

    start: int
    end: int
    next: int
    fields: tuple[bytes, ...]
