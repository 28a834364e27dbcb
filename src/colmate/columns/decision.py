"""From the evidence and the names to one semantic type a column: content first.

Each type gets points: what its content proves (weight of the check times the share of values that pass it) and what the
header adds. Content alone may decide; a header decides only between types that the content allows; where neither
speaks,
the column is given a generic type.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from colmate.columns.evidence import Evidence
from colmate.columns.headers import Header, only_date
from colmate.columns.recogniser import Recogniser, recognisers
from colmate.columns.shapes import SHAPES, is_text

__all__ = ["Decision", "decide_types", "layout_of"]

# what a header that names a type exactly is worth: less than a check digit, more than the look of a text
HEADER_POINTS = 32.0
# what content adds that only one meaning explains: dates over a century, postcodes that end in zero
CONTENT_POINTS = 20.0
# words such as "date" or "number" fit any column of that form: they count for half
VAGUE = frozenset(("date", "number", "code", "boolean"))
# a header counts as naming a type from this score on
NAMED = 0.45
DATES = ("birth_date", "death_date", "care_date", "date", "timestamp")
# what only records of care hold: an act, a stay, a result, a professional
CARE = frozenset(
    (
        "stay_id",
        "rpps",
        "adeli",
        "professional_name",
        "diagnosis",
        "diagnosis_code",
        "procedure_code",
        "drug",
        "drug_code",
    )
) | frozenset(("lab_test", "lab_code", "lab_result"))


@dataclass(frozen=True)
class Decision:
    """A semantic type and how sure it is, 0 to 1."""

    semantic_type: str
    confidence: float


def decide_types(evidence: Sequence[Evidence | None], headers: Sequence[Header]) -> list[Decision]:
    """Return the decision for each column, neighbours considered."""
    unnamed = not any(header.words and header.scores for header in headers)
    first = [_decide(ev, header, {}, unnamed) for ev, header in zip(evidence, headers, strict=True)]
    hints = [_hints(index, first, headers) for index in range(len(first))]
    found = [
        _decide(ev, header, hint, unnamed) if hint else before
        for ev, header, hint, before in zip(evidence, headers, hints, first, strict=True)
    ]
    event = _event(found, evidence, headers)
    if event is not None:
        found[event] = Decision("care_date", 0.6)
    return found


def _event(found: Sequence[Decision], evidence: Sequence[Evidence | None], headers: Sequence[Header]) -> int | None:
    """Return the only column of recent dates, named "date" or nothing, where records of care have no other date.

    Two such columns, or a table without a trace of care, leave it open what was done on that day.
    """
    types = [one.semantic_type for one in found]
    if "care_date" in types or not CARE.intersection(types):
        return None
    dates = [index for index, one in enumerate(types) if one in ("date", "timestamp")]
    if len(dates) != 1 or not only_date(headers[dates[0]]) or headers[dates[0]].role:
        return None
    ev = evidence[dates[0]]
    recent = ev is not None and ev.fact("year_low") >= _now() - 35 and ev.fact("year_high") <= _now()
    return dates[0] if ev is not None and recent and ev.distinct > 1 and ev.share("date") >= 0.9 else None


def _hints(index: int, types: Sequence[Decision], headers: Sequence[Header]) -> dict[str, float]:
    """Return what the neighbours suggest, as scores of a header."""
    near = {types[i].semantic_type for i in (index - 1, index + 1) if 0 <= i < len(types)}
    around = {types[i].semantic_type for i in range(max(0, index - 3), min(len(types), index + 4)) if i != index}
    hints: dict[str, float] = {}
    if headers[index].scores:
        return hints
    if near & {"city", "address"}:
        hints["postcode"] = 0.6
    if near & {"postcode", "commune_code"}:
        hints["city"] = 0.6
    if near & {"login"}:
        hints["password"] = 0.6
    if near & {"password", "password_hash"}:
        hints["login"] = 0.6
    if "first_name" in near:
        hints["last_name"] = 0.6
    if near & {"last_name", "birth_name", "used_name"}:
        hints["first_name"] = 0.6
    if around & {"professional_name", "rpps"}:
        hints["adeli"] = 0.5
    return hints


def _decide(ev: Evidence | None, header: Header, hints: dict[str, float], unnamed: bool) -> Decision:
    if ev is None or not ev.filled:
        return Decision("empty", 1.0)
    points: dict[str, float] = {}
    for semantic_type, recogniser in recognisers().items():
        score = max(header.score(semantic_type), hints.get(semantic_type, 0.0))
        points[semantic_type] = _checked(recogniser, ev, score, unnamed)
    for semantic_type, shape in SHAPES.items():
        score = max(header.score(semantic_type), hints.get(semantic_type, 0.0))
        alone = shape.alone(ev) * shape.weight
        fits = shape.fits(ev)
        named = fits * shape.weight + HEADER_POINTS * score if score >= NAMED and fits > 0 else 0.0
        points[semantic_type] = max(alone, named)
    best = max(points, key=lambda semantic_type: points[semantic_type])
    if points[best] <= 0:
        return _generic(ev)
    second = max(value for semantic_type, value in points.items() if semantic_type != best)
    return Decision(best, _confidence(points[best], second))


def _confidence(best: float, second: float) -> float:
    """Return a confidence that grows with the points and with the lead over the next type."""
    lead = (best - second) / best
    return round(min(0.99, 0.35 + 0.4 * min(1.0, best / 95) + 0.3 * min(1.0, 2 * lead)), 2)


def _checked(recogniser: Recogniser, ev: Evidence, header: float, unnamed: bool) -> float:
    """Return the points of a type that has a check."""
    share = ev.share(recogniser.semantic_type)
    limit = _plausibility(recogniser.semantic_type, ev, header, unnamed)
    if limit <= 0 and ev.fact("serial") < 0.9:
        return 0.0
    # a code that recurs passes a check digit once, whatever its number of records
    spread = ev.kind(recogniser.semantic_type) >= min(recogniser.spread, ev.distinct)
    worded = not recogniser.worded or ev.fact("size") >= 3
    alone = recogniser.alone is not None and share >= recogniser.alone and spread and worded
    if limit > 1:
        alone = True
    told = CONTENT_POINTS if limit > 1 else 0.0
    points = recogniser.weight * share + told if alone else 0.0
    if header >= NAMED and share >= recogniser.helped:
        worth = HEADER_POINTS / 2 if recogniser.semantic_type in VAGUE else HEADER_POINTS
        points = max(points, recogniser.weight * share + told + worth * header)
    if header >= NAMED and recogniser.semantic_type in ("nir", "ins"):
        # keys may be forged and digits lost: the form and the name together still say what it is meant to be
        shaped = ev.fact("nir_shape") + ev.fact("nir_damaged")
        points = max(points, (60 * shaped + HEADER_POINTS * header) if shaped >= 0.4 else 0.0)
    if header >= 0.7 and recogniser.semantic_type in DATES[:4] and ev.fact("serial") >= 0.9:
        # a spreadsheet's day numbers look like any number of five figures: only a name tells
        points = max(points, 40 + HEADER_POINTS * header)
    return points


def _plausibility(semantic_type: str, ev: Evidence, header: float, unnamed: bool) -> float:
    """Return 0 where the content forbids a type, 1 where it allows it, 2 where it is enough to decide."""
    rule = RULES.get(semantic_type)
    return rule(ev, header, unnamed) if rule else 1.0


def _now() -> int:
    return datetime.datetime.now(tz=datetime.UTC).year


def _birth(ev: Evidence, _: float, __: bool) -> float:
    low, middle, high = ev.fact("year_low"), ev.fact("year_middle"), ev.fact("year_high")
    if not low or ev.share("date") < 0.5 or high > _now() + 1 or low < 1870:
        return 0.0
    crowd = ev.distinct >= 30
    if crowd and high - low < 3:
        return 0.0
    old = crowd and high - low >= 45 and middle <= 2008 and low <= 1965
    return 2.0 if old else 1.0


def _care(ev: Evidence, header: float, unnamed: bool) -> float:
    low, high = ev.fact("year_low"), ev.fact("year_high")
    if not low or (ev.distinct >= 30 and low < 1975 and header < 0.95) or low < 1900:
        return 0.0
    recent = low >= _now() - 35 and high <= _now() + 1
    return 2.0 if unnamed and recent and ev.share("date") >= 0.7 else 1.0


def _death(ev: Evidence, _: float, __: bool) -> float:
    return 0.0 if ev.fact("year_high") > _now() + 1 else 1.0


def _phone(ev: Evidence, header: float, _: bool) -> float:
    # nine figures may be any number: without a header most have to begin as a telephone number does
    return 1.0 if header >= NAMED or ev.fact("phone_full") >= 0.3 else 0.0


def _sex(ev: Evidence, header: float, _: bool) -> float:
    # 1 and 2 code anything
    return 1.0 if header >= NAMED or ev.fact("figures") < 0.5 else 0.0


def _postcode(ev: Evidence, _: float, __: bool) -> float:
    telling = ev.share("postcode") >= 0.85 and ev.fact("round_cp") >= 0.5 and ev.distinct >= 4
    return 2.0 if telling else 1.0


def _finess(ev: Evidence, _: float, __: bool) -> float:
    telling = ev.share("finess") >= 0.9 and ev.fact("finess_form") >= 0.9 and ev.kind("finess") >= min(3, ev.distinct)
    return 2.0 if telling and ev.distinct >= 3 else 1.0


def _text_is_not_address(ev: Evidence, _: float, __: bool) -> float:
    return 0.0 if is_text(ev) and ev.share("address") < 0.5 else 1.0


RULES = {
    "birth_date": _birth,
    "care_date": _care,
    "death_date": _death,
    "phone": _phone,
    "sex": _sex,
    "postcode": _postcode,
    "finess": _finess,
    "address": _text_is_not_address,
}


def _generic(ev: Evidence) -> Decision:
    """Return the type of a column that nothing names: number, code, free text or unknown."""
    if ev.fact("serial") == 0 and ev.share("number") >= 0.9:
        coded = ev.fact("zero_led") >= 0.05 or ev.fact("size_spread") < 0.01
        return Decision("code" if coded else "number", 0.5)
    if ev.fact("one_word") >= 0.7 and ev.fact("size") <= 20:
        return Decision("code", 0.5)
    # a few notes written again and again: words all the same, and somebody's
    if ev.fact("tokens") >= 2.5 and ev.share("number") < 0.5 and ev.share("date") < 0.5:
        return Decision("free_text", 0.4)
    return Decision("unknown", 0.3)


def layout_of(ev: Evidence | None, semantic_type: str) -> str:
    """Return how the dates of a column are written; the French order where no value tells."""
    if ev is None or semantic_type not in DATES:
        return ""
    if ev.share("date") < 0.3 and ev.fact("serial") >= 0.9:
        return "serial"
    return "mdy" if ev.fact("month_first") > ev.fact("day_first") else "dmy"
