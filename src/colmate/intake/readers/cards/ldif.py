"""LDIF (RFC 2849): the entries of a directory, one record each, in the table `entries`.

Attributes are columns under the names that the file gives them; several values stand side by side. Changes other
than additions say how an entry became another, not what it is: they are rejects.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.names import shown
from colmate.intake.readers.cards.folding import Line, lines
from colmate.intake.reading import LIKELY, Chunk, Declared, Head, Meaning, Options, Rows
from colmate.intake.values import text_of

__all__ = ["read_ldif", "sniff_ldif"]

TABLE: Final = "entries"
_FIRST: Final = re.compile(
    rb"(?:[ \t]*\r?\n|#[^\n]{0,2000}\n(?:[ \t][^\n]*\n)*)*+(?:version:[ ]?1\s*\n(?:\s|#[^\n]*\n)*+)?"
    rb"dn::?[ ]?[^\n]*\n(?:[ ][^\n]*\n|#[^\n]*\n)*+[a-zA-Z][\w;.-]*::?",
    re.IGNORECASE,
)
_LINE: Final = re.compile(rb"([a-zA-Z0-9][\w.-]{0,100})(;[\w;-]{0,100})?:([:<]?) ?(.*)", re.DOTALL)
# what the attributes of RFC 4519, 4524 and 2798 hold, by name in small letters
MEANINGS: Final = {
    "uid": "login", "samaccountname": "login", "userprincipalname": "login", "mail": "email", "cn": "full_name",
    "displayname": "full_name", "sn": "last_name", "surname": "last_name", "givenname": "first_name",
    "gn": "first_name",
    "telephonenumber": "phone", "mobile": "phone", "homephone": "phone", "facsimiletelephonenumber": "phone",
    "postaladdress": "address", "street": "address", "homepostaladdress": "address", "postalcode": "postcode",
    "l": "city", "c": "country", "title": "occupation", "o": "organisation_name", "description": "free_text",
    "dateofbirth": "birth_date", "birthdate": "birth_date", "sambantpassword": "password_hash",
    "sambantpwd": "password_hash", "sambantpasswordhistory": "password_hash", "sambalmpassword": "password_hash",
    "sambantpasswd": "password_hash", "unicodepwd": "password_hash",
}  # fmt: skip
USER_PASSWORD: Final = "userpassword"  # noqa: S105 - the name of an attribute
_HASHED: Final = re.compile(r"\{[A-Za-z0-9_-]{2,20}\}|\$\w{1,10}\$")
ATTRIBUTES: Final = 1_000  # of one entry
VALUES: Final = 2_000  # of one attribute
VALUE: Final = 1 << 20
VERBATIM: Final = 64 << 10


def sniff_ldif(head: Head) -> float:
    """A distinguished name, and an attribute after it; comments and the version may stand before."""
    return LIKELY if _FIRST.match(head.text[:65_536]) else 0.0


def read_ldif(source: Source, account: Account, _options: Options) -> Iterator[Chunk]:
    """Read the entries of a directory."""
    text, desk = source.utf8(account), _Desk(account)
    block: list[Line] = []
    for line in lines(text):
        if not line.text.strip():
            account.consume("blank", line.size)
            desk.end(block)
            block = []
            if desk.rows.full:
                yield from desk.take()
        elif line.text.startswith(b"#"):
            account.consume("statement", line.size)
        else:
            account.consume("record", line.size)
            block = desk.grow(block, line)
    if text.stopped:
        desk.cut(block, text.stopped, text.delivered)
    else:
        desk.end(block)
    yield from desk.take()


class _Desk:
    """Makes records of blocks of lines."""

    def __init__(self, account: Account) -> None:
        self.rows = Rows()
        self._account = account
        self._names: dict[str, str] = {"dn": "dn"}
        self._clear = False

    def grow(self, block: list[Line], line: Line) -> list[Line]:
        """Add a line to the block; a name that begins another entry ends it."""
        if block and line.text[:4].lower().startswith((b"dn:",)):
            if not block[0].text.lower().startswith(b"version:"):
                self.end(block)
            block = []
        if not (not block and line.text.lower().startswith(b"version:")):
            block.append(line)
        return block

    def cut(self, block: list[Line], reason: str, place: int) -> None:
        """Reject the entry that the end of the content has cut."""
        self._account.find()
        first = block[0] if block else Line(place, 0, 1, b"")
        self._account.reject(first.number, first.place, _verbatim(block), reason)

    def end(self, block: list[Line]) -> None:
        """Make a record of a block, or a reject."""
        if not block:
            return
        self._account.find()
        record = None
        reason = "unknown_record"
        if block[0].text[:3].lower() == b"dn:":
            record, reason = self._record(block)
        if record is None:
            self._account.reject(block[0].number, block[0].place, _verbatim(block), reason)
        else:
            self.rows.add(TABLE, record)

    def _record(self, block: list[Line]) -> tuple[dict[str, str] | None, str]:
        values: dict[str, list[str]] = {}
        for line in block:
            found = _LINE.match(line.text[:VALUE])
            if found is None:
                continue
            name = found[1].decode("ascii", "replace")
            lower = name.lower()
            value = self._value(found[3], found[4])
            if lower == "changetype":
                if value.strip().lower() != "add":
                    return None, "ldif_change"
                continue
            if lower == "control" and len(values) == 1:
                continue
            column = self._names.setdefault(lower, shown(name)) if len(self._names) < 5_000 else "other"
            held = values.setdefault(column, []) if len(values) < ATTRIBUTES else values.setdefault("other", [])
            if value and len(held) < VALUES:
                held.append(value)
                self._clear |= lower == USER_PASSWORD and not _HASHED.match(value)
        return {column: " | ".join(held) for column, held in values.items()}, ""

    def _value(self, kind: bytes, raw: bytes) -> str:
        """Return a value: as it stands, from base64 (``::``), or the address of a file that is elsewhere (``:<``)."""
        if kind == b":":
            try:
                raw = base64.b64decode(raw)
            except (binascii.Error, ValueError):
                self._account.note("undecodable")
                return ""
        try:
            return text_of(raw.decode("utf-8")).replace("\0", "")
        except UnicodeDecodeError:
            # a photograph, a certificate, an identifier of the directory
            self._account.note("binary_values")
            return ""

    def take(self) -> Iterator[Chunk]:
        """Yield what is held, with what the attributes mean."""
        meanings = {
            column: Meaning(MEANINGS[lower], "account") for lower, column in self._names.items() if lower in MEANINGS
        }
        if USER_PASSWORD in self._names:
            # one that is in clear decides: it is the worse
            meanings[self._names[USER_PASSWORD]] = Meaning("password" if self._clear else "password_hash", "account")
        self.rows.declare(TABLE, Declared(primary=("dn",), meanings=meanings, subject="account"))
        yield from self.rows.take()


def _verbatim(block: list[Line]) -> bytes:
    return b"\n".join(line.text for line in block)[:VERBATIM]
