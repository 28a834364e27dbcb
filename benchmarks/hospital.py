"""The leak of a hospital system at true size: related tables in a database dump, truth record by record."""

from __future__ import annotations

from typing import Any

from benchmarks import agreement, measure, truth
from benchmarks.truth import Line

ANALYSIS, GENERATION = 90, 180  # seconds
STAFF = "users_mediboard"


def hospital(scale: float = 1.0) -> list[Line]:
    """Persons within 0.5 %, what related tables say at the right person, and the time it takes."""
    leak, known, generated = measure.replica("hospital-2024", scale)
    done = measure.analyse(leak)
    held = agreement.hold(done.case, leak.parent / "bench.key", leak.parent / "truth.parquet")
    lines = [
        *truth.count(done.report, known, 0.005),
        *(_role(done.report, known, role) for role in ("relative", "professional", "insured")),
        *agreement.persons(held, known),
        *agreement.roles(held, known),
        *agreement.related(held),
        references(done.report, known),
        typing(done.report, known),
        controllers(done.report, known),
        truth.accounting(done.report, known),
        Line("raw file to report", f"under {ANALYSIS} s", f"{done.seconds:.0f} s", done.seconds < ANALYSIS),
        Line("peak memory", "under 8 GB", f"{done.peak_gib * 1.0737:.1f} GB", done.peak_gib * 1.0737 < 8),
    ]
    if generated:
        told = f"{generated.seconds:.0f} s"
        lines.append(Line("generation", f"under {GENERATION} s", told, generated.seconds < GENERATION))
    lines += [Line(f"· {stage}", "", f"{seconds:.1f} s", True) for stage, seconds in done.report["timings"].items()]
    lines += truth.held(truth.spans(done.report, known, STAFF))
    return lines + truth.categories(done.report, known) + list(agreement.categories(held))


def _role(report: dict[str, Any], known: dict[str, Any], role: str) -> Line:
    real, found = known["persons"]["by_role"][role], report["persons"]["by_role"].get(role, 0)
    return Line(f"· counted as {role}", f"{real:,}", f"{found:,} ({found / real - 1:+.2%})", True)


def references(report: dict[str, Any], known: dict[str, Any]) -> Line:
    """References between tables: how many of the true ones are found, declared or not, and how many that are none."""

    def pairs(tables: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
        return {
            (_plain(table["name"]), key["column"], key["references"].removesuffix(".csv"))
            for table in tables
            for key in table["keys"]
            if key["references"]
        }

    real, found = pairs(known["tables"]), pairs(report["tables"])
    missed = ", ".join(sorted(f"{table}.{column}" for table, column, _ in real - found))
    wrong = ", ".join(sorted(f"{table}.{column} to {target}" for table, column, target in found - real))
    told = f"{len(real & found)} of {len(real)}" + (f", missed: {missed}" if missed else "")
    return Line(
        "references found", f"{len(real)}, no other", told + (f", wrong: {wrong}" if wrong else ""), real == found
    )


def _plain(name: str) -> str:
    return name.removesuffix(".csv").rpartition(".")[2]


def typing(report: dict[str, Any], known: dict[str, Any]) -> Line:
    """Identifying columns of all tables typed right; those wrong by name."""
    found = {
        (_plain(table["name"]), column["name"]): column["semantic_type"]
        for table in report["tables"]
        for column in table["columns"]
    }
    asked = [
        (table["name"], column)
        for table in known["tables"]
        for column in table["columns"]
        if column["semantic_type"] in truth.IDENTIFYING and column["role"]
    ]
    wrong = [
        f"{name}.{column['name']} ({found.get((name, column['name']))})"
        for name, column in asked
        if found.get((name, column["name"])) not in {column["semantic_type"], *column["accept"]}
    ]
    told = f"{len(asked) - len(wrong)} of {len(asked)}" + (f", wrong: {', '.join(wrong)}" if wrong else "")
    return Line("identifying columns typed right", f"{len(asked)} of {len(asked)}", told, not wrong)


def controllers(report: dict[str, Any], known: dict[str, Any]) -> Line:
    """Establishments found, by name or by number, with the persons of each within 0.5 %: patients, relatives, staff."""
    found = {item["label"]: item["persons"] for item in report["controllers"]}
    real = known["controllers"]
    named, close = 0, 0
    for item in real:
        persons = found.get(item["label"], found.get(item["code"]))
        # the truth's persons are those who are cared for and theirs
        expected = item["persons"] + item["records_by_table"].get(STAFF, 0)
        named += persons is not None
        close += persons is not None and abs(persons / expected - 1) <= 0.005
    told = f"{named} named, {close} with their persons within 0.5 %"
    return Line("controllers", f"{len(real)}", told, close == len(real))
