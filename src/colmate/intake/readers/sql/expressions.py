"""The text of a value that is written as an expression: strings with a prefix, casts, blobs, dates, a few functions.

What a server would show for the value, as far as that follows from the text alone; nothing is looked up or run.
An expression that is not known here stays as it is written.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Final

from colmate.intake.readers.sql.dates import from_binary, from_format
from colmate.intake.readers.sql.grammar import Grammar

__all__ = ["evaluate", "string_text"]

DEPTH: Final = 24
LONGEST: Final = 1 << 16
SIMPLE: Final = {b"0": b"\0", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"Z": b"\x1a"}
BACKSLASHED: Final = re.compile(rb"\\(.)|''", re.DOTALL)
# PostgreSQL, 4.1.2.2: string constants with C-style escapes
C_STYLE: Final = re.compile(
    rb"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))|''", re.DOTALL
)
UNICODE: Final = re.compile(r"\\(?:\\|u?([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|\+([0-9A-Fa-f]{6}))")
BYTES_TYPES: Final = ("BINARY", "VARBINARY", "BLOB", "IMAGE", "RAW", "BYTEA")
TEXT_TYPES: Final = ("CHAR", "TEXT", "CLOB", "STRING", "XML", "JSON")
Tokens = list[bytes]
Value = str | None


def string_text(inner: bytes, backslash: bool) -> str:
    """Return what the characters between two quotes stand for."""
    if backslash and b"\\" in inner:
        inner = BACKSLASHED.sub(_simple, inner)
    elif b"'" in inner:
        inner = inner.replace(b"''", b"'")
    return inner.decode("utf-8", "replace")


def _simple(found: re.Match[bytes]) -> bytes:
    char = found.group(1)
    if char is None:
        return b"'"
    return b"\\" + char if char in b"%_" else SIMPLE.get(char, char)


def _c_style(found: re.Match[bytes]) -> bytes:
    octal, hexed, four, eight, char = found.groups()
    if octal:
        return bytes([int(octal, 8) & 0xFF])
    if hexed:
        return bytes([int(hexed, 16)])
    if four or eight:
        return _character(int(four or eight, 16)).encode("utf-8", "replace")
    if char is None:
        return b"'"
    return {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}.get(char, char)


def _character(code: int) -> str:
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _unicode_escapes(text: str) -> str:
    def meant(found: re.Match[str]) -> str:
        digits = found.group(1) or found.group(2) or found.group(3)
        return _character(int(digits, 16)) if digits else "\\"

    return UNICODE.sub(meant, text)


def evaluate(expression: bytes, grammar: Grammar, text_column: bool = False) -> Value:
    """Return the text of ``expression``; None for null. ``text_column``: bytes that are UTF-8 are text."""
    if len(expression) <= LONGEST or expression.lstrip()[:1] in b"'NnEeXx_":
        tokens = [
            found.group()
            for found in grammar.token.finditer(expression)
            if not found.group().isspace() and found.group()[:2] not in (b"--", b"/*")
        ]
        try:
            value = _sum(tokens, grammar, 0)
        except ValueError:
            return expression.decode("utf-8", "replace").strip()
        return _as_text(value) if text_column and value is not None else value
    return expression.decode("utf-8", "replace").strip()


def _as_text(value: str) -> str:
    data = _raw(value)
    if data is None:
        return value
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return value


def _raw(value: Value) -> bytes | None:
    """Return the bytes that a blob's text stands for."""
    if value is None or value[:2] not in ("0x", "0X") or len(value) % 2:
        return None
    try:
        return bytes.fromhex(value[2:])
    except ValueError:
        return None


def _split(tokens: Tokens, separator: bytes) -> list[Tokens]:
    """Return the parts of ``tokens`` between ``separator`` (one or two characters) outside parentheses."""
    parts: list[Tokens] = [[]]
    depth = 0
    place = 0
    while place < len(tokens):
        token = tokens[place]
        depth += (token in b"([{") - (token in b")]}") if len(token) == 1 else 0
        width = len(separator)
        if depth == 0 and (token == separator if width == 1 else b"".join(tokens[place : place + 2]) == separator):
            parts.append([])
            place += width
            continue
        parts[-1].append(token)
        place += 1
    return parts


def _sum(tokens: Tokens, grammar: Grammar, depth: int) -> Value:
    """An expression: terms put together by ``||``."""
    if depth > DEPTH or not tokens:
        raise ValueError
    if b"|" not in tokens:
        return _term(tokens, grammar, depth)
    values = [_term(part, grammar, depth) for part in _split(tokens, b"||")]
    # for Oracle null is an empty text; for the others it makes all of it null
    if None in values and grammar.dialect != "oracle":
        return None
    return "".join(value or "" for value in values)


def _term(tokens: Tokens, grammar: Grammar, depth: int) -> Value:
    if not tokens:
        raise ValueError
    bare = _bare(tokens)
    if len(bare) < len(tokens):
        return _term(bare, grammar, depth)
    first = tokens[0]
    if all(_is_string(token) for token in tokens):
        return "".join(_string(token, grammar) for token in tokens)
    if len(tokens) == 1:
        return _word(first, grammar)
    if first == b"(" and tokens[-1] == b")":
        return _sum(tokens[1:-1], grammar, depth + 1)
    if first in (b"-", b"+") and len(tokens) == 2 and tokens[1][:1].isdigit():
        return (first + tokens[1]).decode()
    if first == b"{" and tokens[-1] == b"}" and tokens[1].lower() in (b"d", b"t", b"ts"):
        return _sum(tokens[2:-1], grammar, depth + 1)
    if tokens[1] == b"(" and tokens[-1] == b")":
        return _function(first.upper(), tokens[2:-1], grammar, depth + 1)
    return _prefixed(first.upper(), tokens[1:], grammar, depth)


def _bare(tokens: Tokens) -> Tokens:
    """Return ``tokens`` without PostgreSQL's casts and without a collation behind them."""
    if b":" in tokens:
        head, *casts = _split(tokens, b"::")
        if casts and head and all(casts):
            return head
    place = next((place for place, token in enumerate(tokens) if token.upper() == b"COLLATE"), 0)
    return tokens[:place] if place in (1, 2) else tokens


def _is_string(token: bytes) -> bool:
    return token[-1:] == b"'" and (
        token[:1] == b"'" or token[:2] in (b"E'", b"e'") or token[1:2] == b"'" or token[2:3] == b"'"
    )


def _string(token: bytes, grammar: Grammar) -> str:
    if token[:1] == b"'":
        return string_text(token[1:-1], grammar.backslash)
    if token[:1] in b"Ee":
        return C_STYLE.sub(_c_style, token[2:-1]).decode("utf-8", "replace")
    # Oracle's own quotes: q'[…]'
    return token[token.index(b"'") + 2 : -2].decode("utf-8", "replace")


def _word(token: bytes, grammar: Grammar) -> Value:
    if token.upper() == b"NULL":
        return None
    if token[:1] == b"$" and len(token) > 1 and grammar.dialect == "postgres":
        tag = token.index(b"$", 1) + 1
        return token[tag:-tag].decode("utf-8", "replace")
    if token[:1] == b'"' and grammar.dialect in ("mysql", "sqlite", ""):
        inner = token[1:-1].replace(b'""', b'"')
        return (
            string_text(inner.replace(b"''", b"''''"), backslash=False)
            if not grammar.backslash
            else string_text(inner.replace(b"'", b"''"), backslash=True)
        )
    if token[:1].isdigit() or token.upper() in (b"TRUE", b"FALSE", b"DEFAULT") or token[:1] == b".":
        return token.decode("utf-8", "replace")
    raise ValueError


def _prefixed(prefix: bytes, rest: Tokens, grammar: Grammar, depth: int) -> Value:
    """A word before a string: ``N'…'``, ``X'…'``, ``_utf8mb4 0x…``, ``DATE '…'``."""
    if prefix in (b"N", b"NATIONAL", b"DATE", b"TIME", b"TIMESTAMP", b"TIMESTAMPTZ", b"INTERVAL", b"JSON", b"BIT"):
        if not _is_string(rest[0]):
            raise ValueError
        return _string(rest[0], grammar)
    if prefix in (b"X", b"BX", b"GX") and len(rest) == 1 and _is_string(rest[0]):
        return "0x" + rest[0][1:-1].decode("ascii", "replace").replace(" ", "").lower()
    if prefix == b"B" and _is_string(rest[0]):
        return rest[0][1:-1].decode("ascii", "replace")
    if prefix == b"U" and rest[0] == b"&":
        return _unicode_escapes(_string(rest[-1], grammar))
    if prefix.startswith(b"_"):
        value = _sum(rest, grammar, depth + 1)
        binary = prefix == b"_BINARY" or value is None or not rest[0].upper().startswith((b"0X", b"X"))
        return value if binary or value is None else _as_text(value)
    raise ValueError


def _function(name: bytes, inner: Tokens, grammar: Grammar, depth: int) -> Value:
    parts = _split(inner, b",") if inner else []
    if name in (b"CAST", b"TRY_CAST"):
        place = max((place for place, token in enumerate(inner) if token.upper() == b"AS"), default=0)
        return _cast(_sum(inner[:place], grammar, depth), b" ".join(inner[place + 1 :]))
    if name == b"CONVERT":
        using = next((place for place, token in enumerate(inner) if token.upper() == b"USING"), 0)
        if using:
            return _cast(_sum(inner[:using], grammar, depth), b"CHAR")
        if len(parts) >= 2:
            mysql = grammar.dialect == "mysql"
            kind, value = (parts[1], parts[0]) if mysql else (parts[0], parts[1])
            return _cast(_sum(value, grammar, depth), b" ".join(kind))
        raise ValueError
    call = FUNCTIONS.get(name)
    if call is None:
        raise ValueError
    return call([_sum(part, grammar, depth) for part in parts])


def _cast(value: Value, kind: bytes) -> Value:
    upper = kind.decode("utf-8", "replace").upper().strip('"[] ')
    data = _raw(value)
    if data is None:
        return value
    decoded = from_binary(data, upper)
    if decoded is not None:
        return decoded
    return _as_text(value or "") if any(one in upper for one in TEXT_TYPES) else value


def _char(values: list[Value]) -> Value:
    return "".join(
        _character(int(value)) for value in values if value is not None and value.isdigit() and len(value) < 9
    )


def _replace(values: list[Value]) -> Value:
    text, old, new = values if len(values) == 3 else (None, None, None)
    if text is None or old is None or new is None:
        return None
    if len(new) > 16 or not old:
        raise ValueError
    return text.replace(old, new)


def _first(values: list[Value]) -> Value:
    if not values:
        raise ValueError
    return values[0]


def _hexed(values: list[Value]) -> Value:
    return None if not values or values[0] is None else "0x" + values[0].lower()


def _concat(values: list[Value]) -> Value:
    return None if None in values else "".join(value or "" for value in values)


def _to_date(values: list[Value]) -> Value:
    if not values or values[0] is None:
        return None
    given = values[1] if len(values) > 1 else None
    return from_format(values[0], given) or values[0] if given else values[0]


def _unistr(values: list[Value]) -> Value:
    return None if not values or values[0] is None else _unicode_escapes(values[0])


def _epoch(values: list[Value]) -> Value:
    text = values[0] if len(values) == 1 else None
    if text is None or not re.fullmatch(r"\d{1,11}", text):
        raise ValueError
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(text))
    return moment.isoformat(sep=" ")


FUNCTIONS: Final[dict[bytes, Callable[[list[Value]], Value]]] = {
    b"CHR": _char, b"CHAR": _char, b"NCHAR": _char, b"NCHR": _char,
    b"REPLACE": _replace, b"CONCAT": _concat,
    b"UNISTR": _unistr,
    b"HEXTORAW": _hexed, b"UNHEX": _hexed,
    b"TO_DATE": _to_date, b"TO_TIMESTAMP": _to_date, b"TO_TIMESTAMP_TZ": _to_date, b"STR_TO_DATE": _first,
    b"TO_CLOB": _first, b"TO_NCLOB": _first, b"TO_NUMBER": _first, b"TO_CHAR": _first, b"TO_NCHAR": _first,
    b"DATE": _first, b"TIMESTAMP": _first, b"DATETIME": _first, b"XMLTYPE": _first,
    b"FROM_UNIXTIME": _epoch,
    b"EMPTY_CLOB": lambda _values: "", b"EMPTY_BLOB": lambda _values: "",
}  # fmt: skip
