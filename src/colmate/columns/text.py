"""Small text and number expressions that the recognisers share: separators, check digits, vocabularies.

All of them take and return Ibis values and are computed by the engine.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.catalogue import load
from colmate.engine import ascii_fold

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

WHITESPACE = " \t\r\n\u00a0\u202f\u200b\ufeff"


def when(condition: ir.BooleanValue, value: ir.StringValue) -> ir.StringValue:
    """Return ``value`` where the condition holds, NULL elsewhere (``value`` is computed there only)."""
    return ibis.cases((condition, value), else_=ibis.null(str))


def trimmed(value: ir.StringValue) -> ir.StringValue:
    """Return the text without the blanks, quotes of a spreadsheet and invisible marks around it; never null."""
    text = value.fill_null("")
    # most cells have nothing to take off: a pattern search is cheaper than rebuilding each of them
    dirty = text.re_search(r"^[\s'\"\x{a0}\x{202f}\x{200b}\x{feff}]|[\s'\"\x{a0}\x{202f}\x{200b}\x{feff}]$")
    stripped = text.re_replace(r"^[\s'\"\x{a0}\x{202f}\x{200b}\x{feff}]+|[\s'\"\x{a0}\x{202f}\x{200b}\x{feff}]+$", "")
    return ibis.cases((dirty, stripped), else_=text)


def blank(value: ir.StringValue, nulls: tuple[str, ...] = ()) -> ir.BooleanValue:
    """Return whether a trimmed text says nothing: empty, or one of the null tokens."""
    tokens = NULL_TOKENS + nulls
    longest = max(len(token) for token in tokens)
    # the length first: the token test runs on short texts only
    short = ibis.cases((value.length() <= longest, value.lower().isin(tokens)), else_=False)
    return (value == "") | short


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
    plain = value.lower().replace("œ", "oe").replace("æ", "ae")
    return ascii_fold(plain).re_replace(r"[^a-z0-9]+", " ").strip()


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
    lists: dict[str, list[str]] = load("vocabularies")[name]
    folded = fold(value)
    # one test for all the lists first: nearly every text of a file is outside of them
    known = folded.isin([word for words in lists.values() for word in words]) & ~value.re_search(r"[+\-]$")
    branches = [(folded.isin(words), ibis.literal(canonical)) for canonical, words in lists.items()]
    return when(known, ibis.cases(*branches, else_=ibis.null(str)))
