"""The files received, the files found inside them, and what of them could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from colmate.model import Evidence, Report
from colmate.report.labels import label
from colmate.report.words import Words

__all__ = ["evidence"]

FILES_MOST, REASONS_MOST = 100, 30
# archives and mailboxes hold thousands of members: beyond a few they are counted, and only the first are named
MEMBERS_PLAIN, MEMBERS_FIRST, CONTAINERS_MOST = 12, 36, 20


def _format(name: str, words: Words) -> str:
    return words.maybe(f"file_format.{name}", label(name))


def _written(file: Evidence, words: Words) -> str:
    """Format, encoding and dialect in one line."""
    parts = [_format(file.format, words), label(file.encoding) if file.encoding else ""]
    if file.dialect and file.dialect.delimiter:
        parts.append(words("files.delimiter", delimiter=_mark(file.dialect.delimiter, words)))
    if file.dialect and not file.dialect.header:
        parts.append(words("files.no_header"))
    return " · ".join(part for part in parts if part)


def _note(note: str, words: Words) -> str:
    """``code:count`` in words; any other note as it is."""
    code, _, count = note.rpartition(":")
    if code.startswith("could_be_"):
        return words("files.could_be", format=_format(code.removeprefix("could_be_"), words))
    if code.startswith("format_"):
        # a choice, not a number of anything
        return words.named("code", code)
    if code and count.isascii() and count.isdigit() and len(count) < 20:
        return f"{words.named('code', code)} ({words.integer(int(count))})"
    return words.maybe(f"code.{note}", label(note, 200))


def _mark(delimiter: str, words: Words) -> str:
    return words.maybe(f"delimiter.{ord(delimiter)}" if len(delimiter) == 1 else "", label(delimiter))


def _exact(file: Evidence) -> bool:
    return file.records_found == file.records_read + file.records_rejected and file.bytes_accounted == file.bytes


def evidence(report: Report, words: Words) -> dict[str, Any]:
    """The files received, with their accounting and what was refused and why; members of containers are folded."""
    members = [file for file in report.evidence if file.member_of]
    plain = len(members) <= MEMBERS_PLAIN
    alone = report.evidence if plain else [file for file in report.evidence if not file.member_of]
    rows = [_row(file, words) for file in alone[:FILES_MOST]]
    left = len(alone) - len(rows)
    return {
        "rows": rows,
        "left_out": words.count("files", left) if left > 0 else "",
        "members": None if plain else _members(members, words),
        "reasons": _reasons(report, words),
        "exact": all(_exact(file) for file in report.evidence),
        "duplicates": words.count("records", report.records.duplicates),
    }


def _row(file: Evidence, words: Words) -> dict[str, Any]:
    return {
        "name": label(file.name),
        "member_of": label(file.member_of) if file.member_of else "",
        "sha256": label(file.sha256, 64),
        "size": words.size(file.bytes),
        "written": _written(file, words),
        "found": words.integer(file.records_found),
        "read": words.integer(file.records_read),
        "rejected": words.integer(file.records_rejected),
        "bytes": words.share(file.bytes_accounted, file.bytes),
        "exact": _exact(file),
        "notes": [_note(note, words) for note in file.notes[:REASONS_MOST]],
    }


def _members(members: Sequence[Evidence], words: Words) -> dict[str, Any]:
    """Members by format, then by container, and the first ones by name: those that lost something before the others."""
    by_container: dict[str, list[Evidence]] = {}
    for file in members:
        by_container.setdefault(file.member_of or "", []).append(file)
    ordered = sorted(by_container.items(), key=lambda pair: -len(pair[1]))
    groups = [_group(label(name), files, words) for name, files in ordered[:CONTAINERS_MOST]]
    if rest := ordered[CONTAINERS_MOST:]:
        name = words("files.other_containers", rest=words.count("files", len(rest)))
        groups.append(_group(name, [file for _, files in rest for file in files], words))
    first = sorted(members, key=lambda file: (_exact(file), -file.records_rejected))[:MEMBERS_FIRST]
    left = len(members) - len(first)
    return {
        "count": words.count("files", len(members)),
        "containers": words.count("files", len(ordered)),
        "formats": _group("", members, words)["formats"],
        "groups": groups if len(groups) > 1 else [],
        "first": [_row(file, words) for file in first],
        "shown": words.count("files", len(first)),
        "left_out": words.count("files", left) if left else "",
    }


def _group(name: str, files: Sequence[Evidence], words: Words) -> dict[str, Any]:
    by_format: dict[str, list[Evidence]] = {}
    for file in files:
        by_format.setdefault(file.format, []).append(file)
    ordered = sorted(by_format.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return {
        "name": name,
        "count": words.count("files", len(files)),
        "formats": [
            {
                "name": _format(kind, words),
                "files": words.integer(len(some)),
                "size": words.size(sum(file.bytes for file in some)),
                "found": words.integer(sum(file.records_found for file in some)),
                "read": words.integer(sum(file.records_read for file in some)),
                "rejected": words.integer(sum(file.records_rejected for file in some)),
            }
            for kind, some in ordered[:REASONS_MOST]
        ],
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
