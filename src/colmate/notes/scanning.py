"""Find the special categories of a whole case: a filter in the engine, then only the notes that may say something.

The filter is made of the same phrases as the reading, and lets every note through that holds a character on which the
engine and Python might fold differently: it can let too much through, never too little.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from colmate.engine import Engine
from colmate.notes.cues import cue_book
from colmate.notes.folding import engine_fold, is_odd
from colmate.notes.reading import read_note

__all__ = ["NoteTable", "may_disclose", "scan"]

BATCH = 8192
_READ = pa.schema(
    [("note", pa.int64()), ("category", pa.string()), ("assertion", pa.string()), ("subject", pa.string())]
)


@dataclass(frozen=True)
class NoteTable:
    """A table with notes: its ``number`` in the case, its canonical records, its free-text columns (``c58``)."""

    number: int
    canonical: ir.Table
    fields: Sequence[str]


def may_disclose(text: ir.StringValue) -> ir.BooleanValue:
    """Tell, in the engine, whether a note holds any cue: true for every note that `read_note` finds something in."""
    folded = engine_fold(text)
    return reduce(or_, (folded.re_search(pattern) for pattern in cue_book().filter_patterns), is_odd(text))


def scan(engine: Engine, tables: Sequence[NoteTable], progress: Callable[[int, int], None] | None = None) -> ir.Table:
    """Return the findings of all notes: table int32, record int64, field, category, assertion, subject; no text.

    A note counts once for each (category, assertion, subject). Equal notes are read once. ``progress`` is called
    with (distinct notes read, distinct notes to read). The result is a temporary table of the engine.
    """
    parts = [_candidates(table, field) for table in tables for field in table.fields]
    if not parts:
        return engine.materialise(_nothing(engine), "findings")
    candidates = engine.materialise(ibis.union(*parts), "notes:candidates")
    texts = engine.materialise(
        candidates.select("text").distinct().mutate(note=ibis.row_number().cast("int64")), "notes:texts"
    )
    read = engine.memtable(_read_all(engine, texts, progress), "notes:read")
    found = (
        candidates.join(texts, "text")
        .join(read, "note")
        .select("table", "record", "field", "category", "assertion", "subject")
    )
    findings = engine.materialise(found, "findings")
    engine.drop("notes:candidates", "notes:texts")
    engine.connection.unregister("notes:read")
    return findings


def _candidates(table: NoteTable, field: str) -> ir.Table:
    text = table.canonical[field]
    kept = table.canonical.filter(text.notnull() & (text != "") & may_disclose(text))
    return kept.select(
        table=ibis.literal(table.number, "int32"), record=kept["record"], field=ibis.literal(field), text=kept[field]
    )


def _nothing(engine: Engine) -> ir.Table:
    texts = [(name, pa.string()) for name in ("field", "category", "assertion", "subject")]
    schema = pa.schema([("table", pa.int32()), ("record", pa.int64()), *texts])
    return engine.memtable(schema.empty_table(), "notes:nothing")


def _read_all(engine: Engine, texts: ir.Table, progress: Callable[[int, int], None] | None) -> pa.Table:
    total = engine.count(texts)
    done, batches = 0, []
    for batch in engine.batches(texts.select("note", "text"), BATCH):
        batches.append(_read_batch(batch))
        done += batch.num_rows
        if progress:
            progress(done, total)
    return pa.Table.from_batches(batches, _READ)


def _read_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    notes, categories, assertions, subjects = [], [], [], []
    for note, text in zip(batch.column("note").to_pylist(), batch.column("text").to_pylist(), strict=True):
        for category, assertion, subject in dict.fromkeys(
            (finding.category, finding.assertion, finding.subject) for finding in read_note(text)
        ):
            notes.append(note)
            categories.append(category)
            assertions.append(assertion)
            subjects.append(subject)
    return pa.RecordBatch.from_arrays(
        [pa.array(notes, pa.int64()), *(pa.array(part, pa.string()) for part in (categories, assertions, subjects))],
        schema=_READ,
    )
