"""Persons with every cell that a file may state of them, drawn from the replicas' population.

Twins, fathers and sons of one name, brothers and sisters at one address are as often as in the population, or more.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

import numpy as np

from colmate.replicas import nir, tables
from colmate.replicas.population import Population, Settings, cumulative_draw, draw
from colmate.replicas.tables import Ints

__all__ = ["COLUMNS", "Person", "persons"]

COLUMNS = ("birth_name", "used_name", "first_name", "sex", "birth_date", "nir", "email", "landline", "mobile",
           "address", "postcode", "city", "patient_id")  # fmt: skip
TODAY = 18_565
# how many persons have one at all
STATED = {"nir": 0.75, "email": 0.45, "landline": 0.45, "mobile": 0.7}


@dataclass
class Person:
    """``cells`` as the person states them today, ``later`` what changes with a move, a new telephone, a marriage.

    ``insured_nir`` is the number of the parent or spouse whose rights are used ('' where one's own).
    """

    number: int
    household: int
    cells: dict[str, str]
    later: dict[str, str] = field(default_factory=dict)
    insured_nir: str = ""


def persons(seed: int, count: int) -> list[Person]:
    """Draw ``count`` persons and their households."""
    rng = np.random.default_rng(seed)
    people = draw(rng, count, Settings(TODAY, child=0.5))
    _more_twins(rng, people)
    households = int(people.household.max()) + 1
    places = tables.places()
    # most of the file lives around two towns, as clinics draw their patients
    near = cumulative_draw(rng, np.cumsum(places.population / places.population.sum()), 12)
    home = np.where(rng.random((2, households)) < 0.8, near[rng.integers(0, 12, (2, households))],
                    cumulative_draw(rng, np.cumsum(places.population / places.population.sum()), 2 * households
                                    ).reshape(2, households))  # fmt: skip
    numbers = nir.draw(rng, people, home[0][people.household])
    none = np.zeros(len(people), dtype=np.bool_)
    texts = nir.text(numbers.number, numbers.corsica, none, numbers.provisional).to_pylist()
    street, lines = tables.streets()[0], rng.integers(1, 120, (2, households))
    streets = street.draw(rng, 2 * households).reshape(2, households)
    contacts = _contacts(rng, people, households)
    made = []
    for at in np.flatnonzero(people.patient):
        house = people.household[at]
        homes = [
            {
                "address": f"{lines[move, house]} {street.words[streets[move, house]]}",
                "postcode": places.postcode[int(home[move, house])].as_py(),
                "city": places.name[int(home[move, house])].as_py(),
            }
            for move in (0, 1)
        ]
        made.append(_person(rng, people, int(at), texts, homes, contacts))
    return made


def _more_twins(rng: np.random.Generator, people: Population) -> None:
    """One pair of neighbouring children in ten are twins: rarer in life, but they are what linkage confuses."""
    pairs = np.flatnonzero((people.slot[1:] > 2) & (people.household[1:] == people.household[:-1])) + 1
    chosen = pairs[rng.random(len(pairs)) < 0.1]
    people.birth[chosen] = people.birth[chosen - 1]


def _contacts(rng: np.random.Generator, people: Population, households: int) -> dict[str, Ints]:
    return {
        "landline": rng.integers(100_000_000, 599_999_999, (2, households)),
        "mobile": rng.integers(600_000_000, 799_999_999, (2, len(people))),
        "shares": rng.integers(0, 100, len(people)),
        "local": rng.permutation(900_000)[: len(people)] + 100_000,
    }


def _person(
    rng: np.random.Generator, people: Population, at: int, texts: list[str], homes: list[dict[str, str]],
    contacts: dict[str, Ints],
) -> Person:  # fmt: skip
    words, given = tables.surnames().words, tables.first_names()[0]
    born, used = words[people.born_name[at]], words[people.used_name[at]]
    first, house = given[int(people.first[at])].as_py(), people.household[at]
    age = (TODAY - people.birth[at]) / 365.2425
    # children have a parent's telephone, and some spouses one for two
    owner = int(people.insured[at]) if age < 14 or contacts["shares"][at] < 8 else at
    mail = tables.plain(f"{first}.{used}".lower()).replace(" ", "").replace("'", "")
    cells = {
        "birth_name": born, "used_name": used if used != born else "", "first_name": first,
        "sex": "FM"[people.sex[at]],
        "birth_date": (datetime.date(1970, 1, 1) + datetime.timedelta(int(people.birth[at]))).strftime("%d/%m/%Y"),
        "nir": texts[at], "email": f"{mail}{people.birth[at] % 89}@messagerie.example" if age > 15 else "",
        "landline": f"0{contacts['landline'][0, house]}", "mobile": f"0{contacts['mobile'][0, owner]}",
        **homes[0], "patient_id": f"P{contacts['local'][at]}",
    }  # fmt: skip
    for name, share in STATED.items():
        if rng.random() > share:
            cells[name] = ""
    if rng.random() < 0.15 and int(people.second[at]) != int(people.first[at]):
        cells["first_name"] += f" {given[int(people.second[at])].as_py()}"
    later = {**homes[1], "landline": f"0{contacts['landline'][1, house]}", "mobile": f"0{contacts['mobile'][1, owner]}"}
    insured = texts[int(people.insured[at])] if int(people.insured[at]) != at else ""
    return Person(at, int(house), cells, {name: value if cells[name] else "" for name, value in later.items()}, insured)
