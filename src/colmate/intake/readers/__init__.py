"""One module or package a format, each with a tuple ``FORMATS``; to add a format is to add its module here."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from colmate.intake.reading import Format

__all__ = ["formats"]


@cache
def formats() -> tuple[Format, ...]:
    """Return every format that can be read, in the order of their modules' names."""
    found: list[Format] = []
    for module in pkgutil.iter_modules(__path__):
        found.extend(importlib.import_module(f"{__name__}.{module.name}").FORMATS)
    return tuple(found)
