"""One way to show how far a run is: a bar with a rate for each stage, on the terminal's error stream.

Stages know only callbacks; `Progress` is what the analysis hands them. The base class is silent, for use as a
library; `TerminalProgress` draws bars where somebody looks, and writes one line a stage where nobody does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.text import Text

__all__ = ["Progress", "TerminalProgress"]

Advance = Callable[[float, float], None]


class Progress:
    """Silent progress: what a library call uses unless told otherwise."""

    @contextmanager
    def stage(self, name: str, unit: str = "") -> Iterator[Advance]:
        """Announce a stage; yields a function to call with (done, total) in ``unit`` (``"B"`` for bytes)."""
        del name, unit
        yield lambda _done, _total: None

    def note(self, sentence: str) -> None:
        """Say something about the run itself (never about a value)."""


class _Rate(ProgressColumn):
    """Units per second, over the whole stage: steadier than the last second's."""

    def render(self, task: Task) -> Text:
        elapsed = task.finished_time or task.elapsed or 0
        unit = task.fields.get("unit", "")
        if not unit or elapsed < 0.1 or not task.completed:
            return Text("")
        rate = task.completed / elapsed
        return Text(f"{rate / 1e6:,.0f} MB/s" if unit == "B" else f"{rate:,.0f} {unit}/s", style="dim")


class TerminalProgress(Progress):
    """Bars on a terminal; one plain line a stage elsewhere (a log file, a pipe)."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True)

    @contextmanager
    def stage(self, name: str, unit: str = "") -> Iterator[Advance]:
        """Draw the stage's bar until the block ends."""
        started = time.monotonic()
        if not self.console.is_terminal:
            yield lambda _done, _total: None
            self.console.print(f"{name}: {time.monotonic() - started:.1f} s", highlight=False)
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), _Rate(), TimeElapsedColumn())
        with Bars(*columns, console=self.console) as bars:
            task = bars.add_task(f"{name:<10}", total=None, unit=unit)
            yield lambda done, total: bars.update(task, completed=done, total=total or None)
            known = bars.tasks[0].total
            # a stage that told nothing has no rate
            bars.update(task, completed=known or 1, total=known or 1, unit=unit if known else "")

    def note(self, sentence: str) -> None:
        """Write the sentence above the bars."""
        self.console.print(sentence, highlight=False, markup=False)
