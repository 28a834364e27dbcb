"""The commands: one thin function each. Errors are one sentence on the error stream; nothing else leaks out.

Exit codes: 0 done · 2 what was given cannot be used · 1 a fault of ours · 130 stopped by the user.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from colmate import analysis, explanation, replicas, report, telling, verification
from colmate import review as findings
from colmate.errors import CaseDamagedError, ColmateError, ResourceError, UsageError
from colmate.progress import TerminalProgress

__all__ = ["app", "main", "run"]

INTERRUPTED = 130
STOPPED = "stopped; give the same command again to go on from the last finished stage"

app = typer.Typer(
    name="colmate",
    help="Turn a leaked health file into answers that can be defended: who is in it, what it says about them, "
    "how severe that is, and whom to tell. Everything stays on this machine; no network is used.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Key = Annotated[
    Path | None,
    typer.Option(
        help="Where the case's key lies. Default: COLMATE_KEY, else the user's data folder.", show_default=False
    ),
]
CaseFolder = Annotated[Path, typer.Argument(metavar="CASE", help="The case folder.", show_default=False)]


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Show the version and stop.")] = False) -> None:
    if version:
        typer.echo(f"colmate {_version()}")
        raise typer.Exit


@app.command()
def analyse(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Files or folders of the leak.", show_default=False)
    ],
    case: Annotated[
        Path | None, typer.Option(help="The case folder to make. Default: NAME.case here.", show_default=False)
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="Title of the case. Default: the first file's name.", show_default=False)
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of the report and the summary: fr or en.")] = "fr",
    engine: Annotated[str, typer.Option(help="The query engine: duckdb or spark.")] = "duckdb",
    key: Key = None,
    encoding: Annotated[
        str | None, typer.Option(help="Overrule the encoding found, e.g. cp1252.", show_default=False)
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(help="Overrule the delimiter found, e.g. ';'.", show_default=False)
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", help="Overrule the format found, e.g. csv, sql, json, hl7v2.", show_default=False),
    ] = None,
    password: Annotated[
        str | None,
        typer.Option(
            help="Opens locked archives and documents. Better in COLMATE_PASSWORD: others see a command line.",
            envvar="COLMATE_PASSWORD",
            show_default=False,
            show_envvar=False,
        ),
    ] = None,
    layout: Annotated[
        Path | None,
        typer.Option(help="A file that describes fixed-width records: name,start,length.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the report as JSON instead of the summary.")] = False,
) -> None:
    """Analyse a leak into an encrypted case with its report.

    The case gets report.html and report.json. A run that was stopped goes on where it was when the same command is
    given again.
    """
    progress = TerminalProgress()
    done = analysis.analyse(
        list(paths),
        case,
        title=title,
        lang=_choice(lang, "fr", "en"),
        engine=_choice(engine, "duckdb", "spark"),
        key=key,
        encoding=encoding,
        delimiter=delimiter,
        format=form,
        password=password,
        layout=layout,
        progress=progress,
    )
    if as_json:
        typer.echo(report.to_json(done), nl=False)
        return
    Console().print(report.summary(done, lang))
    folder = case or analysis.default_folder(list(paths))
    Console().print(f"{folder / 'report.html'}", highlight=False, soft_wrap=True, markup=False)


@app.command()
def show(
    case: CaseFolder,
    lang: Annotated[str, typer.Option(help="Language of the summary: fr or en.")] = "fr",
    as_json: Annotated[bool, typer.Option("--json", help="Write the report as JSON.")] = False,
) -> None:
    """Show the summary of a finished case."""
    document = report.load(case / "report.json")
    if as_json:
        typer.echo(report.to_json(document), nl=False)
        return
    Console().print(report.summary(document, _choice(lang, "fr", "en")))


@app.command()
def verify(case: CaseFolder, key: Key = None) -> None:
    """Check that a case is what was analysed.

    File hashes, chain of custody, row accounting, and the report against its schema.
    """
    checks = verification.verify(case, key=key)
    console = Console()
    for check in checks:
        mark = "[green]ok[/green]    " if check.passed else "[red]FAILED[/red]"
        console.print(f"{mark} {check.name:<11} {check.finding}", highlight=False, soft_wrap=True)
    if not all(check.passed for check in checks):
        raise CaseDamagedError("the case did not pass: do not rely on its figures before you know why")


@app.command()
def notes(
    case: CaseFolder,
    category: Annotated[str, typer.Option(help="Which category, e.g. hiv_sti.", show_default=False)],
    assertion: Annotated[
        str | None, typer.Option(help="Only asserted, negated or hypothetical.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(help="How many findings at most.", min=1, max=1000)] = 20,
    key: Key = None,
) -> None:
    """List findings of the free text by category, for review.

    The words around each finding are masked. The request is written in the case's chain of custody.
    """
    console = Console()
    for item in findings.review(case, category, assertion=assertion, limit=limit, key=key):
        place = f"{item.table}.{item.column} {item.record}"
        line = f"{item.assertion:<12} {item.subject:<8} {place}  {item.context}"
        console.print(line, highlight=False, soft_wrap=True, markup=False)


@app.command()
def review(
    case: CaseFolder,
    reason: Annotated[
        str | None, typer.Option(help="Only groups of one reason, e.g. two_numbers.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(help="How many groups at most.", min=1, max=100_000)] = 20,
    lang: Annotated[str, typer.Option(help="Language: fr or en.")] = "fr",
    as_json: Annotated[bool, typer.Option("--json", help="Write the groups as JSON.")] = False,
    key: Key = None,
) -> None:
    """List groups of records whose identifiers contradict each other, or that a weak link holds together.

    By reason and numbers of persons, without values. The request is written in the case's chain of custody.
    """
    lang = _choice(lang, "fr", "en")
    found = explanation.groups(case, reason=reason, limit=limit, key=key)
    _lines([telling.groups_json(found).rstrip()] if as_json else telling.group_lines(found, lang))


@app.command()
def explain(
    case: CaseFolder,
    person: Annotated[int, typer.Argument(metavar="PERSON", help="Its number in the case.", show_default=False)],
    lang: Annotated[str, typer.Option(help="Language: fr or en.")] = "fr",
    as_json: Annotated[bool, typer.Option("--json", help="Write the explanation as JSON.")] = False,
    key: Key = None,
) -> None:
    """Say why the records of a person are one: which pairs, which traits, which weights; and what was kept apart.

    Numbers of records only, no value. The request is written in the case's chain of custody.
    """
    lang = _choice(lang, "fr", "en")
    found = explanation.explain(case, person, key=key)
    _lines([telling.explanation_json(found).rstrip()] if as_json else telling.explanation_lines(found, lang))


@app.command()
def replica(
    name: Annotated[str, typer.Argument(help=f"Which leak: {', '.join(replicas.NAMES)}.", show_default=False)],
    out: Annotated[
        Path, typer.Option(help="The file to write; truth.json and truth.parquet go beside it.", show_default=False)
    ],
    scale: Annotated[float, typer.Option(help="Share of the true size, every proportion kept.")] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same file.")] = 1,
) -> None:
    """Write a synthetic leak with known truth.

    Invented persons only, for tests and drills.
    """
    with TerminalProgress().stage(name, "rows") as tell:
        truth = replicas.generate(name, out, scale=scale, seed=seed, progress=tell)
    typer.echo(f"{out}: {truth['records']['found']} rows, {truth['persons']['count']} persons")


def _lines(lines: Iterable[str]) -> None:
    console = Console()
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True, markup=False)


def _choice(value: str, *allowed: str) -> Any:
    if value not in allowed:
        raise UsageError(f"{value!r} is not known here: choose one of {', '.join(allowed)}")
    return value


def _version() -> str:
    from importlib.metadata import version

    return version("colmate")


def main() -> None:
    """Run the command line; every way out is a sentence and an exit code."""
    sys.exit(run())


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code (``arguments`` default to the process's own)."""
    errors = Console(stderr=True, soft_wrap=True)
    try:
        app(list(arguments) if arguments is not None else None)
    except SystemExit as leaving:
        code = int(leaving.code or 0)
        # Typer turns the user's Ctrl-C into this code
        return _say(errors, STOPPED, code) if code == INTERRUPTED else code
    except ColmateError as error:
        return _say(errors, str(error), error.exit_code)
    except BrokenPipeError:
        return 0
    except MemoryError:
        return _say(
            errors, "memory ran out: close other programs, or lower COLMATE_MEMORY (in GB)", ResourceError.exit_code
        )
    except OSError as error:
        return _say(errors, f"the system refused: {error.strerror or type(error).__name__}", ResourceError.exit_code)
    except Exception as error:
        if os.environ.get("COLMATE_DEBUG"):
            raise
        # the text of an unforeseen error may quote the file, so only its kind is told
        return _say(errors, f"a fault of Colmate ({type(error).__name__}), not of your file; nothing was lost", 1)
    return 0


def _say(console: Console, sentence: str, code: int) -> int:
    console.print(f"colmate: {sentence}", style="red" if code else "", highlight=False, markup=False)
    return code
