"""Where a statement without records ends: strings, comments and the bodies of routines are passed over."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from colmate.intake.readers.sql.grammar import Grammar

__all__ = ["LONGEST", "comment_end", "plain_end", "statement_end"]

# bytes of a statement or comment that is no data
LONGEST: Final = 4 << 20

ROUTINE: Final = re.compile(
    rb"CREATE\s+(?:OR\s+(?:REPLACE|ALTER)\s+)?(?:(?:DEFINER|EDITIONABLE|NONEDITIONABLE|TEMP|TEMPORARY|AGGREGATE|CONSTRAINT|SQL|SECURITY)\b[^\s;]*+\s+"
    rb"|=\s*+\S++\s++)*+(?:TRIGGER|PROCEDURE|PROC|FUNCTION|PACKAGE|EVENT|TYPE\s+BODY)\b|ALTER\s+(?:PROCEDURE|FUNCTION|TRIGGER)\b",
    re.IGNORECASE,
)
WORD: Final = re.compile(rb"\b(?:END\s+(?:IF|LOOP|WHILE|REPEAT|FOR)|BEGIN\s+TRAN|(BEGIN|CASE)|(END))\b", re.IGNORECASE)
BATCH: Final = re.compile(rb"^GO[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
SLASH: Final = re.compile(rb"^/[ \t]*\r?$", re.MULTILINE)
NEXT_DATA: Final = rb"\n[ \t]*+(?=(?:INSERT\s|GO[ \t\r]*+$|REM\b))"
PLAIN_END: Final = re.compile(rb";[ \t]*+\r?(?:\n|\Z)")
TAG: Final = re.compile(rb"\$\w*+\$")
COMMENT: Final = re.compile(rb"/\*(?>[^*]++|\*(?!/))*+\*/")
NAMES: Final = {34: re.compile(rb'"(?>[^"]++|"")*+"'), 96: re.compile(rb"`[^`]*+`"), 91: re.compile(rb"\[[^\]]*+\]")}
BODY: Final = 1 << 18


def comment_end(data: bytes, place: int, grammar: Grammar, longest: int) -> int:
    """Return where the comment at ``place`` ends; -1 when there is none, 0 when its end is not in ``longest`` bytes.

    MySQL's ``/*!40101 … */`` are statements.
    """
    begin = data[place : place + 3]
    if begin[:2] == b"--" or (begin[:1] == b"#" and grammar.dialect in ("mysql", "")):
        return data.find(b"\n", place) + 1
    if begin[:2] == b"/*" and begin not in (b"/*!", b"/*M"):
        end = data.find(b"*/", place + 2, place + longest)
        return end + 2 if end >= 0 else 0
    return -1


def statement_end(data: bytes, place: int, grammar: Grammar, delimiter: bytes) -> int:
    """Return where the statement at ``place`` ends, its delimiter included; 0 when that is not in ``data``."""
    if delimiter != b";":
        return plain_end(data, place, delimiter)
    limit = min(len(data), place + LONGEST)
    if ROUTINE.match(data, place):
        return _routine_end(data, place, limit, grammar)
    return _end(data, place, limit, grammar)


def plain_end(data: bytes, place: int, delimiter: bytes) -> int:
    """Return the end of the next ``delimiter`` (a semicolon at the end of a line); 0 when there is none."""
    if delimiter == b";":
        found = PLAIN_END.search(data, place + 1)
        return found.end() if found else 0
    end = data.find(delimiter, place)
    return end + len(delimiter) if end >= 0 else 0


def _skip(data: bytes, place: int, limit: int, grammar: Grammar) -> int:
    """Return the end of the string, name or comment that begins at ``place``; 0 when it does not end in ``data``."""
    code = data[place]
    if code == 39:
        backslash = grammar.backslash or (place > 0 and data[place - 1] in b"eE" and grammar.dialect == "postgres")
        pattern = rb"'(?>[^'\\]++|\\.|'')*+'" if backslash else rb"'(?>[^']++|'')*+'"
        found = re.compile(pattern, re.DOTALL).match(data, place, limit)
    elif code in NAMES:
        found = NAMES[code].match(data, place, limit)
    elif code in b"-#":
        return data.find(b"\n", place) + 1 or len(data)
    elif code == 47:
        found = COMMENT.match(data, place, limit)
    else:
        tag = TAG.match(data, place)
        if tag is None:
            return place + 1
        end = data.find(tag.group(), tag.end(), limit)
        return end + len(tag.group()) if end >= 0 else 0
    return found.end() if found else 0


@cache
def _ends(grammar: Grammar) -> re.Pattern[bytes]:
    return re.compile(grammar.stops.pattern + b"|" + NEXT_DATA, re.IGNORECASE | re.MULTILINE)


def _end(data: bytes, start: int, limit: int, grammar: Grammar) -> int:
    place = start
    # both are looked for at once: one that is far away must not be found anew for each of many short statements
    ends = _ends(grammar)
    while True:
        found = ends.search(data, place, limit)
        if found is None:
            return 0
        if found.group()[:1] in b";\n":
            return found.end()
        place = _skip(data, found.start(), limit, grammar)
        if not place:
            return 0


def _routine_end(data: bytes, start: int, limit: int, grammar: Grammar) -> int:
    """A routine ends at its batch's end, at a line with a slash, or at a semicolon outside BEGIN … END."""
    if grammar.dialect == "tsql":
        found = BATCH.search(data, start, limit)
        return found.start() if found else 0
    if grammar.dialect == "oracle":
        found = SLASH.search(data, start, min(limit, start + BODY))
        if found:
            return found.end()
    depth = 0
    place = start
    while True:
        found = grammar.stops.search(data, place, limit)
        if found is None:
            return 0
        for opens, closes in WORD.findall(data, place, found.start()):
            depth += bool(opens) - bool(closes)
        if found.group() == b";":
            if depth <= 0:
                return found.end()
            place = found.end()
            continue
        place = _skip(data, found.start(), limit, grammar)
        if not place:
            return 0
