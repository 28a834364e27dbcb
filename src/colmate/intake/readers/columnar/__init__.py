"""Parquet and Arrow files (Feather and the stream format too): read by pyarrow, piece by piece, all columns as text.

What is nested is spread out: a structure's fields become columns ``a.b``; a list becomes a table of its own,
``table.column``, whose records name the row they belong to; what is deeper still is JSON.
"""

from __future__ import annotations

from colmate.intake.readers.columnar import arrow, parquet
from colmate.intake.reading import Format

__all__ = ["FORMATS"]

FORMATS = (Format("parquet", parquet.sniff, parquet.read), Format("arrow", arrow.sniff, arrow.read))
