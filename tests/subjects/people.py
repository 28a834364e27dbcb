"""Small files of invented persons, for the tests of this room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from colmate.engine import Engine
from colmate.subjects import Subjects, SubjectTable, resolve

TYPES = {
    "id": "patient_id", "title": "title", "birth": "birth_name", "used": "used_name", "last": "last_name",
    "first": "first_name", "full": "full_name", "born": "birth_date", "died": "death_date", "sex": "sex", "nir": "nir",
    "email": "email", "phone": "phone", "mobile": "phone", "address": "address", "postcode": "postcode",
    "commune": "commune_code", "lab": "organisation_name", "insured_last": "last_name", "insured_first": "first_name",
    "insured_nir": "nir", "insured_born": "birth_date", "doctor": "professional_name", "rpps": "rpps", "login": "login",
    "kin_last": "last_name", "kin_first": "first_name", "kin_born": "birth_date", "kin_mobile": "phone",
}  # fmt: skip
ROLES = {"insured_last": "insured", "insured_first": "insured", "insured_nir": "insured", "insured_born": "insured",
         "doctor": "professional", "rpps": "professional", "lab": None, "kin_last": "relative",
         "kin_first": "relative", "kin_born": "relative", "kin_mobile": "relative"}  # fmt: skip
Row = Mapping[str, str | None]

# surnames and given names of no particular person, rare enough to tell people apart
SURNAMES = [
    "ABGRALL",
    "BIDEAU",
    "CADORET",
    "DREVILLON",
    "EMERIAU",
    "FALHUN",
    "GOURVENNEC",
    "HASCOET",
    "IZARD",
    "JAFFREDOU",
    "KERVELLA",
    "LOZACHMEUR",
]
GIVEN = [
    "AMBROISE",
    "BERTILLE",
    "COLOMBAN",
    "DOMITILLE",
    "EULALIE",
    "FULBERT",
    "GWENNOLE",
    "HERMANCE",
    "ISAURE",
    "JOSSELIN",
    "KELIG",
    "LORENA",
]


@dataclass(frozen=True)
class Given:
    field: str
    semantic_type: str
    role: str | None
    name: str
    filled: int
    valid: int


def crowd(count: int) -> list[dict[str, str | None]]:
    """``count`` persons who share nothing, as a file's background."""
    return [
        {
            "last": f"{SURNAMES[n % 12]}{_letters(n)}",
            "first": GIVEN[(n // 12) % 12],
            "born": f"{1930 + n % 80}-{1 + n % 12:02}-{1 + n % 28:02}",
            "sex": "FM"[n % 2],
            "postcode": f"{10 + n % 80}{n % 9}00",
        }
        for n in range(count)
    ]


# what tells one family from another where the same story is told of several
STEMS = ("KERVA", "TREGO", "PLOUZ", "GOUEL", "MENEZ", "COATI", "LANDU", "ROSPO", "QUIMI")
OTHERS = ("GUERN", "BRIZEC", "MOAL", "TALLEC", "CORRE", "NOUY", "STUNFF", "ROUZIC", "DOARE")


def elsewhere(row: Row, n: int) -> dict[str, str | None]:
    """The same record of family ``n`` (0 to 8), who lived ``n`` years earlier, in another town, with other numbers."""

    def told(key: str, cell: str) -> str:
        if key in ("last", "first", "used", "birth"):
            return cell.replace("KERVA", STEMS[n]).replace("Kerva", STEMS[n].title()).replace("GUERN", OTHERS[n])
        if key == "born":
            return f"{int(cell[:4]) - n}{cell[4:]}"
        if key == "nir":
            return f"{cell[0]}{int(cell[1:3]) - n:02}{cell[3:5]}{int(cell[5:7]) + n:02}{cell[7:]}"
        if key in ("mobile", "phone"):
            return f"{cell[:-3]}{n}{cell[-2:]}"
        if key == "postcode":
            return f"{int(cell[:2]) + n:02}{cell[2:]}"
        return f"{n}{cell}" if key in ("address", "email") else cell

    return {key: cell and told(key, cell) for key, cell in row.items()}


def _letters(n: int) -> str:
    return "".join("BCDFGLMNPR"[int(digit)] + "AEIOU"[int(digit) % 5] for digit in str(n))


def table(engine: Engine, rows: Sequence[Row], number: int = 0, controller: str | None = None) -> SubjectTable:
    """A canonical table of ``rows``: the keys of the rows name the columns (`TYPES`)."""
    keys = [key for key in TYPES if any(key in row for row in rows)]
    fields = {f"c{position}": key for position, key in enumerate(keys)}
    cells = {field: pa.array([row.get(key) for row in rows], pa.string()) for field, key in fields.items()}
    data = pa.table({"record": pa.array(range(1, len(rows) + 1), pa.int64()), **cells})
    columns = [
        Given(field, TYPES[key], ROLES.get(key, "patient"), key, sum(bool(row.get(key)) for row in rows), len(rows))
        for field, key in fields.items()
    ]
    owner = next((field for field, key in fields.items() if key == controller), None)
    return SubjectTable(number, engine.memtable(data, f"records_{number}"), columns, owner, len(rows))


def resolved(engine: Engine, rows: Sequence[Row], controller: str | None = None) -> Subjects:
    return resolve(engine, [table(engine, rows, controller=controller)])


def partition(engine: Engine, rows: Sequence[Row], controller: str | None = None) -> list[int | None]:
    """The person of each row (the patient's mention), as small numbers in order of appearance."""
    found = resolved(engine, rows, controller)
    mains = engine.rows(found.mentions.filter(found.mentions.role == "patient").order_by("record"))
    seen: dict[int, int] = {}
    return [None if row["person"] is None else seen.setdefault(row["person"], len(seen)) for row in mains]


def stories(engine: Engine, pairs: Sequence[tuple[Row, Row]]) -> list[bool]:
    """Whether the two records of each pair are found to be one person, all told in one file of other people.

    The n-th pair is of family ``n`` (`elsewhere`): up to nine pairs, of whom no two are found to be one.
    """
    rows = [elsewhere(row, n) for n, pair in enumerate(pairs) for row in pair]
    found = partition(engine, [*rows, *crowd(300)])
    families = [set(found[place : place + 2]) for place in range(0, len(rows), 2)]
    assert len(set().union(*families)) == sum(map(len, families))
    return [len(family) == 1 for family in families]


def same(engine: Engine, *rows: Row, among: int = 300) -> bool:
    """Whether the rows are found to be one person in a file of other people."""
    return len(set(partition(engine, [*rows, *crowd(among)])[: len(rows)])) == 1
