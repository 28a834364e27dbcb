"""The geometry of the page's figures: bars, columns by month, tiles by département.

Figures are inline SVG drawn by the templates from the numbers made here. Lengths are shares of the drawing (0 to 100),
so that a figure is as wide as its column on a telephone, a desk or paper, while its lettering keeps its size.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from colmate.report.words import Words

__all__ = ["Bar", "Chart", "Column", "Tile", "TileMap", "bars", "months", "scaled", "tiles"]

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
MONTHS_SHOWN = 180
YEARS_SHOWN = 150
LABELS_SHOWN = 7
TILE_CLASSES = 5
_STEPS = (10, 12, 16, 20, 24, 30, 40, 50, 60, 80, 100)


@dataclass(frozen=True)
class Bar:
    """One row of a bar table; ``width`` is 0 to 100."""

    id: str
    name: str
    count: str
    share: str
    width: float


@dataclass(frozen=True)
class Column:
    """One column of a chart: left edge, width and height (0 to 100), its name and count in words."""

    x: float
    width: float
    height: float
    name: str
    count: str


@dataclass(frozen=True)
class Chart:
    """Columns over time with their rules (height, text) and the years under them (x, text)."""

    columns: tuple[Column, ...]
    rules: tuple[tuple[float, str], ...]
    years: tuple[tuple[float, str], ...]
    peak: Column
    by_year: bool
    undated: int


@dataclass(frozen=True)
class Tile:
    """One département: its place on the map and its class, 0 (nobody) to 5."""

    code: str
    name: str
    count: str
    x: int
    y: int
    level: int


@dataclass(frozen=True)
class TileMap:
    """All tiles, the legend (class, words), and the rows of the table beside the map, the largest first."""

    tiles: tuple[Tile, ...]
    legend: tuple[tuple[int, str], ...]
    rows: tuple[Bar, ...]


def scaled(value: int, largest: int) -> float:
    """``value`` as a length: 0 for nothing, at least half a hundredth for something, 100 for ``largest``."""
    return 0.0 if value <= 0 or largest <= 0 else round(min(100.0, max(0.5, 100 * value / largest)), 2)


def bars(words: Words, rows: Sequence[tuple[str, str, int]], whole: int, longest: int | None = None) -> list[Bar]:
    """Rows of (id, name, count) as bars; shares are of ``whole``, lengths of ``longest`` (by default ``whole``)."""
    return [
        Bar(key, name, words.integer(count), words.share(count, whole), scaled(count, longest or whole))
        for key, name, count in rows
    ]


def _ceiling(value: int) -> int:
    """The next round number at or above ``value``: one whose half is round too."""
    power: int = 10 ** (len(str(value)) - 1)
    return next(top for step in _STEPS if (top := step * power // 10) >= value)


def _series(by_month: Mapping[str, int]) -> tuple[dict[str, int], bool]:
    """Every month from first to last, also the empty ones; every year (the last 150) when the months are too many."""
    found = {key: count for key, count in by_month.items() if _MONTH.fullmatch(key) and count > 0}
    if not found:
        return {}, False
    first, last = (12 * int(key[:4]) + int(key[5:]) - 1 for key in (min(found), max(found)))
    if last - first < MONTHS_SHOWN:
        keys = (f"{index // 12:04d}-{index % 12 + 1:02d}" for index in range(first, last + 1))
        return {key: found.get(key, 0) for key in keys}, False
    earliest = max(first // 12, last // 12 + 1 - YEARS_SHOWN)
    years = {f"{year:04d}": 0 for year in range(earliest, last // 12 + 1)}
    for key, count in found.items():
        if key[:4] in years:
            years[key[:4]] += count
    return years, True


def months(words: Words, by_month: Mapping[str, int]) -> Chart | None:
    """The chart of records by month (by year when they span over 15 years); ``None`` without any dated record."""
    series, by_year = _series(by_month)
    if not series:
        return None
    top, step = _ceiling(max(series.values())), 100 / len(series)
    columns = tuple(
        Column(
            x=round(index * step + 0.08 * step, 3),
            width=round(0.84 * step, 3),
            height=round(100 * count / top, 3),
            name=words.month(key),
            count=words.integer(count),
        )
        for index, (key, count) in enumerate(series.items())
    )
    starts = [(index, key[:4]) for index, key in enumerate(series) if by_year or key.endswith("-01")]
    starts = starts or [(0, min(series)[:4])]
    every = math.ceil(len(starts) / LABELS_SHOWN)
    halves = [top, top // 2] if top > 1 else [top]
    return Chart(
        columns=columns,
        rules=tuple((100 * value / top, words.integer(value)) for value in halves),
        years=tuple((round(index * step, 3), year) for index, year in starts[::every]),
        peak=max(columns, key=lambda column: column.height),
        by_year=by_year,
        undated=sum(by_month.values()) - sum(series.values()),
    )


@cache
def departments() -> dict[str, dict[str, str | int]]:
    """Code → name and place on the tile map, of every département and overseas collectivity."""
    return tomllib.loads(files("colmate.report").joinpath("departments.toml").read_text(encoding="utf-8"))


def _bounds(largest: int) -> list[int]:
    """Lower bounds of the classes 1 to 5: powers of ten, the last one at or below ``largest``."""
    last = len(str(largest)) - 1
    powers = [10**power for power in range(max(0, last - TILE_CLASSES + 1), last + 1)]
    return [1, *powers[1:]]


def tiles(words: Words, by_department: Mapping[str, int], whole: int) -> TileMap:
    """The tile map; classes are powers of ten, since départements differ by orders of magnitude.

    Codes that are no département (abroad, unknown) have no tile and stand in the table alone.
    """
    known = departments()
    bounds = _bounds(max(by_department.values(), default=0))
    shift = TILE_CLASSES - len(bounds)

    def level(count: int) -> int:
        return shift + sum(count >= bound for bound in bounds) if count else 0

    drawn = tuple(
        Tile(
            code=code,
            name=str(place["name"]),
            count=words.integer(by_department.get(code, 0)),
            x=int(place["column"]) - 1,
            y=int(place["row"]) - 1,
            level=level(by_department.get(code, 0)),
        )
        for code, place in known.items()
    )
    uppers = [bound - 1 for bound in bounds[1:]]
    legend = [(0, words("where.nobody"))]
    for index, lower in enumerate(bounds):
        upper = uppers[index] if index < len(uppers) else None
        key = "where.from" if upper is None else "where.range"
        text = words(key, low=words.integer(lower), high=words.integer(upper or 0))
        legend.append((shift + index + 1, text))
    ranked = sorted(
        ((code, count) for code, count in by_department.items() if count),
        key=lambda pair: (pair[0] not in known, -pair[1], pair[0]),
    )
    rows = [
        (code, f"{known[code]['name']} ({code})" if code in known else words.named("place", code), count)
        for code, count in ranked
    ]
    return TileMap(drawn, tuple(legend), tuple(bars(words, rows, whole, max(by_department.values(), default=1))))
