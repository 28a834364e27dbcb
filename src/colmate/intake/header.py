"""Whether a table has a header, where it is, and how wide the table is. Decided on the rows of a sample."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from colmate.intake.rows import Row
from colmate.intake.shapes import VALUES, is_header_word, shape

__all__ = ["WIDEST", "Header", "find_header", "is_header", "is_value"]

PREAMBLE: Final = 60  # lines
WIDEST: Final = 50_000  # columns of a table that can be read
RULE: Final = re.compile(rb"[-=+_: ]{2,}")
MANY: Final = 200
YEAR: Final = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Header:
    """``row`` holds the header (None without), ``first`` the first record; ``trailing``: a delimiter ends each line."""

    row: int | None
    first: int
    width: int
    trailing: bool


def find_header(rows: Sequence[Row]) -> Header:
    """Return the header of the rows of a sample (blank lines left out)."""
    if not rows:
        return Header(None, 0, 1, trailing=False)
    width = _width(rows)
    if width > WIDEST:
        return Header(None, 0, width, trailing=False)  # to be refused: millions of cells are not weighed
    top = _top(rows, width)
    body = rows[top + 1 :]
    # exports put one after another repeat their header: that is no value of the columns
    others = [row.fields for row in body[:MANY] if row.fields != rows[top].fields]
    header = is_header(rows[top].fields, others or [row.fields for row in body[:MANY]])
    first = top + 1 if header else top
    if header and body and all(RULE.fullmatch(cell) for cell in body[0].fields):
        first += 1  # the dashes that some clients print under the names
    trailing = _trailing([row.fields for row in rows[top : top + ROWS_SEEN]], width, header=header)
    return Header(top if header else None, first, width - trailing, trailing)


ROWS_SEEN: Final = 1_000


def _width(rows: Sequence[Row]) -> int:
    # a line made to be too wide says nothing of the others
    sizes = [size for row in rows if (size := len(row.fields)) <= WIDEST]
    widths = Counter(sizes or [len(row.fields) for row in rows])
    most = max(widths.values())
    usual = [size for size, times in widths.items() if times == most]
    opening = len(rows[0].fields)
    # a tie between few rows: the first, which may be the header, says how wide the table is
    width = opening if opening in usual and len(rows) > 2 else max(usual)
    if (
        opening > width
        and is_header(rows[0].fields, [row.fields for row in rows[1:MANY]])
        and any(rows[0].fields[width:])
    ):
        return opening
    return width


def _top(rows: Sequence[Row], width: int) -> int:
    """Return the row that the table begins with: above it stand titles and notes."""
    for place, row in enumerate(rows[:PREAMBLE]):
        filled = sum(1 for cell in row.fields if cell.strip())
        title = filled <= max(1, width // 4) and len(rows) > place + 1
        if width < 2 or not (
            title and (len(row.fields) != width or (width > 2 and _fuller(rows[place + 1 :], filled)))
        ):
            return place
    return 0


def _fuller(rows: Sequence[Row], filled: int) -> bool:
    """Tell whether the rows that follow have clearly more in them."""
    counts = sorted(sum(1 for cell in row.fields if cell.strip()) for row in rows[:MANY])
    return bool(counts) and counts[len(counts) // 2] > max(2, 2 * filled)


def _trailing(rows: Sequence[Sequence[bytes]], width: int, *, header: bool) -> bool:
    """Tell whether all lines end with a delimiter after which nothing ever comes."""
    full = [row for row in rows if len(row) == width]
    if width < 3 or len(full) < 1 or any(row[-1].strip() for row in full):
        return False
    short = len(rows[0]) == width - 1
    return header and (short or not rows[0][-1].strip()) and len(full) >= 0.9 * (len(rows) - 1)


def is_header(first: Sequence[bytes], body: Sequence[Sequence[bytes]]) -> bool:
    """Weigh the signs that a row names the columns rather than being a record."""
    cells = [cell.decode("latin-1").replace("\xa0", " ").strip() for cell in first]
    filled = [cell for cell in cells if cell]
    if not filled:
        return False
    if _over_years(cells):
        return True
    score = 2.5 * sum(map(is_header_word, filled)) / len(filled)
    score -= 3.0 * sum(is_value(cell) for cell in filled) / len(filled)
    score -= 1.0 if len(set(filled)) < len(filled) else 0.0
    score -= 1.0 if len(filled) < len(cells) / 2 else 0.0
    score -= 1.0 if any(len(cell) > 80 for cell in filled) else 0.0
    if not body:
        return score >= 1.0
    return score + _contrast(cells, body) > 0.0


def _over_years(cells: Sequence[str]) -> bool:
    """Tell whether a name stands before years that follow each other: the head of a table with a column a year."""
    if len(cells) < 4 or not cells[0] or is_value(cells[0]) or not all(map(YEAR.fullmatch, cells[1:])):
        return False
    years = [int(cell) for cell in cells[1:]]
    return abs(years[1] - years[0]) == 1 and len({after - before for before, after in pairwise(years)}) == 1


def is_value(cell: str) -> bool:
    return shape(cell) in VALUES or (len(cell) > 4 and sum(map(str.isdigit, cell)) > len(cell) / 2)


def _contrast(cells: Sequence[str], body: Sequence[Sequence[bytes]]) -> float:
    """Compare the row with the columns below it: another shape speaks for a header, the same value against."""
    votes = 0.3  # most files have one
    columns = 0
    for place, cell in enumerate(cells):
        below = [row[place].decode("latin-1").strip() for row in body if place < len(row) and row[place].strip()]
        if not cell or not below:
            continue
        columns += 1
        values = sum(map(is_value, below)) / len(below)
        if values > 0.7:
            votes += -1.0 if is_value(cell) else 1.0
        elif len(below) > 2 and cell in below:
            votes -= 0.7
        elif _constant_length(below, cell) or ("_" in cell and sum("_" in value for value in below) < len(below) / 10):
            votes += 0.5
    return 3.0 * votes / max(columns, 2) if columns else 0.0


def _constant_length(below: Sequence[str], cell: str) -> bool:
    """Tell whether all values of a column are as long as each other, and the cell above is not."""
    return len(below) > 4 and len({len(value) for value in below}) == 1 and len(below[0]) != len(cell)
