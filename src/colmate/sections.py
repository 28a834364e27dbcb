"""What each stage leaves in the case, as typed records: its figures, and where its datasets lie."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from colmate import columns, model, subjects
from colmate.intake.reading import Declared

__all__ = ["Columns", "DecidedTable", "Exposed", "Intake", "Notes", "ReadTable", "Subjects"]


class ReadTable(BaseModel):
    """A table as intake left it; ``datasets`` hold its records, those of the first before those of the second.

    Later datasets may have more columns, never other ones. ``declared`` is what the format itself says of the table,
    its columns and references by the names in ``columns``.
    """

    number: int
    name: str
    evidence: str
    columns: tuple[str, ...]
    records: int
    datasets: tuple[str, ...]
    declared: Declared = Declared()


class Intake(BaseModel):
    """All evidence and its tables."""

    evidence: list[model.Evidence]
    tables: list[ReadTable]


class DecidedTable(ReadTable):
    """A table with the meaning of its columns; ``canonical`` is the dataset of its values in canonical form.

    ``links``: its references; ``keys``: the field of ``canonical`` with the fingerprint of each column that refers or
    is referred to; ``owners``: names of the controllers that its records give by number; ``group``: tables found
    together.
    """

    decided: columns.TableColumns
    duplicates: int
    canonical: str
    links: list[columns.Relation] = []
    keys: dict[str, str] = {}
    all_keys: list[model.Key] = []
    owners: dict[str, str] = {}
    group: str = ""


class Columns(BaseModel):
    """All tables, their columns decided."""

    tables: list[DecidedTable]


class Subjects(BaseModel):
    """The count of persons, and what the linkage is unsure of in all."""

    section: model.Persons
    unsure: subjects.Uncertainty
    model: dict[str, Any]


class Notes(BaseModel):
    """How many findings the free text gave."""

    findings: int


class Exposed(BaseModel):
    """What is disclosed about whom, and how severe it is."""

    exposure: list[model.Exposure]
    special_categories: list[model.SpecialCategory]
    relatives: model.Relatives
    severity: model.Severity
    harms: list[model.Harm]
    controllers: list[model.Controller]
    period: model.Period
