"""The report as a document: ``report.json``, its JSON Schema, and the check of one against the other."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from colmate.errors import CaseDamagedError, UsageError
from colmate.model import SCHEMA, Report

__all__ = ["SCHEMA_FILE", "load", "schema", "schema_text", "to_json", "validate"]

SCHEMA_FILE = "colmate-report-1.json"


def to_json(report: Report) -> str:
    """The report as JSON: the contract's keys in the model's order, two spaces, UTF-8 text, a newline at the end.

    What is not a character (a lone surrogate in a name of the file) is written as its escape, which stays ASCII.
    """
    document = report.model_dump(mode="python", by_alias=True)
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of ``colmate-report/1``, generated from the report's own types."""
    body = Report.model_json_schema(by_alias=True, mode="validation")
    body["required"] = sorted({*body["required"], "schema"}, key=list(body["properties"]).index)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:colmate:schema:{SCHEMA.replace('/', ':')}",
        "title": SCHEMA,
        "version": SCHEMA.rsplit("/", 1)[-1],
    }
    return head | {key: value for key, value in body.items() if key not in head}


def schema_text() -> str:
    """The schema as the package ships it."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


@cache
def _shipped() -> Draft202012Validator:
    text = files("colmate.report").joinpath("schema", SCHEMA_FILE).read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))


@cache
def _known_keys() -> frozenset[str]:
    """Every property name of the schema: the only keys that a message may repeat."""
    body = schema()
    sections = [body, *body["$defs"].values()]
    return frozenset(key for section in sections for key in section.get("properties", {}))


def _path(fault: ValidationError) -> str:
    """The place of a fault; keys that are data (a département, a reason) become ``*``."""
    steps = ["$"]
    for step in fault.absolute_path:
        if isinstance(step, int):
            steps.append(f"[{step}]")
        else:
            steps.append(f".{step}" if step in _known_keys() else ".*")
    return "".join(steps)


def validate(document: object) -> None:
    """Check a parsed ``report.json`` against the shipped schema.

    Raises `CaseDamagedError` with the path of the first fault and the rule it breaks, never with a value.
    """
    fault = next(_shipped().iter_errors(document), None)
    if fault is None:
        return
    raise CaseDamagedError(
        f"The report does not follow {SCHEMA}: at {_path(fault)}, the rule “{fault.validator}” is broken. "
        "Restore report.json from the case, or run the analysis again."
    )


def load(path: Path) -> Report:
    """Read and check the ``report.json`` at ``path``.

    Raises `UsageError` when there is none, `CaseDamagedError` when it cannot be read or breaks its schema.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"there is no finished case at {path.parent}: it has no report.json") from None
    except (OSError, ValueError, RecursionError):
        raise CaseDamagedError("report.json cannot be read: it was cut or changed") from None
    validate(document)
    return Report.model_validate(document)
