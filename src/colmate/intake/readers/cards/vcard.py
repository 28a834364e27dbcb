"""vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350): one record a card in the table `contacts`."""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.readers.cards.folding import Line, lines
from colmate.intake.reading import LIKELY, Chunk, Declared, Head, Meaning, Options, Rows
from colmate.intake.values import text_of

__all__ = ["read_vcards", "sniff_vcard"]

_BEGIN: Final = re.compile(rb"\s*BEGIN:VCARD[ \t]*\r?\n(?=[A-Z])", re.IGNORECASE)
_SPLIT: Final = re.compile(rb"((?:[^\":]|\"[^\"]*\")*?):")
# one value of several in a property, parted by what is not escaped
_STRUCTURE: Final = re.compile(r"(?<!\\);")
_ESCAPED: Final = re.compile(r"\\([nN,;:\\])")
# properties and their columns; of N and ADR each component
PROPERTIES: Final = {
    "FN": "full_name", "NICKNAME": "nickname", "EMAIL": "email", "TEL": "phone", "BDAY": "birth_date",
    "DEATHDATE": "death_date", "ORG": "organisation", "TITLE": "job_title", "ROLE": "job_role", "NOTE": "note",
    "URL": "url", "UID": "uid", "GENDER": "sex", "CATEGORIES": "categories", "LABEL": "address_label",
    "REV": "revised", "IMPP": "messaging", "RELATED": "related", "X-GENDER": "sex", "BIRTHPLACE": "birth_place",
}  # fmt: skip
COMPONENTS: Final = {
    "N": ("last_name", "first_name", "other_names", "name_prefix", "name_suffix"),
    "ADR": ("po_box", "address_extra", "address", "city", "region", "postcode", "country"),
}
SKIPPED: Final = frozenset({"PHOTO", "LOGO", "SOUND", "KEY", "AGENT", "THUMBNAIL"})
CONTACTS: Final = Declared(
    primary=("contact",),
    meanings={
        "full_name": Meaning("full_name"),
        "last_name": Meaning("last_name"),
        "first_name": Meaning("first_name"),
        "name_prefix": Meaning("title"),
        "sex": Meaning("sex"),
        "email": Meaning("email"),
        "phone": Meaning("phone"),
        "birth_date": Meaning("birth_date"),
        "death_date": Meaning("death_date"),
        "birth_place": Meaning("birth_place"),
        "address": Meaning("address"),
        "city": Meaning("city"),
        "postcode": Meaning("postcode"),
        "country": Meaning("country"),
        "organisation": Meaning("organisation_name"),
        "job_title": Meaning("occupation"),
        "note": Meaning("free_text"),
        "url": Meaning("url"),
        "revised": Meaning("timestamp"),
    },
)
COLUMNS: Final = tuple(dict.fromkeys(["contact", *CONTACTS.meanings]))
VALUES: Final = 200  # of one column
VERBATIM: Final = 64 << 10


def sniff_vcard(head: Head) -> float:
    """A line that begins a card, and a property after it."""
    return LIKELY + 0.05 if _BEGIN.match(head.text[:4096]) else 0.0


def read_vcards(source: Source, account: Account, _options: Options) -> Iterator[Chunk]:
    """Read cards; one that does not end is a reject."""
    text, rows = source.utf8(account), Rows()
    rows.declare("contacts", CONTACTS)
    card: _Card | None = None
    count = 0
    for line in lines(text, _soft):
        account.consume("record" if line.text.strip() else "blank", line.size)
        mark = line.text[:16].strip().upper()
        if mark == b"BEGIN:VCARD":
            if card:
                card.reject(account, "unterminated_record")
            account.find()
            card = _Card(line)
        elif card is None:
            account.note("text_outside_records", int(bool(line.text.strip())))
        elif mark == b"END:VCARD":
            count += 1
            account.note("pictures_skipped", card.skipped)
            rows.add("contacts", card.record(f"{source.serial}-{count}"))
            card = None
            if rows.full:
                yield from rows.take()
        else:
            card.take(line.text)
    if card:
        card.reject(account, text.stopped or "unterminated_record")
    elif text.stopped:
        account.find()
        account.reject(1, text.delivered, b"", text.stopped)
    yield from rows.take()


def _soft(first: bytes) -> bool:
    """Tell whether a property is in quoted-printable, whose lines go on after a "=" (vCard 2.1)."""
    return b"QUOTED-PRINTABLE" in first[:200].upper()


class _Card:
    """The card that is being read."""

    def __init__(self, first: Line) -> None:
        self.skipped = 0
        self._first = first
        self._lines: list[bytes] = [first.text]
        self._kept = 0
        self._values: dict[str, list[str]] = {}

    def reject(self, account: Account, reason: str) -> None:
        """Keep what there is of it as a reject."""
        account.reject(self._first.number, self._first.place, b"\n".join(self._lines)[:VERBATIM], reason)

    def record(self, key: str) -> dict[str, str]:
        """Return the record: several values of a property stand side by side."""
        values = {name: " | ".join(held) for name, held in self._values.items()}
        return {**dict.fromkeys(COLUMNS, ""), "contact": key, **values}

    def take(self, line: bytes) -> None:
        """Take a property."""
        if self._kept < VERBATIM:
            self._lines.append(line[:VERBATIM])
            self._kept += len(line)
        found = _SPLIT.match(line[:8192])
        if found is None:
            return
        name, *parameters = found[1].decode("utf-8", "replace").upper().split(";")
        # a group before the name: "item1.EMAIL"
        name = name.rpartition(".")[2].strip()
        if name in SKIPPED:
            self.skipped += 1
            return
        if name in COMPONENTS or name in PROPERTIES:
            self._add(name, _decoded(line[found.end() :], parameters))

    def _add(self, name: str, value: str) -> None:
        if name in PROPERTIES:
            pairs = [(PROPERTIES[name], _plain(value, name))]
        else:
            pieces = _STRUCTURE.split(value)
            pairs = [(column, _unescaped(piece)) for column, piece in zip(COMPONENTS[name], pieces, strict=False)]
        for column, text in pairs:
            held = self._values.setdefault(column, [])
            if text and text not in held and len(held) < VALUES:
                held.append(text)


def _decoded(value: bytes, parameters: list[str]) -> str:
    """Return a value with its encoding undone and in its charset, both told by parameters (vCard 2.1 and 3.0)."""
    joined = ";".join(parameters)
    if "QUOTED-PRINTABLE" in joined:
        value = quopri.decodestring(value)
    elif "BASE64" in joined or re.search(r"ENCODING=B\b", joined):
        try:
            value = binascii.a2b_base64(value)
        except binascii.Error:
            return ""
    charset = re.search(r"CHARSET=\"?([\w.:-]{1,40})", joined)
    # the text was read in UTF-8 already; a charset is what quoted-printable bytes are in
    if charset and "QUOTED-PRINTABLE" in joined:
        try:
            return text_of(value.decode(charset[1], "replace"))
        except (LookupError, ValueError):
            # a charset that does not exist
            pass
    try:
        return value.decode("utf-8").replace("\0", "")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace").replace("\0", "")


def _plain(value: str, name: str) -> str:
    if name == "ORG":
        value = ", ".join(piece for piece in _STRUCTURE.split(value) if piece)
    elif name == "GENDER":
        value = value.partition(";")[0]
    elif name in {"TEL", "EMAIL", "IMPP"}:
        value = re.sub(r"^(?:tel|mailto):", "", value, flags=re.IGNORECASE)
    return _unescaped(value)


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()
