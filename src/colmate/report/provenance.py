"""Who answers for the records, which tables they come from, and how the figures were made."""

from __future__ import annotations

from typing import Any

from colmate.model import ColumnReport, Report, TableReport
from colmate.report.labels import label
from colmate.report.words import Words

__all__ = ["controllers", "method", "tables"]

CONTROLLERS_FIRST, CONTROLLERS_MOST = 30, 1500
COLUMNS_MOST, TABLES_MOST, KEYS_MOST = 200, 50, 30


def controllers(report: Report, words: Words) -> dict[str, Any]:
    """The controllers, the most persons first: 30 at once, up to 1,500 on request, the rest counted."""
    ordered = sorted(report.controllers, key=lambda row: (-row.persons, -row.records, row.label))
    rows = [
        {
            "name": label(row.label),
            "records": words.integer(row.records),
            "persons": words.integer(row.persons),
            "span": words.span(row.interval),
            "special": words.integer(row.special_category_persons),
            "share": words.share(row.special_category_persons, row.persons),
        }
        for row in ordered[:CONTROLLERS_MOST]
    ]
    return {
        "count": words.count("controllers", len(ordered)),
        "number": words.integer(len(ordered)),
        "many": len(ordered) > 1,
        "first": rows[:CONTROLLERS_FIRST],
        "rest": rows[CONTROLLERS_FIRST:],
        "rest_count": words.count("controllers", len(rows) - CONTROLLERS_FIRST),
        "left_out": words.count("controllers", len(ordered) - len(rows)) if len(ordered) > len(rows) else "",
    }


def _column(column: ColumnReport, records: int, words: Words) -> dict[str, str]:
    return {
        "position": words.integer(column.position),
        "name": label(column.name),
        "type": words.semantic_type(column.semantic_type),
        "role": words.named("role_short", column.role) if column.role else "–",
        "confidence": words.number(column.confidence, 2),
        "filled": words.integer(column.filled),
        "filled_share": words.share(column.filled, records),
        "valid": words.integer(column.valid),
        "valid_share": words.share(column.valid, column.filled),
        "distinct": words.integer(column.distinct),
    }


def _one_table(table: TableReport, words: Words) -> dict[str, Any]:
    shown = table.columns[:COLUMNS_MOST]
    left = len(table.columns) - len(shown)
    return {
        "name": label(table.name),
        "evidence": label(table.evidence),
        "records": words.count("records", table.records),
        "duplicates": words.count("duplicates", table.duplicates),
        "column_count": words.count("columns", len(table.columns)),
        "columns": [_column(column, table.records, words) for column in shown],
        "left_out": words.count("columns", left) if left else "",
        "key_lines": [
            words("files.reference", column=label(key.column), target=label(key.references))
            if key.references
            else words("files.key", column=label(key.column))
            for key in table.keys[:KEYS_MOST]
        ],
    }


def tables(report: Report, words: Words) -> dict[str, Any]:
    """The tables with their columns: 200 columns of a table and 50 tables at most, the rest counted."""
    rows = [_one_table(table, words) for table in report.tables[:TABLES_MOST]]
    left = len(report.tables) - len(rows)
    return {"rows": rows, "left_out": words.count("tables", left) if left > 0 else "", "open": len(report.tables) == 1}


def method(report: Report, words: Words) -> dict[str, Any]:
    """How the persons were counted, how long each stage took, whether the file looks real, which version wrote."""
    authenticity = report.authenticity
    tests = authenticity.tests if authenticity else []
    return {
        "sentences": [words.sentence(text) for text in report.persons.method],
        "timings": [(words.named("stage", name), words.seconds(value)) for name, value in report.timings.items()],
        "total": words.seconds(sum(report.timings.values())),
        "colmate": label(report.case.colmate),
        "engine": label(report.case.engine),
        "schema": report.schema_,
        "verdict": words.named("verdict", authenticity.verdict) if authenticity else "",
        "tests": [
            {
                "name": words.named("authenticity_test", test.test),
                "passed": words.share(round(test.passed * test.of), test.of),
                "of": words.integer(test.of),
                "weight": words.number(test.log_likelihood_ratio),
            }
            for test in tests
        ],
    }
