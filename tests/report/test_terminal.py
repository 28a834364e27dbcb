"""The terminal says what the page says."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from colmate.model import Report
from colmate.report import summary


def _printed(report: Report, lang: str, width: int = 100) -> str:
    console = Console(width=width, file=io.StringIO())
    with console.capture() as capture:
        console.print(summary(report, lang))
    return capture.get()


@pytest.mark.parametrize(
    ("lang", "figures"),
    [
        (
            "fr",
            [
                "480\u202f123",
                "479\u202f791",
                "480\u202f502",
                "491\u202f840",
                "491\u202f835",
                "478\u202f605",
                "Très élevée",
                "24 novembre",
            ],
        ),
        ("en", ["480,123", "479,791", "480,502", "491,840", "491,835", "478,605", "Very high", "24 November"]),
    ],
)
def test_the_first_figures(report: Report, lang: str, figures: list[str]) -> None:
    text = _printed(report, lang)
    assert [figure for figure in figures if figure not in text] == []


def test_markup_in_a_name_stays_text(document: dict[str, Any]) -> None:
    document["case"]["title"] = "[bold red]x[/bold red] [link=a]\x1b[31m"
    text = _printed(Report.model_validate(document), "fr")
    assert "[bold red]x[/bold red] [link=a]␛[31m" in text
    assert "\x1b[31m" not in text


def test_a_case_without_anybody(document: dict[str, Any]) -> None:
    document["persons"] |= {"count": 0, "interval": [0, 0]}
    document |= {"special_categories": [], "harms": []}
    assert "Aucune personne" in _printed(Report.model_validate(document), "fr")
