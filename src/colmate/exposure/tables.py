"""What the room is given and what it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import ibis.expr.types as ir

from colmate import model
from colmate.model import ROLES, ColumnLike

__all__ = ["ROLES", "ColumnLike", "Context", "DoubtsLike", "Exposed", "ExposureTable"]


class DoubtsLike(Protocol):
    """Where the linkage is unsure: see `colmate.subjects.Doubts`."""

    @property
    def persons(self) -> ir.Table: ...
    @property
    def apart(self) -> ir.Table: ...
    def interval(self, count: int, sums: Mapping[str, float | None], insufficient: int = 0) -> tuple[int, int]: ...


@dataclass(frozen=True)
class ExposureTable:
    """One table of the evidence: canonical records, columns, and the field that names the controller, if any.

    ``source``: the number of what answers where no column tells, the same for all tables of one file or database
    (by default the table's own), and ``source_name`` its name. ``records``: how many there are, where that is known.
    ``owners``: names of the controllers, where the column holds their numbers.
    """

    number: int
    name: str
    canonical: ir.Table
    columns: Sequence[ColumnLike]
    controller: str | None
    source: int | None = None
    source_name: str = ""
    records: int | None = None
    owners: Mapping[str, str] = field(default_factory=dict)

    @property
    def answers(self) -> tuple[int, str]:
        """Number and name of the file or database that answers for the records of no named controller."""
        return (self.number, self.name) if self.source is None else (self.source, self.source_name)


@dataclass(frozen=True)
class Context:
    """The circumstances of the breach, for ENISA's CB.

    ``published``: open to an unknown number of recipients (+0.5). ``malicious``: theft or sale, not a mistake (+0.5).
    ``health_controller``: being in the file reveals care, for its controller is a laboratory, a practice, a hospital
    (``None``: inferred from the columns and the names of tables).
    """

    published: bool = True
    malicious: bool = True
    health_controller: bool | None = None


@dataclass(frozen=True)
class Exposed:
    """The sections of the report that this stage makes, and two datasets.

    ``persons``: person int64, m0… int64 (bit masks of what is disclosed), score float64, band.
    ``labels``: label → value, where the value itself may not be shown (for the encrypted case only).
    """

    exposure: list[model.Exposure]
    special_categories: list[model.SpecialCategory]
    relatives: model.Relatives
    severity: model.Severity
    harms: list[model.Harm]
    controllers: list[model.Controller]
    period: model.Period
    persons: ir.Table
    labels: ir.Table
