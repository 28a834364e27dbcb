"""Small invented leaks for the tests: a few persons each, every value made up here."""

from __future__ import annotations

import csv
import io
from pathlib import Path

HEADER = ["NOM", "PRENOM", "DATE_NAISSANCE", "SEXE", "NUM_SECU", "TELEPHONE", "EMAIL", "CODE_POSTAL", "VILLE"]
HEADER += ["COMMENTAIRE"]
SURNAMES = ["KERVADEC", "LEMARCHAL", "OUALIDI", "PERRINOT", "SANTUCCI", "VANDEWAL", "BOISSEAU", "ETCHEVER"]
FIRST_NAMES = ["JEANNE", "MATHIEU", "SOLENE", "KARIM", "AGATHE", "LOIC", "NADIA", "BAPTISTE"]
NOTES = ["", "", "", "rappeler avant 10h", "suivi psychiatrique, sous lithium", "pas de tabac"]


def nir(sex: int, year: int, month: int, department: int, order: int) -> str:
    """Return a NIR with its right key, invented."""
    body = f"{sex}{year % 100:02}{month:02}{department:02}001{order:03}"
    return f"{body}{97 - int(body) % 97:02}"


def row(number: int) -> list[str]:
    """Return the record of invented person ``number``: the same number, the same person."""
    surname = SURNAMES[number % 8] + ("" if number < 64 else f"-{SURNAMES[number // 64 % 8]}")
    first = FIRST_NAMES[number // 8 % 8]
    sex = 1 if first in ("MATHIEU", "KARIM", "LOIC", "BAPTISTE") else 2
    year, month, day = 1930 + number * 7 % 75, 1 + number * 5 % 12, 1 + number * 11 % 28
    return [
        surname,
        first,
        f"{day:02}/{month:02}/{year}",
        "MF"[sex - 1],
        nir(sex, year, month, 56, 1 + number % 998),
        f"06399{number % 90000 + 10000:05}",
        f"{first.lower()}.{number}@example.org" if number % 2 else "",
        f"{56000 + number % 9 * 100}",
        "VANNES",
        NOTES[number % 6],
    ]


def text(rows: list[list[str]], delimiter: str = ";") -> str:
    """Return ``rows`` under the header as delimited text."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([HEADER, *rows])
    return out.getvalue()


def write(path: Path, persons: int = 60, encoding: str = "cp1252") -> Path:
    """Write a leak of ``persons`` invented persons, one record each, and return its path."""
    path.write_bytes(text([row(number) for number in range(persons)]).encode(encoding))
    return path
