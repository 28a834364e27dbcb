"""Dumps of databases: SQL scripts as text (`sql`), and PostgreSQL's custom format (`pgdump`).

The records of INSERT and COPY, the tables and keys of CREATE TABLE and ALTER TABLE. Nothing is ever executed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.readers.sql.archived import MAGIC, Restored
from colmate.intake.readers.sql.buffer import Buffer
from colmate.intake.readers.sql.grammar import Grammar, detect
from colmate.intake.readers.sql.script import Script
from colmate.intake.readers.sql.sniffing import sniff
from colmate.intake.reading import CERTAIN, Chunk, Format, Head, Member, Options

__all__ = ["FORMATS", "read"]


def read(source: Source, account: Account, options: Options) -> Iterator[Chunk | Member]:
    """Yield the records of a dump in SQL."""
    grammar = detect(source.head.text)
    buffer = Buffer(source.utf8(account), account, options.block, options.limit)
    yield from Script(buffer, account, grammar).read()


def read_archive(source: Source, account: Account, options: Options) -> Iterator[Chunk | Member]:
    """Yield the records of PostgreSQL's custom format; raises `FormatError` for versions that are not known."""
    with source.whole() as handle:
        text = Restored(handle, source.name, account, options.bounds)
        buffer = Buffer(text, account, options.block, options.limit, booked=False)
        yield from Script(buffer, account, Grammar("postgres")).read()
        if text.stopped and not account.reasons[text.stopped]:
            # cut between two records: what is missing is a reject nonetheless
            buffer.reject(buffer.place, buffer.place, text.stopped)


def sniff_archive(head: Head) -> float:
    """Return `CERTAIN` for PostgreSQL's custom format."""
    return CERTAIN if head.raw.startswith(MAGIC) else 0.0


FORMATS: Final = (
    Format("sql", sniff, read, ahead=True),
    Format("pgdump", sniff_archive, read_archive, ahead=True),
)
