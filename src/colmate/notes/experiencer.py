"""About whom a cue is: the patient, or a relative named around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from colmate.notes.cues import Match
from colmate.notes.triggers import REACH, REACH_AFTER, WORD, skip, tail, triggers

__all__ = ["ClauseLike", "about_a_relative", "not_others"]

_AGAINST = re.compile(
    r"\W*(?:de|sur|envers|chez) (?:sa|son|ses|la) "
    r"(?:mere|soeur|fille|frere|fils|enfants?|tante|cousine?|niece|neveu"
    r"|grand.mere|belle.(?:mere|soeur|fille)|petite?.fil(?:s|le))\b"
)
# "sa sœur à l'hôpital, épilepsie"
_ILL = re.compile(
    r"\W*(?:est |a ete )?(?:a l[ ']hopital|hospi\w*|suivie?|malade|traitee?|operee?)"
    r"(?: (?:pour|de|d|par))?\W*$"
)
_WITH_KIN = re.compile(
    r"\W*(?:\w+ ){0,3}?(?:aussi |peut etre )?(?:chez|cote) (?:l[ae] |l'|sa |son |ses |leur )?"
    r"(?!(?:patient|elle|lui)\b)[a-z]"
)
_FAMILY = re.compile(r"\b(?:fam|famil[a-z]*|heredite)\W+(?:\w+ ?'?\W?){0,3}$")
# a cue that names the kin itself: "père pendu", "mère battue", "enfants placés"
_KIN_CUE = re.compile(
    r"(?:(?:ses|les|leurs|deux|trois) )?(?:enfants|fratrie|meres?|soeurs?|filles|freres?|tante|niece|cousine)\b"
    r"(?! (?:isole|porteu|seule|celib|au foyer))|fils(?= (?:\w+ ){0,2}placee?s?\b)"
)
_KIN_CUE_OTHER = re.compile(
    r"(?:son |mon |le )?(?:peres?|fils|maris?|oncle|cousin|neveu|conjointe?|compagn(?:on|e)|epou(?:x|se))\b"
)
_WHO_SUFFERS = re.compile(r"\W*qui(?: (?:est|a|a ete|etait|fut|vit|subit|se fait|s est fait|prend|a subi))? ?\W*$")
_SUFFERS = re.compile(
    r"\W*(?:(?:a ete|est|etait|fut|a subi|subit|victimes?|avait ete|s est fait|se fait|suivie?|en)"
    r" ?(?:de|d|par)?\W*)?$"
)
_LISTED = re.compile(r"^[ ,/+-]*(?:(?:et|ou|ni|d|de|du)\b[ ']*)*$")
_OWN_KIN = re.compile(r"\b(?:sa|son|ses|leurs?)\b")


class ClauseLike(Protocol):
    """A clause: its folded text, its place in the note, its cues, and where words of kin stand in it."""

    @property
    def text(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def cues(self) -> tuple[Match, ...]: ...
    @property
    def relatives(self) -> Sequence[tuple[int, int]]: ...


def about_a_relative(clause: ClauseLike, match: Match, low: int, high: int) -> str:
    """Return the words that name the relative whom a cue of ``clause[low:high]`` is about; "" where it is the patient.

    Of a judgement: who is judged.
    """
    own = clause.text[match.start - clause.start : match.end - clause.start]
    if named := _KIN_CUE.match(own) or (None if match.cue.victim else _KIN_CUE_OTHER.match(own)):
        return "" if match.cue.category == "judgement" else named[0]
    if match.cue.victim:
        return _victim(clause, low, match)
    if (before := _nearest_before(clause, low, match)) and _before(clause, low, match, before):
        return clause.text[slice(*before)]
    if (after := _nearest_after(clause, high, match)) and _after(clause, match, after):
        return clause.text[slice(*after)]
    return ""


def _nearest_before(clause: ClauseLike, low: int, match: Match) -> tuple[int, int] | None:
    cue = match.start - clause.start
    return next((span for span in reversed(clause.relatives) if low <= span[0] and span[1] <= cue), None)


def _nearest_after(clause: ClauseLike, high: int, match: Match) -> tuple[int, int] | None:
    end = match.end - clause.start
    return next((span for span in clause.relatives if end <= span[0] < high), None)


def _before(clause: ClauseLike, low: int, match: Match, relative: tuple[int, int]) -> bool:
    words = triggers()
    cue = match.start - clause.start
    start, end = relative
    lead, between = clause.text[low:start], clause.text[end:cue]
    described = re.match(r"\W*qui\b", between) or re.search(r"\ba (?:une?|deux|trois|\d) $", lead)
    if described and "," not in between and len(WORD.findall(between)) <= REACH:
        return not words.verb.match(clause.text, skip(clause.text, end))
    if words.patient.search(between) or len(WORD.findall(between)) > REACH:
        return False
    if _spoken_before(clause, low, start) or words.verb.match(clause.text, skip(clause.text, end)):
        return False
    if tail(words.event, lead):
        return bool(re.match(r"\W*(?:par|d un|d une|des suites|sur|suite)\b", between))
    if tail(words.other_role, lead) and between.strip():
        return False
    if "," not in between or _ILL.match(between):
        return True
    # after a comma the relative goes on only in a bare list: "frère schizophrène, toxicomane"
    inside = [other for other in clause.cues if start < other.start - clause.start < cue]
    return bool(inside) and bool(_LISTED.match(clause.text[inside[-1].end - clause.start : cue]))


def _spoken_before(clause: ClauseLike, low: int, start: int) -> bool:
    """Tell whether the relative at ``start`` is whose words are told; not "selon sa mère son frère boit"."""
    heard = [found.end() for found in triggers().source.finditer(clause.text, max(low, start - 30), start)]
    return bool(heard) and not any(heard[-1] <= span[0] and span[1] < start for span in clause.relatives)


def _after(clause: ClauseLike, match: Match, relative: tuple[int, int]) -> bool:
    words = triggers()
    start, stop = relative
    between = clause.text[match.end - clause.start : start]
    owner = tail(words.owner, between)
    # "chez" can only name who has it
    reach = REACH if owner and owner[0].startswith("chez") else REACH_AFTER
    if "," in between or len(WORD.findall(between)) > reach:
        return False
    if words.source.search(between) or words.verb.match(clause.text, skip(clause.text, stop)):
        return False
    if owner:
        word, distance = owner[0].split()[0], len(WORD.findall(between[: owner.start()]))
        return word in ("chez", "cote") or (
            word not in ("par", "dans") and (distance == 0 or (distance <= 2 and bool(_OWN_KIN.search(owner[0]))))
        ) or (
            word == "dans" and clause.text[start:stop].startswith("fam")
        )  # fmt: skip
    bare = not clause.text[stop : stop + 1].strip() or clause.text[stop] in ',;.)/»"'
    alone = not re.search(r"\b(?:avec|par|a|pour|contre|sans|depuis|apres|devant|sur)\b", between)
    ends = not WORD.match(clause.text[stop:].lstrip())
    return bare and alone and ends and not tail(words.other_role, between)


def _victim(clause: ClauseLike, low: int, match: Match) -> str:
    """Name the relative who is the victim, only where the sentence says so: "mère battue", "sœur victime de viol"."""
    cue = match.start - clause.start
    after = clause.text[match.end - clause.start :]
    if with_kin := _WITH_KIN.match(after):
        return after[with_kin.end() - 1 :][:16]
    if family := _FAMILY.search(clause.text, low, cue):
        return family[0]
    relative = _nearest_before(clause, low, match)
    if relative is None:
        against = _AGAINST.match(after)
        return against[0] if against else ""
    start, end = relative
    own, between = clause.text[start:end], clause.text[end:cue]
    if _WHO_SUFFERS.match(between):
        return own
    author = re.match(r"(?:violents?\b|violeur|frappe|maltraitant|menace)", clause.text[cue:])
    acts = author or tail(triggers().other_role, clause.text[low:start])
    return "" if acts or not _SUFFERS.match(between) else own


def not_others(text: str) -> str:
    """Blank what makes the patient a kin word ("jeune fille"), but not somebody's: "sa fille de 15 ans"."""
    for match in reversed(list(triggers().self.finditer(text))):
        if "-" not in match[0] and not re.search(r"\b(?:sa|ses|leurs?|notre) $", text[: match.start()][-8:]):
            text = text[: match.start()] + "~" * len(match[0]) + text[match.end() :]
    return text
