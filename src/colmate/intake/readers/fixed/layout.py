"""The layout of fixed-width records, as a small file that the user writes.

A CSV file with a header, delimited by commas or semicolons, one line a column::

    name,start,length,type
    FINESS,16,9,finess
    NUM_RSS,48,20,
    BIRTH,78,8,birth_date

or the same as TOML::

    [[column]]
    name = "FINESS"
    start = 16
    length = 9
    type = "finess"

``start`` counts characters from 1, as the format descriptions of the ATIH (PMSI) do. ``type``, which may be left out,
is a semantic type of the catalogue. Columns may overlap (a composite identifier and its parts).
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from colmate.catalogue import semantic_types
from colmate.errors import UsageError
from colmate.intake.names import column_names
from colmate.intake.reading import Meaning

__all__ = ["Column", "Layout", "layout_of"]

LARGEST: Final = 1 << 20  # bytes of the layout's file, characters of a record
MOST: Final = 10_000


@dataclass(frozen=True)
class Column:
    """Characters ``start`` (from 0) to ``stop`` of each record; ``type`` is a semantic type or ""."""

    name: str
    start: int
    stop: int
    type: str = ""


@dataclass(frozen=True)
class Layout:
    """The columns, in the order of the file that describes them."""

    columns: tuple[Column, ...]

    @property
    def length(self) -> int:
        """Characters of a whole record."""
        return max(column.stop for column in self.columns)

    @property
    def meanings(self) -> dict[str, Meaning]:
        """What the columns hold, where the layout says it."""
        return {column.name: Meaning(column.type) for column in self.columns if column.type}


def layout_of(path: Path) -> Layout:
    """Return the layout that a file describes; raises `UsageError` with the line or column at fault."""
    try:
        raw = path.read_bytes()[: LARGEST + 1]
        text = raw.decode("utf-8-sig")
    except OSError:
        raise UsageError(f"the layout {path.name} cannot be opened: check its name and its access rights") from None
    except UnicodeDecodeError:
        raise UsageError(f"the layout {path.name} is not written in UTF-8") from None
    entries = _from_toml(text, path.name) if path.suffix.lower() == ".toml" else _from_csv(text)
    if not entries or len(entries) > MOST or len(raw) > LARGEST:
        raise UsageError(f"the layout {path.name} must describe from 1 to {MOST} columns: name,start,length,type")
    columns = [_column(entry, place, path.name) for place, entry in enumerate(entries, 1)]
    names = column_names(column.name for column in columns)
    return Layout(tuple(Column(name, one.start, one.stop, one.type) for name, one in zip(names, columns, strict=True)))


def _from_csv(text: str) -> list[Mapping[str, Any]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [{(key or "").strip().lower(): value for key, value in row.items()} for row in rows]


def _from_toml(text: str, name: str) -> list[Mapping[str, Any]]:
    try:
        columns = tomllib.loads(text).get("column", [])
    except tomllib.TOMLDecodeError:
        raise UsageError(f"the layout {name} is not valid TOML") from None
    return [entry for entry in columns if isinstance(entry, dict)] if isinstance(columns, list) else []


def _column(entry: Mapping[str, Any], place: int, layout: str) -> Column:
    where = f"column {place} of the layout {layout}"
    try:
        name, start, length = str(entry["name"]).strip(), int(entry["start"]), int(entry["length"])
    except (KeyError, TypeError, ValueError):
        raise UsageError(f"{where} needs a name, a start and a length: name,start,length,type") from None
    if not name or start < 1 or length < 1 or start + length > LARGEST:
        raise UsageError(f"{where} needs a name, a start from 1 and a length from 1")
    meaning = str(entry.get("type") or "").strip()
    if meaning and meaning not in semantic_types():
        raise UsageError(f"{where} has a type that the catalogue does not know")
    return Column(name, start - 1, start - 1 + length, meaning)
