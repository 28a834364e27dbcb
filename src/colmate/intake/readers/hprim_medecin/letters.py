"""The records of HPRIM médecin: the twelve lines, also where one is missing; the letter; the results."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from colmate.intake.accounting import Account
from colmate.intake.reading import Chunk, Declared, Meaning, Reference
from colmate.intake.segments.cells import Fields

__all__ = ["Letters", "evidence_of_header"]

DATE: Final = re.compile(r"\s*(?:\d{1,2}[/.\-]\d{1,2}[/.\-](?:\d{4}|\d{2})|\d{4}-\d\d-\d\d|\d{8})(?:[ T].{0,12})?\s*")
# the form that the field's own readers accept: a NIR with or without its key, blanks allowed
NIR: Final = re.compile(r"\s*[1-478]\s?\d\d\s?[0-9]\d\s?\d[0-9AB]\s?\d{3}\s?\d{3}\s?(?:\d\d)?\s*")
NAME: Final = re.compile(r"(?=[^\d|;:]*+\Z).*?[^\W\d].*", re.DOTALL)
TOWN: Final = re.compile(r"\s*(?:F-)?(\d{4,5})\s+(\S.*)|\s*(\d{5})\s*")
MARKUP: Final = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{2,5}|#[xX][0-9A-Fa-f]{2,5});")
BREAK: Final = re.compile(r"<\s*+(?:br|p)\s*+/?\s*+>|</\s*+p\s*+>", re.IGNORECASE)
MARK: Final = re.compile(r"\s{0,8}\*{3,6} ?(LAB|FIN|FINFICHIER) ?\*{3,6}\s*")
CODE: Final = re.compile(r"\S*\d\S*|\S{1,10}(?=\s{2,})")
LINES: Final = 12
# places of the twelve lines in a record, when all are there and when one is missing or too much
USUAL: Final = tuple(range(LINES))
LAYOUTS: Final = (
    USUAL,
    (0, 1, 2, 3, -1, 4, 5, 6, 7, 8, 9, 10),  # one line of address
    (0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12),  # three of them
    (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),  # a line before the record
    (-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),  # no code of the patient
)
# from here on a record without a mark is one
FEWEST: Final = 7
WORTH: Final = {5: 2, 6: 2, 7: 2, 9: 1}
# names that may be names, and two of the lines: enough to believe that a line is missing
SURE: Final = 4
RECORD: Final = (
    "patient_code",
    "last_name",
    "first_name",
    "address",
    "address_2",
    "town",
    "birth_date",
    "social_security_number",
    "file_number",
    "file_date",
)
RESULT: Final = ("label", "code", "type", "value", "unit", "minimum", "maximum", "flag", "status", "value_2")
SHORT: Final = {"minimum_2": 11, "maximum_2": 12}
LONG: Final = {"unit_2": 11, "minimum_2": 12, "maximum_2": 13}


def evidence_of_header(head: bytes) -> int:
    """Return how many of the lines that can be checked are what they should be: birth date, NIR, town, date.

    0 when even the best layout has neither a date of birth nor a town where it should be.
    """
    lines = _split(head.decode("utf-8", "replace"))[: LINES + 1]
    if len(lines) < FEWEST or any(len(line) > 200 for line in lines[:10]):
        return 0
    best = max(LAYOUTS, key=lambda layout: _score(lines, layout))
    fits = [place for place in WORTH if _fits(_at(lines, best[place]), place)]
    names = all(re.search(r"[^\W\d]", _at(lines, best[place])) for place in (1, 2))
    return len(fits) if names and 6 in fits and len(fits) > 1 else 0


def _split(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _at(lines: list[str], place: int) -> str:
    return lines[place] if 0 <= place < len(lines) else ""


def _fits(line: str, place: int) -> bool:
    if place == 5:
        return TOWN.fullmatch(line) is not None
    return (NIR if place == 7 else DATE).fullmatch(line) is not None


def _score(lines: list[str], layout: tuple[int, ...]) -> int:
    fits = sum(worth for place, worth in WORTH.items() if _fits(_at(lines, layout[place]), place))
    return fits + all(NAME.fullmatch(_at(lines, layout[place])) is not None for place in (1, 2))


class Letters:
    """Collects records; `chunks` hands out what was collected."""

    def __init__(self, serial: int, account: Account) -> None:
        self._serial = serial
        self._account = account
        self._count = 0
        self._size = 0
        self._clear()

    def _clear(self) -> None:
        self._size = 0
        self._records: list[list[str]] = []
        self._persons: list[tuple[str, str, str, str]] = []
        self._results: list[str] = []
        self._owners: list[int] = []

    @property
    def full(self) -> bool:
        """Whether it is time to hand out what is held."""
        return self._size > (8 << 20)

    def take(self, data: bytes, line: int, position: int, stopped: str | None = None) -> None:
        """Read the record that ends where ``data`` ends."""
        if not data.strip():
            self._account.consume("blank", len(data))
            return
        text = data.decode("utf-8", "replace")
        lines = _split(text)
        while lines and MARK.fullmatch(lines[0]) and "FIN" in lines[0]:
            # a file was appended to a file
            lines.pop(0)
        self._account.find()
        if sum(map(bool, lines)) == 0 or not self._add(lines):
            self._account.reject(line, position, data, stopped or "incomplete_record")
            self._account.consume("reject", len(data))
            return
        self._size += len(data)
        self._account.consume("record", len(data))

    def last(self, data: bytes, line: int, position: int, stopped: str | None) -> None:
        """Read what stands behind the last end mark: the mark of the file's end, a record, or nothing."""
        left = [one for one in _split(data.decode("utf-8", "replace")) if one.strip(" \t\x1a\x00")]
        if all(MARK.fullmatch(one) for one in left):
            self._account.consume("statement" if left else "blank", len(data))
            return
        self.take(data, line, position, stopped)

    def _add(self, lines: list[str]) -> bool:
        layout = USUAL
        if not (_fits(_at(lines, 6), 6) and _fits(_at(lines, 5), 5)):
            layout = max(LAYOUTS, key=lambda one: _score(lines, one))
            if layout is not USUAL and _score(lines, layout) < SURE:
                layout = USUAL
            if layout is not USUAL:
                self._account.note("shifted_lines")
        begin = max(layout) + 1
        if len(lines) < FEWEST or all(_plain(_at(lines, place)) == "" for place in layout[:8]):
            return False
        self._count += 1
        head = [_plain(_at(lines, place)) for place in layout]
        prose = []
        for one in lines[begin:]:
            if one.startswith("RES|"):
                self._results.append(one)
                self._owners.append(self._count)
            elif not (one.lstrip().startswith("***") and MARK.fullmatch(one)):
                prose.append(one)
        key = f"{self._serial}-{self._count}"
        self._records.append([key, *head[:10], _prose("\n".join(prose))])
        for role, value in (("sender", head[10]), ("addressee", head[11])):
            if value:
                code, name = _person(value)
                self._persons.append((key, role, code, name))
        return True

    def chunks(self) -> Iterator[Chunk]:
        """Hand out and forget what was collected."""
        if self._records:
            yield _records(self._records)
        if self._persons:
            self._account.find(len(self._persons))
            names = ("record", "role", "code", "name")
            columns = dict(zip(names, map(list, zip(*self._persons, strict=True)), strict=True))
            yield Chunk("hprim_medecin_professionals", _table(columns), PERSONS)
        if self._results:
            self._account.find(len(self._results))
            yield _results(self._results, self._owners, self._serial)
        self._clear()


def _plain(line: str) -> str:
    """A field of the header; a point stands for nothing."""
    line = line.strip()
    if line in {".", "..", "..."}:
        return ""
    return html.unescape(line) if "&" in line and MARKUP.search(line) else line


def _prose(text: str) -> str:
    """The letter as it was meant to be read: entities and line breaks of HTML undone."""
    if "<" in text:
        text = BREAK.sub("\n", text)
    if "&" in text and MARKUP.search(text):
        text = html.unescape(text)
    return text.strip("\n\x1a")


def _person(line: str) -> tuple[str, str]:
    """Code (up to ten characters) and name of the sender or of the addressee."""
    head, rest = line[:10], line[10:]
    code = head.rstrip()
    whole = bool(rest.strip()) and " " not in code and not (head[-1:].isdigit() and rest[:1].isdigit())
    if whole and (code != head or rest.startswith(" ") or any(map(str.isdigit, head))):
        return code, rest.strip()
    return _split_code(line)


def _split_code(line: str) -> tuple[str, str]:
    found = CODE.match(line)
    if not found:
        return "", line
    return found[0], line[found.end() :].strip()


def _records(rows: list[list[str]]) -> Chunk:
    names = ("record", *RECORD, "text")
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    towns = [TOWN.fullmatch(one) for one in columns["town"]]
    columns["postcode"] = [(found[1] or found[3] or "") if found else "" for found in towns]
    columns["city"] = [
        (found[2] or "").strip() if found else one for found, one in zip(towns, columns.pop("town"), strict=True)
    ]
    columns["text"] = columns.pop("text")
    return Chunk(
        "hprim_medecin_records",
        pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}),
        RECORDS,
    )


def _table(columns: Mapping[str, list[str]]) -> pa.Table:
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _results(lines: list[str], owners: list[int], serial: int) -> Chunk:
    array = pa.array(lines, pa.string())
    fields = Fields(pc.utf8_rtrim(array, " \t"), "|", 17)
    keys = pc.binary_join_element_wise(str(serial), pa.array(owners).cast(pa.string()), "-")
    columns = {"record": keys}
    for place, name in enumerate(RESULT, 1):
        columns[name] = _field(fields, place)
    # without the second unit lines are one field shorter; a bar at the end makes one field more
    barred = pc.equal(_field(fields, 0, last=True), "").to_numpy(zero_copy_only=False)
    short = pa.array((fields.counts - barred) <= 13)
    for name, place in LONG.items():
        long = _field(fields, place)
        columns[name] = pc.if_else(short, _field(fields, SHORT[name]) if name in SHORT else "", long)
    if (
        fields.most > 15
        and pc.any(filled := pc.greater(pc.binary_length(pc.fill_null(_field(fields, 15), "")), 0)).as_py()
    ):
        columns["more"] = pc.if_else(filled, _field(fields, 15), "")
    return Chunk("hprim_medecin_results", pa.table(columns), RESULTS)


def _field(fields: Fields, place: int, *, last: bool = False) -> pa.Array:
    if last:
        return fields.values.take(pa.array(fields.starts + fields.counts - 1))
    values = pc.utf8_trim_whitespace(fields.column(place))
    values = pc.if_else(pc.equal(values, "."), "", values)
    entity = pc.fill_null(pc.match_substring_regex(values, MARKUP.pattern), False)
    if pc.any(entity).as_py():
        mended = [html.unescape(one) for one in values.filter(entity).to_pylist()]
        values = pc.replace_with_mask(values, entity, pa.array(mended, pa.string()))
    return values


def _meanings(types: Mapping[str, str]) -> dict[str, Meaning]:
    return {"record": Meaning("record_id")} | {name: Meaning(kind, "patient") for name, kind in types.items()}


TO_RECORD: Final = (Reference(("record",), "hprim_medecin_records", ("record",)),)
RECORDS: Final = Declared(
    ("record",),
    (),
    _meanings(
        {
            "patient_code": "patient_id",
            "last_name": "last_name",
            "first_name": "first_name",
            "address": "address",
            "address_2": "address",
            "postcode": "postcode",
            "city": "city",
            "birth_date": "birth_date",
            "social_security_number": "nir",
            "file_number": "record_id",
            "file_date": "care_date",
            "text": "free_text",
        }
    ),
    "patient",
)
PERSONS: Final = Declared(
    (),
    TO_RECORD,
    {
        "record": Meaning("record_id"),
        "role": Meaning("code"),
        "code": Meaning("code"),
        "name": Meaning("professional_name", "professional"),
    },
    "professional",
)
RESULTS: Final = Declared(
    (),
    TO_RECORD,
    _meanings(
        {
            "label": "lab_test",
            "code": "lab_code",
            "type": "code",
            "flag": "code",
            "status": "code",
            **dict.fromkeys(("value", "value_2"), "lab_result"),
            **dict.fromkeys(("unit", "unit_2"), "unit"),
            **dict.fromkeys(("minimum", "maximum", "minimum_2", "maximum_2"), "number"),
        }
    ),
    "patient",
)
