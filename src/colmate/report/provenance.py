"""Who answers for the records, which files and tables they come from, and how the figures were made."""

from __future__ import annotations

from typing import Any

from colmate.model import ColumnReport, Evidence, Report, TableReport
from colmate.report.labels import label
from colmate.report.words import Words

__all__ = ["controllers", "evidence", "method", "tables"]

CONTROLLERS_FIRST, CONTROLLERS_MOST = 30, 1500
COLUMNS_MOST, TABLES_MOST, FILES_MOST, REASONS_MOST = 200, 50, 100, 30


def controllers(report: Report, words: Words) -> dict[str, Any]:
    """The controllers, the most persons first: 30 at once, up to 1,500 on request, the rest counted."""
    ordered = sorted(report.controllers, key=lambda row: (-row.persons, -row.records, row.label))
    rows = [
        {
            "name": label(row.label),
            "records": words.integer(row.records),
            "persons": words.integer(row.persons),
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


def _written(file: Evidence, words: Words) -> str:
    """Format, encoding and dialect in one line."""
    parts = [label(file.format), label(file.encoding) if file.encoding else ""]
    if file.dialect and file.dialect.delimiter:
        parts.append(words("files.delimiter", delimiter=_mark(file.dialect.delimiter, words)))
    if file.dialect and not file.dialect.header:
        parts.append(words("files.no_header"))
    return " · ".join(part for part in parts if part)


def _note(note: str, words: Words) -> str:
    """``code:count`` in words; any other note as it is."""
    code, _, count = note.rpartition(":")
    if code and count.isascii() and count.isdigit() and len(count) < 20:
        return f"{words.named('code', code)} ({words.integer(int(count))})"
    return words.maybe(f"code.{note}", label(note, 200))


def _mark(delimiter: str, words: Words) -> str:
    return words.maybe(f"delimiter.{ord(delimiter)}" if len(delimiter) == 1 else "", label(delimiter))


def evidence(report: Report, words: Words) -> dict[str, Any]:
    """The files received, with their accounting and what was refused and why."""
    rows = [
        {
            "name": label(file.name),
            "member_of": label(file.member_of) if file.member_of else "",
            "sha256": label(file.sha256, 64),
            "size": words.size(file.bytes),
            "written": _written(file, words),
            "found": words.integer(file.records_found),
            "read": words.integer(file.records_read),
            "rejected": words.integer(file.records_rejected),
            "bytes": words.share(file.bytes_accounted, file.bytes),
            "exact": file.records_found == file.records_read + file.records_rejected
            and file.bytes_accounted == file.bytes,
            "notes": [_note(note, words) for note in file.notes[:REASONS_MOST]],
        }
        for file in report.evidence[:FILES_MOST]
    ]
    left = len(report.evidence) - len(rows)
    return {
        "rows": rows,
        "left_out": words.count("files", left) if left > 0 else "",
        "reasons": _reasons(report, words),
        "exact": all(row["exact"] for row in rows),
        "duplicates": words.count("records", report.records.duplicates),
    }


def _reasons(report: Report, words: Words) -> list[dict[str, str]]:
    total: dict[str, int] = {}
    for file in report.evidence:
        for reason, count in file.reject_reasons.items():
            total[reason] = total.get(reason, 0) + count
    ordered = sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))[:REASONS_MOST]
    return [
        {
            "name": words.named("code", reason),
            "count": words.integer(count),
            "share": words.share(count, report.records.found),
        }
        for reason, count in ordered
    ]


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
            for key in table.keys[:REASONS_MOST]
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
