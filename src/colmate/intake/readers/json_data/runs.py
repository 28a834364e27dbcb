"""Many documents of one list at once: what every record costs is paid once for a hundred of them.

A run is taken only if all its documents are objects and nothing but commas stands between them; whatever is odd goes
document by document.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa

from colmate.intake.readers.json_data.brackets import Brackets
from colmate.intake.readers.json_data.documents import DEEPEST, Document, Parser
from colmate.intake.readers.json_data.exports import ACTIONS, is_action
from colmate.intake.readers.json_data.flat import Flattener

__all__ = ["SIZE", "Run", "extent", "keyed", "many", "objects"]

SIZE: Final = 256 << 10
FEWEST: Final = 4
ACTING: Final = tuple(b'"%b"' % name.encode() for name in ACTIONS)


class Run(NamedTuple):
    """Documents that follow each other. ``around``: as a document, with their whole text and the sum of their bytes.

    ``size``: how many. ``keys``: their own keys, in an object of records. ``columns``: their texts by key, where
    they are plain enough to be read without making ``values`` of them.
    """

    around: Document
    size: int
    values: list[dict[str, Any]]
    keys: list[str] | None = None
    columns: dict[str, pa.Array] | None = None


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
    return values if values is not None and len(values) == count and _are_objects(values) else None


def keyed(parser: Parser, text: bytes, count: int) -> dict[str, dict[str, Any]] | None:
    """Return the ``count`` objects, none of them empty, that are the members in ``text``; None if they are not that."""
    values = parser.members(text)
    return values if values is not None and len(values) == count and _are_objects(list(values.values())) else None


def many(parser: Parser, flat: Flattener, lines: bytes, line: int, place: int) -> Run | None:
    """Return the documents of whole lines, an object each and none empty; None if they are not that.

    ``line`` and ``place``: where the lines begin. Bulk files of Elasticsearch, where lines go in pairs, are left.
    """
    if parser.alone:
        return None
    if found := flat.take(lines):
        around = Document(lines.rstrip().replace(b"\n", b","), line, place, len(lines))
        return Run(around, found[0], [], columns=found[1])
    values = parser.lines(lines)
    # a document over two lines, or two in one, make another number
    if values is None or len(values) != lines.count(b"\n") + (lines[-1:] != b"\n") or not _are_objects(values):
        return None
    if any(name in lines for name in ACTING):
        parser.alone = 1 in set(map(len, values)) and any(map(is_action, values))
    if parser.alone or _deepest(lines) >= DEEPEST:
        return None
    return Run(Document(lines.rstrip().replace(b"\n", b","), line, place, len(lines)), len(values), values)


def _are_objects(values: list[Any]) -> bool:
    return set(map(type, values)) == {dict} and all(values)


def _deepest(lines: bytes) -> int:
    """Return a number of brackets within which those of any line nest."""
    codes = np.frombuffer(lines, np.uint8)
    starts = np.concatenate([[0], np.flatnonzero(codes[:-1] == 10) + 1])
    most = int(np.add.reduceat((codes | 0x20) == 0x7B, starts, dtype=np.int32).max())
    return Brackets().scan(lines, 0).deepest if most >= DEEPEST else most
