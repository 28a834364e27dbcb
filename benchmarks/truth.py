"""Hold a report against the truth of its replica: every line says what was asked, what came, and whether it will do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# what must be typed right for the persons to be found and told: identity, contact, NIR, credentials
IDENTIFYING = frozenset(
    {
        *("birth_name", "used_name", "last_name", "first_name", "full_name", "title", "sex", "birth_date"),
        *("nir", "ins", "email", "phone", "address", "postcode", "city", "commune_code"),
        *("login", "password", "professional_name", "rpps"),
    }
)


@dataclass(frozen=True)
class Line:
    """One measure beside its target."""

    what: str
    target: str
    measured: str
    passed: bool


def count(report: dict[str, Any], truth: dict[str, Any], tolerance: float) -> list[Line]:
    """Compare the count of patients and of all persons with the truth; the interval must hold the truth."""
    found, real = report["persons"]["count"], truth["persons"]["count"]
    low, high = report["persons"]["interval"]
    error = found / real - 1
    patients = report["persons"]["by_role"].get("patient", 0), truth["persons"]["by_role"]["patient"]
    return [
        Line("persons", f"{real:,} ± {tolerance:.1%}", f"{found:,} ({error:+.3%})", abs(error) <= tolerance),
        Line("truth inside the 95 % interval", f"{real:,}", f"{low:,} to {high:,}", low <= real <= high),
        Line(
            "patients",
            f"{patients[1]:,} ± {tolerance:.1%}",
            f"{patients[0]:,} ({patients[0] / patients[1] - 1:+.3%})",
            abs(patients[0] / patients[1] - 1) <= tolerance,
        ),
    ]


def accounting(report: dict[str, Any], truth: dict[str, Any]) -> Line:
    """Every row of the file is read or rejected, and every byte is accounted for."""
    records, rows = report["records"], truth["records"]["found"]
    whole = all(item["bytes"] == item["bytes_accounted"] for item in report["evidence"])
    balanced = records["found"] == records["read"] + records["rejected"] == rows
    told = f"{records['found']:,} = {records['read']:,} + {records['rejected']:,}"
    return Line("rows accounted for", f"{rows:,}", told, balanced and whole)


def typing(report: dict[str, Any], truth: dict[str, Any]) -> Line:
    """Every identifying column has its semantic type; others are told in passing."""
    real = {item["name"]: item for item in truth["tables"][0]["columns"]}
    found = {item["name"]: item["semantic_type"] for item in report["tables"][0]["columns"]}
    asked = [name for name, item in real.items() if item["semantic_type"] in IDENTIFYING]
    right = {name for name, item in real.items() if found[name] in {item["semantic_type"], *item.get("accept", ())}}
    wrong = [name for name in asked if name not in right]
    other = [name for name in real if name not in right and name not in asked]
    told = f"{len(asked) - len(wrong)} of {len(asked)}" + (f", wrong: {', '.join(wrong)}" if wrong else "")
    told += f"; of the others {len(real) - len(asked) - len(other)} of {len(real) - len(asked)}"
    told += f" ({', '.join(other)})" if other else ""
    return Line("identifying columns typed right", f"{len(asked)} of {len(asked)}", told, not wrong)


def controllers(report: dict[str, Any], truth: dict[str, Any]) -> Line:
    """Controllers found, and those whose number of records is the true one."""
    real = sorted(item["records"] for item in truth["controllers"])
    found = sorted(item["records"] for item in report["controllers"])
    same = len([one for one, two in zip(real, found, strict=False) if one == two]) if len(real) == len(found) else 0
    return Line("controllers", f"{len(real)}", f"{len(found)}, {same} with the true number of records", real == found)


# an interval (None where the report has none) and the true number
Spans = list[tuple[list[int], int]]


def spans(report: dict[str, Any], truth: dict[str, Any], staff: str = "") -> dict[str, Spans]:
    """The intervals of roles, controllers and categories, each with the true number.

    ``staff``: the table of accounts, whose persons are a controller's too.
    """
    roles = report["persons"]["by_role_interval"]
    controllers = {item["label"]: item["interval"] for item in report["controllers"]}
    categories = {item["category"]: item["interval"] for item in report["special_categories"]}
    real = {
        "roles": [(roles.get(role), count) for role, count in truth["persons"]["by_role"].items() if role in roles],
        "controllers": [
            (controllers.get(item["label"]), item["persons"] + item.get("records_by_table", {}).get(staff, 0))
            for item in truth["controllers"]
        ],
        "categories": [
            (categories.get(item["category"]), item["persons"]) for item in truth.get("special_categories", [])
        ],
    }
    return {kind: [(span, count) for span, count in some if span] for kind, some in real.items()}


def held(found: dict[str, Spans]) -> list[Line]:
    """How many intervals hold the truth."""
    return [
        Line(f"· intervals of {kind} that hold the truth", "", _held(some), True)
        for kind, some in found.items()
        if some
    ]


def _held(some: Spans) -> str:
    inside = sum(low <= count <= high for (low, high), count in some)
    width = sum((high - low) / max(1, count) for (low, high), count in some) / max(1, len(some))
    return f"{inside} of {len(some)}, {width:.2%} wide in the mean"


def categories(report: dict[str, Any], truth: dict[str, Any]) -> list[Line]:
    """Persons about whom each special category is asserted, beside the truth (told, not yet a target)."""
    found = {item["category"]: item["persons"] for item in report["special_categories"]}
    return [
        Line(f"· {item['category']}", f"{item['persons']:,}", f"{found.get(item['category'], 0):,}", True)
        for item in truth.get("special_categories", [])
    ]
