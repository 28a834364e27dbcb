"""How each stage is run inside a case: what it is given, what it writes, what it leaves for the report.

A stage's figures are a typed record (`colmate.sections`), kept as JSON in the case: a later run goes on from them.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import ibis.expr.types as ir
import pyarrow as pa
from pydantic import BaseModel

from colmate import columns, exposure, intake, model, notes, report, subjects
from colmate.case import Case
from colmate.case.manifest import write_atomic
from colmate.engine import Engine
from colmate.errors import InternalError
from colmate.progress import Advance, Progress
from colmate.sections import Columns, DecidedTable, Exposed, Intake, Notes, ReadTable, Subjects

__all__ = ["Run", "subject_tables"]

S = TypeVar("S", bound=BaseModel)

# a diagnosis in words is a note like any other, and so may be what nothing names
READ_AS_NOTES = ("free_text", "diagnosis", "unknown")


class Run:
    """One run over one case."""

    def __init__(self, case: Case, engine: Engine, progress: Progress) -> None:
        self.case = case
        self.engine = engine
        # datasets are made and samples are looked at where the evidence lies
        self.local = engine.local
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

    def intake(self, files: Sequence[Path], options: intake.Options, tell: Advance) -> Intake:
        """Read every table of the evidence into datasets, and all rejects into one."""
        evidence: list[model.Evidence] = []
        datasets: dict[int, list[str]] = {}
        rejects: list[pa.Table] = []
        tables = intake.open_tables(files, tell, options=options)
        for piece in tables:
            if piece.known is None:
                # nothing but the account of a file, an archive, a message
                deque(piece.batches, maxlen=0)
            else:
                parts = datasets.setdefault(piece.known.number, [])
                parts.append(f"records-{piece.known.number:04d}" + (f"-{len(parts):04d}" if parts else ""))
                self._write(pa.RecordBatchReader.from_batches(piece.schema, piece.batches), parts[-1])
            if piece.closes:
                evidence.append(piece.evidence)
                rejects.append(piece.rejects)
        self._write(pa.concat_tables(rejects).to_reader(), "rejects")
        read = [_read_table(known, datasets[known.number]) for known in tables.known if known.number in datasets]
        _balance(evidence, read)
        return Intake(evidence=evidence, tables=read)

    def columns(self, read: Intake, tell: Advance) -> Columns:
        """Decide what each column holds, which table refers to which, and count the records that repeat another."""
        steps = 3 * len(read.tables)
        places = {table.number: table.evidence for table in read.tables}
        groups = columns.groups(places, {item.name: item.member_of for item in read.evidence})
        given = [
            columns.RecordsTable(self._records(table), table.columns, table.records, table.name, table.declared)
            for table in read.tables
        ]
        related = []
        for table, records, found in zip(read.tables, given, columns.decide_all(self.local, given), strict=True):
            related.append(columns.RelatedTable(table.number, records, found, groups[table.number]))
            tell(len(related), steps)
        tied = columns.tie(self.local, related)
        relations = tied.relations
        ends = [(one.child, one.columns) for one in relations] + [(one.parent, one.targets) for one in relations]
        repeated = self.local.together(
            lambda beside, one: columns.duplicates(beside, one.table, one.decided), tied.tables
        )
        decided = []
        for table, one, duplicates in zip(read.tables, tied.tables, repeated, strict=True):
            decided.append(
                DecidedTable(
                    **table.model_dump(),
                    decided=one.decided,
                    duplicates=duplicates,
                    canonical=f"canonical-{table.number:04d}",
                    links=[link for link in relations if link.child == table.number],
                    keys={f: f"key_{f}" for number, fields in ends if number == table.number for f in fields},
                    all_keys=columns.keys_of(one, tied.tables, relations),
                    owners=dict(tied.owners.get(table.number, {})),
                    group=one.group,
                )
            )
            tell(len(read.tables) + len(decided), steps)
        self._rewrite(decided, lambda done: tell(2 * len(read.tables) + done, steps))
        return Columns(tables=decided)

    def _rewrite(self, decided: Sequence[DecidedTable], tell: Callable[[int], None]) -> None:
        """Write each table's canonical form once, for three stages read it, a few columns each."""
        work = [
            columns.Rewriting(self._records(table), table.records, table.decided.telling(), table.keys)
            for table in decided
        ]

        def write(engine: Engine, place: int, cells: ir.Table | pa.RecordBatchReader) -> None:
            self._write(cells, decided[place].canonical, engine)

        for done, _ in enumerate(columns.rewrite(self.local, work, write), 1):
            tell(done)

    def subjects(self, decided: Columns, tell: Advance) -> Subjects:
        """Find the persons behind the records."""
        tables = subject_tables(self._canonical(decided))
        found = subjects.resolve(self.engine, tables, lambda _step, share: tell(share, 1.0))
        for name in ("mentions", "persons", "links", "frequencies", "conflicts"):
            self._write(getattr(found, name), name)
        self._write(found.doubts.persons, "doubts")
        self._write(found.doubts.apart, "apart")
        return Subjects(section=found.section, unsure=found.doubts.whole, model=found.model)

    def notes(self, decided: Columns, tell: Advance) -> Notes:
        """Read the free text of records that are about somebody."""
        read = self._read_locally
        about = {row["table"] for row in self.local.rows(read("mentions").select("table").distinct())}
        tables = [
            notes.NoteTable(table.number, read(table.canonical), fields)
            for table in decided.tables
            if table.number in about
            and (fields := [item.field for item in table.decided.telling() if item.semantic_type in READ_AS_NOTES])
        ]
        found = notes.scan(self.local, tables, tell, columns.every_recogniser())
        self._write(found.findings, "findings", self.local)
        self._write(found.identifiers, "note_identifiers", self.local)
        return Notes(findings=self.local.count(read("findings")))

    def exposure(self, decided: Columns, people: Subjects, tell: Advance) -> Exposed:
        """Say what is disclosed about each person, how severe that is, and who answers for it."""
        sources = exposure.databases(
            (table.number, table.name, table.group, [link.parent for link in table.links]) for table in decided.tables
        )
        tables = [
            exposure.ExposureTable(
                number=table.number,
                name=table.name,
                canonical=canonical,
                columns=table.decided.telling(),
                controller=table.decided.controller_field,
                source=sources[table.number][0],
                source_name=sources[table.number][1],
                records=table.records,
                owners=table.owners,
            )
            for table, canonical in self._canonical(decided)
        ]
        names = ("mentions", "persons", "findings", "note_identifiers")
        mentions, persons, findings, identifiers = (self._read(name) for name in names)
        context = exposure.Context()
        doubts = subjects.Doubts(self._read("doubts"), self._read("apart"), people.unsure)
        found = exposure.expose(self.engine, tables, mentions, persons, findings, context, tell, identifiers, doubts)
        self._write(found.persons, "exposure")
        self._write(found.labels, "controllers")
        return Exposed(**{name: getattr(found, name) for name in Exposed.model_fields})

    def report(self, read: Intake, decided: Columns, people: Subjects, exposed: Exposed, lang: str) -> model.Report:
        """Put the sections together and write ``report.json`` and ``report.html``."""
        started, manifest = time.monotonic(), self.case.manifest
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
            records=model.Records.of(read.evidence, tables),
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

    def _records(self, table: ReadTable) -> ir.Table:
        return self.local.read(*(self.case.dataset(dataset) for dataset in table.datasets))

    def _read(self, dataset: str) -> ir.Table:
        return self.engine.read(self.case.dataset(dataset))

    def _read_locally(self, dataset: str) -> ir.Table:
        return self.local.read(self.case.dataset(dataset))

    def _write(self, data: ir.Table | pa.RecordBatchReader, dataset: str, engine: Engine | None = None) -> None:
        (engine or self.engine).write(data, self.case.dataset(dataset))
        self._written.append(dataset)


def subject_tables(tables: Iterable[tuple[DecidedTable, ir.Table]]) -> list[subjects.SubjectTable]:
    """Return what the stage that resolves persons is given of each table and its canonical form."""
    return [
        subjects.SubjectTable(
            number=table.number,
            canonical=canonical,
            columns=table.decided.telling(),
            controller=table.decided.controller_field,
            records=table.records,
            links=table.links,
            keys=table.keys,
        )
        for table, canonical in tables
    ]


def _in_records(tell: Advance, records: int) -> Advance:
    """Return how a stage tells a share done, so that the bar counts records and has a rate."""
    return lambda done, total: tell(records * done / total if total else 0, records)


def _read_table(known: intake.Known, datasets: Sequence[str]) -> ReadTable:
    return ReadTable(
        number=known.number,
        name=known.name,
        evidence=known.evidence,
        columns=tuple(known.columns),
        records=known.records,
        datasets=tuple(datasets),
        declared=known.declared,
    )


def _balance(evidence: Sequence[model.Evidence], tables: Sequence[ReadTable]) -> None:
    """Hold the accounting: no record and no byte may be lost between the file and the case."""
    for item in evidence:
        if item.records_found != item.records_read + item.records_rejected:
            raise InternalError(f"records of {item.name} were lost while reading: please report this")
        if item.bytes_accounted != item.bytes:
            raise InternalError(f"bytes of {item.name} were lost while reading: please report this")
    if sum(item.records_read for item in evidence) != sum(table.records for table in tables):
        raise InternalError("records were lost between the files and the tables: please report this")


def _table_section(table: DecidedTable) -> model.TableReport:
    return model.TableReport(
        name=table.name,
        evidence=table.evidence,
        records=table.records,
        duplicates=table.duplicates,
        columns=table.decided.reported(),
        keys=table.all_keys,
    )
