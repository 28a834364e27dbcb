"""Delimiters: declared by each message, brought to the standard ones; and the escapes that stand for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["JOINED", "SET_ASIDE", "Grammar", "declared_delimiters", "rewrite", "unescape"]

# a character of the text that the standard takes for a delimiter, while the message has declared another
SET_ASIDE: Final = b"\x01\x02\x03\x04\x05"
# fills what is left of a longer sequence, so that positions stay those of the file; never part of a value
JOINED: Final = b"\x06"
# escapes name delimiters by these letters: field, component, repetition, escape, subcomponent (HL7 v2.5 §2.7.1)
LETTERS: Final = "FSRET"
BREAKS: Final = {".br", ".sp", ".ce", ".sk"}
NOTHING: Final = {"H", "N", ".fi", ".nf", ".in", ".ti"}
LONGEST_ESCAPE: Final = 2000


@dataclass(frozen=True)
class Grammar:
    """How messages of one standard are cut.

    ``header`` and ``patient`` are the segments that open a message and a patient, ``order`` a group of results.
    ``delimiters``: field, component, repetition, escape, subcomponent, as most messages declare them. ``around``:
    segments of transport, which are no records. ``lengths``: characters of a segment's name. ``joining``: the segment
    that continues the line before, or none.
    """

    header: bytes
    patient: bytes
    order: bytes
    delimiters: bytes
    around: frozenset[bytes]
    lengths: tuple[int, ...]
    joining: bytes = b""


def declared_delimiters(line: bytes, grammar: Grammar) -> bytes | None:
    """Return the five delimiters that a header declares; None when it is no header.

    Those it leaves out are the standard's, where it does not use them for another purpose.
    """
    name = len(grammar.header)
    if not line.startswith(grammar.header) or len(line) < name + 3:
        return None
    field = line[name : name + 1]
    # some write the header's first field empty and the delimiters in the second
    rest = line[name + 1 : name + 8].removeprefix(field).split(field)[0][:4]
    found = field + rest
    if len(found) < 3 or not all(0x20 < one < 0x7F and not chr(one).isalnum() for one in found):
        return None
    for standard in grammar.delimiters[len(found) :]:
        found += bytes([standard]) if standard not in found else b"\x00"
    marks = found.replace(b"\x00", b"")
    return found if len(set(marks)) == len(marks) else None


def rewrite(message: bytes, declared: bytes, grammar: Grammar) -> bytes:
    """Return a message with the standard delimiters, of the same length.

    Characters that are standard delimiters and only text here become `SET_ASIDE`.
    """
    standard = grammar.delimiters
    table = bytearray(range(256))
    for place, mark in enumerate(standard):
        if mark not in declared:
            table[mark] = SET_ASIDE[place]
    for mark, meant in zip(declared, standard, strict=True):
        if mark:
            table[mark] = meant
    if not declared[3]:
        return message.translate(bytes(table))
    escape = re.escape(declared[3:4])
    parts = re.split(rb"(%b%b*[FSRET]%b*%b)" % (escape, JOINED, JOINED, escape), message)
    for place, part in enumerate(parts):
        parts[place] = _meant(part, declared, standard) if place % 2 else part.translate(bytes(table))
    return b"".join(parts)


def _meant(code: bytes, declared: bytes, standard: bytes) -> bytes:
    letter = code.replace(JOINED, b"")[1:2].decode()
    mark = declared[LETTERS.index(letter)]
    place = standard.find(mark)
    return (bytes([mark]) if place < 0 else SET_ASIDE[place : place + 1]) + (len(code) - 1) * JOINED


def unescape(text: str, delimiters: str) -> str:
    """Return a value as it was meant (HL7 v2.5 §2.7; HPRIM Santé the same); escapes that are not known stay."""
    mark = delimiters[3]
    for place, stand_in in enumerate(SET_ASIDE.decode()):
        if stand_in in text:
            text = text.replace(stand_in, f"{mark}{LETTERS[place]}{mark}")
    if mark not in text:
        return text
    out: list[str] = []
    at = 0
    while (begin := text.find(mark, at)) >= 0:
        end = text.find(mark, begin + 1, begin + LONGEST_ESCAPE)
        if end < 0:
            break
        meant = _value(text[begin + 1 : end], delimiters)
        out.append(text[at:begin])
        out.append(mark if meant is None else meant)
        at = begin + 1 if meant is None else end + 1
    out.append(text[at:])
    return "".join(out)


def _value(code: str, delimiters: str) -> str | None:
    if len(code) == 1 and code in LETTERS:
        return delimiters[LETTERS.index(code)]
    if code[:1] == "X" and len(code) % 2 and len(code) > 1:
        try:
            data = bytes.fromhex(code[1:])
        except ValueError:
            return None
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return data.decode("latin-1")
    command = code[:3]
    if command in BREAKS and not code[3:].strip("+ 0123456789"):
        return "\n"
    if code in NOTHING or (command in NOTHING and not code[3:].strip("+- 0123456789")):
        return ""
    return None
