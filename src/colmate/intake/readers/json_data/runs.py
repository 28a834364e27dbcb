"""Many documents of one list at once: what every record costs is paid once for a hundred of them.

A run is taken only if all its documents are objects and nothing but commas stands between them; whatever is odd goes
document by document.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, Final, NamedTuple

from colmate.intake.readers.json_data.documents import Document, Parser

__all__ = ["Run", "extent", "objects"]

SIZE: Final = 64 << 10
FEWEST: Final = 4


class Run(NamedTuple):
    """Documents that follow each other. ``around``: as a document, with their whole text and the sum of their bytes."""

    around: Document
    values: list[dict[str, Any]]


def extent(at: list[int], low: list[int], index: int, level: int) -> int:
    """Return the index behind the last bracket of the run that begins with ``at[index]``; ``index`` if there is none.

    ``at`` and ``low``: see `Tokens.upto` for ``level``, the depth around the documents.
    """
    end = bisect_right(at, at[index] + SIZE, index)
    depths = low[index:end]
    if any(depth < level for depth in depths):
        end = index + next(place for place, depth in enumerate(depths) if depth < level)
    pairs = (end - index) // 2
    return index + 2 * pairs if pairs >= FEWEST else index


def objects(parser: Parser, text: bytes, count: int) -> list[dict[str, Any]] | None:
    """Return the ``count`` objects, none of them empty, that ``text`` holds between commas; None if it does not."""
    values = parser.several(text)
    if values is None or len(values) != count:
        return None
    return values if all(type(value) is dict and value for value in values) else None
