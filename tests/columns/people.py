"""Invented people, drawn from a seed: no value here is anybody's."""

from __future__ import annotations

import random

FIRST = [
    "MARIE", "JEAN", "PAUL", "LUCIE", "CHLOE", "HUGO", "INES", "LOUIS", "EMMA", "NATHAN",
    "CAMILLE", "SYLVIE", "GERARD", "MONIQUE", "DENISE", "ALAIN", "ERIC", "JULIE",
]  # fmt: skip
LAST = [
    "MARTIN", "BERNARD", "DUPONT", "LEGOFF", "NGUYEN", "GARCIA", "ROUX", "PETIT", "DURAND", "LEROY",
    "SIMON", "FAURE", "BLANC", "MOREL", "GIRARD", "BONNET", "FONTAINE", "ROUSSEAU", "MULLER", "LEFEVRE",
    "MERCIER", "GUERIN", "BOYER", "GARNIER", "CHEVALIER", "LEGRAND", "GAUTHIER", "PERRIN", "MORIN", "ROUSSEL",
]  # fmt: skip
CITIES = ["VANNES", "LORIENT", "AURAY", "SAINT AVE", "ORLEANS", "SAINT BRIEUC", "BLOIS", "RENNES"]
NOTES = (
    "patiente sourde, parler fort au téléphone",
    "à rappeler pour le RDV de mardi, ne pas laisser de message",
    "grossesse en cours, suivie par le CHU depuis mars",
    "vit chez sa mère depuis la séparation, très fatiguée et triste",
    "porteur du VIH, ne pas en parler devant le conjoint",
    "ne parle pas le français, prévoir un interprète",
)


def key97(body: str) -> str:
    """Return a body of 13 characters with its key."""
    number = int(body.replace("2A", "19").replace("2B", "18"))
    return f"{body}{97 - number % 97:02d}"


def luhn_key(body: str) -> str:
    """Return digits with their Luhn key."""
    total = 0
    for place, figure in enumerate(reversed(body)):
        doubled = int(figure) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return body + str(-total % 10)


class People:
    """Columns of ``size`` invented persons."""

    def __init__(self, size: int = 120, seed: int = 7) -> None:
        self.random = random.Random(seed)
        self.size = size

    def each(self, make: object) -> list[str]:
        return [make() for _ in range(self.size)]  # type: ignore[operator]

    def last(self) -> list[str]:
        return self.each(lambda: self.random.choice(LAST))

    def first(self) -> list[str]:
        return self.each(lambda: self.random.choice(FIRST))

    def date(self, low: int = 1925, high: int = 2019, form: str = "{2:02d}/{1:02d}/{0}") -> list[str]:
        draw = self.random.randint
        return self.each(lambda: form.format(draw(low, high), draw(1, 12), draw(1, 28)))

    def nir(self) -> list[str]:
        draw = self.random.randint
        return self.each(
            lambda: key97(
                f"{draw(1, 2)}{draw(25, 99)}{draw(1, 12):02d}{draw(10, 95)}{draw(1, 400):03d}{draw(1, 999):03d}"
            )
        )

    def rpps(self) -> list[str]:
        return self.each(lambda: luhn_key("10" + f"{self.random.randint(0, 10**8 - 1):08d}"))

    def mobile(self) -> list[str]:
        return self.each(lambda: f"063998{self.random.randint(0, 9999):04d}")

    def email(self) -> list[str]:
        return self.each(lambda: f"{self.random.choice(FIRST).lower()}{self.random.randint(1, 9999)}@exemple.fr")

    def address(self) -> list[str]:
        ways = ["RUE DES LILAS", "AVENUE DE BRETAGNE", "CHEMIN DU MOULIN", "PLACE DE LA MAIRIE"]
        return self.each(lambda: f"{self.random.randint(1, 120)} {self.random.choice(ways)}")

    def postcode(self) -> list[str]:
        return self.each(
            lambda: f"{self.random.choice(['56', '45', '41', '22', '01'])}{self.random.randint(0, 99):02d}0"
        )

    def pick(self, *values: str) -> list[str]:
        return self.each(lambda: self.random.choice(values))

    def sparse(self, values: list[str], share: float) -> list[str]:
        return [value if self.random.random() < share else "" for value in values]
