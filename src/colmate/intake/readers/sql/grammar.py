"""How the SQL of a dump is written: which system wrote it, and the patterns that follow from that.

MySQL and MariaDB take a backslash in a string as an escape (unless NO_BACKSLASH_ESCAPES), the others do not
(PostgreSQL since 9.1: standard_conforming_strings). Every pattern is possessive: none can blow up in time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

__all__ = ["IDENTIFIER", "NAME", "Dialect", "Grammar", "detect", "names_in", "unquoted"]

Dialect = Literal["mysql", "postgres", "tsql", "oracle", "sqlite", "db2", ""]

IDENTIFIER: Final = rb"(?:`(?:[^`]|``)++`|\"(?:[^\"]|\"\")++\"|\[(?:[^\]]|\]\])++\]|[\w$#@\x80-\xff]++)"
NAME: Final = IDENTIFIER + rb"(?:\s*+\.\s*+" + IDENTIFIER + rb"?)*+"

# a sign, the dialect it speaks for; the first that is found decides
SIGNS: Final[tuple[tuple[Dialect, bytes], ...]] = (
    (
        "mysql",
        rb"-- (?:MySQL|MariaDB) dump|phpMyAdmin|/\*M?!\d{5,6} |\) ENGINE ?="
        rb"|-- (?:Host|Server version):.*(?:MariaDB|MySQL)",
    ),
    ("postgres", rb"-- PostgreSQL database|standard_conforming_strings|^COPY [^;]{1,2000}FROM stdin|pg_catalog\."),
    ("tsql", rb"^GO\r?$|\[dbo\]\.|IDENTITY_INSERT|SET (?:ANSI_NULLS|QUOTED_IDENTIFIER) O"),
    (
        "sqlite",
        rb"^PRAGMA foreign_keys|^BEGIN TRANSACTION;\s+CREATE TABLE|^INSERT INTO (?:\"[^\"\n]+\"|\w+) VALUES\("
        rb"|sqlite_(?:sequence|master)|\bAUTOINCREMENT\b|DB Server: Sqlite",
    ),
    ("oracle", rb"\bVARCHAR2\b|^REM INSERTING|^SET DEFINE OFF|\bTO_DATE ?\('|\bNUMBER ?\(\d|:NEW\.\w"),
    ("db2", rb"^CONNECT TO |DB Server: Db2|\bORGANIZE BY ROW\b|-- This CLP file|SYSIBM\b"),
    ("mysql", rb"\bAUTO_INCREMENT\b|^(?:INSERT INTO|CREATE TABLE|REPLACE INTO)[^\n]{0,60}? `|^UNLOCK TABLES|^USE `"),
    ("postgres", rb"'::[a-z]|\bnextval\(|\bbigserial\b|\bOWNER TO\b|DBMS +: PostgreSQL"),
)
BACKSLASHES_OFF: Final = re.compile(rb"sql_mode\s*=[^;\n]{0,400}NO_BACKSLASH_ESCAPES", re.I)
BACKSLASHES_ON: Final = re.compile(rb"standard_conforming_strings\s*=\s*off", re.I)
# what a dump says of itself stands at its top; further down the signs may be words of the data
TOP: Final = 1 << 14
LOOKED_AT: Final = 1 << 18


@dataclass(frozen=True)
class Grammar:
    """What decides how a statement is read: the ``dialect``, and whether a ``backslash`` escapes in strings."""

    dialect: Dialect = ""
    backslash: bool = False
    inner: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        inner = rb"(?>[^'\\]++|\\.|'')*+" if self.backslash else rb"(?>[^']++|'')*+"
        object.__setattr__(self, "inner", inner)

    @cached_property
    def value(self) -> re.Pattern[bytes]:
        """A plain value and what follows it: a string (N before it is nothing), or a word; then a comma or ``)``."""
        return re.compile(rb"\s*+(?:[Nn]?'(" + self.inner + rb")'|([\w.+\-\x80-\xff]++))\s*+([,)])", re.DOTALL)

    @cached_property
    def token(self) -> re.Pattern[bytes]:
        """One token of an expression: a string, a name in quotes, a comment, or another character."""
        # Oracle's own quotes, no longer than the texts it takes; hostile text can cost no more than that
        own = rb"|[Nn]?[Qq]'(?:\[.{0,4000}?\]|\{.{0,4000}?\}|\(.{0,4000}?\)|<.{0,4000}?>|([^\s\w\[{(<']).{0,4000}?\1)'"
        return re.compile(
            rb"[Ee]'(?>[^'\\]++|\\.|'')*+'"
            + (own if self.dialect == "oracle" else b"")
            # PostgreSQL, 4.1.2.4: dollar-quoted strings
            + (rb"|(\$(?:[A-Za-z_]\w*+)?\$).{0,4000}?\1" if self.dialect == "postgres" else b"")
            + rb"|'"
            + self.inner
            + rb"'|\"(?>[^\"]++|\"\")*+\"|`[^`]*+`|--[^\n]*+|/\*.{0,2000}?\*/|[\w.\x80-\xff]++|[^'\"`]",
            re.DOTALL,
        )

    @cached_property
    def stops(self) -> re.Pattern[bytes]:
        """What has to be looked at on the way to the end of a statement."""
        hashes = rb"|\#" if self.dialect == "mysql" else b""
        brackets = rb"|\[" if self.dialect in ("tsql", "sqlite") else b""
        return re.compile(rb"['\"`;$]|--|/\*" + hashes + brackets)


def detect(head: bytes) -> Grammar:
    """Return how a dump that begins with ``head`` is written."""
    head = head[:LOOKED_AT]
    dialect = _dialect(head[:TOP]) or _dialect(head)
    backslash = dialect == "mysql" or (not dialect and b"\\'" in head and _faults(head, True) < _faults(head, False))
    if dialect == "mysql" and BACKSLASHES_OFF.search(head):
        backslash = False
    if dialect == "postgres" and BACKSLASHES_ON.search(head):
        backslash = True
    return Grammar(dialect, backslash)


def _dialect(head: bytes) -> Dialect:
    return next((name for name, sign in SIGNS if re.search(sign, head, re.MULTILINE | re.IGNORECASE)), "")


def _faults(head: bytes, backslash: bool) -> int:
    """Return how many strings would be followed by what cannot follow one."""
    # a string that never ends is one, up to the end: not each of the quotes in it another
    strings = re.compile(rb"'" + Grammar("", backslash).inner + rb"(?:'\s*+(.?)|\\?\Z)", re.DOTALL)
    return sum(after not in (b"", b",", b")", b";", b"|", b":") for after in strings.findall(head))


def unquoted(name: bytes) -> str:
    """Return an identifier without its quotes."""
    name = name.strip()
    if len(name) > 1 and name[:1] in (b"`", b'"', b"["):
        close = name[-1:]
        name = name[1:-1].replace(close * 2, close)
    return name.decode("utf-8", "replace")


def names_in(text: bytes) -> list[str]:
    """Return the identifiers of a qualified name, or of a list of columns, without quotes."""
    return [unquoted(found) for found in re.findall(IDENTIFIER, text)]
