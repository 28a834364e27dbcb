"""Which tables may refer to each other: those of one database, by where they were found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

__all__ = ["groups"]


def groups(places: Mapping[int, str], within: Mapping[str, str | None]) -> dict[int, str]:
    """Return for each table the file received that holds it and others, or nothing for a file's only one.

    ``places``: the evidence of each table; ``within``: what each piece of evidence is a member of. Tables of one
    database refer to each other; tables in files of their own may be a database written table by table.
    """
    outermost = {}
    for table, place in places.items():
        seen = {place}
        while (above := within.get(place)) is not None and above not in seen:
            seen.add(above)
            place = above
        outermost[table] = place
    times = Counter(outermost.values())
    return {table: place if times[place] > 1 else "" for table, place in outermost.items()}
