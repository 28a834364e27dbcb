"""Where the tables stand in the drawing of their references: what is referred to above, what refers to it below.

A small layered drawing (Sugiyama, Tagawa and Toda 1981): layers by the longest path of references, order within a layer
by the mean place of the neighbours. Nothing here knows words or colours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Arrow", "Place", "Sheet", "arrows", "layers", "places"]

SWEEPS = 4
LANES = 5
Targets = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Sheet:
    """Sizes of a drawing: boxes a row, the box, the gaps between boxes and between layers, what is free on the left."""

    per_row: int
    width: int
    height: int
    gap: int
    fall: int
    margin: int

    @property
    def whole(self) -> int:
        """Width of the drawing."""
        return self.margin + self.per_row * (self.width + self.gap)


@dataclass(frozen=True)
class Place:
    """Upper left corner of a box."""

    x: float
    y: float


@dataclass(frozen=True)
class Arrow:
    """A line from a table to the one it refers to: a path, and the triangle at its end."""

    source: str
    target: str
    path: str
    head: str


def layers(names: Sequence[str], targets: Targets) -> list[list[str]]:
    """The names in layers; every target stands in an earlier layer, unless references run in a circle.

    ``targets``: what each name refers to, itself left out. Names without any reference are left out.
    """
    known = [name for name in names if targets.get(name) or any(name in some for some in targets.values())]
    depth = _depths(known, targets)
    sources = {name: [other for other in known if name in targets.get(other, ())] for name in known}
    for name in sorted(known, key=lambda name: -depth[name]):  # what is referred to comes close to what refers to it
        below = [depth[other] for other in sources[name] if depth[other] > depth[name]]
        depth[name] = max(depth[name], min(below) - 1) if below else depth[name]
    rows: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in known:
        rows[depth[name]].append(name)
    return _ordered([row for row in rows if row], targets, sources)


def _depths(names: Sequence[str], targets: Targets) -> dict[str, int]:
    depth: dict[str, int] = {}
    waiting = list(names)
    while waiting:
        ready = [name for name in waiting if all(other in depth for other in targets.get(name, ()))]
        if not ready:  # a circle: it is cut where most refer to
            ready = [max(waiting, key=lambda name: sum(name in targets.get(other, ()) for other in waiting))]
        for name in ready:
            depth[name] = 1 + max((depth[other] for other in targets.get(name, ()) if other in depth), default=-1)
        waiting = [name for name in waiting if name not in depth]
    return depth


def _ordered(rows: list[list[str]], targets: Targets, sources: Targets) -> list[list[str]]:
    """Each row sorted by the mean place of what its names are tied to, down and up a few times."""
    place = {name: _middle(index, len(row)) for row in rows for index, name in enumerate(row)}
    for sweep in range(SWEEPS):
        ties, order = (targets, rows) if sweep % 2 == 0 else (sources, rows[::-1])
        for row in order:
            mean = {name: _mean([place[other] for other in ties.get(name, ())], place[name]) for name in row}
            row.sort(key=lambda name: mean[name])
            place |= {name: _middle(index, len(row)) for index, name in enumerate(row)}
    return rows


def _middle(index: int, size: int) -> float:
    return (index + 0.5) / size


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def places(rows: Sequence[Sequence[str]], sheet: Sheet) -> tuple[dict[str, Place], int]:
    """The corner of each box and the height of the drawing; a layer wider than the sheet takes several rows."""
    found: dict[str, Place] = {}
    y = 0
    for row in rows:
        if not row:
            continue
        lines = -(-len(row) // sheet.per_row)
        size = -(-len(row) // lines)
        for start in range(0, len(row), size):
            part = row[start : start + size]
            left = sheet.margin + (sheet.per_row - len(part)) * (sheet.width + sheet.gap) / 2
            found |= {name: Place(left + i * (sheet.width + sheet.gap), y) for i, name in enumerate(part)}
            y += sheet.height + (sheet.fall if start + size == len(row) or sheet.per_row > 1 else sheet.gap)
    return found, y - sheet.fall if found else 0


def arrows(found: Mapping[str, Place], targets: Targets, sheet: Sheet) -> list[Arrow]:
    """One line for each table referred to by each table: between the boxes, or beside them where they are a column."""
    pairs = [(name, other) for name in found for other in targets.get(name, ()) if other in found]
    if sheet.per_row == 1:
        return _arcs(pairs, found, sheet)
    leave, arrive = _spread(pairs, found, sheet, by=0), _spread(pairs, found, sheet, by=1)
    lanes: Counter[tuple[float, float]] = Counter()
    return [_line(pair, leave[pair], arrive[pair], found, sheet, lanes) for pair in pairs]


def _spread(
    pairs: Sequence[tuple[str, str]], found: Mapping[str, Place], sheet: Sheet, by: int
) -> dict[tuple[str, str], float]:
    """Where on its box each line ends: side by side in the order of the other ends."""
    result: dict[tuple[str, str], float] = {}
    groups: dict[str, list[tuple[str, str]]] = {}
    for pair in pairs:
        groups.setdefault(pair[by], []).append(pair)
    for name, group in groups.items():
        group.sort(key=lambda pair: (found[pair[1 - by]].x, found[pair[1 - by]].y))
        for index, pair in enumerate(group):
            result[pair] = found[name].x + sheet.width * (0.12 + 0.76 * _middle(index, len(group)))
    return result


def _line(
    pair: tuple[str, str],
    x: float,
    end: float,
    found: Mapping[str, Place],
    sheet: Sheet,
    lanes: Counter[tuple[float, float]],
) -> Arrow:
    """A line up (or down, in a circle) through the gaps of the rows between, where it runs straight."""
    source, target = found[pair[0]].y, found[pair[1]].y
    up = source > target
    y = source if up else source + sheet.height
    stop = target if source < target else target + sheet.height
    back = -1 if source < target else 1
    between = sorted({place.y for place in found.values() if min(source, target) < place.y < max(source, target)})
    path = f"M{x:.1f} {y:.1f}"
    for top in between[::-1] if up else between:
        straight = x + (end - x) * (abs(top - y) / (abs(stop - y) + sheet.height))
        through = _gap(top, straight, found, sheet, lanes)
        near, far = (top + sheet.height, top) if up else (top, top + sheet.height)
        path += _curve(x, y, through, near) + f"L{through:.1f} {far:.1f}"
        x, y = through, far
    if source == target:  # side by side: round below both
        path += f"C{x:.1f} {y + 30:.1f} {end:.1f} {y + 30:.1f} {end:.1f} {stop + 6:.1f}"
    else:
        path += _curve(x, y, end, stop + back * 6)
    head = f"{end:.1f},{stop:.1f} {end - 4:.1f},{stop + back * 7:.1f} {end + 4:.1f},{stop + back * 7:.1f}"
    return Arrow(*pair, path, head)


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    half = (y1 + y2) / 2
    return f"C{x1:.1f} {half:.1f} {x2:.1f} {half:.1f} {x2:.1f} {y2:.1f}"


def _gap(top: float, x: float, found: Mapping[str, Place], sheet: Sheet, lanes: Counter[tuple[float, float]]) -> float:
    """The free place of a row nearest to ``x``, a few units aside for each line that runs there already."""
    lefts = sorted(place.x for place in found.values() if place.y == top)
    free = [left - sheet.gap / 2 for left in lefts] + [lefts[-1] + sheet.width + sheet.gap / 2]
    nearest = min(free, key=lambda middle: abs(middle - x))
    lanes[top, nearest] += 1
    lane = (lanes[top, nearest] - 1) % LANES
    return nearest + (-(lane + 1) // 2 if lane % 2 else lane // 2) * sheet.gap / (LANES + 1)


def _arcs(pairs: Sequence[tuple[str, str]], found: Mapping[str, Place], sheet: Sheet) -> list[Arrow]:
    """Arcs on the left of a column, the wider the farther they reach."""
    farthest = max((abs(found[one].y - found[other].y) for one, other in pairs), default=1)
    result = []
    for one, other in pairs:
        y1, y2 = found[one].y + sheet.height * 0.6, found[other].y + sheet.height * 0.4
        left = found[one].x
        out = left - (left - 2) * (0.25 + 0.75 * abs(y1 - y2) / (farthest + sheet.height)) * 4 / 3
        path = f"M{left:.1f} {y1:.1f}C{out:.1f} {y1:.1f} {out:.1f} {y2:.1f} {left - 6:.1f} {y2:.1f}"
        head = f"{left:.1f},{y2:.1f} {left - 7:.1f},{y2 - 4:.1f} {left - 7:.1f},{y2 + 4:.1f}"
        result.append(Arrow(one, other, path, head))
    return result
