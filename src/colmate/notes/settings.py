"""Cues that speak of nobody's life: a surname behind its title, the place where somebody works, a notice or a training.

The phrases are the catalogue's (``note_context.toml``); only what the eye sees in the original, capitals, is here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from colmate.catalogue import load
from colmate.notes.cues import Match
from colmate.notes.folding import Folded
from colmate.notes.phrases import compile_phrase, union

__all__ = ["disclosing"]

# how many words behind it a notice or a workplace colours
REACH = 7
_WORD = re.compile(r"[a-z0-9]+")
_END = re.compile(r"[;\n|?!]|\.(?=\s|$)")
_COMMA = re.compile(r"[,;\n|?!/]|\.(?=\s|$)| - ")
# "sida : brochure à commander": what a notice is about may stand before it
_NAMED = re.compile(r"(?:(?<=[.;\n|/])|^|(?<= - ))[a-z ']{2,40} ?: ?(?:des |la |les |une? )?$")
_TITLE = re.compile(
    r"\b(?:M|Mr|MM|Mme|Mmes|Mlle|Melle|Dr|Docteur|Pr|Prof|Ma[iî]tre|Madame|Monsieur|[Ff]amille|[Ee]poux|n[ée]e?)"
    r"\.?\s+(?:[A-ZÉÈ][\w'’-]*[\s-]+){0,2}$"
)
_SURNAME = re.compile(r"[A-ZÉÈ][a-zà-ÿ'’-]{2,}|[A-ZÉÈ'’-]{5,}")


# "LFI = laboratoire": an abbreviation that is explained stands for the explanation, unless that is a result
_EXPLAINED = re.compile(r" ?= ?(?!pos|neg|oui|non\b|ok\b|ras\b|norm|ind)(?:l[ea']s? ?)?[a-z]{4,}")
_SHORT = re.compile(r"[A-Z]{2,6}")
# "Heureux-Cocu": a capital on both sides of a hyphen is a double name; diseases are named so too, and stay
_DOUBLE = re.compile(r"[A-ZÉÈ][\w'’]+-$")
_DOUBLED = re.compile(r"-[A-ZÉÈ]\w")
_NAMES = frozenset(
    ("religion", "ethnic_origin", "politics_union", "sexual_life", "criminal", "judgement", "violence_abuse")
)
# an insult between quotation marks is told, not made, where the note says that somebody spoke
_QUOTED = re.compile(r"[«\"“][^«»\"“”]{2,120}[»\"”]")
_SPOKE = re.compile(
    r"\b(?:selon|dixit|d apres|di[st]|disait|disant|crie|a-t-(?:il|elle)|insult\w+|traite\w*|appell\w+|hurl\w+"
    r"|ecri[ts]|trouve|qualifi\w+|parle\w* de|repond\w*|lance|menac\w+|propos|mots?)\b"
)


def disclosing(text: str, folded: Folded, matches: Sequence[Match]) -> list[Match]:
    """Return the cues (in order) that stand for what they mean, not for a name, a job or a notice."""
    covered = _merged(_covered(folded.text)) if matches else []
    starts = [start for start, _ in covered]
    mixed = any(character.islower() for character in text)
    return [
        match
        for match in matches
        if not ((place := bisect_right(starts, match.start)) and match.start < covered[place - 1][1])
        and not (mixed and _is_name(text, *folded.span(match.start, match.end)))
        and not _is_explained(text, folded, match)
        and not (mixed and match.cue.category in _NAMES and _is_double(text, *folded.span(match.start, match.end)))
        and not (match.cue.category == "judgement" and _is_anothers(folded.text, match))
        and not _is_staffs(folded.text, match)
    ]


def _is_anothers(folded: str, match: Match) -> bool:
    return _is_quoted(folded, match) or _is_another(folded, match)


def _is_another(folded: str, match: Match) -> bool:
    """Tell whether somebody who is no patient is judged: the word for him opens the statement, the cue follows."""
    before = _colleague().finditer(folded, max(0, match.start - 80), match.start)
    return any(found.end() == match.start for found in before)


@cache
def _colleague() -> re.Pattern[str]:
    words = "|".join(compile_phrase(phrase).pattern for phrase in load("note_context")["setting"]["colleague"])
    return re.compile(
        rf"(?:^|(?<=[.,;\n|/(-]) ?)(?:{words}) (?:(?:est|etait|vraiment|tres|trop|assez|plutot|toujours) )*"
    )


def _is_staffs(folded: str, match: Match) -> bool:
    """Tell whether what is said is said of staff: "la secrétaire est enceinte", "collègue en burn out"."""
    before = _staff().finditer(folded, max(0, match.start - 80), match.start)
    return any(found.end() == match.start for found in before)


@cache
def _staff() -> re.Pattern[str]:
    table = load("note_context")["setting"]
    staff, links = (union(compile_phrase(phrase) for phrase in table[key]).pattern for key in ("staff", "links"))
    return re.compile(rf"{staff} (?:{links} ?'?)*")


def _is_explained(text: str, folded: Folded, match: Match) -> bool:
    start, end = folded.span(match.start, match.end)
    return bool(_SHORT.fullmatch(text, start, end)) and bool(_EXPLAINED.match(folded.text, match.end))


def _is_double(text: str, start: int, end: int) -> bool:
    before, after = _DOUBLE.search(text, max(0, start - 20), start), _DOUBLED.match(text, end)
    return text[start].isupper() and bool(before or after)


def _is_quoted(folded: str, match: Match) -> bool:
    low, high = max(0, match.start - 120), match.end + 120
    quotes = (quote.span() for quote in _QUOTED.finditer(folded, low, high))
    inside = next((span for span in quotes if span[0] < match.start and match.end < span[1]), None)
    return inside is not None and bool(_SPOKE.search(f"{folded[low : inside[0]]} {folded[inside[1] : high]}"))


def _merged(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return stretches that do not overlap, in order: asked by bisection, so a hostile note costs no more."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _is_name(text: str, start: int, end: int) -> bool:
    """Tell whether the words are a surname: capitalised behind a title ("Mme Sida", but not "Mme enceinte")."""
    return bool(_SURNAME.match(text, start, end)) and bool(_TITLE.search(text, max(0, start - 40), start))


@cache
def _settings() -> tuple[re.Pattern[str], ...]:
    table = load("note_context")["setting"]
    notice, job, work = (
        union(compile_phrase(phrase) for phrase in table[key]).pattern for key in ("notice", "job", "work")
    )
    opening = union(compile_phrase(phrase) for phrase in table["opening"]).pattern
    opened = r"(?:^|(?<=[.;\n|/:-] )|(?<=[.;\n|/]))\W*"
    lead = f"{opened}(?:(?:est|patiente?|profession|metier|ancienn?e?|ex|travaille comme) )*"
    return (
        re.compile(notice),
        re.compile(f"{lead}{opening}"),
        re.compile(f"{lead}{job} +(?:en|aux?|a|a la|a l'|dans|dans une?|chez|aupres) "),
        re.compile(work),
    )


def _covered(folded: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches that a setting colours: from it over a few words, to the end of its sentence."""
    notice, opening, job, work = _settings()
    for pattern, ends in ((notice, _END), (opening, _END), (job, _COMMA), (work, _COMMA)):
        for found in pattern.finditer(folded):
            if pattern is notice and (named := _NAMED.search(folded, max(0, found.start() - 60), found.start())):
                yield named.span()
            words = [word.end() for word in _WORD.finditer(folded, found.end(), found.end() + 200)]
            last = words[min(REACH, len(words)) - 1] if words else found.end()
            stop = ends.search(folded, found.end(), last)
            yield found.start(), stop.start() if stop else last
