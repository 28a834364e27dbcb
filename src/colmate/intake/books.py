"""One content that a reader reads: what it gives, what becomes of a fault in the middle, and how its books close."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from colmate.errors import ColmateError, FormatError
from colmate.intake.accounting import Account, Receipt
from colmate.intake.evidence import Source
from colmate.intake.joining import Known
from colmate.intake.prefetch import prefetch
from colmate.intake.reading import Chunk, Format, Member, Options, Within
from colmate.intake.tables import Settlement, TableStream, empty_table

__all__ = ["Finish", "Reading", "closed", "items_of", "numbered", "piece", "unread"]

AHEAD: Final = 4
Finish = Callable[[Account], Receipt]


@dataclass(frozen=True)
class Reading:
    """One content that a reader reads, and what is known of where it was found."""

    form: Format
    source: Source
    account: Account
    finish: Finish
    member_of: str | None
    within: Within | None
    depth: int


def items_of(reading: Reading, options: Options) -> Generator[Chunk | Member, None, None]:
    """Yield what the reader gives. What breaks it in the middle ends this content only, and is a reject."""
    items = reading.form.read(reading.source, reading.account, options)
    try:
        # some chunks ahead: writing is done a piece at a time, and a piece is several chunks
        yield from prefetch(items, AHEAD) if reading.form.ahead else items
    except FormatError:
        if not reading.account.found:
            raise
        _give_up(reading, "unreadable_rest")
    except (ColmateError, MemoryError):
        raise
    except Exception:
        # a parser of somebody else's that fails on one document of ten thousand must not stop the run
        if os.environ.get("COLMATE_DEBUG"):
            raise
        _give_up(reading, "reader_failed")


def _give_up(reading: Reading, reason: str) -> None:
    """Book what the reader could not: records it had found and not given, and all bytes that are left."""
    account, source = reading.account, reading.source
    while (source.text or source).read(1 << 20):
        pass
    if source.to_book is not None:
        account.consume("reject", source.to_book - account.bytes.total())
    lost = max(1, account.found - account.read - account.rejected)
    account.found = account.read + account.rejected + lost
    for _ in range(lost):
        account.reject(0, 0, b"", reason)


def closed(reading: Reading) -> TableStream:
    """Return the piece that proves and closes the books of a content."""
    account, source = reading.account, reading.source
    settlement = Settlement()

    def nothing() -> Iterator[pa.RecordBatch]:
        if source.to_book is not None and source.stopped and source.stopped not in account.reasons:
            account.find()
            account.reject(0, source.delivered, b"", source.stopped)
        receipt = reading.finish(account)
        account.balance(account.bytes.total() if source.to_book is None else source.to_book, account.found)
        entry = account.entry(receipt, reading.form.id, encoding=account.encoding, member_of=reading.member_of)
        settlement.outcome = entry, account.rejects()
        yield from ()

    return TableStream(account.table, account.evidence, (), nothing(), settlement)


def unread(serial: int, name: str, reason: str, finish: Finish, member_of: str | None) -> TableStream:
    """Return the entry of a content that no format can read: one reject, all its bytes accounted for.

    Pictures and recordings are named after persons: the entry has a number, the encrypted list of rejects the name.
    """
    entry = f"unknown-{serial:04d}"
    account = Account(entry, entry)
    account.find()
    account.reject(0, 0, name.encode("utf-8", "replace"), reason)
    return empty_table(account, lambda: finish(account), "unknown", member_of)


def piece(known: Known, table: pa.Table) -> TableStream:
    names = tuple(known.columns)
    return TableStream(known.name, known.evidence, names, iter(table.to_batches()), Settlement(), False, known)


def numbered(known: Known, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        known.records += batch.num_rows
        yield batch
