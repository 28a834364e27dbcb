"""What coded columns say: ranges of CIM-10, drugs, entitlements, laboratory tests with their results."""

from __future__ import annotations

import re
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
    value = canonical[column.field].fill_null("")
    value = value.upper().re_replace(r"[\s.]", "") if column.semantic_type in CODES else ascii_fold(value.lower())
    for rule in code_rules():
        if not rule.holds_for(column):
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
