"""Who the persons are, when the records were made, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from colmate.model import Report
from colmate.report.figures import Bar, bars, months, tiles
from colmate.report.words import Words

__all__ = ["people", "period", "where"]

ROLES = ("patient", "insured", "professional", "relative", "account")
CHANNELS = ("email", "mobile", "post", "none")
SEXES = ("F", "M", "unknown")


def _ordered(found: Mapping[str, int], first: tuple[str, ...]) -> list[tuple[str, int]]:
    """The known keys in their order (those that were counted), then the others by name."""
    rest = sorted(set(found) - set(first))
    return [(key, found[key]) for key in (*first, *rest) if key in found]


def _table(words: Words, table: str, found: Mapping[str, int], first: tuple[str, ...], whole: int) -> list[Bar]:
    return bars(words, [(key, words.named(table, key), count) for key, count in _ordered(found, first)], whole)


def _decades(report: Report, words: Words) -> list[Bar]:
    found = report.persons.by_birth_decade
    rows = [
        (key, words("people.decade", decade=key) if key.isdigit() else words.named("place", key), count)
        for key, count in sorted(found.items(), key=lambda pair: (not pair[0].isdigit(), pair[0]))
    ]
    return bars(words, rows, report.persons.count, max(found.values(), default=0))


def people(report: Report, words: Words) -> dict[str, Any]:
    """Roles, ages, sex, minors, deceased, and by which means the persons can be told."""
    persons = report.persons
    special = [
        ("minors", words("people.minors"), persons.minors),
        ("deceased", words("people.deceased"), persons.deceased),
    ]
    return {
        "roles": _table(words, "role", persons.by_role, ROLES, persons.count),
        "spans": {role: words.span(interval) for role, interval in persons.by_role_interval.items()},
        "decades": _decades(report, words),
        "sexes": _table(words, "sex", persons.by_sex, SEXES, persons.count),
        "special": bars(words, special, persons.count),
        "channels": _table(words, "channel", persons.reachable_by, CHANNELS, persons.count),
        "review": [
            (words(f"review.{reason}"), words.integer(count)) for reason, count in sorted(persons.conflicts.items())
        ],
        "test": words.count("records", persons.test_records),
        "insufficient": words.count("records", persons.insufficient_records),
    }


def period(report: Report, words: Words) -> dict[str, Any]:
    """The span of the dates of care, its chart, and the figures behind the chart."""
    chart = months(words, report.period.by_month)
    return {
        "known": bool(report.period.first or chart),
        "first": words.iso_day(report.period.first),
        "last": words.iso_day(report.period.last),
        "chart": chart,
        "peak": words("time.peak", month=chart.peak.name, records=chart.peak.count) if chart else "",
        "undated": words.count("records", chart.undated) if chart and chart.undated else "",
    }


def where(report: Report, words: Words) -> dict[str, Any]:
    """The tile map and its table; how many persons have a known département."""
    found = report.persons.by_department
    located = sum(count for code, count in found.items() if code != "unknown")
    return {
        "map": tiles(words, found, report.persons.count),
        "located": words.count("persons", located),
        "share": words.share(located, report.persons.count),
        "any": located > 0,
    }
