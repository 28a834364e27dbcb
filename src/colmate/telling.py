"""Explanations as lines of text and as JSON, in either language."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from colmate.explanation import Explanation, Group
from colmate.report.labels import label
from colmate.report.words import Words, words
from colmate.subjects import Met, Tie

__all__ = ["explanation_json", "explanation_lines", "group_lines", "groups_json"]


def explanation_lines(found: Explanation, lang: str) -> Iterator[str]:
    """The records, the links with the weight of each trait, what was kept apart, what is in doubt."""
    text, why = words(lang), found.why
    yield text("explain.person", person=why.person, records=text.count("records", len(why.records)))
    for met in why.records:
        yield "  " + _met(found, met, text)
    for title, ties in (("explain.links", why.links), ("explain.apart", why.apart)):
        if ties:
            yield text(title)
            for tie in ties:
                yield from _tie(found, tie, text)
    if why.doubts:
        yield text("explain.doubts")
        for reason, probability in why.doubts:
            yield f"  {_reason(reason, probability, text)}"


def group_lines(found: Sequence[Group], lang: str) -> Iterator[str]:
    """One line a group: why it should be looked at, and the numbers of its persons."""
    text = words(lang)
    for group in found:
        persons = " ".join(str(person) for person in group.persons)
        yield f"{group.reason:<12} {_reason(group.reason, group.probability, text)}: {persons}"


def _place(found: Explanation, place: tuple[int, int]) -> str:
    return f"{label(found.tables.get(place[0], str(place[0])))} {place[1]}"


def _met(found: Explanation, met: Met, text: Words) -> str:
    how = text(f"explain.{met.how}", source=_place(found, met.source) if met.source else "")
    return f"{_place(found, (met.table, met.record))} · {text(f'role_short.{met.role}')} · {how}"


def _tie(found: Explanation, tie: Tie, text: Words) -> Iterator[str]:
    chance = f"{text.number(100 * tie.probability, 2)}{text.texts['format.percent']}"
    ends = f"{_place(found, tie.left)} – {_place(found, tie.right)}"
    if tie.person is not None:
        ends += f" ({text('explain.other', person=tie.person, reason=text(f'review.{tie.reason}'))})"
    yield f"  {ends}"
    prior = text("explain.prior_local" if "local" in tie.rules else "explain.prior")
    yield f"    {text.number(tie.prior, 2):>8}  {prior}"
    for trait in tie.traits:
        level = trait.level_fr if text.lang == "fr" else trait.level
        yield f"    {text.number(trait.weight, 2):>8}  {text(f'explain.trait_{trait.trait}')}: {level}"
    yield f"    {text.number(tie.total, 2):>8}  {text('explain.total', probability=chance)}"


def _reason(reason: str, probability: float | None, text: Words) -> str:
    told = text(f"review.{reason}")
    return (
        told if probability is None else f"{told} ({text.number(100 * probability, 1)}{text.texts['format.percent']})"
    )


def explanation_json(found: Explanation) -> str:
    """Everything of the explanation; weights are logarithms (base 2) of Bayes factors."""
    why = found.why

    def place(at: tuple[int, int] | None) -> dict[str, Any] | None:
        return None if at is None else {"table": found.tables.get(at[0], str(at[0])), "record": at[1]}

    def tie(one: Tie) -> dict[str, Any]:
        return {
            "left": place(one.left), "right": place(one.right), "rules": list(one.rules), "prior": one.prior,
            "traits": [
                {"trait": trait.trait, "level": trait.level, "weight": round(trait.weight, 4)} for trait in one.traits
            ],
            "total": round(one.total, 4), "probability": one.probability,
            **({"person": one.person, "reason": one.reason} if one.person is not None else {}),
        }  # fmt: skip

    records = [
        {**(place((met.table, met.record)) or {}), "role": met.role, "how": met.how, "source": place(met.source)}
        for met in why.records
    ]
    doubts = [{"reason": reason, "probability": probability} for reason, probability in why.doubts]
    return _dumped({
        "person": why.person, "records": records, "links": [tie(one) for one in why.links],
        "apart": [tie(one) for one in why.apart], "doubts": doubts,
    })  # fmt: skip


def groups_json(found: Sequence[Group]) -> str:
    """The groups as a list of objects."""
    return _dumped(
        [{"reason": group.reason, "persons": list(group.persons), "probability": group.probability} for group in found]
    )


def _dumped(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
