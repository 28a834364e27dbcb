"""Progress: bars with rates where somebody looks, a line a stage where nobody does, silence in a library."""

from __future__ import annotations

import io

from rich.console import Console

from colmate.progress import Progress, TerminalProgress


def _terminal(looking: bool) -> tuple[TerminalProgress, io.StringIO]:
    out = io.StringIO()
    return TerminalProgress(Console(file=out, force_terminal=looking, width=100, color_system=None)), out


def test_nothing_is_said_by_default() -> None:
    with Progress().stage("intake", "B") as tell:
        tell(1, 2)


def test_a_stage_is_one_line_in_a_log() -> None:
    progress, out = _terminal(looking=False)
    with progress.stage("intake", "B") as tell:
        tell(1, 2)
    assert out.getvalue().startswith("intake: 0.") and out.getvalue().count("\n") == 1


def test_a_bar_has_a_name_and_is_full_at_the_end() -> None:
    progress, out = _terminal(looking=True)
    with progress.stage("columns", "records") as tell:
        tell(50, 100)
    assert "columns" in out.getvalue() and "━" in out.getvalue()


def test_a_note_is_written_as_it_is() -> None:
    progress, out = _terminal(looking=False)
    progress.note("Taking up the case in [a] folder.")
    assert out.getvalue() == "Taking up the case in [a] folder.\n"
