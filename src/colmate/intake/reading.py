"""What every reader of a format is given, and what it gives back.

A reader is a module or package of `colmate.intake.readers` with a tuple ``FORMATS``. It gets a `Source` (the bytes,
decompressed), an `Account` (the books) and `Options`, and yields `Chunk` (records of one table) and `Member` (a file
inside the file) in whatever order the content has them; what calls it puts the tables together, reads the members
in their turn, and proves the accounting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from colmate.intake.compression import Bounds, Stream
from colmate.model import Role

if TYPE_CHECKING:
    from colmate.intake.accounting import Account
    from colmate.intake.evidence import Source

__all__ = [
    "CERTAIN",
    "FALLBACK",
    "LIKELY",
    "POSSIBLE",
    "Chunk",
    "Declared",
    "Format",
    "Head",
    "Meaning",
    "Member",
    "Options",
    "Reader",
    "Reference",
    "SPARSE",
    "Rows",
    "Within",
]

# how sure a format is that a content is its own
CERTAIN: Final = 1.0  # magic bytes
LIKELY: Final = 0.9  # a structure that nothing else has
POSSIBLE: Final = 0.6  # fits, and other readings fit too
FALLBACK: Final = 0.3  # delimited text: anything that is text
BLOCK: Final = 8 << 20
SPARSE: Final = 20  # cells of a table for each that holds something
RECORD_LIMIT: Final = 32 << 20  # bytes of one record: beyond, its first line is a reject


@dataclass(frozen=True)
class Options:
    """What the caller decided; None: found out.

    ``layout``: a file that describes the columns of fixed-width records. ``depth``: how many containers within
    containers are opened. ``block`` and ``limit``: bytes read at once, and of the longest record.
    """

    encoding: str | None = None
    delimiter: str | None = None
    format: str | None = None
    password: str | None = field(default=None, repr=False)
    layout: Path | None = None
    depth: int = 6
    bounds: Bounds = field(default_factory=Bounds)
    block: int = BLOCK
    limit: int = RECORD_LIMIT


@dataclass(frozen=True)
class Head:
    """The beginning of a content (up to 1 MiB): ``raw`` bytes, ``text`` the same in UTF-8 without a mark.

    ``whole`` when the content ends within it.
    """

    raw: bytes
    text: bytes
    whole: bool


@dataclass(frozen=True)
class Meaning:
    """What a column holds by the rules of its format: a semantic type of the catalogue, and whose value it is."""

    semantic_type: str
    role: Role | None = None


@dataclass(frozen=True)
class Reference:
    """``columns`` of a table hold the values of ``targets`` in ``table`` of the same file (or family of files)."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Declared:
    """What the format itself says of a table. ``subject``: who its records are about, where the format says so."""

    primary: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    meanings: Mapping[str, Meaning] = field(default_factory=dict)
    subject: Role | None = None


@dataclass(frozen=True)
class Chunk:
    """Some records of one table, in the order of the file.

    ``records``: string columns under the names the file gives them, unique; '' or null where empty. Later chunks of
    the same table may have more, fewer or other columns: they are joined by name. A chunk without records declares a
    table that has none. ``declared`` may come with any chunk; what is said last counts.
    """

    table: str
    records: pa.Table
    declared: Declared | None = None


@dataclass(frozen=True)
class Within:
    """Where a member was found: the record of ``table`` whose ``column`` is ``value``; its tables refer to it."""

    table: str
    column: str
    value: str


@dataclass(frozen=True)
class Member:
    """A file inside the file, read before the next item is asked for. ``packed``: bytes it takes in its container.

    ``place``: where it is in the container, for the list of rejects.
    """

    name: str
    content: Stream
    packed: int
    place: int = 0
    within: Within | None = None


Reader = Callable[["Source", "Account", Options], Iterator[Chunk | Member]]


@dataclass(frozen=True)
class Format:
    """A format: its id in the report, how it is told from the content (0 to 1), and how it is read.

    ``family``: the tables of all files of this format are one (messages, documents: a file each, a table together);
    formats of one ``group`` share them too.
    ``sniff`` sees the beginning only and raises nothing, whatever the bytes. ``ahead``: the reader gives no members,
    so it may work in a thread of its own while its last chunk is written.
    """

    id: str
    sniff: Callable[[Head], float]
    read: Reader
    family: bool = False
    ahead: bool = False
    group: str = ""


class Rows:
    """Collects records one by one, for formats whose parser gives them so, and hands them out as chunks.

    Columns stand in the order in which they are first seen. ``limit``: records held before `full` says yes.
    """

    def __init__(self, limit: int = 20_000) -> None:
        self._limit = limit
        self._held = 0
        self._rows: dict[str, list[dict[str, str]]] = {}
        self._tables: dict[str, list[pa.Table]] = {}
        self._declared: dict[str, Declared] = {}

    def declare(self, table: str, declared: Declared) -> None:
        """Say what the format knows of a table; it goes out with the table's next chunk."""
        self._declared[table] = declared

    def add(self, table: str, record: dict[str, str]) -> None:
        """Take a record: text by column name; columns it lacks are empty."""
        self._rows.setdefault(table, []).append(record)
        self._held += 1

    def add_all(self, table: str, columns: Mapping[str, Sequence[str | None] | pa.Array], count: int) -> None:
        """Take ``count`` records as columns of text."""
        self._settle(table)
        arrays = {
            name: texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())
            for name, texts in columns.items()
        }
        self._tables.setdefault(table, []).append(pa.table(arrays))
        self._held += count

    @property
    def full(self) -> bool:
        """Whether it is time to hand out what is held."""
        return self._held >= self._limit

    def take(self) -> Iterator[Chunk]:
        """Hand out and forget what is held, table by table; tables that were only declared come without records."""
        for table in list(self._rows):
            self._settle(table)
        tables, self._tables, self._held = self._tables, {}, 0
        declared, self._declared = self._declared, {}
        for table in dict.fromkeys((*tables, *declared)):
            parts = tables.get(table) or [pa.table({})]
            yield Chunk(table, pa.concat_tables(parts, promote_options="default"), declared.get(table))

    def _settle(self, table: str) -> None:
        records = self._rows.pop(table, None)
        if records:
            names = dict.fromkeys(chain.from_iterable(records))
            if len(records) * len(names) > SPARSE * sum(map(len, records)):
                columns = _scattered(records)
            else:
                columns = {name: _column(records, name) for name in names}
            self._tables.setdefault(table, []).append(pa.table(columns))


def _scattered(records: list[dict[str, str]]) -> dict[str, pa.Array]:
    """Return the columns of records that have few of them each, at the cost of what there is and not of what is not."""
    held: dict[str, tuple[list[int], list[str]]] = {}
    for place, record in enumerate(records):
        for name, text in record.items():
            places, texts = held.setdefault(name, ([], []))
            places.append(place)
            texts.append(text)
    columns = {}
    for name, (places, texts) in held.items():
        chosen = np.full(len(records), -1)
        chosen[places] = np.arange(len(places))
        columns[name] = pa.array(texts, pa.string()).take(pa.array(chosen, mask=chosen < 0))
    return columns


def _column(records: list[dict[str, str]], name: str) -> pa.Array:
    # no loop of ours: for formats read record by record this is where most of the time goes
    return pa.array(list(map(dict.get, records, repeat(name), repeat(""))), pa.string())
