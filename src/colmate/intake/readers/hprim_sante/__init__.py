"""HPRIM Santé 2.x: what French laboratories and clinics exchange; like HL7, with other delimiters and segments.

The sub-field separator is ``~`` and the repetition ``^``, as the header declares them; a segment ``A`` continues the
line before it (lines are at most 220 characters long).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colmate.errors import FormatError
from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.readers.hprim_sante.knowledge import (
    COMMENT,
    GRAMMAR,
    OBSERVATION,
    PERSON,
    PROFESSIONALS,
    SEGMENTS,
    generic,
    person_name,
)
from colmate.intake.reading import LIKELY, Chunk, Format, Head, Member, Options
from colmate.intake.segments.blocks import BLOCK, Block, blocks
from colmate.intake.segments.cells import filled
from colmate.intake.segments.results import Layout, notes, results
from colmate.intake.segments.tables import Batch, Segment, batch_of, chunk, columns_of, keys

__all__ = ["FORMATS"]

WINDOW: Final = 4096
RESULT: Final = Layout(OBSERVATION, rank=2, kind=3, test=4, value=6)
USUAL: Final = re.compile(rb"[\s\x0b]{0,9}(?:H\|~\^\\&\||H\|\|?\^~\\&\|[^\r\n]*\s+P\|)")
HEADER: Final = re.compile(rb"[\s\x0b]{0,9}H([^\w\s])[^\w\s]{3,4}\1[^\r\n]*?\bH2\.\d")
# a patient whose maiden name was left out: the date of birth stands in its place, the sex behind it
SHIFTED: Final = r"^(P(?:\|[^|]*){5})\|([0-9]{4}-?[0-9]{2}-?[0-9]{2}\|[MFU]\|)"
PRIMARY: Final = {"H": "message", "P": "patient", "OBR": "order"}


def _sniff(head: Head) -> float:
    return LIKELY if USUAL.match(head.text, 0, WINDOW) or HEADER.match(head.text, 0, WINDOW) else 0.0


def _read(source: Source, account: Account, options: Options) -> Iterator[Chunk | Member]:
    text = source.utf8(account)
    empty = True
    for block in blocks(text, account, GRAMMAR, min(options.block, BLOCK), options.limit):
        empty = False
        yield from _tables(block, source.serial, account)
    if empty and not account.found and not text.stopped:
        raise FormatError(f"{source.name} holds no segment of HPRIM Santé")


def _tables(block: Block, serial: int, account: Account) -> Iterator[Chunk | Member]:
    persons: list[tuple[Batch, int, str]] = []
    for name in dict.fromkeys(block.names.tolist()):
        batch = batch_of(block, name, serial, 1)
        if batch.name == "P":
            batch = _unshifted(batch, account)
        segment = SEGMENTS.get(batch.name) or generic(batch.name)
        named = [one for one in segment.columns if one.kind is PERSON and one.place in batch.present]
        persons += [(batch, one.place, one.name) for one in named]
        if batch.name == "OBX":
            yield from results(batch, RESULT, account)
        elif batch.name == "C":
            yield notes(block, batch, COMMENT, account)
        else:
            account.find(len(batch))
            yield _table(batch, segment)
    found = _professionals(persons, serial)
    if found is not None:
        account.find(found.num_rows)
        yield chunk(PROFESSIONALS, {name: found[name].combine_chunks() for name in found.column_names})


def _unshifted(batch: Batch, account: Account) -> Batch:
    hit = pc.match_substring_regex(batch.lines, SHIFTED)
    times = pc.sum(hit).as_py()
    if not times:
        return batch
    account.note("shifted_fields", times)
    lines = pc.replace_substring_regex(batch.lines, SHIFTED, r"\1||\2")
    return replace(batch, lines=lines)


def _table(batch: Batch, segment: Segment) -> Chunk:
    owners = batch.owners()
    primary = PRIMARY.get(batch.name, "")
    if batch.name == "H":
        del owners["patient"]
    elif batch.name == "P":
        owners = {"patient": owners["patient"], "message": owners["message"]}
    elif batch.name == "OBR":
        owners = {"order": batch.own()} | owners
    elif (batch.order > 0).any():
        owners["order"] = keys(batch.serial, batch.order)
    # the rank of a segment within its patient says nothing, the header's second field are the delimiters
    return chunk(segment, owners | columns_of(batch, segment, frozenset({2})), primary)


def _professionals(persons: Sequence[tuple[Batch, int, str]], serial: int) -> pa.Table | None:
    """Return prescribers, samplers and validators, each once a message."""
    parts = []
    for batch, place, doing in persons:
        parents, each = batch.cells(place).repetitions()
        number, name = each.component(1).text(), person_name(each)
        columns = {
            "message": keys(serial, batch.message[parents]),
            "patient": keys(serial, batch.patient[parents]),
            "role": pa.array([doing] * len(parents), pa.string()),
            "id": number,
            "name": name,
            "rpps": pc.if_else(_like(number, "^[18]?[0-9]{11}$"), pc.utf8_slice_codeunits(number, -11), ""),
            "adeli": pc.if_else(_like(number, "^0?[0-9][0-9AB][0-9]{7}$"), pc.utf8_slice_codeunits(number, -9), ""),
            "establishment": each.component(5).text(),
        }
        parts.append(pa.table(columns).filter(pa.array(filled(number) | filled(name))))
    table = pa.concat_tables(parts) if parts else None
    if table is None or not table.num_rows:
        return None
    same = pc.binary_join_element_wise(*(pc.fill_null(table[one], "") for one in ("message", "id", "name")), "\x1f")
    codes = same.combine_chunks().dictionary_encode().indices.to_numpy()
    return table.take(pa.array(np.sort(np.unique(codes, return_index=True)[1])))


def _like(values: pa.Array, pattern: str) -> pa.Array:
    return pc.match_substring_regex(pc.fill_null(values, ""), pattern)


FORMATS: Final = (Format("hprim", _sniff, _read, family=True),)
