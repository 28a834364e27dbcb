"""What a labelled note is, how it is written by hand, and how it is kept (one JSON object a line).

By hand: ``[[category|letters:words]]`` labels words, the letters being ``n`` negated, ``h`` hypothetical, ``r`` about a
relative, ``c`` the carer's own opinion, ``p`` past; ``{{type:value}}`` an identifier; ``@trap: `` before a note names
the trap it sets; `` ~ category …`` after it, the categories that may also be read there and are not scored; ``\\n`` a
new line; ``#`` before a line, a comment.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar

HOME = Path(__file__).parent.parent / "notes-fr"
SOURCES = HOME / "sources"
PARTS = ("dev", "test")
# of the second development part: cues are written from the first half, the other one only tells how well they carry
HALVES = ("dev-2a", "dev-2b")
# traps by further authors: of a part ``a`` the errors are read, of a part ``b``, another author's, only scores
TRAPS = ("dev-3a", "dev-3b", "dev-4a", "dev-4b", "dev-5a", "test-2")
# the files of their notes, each line ``# author`` saying whose follow
BY_AUTHOR = ("dev-3", "dev-4", "dev-5", "test-2")
AUTHORS = {
    **dict.fromkeys(("one", "two"), "dev-3a"),
    "three": "dev-3b",
    **dict.fromkeys(("four", "five", "six", "seven", "eight", "nine", "twelve"), "dev-4a"),
    **dict.fromkeys(("ten", "eleven"), "dev-4b"),
    **dict.fromkeys(("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"), "dev-5a"),
    **dict.fromkeys(("nineteen", "twenty", "twenty-one", "twenty-two", "twenty-three"), "dev-5a"),
    **dict.fromkeys(("twenty-four", "twenty-five", "twenty-six"), "dev-5a"),
    **dict.fromkeys(("twenty-seven", "twenty-eight"), "test-2"),
}
DEV_SHARE = 0.42
CATEGORIES = (
    *("hiv_sti", "psychiatric", "suicide", "addiction", "pregnancy_fertility", "sexual_life", "religion"),
    *("ethnic_origin", "politics_union", "genetic", "serious_illness", "disability", "health_other", "criminal"),
    *("violence_abuse", "social_vulnerability", "judgement"),
)
HEALTH = frozenset(
    (
        "hiv_sti",
        "psychiatric",
        "suicide",
        "addiction",
        "pregnancy_fertility",
        "genetic",
        "serious_illness",
        "disability",
    )
)
IDENTIFIERS = ("nir", "phone", "email", "address", "name", "iban", "password")
# that care was given is itself health data in the wide sense (GDPR art. 4(15)): not scored as `health_other`
CARE = re.compile(
    r"vaccin|immunis|rappel hep|ROR|VAT|bilan|ordo|h[oô]p|hosp|clinique|examen|op[ée]r|s[ée]rolog|\bTA \d|r[ée]sultat"
    r"|ttt|chir|radio|scan|IRM|PDS|labo|kin[ée]|DIU|certif|tension|pansement|plaie|cs |consult|\bmal |douleur|poids",
    re.IGNORECASE,
)
ASSERTIONS = {"n": "negated", "h": "hypothetical"}
SUBJECTS = {"r": "relative", "c": "carer"}

Item = TypeVar("Item")


@dataclass(frozen=True)
class Gold:
    """One labelled fact; ``end`` is exclusive, ``past`` says that it is told as over or as history."""

    category: str
    assertion: str
    subject: str
    start: int
    end: int
    past: bool = False


@dataclass(frozen=True)
class Identifier:
    """One labelled identifier; ``end`` is exclusive."""

    type: str
    start: int
    end: int


@dataclass(frozen=True)
class Note:
    """One note with its labels; ``tolerated`` categories are scored neither for nor against."""

    id: str
    text: str
    findings: tuple[Gold, ...]
    kind: str
    trap: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    tolerated: tuple[str, ...] = ()


@dataclass
class Piece:
    """Words of a note that are being put together; ``label`` is category, assertion, subject, past."""

    text: str
    label: tuple[str, str, str, bool] | None = None
    identifier: str | None = None


@dataclass
class Draft:
    """A note before it is laid out."""

    pieces: list[Piece]
    kind: str
    trap: str | None = None
    tolerated: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The note's text."""
        return "".join(piece.text for piece in self.pieces)


_MARK = re.compile(r"\[\[([a-z_]+)(?:\|([nhrcp]+))?:(.+?)\]\]|\{\{([a-z]+):(.+?)\}\}")


def parse(line: str) -> Draft:
    """A line written by hand; raises `ValueError` when a mark names something unknown."""
    trap, rest = None, line
    if line.startswith("@"):
        trap, _, rest = line[1:].partition(": ")
    words, _, beside = rest.partition(" ~ ")
    words = words.replace("\\n", "\n")
    pieces, at = [], 0
    for mark in _MARK.finditer(words):
        pieces.append(Piece(words[at : mark.start()]))
        category, letters, cue, kind, value = mark.groups()
        if kind:
            pieces.append(Piece(value, identifier=_known(kind, IDENTIFIERS)))
        else:
            pieces.append(Piece(cue, _label(_known(category, CATEGORIES), letters or "")))
        at = mark.end()
    pieces.append(Piece(words[at:]))
    tolerated = {_known(category, CATEGORIES) for category in beside.split()}
    return Draft([piece for piece in pieces if piece.text], "hand", trap, tolerated)


def _known(name: str, names: Sequence[str]) -> str:
    if name not in names:
        raise ValueError(f"unknown: {name}")
    return name


def _label(category: str, letters: str) -> tuple[str, str, str, bool]:
    assertion = next((ASSERTIONS[letter] for letter in letters if letter in ASSERTIONS), "asserted")
    subject = next((SUBJECTS[letter] for letter in letters if letter in SUBJECTS), "patient")
    return category, assertion, subject, "p" in letters


def lay_out(draft: Draft, name: str) -> Note:
    """The note with the places of its labels."""
    at, findings, identifiers = 0, [], []
    for piece in draft.pieces:
        end = at + len(piece.text)
        if piece.label:
            category, assertion, subject, past = piece.label
            findings.append(Gold(category, assertion, subject, at, end, past))
        if piece.identifier:
            identifiers.append(Identifier(piece.identifier, at, end))
        at = end
    said = {finding.category for finding in findings}
    care = bool(said & HEALTH) or CARE.search(draft.text) is not None
    beside = draft.tolerated | ({"health_other"} if care else set())
    tolerated = tuple(sorted(beside - said))
    return Note(name, draft.text, tuple(findings), draft.kind, draft.trap, tuple(identifiers), tolerated)


def by_hand() -> Iterator[tuple[str, Draft]]:
    """The notes written by hand, each with the group within which it is split: its trap, or its file and section.

    A section begins with a comment that names its category. Labels do not say the group: one that is corrected must
    not carry a note into the other part.
    """
    for path in sorted(SOURCES.glob("*.txt")):
        section = "none"
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.removeprefix("# ") in CATEGORIES:
                section = line.removeprefix("# ")
            elif line and not line.startswith("#"):
                draft = parse(line)
                yield (draft.trap or f"{path.stem} {section}"), draft


def halves_by_hand() -> Iterator[tuple[str, Draft]]:
    """The notes of the second development part, each with its half: in each group every other one by hash."""
    groups: dict[str, list[Draft]] = {}
    for line in (HOME / "dev-2.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            draft = parse(line)
            first = next((piece.label[0] for piece in draft.pieces if piece.label), "none")
            groups.setdefault(draft.trap or first, []).append(draft)
    for group, drafts in groups.items():
        ranked = sorted(drafts, key=lambda draft: number("half", group, draft.text))
        yield from ((HALVES[rank % 2], draft) for rank, draft in enumerate(ranked))


def traps_by_author() -> Iterator[tuple[str, Draft]]:
    """The traps of the further parts, each with its author."""
    author = ""
    for name in BY_AUTHOR:
        for line in (HOME / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("# author "):
                author = line.removeprefix("# author ")
            elif line and not line.startswith("#"):
                yield author, parse(line)


def number(*names: object) -> int:
    """A number that these names always give, on any machine."""
    told = "\x1f".join(str(name) for name in names).encode()
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "big")


def split(items: Iterable[str], group: str) -> dict[str, str]:
    """The part of each item: ranked by hash in its group, the first 42 % (at least one) are dev, the others test."""
    ranked = sorted(dict.fromkeys(items), key=lambda item: number("split", group, item))
    dev = max(1, round(DEV_SHARE * len(ranked))) if len(ranked) > 1 else len(ranked)
    return {item: PARTS[rank >= dev] for rank, item in enumerate(ranked)}


def plain(text: str) -> str:
    """Lower case, without accents or punctuation: two notes that are alike in this are one."""
    bare = unicodedata.normalize("NFD", text.lower())
    return " ".join(re.findall(r"[a-z0-9+]+", "".join(c for c in bare if not unicodedata.combining(c))))


def write(path: Path, notes: Iterable[Note]) -> None:
    """One JSON object a line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(line(note) + "\n" for note in notes)


def line(note: Note) -> str:
    """A note as JSON."""
    return json.dumps(asdict(note), ensure_ascii=False)


def read(part: str, home: Path = HOME) -> list[Note]:
    """The notes of a part."""
    with (home / f"{part}.jsonl").open(encoding="utf-8") as file:
        return [_note(json.loads(row)) for row in file]


def _note(row: dict[str, object]) -> Note:
    kept: dict[str, object] = dict(row)
    kept["findings"] = tuple(Gold(**finding) for finding in row["findings"])  # type: ignore[attr-defined]
    kept["identifiers"] = tuple(Identifier(**each) for each in row["identifiers"])  # type: ignore[attr-defined]
    kept["tolerated"] = tuple(row["tolerated"])  # type: ignore[arg-type]
    return Note(**kept)  # type: ignore[arg-type]
