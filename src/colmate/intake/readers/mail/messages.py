"""The record of a message, the rows of its addresses, and its attachments as files to be read in their turn."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from email.errors import MessageError
from email.header import decode_header
from email.utils import getaddresses, parsedate_to_datetime
from functools import lru_cache
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.compression import Plain
from colmate.intake.evidence import Source
from colmate.intake.names import shown
from colmate.intake.readers.documents.html import text_of_html
from colmate.intake.readers.mail.parts import Headers, Part, decoded_text, headers_of, in_charset, parts_of
from colmate.intake.reading import Chunk, Declared, Meaning, Member, Reference, Rows, Within
from colmate.intake.values import text_of

__all__ = ["Desk"]

VALUE: Final = 64 << 10  # of a header that is read
ADDRESSES: Final = 2_000  # of one message
TEXT: Final = 16 << 20
HELD: Final = 8 << 20
VERBATIM: Final = 4096
FIELDS: Final = ("from", "to", "cc", "bcc", "reply-to")
MESSAGES: Final = Declared(
    primary=("message",),
    meanings={
        "text": Meaning("free_text"),
        "subject": Meaning("free_text"),
        "date": Meaning("timestamp"),
        "from_name": Meaning("full_name", "account"),
        "from_email": Meaning("email", "account"),
        # several in one; each is a row of the other table
        "to": Meaning("unknown"),
        "cc": Meaning("unknown"),
    },
)
People = tuple[tuple[str, str], ...]
# whoever they are: the format says that they hold an address
PEOPLE: Final = Declared(
    references=(Reference(("message",), "messages", ("message",)),),
    meanings={"name": Meaning("full_name", "account"), "email": Meaning("email", "account")},
    subject="account",
)


class Desk:
    """Writes the messages of one source."""

    def __init__(self, source: Source, account: Account) -> None:
        self._source = source
        self._account = account
        self._rows = Rows()
        self._count = 0
        self._size = 0
        self._rows.declare("messages", MESSAGES)
        self._rows.declare("message_addresses", PEOPLE)

    def message(self, raw: bytes, place: int) -> Iterator[Chunk | Member]:
        """Yield what one message holds; its record was found already."""
        self._count += 1
        key = f"{self._source.serial}-{self._count}"
        headers, begin = headers_of(raw)
        people = {field: _addresses(headers.get(field, "")[:VALUE]) for field in FIELDS}
        leaves = list(parts_of(headers, raw[begin:]))
        sender = people["from"][0] if people["from"] else ("", "")
        text = _text([part for part in leaves if not part.attached and not part.excess])
        self._rows.add(
            "messages",
            {
                "message": key,
                "message_id": _value(headers, "message-id"),
                "from_name": sender[0],
                "from_email": sender[1],
                "to": _joined(people["to"]),
                "cc": _joined(people["cc"]),
                "date": _date(_value(headers, "date")),
                "subject": _value(headers, "subject"),
                "text": text,
            },
        )
        self._people(key, people)
        self._size += len(text)
        if self._rows.full or self._size > HELD:
            yield from self.rest()
        yield from self._attachments(leaves, key, place)

    def rest(self) -> Iterator[Chunk]:
        """Yield what is held."""
        self._size = 0
        yield from self._rows.take()

    def _people(self, key: str, people: Mapping[str, People]) -> None:
        for field, addresses in people.items():
            for name, email in addresses:
                self._account.find()
                self._rows.add("message_addresses", {"message": key, "field": field, "name": name, "email": email})

    def _attachments(self, leaves: list[Part], key: str, place: int) -> Iterator[Member]:
        for number, part in enumerate(leaves, 1):
            if part.excess:
                self._account.find()
                self._account.reject(1, place, part.body[:VERBATIM], "too_many_parts")
            elif part.attached:
                ending = "eml" if part.kind == "message/rfc822" else "bin"
                name = shown(_decoded(part.name)) or f"attachment_{number}.{ending}"
                content = Plain(io.BytesIO(part.content()))
                yield Member(name, content, len(part.body), place, Within("messages", "message", key))


def _text(parts: list[Part]) -> str:
    """Return the text to read: of alternatives the plain one, and the page only where there is no other."""
    texts = [(part, decoded_text(part)) for part in parts]
    plain = {part.group for part, text in texts if part.kind != "text/html" and text.strip()}
    chosen = [
        text_of_html(text) if part.kind == "text/html" else text
        for part, text in texts
        if part.kind != "text/html" or not part.group or part.group not in plain
    ]
    joined = "\n\n".join(text.strip("\r\n") for text in chosen if text.strip())
    return text_of(joined[:TEXT].replace("\r\n", "\n").replace("\0", ""))


def _decoded(value: str) -> str:
    """Return a field's text with its encoded words (RFC 2047) undone."""
    if "=?" not in value:
        return text_of(value)
    try:
        pieces = decode_header(value)
    except (MessageError, ValueError):
        return text_of(value)
    out = ""
    for piece, charset in pieces:
        if isinstance(piece, str):
            out += piece
        else:
            text = in_charset(piece, charset or "utf-8")
            out += piece.decode("cp1252", "replace") if text is None else text
    return text_of(out)


def _value(headers: Headers, name: str) -> str:
    return " ".join(_decoded(headers.get(name, "")[:VALUE]).replace("\0", "").split())


@lru_cache(4096)
def _addresses(value: str) -> tuple[tuple[str, str], ...]:
    """Return names and addresses of a field, encoded words undone after the commas were looked at."""
    value = " ".join(value.split())
    if not value:
        return ()
    try:
        pairs = getaddresses([value])
    except (ValueError, IndexError, RecursionError):
        # comments within comments
        pairs = [(value, "")]
    return tuple(
        (_decoded(name).replace("\0", ""), text_of(email.replace("\0", "")))
        for name, email in pairs[:ADDRESSES]
        if name or email
    )


def _joined(people: People) -> str:
    return ", ".join(f"{name} <{email}>" if name and email else name or email for name, email in people)


def _date(value: str) -> str:
    """Return the date of a message in ISO 8601, as it is written where it cannot be read."""
    try:
        return text_of(parsedate_to_datetime(value)) if value else ""
    except (ValueError, TypeError, IndexError, OverflowError):
        return value
