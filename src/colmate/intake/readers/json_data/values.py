"""Single values of JSON: their text, and what kind of list or object they are."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

__all__ = ["JOIN", "NESTED", "is_keyed", "scalar"]

JOIN: Final = " | "
NESTED: Final = 40  # objects in objects that become columns; deeper ones stay JSON in one cell


def scalar(value: Any) -> str:
    """Return a plain value as text."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    return str(value) if type(value) is not bool else ("true" if value else "false")


def is_keyed(value: dict[str, Any]) -> bool:
    """Tell whether an object is a list of records under their keys: members of one shape, under keys with figures."""
    if len(value) < 3:
        return False
    for item in value.values():
        if type(item) is not dict:
            return False
    if len(value) < 12 and not all(any(char.isdigit() for char in key) for key in value):
        return False
    times = Counter(name for item in value.values() for name in item)
    return bool(times) and times.most_common(1)[0][1] >= 0.8 * len(value)
