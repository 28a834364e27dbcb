"""What the page says first: how many, how grave, by when, and which figures must not be taken for one another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from colmate.model import Band, Report
from colmate.report.figures import bars
from colmate.report.labels import TITLE_LENGTH, label
from colmate.report.words import Words

__all__ = ["BANDS", "clock", "duties", "headline", "local_moment", "severity_bars", "special_persons"]

BANDS: tuple[Band, ...] = ("very_high", "high", "medium", "low")
HOURS_TO_NOTIFY = 72  # GDPR art. 33(1)
RISK_SCORE, HIGH_RISK_SCORE = 2.0, 3.0  # ours: from 2 tell the authority, from 3 presume a high risk


def _zone() -> tzinfo:
    """The regulator's time zone, or UTC on a machine without a time-zone table."""
    try:
        return ZoneInfo("Europe/Paris")
    except ZoneInfoNotFoundError:
        return UTC


def local_moment(text: str) -> datetime | None:
    """An ISO 8601 moment (UTC where it names no zone) in Paris time; ``None`` when it cannot be read as one."""
    try:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(_zone())
    except (ValueError, OverflowError):
        return None


def special_persons(report: Report) -> int:
    """At least so many persons have an asserted art. 9 fact: the largest category (categories overlap)."""
    return max((row.persons for row in report.special_categories if row.article == "9" and row.asserted), default=0)


def duties(report: Report, words: Words) -> list[dict[str, Any]]:
    """Whether to tell the authority (art. 33) and the persons (art. 34), each with its reason."""
    severity = report.severity
    score = words.number(severity.case.score)
    special = special_persons(report)
    by_score = words("duty.reason_score", score=score, band=words.named("band", severity.case.band).lower())
    by_special = words("duty.reason_special", persons=words.count("persons", special))

    def reason(told: bool, threshold: float, refusal: str) -> str:
        if not told:
            return words(refusal, score=score)
        reasons = [by_score] if severity.case.score >= threshold else []
        reasons += [by_special] if special else []
        return " ".join(reasons) or words("duty.reason_other", score=score)

    return [
        {
            "name": words("duty.authority"),
            "told": severity.notify_authority,
            "reason": reason(severity.notify_authority, RISK_SCORE, "duty.no_authority"),
        },
        {
            "name": words("duty.persons"),
            "told": severity.notify_persons,
            "reason": reason(severity.notify_persons, HIGH_RISK_SCORE, "duty.no_persons"),
        },
    ]


def clock(report: Report, words: Words) -> dict[str, Any]:
    """The 72 hours of art. 33, counted from the case's creation: the latest deadline if awareness came with it."""
    created = local_moment(report.case.created)
    if created is None:
        return {"deadline": None, "created": label(report.case.created), "zone": "", "machine": ""}
    deadline = (created.astimezone(UTC) + timedelta(hours=HOURS_TO_NOTIFY)).astimezone(created.tzinfo)
    paris = isinstance(created.tzinfo, ZoneInfo)
    return {
        "deadline": words.moment(deadline, weekday=True),
        "created": words.moment(created),
        "zone": words("clock.paris") if paris else "UTC",
        "machine": deadline.isoformat(timespec="minutes"),
    }


def severity_bars(report: Report, words: Words) -> list[Any]:
    """Persons in each band, the gravest first, as shares of all persons."""
    rows = [(band, words.named("band", band), report.severity.persons.get(band, 0)) for band in BANDS]
    return bars(words, rows, report.persons.count)


def _stack(report: Report) -> list[tuple[str, float, float]]:
    """The bands side by side, as (band, left edge, width) in hundredths of the persons."""
    parts: list[tuple[str, float, float]] = []
    left = 0.0
    for band in BANDS:
        width = 100 * report.severity.persons.get(band, 0) / max(1, sum(report.severity.persons.values()))
        if width:
            parts.append((band, round(left, 3), round(width, 3)))
        left += width
    return parts


def _lead(report: Report, words: Words) -> list[str]:
    """The case in three sentences."""
    persons, severity = report.persons, report.severity
    if not persons.count:
        return [words("lead.nobody", records=words.count("records", report.records.read))]
    worst = next((band for band in BANDS if severity.persons.get(band)), severity.case.band)
    key = "both" if severity.notify_persons else "authority" if severity.notify_authority else "neither"
    return [
        words(
            "lead.persons",
            records=words.count("records", report.records.read),
            persons=words.count("persons", persons.count),
        ),
        words(
            "lead.severity",
            band=words.named("band", worst).lower(),
            persons=words.count("persons", severity.persons.get(worst, 0)),
        ),
        words(f"lead.{key}"),
    ]


def headline(report: Report, words: Words) -> dict[str, Any]:
    """Everything of the page's first screen, as text."""
    records, persons = report.records, report.persons
    low, high = persons.interval
    exact = records.found == records.read + records.rejected
    return {
        "title": label(report.case.title, TITLE_LENGTH),
        "case": label(report.case.id),
        "lead": _lead(report, words),
        "persons": words.integer(persons.count),
        "interval": words("headline.interval", low=words.integer(low), high=words.integer(high)),
        "review": words.integer(groups) if (groups := sum(persons.conflicts.values())) else "",
        "records": [
            {"id": key, "name": words(f"headline.{key}"), "count": words.integer(getattr(records, key))}
            for key in ("found", "read", "rejected", "duplicates")
        ],
        "accounted": exact,
        "band": report.severity.case.band,
        "band_name": words.named("band", report.severity.case.band),
        "score": words.number(report.severity.case.score),
        "severity": severity_bars(report, words),
        "stack": _stack(report),
        "clock": clock(report, words),
        "duties": duties(report, words),
        "rows": words.integer(records.found),
    }
