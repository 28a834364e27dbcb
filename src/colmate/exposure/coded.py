"""What coded columns say: ranges of CIM-10, drugs, entitlements, laboratory tests with their results."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import ibis.expr.types as ir

from colmate.catalogue import load
from colmate.engine import ascii_fold, once
from colmate.exposure.bits import Fact, any_of
from colmate.exposure.tables import ColumnLike

__all__ = ["CodeRule", "code_rules", "conditions"]

POSITIVE = r"^\W*(pos|\+|detect|react|presen|oui)"
NEGATIVE = r"^\W*(neg|-|non|absen|indetect|nd$|0$)"
WORDS = re.compile(r"[a-z]+|\d+")
CODES = frozenset({"diagnosis_code", "drug_code", "procedure_code", "lab_code"})


@dataclass(frozen=True)
class CodeRule:
    """A value of semantic ``type`` in which ``pattern`` is found shows ``category``; ``source``: where that is from.

    ``result``: a laboratory result decides. ``header`` and ``unless``: what the column's name must and must not say.
    """

    id: str
    type: str
    category: str
    pattern: str
    source: str
    result: bool = False
    header: str = ""
    unless: str = "(?!)"

    def holds_for(self, column: ColumnLike) -> bool:
        """Return whether the rule is one for a column: by its type and, where a bare "1" says nothing, its name."""
        name = " ".join(WORDS.findall(column.name.lower()))
        told = re.search(self.header, name) is not None and re.search(self.unless, name) is None
        return self.type == column.semantic_type and told


@cache
def code_rules() -> tuple[CodeRule, ...]:
    """Return all rules of the catalogue."""
    return tuple(CodeRule(id=key, **entry) for key, entry in load("coded_categories").items())


def conditions(
    canonical: ir.Table, column: ColumnLike, columns: Sequence[ColumnLike]
) -> Iterator[tuple[Fact, ir.BooleanValue]]:
    """Yield the facts that a column can show, each with the condition on a record; ``columns``: all of the table."""
    rules = [rule for rule in code_rules() if rule.holds_for(column)]
    results = _results(canonical, column, columns) if any(rule.result for rule in rules) else []
    positive, negative = (
        any_of(_shows(cell, POSITIVE) for cell in results),
        any_of(_shows(cell, NEGATIVE) for cell in results),
    )
    for rule in rules:
        found = _shows(canonical[column.field], rule.pattern, column.semantic_type)
        if not rule.result:
            yield Fact("code", rule.category, "asserted", rule.type), found
            continue
        yield Fact("code", rule.category, "asserted", rule.type), found & positive
        yield Fact("code", rule.category, "negated", rule.type), found & negative & ~positive
        yield Fact("code", rule.category, "hypothetical", rule.type), found & ~positive & ~negative


def _results(canonical: ir.Table, column: ColumnLike, columns: Sequence[ColumnLike]) -> list[ir.StringValue]:
    """Return the cells that hold the results of the tests that a column names."""
    return [
        canonical[other.field] for other in columns if other.semantic_type == "lab_result" and other.role == column.role
    ]


def _shows(cell: ir.StringValue, pattern: str, semantic_type: str = "") -> ir.BooleanValue:
    """Return whether a cell has ``pattern``; the few texts of a column of codes are searched once each."""

    def searched(text: ir.StringValue) -> ir.BooleanValue:
        known = text.fill_null("")
        code = semantic_type in CODES
        return (known.upper().re_replace(r"[\s.]", "") if code else ascii_fold(known.lower())).re_search(pattern)

    found: ir.BooleanValue = once(cell, searched)
    return found
