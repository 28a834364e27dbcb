"""Dates and times as database systems write them in scripts: SQL Server's bytes, Oracle's formats."""

from __future__ import annotations

import datetime
import re
from typing import Final

from colmate.intake.values import text_of

__all__ = ["from_binary", "from_format"]

YEAR_1: Final = datetime.datetime(1, 1, 1)
YEAR_1900: Final = datetime.datetime(1900, 1, 1)
# Oracle's format elements, the longest first; SQL Language Reference, table "Datetime Format Elements"
ELEMENTS: Final = (
    ("YYYY", "%Y"), ("RRRR", "%Y"), ("SYYYY", "%Y"), ("HH24", "%H"), ("HH12", "%I"), ("MONTH", "%B"), ("FF9", "%f"),
    ("FF6", "%f"), ("FF3", "%f"), ("FF", "%f"), ("MON", "%b"), ("YY", "%y"), ("RR", "%y"), ("MM", "%m"),
    ("DD", "%d"), ("HH", "%I"), ("MI", "%M"), ("SS", "%S"), ("AM", "%p"), ("PM", "%p"), ("TZH:TZM", "%z"),
    ("XFF", ".%f"), ("X", "."),
)  # fmt: skip
ELEMENT: Final = re.compile(
    "|".join(sorted((re.escape(name) for name, _ in ELEMENTS), key=len, reverse=True)) + '|"([^"]*)"'
)
NANOSECONDS: Final = re.compile(r"([.,]\d{6})\d+")


def from_format(text: str, form: str) -> str | None:
    """Return the ISO 8601 date (and time) of ``text``, written in Oracle's format ``form``; None if it does not fit."""
    meant = dict(ELEMENTS)
    pattern = ELEMENT.sub(lambda found: found.group(1) or meant.get(found.group(), ""), form.upper().replace("%", "%%"))
    try:
        return text_of(datetime.datetime.strptime(NANOSECONDS.sub(r"\1", text.strip()), pattern))
    except (ValueError, re.error):
        return None


def from_binary(data: bytes, kind: str) -> str | None:
    """Return the date (and time) that SQL Server holds as ``data`` in a column of type ``kind``; None for other types.

    As in its scripts, ``CAST(0x… AS DateTime)``: days since 1900 and three hundredths of a second, big-endian;
    the types since 2008: little-endian days since year 1, time in units of their precision.
    """
    name = kind.split("(")[0].strip().upper()
    try:
        if name == "DATETIME" and len(data) == 8:
            days, ticks = int.from_bytes(data[:4], "big", signed=True), int.from_bytes(data[4:], "big")
            return text_of(YEAR_1900 + datetime.timedelta(days=days, milliseconds=round(ticks * 10 / 3)))
        if name == "SMALLDATETIME" and len(data) == 4:
            days, minutes = int.from_bytes(data[:2], "big"), int.from_bytes(data[2:], "big")
            return text_of(YEAR_1900 + datetime.timedelta(days=days, minutes=minutes))
        if name == "DATE" and len(data) in (3, 4):
            return text_of(YEAR_1 + datetime.timedelta(days=int.from_bytes(data, "little")))
        if name in ("DATETIME2", "TIME", "DATETIMEOFFSET") and data and data[0] <= 7:
            return _precise(data, name)
    except (OverflowError, ValueError):
        return None
    return None


def _precise(data: bytes, name: str) -> str | None:
    scale, body = data[0], data[1:]
    days = 0
    offset = 0
    if name == "DATETIMEOFFSET":
        offset, body = int.from_bytes(body[-2:], "little", signed=True), body[:-2]
    if name != "TIME":
        days, body = int.from_bytes(body[-3:], "little"), body[:-3]
    if not 3 <= len(body) <= 5:
        return None
    microseconds = int.from_bytes(body, "little") * 10**6 // 10**scale
    moment = YEAR_1 + datetime.timedelta(days=days, microseconds=microseconds, minutes=offset)
    if name == "TIME":
        return text_of(moment.time())
    sign, minutes = "-" if offset < 0 else "+", abs(offset)
    zone = f" {sign}{minutes // 60:02d}:{minutes % 60:02d}" if name == "DATETIMEOFFSET" else ""
    return text_of(moment) + zone
