"""What is disclosed about each person, how severe it is, what can be done with it, and who answers for it."""

from __future__ import annotations

from colmate.exposure.owners import databases
from colmate.exposure.stage import expose
from colmate.exposure.tables import ColumnLike, Context, Exposed, ExposureTable

__all__ = ["ColumnLike", "Context", "Exposed", "ExposureTable", "databases", "expose"]
