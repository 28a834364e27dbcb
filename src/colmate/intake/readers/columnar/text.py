"""Columns of any Arrow type as text, a whole column at once, by the rules of `colmate.intake.values.text_of`."""

from __future__ import annotations

import json
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from colmate.intake.values import text_of

__all__ = ["as_text"]

EXACT: Final = 1e17  # whole numbers below this are written out
MIDNIGHT: Final = r" 00:00:00(Z?)$"


def as_text(values: pa.Array) -> pa.Array:
    """Return a column of any type as one of type string, null where there is nothing.

    Nested values (lists, maps, structures) become JSON. The values must be valid (`Array.validate`).
    """
    kind = values.type
    if isinstance(kind, pa.BaseExtensionType):
        return as_text(values.storage)
    if pa.types.is_dictionary(kind):
        return as_text(_decoded(values))
    if pa.types.is_run_end_encoded(kind):
        return as_text(pc.run_end_decode(values))
    if pa.types.is_null(kind):
        return pa.nulls(len(values), pa.string())
    if _is_text(kind):
        return _sound(values.cast(pa.string(), safe=False))
    if pa.types.is_floating(kind):
        return _numbers(values)
    if pa.types.is_timestamp(kind):
        return _moments(values)
    if pa.types.is_time(kind):
        return pc.replace_substring_regex(_trimmed(values.cast(pa.string())), r"\.$", "")
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_date(kind):
        return values.cast(pa.string())
    return _one_by_one(values)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _decoded(values: pa.DictionaryArray) -> pa.Array:
    """Return the values that the indices stand for."""
    return values.dictionary.take(values.indices)


def _sound(values: pa.Array) -> pa.Array:
    """Return text that is UTF-8 for certain: a file may claim it of any bytes."""
    try:
        values.validate(full=True)
    except pa.ArrowInvalid:
        raw = values.cast(pa.binary(), safe=False)
        return pa.array([None if one is None else one.decode("utf-8", "replace") for one in raw.to_pylist()], "string")
    return values


def _numbers(values: pa.Array) -> pa.Array:
    """Return numbers as text: whole ones without a fraction, what is no number as nothing."""
    if pa.types.is_float16(values.type):
        values = values.cast(pa.float32())
    whole = pc.and_(pc.equal(pc.trunc(values), values), pc.less(pc.abs(values), EXACT))
    nothing = pc.is_nan(values)
    rounded = pc.if_else(whole, values, pa.scalar(0, values.type)).cast(pa.int64(), safe=False).cast(pa.string())
    text = pc.if_else(whole, rounded, values.cast(pa.string()))
    return pc.if_else(nothing, pa.scalar(None, pa.string()), text)


def _moments(values: pa.Array) -> pa.Array:
    """Return moments as ISO 8601 with a blank: no fraction of nothing, and only the date at midnight."""
    zone = values.type.tz
    if zone is not None:
        # stored in UTC whatever the zone is that they are shown in
        values = values.cast(pa.timestamp(values.type.unit))
    text = _trimmed(values.cast(pa.string()))
    text = pc.replace_substring_regex(pc.replace_substring_regex(text, r"\.$", ""), MIDNIGHT, "")
    if zone is None:
        return text
    return pc.if_else(pc.match_substring(text, ":"), pc.binary_join_element_wise(text, "Z", ""), text)


def _trimmed(text: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(text, r"(\.\d*?)0+$", r"\1")


def _one_by_one(values: pa.Array) -> pa.Array:
    """Return binary data, decimals, durations and what is nested, value by value."""
    return pa.array([None if one is None else _any(one) for one in values.to_pylist()], pa.string())


def _any(value: object) -> str:
    if isinstance(value, (list, dict, tuple)):
        return text_of(json.dumps(value, ensure_ascii=False, default=text_of))
    return text_of(value)
