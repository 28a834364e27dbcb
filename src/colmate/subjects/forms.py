"""The forms of names and addresses: what linkage needs of each text as it is written.

What is made of a text costs more than to look it up, and texts repeat: they are made once for each distinct text. In
a large table where nearly every text is another they are made in place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ibis
import ibis.expr.types as ir

from colmate.engine import Engine, fingerprint
from colmate.subjects.names import (
    address_key,
    family_or_test,
    fold,
    joined,
    known,
    letters,
    married,
    sound,
    test_given,
    test_word,
    upper,
)

__all__ = ["forget_forms", "print_of", "with_forms"]

Making = Callable[[ir.Table, str], ir.Table]
# of a large table, a text that comes less often than this is made in place; so are too many texts for memory
OFTEN, LARGE, MOST = 3, 50_000, 2_000_000
TEXTS, FORMS = "subjects:texts", "subjects:forms"
NAMED = {"clean": "string", "key": "string", "by": "uint64"}
TESTED = {"test": "boolean", "maybe": "boolean"}
SURNAME = NAMED | TESTED | {f"{part}_{form}": kind for part in ("born", "wed") for form, kind in NAMED.items()}
COLUMNS = {
    "surname": SURNAME,
    "given": {"clean": "string", "first": "string", "rest": "string", "by": "uint64", "test": "boolean"},
    "line": {"key": "string"},
}


def with_forms(
    engine: Engine, row: ir.Table, kind: str, texts: Sequence[str], raw: ir.Table, size: tuple[int, int] | None = None
) -> ir.Table:
    """Return ``row`` with columns ``{text}_{form}`` for each column of ``texts``, in place of these; see `COLUMNS`.

    ``kind`` is what the texts are. Of a *surname*: ``clean``, the name's ``key``, ``by`` (fingerprint of its sound),
    ``test`` and ``maybe`` (a test's, if the given name agrees), and the first three of the two names it may tell,
    ``born_…`` and ``wed_…``; ``by`` of a *given* name is of its ``first``; a *line* is one of an address. ``raw`` has
    those of the texts that there are. ``size``: records and distinct texts at most, where that is known. What is
    looked up lies in a temporary table, which the next call for the kind replaces and `forget_forms` drops.
    """
    there = [text for text in texts if text in raw.columns]
    missing = {f"{text}_{form}": ibis.null(dtype) for text in texts if text not in there
               for form, dtype in COLUMNS[kind].items()}  # fmt: skip
    row = row.mutate(**missing) if missing else row
    if size is None or (size[0] >= LARGE and size[1] > min(MOST, size[0] // OFTEN)):
        for text in there:
            row = MAKING[kind](row, text).drop(text)
        return row
    if not there:
        return row
    book = _book(engine, kind, [raw.select(text=raw[text]) for text in there])
    for text in there:
        mine = book.rename({f"{text}_{form}": f"text_{form}" for form in COLUMNS[kind]})
        row = row.left_join(mine, row[text] == mine.text).drop("text", text)
    return row


def forget_forms(engine: Engine) -> None:
    """Drop what was looked up: to be called when the rows are computed."""
    engine.drop(*(f"{FORMS}:{kind}" for kind in MAKING))


def _book(engine: Engine, kind: str, parts: Sequence[ir.Table]) -> ir.Table:
    """Return the distinct texts of some columns (``text``) with their forms, as a temporary table."""
    every = (ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]).distinct()
    texts = engine.view(every.filter(every.text.notnull()), f"{TEXTS}:{kind}")
    return engine.prepared(f"{FORMS}:{kind}", lambda: MAKING[kind](texts, "text"), f"{FORMS}:{kind}")


def _surname(row: ir.Table, text: str) -> ir.Table:
    row = _cleaned(row, text)
    clean = row[f"{text}_clean"]
    born, wed = married(clean)
    row = row.mutate(
        **{
            f"{text}_born_clean": born,
            f"{text}_wed_clean": wed,
            f"{text}_test": test_word(clean),
            f"{text}_maybe": family_or_test(clean),
        }
    )
    names = (text, f"{text}_born", f"{text}_wed")
    row = _keyed(row, names)
    row = row.mutate(**{f"{name}_by": fold(row[f"{name}_key"]) for name in names})
    return _heard(row, names)


def _given(row: ir.Table, text: str) -> ir.Table:
    row = _keyed(_cleaned(row, text), (text,))
    key = row[f"{text}_key"]
    row = row.mutate(**{f"{text}_first": key.split(" ")[0], f"{text}_test": test_given(row[f"{text}_clean"])})
    first = row[f"{text}_first"]
    row = row.mutate(**{f"{text}_rest": key.substr(first.length() + 1).nullif(""), f"{text}_by": first})
    return _heard(row.drop(f"{text}_key"), (text,))


def _line(row: ir.Table, text: str) -> ir.Table:
    row = row.mutate(**{f"{text}_upper": upper(row[text])})
    return row.mutate(**{f"{text}_key": address_key(row[f"{text}_upper"])}).drop(f"{text}_upper")


MAKING: dict[str, Making] = {"surname": _surname, "given": _given, "line": _line}


def _stepped(step: Callable[[ir.StringValue], ir.Value], form: str, row: ir.Table, names: Sequence[str]) -> ir.Table:
    """Return ``row`` with the columns of a form made over; a projection a step: each expression is computed once."""
    return row.mutate(**{f"{name}_{form}": step(row[f"{name}_{form}"]) for name in names})


def _cleaned(row: ir.Table, text: str) -> ir.Table:
    row = row.mutate(**{f"{text}_clean": upper(row[text])})
    return _stepped(letters, "clean", row, (text,))


def _keyed(row: ir.Table, names: Sequence[str]) -> ir.Table:
    row = row.mutate(**{f"{name}_key": known(row[f"{name}_clean"]) for name in names})
    return _stepped(joined, "key", row, names)


def _heard(row: ir.Table, names: Sequence[str]) -> ir.Table:
    for step in (sound, print_of):
        row = _stepped(step, "by", row, names)
    return row


def print_of(value: ir.StringValue) -> ir.IntegerValue:
    """Return the fingerprint of a text, null for null."""
    return value.notnull().ifelse(fingerprint(value), ibis.null("uint64"))
