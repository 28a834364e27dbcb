"""CREATE TABLE and ALTER TABLE: names and types of columns, primary and foreign keys. Nothing of data goes here."""

from __future__ import annotations

import re
from typing import Final

from colmate.intake.readers.sql.grammar import IDENTIFIER, NAME, Grammar, names_in, unquoted
from colmate.intake.readers.sql.schema import Definition, Link

__all__ = ["definition"]

LONGEST: Final = 1 << 20
CREATE: Final = re.compile(
    rb"CREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:GLOBAL|LOCAL|TEMPORARY|TEMP|UNLOGGED|COLUMN|ROW|VIRTUAL|FOREIGN)\s+)*TABLE\s+"
    rb"(?:/\*!\d*\s*)?(?:IF\s+NOT\s+EXISTS\s*)?(?:\*/\s*)?(" + NAME + rb")\s*+\(",
    re.IGNORECASE,
)
ALTER: Final = re.compile(
    rb"ALTER\s+(?:IGNORE\s+)?(?:FOREIGN\s+)?TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?("
    + NAME
    + rb")\s+(?:WITH\s+(?:NO)?CHECK\s+)?",
    re.IGNORECASE,
)
COLUMNS: Final = rb"\s*+\(([^()]*+(?:\(\d++\)[^()]*+)*+)\)"
PRIMARY: Final = re.compile(
    rb"\bPRIMARY\s+KEY\b\s*+(?:(?:NON)?CLUSTERED\b\s*+)?(?:USING\s+\w+\s*+)?" + COLUMNS, re.IGNORECASE
)
FOREIGN: Final = re.compile(
    rb"\bFOREIGN\s+KEY\b(?:\s+"
    + IDENTIFIER
    + rb")?"
    + COLUMNS
    + rb"\s*+REFERENCES\s+("
    + NAME
    + rb")(?:"
    + COLUMNS
    + rb")?",
    re.IGNORECASE,
)
REFERENCES: Final = re.compile(rb"\bREFERENCES\s+(" + NAME + rb")(?:" + COLUMNS + rb")?", re.IGNORECASE)
INLINE_PRIMARY: Final = re.compile(rb"\bPRIMARY\s+KEY\b", re.IGNORECASE)
NO_COLUMN: Final = re.compile(
    rb"(?:CONSTRAINT|PRIMARY\s+KEY|FOREIGN\s+KEY|UNIQUE|INDEX|KEY|CHECK|EXCLUDE|(?:FULLTEXT|SPATIAL)(?=\s+(?:KEY|INDEX)\b|\s*+(?:\S+\s*+)?\()|LIKE|PERIOD\s+FOR|SUPPLEMENTAL)\b"
    rb"(?!\s*+(?:N?VAR|CHAR|INT|BIGINT|SMALLINT|TEXT|NUM|DATE|DECIMAL|BOOL|UUID))",
    re.IGNORECASE,
)
AUTOMATIC: Final = re.compile(
    rb"\bIDENTITY\b|\A\[?(?:ROWVERSION|TIMESTAMP)\]?\s*+(?:NOT\s+NULL\s*+)?\Z|\AAS\s*+\(", re.IGNORECASE
)
COLUMN: Final = re.compile(rb"(" + IDENTIFIER + rb")\s++(.*)", re.DOTALL)
TYPE: Final = re.compile(
    rb"[\[\"]?(\w+)[\]\"]?(?:\s+(?:varying|precision|unsigned|for\s+bit\s+data))*+\s*+(?:\([^()]*\))?(?:\s*+for\s+bit)?",
    re.I,
)
ORDER: Final = re.compile(rb"(?<!\s)\s++(?:ASC|DESC)\b|\(\d+\)", re.IGNORECASE)


def definition(statement: bytes, grammar: Grammar) -> Definition | None:
    """Return what ``statement`` says of a table; None when it says nothing of one."""
    if len(statement) > LONGEST:
        return None
    found = CREATE.match(statement)
    if found:
        items = _items(statement, found.end(), grammar)
        return _created(tuple(names_in(found.group(1))), items)
    found = ALTER.match(statement)
    if found is None:
        return None
    text = _bare(statement[found.end() :], grammar)
    primary, links = _keys(text)
    if not primary and not links:
        return None
    return Definition(tuple(names_in(found.group(1))), (), primary, links)


def _items(statement: bytes, place: int, grammar: Grammar) -> list[bytes]:
    """Return the items between the parentheses that open before ``place``, without comments and texts."""
    items: list[list[bytes]] = [[]]
    depth = 0
    while place < len(statement):
        found = grammar.token.match(statement, place)
        if found is None:
            break
        token = found.group()
        place = found.end()
        if token[:2] in (b"--", b"/*"):
            continue
        if token == b"[" and b"]" in statement[place : place + 300]:
            close = statement.index(b"]", place) + 1
            token, place = statement[place - 1 : close], close
        depth += (token == b"(") - (token == b")")
        if depth < 0:
            break
        if token == b"," and depth == 0:
            items.append([])
        else:
            items[-1].append(b"''" if token[:1] == b"'" else token)
    return [b"".join(parts).strip() for parts in items]


def _bare(text: bytes, grammar: Grammar) -> bytes:
    """Return ``text`` without comments, its texts empty."""
    parts = (found.group() for found in grammar.token.finditer(text))
    return b"".join(b"''" if part[:1] == b"'" else part for part in parts if part[:2] not in (b"--", b"/*"))


def _created(table: tuple[str, ...], items: list[bytes]) -> Definition:
    columns: list[tuple[str, str]] = []
    primary: tuple[str, ...] = ()
    links: list[Link] = []
    automatic: set[str] = set()
    for item in items:
        if NO_COLUMN.match(item):
            keys, found = _keys(item)
            primary = keys or primary
            links.extend(found)
            continue
        column = COLUMN.match(item)
        if column is None:
            if item and re.fullmatch(IDENTIFIER, item):
                columns.append((unquoted(item), ""))
            continue
        name, rest = unquoted(column.group(1)), column.group(2)
        kind = TYPE.match(rest)
        columns.append((name, kind.group().decode("utf-8", "replace").lower().strip('[" ') if kind else ""))
        if AUTOMATIC.search(rest):
            automatic.add(name)
        if INLINE_PRIMARY.search(rest):
            primary = (name,)
        target = REFERENCES.search(rest)
        if target:
            links.append(Link((name,), tuple(names_in(target.group(1))), _columns(target.group(2))))
    return Definition(table, tuple(columns), primary, tuple(links), frozenset(automatic), created=True)


def _keys(text: bytes) -> tuple[tuple[str, ...], tuple[Link, ...]]:
    primary = PRIMARY.search(text)
    links = tuple(
        Link(_columns(found.group(1)), tuple(names_in(found.group(2))), _columns(found.group(3)))
        for found in FOREIGN.finditer(text)
    )
    return _columns(primary.group(1)) if primary else (), links


def _columns(text: bytes | None) -> tuple[str, ...]:
    return tuple(names_in(ORDER.sub(b"", text))) if text else ()
