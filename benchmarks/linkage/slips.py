"""How a text goes wrong on its way into a file: fingers, ears, scanners, encodings.

Written without a look at any normaliser: layouts of keyboards, spelling of French sounds and shapes of letters are
general knowledge. Every function takes one text and gives one; where nothing can go wrong it gives the text back.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable

__all__ = ["DIMINUTIVES", "SLIPS", "ear", "keyboard", "mojibake", "nickname", "plain", "scanner"]

AZERTY = ("AZERTYUIOP", "QSDFGHJKLM", "WXCVBN")
EAR = (
    ("PH", "F"), ("F", "PH"), ("EAU", "O"), ("AU", "O"), ("O", "AU"), ("QU", "K"), ("C", "K"), ("K", "C"), ("Y", "I"),
    ("I", "Y"), ("SS", "S"), ("LL", "L"), ("L", "LL"), ("TT", "T"), ("T", "TH"), ("TH", "T"), ("NN", "N"), ("N", "NN"),
    ("AIN", "IN"), ("EN", "AN"), ("AN", "EN"), ("AI", "E"), ("ER", "EZ"), ("EZ", "ER"), ("ET", "AIT"), ("G", "J"),
    ("J", "G"), ("GE", "JE"), ("H", ""), ("S", "Z"), ("Z", "S"), ("X", "KS"), ("RR", "R"), ("R", "RR"), ("MM", "M"),
)  # fmt: skip
ENDS = (("D", ""), ("T", ""), ("S", ""), ("", "S"), ("", "E"), ("E", ""), ("X", ""), ("", "T"), ("Z", "S"))
SHAPES = (
    ("O", "0"), ("I", "1"), ("L", "1"), ("S", "5"), ("B", "8"), ("RN", "M"), ("M", "RN"), ("CL", "D"), ("VV", "W"),
    ("E", "F"), ("U", "V"), ("C", "G"), ("I", "L"), ("H", "N"), ("Q", "O"), ("D", "O"),
)  # fmt: skip
# what a family or a clerk calls somebody; the long form first
DIMINUTIVES = (
    ("FREDERIC", "FRED"), ("ALEXANDRE", "ALEX"), ("ALEXANDRA", "ALEX"), ("CHRISTOPHE", "CHRIS"), ("NICOLAS", "NICO"),
    ("JEAN-FRANCOIS", "JEFF"), ("JEAN-PIERRE", "JP"), ("PHILIPPE", "PHIL"), ("CATHERINE", "CATHY"),
    ("SANDRINE", "SANDY"), ("VALERIE", "VAL"), ("STEPHANE", "STEPH"), ("STEPHANIE", "STEPH"), ("ELISABETH", "BABETTE"),
    ("MARGUERITE", "MARGOT"),
    ("JACQUELINE", "JACKIE"), ("FRANCOISE", "FANFAN"), ("JOSEPH", "JO"), ("JOSEPHINE", "JOSETTE"), ("DANIEL", "DANY"),
    ("DANIELLE", "DANY"), ("PATRICIA", "PAT"), ("PATRICK", "PAT"), ("GERARD", "GEGE"), ("VINCENT", "VINCE"),
    ("MICHEL", "MICHOU"), ("MICHELE", "MIMI"), ("MATHIEU", "MATT"), ("MAXIME", "MAX"), ("BENJAMIN", "BEN"),
    ("SEBASTIEN", "SEB"), ("EMMANUEL", "MANU"), ("EMMANUELLE", "MANU"), ("THOMAS", "TOM"), ("SAMUEL", "SAM"),
    ("LAURENT", "LOLO"), ("GUILLAUME", "GUY"), ("DOMINIQUE", "DOM"), ("VERONIQUE", "VERO"), ("VIRGINIE", "VIRGE"),
    ("ISABELLE", "ISA"), ("NATHALIE", "NATH"), ("DELPHINE", "DELF"), ("CAROLINE", "CARO"), ("AURELIE", "LILI"),
    ("CLEMENTINE", "CLEM"), ("GREGORY", "GREG"), ("JEROME", "JEJE"), ("BERNARD", "NANARD"), ("ROBERT", "BOB"),
    ("MADELEINE", "MADO"), ("SUZANNE", "SUZY"), ("ANTOINE", "TONIO"), ("ANTOINETTE", "TOINETTE"), ("JOEL", "JO"),
)  # fmt: skip
_SHORT: dict[str, str] = {}


def plain(text: str) -> str:
    """The text without its accents."""
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


def keyboard(rng: random.Random, text: str) -> str:
    """A neighbour key, a letter lost, doubled or exchanged with the next."""
    if len(text) < 3:
        return text
    at, kind = rng.randrange(len(text)), rng.randrange(4)
    if kind == 0:
        return text[:at] + _neighbour(rng, text[at]) + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at] + text[at:]
    at = min(at, len(text) - 2)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _neighbour(rng: random.Random, sign: str) -> str:
    if sign.isdigit():
        return str((int(sign) + rng.choice([1, -1])) % 10)
    for above, row in enumerate(AZERTY):
        if (place := row.find(sign.upper())) >= 0:
            near = [row[place - 1 : place], row[place + 1 : place + 2]]
            around = [other for other in AZERTY[max(0, above - 1) : above + 2] if other is not row]
            near += [other[place : place + 1] for other in around]
            found = rng.choice([letter for letter in near if letter])
            return found if sign.isupper() else found.lower()
    return sign


def ear(rng: random.Random, text: str) -> str:
    """As somebody hears it who has never seen it written."""
    upper = text.upper()
    fits = [(old, new) for old, new in EAR if old in upper[1:]]
    if fits and rng.random() < 0.7:
        old, new = rng.choice(fits)
        at = upper.index(old, 1)
        return text[:at] + (new if text.isupper() else new.lower()) + text[at + len(old) :]
    ends = [(old, new) for old, new in ENDS if upper.endswith(old) and len(upper) > 3]
    old, new = rng.choice(ends) if ends else ("", "")
    return text[: len(text) - len(old)] + (new if text.isupper() else new.lower())


def scanner(rng: random.Random, text: str) -> str:
    """As character recognition reads it: shapes taken for one another."""
    upper = text.upper()
    fits = [(old, new) for old, new in SHAPES if old in upper]
    if not fits:
        return text
    old, new = rng.choice(fits)
    places = [at for at in range(len(upper)) if upper.startswith(old, at)]
    at = rng.choice(places)
    return text[:at] + new + text[at + len(old) :]


def mojibake(_rng: random.Random, text: str) -> str:
    """UTF-8 read as Windows-1252; accents lost for good where the text has none left to spoil."""
    try:
        return text.encode("utf-8").decode("cp1252")
    except UnicodeDecodeError:
        return "".join(sign if sign.isascii() else "?" for sign in text)


def nickname(text: str) -> str:
    """What the person is called; those without a nickname keep their name."""
    if not _SHORT:
        _SHORT.update(DIMINUTIVES)
    return _SHORT.get(plain(text).upper(), text)


SLIPS: dict[str, Callable[[random.Random, str], str]] = {"keyboard": keyboard, "ear": ear, "scanner": scanner}
