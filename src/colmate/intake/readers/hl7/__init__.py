"""HL7 v2.x messages (HL7 v2.5; IHE PAM France; MLLP), one or many a file: who, where, what was found and written.

The library ``hl7`` splits a message at a time in Python and is an order of magnitude too slow for a leak of gigabytes:
whole blocks are split in columns here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from colmate.errors import FormatError
from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.readers.hl7.care import NOTE, OBSERVATION
from colmate.intake.readers.hl7.knowledge import GRAMMAR, PROFESSIONALS, SEGMENTS, generic
from colmate.intake.readers.hl7.people import PARTICIPANT, PERSON, professionals
from colmate.intake.reading import LIKELY, Chunk, Format, Head, Member, Options
from colmate.intake.segments.blocks import BLOCK, Block, blocks
from colmate.intake.segments.results import Layout, notes, results
from colmate.intake.segments.tables import Batch, batch_of, chunk, columns_of, keys

__all__ = ["FORMATS"]

# a header at the beginning of a line, or of what the transport sends
HEADER: Final = re.compile(rb"(?:^|[\r\n\x0b])[ \t]{0,8}(?:MSH|FHS|BHS)([^\w\s])(?!\1)[^\w\s]{2,5}\1")
# a header behind what a log writes before it, with other segments behind
LOGGED: Final = re.compile(rb"[^\w\s|\"',;] ?MSH\|\^~\\&\||[A-Za-z0-9] MSH\|\^~\\&\|")
FOLLOWED: Final = re.compile(rb"(?:[\r\n]|\\r|<CR>|<cr>)[ \t]{0,8}(?:EVN|PID|MSA|PV1|ORC|OBR|SCH|QRD|QPD)\|")
WINDOW: Final = 1 << 16
# HL7 table 0211: names of character sets, as Python knows them
CHARSETS: Final = {"8859/1": "latin-1", "8859/15": "iso8859-15", "8859/2": "iso8859-2", "8859/9": "iso8859-9"}
# the first field of these is the rank of the segment
RANKED: Final = {"PV1", "NK1", "IN1", "GT1", "DG1", "PR1", "AL1", "TXA", "CON"}
RESULT: Final = Layout(OBSERVATION, rank=1, kind=2, test=3, value=5)


def _sniff(head: Head) -> float:
    """A header with its delimiters is nothing else; it may stand behind some lines of a log."""
    text = head.text[:WINDOW]
    if (b"MSH" not in text and b"HS" not in text) or text.lstrip()[:1] in (b"<", b"{"):
        return 0.0
    if HEADER.search(text):
        return LIKELY
    return LIKELY if LOGGED.search(text) and FOLLOWED.search(text) else 0.0


def _declare(source: Source) -> None:
    """Believe the character set that the first message names (MSH-18)."""
    start = source.head.text.find(b"MSH|", 0, WINDOW)
    fields = source.head.text[start : start + 2000].splitlines()[0].split(b"|") if start >= 0 else []
    if len(fields) > 17 and (name := CHARSETS.get(fields[17].split(b"~")[0].decode("ascii", "replace").strip())):
        source.declare(name)


def _read(source: Source, account: Account, options: Options) -> Iterator[Chunk | Member]:
    _declare(source)
    text = source.utf8(account)
    empty = True
    for block in blocks(text, account, GRAMMAR, min(options.block, BLOCK), options.limit):
        empty = False
        yield from _tables(block, source.serial, account)
    if empty and not account.found and not text.stopped:
        raise FormatError(f"{source.name} holds no HL7 segment")


def _tables(block: Block, serial: int, account: Account) -> Iterator[Chunk | Member]:
    persons: list[tuple[Batch, int, str]] = []
    for name in dict.fromkeys(block.names.tolist()):
        batch = batch_of(block, name, serial, int(name == GRAMMAR.header))
        segment = SEGMENTS.get(batch.name) or generic(batch.name)
        named = [one for one in segment.columns if one.kind in (PERSON, PARTICIPANT) and one.place in batch.present]
        persons += [(batch, one.place, one.name) for one in named]
        if batch.name == "OBX":
            yield from results(batch, RESULT, account)
        elif batch.name == "NTE":
            yield notes(block, batch, NOTE, account)
        else:
            account.find(len(batch))
            yield _table(batch)
    found = professionals(persons, serial)
    if found:
        account.find(len(found["message"]))
        yield chunk(PROFESSIONALS, found)


def _table(batch: Batch) -> Chunk:
    segment = SEGMENTS.get(batch.name) or generic(batch.name)
    owners = batch.owners()
    if batch.name == "MSH":
        del owners["patient"]
        return chunk(segment, owners | columns_of(batch, segment, frozenset({2})), "message")
    if batch.name == "PID":
        own = {"patient": owners["patient"], "message": owners["message"]}
        return chunk(segment, own | columns_of(batch, segment, frozenset({1})), "patient")
    if batch.name == "OBR":
        return chunk(segment, {"order": batch.own()} | owners | columns_of(batch, segment, frozenset({1})), "order")
    if (batch.order > 0).any():
        owners["order"] = keys(batch.serial, batch.order)
    return chunk(segment, owners | columns_of(batch, segment, frozenset({1} if batch.name in RANKED else ())))


FORMATS: Final = (Format("hl7v2", _sniff, _read, family=True),)
