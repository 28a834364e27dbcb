"""Who answers for which records, under a label that names nobody."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from colmate import model
from colmate.catalogue import load
from colmate.engine import Engine
from colmate.exposure.bits import Bits
from colmate.exposure.intervals import Intervals
from colmate.exposure.marks import Marks
from colmate.exposure.severity import asserted_facts
from colmate.exposure.tables import ExposureTable

__all__ = ["clean_label", "controllers", "names", "speaks_of_no_person"]

NONE = "(none)"
INSTITUTIONS = frozenset(
    ("hopital", "hopitaux", "hospitalier", "hospitaliere", "hospitaliers", "clinique", "cliniques")
)
INSTITUTIONS |= {"polyclinique", "chu", "chr", "chi", "ehpad", "laboratoire", "laboratoires", "institut", "fondation"}
INSTITUTIONS |= {"maternite", "sanatorium", "maison", "centre"}
OF_ONE = frozenset(("cabinet", "dr", "docteur", "docteurs", "pr", "professeur", "m", "mr", "mme", "mlle", "monsieur"))
OF_ONE |= {"madame", "selarl", "scm"}
LONGEST = 60
# FINESS 9, SIREN 9, SIRET 14; longer or other runs of digits may be a phone or a NIR
_OFFICIAL = re.compile(r"(?:\d{9}|2[AB]\d{7}|\d{14})")
_CODE = re.compile(r"[A-Za-z]{0,5}[-_/. ]?\d{1,6}(?:[-_/.][A-Za-z0-9]{1,4})?")
_WORD = re.compile(r"[^\W_]+")


def clean_label(value: str) -> str:
    """Return the value without control characters, blanks made one, 60 characters at most."""
    visible = "".join(" " if unicodedata.category(item) in ("Cc", "Cf", "Zl", "Zp") else item for item in value)
    return " ".join(visible.split())[:LONGEST].strip()


@cache
def _organisation_words() -> frozenset[str]:
    towns = load("vocabularies")["words"]
    own = {word for part in load("organisation_words").values() for word in part["any"]}
    return frozenset(own.union(*(name.split() for name in (*towns["city"], *towns["city_part"]))))


def speaks_of_no_person(value: str, established: bool = False) -> bool:
    """Tell whether a controller's value may be shown: a code, an official number, or known words of organisations.

    ``established``: it is the name of an entry in a list of establishments. A hospital's or a laboratory's is public,
    whatever its words; a practice's, or one with a title, may be a person's.
    """
    if _OFFICIAL.fullmatch(value) or _CODE.fullmatch(value):
        return True
    if re.search(r"\d{5}|@", value) or re.search(r"[^\w\s'’.,()/&-]", value):
        return False
    folded = "".join(c for c in unicodedata.normalize("NFKD", value.lower()) if not unicodedata.combining(c))
    words = _WORD.findall(folded)
    known = _organisation_words()
    kinds = load("organisation_words")["kinds"]["any"]
    if established and INSTITUTIONS.intersection(words) and not OF_ONE.intersection(words):
        return True
    return (
        any(word in kinds for word in words)
        and all(word in known or word.isdigit() for word in words)
    )  # fmt: skip


def names(engine: Engine, tables: Sequence[ExposureTable]) -> ir.Table | None:
    """Give each distinct value of the controllers' columns a number: value, controller int32; ``None`` without them."""
    parts = [
        table.canonical.select(value=table.canonical[table.controller].fill_null("").strip()).distinct()
        for table in tables
        if table.controller is not None
    ]
    if not parts:
        return None
    values = ibis.union(*parts, distinct=True) if len(parts) > 1 else parts[0]
    values = values.filter(values["value"] != "")
    numbered = values.mutate(controller=(ibis.row_number() + 1).cast("int32"))
    return engine.materialise(numbered, "exposure:controllers")


def controllers(
    engine: Engine,
    tables: Mapping[int, str],
    marks: Sequence[Marks],
    held: ir.Table,
    bits: Bits,
    known: ir.Table | None,
    silent: Mapping[int, int],
    owners: Mapping[str, str],
    intervals: Intervals,
) -> tuple[list[model.Controller], ir.Table]:
    """Return one section a controller, by descending records, and the datasets of labels (label, value).

    ``persons``: distinct main subjects (patients where there are any) of the records; ``special_category_persons``:
    those about whom a record of this controller asserts a special category. ``tables``: number → name. ``silent``:
    records of tables without marks. ``owners``: names of controllers that records give by number.
    """
    counts = _counts(engine, marks, held, bits, silent)
    rows = engine.rows(known) if known is not None else []
    values = {row["controller"]: owners.get(row["value"], row["value"]) for row in rows}
    established = {row["controller"] for row in rows if row["value"] in owners}
    sure = intervals.by_controller(held, {number: persons for number, (_, persons, _) in counts.items()})
    found, hidden = [], []
    ordered = sorted(counts.items(), key=lambda item: (-item[1][0], str(values.get(item[0], ""))))
    for place, (number, (records, persons, special)) in enumerate(ordered, 1):
        value = values.get(number, "") if number > 0 else tables.get(-number, "")
        label = _label(value, number, place, number in established)
        if number > 0 and label != value:
            hidden.append((label, value))
        found.append(
            model.Controller(
                label=label,
                records=records,
                persons=persons,
                special_category_persons=special,
                interval=sure.get(number),
            )
        )
    schema = pa.schema([("label", pa.string()), ("value", pa.string())])
    labels = pa.Table.from_pylist([{"label": label, "value": value} for label, value in hidden], schema)
    return found, engine.memtable(labels, "exposure:labels")


def _label(value: str, number: int, place: int, established: bool) -> str:
    clean = clean_label(value)
    if not clean:
        return NONE if number >= 0 else f"controller-{place:04d}"
    # a file's own name is in the report already
    return (
        clean
        if number < 0 or (clean == value and speaks_of_no_person(clean, established))
        else f"controller-{place:04d}"
    )


def _counts(
    engine: Engine, marks: Sequence[Marks], held: ir.Table, bits: Bits, silent: Mapping[int, int]
) -> dict[int, tuple[int, int, int]]:
    records = {number: count for number, count in silent.items() if count}
    for item in marks:
        for row in engine.rows(item.table.group_by("controller").aggregate(records=item.table.count())):
            records[row["controller"]] = records.get(row["controller"], 0) + row["records"]
    main = held.filter("main")
    special = bits.any(main, asserted_facts(bits, [fact.name for fact in bits.places]))
    grouped = main.group_by("controller").aggregate(persons=main.count(), special=special.sum())
    persons = {row["controller"]: (row["persons"], row["special"] or 0) for row in engine.rows(grouped)}
    return {number: (count, *persons.get(number, (0, 0))) for number, count in records.items()}
