"""The names of a table and of its columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import PurePath
from typing import Final

__all__ = ["column_names", "shown", "table_name"]

LONGEST: Final = 200
PACKED: Final = {".gz", ".bz2", ".xz", ".zst", ".gzip", ".bzip2", ".zstd"}


def column_names(cells: Iterable[str]) -> tuple[str, ...]:
    """Return column names: blanks and marks stripped, an empty one "column_3", a repeated one "name_2"."""
    names: list[str] = []
    taken: set[str] = set()
    times: dict[str, int] = {}
    for place, cell in enumerate(cells, 1):
        base = name = shown(cell) or f"column_{place}"
        while name in taken:
            # counted for each name, lest a thousand equal names cost a million look-ups
            times[base] = times.get(base, 1) + 1
            name = f"{base}_{times[base]}"
        taken.add(name)
        names.append(name)
    return tuple(names)


def shown(text: str) -> str:
    """Return a name without what cannot be seen: control and format characters, blanks at the ends and in a row."""
    text = text[: 8 * LONGEST]
    visible = "".join(
        " " if unicodedata.category(char)[0] in "CZ" and char not in "\u200b\ufeff" else char for char in text
    )
    joined = " ".join(visible.replace("\u200b", "").replace("\ufeff", "").split())
    return joined if len(joined) <= LONGEST else joined[: LONGEST - 1] + "…"


def table_name(file: str) -> str:
    """Return the table's name: the file's, without folders and endings."""
    path = PurePath(file.replace("\\", "/"))
    if path.suffix.lower() in PACKED and path.stem:
        path = PurePath(path.stem)
    return path.stem or file
