"""Find the special categories of a whole case: a filter in the engine, then only the notes that may say something.

The filter is made of the same phrases as the reading, and lets every note through that holds a character on which the
engine and Python might fold differently: it can let too much through, never too little. It asks first for the rare
words of the phrases (their anchors), once for each distinct word of all notes, and of a note only for the phrases whose
anchors are among its words: what a harmless note costs hardly grows with the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from colmate.engine import Engine
from colmate.notes.cues import cue_book
from colmate.notes.folding import engine_fold, is_odd
from colmate.notes.identifiers import EVERY, Recognises, identified, may_identify
from colmate.notes.reading import read_note
from colmate.notes.spelling import filter_patterns as misspelt
from colmate.notes.spelling import real_word

__all__ = ["NoteTable", "Scanned", "scan", "worth_reading"]

BATCH = 8192
# columns that are filtered one by one; more are stacked first
SEVERAL = 8
# parcels of phrases in one integer
PER_MASK = 60

_TOLD = [("category", pa.string()), ("assertion", pa.string()), ("subject", pa.string()), ("kin", pa.string())]
_SAID = [*_TOLD, ("past", pa.bool_()), ("several", pa.bool_())]
_PLACE = [("table", pa.int32()), ("record", pa.int64()), ("field", pa.string())]
_READ = pa.schema([("note", pa.int64()), *_SAID])
_FOUND = pa.schema([*_PLACE, *_SAID])
_IDENTIFIED = pa.schema([*_PLACE, ("semantic_type", pa.string())])


@dataclass(frozen=True)
class NoteTable:
    """A table with notes: its ``number`` in the case, its canonical records, its free-text columns (``c58``)."""

    number: int
    canonical: ir.Table
    fields: Sequence[str]


@dataclass(frozen=True)
class Scanned:
    """Two tables, each with table int32, record int64, field.

    ``findings``: category, assertion, subject, kin ("" where it is no relative), past bool, several bool (of the kin).
    ``identifiers``: semantic_type.
    """

    findings: ir.Table
    identifiers: ir.Table


def _matches(folded: ir.StringValue, patterns: Iterable[str]) -> ir.BooleanValue:
    return reduce(or_, (folded.re_search(pattern) for pattern in patterns))


def scan(
    engine: Engine,
    tables: Sequence[NoteTable],
    progress: Callable[[int, int], None] | None = None,
    recognisers: Mapping[str, Recognises] | None = None,
) -> Scanned:
    """Return what all notes say: no text, only what kind of thing stands where.

    A note counts once for each (category, assertion, subject, kin); it is past where all it says of that kind is. Equal
    notes are read once. ``progress`` is called with (distinct notes read, distinct notes to read). ``recognisers``:
    semantic type → what judges identifiers; without them none is looked for. The results are temporary tables.
    """
    count = sum(len(table.fields) for table in tables)
    if not count:
        return Scanned(
            engine.materialise(_nothing(engine, _FOUND), "findings"),
            engine.materialise(_nothing(engine, _IDENTIFIED), "note_identifiers"),
        )
    if count > SEVERAL:
        notes = _stacked(engine, tables)
    else:
        parts = [_column(table, field) for table in tables for field in table.fields]
        notes = ibis.union(*parts) if len(parts) > 1 else parts[0]
    # what is written thousands of times ("RAS", "tiers payant") is looked at once: to look costs ten times a scan
    distinct = engine.materialise(notes.select("text").distinct(), "notes:distinct")
    worth = worth_reading(engine, distinct, bool(recognisers))
    texts = engine.materialise(worth.mutate(note=ibis.row_number().cast("int64")), "notes:texts")
    engine.drop("notes:distinct", "notes:words")
    # a text that only holds an identifier need not be read
    read = engine.memtable(_read_all(engine, texts.filter(texts["cue"]), progress), "notes:read")
    places = engine.materialise(notes.join(texts, "text").select("note", "table", "record", "field"), "notes:where")
    found = places.join(read, "note").select(*_FOUND.names)
    findings = engine.materialise(found, "findings")
    identifiers = _nothing(engine, _IDENTIFIED)
    if recognisers:
        held = identified(engine, texts, recognisers)
        identifiers = places.join(held, "note").select("table", "record", "field", "semantic_type")
    kept = engine.materialise(identifiers, "note_identifiers")
    engine.drop("notes:where", "notes:texts", "notes:identified")
    engine.forget("notes:read")
    return Scanned(findings, kept)


def worth_reading(engine: Engine, texts: ir.Table, named: bool) -> ir.Table:
    """Keep the texts (distinct, column text) that may disclose something; ``named``: or may hold an identifier.

    The column ``cue`` of the result tells which may disclose something.
    """
    anchors = cue_book().anchors
    words = texts.select("text", word=texts["text"].split(" ").unnest())
    # limits that nothing reaches: without them the engine would fold anew for each pattern
    folded = words.select("word").distinct().mutate(folded=engine_fold(ibis._["word"])).limit(EVERY)
    word = folded["folded"]
    slip = _matches(word, misspelt()) & ~word.re_search(real_word())
    # figures are most of what makes notes differ, and no cue is one
    rare = folded.filter(word.re_search("[a-z]") & (_matches(word, anchors.words) | slip))
    telling = engine.materialise(_asking(rare), "notes:words")
    masks = {name: telling[name].bit_or() for name in telling.columns if name != "word"}
    again = words.inner_join(telling, "word").group_by("text").agg(**masks)
    again = again.mutate(folded=engine_fold(again["text"])).limit(EVERY)
    every = texts.mutate(folded=engine_fold(texts["text"])).limit(EVERY)
    every = every.mutate(cue=_matches(every["folded"], anchors.phrases) | is_odd(every["text"]))
    kept = every.filter(every["cue"] | may_identify(every["text"]) if named else every["cue"])
    asked = again.filter(_holds_asked(again)).select("text", cue=ibis.literal(True))
    both = ibis.union(asked, kept.select("text", "cue"), distinct=False)
    return both.group_by("text").agg(cue=both["cue"].any())


def _asking(words: ir.Table) -> ir.Table:
    """Add to rare words (``word``, ``folded``) which parcels of phrases they ask for, a bit each."""
    masks: dict[str, ir.IntegerValue] = {}
    for place, parcel in enumerate(cue_book().parcels):
        name, bit = _bit(place)
        asked = _matches(words["folded"], parcel.words).ifelse(bit, 0).cast("int64")
        masks[name] = masks[name] + asked if name in masks else asked
    return words.select("word", **masks)


def _bit(place: int) -> tuple[str, int]:
    return f"asked_{place // PER_MASK}", 1 << (place % PER_MASK)


def _holds_asked(notes: ir.Table) -> ir.BooleanValue:
    """Tell whether a note holds a phrase of a parcel that its words ask for; the engine looks for no other."""
    found = []
    for place, parcel in enumerate(cue_book().parcels):
        name, bit = _bit(place)
        found.append(((notes[name] & bit) != 0) & notes["folded"].re_search(parcel.pattern))
    return reduce(or_, found) | _matches(notes["folded"], misspelt())


def _filled(notes: ir.Table) -> ir.Table:
    return notes.filter(notes["text"].notnull() & (notes["text"] != ""))


def _column(table: NoteTable, field: str) -> ir.Table:
    records = table.canonical
    return _filled(
        records.select(
            "record", table=ibis.literal(table.number, "int32"), field=ibis.literal(field), text=records[field]
        )
    )


def _stacked(engine: Engine, tables: Sequence[NoteTable]) -> ir.Table:
    """Return the notes of many columns from one scan: union parts by the hundred take long to plan."""
    columns = [(table.number, field) for table in tables for field in table.fields]
    places = {column: place for place, column in enumerate(columns)}
    parts = [(table.canonical, {places[table.number, field]: field for field in table.fields}) for table in tables]
    notes = engine.stack([part for part in parts if part[1]], "notes:stack")
    kept = _filled(notes.rename(text="value"))
    numbers, fields = ([column[end] for column in columns] for end in (0, 1))
    names = engine.memtable(
        pa.table(
            {
                "place": pa.array(range(len(columns)), pa.int32()),
                "table": pa.array(numbers, pa.int32()),
                "field": pa.array(fields, pa.string()),
            }
        ),
        "notes:places",
    )
    return kept.join(names, "place").select("table", "record", "field", "text")


def _nothing(engine: Engine, schema: pa.Schema) -> ir.Table:
    return engine.memtable(schema.empty_table(), f"notes:nothing:{len(schema)}")


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
    said: list[tuple[int, str, str, str, str, bool, bool]] = []
    for note, text in zip(batch.column("note").to_pylist(), batch.column("text").to_pylist(), strict=True):
        kinds: dict[tuple[str, str, str, str], tuple[bool, bool]] = {}
        for finding in read_note(text):
            kind = (finding.category, finding.assertion, finding.subject, finding.kin)
            past, several = kinds.get(kind, (True, False))
            kinds[kind] = (past and finding.past, several or finding.several)
        said.extend((note, *kind, *how) for kind, how in kinds.items())
    columns = list(zip(*said, strict=True)) or [()] * len(_READ)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, _READ, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=_READ)
