"""The time the records speak of, by their dates of care."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence

import ibis

from colmate import model
from colmate.engine import Engine
from colmate.exposure.tables import ExposureTable

__all__ = ["period"]

# practice and laboratory software begins here; what is older is a placeholder (1900-01-01) or a birth date
EARLIEST = "1980-01-01"


def period(engine: Engine, tables: Sequence[ExposureTable], today: datetime.date | None = None) -> model.Period:
    """Return first and last date of care (ISO) and records by month; a record counts once, by its first date of care.

    Columns of type ``care_date``; ``timestamp`` only in a case without them; birth dates never. Dates before 1980 or
    after ``today`` are implausible and left out.
    """
    kinds = {column.semantic_type for table in tables for column in table.columns if column.filled}
    kind = "care_date" if "care_date" in kinds else "timestamp"
    latest = (today or datetime.datetime.now(tz=datetime.UTC).date()).isoformat()
    months: Counter[str] = Counter()
    days: list[str] = []
    for table in tables:
        fields = [column.field for column in table.columns if column.semantic_type == kind and column.filled]
        if not fields:
            continue
        dates = [_plausible(table.canonical[field], latest) for field in fields]
        day = ibis.coalesce(*dates) if len(dates) > 1 else dates[0]
        last = ibis.greatest(*dates) if len(dates) > 1 else dates[0]
        first = ibis.least(*dates) if len(dates) > 1 else dates[0]
        spoken = table.canonical.select(month=day.substr(0, 7), first=first, last=last)
        spoken = spoken.filter(spoken["month"].notnull())
        grouped = spoken.group_by("month").aggregate(
            records=spoken.count(), first=spoken["first"].min(), last=spoken["last"].max()
        )
        for row in engine.rows(grouped):
            months[row["month"]] += row["records"]
            days += [row["first"], row["last"]]
    if not days:
        return model.Period()
    return model.Period(first=min(days), last=max(days), by_month=dict(sorted(months.items())))


def _plausible(value: ibis.expr.types.StringValue, latest: str) -> ibis.expr.types.StringValue:
    day = value.substr(0, 10)
    proper = day.re_search("^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")
    return (proper & (day >= EARLIEST) & (day <= latest)).ifelse(day, ibis.null("string"))
