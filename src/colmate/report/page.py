"""Put the page together: the templates, the style sheet and its seal, and what each section shows.

The page holds no script, loads nothing and links to nothing. Its security policy forbids all of that, and allows the
one style sheet by its hash: whatever markup a hostile name might smuggle in would neither run nor reach the network.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from colmate.model import Report
from colmate.report import contents, overview, people, provenance, received, references
from colmate.report.words import Words, words

__all__ = ["render", "stylesheet"]

SECTIONS = ("disclosed", "special", "severity", "harms", "time", "people", "controllers", "files", "next", "method")


@cache
def stylesheet() -> str:
    """The page's style sheet."""
    return files("colmate.report").joinpath("templates", "style.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("colmate.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _sections(report: Report, text: Words) -> dict[str, object]:
    return {
        "head": overview.headline(report, text),
        "disclosed": contents.disclosed(report, text),
        "special": contents.special(report, text),
        "relatives": contents.relatives(report, text),
        "severity": contents.severity(report, text),
        "harms": contents.harms(report, text),
        "period": people.period(report, text),
        "where": people.where(report, text),
        "people": people.people(report, text),
        "controllers": provenance.controllers(report, text),
        "evidence": received.evidence(report, text),
        "references": references.references(report, text),
        "tables": provenance.tables(report, text),
        "method": provenance.method(report, text),
    }


def render(report: Report, lang: str = "fr") -> str:
    """Return the report as one self-contained HTML page in ``fr`` or ``en``; `UsageError` for another language."""
    text = words(lang)
    style = stylesheet()
    return (
        _environment()
        .get_template("page.html")
        .render(
            t=text,
            lang=lang,
            whole=text.count("persons", report.persons.count),
            # Sealed by its hash in the policy: this and nothing else is put in the page unescaped.
            style=Markup(style),  # noqa: S704
            policy=_policy(style),
            names=SECTIONS,
            **_sections(report, text),
        )
    )
