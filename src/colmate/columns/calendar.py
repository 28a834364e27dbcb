"""Dates as exports write them, to ``YYYY-MM-DD``.

Day/month order is a property of the column (`layout`), never guessed value by value. Layouts: ``dmy`` (the French
use), ``mdy``, ``serial`` (a spreadsheet's number of days since 1899-12-30). Year-first forms, compact forms and
month names read the same in each. A two-digit year after the current one belongs to the century before.
"""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from colmate.columns.text import fold, matching, when
from colmate.engine import among

__all__ = ["PLACEHOLDERS", "has_time", "is_date", "order_clues", "to_iso"]

TIME = r"(?:[ T,]+(?:à )?\d{1,2}[:hH]\d{2}[0-9:.,hmsTZ+\-ampAMP ]*)?"
# what software writes itself, at its places: judged by position, for a pattern of all forms costs ten times as much
CLOCK = r"[ T]\d\d:\d\d(?::\d\d)?"
ISO_ITSELF, DAYS_ITSELF = rf"^\d{{4}}-\d\d-\d\d(?:{CLOCK})?$", rf"^\d\d[/.\-]\d\d[/.\-]\d{{4}}(?:{CLOCK})?$"
TIME_ITSELF = rf"^(?:\d{{4}}-\d\d-\d\d|\d\d[/.\-]\d\d[/.\-]\d{{4}}){CLOCK}$"
SEPARATED = r"^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})" + TIME + "$"
YEAR_FIRST = r"^(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})" + TIME + "$"
COMPACT_YEAR = r"^((?:18|19|20)\d{2})(0\d|1[0-2])([0-2]\d|3[01])(?:[T]?\d{4}(?:\d{2})?)?$"
COMPACT_DAY = r"^([0-2]\d|3[01])(0\d|1[0-2])((?:18|19|20)\d{2})$"
WEEKDAY = r"^(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?) "
NAMED_FIRST = r"^([a-z]{3,9}) (\d{1,2})(?:st|nd|rd|th)? (\d{4})(?: .*)?$"

# what systems write for "no date": epochs of spreadsheets and databases, zeros, far futures
PLACEHOLDERS = (
    "0000-00-00", "1900-01-01", "1899-12-31", "1899-12-30", "1753-01-01", "1601-01-01", "0001-01-01",
    "9999-12-31", "9999-99-99", "2999-12-31", "2099-12-31",
)  # fmt: skip

MONTHS = (
    ("jan", "janv", "janvier", "january"), ("feb", "fev", "fevr", "fevrier", "february"), ("mar", "mars", "march"),
    ("apr", "avr", "avril", "april"), ("may", "mai"), ("jun", "juin", "june"), ("jul", "juil", "juillet", "july"),
    ("aug", "aou", "aout", "august"), ("sep", "sept", "septembre", "september"), ("oct", "octobre", "october"),
    ("nov", "novembre", "november"), ("dec", "decembre", "december"),
)  # fmt: skip


def to_iso(value: ir.StringValue, layout: str = "dmy") -> ir.StringValue:
    """Return a trimmed text as ``YYYY-MM-DD``, zeros where day or month is unknown; NULL for anything else.

    The day is not checked against the month: see `is_date`. Placeholders give NULL.
    """
    if layout == "serial":
        return _serial(value)
    general = ibis.cases(
        (value.re_search(r"^.{0,12}[A-Za-z\x{c0}-\x{ff}]{3}"), _padded(_named(value))),
        else_=_padded(_figures(value, layout)),
    )
    text = ibis.cases(
        (value.re_search(ISO_ITSELF), value.substr(0, 10)),
        (value.re_search(DAYS_ITSELF), _quick(value, layout)),
        else_=matching(general, r"\d{4}-\d\d-\d\d"),
    )
    # every placeholder lies outside of these days: nearly no date is searched for in the list
    ordinary = text.between("1900-01-02", "2099-12-30")
    return ibis.cases((ordinary, text), else_=when(~among(text, PLACEHOLDERS), text))


def _quick(value: ir.StringValue, layout: str) -> ir.StringValue:
    """Return the commonest form by position: most columns hold nothing else, and a pattern costs more."""
    first, second = value.substr(0, 2), value.substr(3, 2)
    return value.substr(6, 4) + "-" + (first + "-" + second if layout == "mdy" else second + "-" + first)


def _figures(value: ir.StringValue, layout: str) -> ir.StringValue:
    """Return a date in figures as ``Y-M-D``; each form that does not match leaves the text as it is."""
    day, month = (r"\2", r"\1") if layout == "mdy" else (r"\1", r"\2")
    return (
        value.re_replace(YEAR_FIRST, r"\1-\2-\3")
        .re_replace(SEPARATED, rf"\3-{month}-{day}")
        .re_replace(COMPACT_YEAR, r"\1-\2-\3")
        .re_replace(COMPACT_DAY, r"\3-\2-\1")
    )


def _named(value: ir.StringValue) -> ir.StringValue:
    """Return a date with its month in letters, French or English, in full or shortened, as ``Y-M-D``."""
    text = fold(value).re_replace(WEEKDAY, "").re_replace(NAMED_FIRST, r"\2 \1 \3")
    for number, words in enumerate(MONTHS, 1):
        text = text.re_replace(rf"^(\d{{1,2}})(?:er|st|nd|rd|th)? (?:{'|'.join(words)}) ", rf"\1 {number:02d} ")
    return text.re_replace(r"^(\d{1,2}) (\d\d) (\d{4}|\d{2})(?: .*)?$", r"\3-\2-\1")


def _padded(text: ir.StringValue) -> ir.StringValue:
    """Return ``Y-M-D`` with four, two and two digits."""
    this_year = datetime.datetime.now(tz=datetime.UTC).year % 100
    recent = "|".join(f"{year:02d}" for year in range(this_year + 1))
    return (
        text.re_replace(r"-(\d)-", r"-0\1-")
        .re_replace(r"-(\d)$", r"-0\1")
        .re_replace(rf"^({recent})-(\d\d-\d\d)$", r"20\1-\2")
        .re_replace(r"^(\d\d)-(\d\d-\d\d)$", r"19\1-\2")
    )


def _serial(value: ir.StringValue) -> ir.StringValue:
    """Return a spreadsheet's day number (1 to 80,000, fraction ignored) as a date (ECMA-376, 1900 date system)."""
    days = value.re_extract(r"^(\d{3,5})(?:[.,]\d+)?$", 1).try_cast("int32")
    epoch = ibis.literal(datetime.date(1899, 12, 30))
    moment = (epoch + days.as_interval("D")).cast("date").cast(str).substr(0, 10)
    return when(days.notnull() & (days <= 80_000) & (days >= 367), moment)


def is_date(canonical: ir.StringValue, unknown_allowed: bool = False) -> ir.BooleanValue:
    """Return whether ``YYYY-MM-DD`` is in the calendar, years 1800 to 2199; with zeros too where allowed."""
    # every month has 28 days: the calendar itself is asked for the others only
    early = canonical.re_search(r"^(?:18|19|20|21)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$")
    late = canonical.try_cast("date").notnull() & canonical.between("1800-01-01", "2199-12-31")
    known = ibis.cases((early, True), else_=late)
    if not unknown_allowed:
        return known.fill_null(False)
    partial = canonical.re_search(r"^(?:18|19|20)\d\d-(?:(?:0\d|1[0-2])-00)$|^(?:18|19|20)\d\d-00-\d\d$")
    return (known | partial).fill_null(False)


def has_time(value: ir.StringValue) -> ir.BooleanValue:
    """Return whether a date is followed by a time of day that is not midnight's zeros."""
    clock = value.re_search(r"\d[ T,]+(?:à )?\d{1,2}[:hH]\d{2}") | value.re_search(r"^(?:19|20)\d{6}T?\d{4}(?:\d{2})?$")
    midnight = value.re_search(r"[ T]0?0[:h]00(?::00(?:\.0+)?)?(?:Z|[+\-]\d\d:?\d\d)?$|^\d{8}0000(?:00)?$")
    told = ~value.substr(11).isin(("00:00", "00:00:00"))
    return ibis.cases((value.re_search(TIME_ITSELF), told), else_=clock & ~midnight)


def order_clues(value: ir.StringValue) -> tuple[ir.BooleanValue, ir.BooleanValue]:
    """Return whether a separated date can only be day first, and whether it can only be month first."""
    first = value.re_extract(SEPARATED, 1).try_cast("int32")
    second = value.re_extract(SEPARATED, 2).try_cast("int32")
    day_first = ((first > 12) & (second <= 12)).fill_null(False)
    month_first = ((second > 12) & (second <= 31) & (first <= 12)).fill_null(False)
    return day_first, month_first
