"""What a value found in the text of a document must look like to be taken, kind by kind; '' where it does not."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from typing import Final

__all__ = ["EMAIL", "KINDS", "NAME", "PHONE", "address_parts", "folded", "name", "nirs"]

_UPPER: Final = "A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ"
_LOWER: Final = "a-zàâäçéèêëîïôöùûüÿœæ"
# a capitalised word, with particles before it: "DE LA TOUR", "d'Arc", "Jean-Paul"
_WORD: Final = rf"[{_UPPER}](?:['’][{_UPPER}])?[{_UPPER}{_LOWER}]{{1,30}}(?:[-'’][{_UPPER}{_LOWER}]{{1,30}}){{0,3}}"
_PARTICLE: Final = r"(?:(?:de la|de|du|des|le|la|van|von|ben|el|al)[ \xa0]|d['’])"
NAME: Final = rf"{_PARTICLE}?{_WORD}(?:[ \xa0]{{1,2}}{_PARTICLE}?{_WORD}){{0,4}}"
EMAIL: Final = re.compile(r"(?<![\w.+-])[\w+-]{1,64}(?:\.[\w+-]{1,64}){0,5}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}(?![\w@])")
PHONE: Final = re.compile(
    r"(?<![\d.,/])(?:\+33[ .]?(?:\(0\))?[ .]?[1-9]|0033[ .]?[1-9]|0[1-9])(?:[ .\xa0-]?\d{2}){4}(?![\d]|[.,/]\d)"
)
_NIR: Final = re.compile(
    r"(?<![\dA-Z])([1-478][ .]?\d{2}[ .]?\d{2}[ .]?(?:\d{2}|2[ABab])[ .]?\d{3}[ .]?\d{3})"
    r"[ .]?(?:cl[eé] ?:? ?)?(\d{2})(?!\d)"
)
_RPPS: Final = re.compile(r"(?<!\d)\d{11}(?!\d)")
_NUMBER: Final = re.compile(r"[A-Z]{0,3}\d[\w./-]{2,24}")
_POSTCODE: Final = re.compile(r"(?<!\d)(?:0[1-9]|[1-8]\d|9[0-578])\d{3}(?!\d)|(?<!\w)2[AB]\d{3}(?!\d)")
_PLACE: Final = re.compile(rf"{NAME}(?:[ \xa0]\(?\d{{2,5}}\)?|[ \xa0]\d{{1,2}}e(?:r|me)?)?")
_MONTHS: Final = "janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre"
_DATE: Final = re.compile(
    rf"(?<![\d/])(?:[0-3]?\d[/.\- ][01]?\d[/.\- ](?:19|20)?\d{{2}}|(?:19|20)\d{{2}}-[01]\d-[0-3]\d|"
    rf"(?:[0-2]?\d|3[01]|1er)[ \xa0](?:{_MONTHS})[ \xa0](?:19|20)\d{{2}}|[0-3]\d[01]\d(?:19|20)\d{{2}})(?![\d/])",
    re.IGNORECASE,
)
_FULL_NAME: Final = re.compile(NAME)
_SENTENCES: Final = tomllib.loads(files(__package__).joinpath("identity.toml").read_text("utf-8"))["sentences"]
_FORMS: Final = sorted([*_SENTENCES["forms"], *_SENTENCES["doctors"]], key=len, reverse=True)
_TITLES: Final = re.compile("|".join(rf"{re.escape(one)}[ \xa0]{{1,3}}" for one in _FORMS), re.IGNORECASE)
_CITY: Final = re.compile(rf"[ \xa0,-]*((?:{_PARTICLE})?{_WORD}(?:[ \xa0-](?:{_PARTICLE})?{_WORD}){{0,4}})")


def folded(text: str) -> str:
    """Return a text as it is compared: lower case, no accents, no marks but single blanks between words."""
    bare = "".join(char for char in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^\w]+", " ", bare.replace("°", "o").replace("º", "o")).split())


_NEVER: Final = frozenset(map(folded, _SENTENCES["never"]))


def name(text: str) -> str:
    """Return the name that a text begins with, title left out; '' when a word of it is no name's."""
    text = text.strip(" \xa0:,")
    if title := _TITLES.match(text):
        text = text[title.end() :]
    found = _FULL_NAME.match(text)
    if found is None:
        return ""
    words: list[str] = []
    for word in found[0].split():
        # a name ends where the next label begins: "MARTIN Claire Née le"
        if folded(word) in _NEVER - {"le", "la"}:
            break
        words.append(word)
    return " ".join(words)


def _person(text: str) -> str:
    """Return a whole name: two words or more, or one after a title or in capitals ("Patient : Apyrétique" is none)."""
    found = name(text)
    titled = _TITLES.match(text.strip(" \xa0:,"))
    return found if titled or len(found.split()) > 1 or found.isupper() else ""


def _name(text: str) -> str:
    """Return a labelled name; written in small letters it may be, but then it is all there is."""
    if found := name(text):
        return found
    text = text.strip(" \xa0:,.")
    small = re.fullmatch(rf"[{_LOWER}]{{2,30}}(?:[ '’-][{_LOWER}]{{2,30}}){{0,2}}", text)
    return text if small and not _NEVER.intersection(folded(text).split()) else ""


def _first(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def kind(text: str) -> str:
        found = pattern.search(text[:80])
        # a label stands right before its value
        return found[0] if found and found.start() <= 12 else ""

    return kind


def nirs(text: str) -> Iterator[str]:
    """Yield the social security numbers of a text, as written: 15 characters whose key is right."""
    for found in _NIR.finditer(text):
        body = re.sub(r"[ .]", "", found[1]).upper()
        number = re.sub("2B(?=.{6}$)", "18", re.sub("2A(?=.{6}$)", "19", body))
        if number.isdigit() and 97 - int(number) % 97 == int(found[2]):
            yield found[0]


def _rpps(text: str) -> str:
    """Return an RPPS number (11 digits, the last by Luhn's rule; ANS, annuaire santé)."""
    found = _RPPS.search(text[:40])
    if not found:
        return ""
    digits = [int(digit) for digit in found[0]]
    total = sum(digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits)))
    return found[0] if total % 10 == 0 else ""


def _address(text: str) -> str:
    """Return an address: its line, and the next when that one holds the postcode."""
    lines = [line.strip(" \xa0\t,;|") for line in text.split("\n")[:3]]
    taken = lines[:1]
    for line in lines[1:]:
        if any(_POSTCODE.search(one) for one in taken) or not line:
            break
        if _POSTCODE.match(line):
            taken.append(line)
            break
    joined = re.split(r"\t|[ \xa0]{3,}|\|", " ".join(taken).strip())[0]
    return joined if re.search(r"\d", joined) and re.search(rf"[{_LOWER}{_UPPER}]{{3}}", joined) else ""


def address_parts(address: str) -> tuple[str, str, str]:
    """Return street, postcode and commune of an address; the whole and two '' when it holds no postcode."""
    *_, found = (None, *_POSTCODE.finditer(address))
    if found is None:
        return address, "", ""
    city = _CITY.match(address, found.end())
    return address[: found.start()].strip(" ,-\xa0"), found[0], city[1] if city else ""


KINDS: Final[Mapping[str, Callable[[str], str]]] = {
    "name": _name,
    "person": _person,
    "nir": lambda text: next(nirs(text[:80]), ""),
    "date": _first(_DATE),
    "place": lambda text: found[0] if (found := _PLACE.match(text)) else "",
    "address": _address,
    "postcode": _first(_POSTCODE),
    "phone": _first(PHONE),
    "email": _first(EMAIL),
    "rpps": _rpps,
    "number": lambda text: found[0] if (found := _NUMBER.match(text)) else "",
}
