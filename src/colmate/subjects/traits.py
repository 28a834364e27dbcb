"""The traits of a civil identity, from canonical cells: names, birth, sex, NIR, place, contacts.

Sources: RNIV (strict traits of an identity); NIR layout and its exceptions (CNAM validation rules, INSEE): the sex
digit is 1 or 2, months 20–99 mean unknown, numbers that begin with 5–8 are provisional and hold no birth date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import ibis
import ibis.expr.types as ir

from colmate.engine import Engine, among, once
from colmate.subjects import vocabulary
from colmate.subjects.forms import with_forms
from colmate.subjects.names import clean, full_name

__all__ = [
    "Cells",
    "birth_number",
    "department",
    "identity_names",
    "person_sex",
    "place",
    "raw_names",
    "sex_of_number",
    "telephone",
    "with_standing",
]

Cells = Callable[..., list[ir.StringValue]]
TEXT = ibis.null("string")


WRITTEN = {
    "birth": "birth_name", "bride": "used_name", "surname": "last_name", "given": "first_name", "full": "full_name",
}  # fmt: skip
SURNAMES = ("birth", "bride", "surname")
FORMED = ("birth_", "bride_", "surname_", "given_")


def _coalesce(values: Sequence[ir.StringValue]) -> ir.StringValue:
    return ibis.coalesce(*values) if values else TEXT


def raw_names(cells: Cells) -> dict[str, ir.StringValue]:
    """The names as the file has them, by kind; ``cells`` gives the columns of some semantic types."""
    return {name: _coalesce(found) for name, kind in WRITTEN.items() if (found := cells(kind))}


def identity_names(
    engine: Engine, row: ir.Table, raw: ir.Table, split: bool | None, sizes: Mapping[str, tuple[int, int]]
) -> ir.Table:
    """Replace the columns of `raw_names` by name keys, what finds their like, and whether they are a test's.

    ``name`` is the birth name where known, ``used`` another surname borne, ``first`` the first given name and ``rest``
    the others; ``by_…`` the fingerprints of how the three sound; ``test_surname``, ``test_given``. ``split``: None
    without full names, else whether they begin with the given name where neither a comma nor capitals tell. ``raw``
    and ``sizes``: see `with_forms`.
    """
    if split is not None:
        row = raw = _with_full(row, split)
        sizes = {}
    row = with_forms(engine, row, "surname", SURNAMES, raw, sizes.get("surname"))
    row = with_forms(engine, row, "given", ("given",), raw, sizes.get("given"))
    last = ibis.coalesce(row.birth_clean, row.surname_clean)
    maybe = row.birth_clean.notnull().ifelse(row.birth_maybe, row.surname_maybe).fill_null(False)
    alone = row.given_clean.isnull() | (row.given_clean == last)
    worded = [row[f"{kind}_test"].fill_null(False) for kind in ("birth", "surname", "bride")]
    # a surname is another's where there is a birth name
    told = row.birth_clean.notnull().ifelse(worded[0], worded[1]) | worded[2]
    name, by_name = _first_of(row, ("birth", "surname_born", "bride"))
    row = row.mutate(
        name=name, by_name=by_name, first="given_first", rest="given_rest", by_first="given_by",
        test_surname=told | (maybe & alone), test_given=row.given_test.fill_null(False),
    )  # fmt: skip
    used, by_used = _first_of(row, ("bride", "surname_wed", "surname"), row.name)
    row = row.mutate(used=used, by_used=by_used)
    return row.drop(*(column for column in row.columns if column.startswith(FORMED)))


def _with_full(row: ir.Table, first_comes_first: bool) -> ir.Table:
    """Return ``row`` with surname and given name out of the full name where they have no column of their own."""
    row = full_name(row, first_comes_first)
    told = {name: clean(row[name]) for name in ("surname", "given") if name in row.columns}
    return row.mutate(
        surname=ibis.coalesce(told.get("surname", TEXT), row.full_last),
        given=ibis.coalesce(told.get("given", TEXT), row.full_first),
    ).drop("full_last", "full_first")


def _first_of(row: ir.Table, kinds: Sequence[str], but: ir.StringValue | None = None) -> tuple[ir.Value, ir.Value]:
    """Return the first key there is among ``kinds``, other than ``but``, and its fingerprint."""
    keys = [row[f"{kind}_key"] if but is None else row[f"{kind}_key"].nullif(but) for kind in kinds]
    prints = [(key.notnull(), row[f"{kind}_by"]) for key, kind in zip(keys, kinds, strict=True)]
    return ibis.coalesce(*keys), ibis.cases(*prints, else_=ibis.null("uint64"))


def birth_number(date: ir.StringValue) -> ir.IntegerValue:
    """``YYYY-MM-DD`` as the integer YYYYMMDD (00 where unknown); null for what software writes when none is known."""
    usable = date.re_search(r"^\d{4}-\d{2}-\d{2}$") & ~among(date, vocabulary.placeholder_dates())
    number = date.replace("-", "").substr(0, 8).try_cast("int32")
    return (usable & (date >= "1850") & (date < "2100")).ifelse(number, ibis.null("int32"))


def person_sex(sex: ir.StringValue, title: ir.StringValue) -> ir.StringValue:
    """Sex from its column, else from the title: a nun's SOEUR is a woman; ENF, BEBE and DR tell nothing."""
    return ibis.coalesce(once(sex, _written_sex), once(title, _titled_sex))


def _written_sex(sex: ir.StringValue) -> ir.StringValue:
    return ibis.cases((sex == "F", "F"), (sex == "M", "M"), else_=TEXT)


def _titled_sex(title: ir.StringValue) -> ir.StringValue:
    female, male = (among(title, words()) for words in (vocabulary.female_titles, vocabulary.male_titles))
    return ibis.cases((female, "F"), (male, "M"), else_=TEXT)


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


def sex_of_number(row: ir.Table) -> ir.StringValue:
    """Sex by the first digit of ``nir``, where that is not another's (``standing``)."""
    digit = row.nir.substr(0, 1)
    return ibis.cases((~(row.standing > 0), TEXT), (digit == "1", "M"), (digit == "2", "F"), else_=TEXT)


def department(postcode: ir.StringValue, commune: ir.StringValue) -> ir.StringValue:
    """French département of a postcode, else of a commune code; null where neither tells.

    200xx and 201xx are 2A, 202xx and 206xx are 2B; 97x and 98x have three characters (INSEE, La Poste).
    """
    return ibis.coalesce(once(postcode, _department_of), once(commune, _department_of))


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


def place(keys: Sequence[ir.StringValue], zone: ir.StringValue) -> ir.StringValue:
    """Where somebody lives, as text: the key of the first line of an address that has one, with postcode or city."""
    return ibis.coalesce(*keys) + "|" + zone.fill_null("") if keys else TEXT
