"""One JSON document out of a stream of them, and its value with every digit kept (RFC 8259).

`msgspec` parses; what it refuses though it is common (NaN, Infinity, lone surrogates, line ends inside strings) goes
to the standard library. Numbers come as the text that the file has: a NIR of 15 figures, 1.10, 1e3.
"""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import msgspec

from colmate.intake.accounting import Account
from colmate.intake.values import text_of

__all__ = ["DEEPEST", "Document", "Parser", "depth_of", "unwatched"]

DEEPEST: Final = 200
KEYS: Final = re.compile(rb'"\s*:')
APART: Final = re.compile(rb'"\s+:')
SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
STRINGS: Final = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\Z)', re.DOTALL)
BRACKETS: Final = re.compile(rb"[\[{]|[\]}]")


class Document(NamedTuple):
    """A stretch of text that should be one JSON value.

    ``path``: the keys that lead to the array or object it stands in. ``key``: its own key in an object of records.
    ``problem``: why it is not worth a try. ``size``: its bytes in the stream, 0 when they are booked already.
    ``owner``: what is known of the object around it, as JSON, and ``holder`` that object's number (0: none).
    """

    text: bytes
    line: int
    position: int
    size: int
    path: tuple[str, ...] = ()
    key: str | None = None
    problem: str | None = None
    owner: bytes = b""
    holder: int = 0


@contextmanager
def unwatched() -> Iterator[None]:
    """Do without the collector of cycles for a moment: values of JSON have none, and it would go through them all."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Parser:
    """Turns documents into values; notes in ``account`` what had to be forgiven."""

    def __init__(self, account: Account) -> None:
        # whether lines have a meaning for those that follow them
        self.alone = False
        self._account = account
        self._quick = msgspec.json.Decoder(float_hook=str)

    def parse(self, text: bytes) -> tuple[Any, str | None]:
        """Return the value and None, or None and the reason why there is none."""
        # as many brackets as that need as many bytes to close
        if len(text) > 2 * DEEPEST and text.count(b"[") + text.count(b"{") > DEEPEST and depth_of(text) > DEEPEST:
            return None, "nested_too_deeply"
        try:
            return self._quick.decode(text), None
        except (ValueError, RecursionError):
            return self._lenient(text)

    def several(self, text: bytes) -> list[Any] | None:
        """Return the values that stand in ``text`` between commas, or None if it is not that and no more."""
        try:
            values = self._quick.decode(b"[" + text + b"]")
        except (ValueError, RecursionError):
            return None
        return values if type(values) is list else None

    def members(self, text: bytes) -> dict[str, Any] | None:
        """Return the members of an object of which ``text`` is the inside, or None if it is not that."""
        try:
            values = self._quick.decode(b"{" + text + b"}")
        except (ValueError, RecursionError):
            return None
        return values if type(values) is dict else None

    def lines(self, text: bytes) -> list[Any] | None:
        """Return the values of lines, or None if any line is not one."""
        try:
            return list(self._quick.decode_lines(text))
        except (ValueError, RecursionError):
            return None

    def _lenient(self, text: bytes) -> tuple[Any, str | None]:
        constants = 0

        def empty(_word: str) -> str:
            nonlocal constants
            constants += 1
            return ""

        try:
            value = json.loads(
                text.decode("utf-8", "replace"),
                strict=False,
                parse_float=str,
                parse_int=str,
                parse_constant=empty,
            )
        except RecursionError:
            return None, "nested_too_deeply"
        except json.JSONDecodeError as error:
            cut = not text[error.pos :].strip() or error.msg.startswith("Unterminated string")
            return None, "truncated_json" if cut else "malformed_json"
        self._account.note("not_a_number", constants)
        if SURROGATE.search(text):
            value = _whole(value)
        return value, None

    def repeated(self, text: bytes, keys: int) -> int:
        """Return how many keys of documents were said again in the same object, ``keys`` being what was read of them.

        The count of what looks like the end of a key tells most documents apart without reading them again.
        """
        if (text.count(b'":') == keys and not APART.search(text)) or len(KEYS.findall(text)) == keys:
            return 0
        lost = 0

        def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
            nonlocal lost
            value = dict(items)
            lost += len(items) - len(value)
            return value

        try:
            json.loads(f"[{text.decode('utf-8', 'replace')}]", strict=False, parse_int=str, object_pairs_hook=pairs)
        except (ValueError, RecursionError):
            return 0
        return lost


def depth_of(text: bytes) -> int:
    """Return how deep brackets nest outside strings, without recursion."""
    deepest = depth = 0
    for bracket in BRACKETS.findall(STRINGS.sub(b"", text)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _whole(value: Any) -> Any:
    """Return a value without lone surrogates, which no UTF-8 can hold. As deep as the parser allows."""
    if isinstance(value, str):
        return text_of(value)
    if isinstance(value, Mapping):
        return {text_of(key): _whole(item) for key, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list) else value
