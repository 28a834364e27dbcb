"""Mentions: one row for each data subject that appears in a record, with the traits that tell who it is.

A record has one main subject (the patient; the account holder where no column speaks of a patient) and may name an
insured person and a relative besides. Columns without a role belong to the main subject.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import replace
from functools import partial, reduce

import ibis
import ibis.expr.types as ir
import pyarrow.compute as pc

from colmate.engine import Engine, fingerprint, fingerprint_number
from colmate.subjects import traits, vocabulary
from colmate.subjects.beside import beside
from colmate.subjects.forms import forget_forms, print_of, with_forms
from colmate.subjects.frequencies import given_names
from colmate.subjects.mailed import GIVEN, SURNAME, with_mailed_names
from colmate.subjects.names import clean, upper
from colmate.subjects.tables import STATUS, SubjectTable, columns_of, mention_id

__all__ = ["TRAITS", "identities", "main_role", "numbered_only"]

IDENTITY = (
    "birth_name", "used_name", "last_name", "first_name", "full_name", "birth_date", "nir", "ins", "email", "phone",
    "address", "patient_id", "login",
)  # fmt: skip
NAMED = tuple(kind for kind in IDENTITY if kind != "patient_id")
# a table without any of these knows its subjects by a local number alone: a birth date tells nobody by itself
TELLING = tuple(kind for kind in NAMED if kind not in ("birth_date", "address"))
# what two records must share to be one profile
TRAITS = (
    "name", "used", "first", "rest", "sex", "born", "nir", "email", "mobile", "landline", "place", "postcode",
    "department",
)  # fmt: skip
NAMES = ("birth_name", "used_name", "last_name", "full_name")
# texts that come again and again, by what they are
REPEATED = {
    "surname": ("birth_name", "used_name", "last_name"), "given": ("first_name",), "line": ("address",),
}  # fmt: skip
COLUMNS = (
    "mention", "status", *TRAITS, "standing", "local", "dead", "post", "by_name", "by_used", "by_first", "profile",
)  # fmt: skip
# a name that an e-mail address tells finds no candidates: it tells those apart whom something else brings together
UNWRITTEN = {
    **dict.fromkeys(("by_name", "by_used", "by_first"), ibis.null("uint64")),
    **dict.fromkeys(("test_surname", "test_given"), ibis.literal(False)),
}  # fmt: skip
ORDER_SAMPLE = 20_000
# roles of the columns that speak of a main subject
SPEAK_OF: dict[str, tuple[str | None, ...]] = {"patient": ("patient", None, "account"), "account": ("account",)}


def main_role(table: SubjectTable) -> str | None:
    """Role of the main subject of the table's records: patient, else account, else None (professionals only)."""
    # a trait without a role is nobody's: the telephone of an establishment in a list of them
    return next((role for role in ("patient", "account") if columns_of(table, (role,), *IDENTITY)), None)


def numbered_only(table: SubjectTable) -> bool:
    """Return whether the table knows its main subjects by a local number alone."""
    main = main_role(table)
    return main is not None and not columns_of(table, SPEAK_OF[main], *TELLING)


def identities(
    engine: Engine, table: SubjectTable, carried: ir.Table | None = None, before: Sequence[ir.Table] = ()
) -> list[ir.Table]:
    """Return parked tables of mentions with traits: the main subjects, then insured persons, then relatives.

    Columns: ``mention``, ``status`` (place in `STATUS`), `TRAITS`, ``standing``, ``local``, ``dead``, ``post``, and the
    fingerprints ``by_…`` that find candidates, and ``profile``. ``carried``: records (``record``) whose main subject is
    the one of another record's ``mention``, to be found in ``before``: they have none of their own.
    """
    made: list[ir.Table] = []
    mains: list[ir.Table] = []
    if main := main_role(table):
        own = table if carried is None else replace(table, canonical=table.canonical.anti_join(carried, "record"))
        subjects = _profiled(_subject(engine, own, main, SPEAK_OF[main]))
        made.append(engine.park(subjects.select(*COLUMNS), f"subjects_{table.number}"))
        mains.append(made[0])
    others = [role for role in ("insured", "relative") if columns_of(table, (role,), *NAMED, "nir", "ins")]
    if others and carried is not None and before:
        mains.append(_led(table, carried, before))
    for role in others:
        subjects = _subject(engine, table, role, (role,))
        subjects = subjects.filter(subjects.status == STATUS.index("person"))
        known = ibis.union(*mains, distinct=False) if len(mains) > 1 else mains[0] if mains else None
        told = _profiled(subjects if known is None else beside(subjects, known, role, bool(main)))
        made.append(engine.park(told.select(*COLUMNS), f"{role}_{table.number}"))
    forget_forms(engine)
    return made


def _led(table: SubjectTable, carried: ir.Table, before: Sequence[ir.Table]) -> ir.Table:
    """Return the traits of the subjects that are carried to the records of a table, numbered as its own."""
    told = ibis.union(*before, distinct=False) if len(before) > 1 else before[0]
    led = carried.select("record", leader="mention").join(told, [("leader", "mention")])
    return led.mutate(mention=mention_id(led.record, table.number, "patient")).select(*COLUMNS)


def _subject(engine: Engine, table: SubjectTable, role: str, roles: Sequence[str | None]) -> ir.Table:
    """Normalise one data subject of each record."""
    table, written = _named(engine, table, roles)
    cells = partial(columns_of, table, roles)
    phones, one, full = cells("phone"), partial(_one, cells), cells("full_name")
    lines = {f"line{place}": cell for place, cell in enumerate(cells("address"))}
    raw = table.canonical.select("record", **written, **lines)
    row = table.canonical.select(
        mention=mention_id(table.canonical.record, table.number, role),
        **written,
        test_number=_test_identifier(cells),
        sex=traits.person_sex(one("sex"), one("title")),
        born=traits.birth_number(one("birth_date")),
        nir=one("ins", "nir"),
        email=print_of(one("email")),
        mobile=traits.telephone(phones, mobile=True), landline=traits.telephone(phones, mobile=False),
        zone=one("postcode", "city"), **lines,
        # a table that tells no postcode may tell the town
        postcode=one("postcode") if cells("postcode") else upper(one("city")),
        department=traits.department(one("postcode"), one("commune_code")),
        local=_local(table, cells),
        dead=one("death_date").notnull(),
        post=one("address").notnull() & one("postcode", "city").notnull(),
    )  # fmt: skip
    sizes = {kind: _size(table, roles, types) for kind, types in REPEATED.items()}
    row = traits.identity_names(engine, row, raw, _first_comes_first(engine, table, full) if full else None, sizes)
    if not columns_of(table, roles, *NAMES, "first_name"):
        row = row.mutate(**UNWRITTEN)
    row = with_forms(engine, row, "line", list(lines), raw, sizes["line"])
    row = row.mutate(place=traits.place([row[f"{line}_key"] for line in lines], row.zone))
    row = row.drop("zone", *(f"{line}_key" for line in lines))
    row = traits.with_standing(row)
    # TEST is a family too: a person's own number speaks for it
    test = row.test_number | row.test_given | (row.test_surname & (row.standing.fill_null(0) < 2))
    row = row.mutate(place=print_of(row.place), test=test).drop("test_number", "test_given", "test_surname")
    row = row.mutate(sex=ibis.coalesce(row.sex, traits.sex_of_number(row)))
    return row.mutate(status=_status(row, bare=not columns_of(table, roles, *TELLING))).drop("test")


def _named(
    engine: Engine, table: SubjectTable, roles: Sequence[str | None]
) -> tuple[SubjectTable, dict[str, ir.StringValue]]:
    """Return ``table`` and the names that it writes; where it has none, those that e-mail addresses tell."""
    emails = columns_of(table, roles, "email")
    if (written := traits.raw_names(partial(columns_of, table, roles))) or not emails:
        return table, written
    table = replace(table, canonical=with_mailed_names(engine, table.canonical, emails[0].get_name()))
    return table, {"surname": table.canonical[SURNAME], "given": table.canonical[GIVEN]}


def _one(cells: traits.Cells, *types: str) -> ir.StringValue:
    found = cells(*types)
    return ibis.coalesce(*found) if found else ibis.null("string")


def _size(table: SubjectTable, roles: Sequence[str | None], types: Sequence[str]) -> tuple[int, int]:
    """Return how many records there are and how many different texts their columns of some types hold at most."""
    some = [column for column in table.columns if column.semantic_type in types and column.role in roles]
    return table.records, sum(getattr(column, "distinct", 0) or table.records for column in some)


def _local(table: SubjectTable, cells: traits.Cells) -> ir.IntegerValue:
    """Fingerprint of a local number with its controller: the same number elsewhere is another person's.

    Where the table has none, a number of records that comes back is taken for one, within its table and column.
    """
    number = _one(cells, "patient_id", "login")
    scope = ibis.literal("")
    if not cells("patient_id", "login") and (again := _comes_back(table)):
        number, scope = table.canonical[again], ibis.literal(f"{table.number}|{again}|")
    owner = table.canonical[table.controller].fill_null("") if table.controller else ibis.literal("")
    return number.notnull().ifelse(fingerprint(scope + owner.upper() + "|" + number), ibis.null("uint64"))


def _comes_back(table: SubjectTable) -> str | None:
    """Field of the column of record numbers that are no record's own: most come twice or more, none all the time."""
    for column in table.columns:
        distinct = getattr(column, "distinct", 0)
        if column.semantic_type == "record_id" and 0 < distinct * 1.2 < column.filled < distinct * 20:
            return column.field
    return None


def _test_identifier(cells: traits.Cells) -> ir.BooleanValue:
    found = [cell.contains(oid) for cell in cells("patient_id", "code") for oid in vocabulary.test_oids()]
    return ibis.or_(*found).fill_null(False) if found else ibis.literal(False)


def _status(row: ir.Table, bare: bool) -> ir.IntegerValue:
    """Whether a mention says enough to tell a person; ``bare`` tables know their subjects by a local number alone."""
    reached = row.nir.notnull() | row.email.notnull() | row.mobile.notnull() | row.landline.notnull()
    named = row.name.notnull() & ibis.or_(
        row["first"].notnull(), row.born.notnull(), row.place.notnull(), row.local.notnull()
    )
    enough = reached | named | (row["first"].notnull() & row.born.notnull())
    by_number = "person" if bare else "weak"
    code = ibis.cases(
        (row.test, STATUS.index("test")),
        (enough, STATUS.index("person")),
        (row.local.notnull(), STATUS.index(by_number)),
        else_=STATUS.index("insufficient"),
    )
    return code.cast("int8")


def _profiled(row: ir.Table) -> ir.Table:
    """Add the fingerprint that folds equal traits into a profile."""
    reached = row.nir.notnull() | row.email.notnull() | row.mobile.notnull() | row.landline.notnull()
    told = reached | (row.name.notnull() & row["first"].notnull()) | (row["first"].notnull() & row.born.notnull())
    row = row.mutate(told=told)
    return row.mutate(profile=_profile(row)).drop("told")


def _profile(row: ir.Table) -> ir.IntegerValue:
    """One fingerprint of all `TRAITS`; of the local number too where little else is told."""
    texts = ("name", "used", "first", "rest", "sex", "nir", "postcode", "department")
    written = fingerprint(ibis.literal("|").join([row[trait].fill_null("") for trait in texts]))
    # each number in a range of its own, so that equal numbers in two traits differ
    numbers = [fingerprint_number(row[trait].cast("int64").fill_null(0) * 4 + place)
               for place, trait in enumerate(("born", "mobile", "landline"))]  # fmt: skip
    local = row.told.ifelse(ibis.null("uint64"), row.local)
    prints = [part.fill_null(0).cast("uint64") for part in (row.email, row.place, local)]
    return reduce(operator.xor, [written, *numbers, *prints])


def _first_comes_first(engine: Engine, table: SubjectTable, full: list[ir.StringValue]) -> bool:
    """Whether full names begin with the given name: by which end of the names is more often a known given name."""
    if not full:
        return False
    known = given_names()
    words = known.filter(known["known"])["word"]
    every = table.canonical if table.whole is None else table.whole
    # which ones are looked at depends on the names alone, on no order
    drawn = every.select(full=full[0].get_name()).filter(ibis._.full.contains(" "))
    drawn = drawn.order_by(fingerprint(drawn.full)).limit(ORDER_SAMPLE)
    sample = drawn.select(full=clean(drawn.full).re_replace(vocabulary.titles_at_head(), ""))
    ends = engine.arrow(
        sample.select(head=sample.full.re_extract(r"^(\p{L}+)", 1), tail=sample.full.re_extract(r"(\p{L}+)$", 1))
    )
    head, tail = (pc.sum(pc.is_in(ends[end], value_set=words)).as_py() or 0 for end in ("head", "tail"))
    return head > tail
