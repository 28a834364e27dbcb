"""The top of a block of cells: titles, labels of groups of columns, the header over one or two rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from colmate.intake.header import find_header, is_header, is_value
from colmate.intake.names import column_names, shown
from colmate.intake.rows import Row

__all__ = ["Cells", "Top", "is_new_table", "top_of"]

Cells = Sequence[Sequence[str]]
Spans = Sequence[tuple[int, int, int, int]]

SEEN: Final = 200


@dataclass(frozen=True)
class Top:
    """``names`` of the columns, rows of ``titles`` above, the ``first`` row of records, the cells of the ``header``."""

    names: tuple[str, ...]
    titles: int
    first: int
    header: tuple[str, ...] | None


def top_of(rows: Cells, spans: Spans = ()) -> Top:
    """Return what stands above the records of a block; ``spans``: merged cells, relative to it (first, last)."""
    found = find_header(_as_rows(rows))
    width = len(rows[0])
    if found.row is None:
        return Top(column_names([""] * width), found.first, found.first, None)
    place, labels = found.row, list(rows[found.row])
    first = found.first
    if below := _second_row(rows, place, spans):
        labels, first = below, max(first, place + 2)
        return Top(column_names(labels), place, first, tuple(rows[place + 1]))
    if place and (above := _labels_above(rows[place - 1], labels, place - 1, spans)):
        return Top(column_names(above), place - 1, first, tuple(rows[place]))
    return Top(column_names(labels), place, first, tuple(rows[place]))


def is_new_table(rows: Cells, before: Cells) -> bool:
    """Tell whether a block begins a table of its own, or goes on with the one whose rows are ``before``."""
    own = find_header(_as_rows(rows))
    if own.row is None:
        return False
    first = _encoded([rows[own.row]])[0]
    return len(rows) > own.first and is_header(first, _encoded(before[:SEEN]))


def _encoded(rows: Cells) -> list[tuple[bytes, ...]]:
    return [tuple(cell.encode("utf-8", "replace") for cell in row) for row in rows]


def _as_rows(rows: Cells) -> list[Row]:
    return [Row(place, place, place, cells) for place, cells in enumerate(_encoded(rows))]


def _second_row(rows: Cells, place: int, spans: Spans) -> list[str] | None:
    """Return the names of a header whose second row fills what its first leaves open: merged cells, and their parts."""
    if place + 2 >= len(rows):
        return None
    upper, lower = rows[place], rows[place + 1]
    parts = [cell for cell in lower if cell.strip()]
    opened = [below for above, below in zip(upper, lower, strict=True) if not above.strip() and below.strip()]
    if not opened or any(map(_value, parts)) or any(map(_value, upper)):
        return None
    body = _encoded(rows[place + 2 : place + SEEN])
    if not is_header(_encoded([_joined(_spread(upper, lower, place, spans), lower)])[0], body):
        return None
    # a first record that fills gaps in the header would look the same: a gap below a name is what tells
    gaps = any(above.strip() and below in ("", above) for above, below in zip(upper, lower, strict=True))
    across = any(span[0] == place and span[3] > span[1] for span in spans)
    return _joined(_spread(upper, lower, place, spans), lower) if gaps or across else None


def _labels_above(above: Sequence[str], labels: Sequence[str], place: int, spans: Spans) -> list[str] | None:
    """Return the names with the labels of their groups in front, if the row above has any: several, beside gaps."""
    inked = [cell for cell in above if cell.strip()]
    if len(inked) < 2 or len(inked) >= len(labels) or any(map(_value, inked)):
        return None
    return _joined(_spread(above, labels, place, spans), labels)


def _spread(above: Sequence[str], below: Sequence[str], place: int, spans: Spans) -> list[str]:
    """Return a row of labels, each written over all columns of its group.

    Merged cells say how far a label goes; without them it goes to the next one, over columns that have a name below.
    """
    across = {span[1]: span[3] for span in spans if span[0] == place}
    labels: list[str] = []
    label, end = "", -1
    for column, cell in enumerate(above):
        if cell.strip():
            label, end = cell, across.get(column, -1 if across else len(above))
        labels.append(cell if cell.strip() else label if column <= end and below[column].strip() else "")
    return labels


def _joined(above: Sequence[str], below: Sequence[str]) -> list[str]:
    pairs = ((shown(upper), shown(lower)) for upper, lower in zip(above, below, strict=True))
    return [upper if upper == lower else f"{upper} {lower}".strip() for upper, lower in pairs]


def _value(cell: str) -> bool:
    return bool(cell.strip()) and is_value(cell.strip())
