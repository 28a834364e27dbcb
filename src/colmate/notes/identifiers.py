"""Identifiers that stand inside notes: phones, e-mails, NIR, IBAN, addresses, passwords, names after a title.

All of it runs in the engine. The patterns of ``catalogue/note_identifiers.toml`` cut out what looks like one; the
recognisers of columns, handed in by the caller, say which are. Only types leave this room, never the values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import ibis
import ibis.expr.types as ir

from colmate.catalogue import load
from colmate.engine import Engine, ascii_fold, extract_all

__all__ = ["EVERY", "Kind", "Recognises", "identified", "kinds", "may_identify"]

# a limit that nothing reaches: what stands before it is computed once
EVERY = 1 << 62
_SIGN = r"[\d@#!$%&*+=?_.-]"


class Recognises(Protocol):
    """Says how an identifier is written: a recogniser of columns."""

    def canonical(self, value: ir.StringValue) -> ir.StringValue: ...
    def accepts(self, canonical: ir.StringValue) -> ir.BooleanValue: ...


@dataclass(frozen=True)
class Kind:
    """One entry of the catalogue; ``sure``: a recogniser decides."""

    semantic_type: str
    why: str
    pattern: str
    without: str = ""
    sure: bool = True


@cache
def kinds() -> tuple[Kind, ...]:
    """Return the identifiers that are looked for, in the catalogue's order."""
    return tuple(Kind(key, **entry) for key, entry in load("note_identifiers").items() if key != "words")


@cache
def _any() -> str:
    return "|".join(f"(?:{_uncaptured(kind.pattern)})" for kind in kinds())


def _uncaptured(pattern: str) -> str:
    """Return the pattern as one alternative: its flag for it alone."""
    return f"(?i:{pattern[4:]})" if pattern.startswith("(?i)") else pattern


def may_identify(text: ir.StringValue) -> ir.BooleanValue:
    """Tell, in the engine, whether a note may hold an identifier: true wherever a pattern finds something."""
    return text.re_search(_any())


def identified(engine: Engine, texts: ir.Table, recognisers: Mapping[str, Recognises]) -> ir.Table:
    """Return the types that each note holds: note, semantic_type, each pair once; ``texts``: note, text."""
    parts = [_of_kind(texts, kind, recognisers.get(kind.semantic_type)) for kind in kinds()]
    return engine.materialise(ibis.union(*parts, distinct=True), "notes:identified")


def _of_kind(texts: ir.Table, kind: Kind, recogniser: Recognises | None) -> ir.Table:
    held = texts.filter(texts["text"].re_search(kind.pattern))
    source = held["text"].re_replace(kind.without, " ") if kind.without else held["text"]
    cut = held.select("note", "text", value=extract_all(source, kind.pattern, 1).unnest())
    cut = cut.mutate(value=cut["value"].strip())
    if not kind.sure:
        kept = cut.filter(_worded(cut["value"], cut["text"], kind.semantic_type))
    elif recogniser is None:
        kept = cut.limit(0)
    else:
        # a table of its own: a recogniser names the canonical form a hundred times, and all of it would be written out
        named = cut.mutate(canonical=recogniser.canonical(cut["value"])).limit(EVERY)
        kept = named.filter(recogniser.accepts(named["canonical"]))
    return kept.select("note", semantic_type=ibis.literal(kind.semantic_type))


def _worded(value: ir.StringValue, text: ir.StringValue, semantic_type: str) -> ir.BooleanValue:
    """Judge what has no check digit: a name has a capital where its writer uses them, a password a figure or sign."""
    folded = ascii_fold(value.lower())
    if semantic_type == "password":
        return value.re_search(_SIGN) & ~folded.re_search(_refused("no_password"))
    capital = value.re_search(r"(?:^|[ ’'])\p{Lu}")
    mixed = text.re_search(r"\p{Ll}") & text.re_search(r"\p{Lu}\p{Ll}")
    verb = folded.re_search(r"(?:era|ira|dra|ait|aient|ees?)$")
    return ~folded.re_search(_refused("no_name")) & ibis.cases((mixed, capital), else_=~verb & ~value.contains(" "))


@cache
def _refused(name: str) -> str:
    words = "|".join(word.replace("*", r"\w*") for word in load("note_identifiers")["words"][name])
    return rf"^(?:{words})\W*$"
