"""Records of persons, some of them wrong: which errors, how often, how many in one record.

Five levels, from what the published leaks show (one record in ten touched) to the worst (every second record, two
errors each on average). What life itself changes between two visits (a move, a new telephone, the name of a husband)
comes at the rates of the replicas at every level.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from benchmarks.linkage import slips
from benchmarks.linkage.people import COLUMNS, Person, persons

__all__ = ["LEVELS", "RETURNS", "SHAPES", "File", "Level", "make", "table", "visits"]

Cells = dict[str, str]
HEADERS = {
    "birth_name": "NOM_NAISSANCE", "used_name": "NOM_USAGE", "first_name": "PRENOM", "sex": "SEXE",
    "birth_date": "DATE_NAISSANCE", "nir": "NUM_SECU", "email": "EMAIL", "landline": "TEL_FIXE",
    "mobile": "TEL_MOBILE", "address": "ADRESSE", "postcode": "CODE_POSTAL", "city": "VILLE",
    "patient_id": "NUM_PATIENT",
}  # fmt: skip
# what a file states: everything, what laboratories have, and the poor ones
SHAPES: dict[str, tuple[str, ...]] = {
    "full": COLUMNS,
    "no local number": COLUMNS[:-1],
    "no NIR": tuple(name for name in COLUMNS[:-1] if name != "nir"),
    "names and birth date": ("birth_name", "first_name", "birth_date"),
    "e-mail and telephone": ("email", "mobile"),
    "half the cells empty": COLUMNS[:-1],
}


@dataclass(frozen=True)
class Level:
    """``touched``: share of records with an error; ``more``: errors beyond the first, on average."""

    name: str
    touched: float
    more: float


LEVELS = (
    Level("published", 0.10, 0.2),
    Level("untidy", 0.20, 0.35),
    Level("careless", 0.30, 0.5),
    Level("bad", 0.40, 0.75),
    Level("worst", 0.50, 1.0),
)
RETURNS = 0.35  # further visits of a person, on average
LIFE = {"moved": 0.28, "phone": 0.28, "name": 0.15, "local": 0.5}


@dataclass(frozen=True)
class File:
    """A table as it would leak, and the true person of each row."""

    records: pa.Table
    truth: list[int]

    @property
    def persons(self) -> int:
        """How many persons there are."""
        return len(set(self.truth))


def make(seed: int, records: int, level: Level, shape: str = "no local number") -> File:
    """Draw a file of about ``records`` records; rows of nothing but empty cells are left out."""
    rng = random.Random(seed)  # noqa: S311
    people = persons(seed, max(20, round(records / (1 + RETURNS))))
    rows: list[tuple[int, Cells]] = []
    for person in people:
        rows += visits(rng, person, level)
    rng.shuffle(rows)
    if shape.startswith("half"):
        rows = [(number, _halved(rng, cells)) for number, cells in rows]
    return table(rows, SHAPES[shape])


def visits(rng: random.Random, person: Person, level: Level) -> list[tuple[int, Cells]]:
    """Draw the records of one person: the person's number and the cells, with the errors of ``level``."""
    rows = []
    for visit in range(1 + _poisson(rng, RETURNS)):
        cells = _visit(rng, person, again=visit > 0)
        if rng.random() < level.touched:
            _spoil(rng, cells, person, 1 + _poisson(rng, level.more))
        rows.append((person.number, cells))
    return rows


def table(rows: Sequence[tuple[int, Cells]], columns: Sequence[str]) -> File:
    """The rows that state something in ``columns``, as a file."""
    kept = [(number, cells) for number, cells in rows if any(cells[name] for name in columns)]
    told = {HEADERS[name]: pa.array([cells[name] for _, cells in kept], pa.string()) for name in columns}
    return File(pa.table(told), [number for number, _ in kept])


def _poisson(rng: random.Random, mean: float) -> int:
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product, count = product * rng.random(), count + 1
    return count


def _halved(rng: random.Random, cells: Cells) -> Cells:
    kept = {name for name in cells if name in ("birth_name", "first_name") or rng.random() < 0.5}
    return {name: value if name in kept else "" for name, value in cells.items()}


def _visit(rng: random.Random, person: Person, again: bool) -> Cells:
    cells = dict(person.cells)
    if not again:
        return cells
    if rng.random() < LIFE["moved"]:
        cells |= {name: person.later[name] for name in ("address", "postcode", "city", "landline")}
    if rng.random() < LIFE["phone"]:
        cells["mobile"] = person.later["mobile"]
    if rng.random() < LIFE["name"] and cells["used_name"]:
        cells["birth_name"], cells["used_name"] = cells["used_name"], ""
    if rng.random() < LIFE["local"]:
        cells["patient_id"] = f"P{rng.randrange(1_000_000, 9_999_999)}"
    return cells


def _spoil(rng: random.Random, cells: Cells, person: Person, times: int) -> None:
    kinds = list(ERRORS)
    weights = [ERRORS[kind][0] for kind in kinds]
    for kind in rng.choices(kinds, weights, k=times):
        ERRORS[kind][1](rng, cells, person)


def _word(slip: str, *names: str) -> Callable[[random.Random, Cells, Person], None]:
    def spoil(rng: random.Random, cells: Cells, _person: Person) -> None:
        name = rng.choice([name for name in names if cells[name]] or [names[0]])
        cells[name] = slips.SLIPS[slip](rng, cells[name]) if cells[name] else ""

    return spoil


def _accents(rng: random.Random, cells: Cells, _person: Person) -> None:
    how = slips.mojibake if rng.random() < 0.4 else lambda _rng, text: slips.plain(text)
    for name in ("birth_name", "used_name", "first_name", "city"):
        cells[name] = how(rng, cells[name])


def _fields(rng: random.Random, cells: Cells, _person: Person) -> None:
    """Two fields exchanged, or one written into the other."""
    kind = rng.random()
    if kind < 0.5:
        cells["birth_name"], cells["first_name"] = cells["first_name"], cells["birth_name"]
    elif kind < 0.75:
        cells["birth_name"], cells["first_name"] = f"{cells['birth_name']} {cells['first_name']}", ""
    elif cells["used_name"]:
        joint = rng.choice([" ", "-", " EPOUSE ", "/"])
        cells["birth_name"], cells["used_name"] = cells["birth_name"] + joint + cells["used_name"], ""


def _surname(rng: random.Random, cells: Cells, _person: Person) -> None:
    """Birth and used name taken for each other; a double name cut; a particle lost."""
    name = cells["birth_name"]
    if cells["used_name"]:
        cells["birth_name"], cells["used_name"] = cells["used_name"], rng.choice([name, ""])
    elif "-" in name or " " in name:
        parts = name.replace("-", " ").split(" ")
        cells["birth_name"] = rng.choice(["".join(parts), parts[0], parts[-1], " ".join(parts)])


def _given(rng: random.Random, cells: Cells, _person: Person) -> None:
    """Given names: an initial, cut, without the others or in another order, without the hyphen, as called."""
    name = cells["first_name"]
    parts = name.replace("-", " ").split()
    if not parts:
        return
    apart, together = name.replace("-", " "), name.replace("-", "")
    choices = [name[0] + ".", name[:4], parts[0], " ".join(reversed(parts)), apart, together]
    called = slips.nickname(name)
    cells["first_name"] = called if called != name and rng.random() < 0.6 else rng.choice(choices)


def _date(rng: random.Random, cells: Cells, _person: Person) -> None:
    parts = cells["birth_date"].split("/")
    if len(parts) != 3 or len(parts[2]) != 4:
        return
    day, month, year = parts
    kind = rng.random()
    if kind < 0.3 and int(day) <= 12:
        cells["birth_date"] = f"{month}/{day}/{year}"
    elif kind < 0.4:
        cells["birth_date"] = f"{day}/{month}/{year[2:]}"
    elif kind < 0.5:
        cells["birth_date"] = f"01/01/{year}"
    elif kind < 0.55:
        cells["birth_date"] = year
    elif kind < 0.8:
        near = int(year) + rng.choice([-1, 1, -10, 10])
        cells["birth_date"] = rng.choice([f"{rng.randrange(1, 29):02}/{month}/{year}", f"{day}/{month}/{near}"])
    else:
        cells["birth_date"] = ""


def _number(rng: random.Random, cells: Cells, person: Person) -> None:
    """The NIR: without its key, one figure wrong, a parent's or spouse's, none."""
    number, kind = cells["nir"], rng.random()
    if kind < 0.3 and person.insured_nir:
        cells["nir"] = person.insured_nir
    elif kind < 0.55:
        cells["nir"] = number[:13]
    elif kind < 0.85 and number:
        at = rng.randrange(len(number))
        cells["nir"] = number[:at] + str(rng.randrange(10)) + number[at + 1 :]
    else:
        cells["nir"] = ""


def _missing(rng: random.Random, cells: Cells, _person: Person) -> None:
    for name in rng.sample(["used_name", "sex", "nir", "email", "landline", "mobile", "address", "postcode"], 3):
        cells[name] = ""


def _sex(_rng: random.Random, cells: Cells, _person: Person) -> None:
    cells["sex"] = {"F": "M", "M": "F"}.get(cells["sex"], "")


def _home(rng: random.Random, cells: Cells, person: Person) -> None:
    cells |= {name: person.later[name] for name in ("address", "postcode", "city")}
    cells["mobile"] = rng.choice([cells["mobile"], person.later["mobile"], ""])


# how often each kind among the errors, and what it does
ERRORS: dict[str, tuple[float, Callable[[random.Random, Cells, Person], None]]] = {
    "keyboard": (0.2, _word("keyboard", "birth_name", "first_name", "used_name", "mobile", "email", "address")),
    "ear": (0.12, _word("ear", "birth_name", "first_name", "city")),
    "scanner": (0.05, _word("scanner", "birth_name", "first_name", "email", "address")),
    "accents": (0.08, _accents),
    "fields": (0.06, _fields),
    "surname": (0.09, _surname),
    "given": (0.12, _given),
    "date": (0.1, _date),
    "number": (0.08, _number),
    "missing": (0.06, _missing),
    "sex": (0.02, _sex),
    "home": (0.06, _home),
}
