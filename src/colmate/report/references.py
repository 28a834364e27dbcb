"""The tables and what refers to what: a drawing for a desk, one for a telephone, and the same as a table.

Names come from the file: they are shortened and made visible here, escaped by the template, and each is clipped to
its box. A table names persons when a column that identifies somebody has a role; it is tied to persons when
its references lead to such a table; otherwise nobody was found for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from colmate.model import ROLES, Report, TableReport
from colmate.report.labels import label
from colmate.report.layers import Arrow, Sheet, arrows, layers, places
from colmate.report.words import Words

__all__ = ["Box", "Drawing", "references", "standings"]

DRAWN_MOST, LISTED_MOST, TIES_MOST = 40, 300, 12
DESK = Sheet(per_row=4, width=192, height=62, gap=24, fall=40, margin=12)
PHONE = Sheet(per_row=1, width=226, height=60, gap=10, fall=10, margin=86)
LETTER = 8.4  # width of a letter of a name, in the widest of the fonts the page asks for
IDENTITY = frozenset(
    {
        *("birth_name", "used_name", "last_name", "first_name", "full_name", "birth_date", "nir", "ins"),
        *("passport_number", "id_card_number", "tax_number", "email", "login", "professional_name", "rpps", "adeli"),
    }
)
NAMED, TIED, NOBODY = "named", "tied", "nobody"


@dataclass(frozen=True)
class Box:
    """One table in a drawing: its corner, its short name and its whole one, and two lines on it."""

    x: float
    y: float
    name: str
    whole: str
    records: str
    about: str
    standing: str


@dataclass(frozen=True)
class Drawing:
    """Boxes and the lines between them; ``kind`` tells the style sheet which screen it is for."""

    kind: str
    width: int
    height: int
    box: Sheet
    boxes: tuple[Box, ...]
    arrows: tuple[tuple[Arrow, str], ...]


def references(report: Report, words: Words) -> dict[str, Any] | None:
    """The drawings and the table of references; ``None`` for a single table, or where nothing refers to anything."""
    tables = {table.name: table for table in report.tables}
    targets = _targets(tables)
    if len(tables) < 2 or not any(targets.values()):
        return None
    roles = {name: _roles(table) for name, table in tables.items()}
    known = standings(tables, targets)
    drawn = _drawn(tables, known, targets)
    within = {name: [other for other in targets[name] if other in drawn] for name in drawn}
    rows = layers(sorted(drawn), within)
    placed = {name for row in rows for name in row}
    alone = [name for name in drawn if name not in placed]
    about = {name: _about(known[name], roles[name], words) for name in tables}
    left = len(tables) - len(drawn)
    return {
        "drawings": [
            _drawing(kind, sheet, [*rows, alone] if alone else rows, within, tables, known, about, words)
            for kind, sheet in (("desk", DESK), ("phone", PHONE))
        ],
        "alone": bool(alone),
        "summary": words(
            "references.summary",
            tables=words.count("tables", len(tables)),
            named=words.integer(sum(value == NAMED for value in known.values())),
            tied=words.integer(sum(value == TIED for value in known.values())),
            nobody=words.integer(sum(value == NOBODY for value in known.values())),
        ),
        "left_out": words.count("tables", left) if left else "",
        "legend": [(kind, words(f"references.{kind}")) for kind in (NAMED, TIED, NOBODY)],
        "rows": _rows(tables, about, known, words),
        "rows_left": words.count("tables", len(tables) - LISTED_MOST) if len(tables) > LISTED_MOST else "",
    }


def _targets(tables: Mapping[str, TableReport]) -> dict[str, list[str]]:
    """Which other tables each refers to, each once, in the order of its keys."""
    found: dict[str, list[str]] = {}
    for name, table in tables.items():
        others = [_target(key.references, tables) for key in table.keys if key.references]
        found[name] = [other for other in dict.fromkeys(others) if other and other != name]
    return found


def _target(reference: str, tables: Mapping[str, TableReport]) -> str | None:
    """The table of ``table.column``; both names may hold dots."""
    parts = reference.split(".")
    heads = (".".join(parts[:size]) for size in range(len(parts) - 1, 0, -1))
    return next((head for head in heads if head in tables), None)


def _roles(table: TableReport) -> list[str]:
    """The roles of those whom the table names, in the order of the contract."""
    held = {column.role for column in table.columns if column.semantic_type in IDENTITY and column.filled}
    return [role for role in ROLES if role in held]


def standings(tables: Mapping[str, TableReport], targets: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Whether each table names persons, is tied to them by its references, or neither."""
    standing = {name: NAMED if _roles(table) else NOBODY for name, table in tables.items()}
    sources: dict[str, list[str]] = {}
    for name, others in targets.items():
        for other in others:
            sources.setdefault(other, []).append(name)
    waiting = [name for name, value in standing.items() if value == NAMED]
    while waiting:
        for name in sources.get(waiting.pop(), ()):
            if standing[name] == NOBODY:
                standing[name] = TIED
                waiting.append(name)
    return standing


def _rank(table: TableReport, standing: str) -> tuple[int, int, str]:
    """Which tables come first: those with persons, then the large ones."""
    return (NAMED, TIED, NOBODY).index(standing), -table.records, table.name


def _drawn(
    tables: Mapping[str, TableReport], standing: Mapping[str, str], targets: Mapping[str, Sequence[str]]
) -> list[str]:
    """The tables to draw: those tied to others first, among them those that others refer to."""
    referred = {other for others in targets.values() for other in others}

    def order(name: str) -> tuple[bool, bool, int, int, str]:
        return not targets[name] and name not in referred, name not in referred, *_rank(tables[name], standing[name])

    return sorted(tables, key=order)[:DRAWN_MOST]


def _about(standing: str, roles: Sequence[str], words: Words) -> str:
    if standing != NAMED:
        return words(f"references.{standing}_short")
    return ", ".join(words.named("role_short", role) for role in roles)


def _short(name: str, length: int) -> str:
    """The name cut in its middle: tables of one module begin alike."""
    whole = label(name)
    tail = length // 3
    return whole if len(whole) <= length else f"{whole[: length - tail - 1]}…{whole[-tail:]}"


def _drawing(
    kind: str,
    sheet: Sheet,
    rows: Sequence[Sequence[str]],
    targets: Mapping[str, Sequence[str]],
    tables: Mapping[str, TableReport],
    standing: Mapping[str, str],
    about: Mapping[str, str],
    words: Words,
) -> Drawing:
    found, height = places(rows, sheet)
    boxes = tuple(
        Box(
            place.x,
            place.y,
            _short(name, int((sheet.width - 20) / LETTER)),
            label(name),
            words.count("records", tables[name].records),
            about[name],
            standing[name],
        )
        for name, place in found.items()
    )
    lines = tuple((line, standing[line.target]) for line in arrows(found, targets, sheet))
    return Drawing(kind, sheet.whole, height, sheet, boxes, lines)


def _rows(
    tables: Mapping[str, TableReport], about: Mapping[str, str], standing: Mapping[str, str], words: Words
) -> list[dict[str, Any]]:
    """The same as a table: the tables with persons first."""
    ordered = sorted(tables, key=lambda name: _rank(tables[name], standing[name]))
    return [
        {
            "name": label(name),
            "records": words.integer(tables[name].records),
            "about": about[name],
            "ties": [
                words("references.tie", column=label(key.column), target=label(key.references))
                for key in tables[name].keys
                if key.references
            ][:TIES_MOST],
        }
        for name in ordered[:LISTED_MOST]
    ]
