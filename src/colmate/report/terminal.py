"""The summary for the terminal: the same first figures as the page."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from colmate.model import Report
from colmate.report.contents import harms, special
from colmate.report.overview import headline
from colmate.report.words import words

__all__ = ["summary"]

_STYLES = {"very_high": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}
_FIRST = 5


def _grid(rows: list[tuple[Text, Text, Text]]) -> Padding:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for row in rows:
        table.add_row(*row)
    return Padding(table, (0, 0, 1, 2))


def summary(report: Report, lang: str = "fr") -> RenderableType:
    """The headline figures, the duties and the worst of the contents, for `rich.console.Console.print`.

    Everything is plain `Text`: markup in a name of the file stays what it is.
    """
    text = words(lang)
    head = headline(report, text)
    clock = head["clock"]

    def line(name: str, count: str = "", note: str = "", style: str = "") -> tuple[Text, Text, Text]:
        return Text(name), Text(count, style=style or "bold"), Text(note, style="dim")

    parts: list[RenderableType] = [
        Text(head["title"], style="bold"),
        Padding(Text(" ".join(head["lead"])), (0, 0, 1, 0)),
        Text(text("headline.title"), style="underline"),
        _grid(
            [
                line(text("headline.persons"), head["persons"], head["interval"]),
                *([line(text("review.title"), head["review"])] if head["review"] else []),
                *(line(row["name"], row["count"]) for row in head["records"]),
                line(text("headline.severity"), head["band_name"], head["score"], _STYLES[head["band"]]),
                *(line(f"  {bar.name}", bar.count, bar.share, _STYLES[bar.id]) for bar in head["severity"]),
            ]
        ),
        Text(text("clock.title"), style="underline"),
        _grid(
            [
                *(
                    line(duty["name"], text("duty.yes" if duty["told"] else "duty.no"), duty["reason"])
                    for duty in head["duties"]
                ),
                *(
                    [line(text("clock.deadline"), "", f"{clock['deadline']} ({clock['zone']})")]
                    if clock["deadline"]
                    else []
                ),
            ]
        ),
    ]
    for title, rows in (("special.title", special(report, text)), ("harms.title", harms(report, text))):
        if rows:
            parts.append(Text(text(title), style="underline"))
            parts.append(_grid([line(row["bar"].name, row["bar"].count, row["bar"].share) for row in rows[:_FIRST]]))
    return Group(*parts)
