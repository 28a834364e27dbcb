"""Which format a content is in: by the content alone, or as the user says; a name's ending decides nothing."""

from __future__ import annotations

from typing import Final

from colmate.errors import UsageError
from colmate.intake.accounting import Account
from colmate.intake.readers import formats
from colmate.intake.reading import CERTAIN, FALLBACK, LIKELY, POSSIBLE, Format, Head, Options

__all__ = ["DELIMITED", "choose", "known_formats"]

DELIMITED: Final = "csv"
# what is opened whatever format is asked for: the question is about what is inside
CONTAINERS: Final = ("zip", "7z", "tar")


def known_formats() -> tuple[str, ...]:
    """Return the ids that ``--format`` takes."""
    return tuple(sorted({DELIMITED, *(one.id for one in formats())}))


def choose(head: Head, options: Options, account: Account) -> Format | None:
    """Return the format to read a content in, None for delimited text; what else it might be is noted.

    Raises `UsageError` when the format asked for is not known.
    """
    claims = sorted(((one.sniff(head), one) for one in formats()), key=lambda claim: -claim[0])
    claims = [(score, one) for score, one in claims if score > FALLBACK]
    best = claims[0][1] if claims else None
    if options.format and not (best and best.id in CONTAINERS):
        return _asked(options.format, best, account)
    if options.layout and not (best and claims[0][0] >= LIKELY):
        return _asked("fixed", best, account)
    if options.delimiter and best and claims[0][0] < LIKELY:
        # who names a delimiter says that the text has one
        return _asked(DELIMITED, best, account)
    if best is not None:
        account.note(_why(claims[0][0]))
        others = {one.id for score, one in claims[1:] if score >= POSSIBLE and one.id != best.id}
        for other in sorted(others):
            account.note(f"could_be_{other}")
    return best


def _asked(form: str, best: Format | None, account: Account) -> Format | None:
    account.note("format_as_asked")
    if best is not None and best.id != form:
        account.note(f"could_be_{best.id}")
    if form == DELIMITED:
        return None
    for one in formats():
        if one.id == form:
            return one
    raise UsageError(f"format {form!r} is not known: choose one of {', '.join(known_formats())}")


def _why(score: float) -> str:
    if score >= CERTAIN:
        return "format_by_signature"
    return "format_by_structure" if score >= LIKELY else "format_by_fit"
