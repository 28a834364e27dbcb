"""What the room is given and what it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import ibis.expr.types as ir

from colmate import model
from colmate.model import ROLES, ColumnLike

if TYPE_CHECKING:
    from colmate.subjects.doubts import Doubts

__all__ = [
    "ROLES",
    "STATUS",
    "ColumnLike",
    "LinkLike",
    "SubjectTable",
    "Subjects",
    "columns_of",
    "mention_id",
    "place_of",
    "record_of",
    "role_of",
]

# "weak": only a local number is known; it becomes a person or insufficient after linkage
STATUS = ("person", "test", "insufficient", "weak")
TABLE_STEP = 1 << 42


class LinkLike(Protocol):
    """A reference between tables: ``columns`` (physical) of table ``child`` hold ``targets`` of table ``parent``."""

    @property
    def child(self) -> int: ...
    @property
    def columns(self) -> Sequence[str]: ...
    @property
    def parent(self) -> int: ...
    @property
    def targets(self) -> Sequence[str]: ...
    @property
    def when(self) -> tuple[str, str] | None: ...


@dataclass(frozen=True)
class SubjectTable:
    """One table of the evidence: ``canonical`` has ``record`` and ``c0``… (canonical text or null).

    ``controller`` is the field of the column that names who answers for the record, or None. ``links`` are the
    table's references to others; ``keys`` gives the field of ``canonical`` with the fingerprint of a key's text by the
    key's physical field. ``whole`` has all records where ``canonical`` has some: what is learnt from many records is
    learnt from these.
    """

    number: int
    canonical: ir.Table
    columns: Sequence[ColumnLike]
    controller: str | None
    records: int
    links: Sequence[LinkLike] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    whole: ir.Table | None = None


@dataclass(frozen=True)
class Subjects:
    """The datasets and the section of the report that this stage makes.

    ``mentions``: table int32, record int64, role, person int64 or null, status, probability; for those that are
    carried by reference, ``via_table`` int32 and ``via_record`` int64: the record referred to, null elsewhere.
    ``persons``: person int64, role, sex, birth_date, department, minor, deceased, email, mobile, post, records.
    ``links``: l, r (mention numbers), rules (bits of `blocking.RULES`), weight: the pairs that hold a person's records
    together. ``frequencies``: mention, and what `scoring.frequencies` adds to its traits. ``conflicts``: groups to be
    looked at, see `conflicts.COLUMNS`. ``doubts``: where the linkage is unsure. ``model``: the linkage model
    as used, ready for JSON.
    """

    mentions: ir.Table
    persons: ir.Table
    links: ir.Table
    frequencies: ir.Table
    conflicts: ir.Table
    doubts: Doubts
    section: model.Persons
    model: dict[str, Any] = field(default_factory=dict)


def columns_of(table: SubjectTable, roles: Sequence[str | None], *types: str) -> list[ir.StringValue]:
    """Return the columns of ``table`` of one of ``types`` about one of ``roles``, by type in the file's order."""
    return [
        table.canonical[column.field]
        for kind in types
        for column in table.columns
        if column.semantic_type == kind and column.role in roles
    ]


def mention_id(record: ir.IntegerValue, table: int, role: str, rank: int = 0) -> ir.IntegerValue:
    """Number a mention: table, record and role in one integer; smaller for earlier tables, records and roles.

    ``rank`` tells the second, third and fourth professional of a record.
    """
    code = ROLES.index(role) if rank == 0 else len(ROLES) + rank - 1
    return record * 8 + (table * TABLE_STEP + code)


def record_of(mention: ir.IntegerValue) -> tuple[ir.IntegerValue, ir.IntegerValue]:
    """Return (table, record) of a mention's number."""
    return (mention // TABLE_STEP).cast("int32"), (mention % TABLE_STEP) // 8


def place_of(mention: int) -> tuple[int, int]:
    """Return (table, record) of one mention's number."""
    return mention // TABLE_STEP, mention % TABLE_STEP // 8


def role_of(mention: ir.IntegerValue) -> ir.IntegerValue:
    """Return the role's code of a mention's number: its place in `ROLES`."""
    code = mention % 8
    return (code < len(ROLES)).ifelse(code, ROLES.index("professional"))
