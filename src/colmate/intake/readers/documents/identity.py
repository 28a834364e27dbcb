"""Whose document it is: the patient's identifiers by their labels, the professional's by title or number.

What is known is in ``identity.toml``. A wrong name makes a wrong person, so the rules are not greedy: a value is
taken when a label says that it is the patient's and no other value claims the same; without a label only what has a
key (NIR) or is the document's only one, away from a letterhead.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from itertools import zip_longest
from typing import Final, cast

from colmate.intake.readers.documents import values
from colmate.model import Role

__all__ = ["COLUMNS", "Column", "identify", "labels_in"]


@dataclass(frozen=True)
class Column:
    """A column of the record of a document: its semantic type, whose value it is, the value's kind, its labels."""

    semantic_type: str
    role: Role
    value: str
    labels: tuple[str, ...]


_KNOWN: Final = tomllib.loads(files(__package__).joinpath("identity.toml").read_text("utf-8"))
COLUMNS: Final = {
    name: Column(entry["type"], cast(Role, entry["role"]), entry["value"], tuple(entry["labels"]))
    for name, entry in _KNOWN["columns"].items()
}
# characters of a document that are looked through
LOOKED: Final = 1 << 20
# a letterhead's lines stand together
NEAR: Final = 300


def _words(words: list[str]) -> str:
    """Return a pattern of alternatives, the longest first, accents and blanks as they may be written."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(_loose(word) for word in ordered)


def _loose(word: str) -> str:
    """Return a pattern of a word that an upper-case text or a typist without accents also matches."""
    out = ""
    for char in word:
        bare = unicodedata.normalize("NFD", char)[0]
        if char == " ":
            out += r"[ \xa0]{1,3}"
        elif char == "°":
            out += "[°ºo]"
        else:
            out += re.escape(char) if bare == char else f"[{re.escape(char)}{bare}]"
    return out


_OWNER: Final = {label: name for name, column in COLUMNS.items() for label in column.labels}
_OWNERS: Final[dict[str, str]] = {values.folded(label): name for label, name in _OWNER.items()}
_LABEL: Final = re.compile(
    rf"(?<![\w'’-])({_words(list(_OWNER))})(?![\w'’])(?:[ \xa0]?[:=][ \xa0\t]{{0,8}}|[ \xa0]?\t[ :\xa0\t]{{0,8}})",
    re.IGNORECASE,
)
_SPOKEN: Final = re.compile(
    rf"(?<!\w)({_words(_KNOWN['sentences']['spoken'])})[ \xa0]{{1,3}}(?=[\w:])",
    re.IGNORECASE,
)
_SCOPE: Final = re.compile(
    rf"^[ \t\xa0•*-]{{0,20}}(?:(?P<other>{_words(_KNOWN['scopes']['others'])})|"
    rf"(?P<patient>{_words(_KNOWN['scopes']['patient'])}))(?!\w)",
    re.IGNORECASE | re.MULTILINE,
)
_END: Final = re.compile(r"\n|\t|\||[ \xa0]{3,}|;| - (?=[A-ZÉ])")
_FORM: Final = rf"(?:{_words(_KNOWN['sentences']['forms'])})"
_CUED: Final = re.compile(
    rf"(?<!\w)(?:{_words(_KNOWN['sentences']['cues'])})(?:,?[ \xa0\n]{{1,3}}(?:votre|ma|mon|notre)?[ \xa0]?patiente?)?"
    rf",?[ \xa0\n]{{1,3}}(?i:{_FORM})[ \xa0]{{1,3}}({values.NAME})"
)
_TITLED: Final = re.compile(rf"(?<!\w){_FORM}[ \xa0]{{1,3}}({values.NAME})")
_NEE: Final = re.compile(rf"(?<!\w)(?:née|NÉE|nee|NEE)[ \xa0]{{1,3}}({values.NAME})")
_DOCTOR: Final = re.compile(rf"(?<!\w)(?:{_words(_KNOWN['sentences']['doctors'])})[ \xa0]{{1,3}}({values.NAME})")


def labels_in(text: str) -> int:
    """Return how many different columns a text has labels for."""
    return len({_column(found[1]) for found in _LABEL.finditer(text[:LOOKED])})


def identify(text: str) -> dict[str, str]:
    """Return the identifiers of a document's text by column, '' where there is none or more than one candidate."""
    text = text[:LOOKED].replace("\r\n", "\n").replace("\r", "\n")
    scopes = [(0, False), *((found.start(), found["other"] is not None) for found in _SCOPE.finditer(text))]
    candidates: dict[str, dict[str, str]] = {name: {} for name in COLUMNS}
    for name, value, place in _labelled(text):
        # what is said of the professional or of a relative is not the patient's
        if COLUMNS[name].role == "professional" or not _of_another(scopes, place):
            candidates[name].setdefault(values.folded(value), value)
    found = {name: _only(held) for name, held in candidates.items()}
    _named(text, found)
    _numbered(text, found)
    _placed(found)
    return found


def _column(label: str) -> str:
    return _OWNERS[values.folded(label)]


def _labelled(text: str) -> Iterator[tuple[str, str, int]]:
    for pattern in (_LABEL, _SPOKEN):
        marks = list(pattern.finditer(text))
        for mark, following in zip_longest(marks, marks[1:]):
            rest = text[mark.end() : min(mark.end() + 160, following.start() if following else len(text))]
            if "\t" in mark[0] and not re.search("[:=]", mark[0]) and not _form(text, mark.start()):
                continue
            name = _column(mark[1])
            column = COLUMNS[name]
            if column.value != "address":
                rest = _END.split(rest, maxsplit=1)[0]
            if value := values.KINDS[column.value](rest.strip()):
                yield name, value, mark.start()


def _form(text: str, place: int) -> bool:
    """Tell whether a line of cells is a form's (label, value, label, value), not the header of a table of records."""
    start = text.rfind("\n", 0, place) + 1
    ends = [start - 1]
    for _ in range(2):
        end = text.find("\n", ends[-1] + 1)
        ends.append(end if end >= 0 else len(text))
    lines = [text[ends[n] + 1 : ends[n + 1]][:2_000] for n in range(2)]
    cells, below = ([cell.strip(" \xa0:") for cell in line.split("\t") if cell.strip()] for line in lines)
    labelled = len(cells) % 2 == 0 and all(values.folded(cell) in _OWNERS for cell in cells[::2])
    return labelled and (
        len(below) < 2 or values.folded(below[0]) in _OWNERS or lines[1].partition("\t")[0].endswith(":")
    )


def _of_another(scopes: list[tuple[int, bool]], place: int) -> bool:
    low, high = 0, len(scopes)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if scopes[middle][0] <= place else (low, middle)
    return scopes[low][1]


def _only(held: dict[str, str]) -> str:
    return next(iter(held.values())) if len(held) == 1 else ""


def _named(text: str, found: dict[str, str]) -> None:
    """Take a name from a sentence when no label gave one: the one that a cue introduces, or the only one titled."""
    if not (found["full_name"] or found["last_name"] or found["birth_name"]):
        for pattern in (_CUED, _TITLED):
            names: dict[str, str] = {}
            for one in pattern.finditer(text):
                if name := values.name(one[1]):
                    names.setdefault(values.folded(name), name)
            if names:
                found["full_name"] = _longest(names)
                break
    if not found["birth_name"] and (found["full_name"] or found["last_name"]):
        names = {values.folded(one[1]): values.name(one[1]) for one in _NEE.finditer(text)}
        found["birth_name"] = _only(names)
    if not found["professional_name"]:
        doctors = {values.folded(one[1]): values.name(one[1]) for one in _DOCTOR.finditer(text)}
        found["professional_name"] = _longest({key: name for key, name in doctors.items() if name})


def _longest(names: dict[str, str]) -> str:
    """Return the longest of names that all are parts of it ("Mme Martin" of "Mme Claire Martin"); '' otherwise."""
    words = {key: set(key.split()) for key in names}
    best = max(names, key=lambda key: len(words[key]), default="")
    return names[best] if all(words[key] <= words[best] for key in names) and best else ""


def _numbered(text: str, found: dict[str, str]) -> None:
    """Take a number without a label when it is the only one of its kind, and not a letterhead's."""
    if not found["nir"]:
        numbers = {values.folded(number): number for number in values.nirs(text)}
        found["nir"] = _only(numbers)
    for name, pattern in (("email", values.EMAIL), ("phone", values.PHONE)):
        if found[name]:
            continue
        marks = list(pattern.finditer(text))
        if len({values.folded(mark[0]) for mark in marks}) == 1 and not _letterhead(text, marks[0].start()):
            found[name] = marks[0][0]


def _letterhead(text: str, place: int) -> bool:
    """Tell whether the lines before a place are those of a professional or an establishment."""
    near = text[max(0, place - NEAR) : place]
    return any(found["other"] is not None for found in _SCOPE.finditer(near)) or bool(_DOCTOR.search(near))


def _placed(found: dict[str, str]) -> None:
    """Cut an address into its parts: the street, the postcode, the commune."""
    street, postcode, city = values.address_parts(found["address"])
    if postcode and found["postcode"] in {"", postcode}:
        found["address"], found["postcode"] = street, postcode
        found["city"] = found["city"] or city
