"""Professionals named by the records: prescribers, samplers, treating doctors.

They have few traits, so a plain rule tells them: one RPPS (or ADELI) number is one person; a name without a number
is the person of that name who has one, where there is only one; else the same name in the same postcode area is one
person. Names are compared without titles and whatever the order of their words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from colmate.engine import Engine, among, fingerprint
from colmate.subjects import vocabulary
from colmate.subjects.names import clean, test_surname
from colmate.subjects.tables import ColumnLike, SubjectTable, mention_id

__all__ = ["professionals"]

MOST = 4
ROLE = ("professional",)
PARTS = {
    "professional_name": "name",
    "full_name": "name",
    "last_name": "surname",
    "birth_name": "surname",
    "used_name": "surname",
    "first_name": "given",
    "rpps": "number",
    "adeli": "number",
    "postcode": "zone",
}
NAMED = frozenset(("name", "surname"))
# these say by themselves that a professional is meant, whatever the role of their column
TELLING = frozenset(("professional_name", "rpps", "adeli"))
TEXT = ibis.null("string")


def professionals(engine: Engine, tables: list[SubjectTable]) -> ir.Table | None:
    """Return a temporary table ``mention``, ``person`` of the professionals of all tables, or None without any.

    ``person`` is the smallest mention of the same professional. Names are read once for each way of writing them.
    """
    found = [mentions for table in tables for mentions in _appearances(table)]
    if not found:
        return None
    seen = ibis.union(*found, distinct=False) if len(found) > 1 else found[0]
    written = seen.group_by("number", "name", "zone").agg(times=seen.count())
    keys = engine.materialise(_keys(_read(engine.materialise(written, "professional_names"))), "professional_keys")
    keyed = engine.materialise(
        seen.select("mention", written=_written(seen)).inner_join(keys, "written").select("mention", "key"),
        "professional_mentions",
    )
    first = keyed.group_by("key").agg(person=keyed.mention.min())
    linked = engine.materialise(keyed.inner_join(first, "key").select("mention", "person"), "professionals")
    engine.drop("professional_names", "professional_keys", "professional_mentions")
    return linked


def _written(row: ir.Table) -> ir.IntegerValue:
    parts = [row[part].fill_null("") for part in ("number", "name", "zone")]
    return fingerprint(ibis.literal("|").join(parts))


def _read(written: ir.Table) -> ir.Table:
    """Names cleaned, without titles, their words in order; rows that name nobody left out."""
    row = written.mutate(written=_written(written), name=clean(written.name))
    row = row.mutate(name=row.name.re_replace(vocabulary.titles_at_head(), ""))
    told = row.name.notnull() & ~among(row.name, vocabulary.unknown_names()) & ~test_surname(row.name, TEXT, TEXT)
    words = row.name.split(" ").sort().join(" ")
    row = row.mutate(name=told.ifelse(words, TEXT), zone=row.zone.upper())
    return row.filter(row.number.notnull() | row.name.notnull())


def _appearances(table: SubjectTable) -> list[ir.Table]:
    """One lazy table (mention, number, name, zone) for each place of a record that names a professional."""
    places = [place for place in _places(table.columns) if place.keys() & {"name", "surname", "number"}][:MOST]
    return [_appearance(table, rank, place) for rank, place in enumerate(places)]


def _places(columns: Sequence[ColumnLike]) -> list[dict[str, str]]:
    """Gather the columns of each professional: part (`PARTS`) → physical field, in the file's order.

    Columns about one person stand together: the same part again, or another kind of name, begins the next person.
    What comes before any name (a number in front) belongs to the first.
    """
    places: list[dict[str, str]] = [{}]
    kinds: dict[str, str] = {}
    for column in columns:
        part = PARTS.get(column.semantic_type)
        if part is None or (column.role not in ROLE and column.semantic_type not in TELLING):
            continue
        again = part in places[-1]
        # a postcode more, or the married name beside the birth name, is still the same person's
        if again and (part == "zone" or kinds.get(part) != column.semantic_type):
            continue
        if again or (part in NAMED and places[-1].keys() & (NAMED - {part})):
            places.append({})
        places[-1][part] = column.field
        kinds[part] = column.semantic_type
    return places


def _appearance(table: SubjectTable, rank: int, place: Mapping[str, str]) -> ir.Table:
    cell = {part: table.canonical[field] for part, field in place.items()}
    surname, given = cell.get("surname"), cell.get("given")
    joined = (
        surname if surname is None or given is None else ibis.coalesce(surname + " " + given.fill_null(""), surname)
    )
    row = table.canonical.select(
        mention=mention_id(table.canonical.record, table.number, "professional", rank),
        number=cell.get("number", TEXT),
        name=cell.get("name", TEXT if joined is None else joined),
        zone=cell.get("zone", TEXT),
    )
    return row.filter(row.number.notnull() | row.name.notnull())


def _keys(read: ir.Table) -> ir.Table:
    """Give each way of writing (fingerprint ``written``) the key of its professional."""
    rows = read.mutate(
        number=read.number.fill_null(""), name=read.name.fill_null(""), zone=read.zone.fill_null("")
    )  # fmt: skip
    named = rows.filter(rows.name != "")
    met = named.group_by("name", "zone").agg(times=named.times.sum())
    # a name without a zone goes where that name is met most, the last zone of the alphabet on a tie
    ranked = met.filter(met.zone != "").order_by("times", "zone")
    home = ranked.group_by("name").agg(home=ranked.zone.last(order_by=["times", "zone"]), zones=ranked.count())
    numbers = named.group_by("name").agg(
        numbers=named.number.nullif("").nunique(), only=named.number.nullif("").max()
    )  # fmt: skip
    joined = rows.left_join(numbers, "name").drop("name_right").left_join(home, "name")
    apart = ibis.literal("Z") + joined.name + "|" + ibis.coalesce(joined.zone.nullif(""), joined.home)
    key = ibis.cases(
        (joined.number != "", ibis.literal("N") + joined.number),
        (joined.numbers == 1, ibis.literal("N") + joined.only),
        (joined.zones > 1, apart),
        else_=ibis.literal("A") + joined.name,
    )
    return joined.select("written", key=fingerprint(key))
