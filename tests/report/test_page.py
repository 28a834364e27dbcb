"""The page: every figure, in both languages, safely."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.errors import UsageError
from colmate.model import Report
from colmate.report import render
from tests.report.conftest import sample

VOID = {"meta"}


class Page(HTMLParser):
    """What a test wants to know of a page: its text, its elements, and that they close in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.parts: list[str] = []
        self.headings: list[int] = []
        self.feed(html)
        self.close()
        self.text = re.sub(r"[ \n]+", " ", " ".join(self.parts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.parts.append(data)


def _page(document: dict[str, Any], lang: str = "fr") -> Page:
    return Page(render(Report.model_validate(document), lang))


def _integers(value: Any) -> list[int]:
    if isinstance(value, dict):
        return [number for item in value.values() for number in _integers(item)]
    if isinstance(value, list):
        return [number for item in value for number in _integers(item)]
    return [value] if isinstance(value, int) and not isinstance(value, bool) else []


@pytest.mark.parametrize(("lang", "separator"), [("fr", "\u202f"), ("en", ",")])
def test_every_count_of_the_report_is_on_the_page(document: dict[str, Any], lang: str, separator: str) -> None:
    text = _page(document, lang).text
    document["evidence"][0]["bytes"] = document["evidence"][0]["bytes_accounted"] = 0  # shown as a size
    wanted = {f"{number:,}".replace(",", separator) for number in _integers(document)}
    assert len(wanted) > 150
    assert [figure for figure in wanted if not re.search(rf"(?<![\d]){re.escape(figure)}(?!\d)", text)] == []


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        (
            "fr",
            [
                "de 479\u202f791 à 480\u202f502",
                "mardi 24 novembre 2026 à 22 h 52",
                "DPC 4 × EI 1,00 + CB 1,00 = 5,00",
                "99,6\u202f%",
                "du 5 janvier 2015 au 30 octobre 2020",
                "Morbihan (56)",
                "au moins 3\u202f912 personnes",
                "214,9\u00a0Mo",
                "point-virgule",
                "Trop de champs",
                "Champs manquants, complétés à vide (38)",
                "a note in words",
                "notifications.cnil.fr",
                "ZZ_09",
                "LABO-28",
            ],
        ),
        (
            "en",
            [
                "479,791 to 480,502",
                "Tuesday 24 November 2026 at 22:52",
                "DPC 4 × EI 1.00 + CB 1.00 = 5.00",
                "99.6%",
                "from 5 January 2015 to 30 October 2020",
                "Morbihan (56)",
                "at least 3,912 persons",
                "214.9\u00a0MB",
                "semicolon",
                "notifications.cnil.fr",
            ],
        ),
    ],
)
def test_what_the_page_says(document: dict[str, Any], lang: str, sentences: list[str]) -> None:
    text = _page(document, lang).text
    assert [sentence for sentence in sentences if sentence not in text] == []


def test_the_page_loads_nothing_and_runs_nothing(document: dict[str, Any]) -> None:
    html = render(Report.model_validate(document))
    page = Page(html)
    assert not re.search(r"(?i)https?:|//[a-z]|url\(|@import|javascript:|<script|data:", html)
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "video", "audio", "use"}
    attributes = [(key, value or "") for _, found in page.tags for key, value in found.items()]
    assert not [key for key, _ in attributes if key.startswith("on") or key in {"style", "src", "srcset", "action"}]
    assert all(value.startswith("#") for key, value in attributes if key == "href")


def test_the_policy_allows_the_style_sheet_alone(document: dict[str, Any]) -> None:
    html = render(Report.model_validate(document))
    style = html.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(a["content"] for tag, a in Page(html).tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert html.index("Content-Security-Policy") < html.index("<style>")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_screen_reader_finds_its_way(document: dict[str, Any], lang: str) -> None:
    page = _page(document, lang)
    assert page.open == []
    assert page.tags[0] == ("html", {"lang": lang})
    names = [tag for tag, _ in page.tags]
    assert [names.count(name) for name in ("main", "nav", "header", "footer", "h1")] == [1, 1, 1, 1, 1]
    assert page.headings[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(page.headings))
    assert names.count("table") == names.count("caption") > 10
    assert all(found.get("scope") for tag, found in page.tags if tag == "th")
    ids = [found["id"] for _, found in page.tags if "id" in found]
    assert len(ids) == len(set(ids))
    targets = [found[key] for _, found in page.tags for key in ("aria-labelledby",) if key in found]
    targets += [str(found["href"])[1:] for tag, found in page.tags if tag == "a"]
    assert set(targets) <= set(ids)
    drawings = [found for tag, found in page.tags if tag == "svg" and "class" in found]
    assert all((found.get("aria-hidden") == "true") != ("aria-labelledby" in found) for found in drawings)


def test_untranslated_sentences_say_that_they_are_english(document: dict[str, Any]) -> None:
    document["severity"]["assumptions"] = ["A sentence nobody translated."]
    html = render(Report.model_validate(document), "fr")
    assert '<li lang="en">A sentence nobody translated.</li>' in html
    assert "<li>A sentence nobody translated.</li>" in render(Report.model_validate(document), "en")


def test_relatives_are_told_between_two_estimates_and_by_kin(document: dict[str, Any]) -> None:
    html = render(Report.model_validate(document), "en")
    assert "at least 1,204 relatives (at most 1,377) of 1,150 patients" in html
    assert "known to the file as a contact of the patient (person to call, of trust…): 312." in html
    assert "Mother" in html
    assert "au moins 1\u202f204 proches (au plus 1\u202f377)" in render(Report.model_validate(document), "fr")
    del document["relatives"]
    assert "Relatives of whom" not in render(Report.model_validate(document), "en")


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><svg onload=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "' onmouseover='x",
    "<!--",
    "&lt;b&gt;",
    "\u202egnp.exe",
    "=HYPERLINK(0)",
    "a\x00b\x1b[31m",
    "x" * 100_000,
]


def _everywhere(name: str) -> dict[str, Any]:
    """The sample with ``name`` wherever the file, its makers or its owner can put a text."""
    document = sample()
    document["case"] |= {"title": name, "id": name, "engine": name, "colmate": name, "created": name}
    file = document["evidence"][0]
    file |= {"name": name, "sha256": name, "format": name, "encoding": name, "member_of": name, "notes": [name]}
    file["dialect"]["delimiter"] = name
    file["reject_reasons"] = {name: 5}
    table = document["tables"][0]
    table |= {"name": name, "evidence": name, "keys": [{"column": name, "references": name}]}
    table["columns"][0] |= {"name": name, "semantic_type": name}
    document["controllers"][0]["label"] = name
    document["exposure"][0] |= {"semantic_type": name, "category": name}
    document["special_categories"][0] |= {"category": name, "article": name, "from": [name]}
    document["harms"][0] |= {"harm": name, "because": [name]}
    document["severity"]["assumptions"] = [name]
    document["persons"] |= {"method": [name], "by_role": {name: 1}, "by_sex": {name: 1}, "reachable_by": {name: 1}}
    document["persons"] |= {"by_department": {name: 1}, "by_birth_decade": {name: 1}}
    document["period"] = {"first": name, "last": name, "by_month": {name: 1, "2020-01": 2}}
    document["timings"] = {name: 1.0}
    document["authenticity"] = {
        "verdict": name,
        "tests": [{"test": name, "passed": 1, "of": 1, "log_likelihood_ratio": 0}],
    }
    return document


def _shape(page: Page) -> list[tuple[str, tuple[str, ...]]]:
    return [(tag, tuple(sorted(found))) for tag, found in page.tags]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_hostile_name_adds_no_element_and_no_attribute(name: str, lang: str) -> None:
    html = render(Report.model_validate(_everywhere(name)), lang)
    assert _shape(Page(html)) == _shape(_page(_everywhere("harmless"), lang))
    assert len(html) < 200_000
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069]", html)


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80))
def test_no_name_changes_the_page(name: str) -> None:
    page = _page(_everywhere(name))
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in _page(sample()).tags} | {"small"}
    assert page.open == []


def test_a_case_with_nothing_in_it(document: dict[str, Any]) -> None:
    document["records"] = {"found": 0, "read": 0, "rejected": 0, "duplicates": 0}
    document["persons"] |= {"count": 0, "interval": [0, 0], "minors": 0, "deceased": 0, "method": []}
    document["persons"] |= {"by_role": {}, "reachable_by": {}, "by_department": {}, "by_birth_decade": {}, "by_sex": {}}
    document["period"] = {"first": None, "last": None, "by_month": {}}
    document |= {"evidence": [], "tables": [], "exposure": [], "special_categories": [], "harms": [], "controllers": []}
    document["severity"] |= {"persons": {}, "assumptions": [], "notify_authority": False, "notify_persons": False}
    document["severity"]["case"] = {"dpc": 1, "ei": 0.25, "cb": 0.0, "score": 0.25, "band": "low"}
    document |= {"timings": {}, "authenticity": None}
    for lang, nobody in (("fr", "Aucune personne n’a pu y être distinguée"), ("en", "No person could be told apart")):
        page = _page(document, lang)
        assert nobody in page.text
        assert page.open == []


def test_ten_thousand_columns_are_cut_and_counted(document: dict[str, Any]) -> None:
    column = document["tables"][0]["columns"][0]
    document["tables"][0]["columns"] = [column | {"name": f"X{i:05d}", "position": i} for i in range(1, 10_001)]
    text = _page(document).text
    assert "X00200" in text
    assert "X00201" not in text
    assert "9\u202f800 colonnes" in text


@pytest.mark.parametrize(
    ("count", "details", "left"), [(30, 0, ""), (31, 1, ""), (1500, 1, ""), (1507, 1, "7 responsables")]
)
def test_thirty_controllers_then_the_rest(document: dict[str, Any], count: int, details: int, left: str) -> None:
    one = document["controllers"][0]
    document["controllers"] = [one | {"label": f"Cabinet {i:04d}"} for i in range(count)]
    html = render(Report.model_validate(document))
    section = html.split('<section id="controllers"')[1].split("</section>")[0]
    assert section.count("<details>") == details
    assert section.count('scope="row"') == min(count, 1500)
    assert (f"Non affichés ici\u00a0: {left}" in section) if left else ("Non affichés" not in section)


def test_an_account_that_does_not_balance_is_called_out(document: dict[str, Any]) -> None:
    document["records"]["read"] -= 1
    document["evidence"][0]["records_read"] -= 1
    text = _page(document).text
    assert "Le compte n’est pas juste" in text
    assert "n’est pas entièrement expliqué" in text


@pytest.mark.parametrize(
    ("created", "deadline"),
    [
        ("2026-11-21T10:00:00Z", "mardi 24 novembre 2026 à 11 h 00"),
        ("2026-11-21T10:00:00", "mardi 24 novembre 2026 à 11 h 00"),
        ("2026-07-01T23:30:00+02:00", "samedi 4 juillet 2026 à 23 h 30"),
        ("2026-10-24T08:00:00Z", "mardi 27 octobre 2026 à 9 h 00"),  # 72 hours, not three days: the clocks go back
    ],
)
def test_the_deadline_is_seventy_two_hours_later(document: dict[str, Any], created: str, deadline: str) -> None:
    document["case"]["created"] = created
    assert deadline in _page(document).text


def test_without_a_date_the_rule_is_given(document: dict[str, Any]) -> None:
    document["case"]["created"] = "yesterday"
    assert "Comptez 72 heures à partir du moment" in _page(document).text


@pytest.mark.parametrize(
    ("score", "authority", "persons", "asserted", "said"),
    [
        (1.0, False, False, 0, ["un risque paraît improbable", "pas de risque élevé présumé"]),
        (2.0, True, False, 0, ["Score ENISA 2,0, gravité", "pas de risque élevé présumé"]),
        (2.0, True, True, 9, ["Données de l’article 9 affirmées pour au moins 3\u202f912 personnes"]),
        (3.5, True, True, 0, ["Score ENISA 3,5, gravité"]),
        (1.0, True, True, 0, ["Au vu des données divulguées (score ENISA 1,0)"]),
    ],
)
def test_each_duty_has_its_reason(
    document: dict[str, Any], score: float, authority: bool, persons: bool, asserted: int, said: list[str]
) -> None:
    document["severity"]["case"]["score"] = score
    document["severity"] |= {"notify_authority": authority, "notify_persons": persons}
    for row in document["special_categories"]:
        row["asserted"] = asserted
    page = _page(document)
    assert [sentence for sentence in said if sentence not in page.text] == []
    marks = [found["class"] for tag, found in page.tags if tag == "strong" and found.get("class") in {"yes", "no"}]
    assert marks == ["yes" if told else "no" for told in (authority, persons)]


def test_another_language_is_refused(report: Report) -> None:
    with pytest.raises(UsageError):
        render(report, "de")
