"""In a large file, what two profiles with one key must have in common besides, before they are compared.

Chance makes pairs as the square of the profiles: among sixteen million, names and year of birth bring together seven
strangers for each pair of one person. What is looked at here is what a slip leaves alone in the trait that the key
leaves out: a date with one part wrong or two exchanged, a name begun alike. Without it the model refuses the pair,
unless contacts bring it together as well: these have rules of their own.

What is looked at is a small number, so that of a block of two its least and most tell all; null where nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

__all__ = ["DAYS", "FIRSTS", "SURNAMES", "YEARS", "Likeness", "letters"]

# the first three letters of a word and the initial of another, seven bits each
LETTER = 1 << 7
FIRST, SECOND, OTHER = LETTER - 1, (LETTER - 1) * LETTER, (LETTER - 1) * LETTER**3
REST = SECOND * (LETTER + 1)


@dataclass(frozen=True)
class Likeness:
    """``trait``: the number of a profile that is looked at; ``near``: whether two of them may be one person's.

    ``trait`` is made of what `blocking` keeps of the profiles. ``near`` is the same both ways round.
    """

    trait: Callable[[ir.Table], ir.IntegerValue]
    near: Callable[[ir.IntegerValue, ir.IntegerValue], ir.BooleanValue]


def _near_day(a: ir.IntegerValue, b: ir.IntegerValue) -> ir.BooleanValue:
    """Of two days (month × 100 + day): one month, one day, the two exchanged, or one without its day."""
    month, day, other_month, other_day = a // 100, a % 100, b // 100, b % 100
    exchanged = (month == other_day) & (day == other_month)
    return (month == other_month) | (day == other_day) | exchanged | (day == 0) | (other_day == 0)


def _near_year(a: ir.IntegerValue, b: ir.IntegerValue) -> ir.BooleanValue:
    """Of two years: one decade, one last figure, or the last two exchanged."""
    exchanged = (a % 10 == b // 10 % 10) & (b % 10 == a // 10 % 10)
    return (a // 10 == b // 10) | (a % 10 == b % 10) | exchanged


def letters(word: ir.StringValue, other: ir.StringValue) -> ir.IntegerValue:
    """The first three letters of ``word`` and the initial of ``other``, as one number.

    Of a letter beyond ASCII (names are kept in any script) the last seven bits tell.
    """
    codes = [word.substr(place, 1).ascii_str() for place in range(3)]
    codes.append(other.substr(0, 1).ascii_str().fill_null(0))
    parts = (code.cast("int32") % LETTER * LETTER**place for place, code in enumerate(codes))
    return sum(parts, start=ibis.literal(0, "int32")).cast("int32")


def _near_word(a: ir.IntegerValue, b: ir.IntegerValue) -> ir.BooleanValue:
    """Of two `letters`: begun alike but for one letter, wrong, lost or added; or either begun as the other's second."""
    others = ((a & OTHER) == (b & OTHER)) & ((a & OTHER) > 0)
    return ibis.or_(
        (a & FIRST) == (b & FIRST),
        (a & REST) == (b & REST),
        (a & SECOND) == (b & FIRST) * LETTER,
        (b & SECOND) == (a & FIRST) * LETTER,
        (a & OTHER) == (b & FIRST) * LETTER**3,
        (b & OTHER) == (a & FIRST) * LETTER**3,
        others,
    )


DAYS = Likeness(lambda t: (t.born % 10000).cast("int32"), _near_day)
YEARS = Likeness(lambda t: (t.born // 10000).cast("int32"), _near_year)
FIRSTS = Likeness(lambda t: t.first_letters, _near_word)
SURNAMES = Likeness(lambda t: t.name_letters, _near_word)
