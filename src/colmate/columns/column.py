"""What this stage hands on: one `Column` a column, one `TableColumns` a table."""

from __future__ import annotations

from dataclasses import dataclass

from colmate.model import Key

__all__ = ["Column", "TableColumns"]


@dataclass(frozen=True)
class Column:
    """What a column holds: ``name`` as in the file, ``position`` from 1, ``field`` its physical name.

    ``role`` is whose the value is (``None`` for codes and texts), ``confidence`` 0 to 1. ``filled`` counts records
    whose cell
    says something, ``valid`` those whose value passes its type's check, ``distinct`` the distinct non-empty texts.
    ``layout``
    is how dates are written (``dmy``, ``mdy``, ``serial``), empty elsewhere.
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
    """The columns of a table, the one that names the controller, and its keys."""

    columns: tuple[Column, ...]
    controller: Column | None
    keys: tuple[Key, ...]
