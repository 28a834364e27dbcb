"""Identifiers that are nobody's: numbers kept for fiction, a country of birth and a bank that do not exist."""

from __future__ import annotations

from benchmarks.notes_fr.text import number

_SURNAMES = (
    *("Tessonneau", "Orvaultier", "Brehandec", "Quesnoyelle", "Lerouzicq", "Vauzellier", "Maubrancy", "Sauvetrier"),
    *(
        "Coudrayard",
        "Penvernec",
        "Jolivardeau",
        "Chassagnier",
        "Rimbourdin",
        "Estrabaud",
        "Dhellemmes-Roy",
        "Fauquenot",
    ),
)
_FIRST = ("Armelle", "Gaëtan", "Lucie", "Marc", "Solène", "Karim", "Inès", "Paul", "Odile", "Hugo", "Nadia", "Yves")
_WAYS = (
    "rue des Glycines",
    "allée des Tilleuls",
    "chemin du Lavoir",
    "impasse des Mésanges",
    "bd de la Gare",
    "rue Haute",
)
_WORDS = ("Tulipe", "Soleil", "moto", "Azur", "chaton", "Cerise")


def identifier(kind: str, seed: int) -> str:
    """An invented value of this type, the same for the same seed."""
    draw = number("identifier", kind, seed)
    return {
        "phone": _phone,
        "email": _email,
        "address": lambda n: f"{n % 90 + 1} {_WAYS[n // 90 % len(_WAYS)]}",
        "name": lambda n: f"{_FIRST[n % len(_FIRST)]} {_SURNAMES[n // 12 % len(_SURNAMES)]}",
        "password": lambda n: f"{_WORDS[n % len(_WORDS)]}{('', '-', '!')[n // 6 % 3]}{n // 18 % 9000 + 1000}",
        "nir": nir,
        "iban": iban,
    }[kind](draw)


def _phone(n: int) -> str:
    pairs = ("06 39 98" if n % 3 else "01 99 00") + f" {n // 3 % 100:02d} {n // 300 % 100:02d}"
    return (pairs, pairs.replace(" ", ""), pairs.replace(" ", "."), "+33 " + pairs[1:])[n // 30000 % 4]


def _email(n: int) -> str:
    surname = _SURNAMES[n % len(_SURNAMES)].lower().replace("-", "")
    return f"{'abcdefgjlmnprs'[n // 16 % 14]}.{surname}{('', n // 224 % 90)[n // 7 % 2] or ''}@example.fr"


def nir(n: int) -> str:
    """Fifteen digits with their key; born in the country 999, which there is not."""
    body = f"{n % 2 + 1}{n // 2 % 60 + 30:02d}{n // 120 % 12 + 1:02d}99999{n // 1440 % 999 + 1:03d}"
    key = f"{97 - int(body) % 97:02d}"
    parts = (body[0], body[1:3], body[3:5], body[5:7], body[7:10], body[10:13], key)
    return ("" if n // 7 % 2 else " ").join(parts)


def iban(n: int) -> str:
    """A French IBAN with both its keys, of the bank 99999, which there is not."""
    branch, account = f"{n % 100000:05d}", f"{n // 100000 % 10**11:011d}"
    rib = 97 - (89 * 99999 + 15 * int(branch) + 3 * int(account)) % 97
    domestic = f"99999{branch}{account}{rib:02d}"
    told = f"FR{98 - int(domestic + '152700') % 97:02d}{domestic}"
    return told if n % 2 else " ".join(told[at : at + 4] for at in range(0, 27, 4))
