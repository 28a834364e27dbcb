"""Small text and number expressions that the recognisers share: separators, check digits, vocabularies.

All of them take and return Ibis values and are computed by the engine.
"""

from __future__ import annotations

from functools import cache, reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from colmate.catalogue import load
from colmate.engine import among, ascii_fold, listed

__all__ = [
    "NULL_TOKENS",
    "blank",
    "compact",
    "digit",
    "ean13",
    "fold",
    "luhn",
    "matching",
    "mod97",
    "trimmed",
    "vocabulary",
    "when",
]

# texts that exports write where there is nothing: databases (NULL, \N), spreadsheets (#N/A), forms (., -)
NULL_TOKENS = (
    "null", "(null)", "<null>", "\\n", "n/a", "#n/a", "#n/d", "na", "nan", "none", "nil", "nr", "n.r.", "nc", "n.c.",
    ".", "..", "...", "-", "--", "---", "_", "/", "?", "??", "*", "''", '""', "'", '"', ";", ",", "#ref!", "#value!",
    "vide", "neant", "néant", "inconnu", "inconnue", "unknown", "non renseigne", "non renseigné", "undefined", "nat",
)  # fmt: skip
NULL_TOKEN_LENGTH = max(len(token) for token in NULL_TOKENS)

# what stands around a value without being part of it: blanks, quotes, invisible marks
EDGE = r"\s'\"\x{a0}\x{202f}\x{200b}\x{feff}"
EDGES = (" ", "\t", "\r", "\n", "\v", "\f", "'", '"', "\u00a0", "\u202f", "\u200b", "\ufeff")
# the last character of ASCII: those marks that are not below "(" are above it
MARKS_FROM = "\x7f"


def when(condition: ir.BooleanValue, value: ir.StringValue) -> ir.StringValue:
    """Return ``value`` where the condition holds, NULL elsewhere (``value`` is computed there only)."""
    return ibis.cases((condition, value), else_=ibis.null(str))


def trimmed(value: ir.StringValue) -> ir.StringValue:
    """Return the text without the blanks, quotes of a spreadsheet and invisible marks around it; never null."""
    text = value.fill_null("")
    # comparisons of a few bytes tell most cells clean: each pattern search would cost ten times as much
    begins = text.between("(", MARKS_FROM)
    ends = reduce(or_, (text.endswith(mark) for mark in EDGES))
    edge = rf"[{EDGE}]"
    stripped = text.re_replace(rf"^{edge}+|{edge}+$", "")
    return ibis.cases((text == "", text), (begins & ~ends, text), else_=stripped)


def blank(value: ir.StringValue, nulls: tuple[str, ...] = ()) -> ir.BooleanValue:
    """Return whether a trimmed text says nothing: empty, or one of the null tokens."""
    tokens = NULL_TOKENS + nulls
    longest = max(len(token) for token in tokens)
    # no token begins with a figure: the list is searched for short texts of other beginnings only
    worded = value.length() <= longest if nulls else ~value.between("0", "9~") & (value.length() <= longest)
    return (value == "") | ibis.cases((worded, among(value.lower(), tokens)), else_=False)


def matching(value: ir.StringValue, pattern: str) -> ir.StringValue:
    """Return the text where the whole of it matches ``pattern``, NULL elsewhere."""
    return when(value.re_search(f"^(?:{pattern})$"), value)


def compact(value: ir.StringValue) -> ir.StringValue:
    """Return the text in upper case without blanks, dots, dashes, slashes, underscores and quotes."""
    plain = value.re_search(r"^[0-9A-Z]*$")
    squeezed = value.upper().re_replace(r"[\s.\-/_'\"\x{a0}\x{202f}\x{200b}\x{2011}]+", "")
    return ibis.cases((plain, value), else_=squeezed)


def fold(value: ir.StringValue) -> ir.StringValue:
    """Return the text in lower case, without accents, with single blanks for anything but letters and digits."""
    lower = value.lower()
    plain = lower.replace("œ", "oe").replace("æ", "ae")
    folded = ascii_fold(plain).re_replace(r"[^a-z0-9]+", " ").strip()
    # most texts are folded once in lower case: a search is cheaper than rebuilding each of them
    return ibis.cases((value.re_search(r"^[A-Za-z0-9]+(?: [A-Za-z0-9]+)*$"), lower), else_=folded)


def digit(number: ir.IntegerValue, place: int) -> ir.IntegerValue:
    """Return the decimal digit of ``number`` at 10^place."""
    # the remainder first: the engine divides as floating point, exact for at most 16 digits
    return ((number % 10 ** (place + 1)) // 10**place).cast("int64")


def luhn(canonical: ir.StringValue, width: int) -> ir.BooleanValue:
    """Return whether the ``width`` digits of a text pass the check of ISO/IEC 7812-1 (Luhn)."""
    number = canonical.try_cast("int64")
    total = digit(number, 0)
    for place in range(1, width):
        figure = digit(number, place)
        total = total + (figure * 2 - ibis.ifelse(figure > 4, 9, 0) if place % 2 else figure)
    return (total % 10 == 0).fill_null(False)


def ean13(canonical: ir.StringValue) -> ir.BooleanValue:
    """Return whether 13 digits carry the right EAN-13 key (GS1: weights 1 and 3, modulo 10)."""
    number = canonical.try_cast("int64")
    total = digit(number, 0)
    for place in range(1, 13):
        total = total + digit(number, place) * (3 if place % 2 else 1)
    return (total % 10 == 0).fill_null(False)


def mod97(digits: ir.StringValue, width: int) -> ir.IntegerValue:
    """Return the remainder modulo 97 of a decimal text of at most ``width`` digits, nine digits at a time."""
    chunks = -(-width // 9)
    padded = digits.lpad(9 * chunks, "0")
    remainder = padded.substr(0, 9).try_cast("int64") % 97
    for index in range(1, chunks):
        # 10^9 mod 97 = 34
        remainder = (remainder * 34 + padded.substr(9 * index, 9).try_cast("int64")) % 97
    return remainder


def vocabulary(value: ir.StringValue, name: str) -> ir.StringValue:
    """Return the canonical word of the catalogue's closed list ``name``, or NULL for a text outside of it."""
    words, canonical = _vocabulary(name)
    known = listed(words)
    place = known.index(value.lower())
    folded = ibis.cases((value.re_search(r"[+\-]$"), ibis.null("int64")), else_=known.index(fold(value)))
    # nearly all are written as in the list: no need to fold them
    found = ibis.cases((place >= 0, place), else_=folded)
    return when(found >= 0, listed(canonical)[found])


@cache
def _vocabulary(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words of a closed list, bare and with a dot, and place by place the canonical word of each."""
    lists: dict[str, list[str]] = load("vocabularies")[name]
    pairs = [(word, canonical) for canonical, words in lists.items() for word in words]
    words = [word for word, _ in pairs]
    return tuple(words + [f"{word}." for word in words]), tuple(canonical for _, canonical in pairs) * 2
