"""The page's language: sentences, names, and how numbers, shares, dates and sizes are written.

Sentences are data (``locales/<lang>.toml``, same keys in each); names of semantic types, special categories and harms
come from the catalogue. A name that the catalogue lacks is shown as its id, so that nothing is ever left out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from colmate import catalogue
from colmate.errors import UsageError
from colmate.report.labels import label

__all__ = ["LANGUAGES", "Words", "words"]

LANGUAGES = ("fr", "en")
NARROW, WIDE = "\u202f", "\u00a0"
_UNITS = ("B", "kB", "MB", "GB", "TB")
# a number or a date, as the stages write them into a sentence
_NUMBER = re.compile(r"\d+(?:[.,-]\d+)*")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def _typography(text: str) -> str:
    """French spacing (Imprimerie nationale, Lexique): no break before ; ! ? % : and within « »."""
    text = re.sub(r" ([;!?%])", NARROW + r"\1", text)
    return text.replace(" :", f"{WIDE}:").replace("« ", f"«{WIDE}").replace(" »", f"{WIDE}»")


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat


@cache
def _entries(name: str) -> dict[str, dict[str, Any]]:
    """The catalogue's raw table, or nothing where the catalogue does not have it."""
    try:
        return catalogue.load(name)
    except FileNotFoundError:
        return {}


@dataclass(frozen=True)
class Words:
    """One language. ``texts`` maps dotted keys to sentences, or to lists of them."""

    lang: str
    texts: Mapping[str, Any]
    thousands: str
    decimal: str

    def __call__(self, key: str, **values: object) -> str:
        """The sentence ``key`` with its ``{named}`` places filled; `KeyError` if there is none."""
        return str(self.texts[key]).format(**values)

    def items(self, key: str) -> list[str]:
        """The list of sentences ``key``."""
        return list(self.texts[key])

    def maybe(self, key: str, default: str) -> str:
        """The sentence ``key`` if there is one."""
        return str(self.texts.get(key, default))

    # -- numbers ----------------------------------------------------------------------------------------------------
    def integer(self, value: int) -> str:
        """``491840`` → ``491 840`` (narrow no-break spaces) or ``491,840``."""
        return f"{value:,}".replace(",", self.thousands)

    def number(self, value: float, digits: int = 1) -> str:
        """A decimal number with ``digits`` places."""
        return f"{value:,.{digits}f}".replace(",", "\0").replace(".", self.decimal).replace("\0", self.thousands)

    def count(self, unit: str, value: int) -> str:
        """A number with its unit in the right grammatical number: ``1 personne``, ``2 personnes``."""
        single = value < 2 if self.lang == "fr" else value == 1
        return self(f"units.{unit}.{'one' if single else 'other'}", n=self.integer(value))

    def span(self, interval: tuple[int, int] | None) -> str:
        """``de 480 à 500``; empty where there is no interval."""
        return self("page.span", low=self.integer(interval[0]), high=self.integer(interval[1])) if interval else ""

    def share(self, part: int, whole: int) -> str:
        """``part`` of ``whole`` in per cent: never "0 %" of something nor "100 %" of less than all; "–" of nothing."""
        if whole <= 0:
            return "–"
        percent, sign = 100 * part / whole, ""
        if part > 0 and percent < 0.1:
            percent, sign = 0.1, f"<{WIDE}"
        elif part < whole and percent > 99.9:
            percent, sign = 99.9, f">{WIDE}"
        digits = 0 if part in (0, whole) else 1
        return f"{sign}{self.number(percent, digits)}{self.texts['format.percent']}"

    def size(self, value: int) -> str:
        """A number of bytes in decimal units (SI)."""
        amount, power = float(value), 0
        while amount >= 1000 and power < len(_UNITS) - 1:
            amount, power = amount / 1000, power + 1
        unit = _UNITS[power].replace("B", self.texts["format.byte"])
        return f"{self.number(amount, 1 if power else 0)}{WIDE}{unit}"

    def seconds(self, value: float) -> str:
        """A duration in seconds, or in minutes and seconds from two minutes on."""
        if value < 120:
            return f"{self.number(value)}{WIDE}s"
        return f"{int(value // 60)}{WIDE}min {int(value % 60):02d}{WIDE}s"

    # -- dates ------------------------------------------------------------------------------------------------------
    def day(self, value: date, weekday: bool = False) -> str:
        """A date in words: ``mardi 24 novembre 2026``."""
        ordinal = self.texts["format.first_day"] if value.day == 1 else str(value.day)
        text = f"{ordinal} {self.texts['format.months'][value.month - 1]} {value.year}"
        return f"{self.texts['format.weekdays'][value.weekday()]} {text}" if weekday else text

    def moment(self, value: datetime, weekday: bool = False) -> str:
        """A date with hour and minute."""
        clock = self("format.clock", hour=value.hour, minute=f"{value.minute:02d}")
        return self("format.moment", day=self.day(value, weekday), clock=clock)

    def iso_day(self, text: str | None) -> str:
        """``2015-01-05`` in words; "–" for none; as is when it is no date."""
        if not text:
            return "–"
        try:
            return self.day(date.fromisoformat(text))
        except ValueError:
            return label(text)

    def month(self, text: str) -> str:
        """``2015-01`` in words; a bare year as is."""
        found = _MONTH.fullmatch(text)
        return f"{self.texts['format.months'][int(found[2]) - 1]} {found[1]}" if found else label(text)

    # -- names ------------------------------------------------------------------------------------------------------
    def semantic_type(self, name: str) -> str:
        """The catalogue's name of a semantic type (or of a special category, which an exposure may name too)."""
        for table in ("semantic_types", "special_categories"):
            entry = _entries(table).get(name, {})
            if entry.get(self.lang):
                return str(entry[self.lang])
        return _readable(name)

    def special_category(self, name: str) -> str:
        """The catalogue's name of a special category."""
        return str(_entries("special_categories").get(name, {}).get(self.lang) or _readable(name))

    def kin(self, name: str) -> str:
        """The catalogue's name of a kind of kin."""
        return str(_entries("kin").get(name, {}).get(self.lang) or _readable(name))

    def harm(self, name: str) -> str:
        """The catalogue's name of a harm."""
        return str(_entries("harms").get(name, {}).get(self.lang) or _readable(name))

    def advice(self, harm: str) -> str:
        """What to advise against a harm: the catalogue's words if it has some, else this room's, else nothing."""
        entry = _entries("harms").get(harm, {})
        return str(entry.get(f"advice_{self.lang}") or self.maybe(f"advice.{harm}", ""))

    @staticmethod
    def capital(name: str) -> str:
        """A name as the first word of a row."""
        return name[:1].upper() + name[1:]

    def named(self, table: str, name: str) -> str:
        """The word for an id of one of the page's own tables (``role``, ``band``, ``category``…)."""
        return self.maybe(f"{table}.{name}", _readable(name))

    def sentence(self, english: str) -> tuple[str, str]:
        """An English sentence of the analysis in this language, with the language it then is in.

        The catalogue's table ``assumptions`` is searched by the English text, in which ``#`` stands for any number;
        what it lacks stays English.
        """
        if self.lang == "en":
            return label(english, 2000), "en"
        numbers = iter(_NUMBER.findall(english))
        shape = _NUMBER.sub("#", english)
        for entry in _entries("assumptions").values():
            known, words = str(entry.get("en")), str(entry.get(self.lang, ""))
            if words and known == english:
                return _typography(words), self.lang
            if words and known == shape:
                return _typography(re.sub("#", lambda _: next(numbers), words)), self.lang
        return label(english, 2000), "en"


def _readable(name: str) -> str:
    return label(name.replace("_", " "))


@cache
def words(lang: str) -> Words:
    """The words of ``fr`` or ``en``; `UsageError` for another language."""
    if lang not in LANGUAGES:
        raise UsageError(f"The report speaks {' or '.join(LANGUAGES)}: choose one of them.")
    source = files("colmate.report").joinpath("locales", f"{lang}.toml").read_text(encoding="utf-8")
    texts = _flat(tomllib.loads(source))
    if lang == "fr":
        texts = {
            key: [_typography(item) for item in value] if isinstance(value, list) else _typography(value)
            for key, value in texts.items()
        }
        return Words("fr", texts, NARROW, ",")
    return Words("en", texts, ",", ".")
