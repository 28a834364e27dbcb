"""HPRIM médecin: what laboratories send to practices as text, twelve lines about the patient and a letter.

A record ends with ``****FIN****``, a file with ``****FINFICHIER****``; results for the machine are lines ``RES|…``
behind ``****LAB****``. Files of one patient may have no mark at all. (HPRIM Médecin; the readers of MedShakeEHR and of
Mediboard agree on the twelve lines.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from colmate.errors import FormatError
from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.readers.hprim_medecin.letters import Letters, evidence_of_header
from colmate.intake.reading import LIKELY, POSSIBLE, Chunk, Format, Head, Member, Options

__all__ = ["FORMATS"]

MARK: Final = re.compile(rb"(?:^|[\r\n])[ \t]{0,8}\*{3,6} ?(?:LAB|FIN|FINFICHIER) ?\*{3,6}[ \t]*(?=[\r\n]|$)")
END: Final = re.compile(rb"[ \t]{0,8}\*{3,6} ?FIN ?\*{3,6}[ \t]*(?:\r\n|\n|\r|$)")
# how far before its word a mark begins at most
LEAD: Final = 16
# how much of what stands in the twelve lines fits: a date of birth, a NIR, a postcode with a town, a date
ENOUGH: Final = 3


def _sniff(head: Head) -> float:
    """Marks are unmistakable; without any, several of the twelve lines must be what they should be."""
    fits = evidence_of_header(head.text[:8192])
    if fits and MARK.search(head.text):
        return LIKELY
    return POSSIBLE if fits >= ENOUGH and b"\0" not in head.text[:8192] else 0.0


def _read(source: Source, account: Account, options: Options) -> Iterator[Chunk | Member]:
    text = source.utf8(account)
    letters = Letters(source.serial, account)
    held, line, position, ended = b"", 1, 0, False
    while not ended:
        part = text.read(options.block)
        ended = not part
        held += part
        at = 0
        for end in _ends(held):
            if end == len(held) and not ended:
                break
            letters.take(held[at:end], line, position + at, text.stopped if ended else None)
            line += _lines(held[at:end])
            at = end
            if letters.full:
                yield from letters.chunks()
        held, position = held[at:], position + at
        if len(held) > options.limit and not ended:
            account.find()
            account.reject(line, position, held, "record_too_long")
            account.consume("reject", len(held))
            line, position, held = line + _lines(held), position + len(held), b""
    letters.last(held, line, position, text.stopped)
    yield from letters.chunks()
    if not account.found and not text.stopped:
        raise FormatError(f"{source.name} holds no record of HPRIM médecin")


def _ends(data: bytes) -> Iterator[int]:
    """Yield where records end: behind the line of the mark. (A search for the word, a pattern only where it is.)"""
    at = 0
    while (at := data.find(b"FIN", at)) >= 0:
        before = max(0, at - LEAD)
        begin = max(data.rfind(b"\n", before, at), data.rfind(b"\r", before, at)) + 1 or before
        found = END.match(data, begin)
        if found:
            yield found.end()
        at = found.end() if found else at + 3


def _lines(data: bytes) -> int:
    return data.count(b"\n") or data.count(b"\r")


FORMATS: Final = (Format("hprim_medecin", _sniff, _read, family=True, ahead=True),)
