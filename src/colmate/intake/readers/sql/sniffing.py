"""Whether a content is a dump in SQL: what stands at its beginning, once comments are passed."""

from __future__ import annotations

import re
from typing import Final

from colmate.intake.readers.sql.grammar import IDENTIFIER, NAME
from colmate.intake.reading import LIKELY, Head

__all__ = ["sniff"]

LOOKED_AT: Final = 1 << 16
BANNER: Final = re.compile(
    rb"\s*+(?:--[ \t\r]*+\n\s*+)*+(?:/\*M?!999999\\- enable the sandbox mode|"
    rb"(?:--|/\*|\#)\s*+(?:(?:MySQL|MariaDB) dump|phpMyAdmin SQL Dump|"
    rb"PostgreSQL database (?:cluster )?dump|Adminer \d|HeidiSQL|Navicat |Sequel (?:Pro|Ace) ))",
    re.IGNORECASE,
)
COMMENTS: Final = re.compile(
    rb"(?:\s++|(?:--|#|REM\b|PROMPT\b)[^\n]*+(?:\n|\Z)|/\*(?>[^*]++|\*(?!/))*+\*/;?)*+", re.IGNORECASE
)
LIST: Final = rb"\s*+(?:\([^()]{1,20000}\)\s*+)?"
OBJECT: Final = rb"(?:IF\s+(?:NOT\s+)?EXISTS\s+)?" + NAME
STATEMENT: Final = re.compile(
    rb"(?:"
    rb"(?:INSERT|REPLACE)\s+(?:(?:IGNORE|DELAYED|LOW_PRIORITY|OR\s+\w+)\s+)?INTO\s+"
    + NAME + LIST + rb"(?:VALUES?\s*+\(|SELECT\s)"
    rb"|INSERT\s+(?:\[|ALL\s+INTO\s)"
    rb"|CREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:TEMP|TEMPORARY|UNLOGGED|GLOBAL)\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    + NAME + rb"\s*+\(\s*+(?:--[^\n]*+\s*+)*+" + IDENTIFIER + rb"\s"
    rb"|CREATE\s+(?:DATABASE|SCHEMA|SEQUENCE|EXTENSION|TYPE|USER|DOMAIN)\s+" + OBJECT + rb"[^;\n]{0,500}(?:;|\r?\n)"
    rb"|CREATE\s+(?:UNIQUE\s+)?INDEX\s+" + OBJECT + rb"\s+ON\s"
    rb"|COPY\s+" + NAME + LIST + rb"FROM\s+stdin\b"
    rb"|DROP\s+(?:TABLE|DATABASE|SCHEMA|SEQUENCE|VIEW|INDEX|USER)\s+" + OBJECT + rb"[^;\n]{0,500}(?:;|\r?\n)"
    rb"|ALTER\s+(?:TABLE|DATABASE|SEQUENCE)\s+(?:ONLY\s+)?"
    + NAME + rb"\s+(?:ADD|DROP|SET|OWNER|MODIFY|ALTER|NOCHECK|CHECK|WITH)\b"
    rb"|PRAGMA\s+\w+\s*+(?:=[^;\n]{1,40})?;"
    rb"|BEGIN(?:\s+TRANSACTION|\s+WORK)?\s*+;|START\s+TRANSACTION\s*+;"
    rb"|SET\s+(?:@?@?\w[\w.]*+\s*+(?:=|\bTO\b)|NAMES\s|IDENTITY_INSERT\s|"
    rb"ANSI_NULLS\s|QUOTED_IDENTIFIER\s|NOCOUNT\s|XACT_ABORT\s|DEFINE\s+OFF|SQL_SAFE_UPDATES|FOREIGN_KEY_CHECKS)[^\n]{0,300}(?:;|\r?\n)"
    rb"|USE\s+(?:\[[^\]]+\]|`[^`]+`|\w+\s*+(?:;|\r?\nGO\b))"
    rb"|LOCK\s+TABLES\s+`|DELIMITER\s+\S+\r?\n|SELECT\s+pg_catalog\.|\\(?:connect|restrict|set)\s"
    rb"|IF\s+(?:EXISTS|NOT\s+EXISTS|OBJECT_ID|DB_ID)\s*+\("
    rb")",
    re.IGNORECASE,
)  # fmt: skip
# alone these say little: something of a dump has to follow
WEAK: Final = re.compile(
    rb"(?:SET|USE|BEGIN|START|DROP|ALTER|CREATE\s+(?:USER|TYPE|DOMAIN)|IF|\\|DELIMITER|PRAGMA)", re.IGNORECASE
)
# beginnings that only a dump has when what follows is one
OTHER: Final = re.compile(
    rb"(?:GRANT|CONNECT|BEGIN|DECLARE|WHENEVER|SPOOL|EXEC|EXECUTE|PRINT|ANALYZE|COMMENT\s+ON|UPDATE|DELETE|TRUNCATE|COMMIT|ROLLBACK|"
    rb"UNLOCK|ALTER|CREATE|DROP|SET|USE|IF|:setvar|:on|\\\w+|@)(?=\W)",
    re.IGNORECASE,
)
STRONG: Final = re.compile(
    rb"^[ \t]*+(?:CREATE\s+TABLE\s+"
    + NAME
    + rb"\s*+\(|CREATE\s+TYPE\s+"
    + NAME
    + rb"\s+AS\s|INSERT\s+(?:INTO\s+)?"
    + NAME
    + rb"\s*+(?:\([^()]{1,2000}\)\s*+)?VALUES\s*+\(|"
    rb"COPY\s+" + NAME + rb"[^;]{1,2000}FROM\s+stdin\b)",
    re.IGNORECASE | re.MULTILINE,
)
SEMICOLON: Final = re.compile(rb";[ \t\r]*+(?:\n|\Z|--|/\*)|^GO\r?$", re.MULTILINE)


def sniff(head: Head) -> float:
    """Return `LIKELY` for the beginning of a dump, 0 for anything else."""
    text = head.text[:LOOKED_AT].lstrip(b"\xef\xbb\xbf")
    if BANNER.match(text):
        return LIKELY
    begin = COMMENTS.match(text)
    place = begin.end() if begin else 0
    found = STATEMENT.match(text, place)
    if found is None:
        strong = OTHER.match(text, place) and STRONG.search(text, place) and SEMICOLON.search(text, place)
        return LIKELY if strong or (0 < place < len(text) and _executable(text[:place])) else 0.0
    if WEAK.match(text, place):
        return LIKELY if SEMICOLON.search(text, place) else 0.0
    return LIKELY


def _executable(comments: bytes) -> bool:
    """Whether MySQL's own comments, which are statements, stand at the beginning."""
    return re.search(rb"^/\*M?!\d{5,6} ", comments, re.MULTILINE) is not None
