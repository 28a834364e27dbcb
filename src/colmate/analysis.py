"""The path of the data, in code: read this first.

::

    evidence ─ intake ─► records + rejects      every byte accounted for
                 │
              columns ─► semantic types, roles, keys
                 │
             subjects ─► mentions ─► persons    normalise, link, count with an interval
                 │
                notes ─► special-category facts in free text
                 │
             exposure ─► per person: categories, severity, harms; per controller
                 │
               report ─► report.html, report.json

One way, no turning back: each stage makes datasets in the case and one section of the report. A run that was
killed goes on after the last finished stage.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Literal, get_args

from colmate import intake, pipeline, sections
from colmate.case import Case, describe_inputs
from colmate.engine import require
from colmate.errors import CaseExistsError, UsageError
from colmate.model import Report
from colmate.progress import Progress

__all__ = ["Engines", "Language", "analyse", "default_folder"]

Language = Literal["fr", "en"]
Engines = Literal["duckdb", "spark"]
StrPath = str | os.PathLike[str]


def analyse(
    paths: StrPath | Sequence[StrPath],
    case: StrPath | None = None,
    *,
    title: str | None = None,
    lang: Language = "fr",
    engine: Engines = "duckdb",
    key: StrPath | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    format: str | None = None,  # noqa: A002 (the option's own name)
    password: str | None = None,
    layout: StrPath | None = None,
    progress: Progress | None = None,
) -> Report:
    """Analyse the files at ``paths`` as one leak and return the report.

    ``case`` is the folder to make (by default ``NAME.case`` beside the caller, after the first file); it holds
    the encrypted datasets, ``report.json`` and ``report.html`` in the language ``lang``. ``key`` is where the
    case's key lies or shall lie (by default in the user's data folder). ``encoding``, ``delimiter`` and
    ``format`` overrule what the reader finds by itself; ``password`` opens locked archives and documents, ``layout``
    is a file that describes fixed-width records. ``engine`` is ``duckdb`` or ``spark`` (which needs PySpark and Java
    17); both give the same. A case that a killed run left is taken up where it stopped.

    Raises `colmate.ColmateError` kinds; the message is one sentence for a person, without any value of the file.
    """
    _known("language", lang, get_args(Language))
    _known("engine", engine, get_args(Engines))
    require(engine)
    given = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    files = intake.expand([Path(path) for path in given])
    if not files:
        raise UsageError("there is no file to analyse")
    progress = progress or Progress()
    if format is not None:
        _known("format", format, intake.known_formats())
    described = Path(layout) if layout else None
    reading = intake.Options(encoding, delimiter, format, password, described)
    # the password opens the evidence, not the case: it is not kept
    options = {
        "lang": lang, "engine": engine, "encoding": encoding, "delimiter": delimiter, "format": format,
        "layout": described.name if described else None,
    }  # fmt: skip
    folder = Path(case) if case else default_folder(files)
    with (
        _open(folder, files, title, options, Path(key) if key else None, progress) as box,
        box.engine(name=engine) as running,
    ):
        run = pipeline.Run(box, running, progress)
        tables = run.stage("intake", sections.Intake, lambda tell: run.intake(files, reading, tell))
        rows = sum(table.records for table in tables.tables)
        columns = run.stage("columns", sections.Columns, lambda tell: run.columns(tables, tell), rows)
        subjects = run.stage("subjects", sections.Subjects, lambda tell: run.subjects(columns, tell), rows)
        run.stage("notes", sections.Notes, lambda tell: run.notes(columns, tell), rows)
        exposed = run.stage("exposure", sections.Exposed, lambda tell: run.exposure(columns, subjects, tell), rows)
        return run.stage("report", Report, lambda _tell: run.report(tables, columns, subjects, exposed, lang), rows)


def default_folder(files: Sequence[Path]) -> Path:
    """Return the case folder that is made when none is named: ``NAME.case`` here, after the first file."""
    return Path(f"{files[0].stem or 'leak'}.case")


def _known(what: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UsageError(f"{what} {value!r} is not known: choose one of {', '.join(allowed)}")


def _open(
    folder: Path,
    files: Sequence[Path],
    title: str | None,
    options: dict[str, str | None],
    key: Path | None,
    progress: Progress,
) -> Case:
    """Make the case, or take up the one that a killed run left; a finished case is never written over."""
    inputs = describe_inputs(files)
    if not (folder / "manifest.json").is_file():
        return Case.create(
            folder,
            title=title or files[0].stem,
            version=version("colmate"),
            engine=str(options["engine"]),
            inputs=inputs,
            options=options,
            key_path=key,
        )
    case = Case.open(folder, key_path=key)
    try:
        if case.finished("report"):
            raise CaseExistsError(
                f"{folder} holds a finished case: see it with 'colmate show', or choose another folder with --case"
            )
        if case.manifest.inputs != inputs or case.manifest.options != options:
            raise CaseExistsError(
                f"{folder} holds an unfinished case of other files or options: choose another folder with --case"
            )
        case.check_custody()
        case.check_files()
    except BaseException:
        case.close()
        raise
    done = ", ".join(case.manifest.stages) or "nothing yet"
    progress.note(f"Taking up the case in {folder} where it stopped; finished so far: {done}.")
    case.log("resume", {"finished": list(case.manifest.stages)})
    return case
