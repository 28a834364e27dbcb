"""Results (OBX) by the type of their value; lines of one text are one record; documents are files.

A value is a number or a word (``value``), prose (``text``), or a document in base64, which is read in its turn as a
file inside the file (HL7 v2.5 §7.4.2, §2.A.24).
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colmate.intake.accounting import Account
from colmate.intake.compression import Plain
from colmate.intake.reading import Chunk, Member, Within
from colmate.intake.segments.blocks import Block
from colmate.intake.segments.cells import Cells, Flags, Numbers
from colmate.intake.segments.tables import Batch, Segment, chunk, columns_of, keys

__all__ = ["Layout", "notes", "results"]

CODED: Final = ("CE", "CWE", "CNE", "CF", "CK")
PROSE: Final = ("TX", "FT")
STRINGS: Final = ("ST", "")
LONGEST: Final = 80
PACKED: Final = ("ED",)
BASE64: Final = re.compile(r"[A-Za-z0-9+/=_\-\s]*")
HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2})*")
# how files begin that are called text and are more
STRUCTURED: Final = re.compile(rb"\s*(?:\xef\xbb\xbf)?(?:[<{\[]|%PDF|MSH\||H\||PK\x03|[A-Z][A-Za-z-]{2,20}: )")
NOTHING: Final = pa.scalar(None, pa.string())


@dataclass(frozen=True)
class Layout:
    """Where a standard writes a result (numbers of fields): its rank, the type of its value, the test, the value."""

    segment: Segment
    rank: int
    kind: int
    test: int
    value: int


def results(batch: Batch, layout: Layout, account: Account) -> Iterator[Chunk | Member]:
    """Yield the results of a batch, then the documents among them."""
    kind = pc.fill_null(batch.cells(layout.kind).text(), "")
    raw = batch.cells(layout.value)
    head = batch.own()
    columns = {"observation": head, **batch.owners(), "order": keys(batch.serial, batch.order)}
    columns |= columns_of(batch, layout.segment, frozenset({layout.rank, layout.value}))
    # a string that goes on and on is prose, whatever its type
    long = pc.fill_null(pc.greater(pc.utf8_length(raw.raw), LONGEST), False).to_numpy(zero_copy_only=False)
    prose = _among(kind, PROSE) | (_among(kind, STRINGS) & long)
    packed = _among(kind, PACKED) | _marked(raw)
    texts = pc.if_else(pa.array(prose), raw.replaced(2, "\n").text() if prose.any() else NOTHING, NOTHING)
    members: list[Member] = []
    if packed.any():
        out: list[str | None] = texts.to_pylist()
        for place in np.flatnonzero(packed).tolist():
            within = Within(layout.segment.table, "observation", head[place].as_py())
            found = _document(raw, place, within, account)
            if isinstance(found, Member):
                members.append(found)
            else:
                out[place] = found
        texts = pa.array(out, pa.string())
    columns["value"] = _values(raw, kind, prose | packed)
    columns["text"] = texts
    runs = _runs(batch, layout.test, prose)
    if runs is not None:
        firsts = pa.array(np.flatnonzero(np.concatenate(([True], runs[1:] != runs[:-1]))))
        columns = {name: values.take(firsts) for name, values in columns.items()}
        columns["text"] = _joint(texts, runs)
    account.find(len(columns["text"]))
    yield chunk(layout.segment, columns, "observation")
    yield from members


def notes(block: Block, batch: Batch, segment: Segment, account: Account) -> Chunk:
    """Return the notes of a batch: comments in a row are one text, ``about`` is the segment they stand behind."""
    names, places = block.names, np.flatnonzero(block.names == batch.name.encode())
    opening = np.concatenate(([True], np.diff(places) > 1))
    runs = np.cumsum(opening)
    firsts = places[opening]
    before = names[np.maximum(firsts - 1, 0)]
    about = pa.array([one.decode() if at else "" for one, at in zip(before.tolist(), firsts.tolist(), strict=True)])
    columns = {name: values.filter(pa.array(opening)) for name, values in batch.owners().items()}
    seen = np.where(before == b"OBX", block.number[np.maximum(firsts - 1, 0)], 0)
    columns["observation"] = keys(batch.serial, np.asarray(seen, np.int64))
    columns["about"] = about
    rank, text = 1 + batch.shift, 3 + batch.shift
    for place in batch.present:
        if place not in {rank, text}:
            columns[f"field_{place}"] = batch.cells(place).text().filter(pa.array(opening))
    columns["text"] = _joint(batch.cells(text).replaced(2, "\n").replaced(1, " ").text(), runs)
    account.find(len(firsts))
    return chunk(segment, columns)


def _among(kind: pa.Array, known: tuple[str, ...]) -> Flags:
    found: Flags = pc.is_in(kind, pa.array(known)).to_numpy(zero_copy_only=False)
    return found


def _marked(raw: Cells) -> Flags:
    """Tell values that say themselves to be base64, whatever the type of the observation says."""
    said = pc.match_substring_regex(pc.fill_null(raw.raw, ""), r"(?i)^[^^]*\^[^^]*\^[^^]*\^base64\^")
    found: Flags = said.to_numpy(zero_copy_only=False)
    return found


def _values(raw: Cells, kind: pa.Array, elsewhere: Flags) -> pa.Array:
    """Coded values as their text, structured numbers written out (v2.5 §2.A.75), others as they are."""
    whole = Cells(pc.if_else(pa.array(elsewhere), NOTHING, raw.raw), raw.marks)
    if not whole.has(1):
        return whole.replaced(2, "; ").text()
    coded = pa.array(_among(kind, CODED))
    label = whole.component(2).raw
    best = pc.if_else(pc.greater(pc.binary_length(pc.fill_null(label, "")), 0), label, whole.component(1).raw)
    number = pa.array(_among(kind, ("SN",)))
    plain = pc.if_else(number, whole.replaced(1, "").raw, whole.replaced(1, " ").raw)
    several = pc.match_substring(pc.fill_null(whole.raw, ""), raw.marks.delimiters[2])
    best = pc.if_else(pc.and_(coded, pc.invert(several)), best, plain)
    return Cells(best, raw.marks).replaced(2, "; ").text()


def _runs(batch: Batch, test_at: int, prose: Flags) -> Numbers | None:
    """Number the runs of lines of the same text: prose, one behind the other, of one test; None when all are single."""
    if not prose.any() or len(batch) < 2:
        return None
    test = batch.cells(test_at).raw
    codes = pc.fill_null(test, "").dictionary_encode().indices.to_numpy()
    goes_on = prose[1:] & prose[:-1] & (np.diff(batch.number) == 1) & (codes[1:] == codes[:-1])
    goes_on &= np.diff(batch.message) == 0
    if not goes_on.any():
        return None
    return np.asarray(np.concatenate(([0], np.cumsum(~goes_on))), np.int64)


def _joint(texts: pa.Array, runs: Numbers) -> pa.Array:
    """Return the texts of each run as one, a line each."""
    begins = np.flatnonzero(np.concatenate(([True], runs[1:] != runs[:-1])))
    offsets = np.append(begins, len(runs)).astype(np.int32)
    lists = pa.ListArray.from_arrays(pa.array(offsets), pc.fill_null(texts, ""))
    return pc.binary_join(lists, "\n")


def _document(raw: Cells, place: int, within: Within, account: Account) -> Member | str:
    """Return the document of a record as a file; as text where it is no more than that."""
    parts = (raw.raw[place].as_py() or "").split(raw.marks.delimiters[1])
    coding, data = (parts[3], parts[4]) if len(parts) > 4 else ("", parts[-1])
    content = _decoded(coding.lower(), data, account)
    if not content:
        return str(Cells(pa.array([data]), raw.marks).text()[0].as_py() or "")
    kinds = [re.sub(r"\W", "", one).lower() for one in parts[1:3] if one]
    if "text" in kinds and (prose := _prose(content)):
        return prose
    name = "_".join((*kinds, within.value)) if kinds else f"document_{within.value}"
    return Member(name, Plain(io.BytesIO(content)), len(data), 0, within)


def _prose(content: bytes) -> str:
    """Return what a document of text says, "" when it is a file in some format."""
    if STRUCTURED.match(content) or b"\0" in content:
        return ""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _decoded(coding: str, data: str, account: Account) -> bytes:
    """Return the bytes of a document, b"" when it is not encoded; base64 that was cut gives what it still holds."""
    data = re.sub(r"\\\.br\\|\\X0D\\|\\X0A\\|~", "", data)
    if coding == "hex" and HEX.fullmatch(data):
        return bytes.fromhex(data)
    if (coding != "base64" and (coding or len(data) < 64 or " " in data)) or not BASE64.fullmatch(data):
        return b""
    packed = re.sub(r"[\s=]", "", data).translate({0x2D: "+", 0x5F: "/"})
    if data and (len(packed) % 4 == 1 or -len(packed) % 4 != len(data) - len(data.rstrip("="))):
        account.note("base64_damaged")
    packed = packed[: len(packed) - (len(packed) % 4 == 1)]
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4))
    except (binascii.Error, ValueError):
        return b""
