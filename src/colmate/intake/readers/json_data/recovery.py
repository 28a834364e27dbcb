"""Going on behind a document that is damaged: a bracket or a quote missing would hide all that follow it."""

from __future__ import annotations

import re
from typing import Final

import msgspec

__all__ = ["is_malformed", "restart_of"]

CHECK: Final = msgspec.json.Decoder(float_hook=str)
FIRST: Final = re.compile(rb'\{\s*("[^"\\]{1,100}")\s*:')


def is_malformed(text: bytes) -> bool:
    """Tell whether the beginning of a value has an error in it, rather than only lacking its end."""
    try:
        CHECK.decode(text)
    except msgspec.DecodeError as error:
        return "truncated" not in str(error)
    except (ValueError, RecursionError):
        return False  # an odd character, or too deep: no sign that brackets are missing
    return False


def restart_of(text: bytes) -> re.Pattern[bytes] | None:
    """Return what a next document looks like if it begins as ``text`` does: with the same key (group 1)."""
    first = FIRST.match(text)
    if not first:
        return None
    # a stretch of blanks is passed once, from the comma or from its last line end: hostile text is full of them
    apart = rb"(?<=[}\]\"\w\s])(?:,\s*+|\n[^\S\n]*+)"
    return re.compile(apart + rb"(\{\s*+" + re.escape(first[1]) + rb"\s*+:)")
