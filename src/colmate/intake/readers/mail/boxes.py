"""Where messages begin and end: one in a file (RFC 5322), or many in a box (RFC 4155, mboxrd), read as a stream."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.readers.mail.messages import Desk
from colmate.intake.reading import LIKELY, Chunk, Head, Member, Options

__all__ = ["read_mail", "sniff"]

BLOCK: Final = 4 << 20
# a longer message is a reject: servers refuse mail of a third of this
LONGEST: Final = 96 << 20
VERBATIM: Final = 4096
KNOWN: Final = frozenset(
    [
        *(b"from", b"to", b"cc", b"subject", b"date", b"received", b"message-id", b"mime-version", b"return-path"),
        *(b"delivered-to", b"content-type", b"reply-to", b"sender", b"x-mailer", b"dkim-signature", b"user-agent"),
        *(b"content-transfer-encoding", b"references", b"in-reply-to", b"thread-topic", b"x-priority", b"bcc"),
        *(b"x-mozilla-status", b"x-gm-thrid", b"x-gmail-labels", b"authentication-results", b"arc-seal"),
    ]
)
ORIGIN: Final = frozenset([b"from", b"received", b"message-id", b"return-path"])
_HEADER: Final = re.compile(rb"([!-9;-~]{1,80}):(?:[ \t]|\r?$)")
# the line before a message: who sent it, and when; then a header
_SEPARATOR: Final = re.compile(
    rb"From (?:(?<=\n\nFrom )|(?<=\n\r\nFrom ))(?:- |\S{1,320}[ \t])[^\r\n]{0,400}?\d\d:\d\d[^\r\n]{0,80}\r?\n"
    rb"(?=>?[!-9;-~]{1,80}:|>From )"
)
_FIRST: Final = re.compile(rb"From [^\r\n]{1,500}\r?\n(?=[!-9;-~]{1,80}:)")
# how far a separator reaches
REACH: Final = 1_024
_QUOTED: Final = re.compile(rb"^>(?=>*From )", re.MULTILINE)


def sniff(head: Head) -> float:
    """Return how sure it is: header fields with names that mail has, up to an empty line."""
    text = head.text
    if boxed := _FIRST.match(text):
        text = text[boxed.end() :]
    names: set[bytes] = set()
    lines = text[:65_536].split(b"\n")
    for place, line in enumerate(lines):
        if not line.strip():
            break
        found = _HEADER.match(line)
        if found:
            names.add(found[1].lower())
        elif place == 0 or (line[:1] not in b" \t" and not line.startswith(b">From ")):
            return 0.0
    known = len(names & KNOWN)
    if boxed:
        return LIKELY if known >= 1 and names & ORIGIN else 0.0
    return LIKELY if known >= 3 and names & ORIGIN else 0.0


def read_mail(source: Source, account: Account, _options: Options) -> Iterator[Chunk | Member]:
    """Read a message or a box of them."""
    desk = Desk(source, account)
    boxed = bool(_FIRST.match(source.head.raw[:2048]))
    for place, message, cut in _messages(source, account) if boxed else _single(source, account):
        account.find()
        if cut:
            account.reject(1, place, message[:VERBATIM], cut)
            continue
        yield from desk.message(_QUOTED.sub(b"", message) if boxed and b"\n>" in message else message, place)
    yield from desk.rest()


def _single(source: Source, account: Account) -> Iterator[tuple[int, bytes, str | None]]:
    parts: list[bytes] = []
    size = 0
    while block := source.read(BLOCK):
        account.consume("record", len(block))
        size += len(block)
        if size <= LONGEST:
            parts.append(block)
    yield 0, b"".join(parts), "record_too_long" if size > LONGEST else None
    if source.stopped:
        # the message is there as far as it goes; what is missing has to show
        yield size, b"", source.stopped


def _messages(source: Source, account: Account) -> Iterator[tuple[int, bytes, str | None]]:
    """Yield the messages of a box: where each begins, its bytes without the line before it, and what is wrong."""
    parts: list[bytes] = []  # of the message that is being read
    size = begin = place = 0
    held = b""
    first = True
    ended = False
    while not ended:
        block = source.read(BLOCK)
        account.consume("record", len(block))
        ended = not block
        data = held + block
        stop = len(data) if ended else max(0, len(data) - REACH)
        at = 0
        found = _FIRST.match(data) if first else _SEPARATOR.search(data, 0)
        while found and found.start() < stop:
            parts.append(data[at : found.start()])
            if not first:
                yield _whole(parts, size + found.start() - at, begin)
            first = False
            parts, size = [], 0
            at, begin = found.end(), place + found.start()
            found = _SEPARATOR.search(data, at)
        # a separator needs the empty line before it
        keep = max(at, stop - 4) if not ended else stop
        size += keep - at
        if size <= LONGEST:
            parts.append(data[at:keep])
        place += keep
        held = data[keep:]
    if not first:
        whole = _whole(parts, size, begin)
        yield (whole[0], whole[1], source.stopped) if source.stopped else whole


def _whole(parts: list[bytes], size: int, begin: int) -> tuple[int, bytes, str | None]:
    return begin, b"".join(parts), "record_too_long" if size > LONGEST else None
