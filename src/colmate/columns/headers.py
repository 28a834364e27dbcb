"""What a column's name says: which semantic types its words fit, and whose the value is.

A name is cut at blanks, signs, changes of case and between letters and figures; runs of its words are looked up
among the
catalogue's header words, in full, glued together (``DTNAISS``) or shortened (``DATE_NAISSA``). Words of role are
read apart, so
that ``ASS_NOM``, ``NOM_ASSURE`` and ``NOMASS`` are all a family name of the insured person.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from types import MappingProxyType

from colmate.catalogue import load, semantic_types

__all__ = ["Header", "generated", "only_date", "read", "split", "subject_of", "take_role"]

# words that say nothing of the meaning: articles and prefixes of tables
FILLERS = frozenset(
    ("de", "du", "des", "d", "la", "le", "les", "l", "of", "the", "a", "et", "and", "t", "tbl", "f", "z")
)
GENERATED = re.compile(r"^(?:c|col|colonne|column|champ|field|f|v|var|unnamed|_c|x)?[\s_:.\-]*\d*$", re.IGNORECASE)
# how exports write "date": the phrases of the catalogue hold for each of them, before or after the event's word
DATE_WORDS = ("date", "dates", "dte", "dat", "dt")
ABBREVIATION = 0.85
# a name made into a key for searching by ear is a code
SOUNDS = frozenset(("soundex", "metaphone", "phonex", "phonetique"))
LONGEST = 6


@dataclass(frozen=True)
class Header:
    """The reading of one name: ``scores`` 0 to 1 by semantic type, ``role`` by the words of role, and its ``words``."""

    words: tuple[str, ...]
    role: str | None
    scores: Mapping[str, float]

    def score(self, semantic_type: str) -> float:
        """Return how well the name fits a type, 0 where it does not."""
        return self.scores.get(semantic_type, 0.0)


def generated(name: str) -> bool:
    """Return whether a name was made up for want of one: empty, a number, ``column3``, ``Unnamed: 4``."""
    return bool(GENERATED.match(name.strip()))


def only_date(header: Header) -> bool:
    """Return whether a name says that the column holds a date, or nothing at all."""
    return not header.scores or all(word in DATE_WORDS or word.isdigit() for word in header.words)


def split(name: str) -> tuple[str, ...]:
    """Return the words of a name: lower case, without accents, figures apart."""
    apart = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    plain = unicodedata.normalize("NFKD", apart.lower()).encode("ascii", "ignore").decode("ascii")
    return tuple(re.findall(r"[a-z]+|\d+", plain))


@cache
def _phrases() -> tuple[dict[tuple[str, ...], list[str]], dict[str, list[str]], dict[tuple[str, ...], list[str]]]:
    """Return the header words of the catalogue: as words, glued, and shortened."""
    full: dict[tuple[str, ...], list[str]] = defaultdict(list)
    glued: dict[str, list[str]] = defaultdict(list)
    short: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for entry in semantic_types().values():
        for header in entry.headers:
            words = tuple(word for word in split(header) if word not in FILLERS or len(header) <= 2) or split(header)
            glued["".join(split(header))].append(entry.id)
            for phrase in {words, _dated(words), _turned(_dated(words))}:
                full[phrase].append(entry.id)
                glued["".join(phrase)].append(entry.id)
                for shortened in _shortened(phrase):
                    short[shortened].append(entry.id)
    # "code" is a word of its own, not the beginning of "codediag"
    return full, glued, {phrase: found for phrase, found in short.items() if phrase not in full}


def _dated(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words with each way of writing "date" in full."""
    return tuple("date" if word in DATE_WORDS else word for word in words)


def _turned(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return a phrase of two words with its "date" at the other end: ``visit date`` is ``date visit``."""
    return words[::-1] if len(words) == 2 and "date" in words else words


def _shortened(words: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Return the phrase with its long words cut to four letters or more, for phrases of one or two words."""
    if len(words) > 2:
        return set()
    cuts = [[word[:size] for size in range(4, len(word))] + [word] if len(word) > 5 else [word] for word in words]
    # a single word may be several glued together: half of it is another word
    least = 0.6 * len(words[0]) if len(words) == 1 else 0
    return {cut for cut in product(*cuts) if len(cut[0]) >= least} - {words}


@cache
def _roles() -> dict[tuple[str, ...], str]:
    return {tuple(split(word)): role for role, words in load("vocabularies")["roles"].items() for word in words}


@lru_cache(maxsize=20_000)
def read(name: str) -> Header:
    """Return the reading of a column's name."""
    words = split(name)
    if not words or generated(name):
        return Header(words, None, MappingProxyType({}))
    role, rest = take_role(words)
    if SOUNDS.intersection(words):
        return Header(words, role, MappingProxyType({"code": 1.0}))
    scores: dict[str, float] = {}
    # a word of role may be a word of the meaning too: "prelev" is who samples, and when, in "dt prelev"
    for reading in {words, _dated(words), rest or words}:
        for semantic_type, score in _scores(tuple(word for word in reading if word not in FILLERS) or reading).items():
            scores[semantic_type] = max(scores.get(semantic_type, 0.0), score)
    if not scores and role is None:
        role, scores = _unglued(words)
    return Header(words, role, MappingProxyType(scores))


@cache
def _table_words() -> dict[tuple[str, ...], str]:
    return {tuple(split(word)): role for role, words in load("vocabularies")["tables"].items() for word in words}


def subject_of(table: str) -> str | None:
    """Return whose table it is by its name: the role its words tell, the longest phrase first, or None."""
    words = split(table)
    known = _table_words()
    for size in range(min(3, len(words)), 0, -1):
        found = {known[words[i : i + size]] for i in range(len(words) - size + 1) if words[i : i + size] in known}
        if found:
            # patients' contacts, patients' accounts: the more particular word says who is in it
            return next(role for role in ("relative", "account", "professional", "insured", "patient") if role in found)
    return None


def take_role(words: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """Return the role that words (of `split`) tell, and the words without those; the longest phrase first."""
    for size in range(min(3, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            role = _roles().get(words[start : start + size])
            if role:
                return role, words[:start] + words[start + size :]
    return None, words


def _scores(words: tuple[str, ...]) -> dict[str, float]:
    full, glued, short = _phrases()
    total = sum(len(word) for word in words if not word.isdigit()) or 1
    scores: dict[str, float] = {}
    for size in range(min(LONGEST, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            run = words[start : start + size]
            covered = min(1.0, sum(len(word) for word in run if not word.isdigit()) / total)
            value = 0.4 + 0.6 * covered
            for found, worth in ((full.get(run), 1.0), (glued.get("".join(run)), 1.0), (short.get(run), ABBREVIATION)):
                for semantic_type in found or ():
                    scores[semantic_type] = max(scores.get(semantic_type, 0.0), value * worth)
    return scores


def _dated_word(words: tuple[str, ...]) -> dict[str, float]:
    """Return the scores of the first word that is "date" and an event's word glued together, or nothing."""
    full, _, short = _phrases()
    for word, whole in product(DATE_WORDS, ("".join(words), *words)):
        for rest in (whole.removeprefix(word), whole.removesuffix(word)):
            found = full.get(("date", rest)) or short.get(("date", rest)) if rest != whole else None
            if found:
                return dict.fromkeys(found, ABBREVIATION)
    return {}


def _unglued(words: tuple[str, ...]) -> tuple[str | None, dict[str, float]]:
    """Read a name whose words are glued: a date's or a role's word at one end, header words for the rest."""
    _, glued, _ = _phrases()
    if found := _dated_word(words):
        return None, found
    text = "".join(words)
    for phrase, role in _roles().items():
        word = "".join(phrase)
        if len(word) < 3 or len(text) <= len(word):
            continue
        for rest in (text.removeprefix(word), text.removesuffix(word)):
            if rest != text and rest in glued:
                return role, dict.fromkeys(glued[rest], ABBREVIATION)
    for size in range(len(text) - 1, 3, -1):
        for part in (text[:size], text[-size:]):
            if part in glued:
                return None, dict.fromkeys(glued[part], 0.4 + 0.4 * size / len(text))
    return None, {}
