"""What coded columns say: ranges of CIM-10, drugs, entitlements, laboratory tests with their results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import ibis.expr.types as ir

from colmate.catalogue import load
from colmate.engine import ascii_fold
from colmate.exposure.bits import Fact, any_of
from colmate.exposure.tables import ColumnLike

__all__ = ["CodeRule", "code_rules", "conditions"]

POSITIVE = r"^\W*(pos|\+|detect|react|presen|oui)"
NEGATIVE = r"^\W*(neg|-|non|absen|indetect|nd$|0$)"
CODES = frozenset({"diagnosis_code", "drug_code", "procedure_code", "lab_code"})


@dataclass(frozen=True)
class CodeRule:
    """A value of semantic ``type`` in which ``pattern`` is found shows ``category``; ``source``: where that is from."""

    id: str
    type: str
    category: str
    pattern: str
    source: str
    result: bool = False


@cache
def code_rules() -> tuple[CodeRule, ...]:
    """Return all rules of the catalogue."""
    return tuple(CodeRule(id=key, **entry) for key, entry in load("coded_categories").items())


def conditions(
    canonical: ir.Table, column: ColumnLike, columns: Sequence[ColumnLike]
) -> Iterator[tuple[Fact, ir.BooleanValue]]:
    """Yield the facts that a column can show, each with the condition on a record; ``columns``: all of the table."""
    value = canonical[column.field].fill_null("")
    value = value.upper().re_replace(r"[\s.]", "") if column.semantic_type in CODES else ascii_fold(value.lower())
    for rule in code_rules():
        if rule.type != column.semantic_type:
            continue
        found = value.re_search(rule.pattern)
        if not rule.result:
            yield Fact("code", rule.category, "asserted", rule.type), found
            continue
        results = [
            ascii_fold(canonical[other.field].fill_null("").lower())
            for other in columns
            if other.semantic_type == "lab_result" and other.role == column.role
        ]
        positive = any_of(result.re_search(POSITIVE) for result in results)
        negative = any_of(result.re_search(NEGATIVE) for result in results)
        yield Fact("code", rule.category, "asserted", rule.type), found & positive
        yield Fact("code", rule.category, "negated", rule.type), found & negative & ~positive
        yield Fact("code", rule.category, "hypothetical", rule.type), found & ~positive & ~negative
