"""What the words around a cue make of it: asserted, negated or hypothetical; about whom, or by a carer.

After ConText (Harkema et al., J Biomed Inform 2009), in bounded windows of one clause, so the cost of a note is linear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from colmate.notes.cues import Match
from colmate.notes.experiencer import about_a_relative, not_others
from colmate.notes.triggers import REACH, REACH_AFTER, WORD, near, skip, triggers

__all__ = ["Clause"]

# "refuse l'IVG": what is refused stands close
REACH_REFUSAL = 3
_ONLY_ZERO = re.compile(
    r"\s*[:=(]*\s*(?:-+|0(?![.,]\d)|non|\(-\))\s*\)?(?=\s*(?:$|[,;|./()\"»]|vih|hiv|vh[abc]|syph))|^-+(?=\s|$)"
)
# "ne milite pas", "n'est pas": the negation stands around the cue
_BEGUN = re.compile(r"(?:^|[^a-z0-9])ne? ?'? ?$")
_PLAIN_NO = re.compile(r" (?:non|0|zero)\W*$")
_ENDED = re.compile(r"\W{0,2}(?:pas|plus|jamais|rien|guere)\b")
# what a list of denied things goes on with, of whatever kind
_GOES_ON = re.compile(r"[ ,]*(?:(?:et|ou|ni)[ ]+)?(?:d[ ']|de[ ]|ni[ ])[ ]*$")
# "battue par son ex" tells whose former partner, not when
_OWN_PAST = re.compile(r"\b(?:ancien|(?<!son )(?<!un )(?<![ld][ '])ex(?! viol)|sevree?s?|s est|(?:19|20)\d\d)\b")
# the day a note was written, or a visit: not when what it speaks of was
_DATE = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d\d\b")
_LOOKED_FOR = re.compile(r" (?:a l[a' ]|au |aux |sur l[ae']|en )[^,]*,")
_FOUND_OUT = re.compile(r"\bdecouv\w* (?:de |d[ '])?(?:l[ae'] ?)?$")
# "mélanome 0,8 mm": no zero, no end of a statement
_DECIMAL = re.compile(r"\b\d+[.,]\d+\b")
# "pas de ski cet hiver : broche": what follows a colon is told, but for "pas d'antécédent : diabète, HTA"
_TOLD = re.compile(
    r"[a-z0-9+](?<!atcd)(?<!atcds)(?<!antecedent)(?<!antecedents)(?<!notion)(?<!signe)(?<!signes)"
    r"(?<!suivant)(?<!suivants)(?<!allergie)(?<!allergies)(?<!plus)(?<!pas)(?<!ni) ?: ?[a-z]"
)
# what the patient says of himself, or the writer says, is no hearsay
_OWN_WORDS = re.compile(
    r"\b(?:selon|d[ ']?apres|dixit)[ ']+(?:lui|elle|moi|nous|l'interessee?|(?:l[ea] )?patiente?)"
    r"(?:[ -]memes?)?\b(?! et)"
)
# "voterait", "pourraient"; nouns of the same ending are none, nor are wishes before a cue
_NO_VERBS = "retrait|extrait|portrait|attrait|abstrait|distrait|soustrait"
_CONDITIONAL = re.compile(rf"\b(?!{_NO_VERBS})[a-z]{{2,}}rai(?:t|ent)\b")
_CONDITIONAL_BEFORE = re.compile(rf"\b(?!{_NO_VERBS}|souhait|voudr|aimer|desirer|prefer)[a-z]{{2,}}rai(?:t|ent)\b")
# "OH ++ ?": how much is asked, so whether is
_ASKED = re.compile(r"[ +]*\?")
# what stands behind "after", "before", "at 16 weeks" is taken for granted: "pas de reprise après le congé maternité"
_GRANTED = re.compile(
    r"\b(?<!\bd[ '])(?:avant|apres|depuis|pendant|durant|lors d[eu']?|jusqu ?'?(?:a|au))"
    r"[ ']+(?:(?:l[ae]s?|l|les|son|sa|ses|leurs?|cette|une?|du|des|d|de)[ ']+)*$"
)
_AT = re.compile(r"\b(?:a|vers|des)[ ]+$")


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
        return [match.span() for match in triggers().breaker.finditer(self.text)]

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
    def relatives(self) -> list[tuple[int, int]]:
        """Where words of kin stand in the clause."""
        text = not_others(self._without([match for match in self.cues if not match.cue.victim]))
        return [match.span() for match in triggers().relative.finditer(text)]

    def judge(self, match: Match) -> tuple[str, str, bool, str]:
        """Return (assertion, subject, past, words for the relative or "") of a cue of this clause."""
        start, end = match.start - self.start, match.end - self.start
        low = max((stop for _, stop in self._breaks if stop <= start), default=0)
        high = min((begin for begin, _ in self._breaks if begin >= end), default=len(self.text))
        assertion = self._assertion(match, low, high)
        relative = about_a_relative(self, match, low, high)
        subject = "relative" if relative else "carer" if match.cue.category == "judgement" else "patient"
        # what was not, or may have been, is not over
        return assertion, subject, assertion == "asserted" and self._past(match, low, high), relative

    def _past(self, match: Match, low: int, high: int) -> bool:
        words = triggers()
        start, end = match.start - self.start, match.end - self.start
        plain = _blank(words.present, _blank(_DATE, self.text))
        if _FOUND_OUT.search(self.text, low, start):
            return False
        if self._acts(words.past, _blank(words.present, _blank(_DATE, self._outside))[low:start], match):
            return True
        if _OWN_PAST.search(self.text, start, end):
            return "depuis" not in self.text[start:end] or match.cue.phrase.source.startswith("sevr")
        found = words.past_after.search(plain, end, high)
        return found is not None and near(plain[end : found.start()], REACH_AFTER)

    # assertion -----------------------------------------------------------------------------------------------------

    def _assertion(self, match: Match, low: int, high: int) -> str:
        words = triggers()
        before = _blank(_DECIMAL, self._lead(match, low))
        after = _blank(_DECIMAL, self.text[match.end - self.start : high])
        proven = bool(words.result.match(after.lstrip(" :=('-")[:40])) or after.startswith("+")
        proven = proven and not _ASKED.match(after)
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

    def _lead(self, match: Match, low: int) -> str:
        """Return what stands before a cue and may act on it: nothing where the cue is taken for granted."""
        cue = match.start - self.start
        before = self._outside[low:cue]
        return "" if _GRANTED.search(before) or (_AT.search(before) and self.text[cue].isdigit()) else before

    def _acts(self, pattern: re.Pattern[str], before: str, match: Match, reach: int = REACH) -> bool:
        """Tell whether the last trigger before the cue reaches it: few words between, and no new item of a list."""
        ends = [trigger.end() for trigger in pattern.finditer(before)]
        if not ends:
            return False
        between = before[ends[-1] :]
        # "ne veut pas de gélatine (halal)": what stands in brackets explains
        if len(WORD.findall(between)) > reach or "(" in between:
            return False
        if pattern is triggers().negation and _TOLD.search(between + "x"):
            return False
        comma = max(between.rfind(","), between.rfind(" et "), between.rfind(" avec "))
        if comma < 0:
            return True
        if pattern is triggers().negation and _GOES_ON.match(between[comma:]):
            return True
        # "pas de VIH, VHB, VHC": the list goes on while its items are of one kind
        place = match.start - len(between)
        items = [
            each for each in self.cues if each.cue.category == match.cue.category and place <= each.start < match.start
        ]
        if not items or pattern is not triggers().negation:
            return bool(items)
        # "pas de fracture à la radio, entorse": what was looked for is told, then what was found
        return not _LOOKED_FOR.match(self.text, items[-1].end - self.start, match.start - self.start)

    def _denied_after(self, after: str, match: Match) -> bool:
        if _ONLY_ZERO.match(after):
            return True
        found = triggers().negation_after.search(_blank(triggers().pseudo, after))
        # "autiste non verbal": a negation that goes on denies what follows it
        if found is None or (found[0] == "non" and after[found.end() :].lstrip()[:1].isalpha()):
            return False
        # the result of a test may stand behind a comma: "dépistage VIH fait, nég"
        between = after[: found.start()].replace(",", " ") if match.cue.weak else after[: found.start()]
        return near(between, REACH_AFTER if match.cue.weak else 2)

    def _doubted_after(self, after: str, match: Match) -> bool:
        found = triggers().hypothesis_after.search(after)
        if found is not None and near(after[: found.start()], REACH_AFTER):
            return True
        if after.lstrip(" ")[:2] in ("(?", "?"):
            return True
        rest = self.text[match.end - self.start :]
        return self.question and "," not in rest and len(WORD.findall(rest)) <= REACH_AFTER + 2

    def _hearsay(self, low: int, cue: int, after: str) -> bool:
        words = triggers()
        # what follows another statement is not about this one: "catholique, serait lesbienne d'après sa mère"
        own = _blank(_OWN_WORDS, after.split(",")[0] if len(self.cues) > 1 else after)
        if words.source.search(_blank(_OWN_WORDS, self.text), low, cue) or words.source.search(own[:60]):
            return True
        spoken = (end for start, end in self.relatives if low <= start and end <= cue)
        return any(words.verb.match(self.text, skip(self.text, end)) for end in spoken)
