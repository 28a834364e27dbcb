"""The engine's own functions that Ibis has no word for, as expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

__all__ = [
    "among",
    "ascii_fold",
    "damerau",
    "extract_all",
    "fingerprint",
    "fingerprint_number",
    "jaro_winkler",
    "listed",
    "once",
    "translate",
]


# a character of no text of ours
SEPARATOR = "\x1f"


@ibis.udf.scalar.builtin(name="strip_accents")
def ascii_fold(value: str) -> str:
    """Return the text without its diacritics: "é" → "e" (ligatures stay)."""


@ibis.udf.scalar.builtin(name="translate")
def translate(value: str, source: str, target: str) -> str:
    """Return the text with each character of ``source`` replaced by its counterpart in ``target``, or removed."""


@ibis.udf.scalar.builtin(name="damerau_levenshtein")
def damerau(left: str, right: str) -> int:
    """Number of insertions, deletions, substitutions and transpositions between two texts."""


@ibis.udf.scalar.builtin(name="regexp_extract_all", signature=((dt.string, dt.string, dt.int64), dt.Array(dt.string)))
def extract_all(value, pattern, group):  # type: ignore[no-untyped-def]
    """All that ``group`` of ``pattern`` (RE2, constant) matches in a text, in order."""


@ibis.udf.scalar.builtin(name="jaro_winkler_similarity")
def jaro_winkler(left: str, right: str) -> float:
    """Jaro-Winkler similarity, 0 to 1."""


@ibis.udf.scalar.builtin(name="hash", signature=((dt.string,), dt.uint64))
def fingerprint(value):  # type: ignore[no-untyped-def]
    """64-bit fingerprint of a text, the same in every run; the fingerprint of null is a number too."""


@ibis.udf.scalar.builtin(name="hash", signature=((dt.int64,), dt.uint64))
def fingerprint_number(value):  # type: ignore[no-untyped-def]
    """64-bit fingerprint of an integer, the same in every run; the fingerprint of null is a number too."""


def among(value: ir.StringValue, words: Iterable[str]) -> ir.BooleanValue:
    """Return whether a text is one of ``words``.

    A list that is searched, not SQL's IN: the engine makes a join of a long IN, which costs more than the search, is
    not left out where nothing asks for it, and takes seconds to plan where each column has one.
    """
    return listed(words).contains(value)


def listed(words: Iterable[str]) -> ir.ArrayValue:
    """Return a constant list of texts, as one literal that the engine cuts once.

    Written as a list, each of its words is an expression of its own, copied wherever the list is used.
    """
    return ibis.literal(SEPARATOR.join(words)).split(SEPARATOR)


def once(value: ir.Value, make: Callable[[Any], ir.Value]) -> Any:
    """Return ``make(value)`` as a single function of the value, which the engine calls once for each distinct one.

    DuckDB runs a function of one column on the dictionary by which a Parquet file tells its values (up to 20,000 in a
    row group) and leaves the cells alone; a CASE by itself is run on every cell. ``make`` may use nothing but its
    argument and constants.
    """
    return ibis.array([value]).map(make)[0]
