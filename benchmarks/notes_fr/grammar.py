"""Notes from the hand-written grammars: frames around cues, each least used first, so that none dominates."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from benchmarks.notes_fr import fiction
from benchmarks.notes_fr.text import CATEGORIES, SOURCES, Draft, Item, Piece, number, split

# of a hundred clauses of a category, how many are of each kind, and of each kind of each reading
_KINDS = {"noun": 40, "status": 26, "predicate": 22, "denial": 12}
_READINGS = {
    "noun": {
        "asserted": 30,
        "past": 13,
        "negated": 19,
        "hypothetical": 16,
        "relative": 16,
        "relative_negated": 3,
        "relative_hypothetical": 3,
    },
    "status": {"asserted": 62, "past": 5, "negated": 6, "hypothetical": 14, "relative": 13},
    "predicate": {"asserted": 42, "hypothetical": 24, "relative": 34},
    "denial": {"negated": 1},
    "judgement": {"asserted": 1},
}
_FEMALE = re.compile(
    r"voilée|femme|niqab|comorienne|\bsein|BRCA|mastectomie|Turner|endométriose|vaginisme|dyspareunie|vaginoplastie"
    r"|mère|lesbienne|FSF|excis|mutilation|prolapsus|ovarienne|MtF"
)
_MALE = re.compile(
    r"prostate|rection|impuissance|éjac|Klinefelter|XXY|HSH|imam|curé|rabbin|moine|Viagra|Cialis|tadalafil|hémophil"
    r"|Duchenne|travesti|FtM|panne"
)
_DONE = re.compile(
    r"FIV|fiv|PMA|AMP|IAC|insémin|^don d|césarienne|accouchement(?! pré)|amputation|sleeve|greffe|transplant"
    r"|hospitalisation|HDT|SDT|SPDRE|changement de sexe"
)
_ELIDED = re.compile(r"(?!handi|harc|hernie|oui)[aeiouyéèêâîôûœAEIOUÉHh]")


@dataclass(frozen=True)
class Cue:
    """A phrase of a category; ``core`` may serve in both parts."""

    text: str
    category: str
    kind: str
    core: bool

    @property
    def gender(self) -> int | None:
        """0 when it can only be said of a man, 1 of a woman."""
        if self.category == "pregnancy_fertility" or _FEMALE.search(self.text):
            return 1
        return 0 if _MALE.search(self.text) else None


@cache
def source(name: str) -> dict[str, Any]:
    """A hand-written table of the sources."""
    return tomllib.loads((SOURCES / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def cues(part: str) -> dict[tuple[str, str], list[Cue]]:
    """The phrases of a part, by category and kind."""
    found = {}
    for category in CATEGORIES:
        for kind, phrases in source("cues")[category].items():
            parts = split((phrase for phrase in phrases if not phrase.startswith("=")), f"{category} {kind}")
            found[category, kind] = [
                Cue(phrase.removeprefix("="), category, kind, phrase.startswith("="))
                for phrase in phrases
                if parts.get(phrase, part) == part
            ]
    return found


@cache
def frames(part: str) -> dict[tuple[str, str], list[str]]:
    """The frames of a part, by kind and reading."""
    found = {}
    for kind, readings in source("frames").items():
        for reading, texts in readings.items():
            parts = split(texts, f"{kind} {reading}")
            found[kind, reading] = (
                list(texts) if kind == "kin" else [t for t in dict.fromkeys(texts) if parts[t] == part]
            )
    return found


@dataclass
class Writer:
    """Writes the notes of one part; what it chooses depends on nothing but the part and the order."""

    part: str
    turn: int = 0
    used: Counter[object] = field(default_factory=Counter)

    def note(self, category: str | None) -> Draft:
        """The next note that speaks of ``category``, or of none."""
        self.turn += 1
        woman = self.draw(2)
        draft = Draft([], "grammar")
        clauses = self._plain(woman) if category is None else self._clauses(draft, category, woman)
        if category is not None and self.draw(100) < 12:
            clauses.append(self._identified(woman))
        if self.draw(100) < 32:
            clauses.insert(0, [Piece(self._filler("head", woman))])
        if self.draw(100) < 38:
            clauses.append([Piece(self._filler("tail", woman))])
        for clause in clauses:
            if draft.pieces:
                draft.pieces.append(Piece(self._joined(draft.pieces[-1].text)))
            draft.pieces += clause
        return draft

    def draw(self, below: int) -> int:
        """The next number, under ``below``."""
        self.used["drawn"] += 1
        return number("draw", self.part, self.used["drawn"]) % below

    def _choose(self, items: Sequence[Item], what: str) -> Item:
        """The least used so far; among equals, by lot."""
        least = min(self.used[what, item] for item in items)
        fair = [item for item in items if self.used[what, item] == least]
        chosen = fair[self.draw(len(fair))]
        self.used[what, chosen] += 1
        return chosen

    def _weighted(self, weights: dict[str, int], what: str) -> str:
        """The one that lags most behind its share."""
        chosen = min(weights, key=lambda name: (self.used[what, name] + 0.5) / weights[name])
        self.used[what, chosen] += 1
        return chosen

    def _joined(self, before: str) -> str:
        if before.endswith((":", ".", "!", "?")):
            return " "
        return self._choose((". ", " - ", "\n", " // ", " ; ", " | "), "joiner")

    def _clauses(self, draft: Draft, category: str, woman: int) -> list[list[Piece]]:
        more = (0, 0, 0, 0, 0, 0, 1, 1, 1, 2)[self.draw(10)]
        others = [each for each in CATEGORIES if each != category]
        wanted = [category, *(self._choose(others, "beside") for _ in range(more))]
        return [self._clause(draft, each, woman) for each in dict.fromkeys(wanted)]

    def _clause(self, draft: Draft, category: str, woman: int) -> list[Piece]:
        kinds = {kind: _KINDS[kind] for kind in _KINDS if (category, kind) in cues(self.part)}
        kind = self._weighted(kinds, f"kind {category}")
        frame_kind = "judgement" if category == "judgement" else kind
        readings = dict(_READINGS[frame_kind])
        if category == "genetic":
            readings.pop("past", None)  # nobody is rid of a mutation
        reading = self._weighted(readings, f"reading {category} {frame_kind}")
        cue = self._choose(self._fitting(category, kind, reading), "cue")
        frame = self._choose(frames(self.part)[frame_kind, reading], "frame")
        for pattern, beside in source("cues")["tolerated"].items():
            if re.search(pattern, cue.text):
                draft.tolerated.update(beside)
        return self._fill(frame, cue, reading, woman if cue.gender is None else cue.gender)

    def _fitting(self, category: str, kind: str, reading: str) -> list[Cue]:
        """A clause of several words is not denied, nor dated, by a word beside it; nobody suspects what is done."""
        found = cues(self.part)[category, kind]
        if kind == "noun" and reading.endswith("hypothetical"):
            found = [cue for cue in found if not _DONE.search(cue.text)]
        if kind == "status" and reading in ("negated", "past"):
            found = [cue for cue in found if re.fullmatch(r"[^\W\d]+(<.*>)?|\w+ \w+", cue.text)] or found
        return found

    def _fill(self, frame: str, cue: Cue, reading: str, gender: int) -> list[Piece]:
        relative = reading.startswith("relative")
        assertion = next((word for word in ("negated", "hypothetical") if reading.endswith(word)), "asserted")
        subject = "carer" if cue.category == "judgement" else "relative" if relative else "patient"
        kin = gender if relative else self.draw(2)
        words = {
            "kin": self._choose(frames(self.part)["kin", ("masculine", "feminine")[kin]], "kin"),
            "son": ("son", "sa")[kin],
            "le": ("le", "la")[kin],
            "du": ("du", "de la")[kin],
            "un": ("un", "une")[kin],
            "pron": ("il", "elle")[gender],
            "lui": ("lui", "elle")[gender],
            "year": str(1985 + self.draw(38)),
        }
        said = inflect(cue.text, kin if relative else gender)
        before, _, after = frame.partition(f"{{{cue.kind}}}")
        label = (cue.category, assertion, subject, reading == "past")
        pieces = [Piece(_spoken(before, words, gender, said)), Piece(said, label), Piece(_spoken(after, words, gender))]
        return [piece for piece in pieces if piece.text]

    def _filler(self, where: str, woman: int) -> str:
        return inflect(self._choose(frames(self.part)["filler", where], "filler"), woman)

    def _plain(self, woman: int) -> list[list[Piece]]:
        if self.draw(100) < 45:
            return [self._identified(woman)]
        told = self._choose(frames(self.part)["identifiers", "plain"], "frame")
        return [[Piece(inflect(told, woman))], [Piece(self._filler("tail", woman))]]

    def _identified(self, woman: int) -> list[Piece]:
        frame = inflect(self._choose(frames(self.part)["identifiers", "clean"], "frame"), woman)
        pieces = []
        for at, words in enumerate(re.split(r"\{(\w+)\}", frame)):
            seed = self.draw(10**9)
            pieces.append(Piece(fiction.identifier(words, seed), identifier=words) if at % 2 else Piece(words))
        return [piece for piece in pieces if piece.text]


def inflect(text: str, woman: int) -> str:
    """``<m|f>`` in its form; a phrase with one bar and no brackets is two whole forms."""
    told = re.sub(r"<([^|>]*)\|([^>]*)>", lambda forms: forms[2] if woman else forms[1], text)
    return told.split("|")[woman] if told.count("|") == 1 else told


def _spoken(frame: str, words: dict[str, str], woman: int, said: str = "") -> str:
    told = inflect(frame, woman)
    if words["kin"].startswith("o"):
        told = told.replace("{le} {kin}", "l'{kin}").replace("{du} {kin}", "de l'{kin}")
    for name, word in words.items():
        told = told.replace(f"{{{name}}}", word)
    return told.replace("de~", "d'" if _ELIDED.match(said) else "de ")


def plan(count: int) -> Iterable[str | None]:
    """The categories of ``count`` notes in turn; one in twelve speaks of none."""
    turns = [*CATEGORIES, None]
    for turn in range(count):
        yield None if turn % 12 == 11 else CATEGORIES[(turn - turn // 12) % (len(turns) - 1)]
