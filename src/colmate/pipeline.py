"""How each stage is run inside a case: what it is given, what it writes, what it leaves for the report.

A stage's figures are a typed record here, kept as JSON in the case, so that a later run can go on from them.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import ibis.expr.types as ir
import pyarrow as pa
from pydantic import BaseModel

from colmate import columns, exposure, intake, model, notes, report, subjects
from colmate.case import Case
from colmate.case.manifest import write_atomic
from colmate.engine import Engine
from colmate.errors import InternalError
from colmate.progress import Advance, Progress

__all__ = ["Columns", "Exposed", "Intake", "Notes", "Run", "Subjects"]


class ReadTable(BaseModel):
    """A table as intake left it; ``dataset`` holds its records."""

    number: int
    name: str
    evidence: str
    columns: tuple[str, ...]
    records: int
    dataset: str


class Intake(BaseModel):
    """All evidence and its tables."""

    evidence: list[model.Evidence]
    tables: list[ReadTable]


class DecidedTable(ReadTable):
    """A table with the meaning of its columns; ``canonical`` is the dataset of its values in canonical form."""

    decided: columns.TableColumns
    duplicates: int
    canonical: str


class Columns(BaseModel):
    """All tables, their columns decided."""

    tables: list[DecidedTable]


class Subjects(BaseModel):
    """The count of persons."""

    section: model.Persons
    model: dict[str, Any]


class Notes(BaseModel):
    """How many findings the free text gave."""

    findings: int


class Exposed(BaseModel):
    """What is disclosed about whom, and how severe it is."""

    exposure: list[model.Exposure]
    special_categories: list[model.SpecialCategory]
    severity: model.Severity
    harms: list[model.Harm]
    controllers: list[model.Controller]
    period: model.Period


S = TypeVar("S", bound=BaseModel)

WIDE = 500
MUTE = frozenset(("empty", "number", "boolean"))
TELLING_NOBODY = frozenset(("code", "unknown"))
# a diagnosis in words is a note like any other, and what nothing names may be one
READ_AS_NOTES = ("free_text", "diagnosis", "unknown")


class Run:
    """One run over one case."""

    def __init__(self, case: Case, engine: Engine, progress: Progress) -> None:
        self.case = case
        self.engine = engine
        self.progress = progress
        self._written: list[str] = []
        self._files: list[str] = []

    def stage(self, name: str, kind: type[S], work: Callable[[Advance], S], records: int | None = None) -> S:
        """Return the figures of stage ``name``: from the case when it is finished, else by doing ``work``.

        ``work`` tells how far it is: in bytes for intake, else as a share of so many ``records``.
        """
        if self.case.finished(name):
            return kind.model_validate(self.case.section(name))
        self._written, self._files = [], []
        started = time.monotonic()
        with self.progress.stage(name, "B" if records is None else "records") as tell:
            result = work(tell if records is None else _in_records(tell, records))
        section = result.model_dump(mode="json", by_alias=True)
        self.case.finish(name, section, self._written, time.monotonic() - started, self._files)
        return result

    def intake(self, files: Sequence[Path], encoding: str | None, delimiter: str | None, tell: Advance) -> Intake:
        """Read every table of the evidence into a dataset, and all rejects into one."""
        evidence: list[model.Evidence] = []
        tables: list[ReadTable] = []
        rejects: list[pa.Table] = []
        for stream in intake.open_tables(files, tell, encoding=encoding, delimiter=delimiter):
            if not stream.columns:
                # an empty file, or an archive's own entry: nothing but its account
                deque(stream.batches, maxlen=0)
            else:
                number = len(tables) + 1
                dataset = f"records-{number:04d}"
                self._write(pa.RecordBatchReader.from_batches(stream.schema, stream.batches), dataset)
                tables.append(
                    ReadTable(
                        number=number,
                        name=stream.name,
                        evidence=stream.evidence_name,
                        columns=stream.columns,
                        records=stream.evidence.records_read,
                        dataset=dataset,
                    )
                )
            evidence.append(stream.evidence)
            rejects.append(stream.rejects)
        self._write(pa.concat_tables(rejects).to_reader(), "rejects")
        _balance(evidence)
        return Intake(evidence=evidence, tables=tables)

    def columns(self, read: Intake, tell: Advance) -> Columns:
        """Decide what each column holds, and count the records that repeat an earlier one."""
        tables = []
        steps = 3 * len(read.tables)
        for done, table in enumerate(read.tables):
            records = self._read(table.dataset)
            decided = columns.decide(self.engine, records, table.columns, table.records)
            tell(3 * done + 1, steps)
            duplicates = table.records - self.engine.distinct_rows(records.drop("record"))
            tell(3 * done + 2, steps)
            # written once, for three stages read it, a few columns each
            canonical = f"canonical-{table.number:04d}"
            self._write(columns.canonical(records, _telling(decided)), canonical)
            described = table.model_dump()
            tables.append(DecidedTable(**described, decided=decided, duplicates=duplicates, canonical=canonical))
        return Columns(tables=tables)

    def subjects(self, decided: Columns, tell: Advance) -> Subjects:
        """Find the persons behind the records."""
        tables = [
            subjects.SubjectTable(
                number=table.number,
                canonical=canonical,
                columns=_telling(table.decided),
                controller=_field(table.decided.controller),
                records=table.records,
            )
            for table, canonical in self._canonical(decided)
        ]
        found = subjects.resolve(self.engine, tables, lambda _step, share: tell(share, 1.0))
        self._write(found.mentions, "mentions")
        self._write(found.persons, "persons")
        return Subjects(section=found.section, model=found.model)

    def notes(self, decided: Columns, tell: Advance) -> Notes:
        """Read the free text."""
        tables = [
            notes.NoteTable(table.number, canonical, fields)
            for table, canonical in self._canonical(decided)
            if (fields := [item.field for item in _telling(table.decided) if item.semantic_type in READ_AS_NOTES])
        ]
        findings = notes.scan(self.engine, tables, tell)
        self._write(findings, "findings")
        return Notes(findings=self.engine.count(self._read("findings")))

    def exposure(self, decided: Columns, tell: Advance) -> Exposed:
        """Say what is disclosed about each person, how severe that is, and who answers for it."""
        tables = [
            exposure.ExposureTable(
                number=table.number,
                name=table.name,
                canonical=canonical,
                columns=_telling(table.decided),
                controller=_field(table.decided.controller),
            )
            for table, canonical in self._canonical(decided)
        ]
        mentions, persons, findings = (self._read(name) for name in ("mentions", "persons", "findings"))
        found = exposure.expose(self.engine, tables, mentions, persons, findings, exposure.Context(), tell)
        self._write(found.persons, "exposure")
        self._write(found.labels, "controllers")
        fields = {name: getattr(found, name) for name in Exposed.model_fields}
        return Exposed(**fields)

    def report(self, read: Intake, decided: Columns, people: Subjects, exposed: Exposed, lang: str) -> model.Report:
        """Put the sections together and write ``report.json`` and ``report.html``."""
        started = time.monotonic()
        manifest = self.case.manifest
        timings = {name: stage.seconds for name, stage in manifest.stages.items()}
        tables = [_table_section(table) for table in decided.tables]
        document = model.Report(
            case=model.CaseInfo(
                id=manifest.id,
                title=manifest.title,
                created=manifest.created,
                colmate=manifest.colmate,
                engine=manifest.engine,
            ),
            evidence=read.evidence,
            tables=tables,
            records=_records(read.evidence, tables),
            persons=people.section,
            timings=timings | {"report": 0.0},
            **{name: getattr(exposed, name) for name in Exposed.model_fields},
        )
        report.render(document, lang)
        timings["report"] = round(time.monotonic() - started, 3)
        document = document.model_copy(update={"timings": timings})
        for name, text in (("report.json", report.to_json(document)), ("report.html", report.render(document, lang))):
            write_atomic(self.case.folder / name, text)
            self._files.append(name)
        return document

    def _canonical(self, decided: Columns) -> Iterator[tuple[DecidedTable, ir.Table]]:
        for table in decided.tables:
            yield table, self._read(table.canonical)

    def _read(self, dataset: str) -> ir.Table:
        return self.engine.read(self.case.dataset(dataset))

    def _write(self, data: ir.Table | pa.RecordBatchReader, dataset: str) -> None:
        self.engine.write(data, self.case.dataset(dataset))
        self._written.append(dataset)


def _in_records(tell: Advance, records: int) -> Advance:
    """Return how a stage tells a share done, so that the bar counts records and has a rate."""
    return lambda done, total: tell(records * done / total if total else 0, records)


def _telling(decided: columns.TableColumns) -> list[columns.Column]:
    """Return the columns that can say something about somebody; the others need no canonical form.

    In a very wide table codes and the unknown are left out too: they tell nobody by themselves, and writing out the
    expression of thousands of columns would take longer than all the rest.
    """
    kept = [item for item in decided.columns if item.filled and item.semantic_type not in MUTE]
    if len(kept) > WIDE:
        kept = [item for item in kept if item.semantic_type not in TELLING_NOBODY]
    controller = [item for item in (decided.controller,) if item and item not in kept]
    return kept + controller


def _field(column: columns.Column | None) -> str | None:
    return column.field if column else None


def _balance(evidence: Sequence[model.Evidence]) -> None:
    """Hold the accounting: no record and no byte may be lost between the file and the case."""
    for item in evidence:
        if item.records_found != item.records_read + item.records_rejected:
            raise InternalError(f"records of {item.name} were lost while reading: please report this")
        if item.bytes_accounted != item.bytes:
            raise InternalError(f"bytes of {item.name} were lost while reading: please report this")


def _table_section(table: DecidedTable) -> model.TableReport:
    return model.TableReport(
        name=table.name,
        evidence=table.evidence,
        records=table.records,
        duplicates=table.duplicates,
        columns=[
            model.ColumnReport.model_validate({name: getattr(item, name) for name in model.ColumnReport.model_fields})
            for item in table.decided.columns
        ],
        keys=list(table.decided.keys),
    )


def _records(evidence: Sequence[model.Evidence], tables: Sequence[model.TableReport]) -> model.Records:
    return model.Records(
        found=sum(item.records_found for item in evidence),
        read=sum(item.records_read for item in evidence),
        rejected=sum(item.records_rejected for item in evidence),
        duplicates=sum(item.duplicates for item in tables),
    )
