"""Values that a format knows the type of, as the text that a person would have written."""

from __future__ import annotations

import datetime
import decimal
import math
import re
from typing import Final

__all__ = ["text_of"]

SURROGATE: Final = re.compile("[\ud800-\udfff]")


def text_of(value: object) -> str:
    """Return a value as text: '' for nothing, whole numbers without a fraction, dates in ISO 8601.

    A date with a time of midnight is a date. Bytes that are UTF-8 text are that text, others hexadecimal with 0x.
    Booleans are "true" and "false". Surrogates, which no UTF-8 can hold, become U+FFFD.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value if value.isascii() else SURROGATE.sub("\ufffd", value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, decimal.Decimal):
        return format(value, "f") if value.is_finite() else str(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time(0) and value.tzinfo is None
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _bytes(bytes(value))
    return str(value)


def _number(value: float) -> str:
    if math.isnan(value):
        return ""
    # every whole number below this is written out: a NIR has 15 figures
    if value.is_integer() and abs(value) < 1e17:
        return str(int(value))
    return repr(value)


def _bytes(value: bytes) -> str:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return "0x" + value.hex()
    return text if text.isprintable() or not text.isascii() or text.isspace() or "\n" in text else "0x" + value.hex()
