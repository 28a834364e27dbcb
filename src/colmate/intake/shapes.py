"""What a cell looks like: the shapes that tell a well-cut table from one cut at the wrong character."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from colmate.catalogue import semantic_types

__all__ = ["header_words", "is_header_word", "shape"]

LETTER: Final = r"A-Za-z\x80-\xff"  # bytes read as Latin-1: every byte of an accented letter counts as one

# the first that fits the whole cell wins; the second entry: could a title of a column look like this?
SHAPES: Final = tuple(
    (name, re.compile(pattern))
    for name, pattern in {
        "empty": r"",
        "number": r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?(?: ?[%€])?|[+-]?\d{1,3}(?:[ .,\xa0]\d{3})+(?:[.,]\d+)?",
        "date": r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}[:h]\d{2}(?::\d{2}[.,\d]*)?(?:Z|[+-]\d{2}:?\d{2})?)?",
        "time": r"\d{1,2}[:h]\d{2}(?::\d{2}(?:[.,]\d+)?)?",
        "null": r"(?i:null|n/?a|none|nan|\\n|-|--|\?|\.)",
        "email": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
        "url": r"(?:https?|ftp)://\S+|www\.\S+",
        "phone": r"\+?\(?\d[\d .()/-]{6,18}\d",
        "word": rf"[{LETTER}][{LETTER}0-9_]*",
        "code": rf"[{LETTER}0-9_]+(?:[-./#][{LETTER}0-9_]+)*",
        "words": rf"[{LETTER}0-9(][{LETTER}0-9'’_.()/°&+-]*(?: [{LETTER}0-9(°&'+/-][{LETTER}0-9'’_.()/°&+-]*){{0,8}}",
        "json": r"[\[{].*[\]}]",
    }.items()
)
VALUES: Final = {"number", "date", "time", "null", "email", "url", "phone", "json"}


@cache
def shape(cell: str) -> str:
    """Return the shape of a cell ("number", "date", "words"…), or "text" when it is none of the known ones."""
    cell = cell.strip()
    if len(cell) > 120:
        return "text"
    for name, pattern in SHAPES:
        if pattern.fullmatch(cell):
            return name
    return "text"


@cache
def header_words() -> frozenset[str]:
    """Words that name columns, from the catalogue, folded."""
    headers = {word for entry in semantic_types().values() for word in entry.headers}
    return frozenset(headers) | {
        "id", "name", "value", "key", "val", "type", "code", "date", "nom", "num", "numero", "no", "libelle", "index",
        "label", "description", "status", "statut", "count", "total", "created at", "updated at", "age", "year",
        "commentaire", "comment",
    }  # fmt: skip


def is_header_word(cell: str) -> bool:
    """Tell whether a cell is, or begins or ends with, a word that names columns: "DT_NAISSANCE", "date de soins"."""
    folded = " ".join(re.sub(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z]+", " ", cell).lower().split())
    if not folded:
        return False
    if folded in header_words():
        return True
    parts = folded.split(" ")
    return len(parts) > 1 and (
        parts[0] in header_words() or parts[-1] in header_words() or " ".join(parts[:2]) in header_words()
    )
