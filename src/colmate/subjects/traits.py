"""The traits of a civil identity, from canonical cells: names, birth, sex, NIR, place, contacts.

Sources: RNIV (strict traits of an identity); NIR layout and its exceptions (CNAM validation rules, INSEE): the sex
digit is 1 or 2, months 20–99 mean unknown, numbers that begin with 5–8 are provisional and hold no birth date.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ibis
import ibis.expr.types as ir

from colmate.subjects import vocabulary
from colmate.subjects.names import (
    address_key,
    full_name,
    joined,
    known,
    letters,
    married,
    test_given,
    test_surname,
    upper,
)

__all__ = [
    "NAMES",
    "Cells",
    "birth_number",
    "department",
    "identity_names",
    "with_standing",
    "person_sex",
    "place",
    "raw_names",
    "telephone",
]

Cells = Callable[..., list[ir.StringValue]]
TEXT = ibis.null("string")


WRITTEN = ("birth", "bride", "surname", "given")
NAMES = ("name", "used", "first", "rest", "test_surname", "test_given")


def _coalesce(values: Sequence[ir.StringValue]) -> ir.StringValue:
    return ibis.coalesce(*values) if values else TEXT


def raw_names(cells: Cells) -> dict[str, ir.StringValue]:
    """The names as the file has them, by kind; ``cells`` gives the columns of some semantic types."""
    kinds = {
        "birth": "birth_name",
        "bride": "used_name",
        "surname": "last_name",
        "given": "first_name",
        "full": "full_name",
    }
    return {name: _coalesce(cells(kind)) for name, kind in kinds.items()}


def identity_names(row: ir.Table, split_full: bool, first_comes_first: bool) -> ir.Table:
    """Replace the columns of `raw_names` by `NAMES`: name keys, and whether the names are a test's.

    ``name`` is the birth name where known, ``used`` another surname borne, ``first`` the first given name and ``rest``
    the others. ``first_comes_first`` is the order inside full names where neither a comma nor capitals tell it.
    A projection a step: the engine computes each expression once.
    """
    row = row.mutate(**{kind: upper(row[kind]) for kind in WRITTEN})
    row = row.mutate(**{kind: letters(row[kind]) for kind in WRITTEN})
    if split_full:
        row = full_name(row, first_comes_first)
        row = row.mutate(
            surname=ibis.coalesce(row.surname, row.full_last), given=ibis.coalesce(row.given, row.full_first)
        ).drop("full_last", "full_first")
    else:
        row = row.drop("full")
    born_as, married_as = married(row.surname)
    row = row.mutate(
        born_as=born_as,
        married_as=married_as,
        test_surname=test_surname(ibis.coalesce(row.birth, row.surname), row.bride, row.given),
        test_given=test_given(row.given),
    )
    for step in (known, joined):
        row = row.mutate(**{kind: step(row[kind]) for kind in (*WRITTEN, "born_as", "married_as")})
    row = row.mutate(name=ibis.coalesce(row.birth, row.born_as, row.bride), head=row.given.split(" ")[0])
    others = [row[kind].nullif(row.name) for kind in ("bride", "married_as", "surname")]
    row = row.mutate(used=ibis.coalesce(*others), rest=row.given.substr(row["head"].length() + 1).nullif(""))
    done = row.rename(first="head")
    return done.drop("birth", "bride", "surname", "given", "born_as", "married_as")


def birth_number(date: ir.StringValue) -> ir.IntegerValue:
    """``YYYY-MM-DD`` as the integer YYYYMMDD (00 where unknown); null for what software writes when none is known."""
    usable = date.re_search(r"^\d{4}-\d{2}-\d{2}$") & ~date.isin(vocabulary.placeholder_dates())
    number = date.replace("-", "").substr(0, 8).try_cast("int32")
    return (usable & (date >= "1850") & (date < "2100")).ifelse(number, ibis.null("int32"))


def person_sex(sex: ir.StringValue, title: ir.StringValue) -> ir.StringValue:
    """Sex from its column, else from the title: a nun's SOEUR is a woman; ENF, BEBE and DR tell nothing."""
    from_title = ibis.cases(
        (title.isin(vocabulary.female_titles()), "F"), (title.isin(vocabulary.male_titles()), "M"), else_=TEXT
    )
    return ibis.coalesce(sex.isin(["F", "M"]).ifelse(sex, TEXT), from_title)


def with_standing(row: ir.Table, born: str = "born", sex: str = "sex", name: str = "standing") -> ir.Table:
    """Add the column ``name``: whose number ``nir`` is, by the columns ``born`` and ``sex``.

    2 the person's own (birth year and month agree), 1 not contradicted, 0 another's, null without a number. A child's
    or a spouse's row often carries the insured person's number: it then contradicts the birth date or the sex, and is a
    household tie. The birth day may stand for the month (dates exchanged); a provisional number (first digit 5–8)
    holds no date.
    """
    year, month = row.nir.substr(1, 2).try_cast("int32"), row.nir.substr(3, 2).try_cast("int32")
    row = row.mutate(nir_year=year, nir_month=month, born_month=row[born] // 100 % 100)
    month_agrees = ibis.or_(
        row.nir_month == row.born_month, row.nir_month == row[born] % 100, row.born_month == 0, row.nir_month >= 20
    )
    first = row.nir.substr(0, 1)
    row = row.mutate(
        date_agrees=(row.nir_year == row[born] // 10000 % 100) & month_agrees,
        sex_agrees=(first.isin(["1", "3"]).ifelse("M", "F") == row[sex]).fill_null(True),
        plain=first.isin(["1", "2", "3", "4"]),
    )
    standing = ibis.cases(
        (row.nir.isnull(), ibis.null("int8")),
        (~row.plain, 1),
        (row.date_agrees.isnull(), row.sex_agrees.ifelse(1, 0)),
        (row.date_agrees, row.sex_agrees.ifelse(2, 1)),
        else_=0,
    )
    made = row.mutate(**{name: standing.cast("int8")})
    return made.drop("nir_year", "nir_month", "born_month", "date_agrees", "sex_agrees", "plain")


def department(postcode: ir.StringValue, commune: ir.StringValue) -> ir.StringValue:
    """French département of a postcode, else of a commune code; null where neither tells.

    200xx and 201xx are 2A, 202xx and 206xx are 2B; 97x and 98x have three characters (INSEE, La Poste).
    """
    return ibis.coalesce(_department_of(postcode), _department_of(commune))


def _department_of(code: ir.StringValue) -> ir.StringValue:
    three, two = code.substr(0, 3), code.substr(0, 2)
    return ibis.cases(
        (~code.re_search(r"^\d[\dAB]\d{3}$").fill_null(False), TEXT),
        (three.isin(["200", "201"]), "2A"),
        (three.isin(["202", "206"]), "2B"),
        (two.isin(["2A", "2B"]), two),
        (two.isin(["97", "98"]), three),
        (two.between("01", "95") & (two != "20"), two),
        else_=TEXT,
    )


def telephone(numbers: Sequence[ir.StringValue], mobile: bool) -> ir.IntegerValue:
    """First mobile (or first other) number as an integer; canonical numbers are E.164, French mobiles +336 and +337.

    Overseas mobiles begin +262 69, +590 69, +594 69, +596 69 and +508 55 (national numbering plan).
    """
    pattern = r"^\+33[67]|^\+(262|590|594|596)69|^\+50855"
    wanted = [number.re_search(pattern) == mobile for number in numbers]
    kept = [keep.ifelse(number, TEXT) for keep, number in zip(wanted, numbers, strict=True)]
    return _coalesce(kept).re_extract(r"^\+(\d{6,15})$", 1).nullif("").try_cast("int64")


def place(lines: Sequence[ir.StringValue], zone: ir.StringValue) -> ir.StringValue:
    """Where somebody lives, as text: `address_key` of the first line that has one, with its postcode or city."""
    if not lines:
        return TEXT
    return ibis.coalesce(*(address_key(upper(line)) for line in lines)) + "|" + zone.fill_null("")
