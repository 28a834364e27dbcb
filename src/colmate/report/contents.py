"""What is disclosed, about how many, how grave that is and what can be done with it."""

from __future__ import annotations

from typing import Any

from colmate.model import Report, SpecialCategory
from colmate.report.figures import bars
from colmate.report.labels import label
from colmate.report.overview import severity_bars
from colmate.report.words import Words

__all__ = ["CATEGORIES", "disclosed", "harms", "relatives", "severity", "special"]

# In the order of the regulator's form (CNIL, step "données").
CATEGORIES = (
    "civil_status",
    "nir",
    "contact",
    "access",
    "financial",
    "official_documents",
    "location",
    "offences",
    "health",
    "other",
    "",
)


def disclosed(report: Report, words: Words) -> list[dict[str, Any]]:
    """The exposures, grouped by the regulator's categories; within a group the most persons first."""
    unknown = sorted({row.category for row in report.exposure} - set(CATEGORIES))
    groups = []
    for category in (*CATEGORIES, *unknown):
        rows = sorted(
            (row for row in report.exposure if row.category == category),
            key=lambda row: (-row.persons, row.semantic_type),
        )
        if not rows:
            continue
        drawn = bars(
            words,
            [(row.semantic_type, words.capital(words.semantic_type(row.semantic_type)), row.persons) for row in rows],
            report.persons.count,
        )
        groups.append(
            {
                "id": category or "none",
                "name": words.named("category", category or "none"),
                "most": words.count("persons", rows[0].persons),
                "rows": [
                    {"bar": bar, "records": words.integer(row.records)} for bar, row in zip(drawn, rows, strict=True)
                ],
            }
        )
    return groups


def special(report: Report, words: Words) -> list[dict[str, Any]]:
    """The special categories, the most persons first, with what the notes assert, deny, suppose, and say of others."""

    def row(kind: SpecialCategory) -> dict[str, Any]:
        bar = bars(
            words,
            [(kind.category, words.capital(words.special_category(kind.category)), kind.persons)],
            report.persons.count,
        )[0]
        basis = words("special.article", number=label(kind.article)) if kind.article else words("special.no_article")
        return {
            "bar": bar,
            "basis": " · ".join([basis, *(words.semantic_type(source) for source in kind.sources)]),
            "span": words.span(kind.interval),
            "asserted": words.integer(kind.asserted),
            "negated": words.integer(kind.negated),
            "hypothetical": words.integer(kind.hypothetical),
            "about_relatives": words.integer(kind.about_relatives),
        }

    ordered = sorted(report.special_categories, key=lambda kind: (-kind.persons, kind.category))
    return [row(kind) for kind in ordered]


def relatives(report: Report, words: Words) -> dict[str, Any]:
    """Those near the patients of whom notes tell: between how many and how many, by kin and by category."""
    near = report.relatives
    kin = [(name, words.capital(words.kin(name)), count) for name, count in near.by_kin.items()]
    categories = [
        (name, words.capital(words.special_category(name)), count) for name, count in near.by_category.items()
    ]
    least, most = words.count("relatives", near.at_least), words.integer(near.at_most)
    return {
        "any": near.at_most > 0,
        "told": words("relatives.told", least=least, most=most, patients=words.count("patients", near.patients)),
        "held": words("relatives.held", held=words.integer(near.held)),
        "kin": bars(words, kin, near.patients),
        "categories": bars(words, categories, near.at_least),
        "patients": words.count("patients", near.patients),
        "least": least,
        "method": [words.sentence(text) for text in near.method],
    }


def severity(report: Report, words: Words) -> dict[str, Any]:
    """The distribution over bands, the formula with its factors, the assumptions in this language where known."""
    case = report.severity.case
    return {
        "bars": severity_bars(report, words),
        "band": case.band,
        "band_name": words.named("band", case.band),
        "formula": words(
            "severity.formula",
            dpc=case.dpc,
            ei=words.number(case.ei, 2),
            cb=words.number(case.cb, 2),
            score=words.number(case.score, 2),
        ),
        "assumptions": [words.sentence(text) for text in report.severity.assumptions],
    }


def harms(report: Report, words: Words) -> list[dict[str, Any]]:
    """The harms, the most persons first, with what makes each possible and what to advise."""
    ordered = sorted(report.harms, key=lambda harm: (-harm.persons, harm.harm))
    drawn = bars(
        words,
        [(harm.harm, words.capital(words.harm(harm.harm)), harm.persons) for harm in ordered],
        report.persons.count,
    )
    return [
        {
            "bar": bar,
            "tally": words("harms.tally", share=bar.share, whole=words.count("persons", report.persons.count)),
            "persons": words.count("persons", harm.persons),
            "because": " · ".join(words.capital(words.semantic_type(name)) for name in harm.because) or "–",
            "advice": words.advice(harm.harm),
        }
        for bar, harm in zip(drawn, ordered, strict=True)
    ]
