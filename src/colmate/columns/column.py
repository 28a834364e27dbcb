"""What this stage is given and hands on: `RecordsTable` in, one `Column` a column, one `TableColumns` a table out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import ibis.expr.types as ir

from colmate.model import ColumnReport, Key, Role

__all__ = ["Column", "DeclaredLike", "MeaningLike", "RecordsTable", "ReferenceLike", "TableColumns"]

WIDE = 500
MUTE = frozenset(("empty", "number", "boolean"))
TELLING_NOBODY = frozenset(("code", "unknown"))


class MeaningLike(Protocol):
    """What a format says a column holds, and whose value it is."""

    @property
    def semantic_type(self) -> str: ...
    @property
    def role(self) -> Role | None: ...


class ReferenceLike(Protocol):
    """A reference that a format declares: ``columns`` hold the values of ``targets`` in ``table``."""

    @property
    def columns(self) -> Sequence[str]: ...
    @property
    def table(self) -> str: ...
    @property
    def targets(self) -> Sequence[str]: ...


class DeclaredLike(Protocol):
    """What a format itself says of a table, by the names of its columns."""

    @property
    def primary(self) -> Sequence[str]: ...
    @property
    def references(self) -> Sequence[ReferenceLike]: ...
    @property
    def meanings(self) -> Mapping[str, MeaningLike]: ...
    @property
    def subject(self) -> Role | None: ...


@dataclass(frozen=True)
class _Undeclared:
    """A format that says nothing of its columns."""

    primary: tuple[str, ...] = ()
    references: tuple[ReferenceLike, ...] = ()
    meanings: Mapping[str, MeaningLike] = field(default_factory=dict)
    subject: Role | None = None


@dataclass(frozen=True)
class RecordsTable:
    """A records dataset (``record``, ``c0``…) of ``count`` records; ``names`` of its columns as in the file.

    ``name`` is the table's own (empty: nothing is known of it).
    """

    records: ir.Table
    names: Sequence[str]
    count: int
    name: str = ""
    declared: DeclaredLike = field(default_factory=_Undeclared)


@dataclass(frozen=True)
class Column:
    """What a column holds: ``name`` as in the file, ``position`` from 1, ``field`` its physical name.

    ``role`` is whose the value is (``None`` for codes, texts and what is nobody's), ``confidence`` 0 to 1. ``filled``
    counts records whose cell says something, ``valid`` those whose value passes its type's check, ``distinct`` the
    distinct non-empty texts. ``layout`` is how dates are written (``dmy``, ``mdy``, ``serial``), empty elsewhere.
    """

    name: str
    position: int
    field: str
    semantic_type: str
    role: str | None
    confidence: float
    filled: int
    valid: int
    distinct: int
    records: int
    layout: str = ""


@dataclass(frozen=True)
class TableColumns:
    """The columns of a table, the one that names the controller, and its keys.

    ``subject``: whose table it is by its name or format (``patient``, ``professional``…), None where nothing tells.
    """

    columns: tuple[Column, ...]
    controller: Column | None
    keys: tuple[Key, ...]
    subject: str | None = None

    @property
    def controller_field(self) -> str | None:
        """Physical field of the column that names the controller."""
        return self.controller.field if self.controller else None

    def reported(self) -> list[ColumnReport]:
        """Return the columns as the report shows them."""
        return [
            ColumnReport.model_validate({name: getattr(item, name) for name in ColumnReport.model_fields})
            for item in self.columns
        ]

    def telling(self) -> list[Column]:
        """Return the columns that can say something about somebody; the others need no canonical form.

        In a very wide table codes and the unknown are left out too: they tell nobody by themselves, and writing out
        the expression of thousands of columns would take longer than all the rest.
        """
        kept = [item for item in self.columns if item.filled and item.semantic_type not in MUTE]
        if len(kept) > WIDE:
            kept = [item for item in kept if item.semantic_type not in TELLING_NOBODY]
        return kept + [item for item in (self.controller,) if item and item not in kept]
