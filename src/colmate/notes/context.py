"""What the words around a cue make of it: asserted, negated or hypothetical; about whom, or by a carer.

After ConText (Harkema et al., J Biomed Inform 2009), in bounded windows of one clause, so the cost of a note is linear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from colmate.catalogue import load
from colmate.notes.cues import Match
from colmate.notes.phrases import compile_phrase, union

__all__ = ["Clause"]

# how many words a trigger reaches over: NegEx's five or six, one more for French articles
REACH = 7
REACH_AFTER = 4
# "refuse l'IVG": what is refused stands close
REACH_REFUSAL = 3
_WORD = re.compile(r"[a-z0-9+]+")
_ONLY_ZERO = re.compile(
    r"\s*[:=(]*\s*(?:-+|0|non|\(-\))\s*\)?(?=\s*(?:$|[,;|./()\"»]|vih|hiv|vh[abc]|syph))|^-+(?=\s|$)"
)
# "ne milite pas", "n'est pas": the negation stands around the cue
_BEGUN = re.compile(r"(?:^|[^a-z0-9])ne? ?'? ?$")
_PLAIN_NO = re.compile(r" (?:non|0|zero)\W*$")
_ENDED = re.compile(r"\W{0,2}(?:pas|plus|jamais|rien|guere)\b")
# what a list of denied things goes on with, of whatever kind
_GOES_ON = re.compile(r"[ ,]*(?:(?:et|ou|ni)[ ]+)?(?:d[ ']|de[ ]|ni[ ])[ ]*$")
_AGAINST = re.compile(
    r"\W*(?:de|sur|envers|chez) (?:sa|son|ses|la) "
    r"(?:mere|soeur|fille|frere|fils|enfants?|tante|cousine?|niece|neveu"
    r"|grand.mere|belle.(?:mere|soeur|fille)|petite?.fil(?:s|le))\b"
)
_OWN_PAST = re.compile(r"\b(?:ancien|ex(?! viol)|sevree?s?|s est|(?:19|20)\d\d)\b")
# the day a note was written, or a visit: not when what it speaks of was
_DATE = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d\d\b")
_OWN_KIN = re.compile(r"\b(?:sa|son|ses|leurs?)\b")
_FOUND_OUT = re.compile(r"\bdecouv\w* (?:de |d[ '])?(?:l[ae'] ?)?$")
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
_CONDITIONAL = re.compile(r"rai(?:t|ent)\b")
# "voterait", "pourraient"; wishes and nouns of the same ending are none
_CONDITIONAL_BEFORE = re.compile(
    r"\b(?!retrait|extrait|portrait|attrait|abstrait|distrait|soustrait|souhait|voudr|aimer|desirer|prefer)"
    r"[a-z]{2,}rai(?:t|ent)\b"
)
# a cue that names the kin itself: "père pendu", "mère battue", "enfants placés"
_KIN_CUE = re.compile(
    r"(?:(?:ses|les|leurs|deux|trois) )?(?:enfants|fratrie|meres?|soeurs?|filles|freres?|tante|niece|cousine)\b"
    r"(?! (?:isole|porteu|seule|celib|au foyer))"
)
_KIN_CUE_OTHER = re.compile(r"(?:peres?|fils|maris?|oncle|cousin|neveu|conjointe?|compagn(?:on|e)|epou(?:x|se))\b")
_LISTED = re.compile(r"^[ ,/+-]*(?:(?:et|ou|ni|d|de|du)\b[ ']*)*$")


@dataclass(frozen=True)
class _Words:
    """The triggers of the catalogue, compiled once."""

    negation: re.Pattern[str]
    negation_after: re.Pattern[str]
    pseudo: re.Pattern[str]
    hypothesis: re.Pattern[str]
    refusal: re.Pattern[str]
    hypothesis_after: re.Pattern[str]
    hypothesis_whole: re.Pattern[str]
    result: re.Pattern[str]
    source: re.Pattern[str]
    verb: re.Pattern[str]
    relative: re.Pattern[str]
    self: re.Pattern[str]
    other_role: re.Pattern[str]
    event: re.Pattern[str]
    owner: re.Pattern[str]
    patient: re.Pattern[str]
    breaker: re.Pattern[str]
    past: re.Pattern[str]
    past_after: re.Pattern[str]
    present: re.Pattern[str]


@cache
def _words() -> _Words:
    table = load("note_context")

    def one(section: str, key: str, tail: str = "") -> re.Pattern[str]:
        # longest first: an alternation takes the first that fits
        phrases = sorted(table[section][key], key=len, reverse=True)
        pattern = union(compile_phrase(phrase.rstrip("$").strip()) for phrase in phrases).pattern
        return re.compile(pattern + tail)

    determiner = r"[ ']*(?:(?:sa|son|ses|la|le|les|l|leur|leurs|un|une|du|de la|de l|de|des|mon|ma|nos|notre|d)[ ']+)*$"
    return _Words(
        one("negation", "before"), one("negation", "after"), one("negation", "pseudo"),
        one("hypothesis", "before"), one("hypothesis", "refusal"),
        one("hypothesis", "after"), one("hypothesis", "whole"), one("hypothesis", "result"),
        one("hearsay", "source"), one("hearsay", "verb"),
        one("relative", "any"), one("relative", "self"),
        one("relative", "other_role", determiner), one("relative", "event", determiner),
        one("relative", "owner", determiner),
        one("patient", "any"), one("breaker", "any"),
        one("past", "before"), one("past", "after"), one("past", "present"),
    )  # fmt: skip


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: "~" * len(match[0]), text)


@dataclass(frozen=True)
class Clause:
    """A stretch of a folded note without a full stop, not long; spans are the note's."""

    text: str
    start: int
    question: bool
    cues: tuple[Match, ...] = ()

    @cached_property
    def _breaks(self) -> list[tuple[int, int]]:
        return [match.span() for match in _words().breaker.finditer(self.text)]

    @cached_property
    def _outside(self) -> str:
        """The clause with its cues made unreadable: a word that belongs to a cue ("pas de porc") is no trigger."""
        return self._without([match for match in self.cues if not match.cue.weak])

    def _without(self, matches: Sequence[Match]) -> str:
        text = self.text
        for match in matches:
            low, high = match.start - self.start, min(match.end - self.start, len(self.text))
            text = text[:low] + "x" * (high - low) + text[high:]
        return text

    @cached_property
    def _relatives(self) -> list[tuple[int, int]]:
        words = _words()
        text = _not_others(self._without([match for match in self.cues if not match.cue.victim]))
        return [match.span() for match in words.relative.finditer(text)]

    def judge(self, match: Match) -> tuple[str, str, bool]:
        """Return (assertion, subject, past) of a cue of this clause."""
        start, end = match.start - self.start, match.end - self.start
        low = max((stop for _, stop in self._breaks if stop <= start), default=0)
        high = min((begin for begin, _ in self._breaks if begin >= end), default=len(self.text))
        assertion = self._assertion(match, low, high)
        own = self.text[start:end]
        if _KIN_CUE.match(own) or (not match.cue.victim and _KIN_CUE_OTHER.match(own)):
            relative = match.cue.category != "judgement"
        elif match.cue.victim:
            relative = self._relative_victim(low, match)
        else:
            relative = self._relative_before(low, match) or self._relative_after(high, match)
        subject = "relative" if relative else "carer" if match.cue.category == "judgement" else "patient"
        # what was not, or may have been, is not over
        return assertion, subject, assertion == "asserted" and self._past(match, low, high)

    def _past(self, match: Match, low: int, high: int) -> bool:
        words = _words()
        start, end = match.start - self.start, match.end - self.start
        plain = _blank(words.present, _blank(_DATE, self.text))
        if _FOUND_OUT.search(self.text, low, start):
            return False
        if self._acts(words.past, _blank(words.present, _blank(_DATE, self._outside))[low:start], match):
            return True
        if _OWN_PAST.search(self.text, start, end):
            return "depuis" not in self.text[start:end] or match.cue.phrase.source.startswith("sevr")
        found = words.past_after.search(plain, end, high)
        return found is not None and _near(plain[end : found.start()], REACH_AFTER)

    # assertion -----------------------------------------------------------------------------------------------------

    def _assertion(self, match: Match, low: int, high: int) -> str:
        words = _words()
        before, after = self._outside[low : match.start - self.start], self.text[match.end - self.start : high]
        proven = bool(words.result.match(after.lstrip(" :=('-")[:40])) or after.startswith("+")
        if match.cue.denied:
            return "negated"
        plain = _blank(words.pseudo, before)
        if self._acts(words.negation, plain, match) or self._denied_after(after, match):
            return "negated"
        if (_BEGUN.search(before) and _ENDED.match(after)) or _PLAIN_NO.match(after):
            return "negated"
        if self._hearsay(low, match.start - self.start, after):
            return "hypothetical"
        if proven:
            return "asserted"
        own = self.text[match.start - self.start : match.end - self.start]
        if match.cue.weak or _CONDITIONAL.search(own) or self._acts(words.refusal, before, match, REACH_REFUSAL):
            return "hypothetical"
        if words.hypothesis_whole.search(self.text, match.end - self.start):
            return "hypothetical"
        if self._acts(_CONDITIONAL_BEFORE, before, match):
            return "hypothetical"
        if self._acts(words.hypothesis, before, match) or self._doubted_after(after, match):
            return "hypothetical"
        return "asserted"

    def _acts(self, triggers: re.Pattern[str], before: str, match: Match, reach: int = REACH) -> bool:
        """Tell whether the last trigger before the cue reaches it: few words between, and no new item of a list."""
        ends = [trigger.end() for trigger in triggers.finditer(before)]
        if not ends:
            return False
        between = before[ends[-1] :]
        # "ne veut pas de gélatine (halal)": what stands in brackets explains
        if len(_WORD.findall(between)) > reach or "(" in between:
            return False
        comma = max(between.rfind(","), between.rfind(" et "), between.rfind(" avec "))
        if comma < 0:
            return True
        if triggers is _words().negation and _GOES_ON.match(between[comma:]):
            return True
        # "pas de VIH, VHB, VHC": the list goes on while its items are of one kind
        place = match.start - len(between)
        return any(
            other.cue.category == match.cue.category and place <= other.start < match.start for other in self.cues
        )

    def _denied_after(self, after: str, match: Match) -> bool:
        if _ONLY_ZERO.match(after):
            return True
        found = _words().negation_after.search(_blank(_words().pseudo, after))
        # "autiste non verbal": a negation that goes on denies what follows it
        if found is None or (found[0] == "non" and after[found.end() :].lstrip()[:1].isalpha()):
            return False
        # the result of a test may stand behind a comma: "dépistage VIH fait, nég"
        between = after[: found.start()].replace(",", " ") if match.cue.weak else after[: found.start()]
        return _near(between, REACH_AFTER if match.cue.weak else 2)

    def _doubted_after(self, after: str, match: Match) -> bool:
        found = _words().hypothesis_after.search(after)
        if found is not None and _near(after[: found.start()], REACH_AFTER):
            return True
        if after.lstrip(" ")[:2] in ("(?", "?"):
            return True
        rest = self.text[match.end - self.start :]
        return self.question and "," not in rest and len(_WORD.findall(rest)) <= REACH_AFTER + 2

    def _hearsay(self, low: int, cue: int, after: str) -> bool:
        words = _words()
        # what follows another statement is not about this one: "catholique, serait lesbienne d'après sa mère"
        own = after.split(",")[0] if len(self.cues) > 1 else after
        if words.source.search(self.text, low, cue) or words.source.search(own[:60]):
            return True
        spoken = (end for start, end in self._relatives if low <= start and end <= cue)
        return any(words.verb.match(self.text, _skip(self.text, end)) for end in spoken)

    # experiencer ---------------------------------------------------------------------------------------------------

    def _relative_before(self, low: int, match: Match) -> bool:
        words = _words()
        cue = match.start - self.start
        candidates = [span for span in self._relatives if low <= span[0] and span[1] <= cue]
        if not candidates:
            return False
        start, end = candidates[-1]
        lead, between = self.text[low:start], self.text[end:cue]
        described = re.match(r"\W*qui\b", between) or re.search(r"\ba (?:une?|deux|trois|\d) $", lead)
        if described and "," not in between and len(_WORD.findall(between)) <= REACH:
            return not words.verb.match(self.text, _skip(self.text, end))
        if words.patient.search(between) or len(_WORD.findall(between)) > REACH:
            return False
        if words.source.search(lead[-30:]) or words.verb.match(self.text, _skip(self.text, end)):
            return False
        if _tail(words.event, lead):
            return bool(re.match(r"\W*(?:par|d un|d une|des suites|sur|suite)\b", between))
        if _tail(words.other_role, lead) and between.strip():
            return False
        if "," not in between or _ILL.match(between):
            return True
        # after a comma the relative goes on only in a bare list: "frère schizophrène, toxicomane"
        inside = [other for other in self.cues if start < other.start - self.start < cue]
        return bool(inside) and bool(_LISTED.match(self.text[inside[-1].end - self.start : cue]))

    def _relative_after(self, high: int, match: Match) -> bool:
        words = _words()
        end = match.end - self.start
        candidates = [span for span in self._relatives if end <= span[0] < high]
        if not candidates:
            return False
        start, stop = candidates[0]
        between = self.text[end:start]
        if "," in between or len(_WORD.findall(between)) > REACH_AFTER:
            return False
        if words.source.search(between) or words.verb.match(self.text, _skip(self.text, stop)):
            return False
        owner = _tail(words.owner, between)
        if owner:
            word, distance = owner[0].split()[0], len(_WORD.findall(between[: owner.start()]))
            return word in ("chez", "cote") or (
                word not in ("par", "dans") and (distance == 0 or (distance <= 2 and bool(_OWN_KIN.search(owner[0]))))
            ) or (
                word == "dans" and self.text[start:stop].startswith("fam")
            )  # fmt: skip
        bare = not self.text[stop : stop + 1].strip() or self.text[stop] in ',;.)/»"'
        alone = not re.search(r"\b(?:avec|par|a|pour|contre|sans|depuis|apres|devant|sur)\b", between)
        ends = not _WORD.match(self.text[stop:].lstrip())
        return bare and alone and ends and not _tail(words.other_role, between)

    def _relative_victim(self, low: int, match: Match) -> bool:
        """A relative is the victim only where the sentence says so: "mère battue", "sœur victime de viol"."""
        cue = match.start - self.start
        after = self.text[match.end - self.start :]
        if _WITH_KIN.match(after) or _FAMILY.search(self.text, low, cue):
            return True
        candidates = [span for span in self._relatives if low <= span[0] and span[1] <= cue]
        if not candidates:
            return bool(_AGAINST.match(after))
        start, end = candidates[-1]
        between = self.text[end:cue]
        if re.match(r"\W*qui(?: (?:est|a|a ete|etait|fut|vit|subit|se fait|s est fait|prend|a subi))? ?\W*$", between):
            return True
        passive = re.match(
            r"\W*(?:(?:a ete|est|etait|fut|a subi|subit|victimes?|avait ete|s est fait|se fait|suivie?|en)"
            r" ?(?:de|d|par)?\W*)?$",
            between,
        )
        author = re.match(r"(?:violents?\b|violeur|frappe|maltraitant|menace)", self.text[cue:])
        return bool(passive) and not author and not _tail(_words().other_role, self.text[low:start])


def _not_others(text: str) -> str:
    """Blank what makes the patient a kin word ("jeune fille"), but not somebody's: "sa fille de 15 ans"."""
    for match in reversed(list(_words().self.finditer(text))):
        if "-" not in match[0] and not re.search(r"\b(?:sa|ses|leurs?|notre) $", text[: match.start()][-8:]):
            text = text[: match.start()] + "~" * len(match[0]) + text[match.end() :]
    return text


def _near(text: str, words: int) -> bool:
    return "," not in text and len(_WORD.findall(text)) <= words


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in " '":
        place += 1
    return place


def _tail(pattern: re.Pattern[str], lead: str) -> re.Match[str] | None:
    """Search a pattern that is anchored at the end, in the last words only."""
    cut = max(0, len(lead) - 40)
    return pattern.search(lead, cut)
