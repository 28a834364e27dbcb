"""How notes are really typed: without accents, in capitals, abbreviated, misspelt by keyboard or by ear."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from benchmarks.notes_fr.text import Draft, number

_SHORT = {
    "patiente": "pte",
    "patient": "pt",
    "depuis": "dps",
    "dans": "ds",
    "avec": "av",
    "pour": "pr",
    "toujours": "tjs",
    "antécédents": "atcds",
    "antécédent": "atcd",
    "semaine": "sem",
    "rappeler": "rapp",
    "renouvellement": "renouv",
    "consultation": "cs",
    "téléphone": "tel",
    "demandé": "dem",
    "même": "mm",
    "suivi": "suivi",
    "traité": "tt",
}
_KEYS = {"a": "z", "e": "r", "i": "o", "o": "p", "u": "y", "t": "r", "s": "d", "n": "b", "r": "e", "l": "m", "c": "v"}
_EAR = (
    ("ph", "f"),
    ("tt", "t"),
    ("ss", "s"),
    ("nn", "n"),
    ("mm", "m"),
    ("ll", "l"),
    ("ée", "é"),
    ("ch", "sh"),
    ("qu", "k"),
)


def unaccented(text: str) -> str:
    """Without accents, of the same length."""
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in text)


def _shortened(text: str) -> str:
    return re.sub(r"\w+", lambda word: _SHORT.get(word[0], word[0]), text)


def _unpointed(text: str) -> str:
    return re.sub(r"[,;.](?= |$)", "", text)


def _mistyped(text: str, seed: int) -> str:
    """One slip in one long word: two letters swapped, one left out, a neighbour's key, a doubled letter."""
    words = [word for word in re.finditer(r"[^\W\d_]{6,}", text) if not word[0].isupper()]
    if not words:
        return text
    word = words[seed % len(words)]
    at = word.start() + 1 + seed // 7 % (len(word[0]) - 3)
    slips = (
        text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        text[:at] + text[at + 1 :],
        text[:at] + _KEYS.get(text[at], text[at]) + text[at + 1 :],
        text[: at + 1] + text[at:],
    )
    return slips[seed // 11 % len(slips)]


def _misheard(text: str, seed: int) -> str:
    """One sound written otherwise, in a word long enough to be known again."""
    found = [pair for pair in _EAR if re.search(rf"\w\w{pair[0]}\w\w", text)]
    if not found:
        return text
    sound, written = found[seed % len(found)]
    return re.sub(rf"(?<=\w\w){sound}(?=\w\w)", written, text, count=1)


def degrade(draft: Draft, seed: int) -> None:
    """Change a draft as its seed says: about two notes in five are left as they are."""
    way = number("way", seed) % 100
    if way < 20:
        _each(draft, unaccented)
    elif way < 30:
        _each(draft, lambda text: unaccented(text).upper() if way < 25 else text.upper())
    elif way < 38:
        _each(draft, lambda text: unaccented(text.lower()))
    elif way < 46:
        _each(draft, _shortened, cues=False)
    elif way < 52 and sum(piece.label is not None for piece in draft.pieces) <= 1:
        _each(draft, lambda text: _unpointed(unaccented(text)), cues=False)
    slip = number("slip", seed)
    if slip % 100 < 14:
        words = [piece for piece in draft.pieces if not piece.identifier]
        piece = words[slip // 100 % len(words)]
        piece.text = (_mistyped if slip % 100 < 9 else _misheard)(piece.text, slip // 1000)


def _each(draft: Draft, change: Callable[[str], str], *, cues: bool = True) -> None:
    for piece in draft.pieces:
        if not piece.identifier and (cues or not piece.label):
            piece.text = change(piece.text)
