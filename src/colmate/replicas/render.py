"""From positions and numbers to text columns, and from columns to lines of a delimited file.

Everything works on whole Arrow arrays. A line is made by joining its cells, so cells are quoted here, and only where
they need it, as most software does.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from colmate.replicas import tables
from colmate.replicas.tables import Ints

__all__ = ["blank", "choose", "day", "digits", "email", "join", "letters", "lines", "phone", "take"]

Flags = npt.NDArray[np.bool_]
EPOCH = -25_567  # 1900-01-01
DAYS = 47_482  # to 2029-12-31


def take(words: pa.Array, where: Ints) -> pa.Array:
    """The words at the positions ``where``."""
    return words.take(pa.array(where))


def blank(column: pa.Array, keep: Flags) -> pa.Array:
    """The column with '' where ``keep`` is false."""
    return pc.if_else(pa.array(keep), column, "")


def choose(condition: Flags, left: Any, right: Any) -> pa.Array:
    """``left`` where the condition holds, ``right`` elsewhere."""
    return pc.if_else(pa.array(condition), left, right)


def join(*parts: Any) -> pa.Array:
    """The parts, arrays or texts, one after the other."""
    return pc.binary_join_element_wise(*parts, "")


@cache
def _calendar(pattern: str) -> pa.Array:
    days = np.arange(EPOCH, EPOCH + DAYS).astype("datetime64[D]")
    texts = np.datetime_as_string(days)
    return pa.array([f"{t[8:10]}/{t[5:7]}/{t[:4]}" if pattern == "fr" else str(t) for t in texts], pa.string())


def day(days: Ints, pattern: str = "fr") -> pa.Array:
    """Days since 1970 as ``31/12/1999`` (``fr``) or ``1999-12-31`` (``iso``)."""
    return take(_calendar(pattern), days - EPOCH)


def digits(numbers: Ints, width: int) -> pa.Array:
    """Numbers as text of at least ``width`` figures."""
    return pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")


def phone(number: Ints, style: Ints) -> pa.Array:
    """Ten figures from the nine after the 0. Style 0: together, 1: spaced, 2: dotted, 3: ``+33``."""
    plain = digits(number, 10)
    if not style.any():
        return plain
    pairs = [pc.utf8_slice_codeunits(plain, start, start + 2) for start in range(0, 10, 2)]
    for code, separator in ((1, " "), (2, ".")):
        plain = choose(style == code, pc.binary_join_element_wise(*pairs, separator), plain)
    return choose(style == 3, join("+33", pc.utf8_slice_codeunits(digits(number, 10), 1, 10)), plain)


@cache
def letters(kind: str) -> pa.Array:
    """Vocabulary ``kind`` as text: ``surname``, ``first``, ``FIRST`` (upper), ``first_plain`` (upper, no accents)…"""
    if kind == "surname":
        return tables.surnames().array()
    if kind == "Surname":
        return pc.utf8_title(tables.surnames().array())
    if kind == "surname_mail":
        return pc.replace_substring_regex(pc.utf8_lower(tables.surnames().array()), "[^a-z]", "")
    if kind in {"first", "FIRST"}:
        words = tables.first_names()[0]
        return words if kind == "first" else pc.utf8_upper(words)
    plain = pa.array([tables.plain(word) for word in tables.first_names()[0].to_pylist()], pa.string())
    if kind == "first_mail":
        return pc.replace_substring_regex(pc.utf8_lower(plain), "[^a-z]", "")
    if kind == "first_plain":
        return pc.utf8_upper(plain)
    raise KeyError(kind)


def email(first: Ints, surname: Ints, number: Ints, domain: Ints) -> pa.Array:
    """Addresses like ``jean.martin12@orange.example``; four shapes, by the number."""
    given, family = take(letters("first_mail"), first), take(letters("surname_mail"), surname)
    domains = take(pa.array(tables.data("health")["mail"]["domains"]), domain)
    shape = number % 4
    local = join(given, ".", family)
    local = choose(shape == 1, join(pc.utf8_slice_codeunits(given, 0, 1), family), local)
    local = choose(shape == 2, join(family, ".", given), local)
    tail = pc.cast(pa.array(number // 4 % 1000), pa.string())
    return join(local, blank(tail, (shape == 3) | (number % 3 == 0)), "@", domains)


def quoted(column: pa.Array, delimiter: str) -> pa.Array:
    """The cells, in quotes where they hold a delimiter, a quote or a line end; quotes are doubled (RFC 4180)."""
    needs = pc.match_substring_regex(column, f'[{delimiter}"\r\n]')
    return pc.if_else(needs, join('"', pc.replace_substring(column, '"', '""'), '"'), column)


def lines(
    columns: Sequence[pa.Array], delimiter: str, end: str, free: Sequence[int], order: Ints | None = None
) -> bytes:
    """The records as text in UTF-8, in their ``order`` if given; ``free`` tells which columns may need quotes."""
    cells = [quoted(c, delimiter) if place in free else c for place, c in enumerate(columns)]
    cells[-1] = join(cells[-1], end)
    whole = pc.binary_join_element_wise(*cells, delimiter)
    if order is not None:
        whole = whole.take(pa.array(order))
    _, offsets, content = whole.buffers()
    edges = np.frombuffer(offsets, dtype=np.int32, count=len(whole) + 1 + whole.offset)
    result: bytes = content.slice(int(edges[whole.offset]), int(edges[-1] - edges[whole.offset])).to_pybytes()
    return result
