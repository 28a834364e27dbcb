"""What a recogniser is, and the registry of all of them.

A recogniser says how one semantic type is written: `normalise` turns the text of a cell into its canonical text
(or NULL), `valid` checks that. Both are Ibis expressions, so the very same code weighs a sample and measures a whole
column inside the engine. Each lives in a module of `colmate.columns.recognisers` and is found by name.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

import ibis
import ibis.expr.types as ir

__all__ = ["Recogniser", "recognisers"]

Normalise = Callable[[ir.StringValue], ir.StringValue]
Valid = Callable[[ir.StringValue], ir.BooleanValue]


@dataclass(frozen=True)
class Recogniser:
    """How one semantic type is written, and how much a column of such values proves.

    ``normalise`` gives canonical text or NULL; ``valid`` tests a canonical text (absent: being canonical is enough).
    ``lengths`` bounds the trimmed text and ``digits`` its number of digits: a cheap gate before any pattern runs.
    ``alone`` is the share of the filled values that decides without a header (``None``: never decides alone),
    ``helped`` the share that does with a header that names the type, ``weight`` how much the check proves (0 to 100;
    a check digit of 1 in 97 is worth more than a pattern). ``strict``: a value that is not valid has no canonical text;
    otherwise it is kept as it stands. ``nulls`` are further texts that mean "nothing" in such a column.
    ``spread`` is the number of distinct valid values that the content must show before it decides alone: a code
    that is repeated a thousand times passes or fails a check digit only once. ``like`` names the recogniser whose
    share of a sample stands for this one's: a birth date is written like any date. ``finish`` makes what later stages
    receive out of a valid canonical text. ``worded``: letters or figures alone decide nothing without a header, for
    they code anything (M, 1); such a list decides alone by its words.
    """

    semantic_type: str
    normalise: Normalise
    valid: Valid | None = None
    lengths: tuple[int, int] = (1, 60)
    digits: tuple[int, int] = (0, 60)
    alone: float | None = None
    helped: float = 0.5
    weight: float = 50.0
    strict: bool = False
    nulls: tuple[str, ...] = ()
    spread: int = 1
    like: str | None = None
    finish: Normalise | None = None
    worded: bool = False

    def canonical(self, value: ir.StringValue) -> ir.StringValue:
        """Return the canonical text of a trimmed value, or NULL where the gate or the pattern fails."""
        size = value.length()
        gate = (size >= self.lengths[0]) & (size <= self.lengths[1])
        return ibis.cases((gate, self.normalise(value)), else_=ibis.null(str))

    def accepts(self, canonical: ir.StringValue) -> ir.BooleanValue:
        """Return whether a canonical text (as `canonical` gave it) is valid; never null."""
        if self.valid is None:
            return canonical.notnull()
        return ibis.cases((canonical.notnull(), self.valid(canonical).fill_null(False)), else_=False)


@cache
def recognisers() -> dict[str, Recogniser]:
    """Every recogniser of `colmate.columns.recognisers`, by semantic type, in alphabetical order of their modules."""
    package = import_module("colmate.columns.recognisers")
    modules = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    found = [import_module(f"{package.__name__}.{name}").RECOGNISER for name in modules]
    return {recogniser.semantic_type: recogniser for recogniser in found}
