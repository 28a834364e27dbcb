"""From the files as received to pieces of tables: containers opened, formats chosen, chunks joined, books closed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from colmate.errors import EvidenceError, FormatError
from colmate.intake.accounting import Account, Receipt
from colmate.intake.books import Finish, Reading, closed, items_of, numbered, piece, unread
from colmate.intake.choosing import choose
from colmate.intake.compression import Budget, Compressed, Plain, Stream, compression_of
from colmate.intake.containers import MEMBERS
from colmate.intake.contents import Counted, Seekable, samples
from colmate.intake.evidence import Source
from colmate.intake.joining import Joiner, Known
from colmate.intake.names import shown, table_name
from colmate.intake.reading import Member, Options, Within
from colmate.intake.source import Received
from colmate.intake.tables import TableStream, delimited_table

__all__ = ["Tables"]


class Tables(Iterator[TableStream]):
    """The pieces of all tables of the files, each to be read to its end before the next is asked for.

    A piece without columns closes the books of its evidence. `known` has every table met so far; its columns, its
    declarations and its count of records are complete when the iterator is exhausted.
    """

    def __init__(
        self, paths: Sequence[Path], options: Options, progress: Callable[[int, int], None] | None = None
    ) -> None:
        self.known: list[Known] = []
        self._options = options
        self._alone = len(paths) == 1
        self._serial = 0
        self._families: dict[str, Joiner] = {}
        # of the file that is being read
        self._budget = Budget(options.bounds, 0)
        self._pieces = self._all(paths, progress)

    def __next__(self) -> TableStream:
        """Return the next piece."""
        return next(self._pieces)

    def close(self) -> None:
        """Give up what is left."""
        self._pieces.close()  # type: ignore[attr-defined]

    def _all(self, paths: Sequence[Path], progress: Callable[[int, int], None] | None) -> Iterator[TableStream]:
        sizes = [path.stat().st_size if path.is_file() else 0 for path in paths]
        before = 0
        for path, size in zip(paths, sizes, strict=True):
            received = Received(path, _teller(progress, before, sum(sizes)))
            try:
                yield from self._file(received)
            finally:
                received.close()
            before += size
        for joiner in self._families.values():
            for known, table in joiner.rest():
                yield piece(known, table)

    def _file(self, received: Received) -> Iterator[TableStream]:
        self._budget = Budget(self._options.bounds, received.size)
        packing = compression_of(received.peek(0, 64))
        stream: Stream = Compressed(received, packing, self._options.bounds) if packing else Plain(received)

        def finish(account: Account) -> Receipt:
            received.drain()
            received.verify_unchanged()
            account.note("grew_while_read", int(received.grew))
            if isinstance(stream, Compressed) and stream.trailing:
                account.note("bytes_after_the_end")
            return Receipt(received.digest(), received.size, received.done)

        def opened() -> BinaryIO:
            return io.BufferedReader(Seekable(received), 1 << 20)

        name = shown(received.path.name)
        places = [] if packing else samples(received)
        try:
            yield from self._content(name, stream, finish, places=places, opened=None if packing else opened)
        except FormatError:
            if self._alone:
                raise
            # one file that is no data among others: listed, and the rest is read
            yield unread(self._serial, name, "unknown_format", finish, None)

    def _content(
        self,
        name: str,
        stream: Stream,
        finish: Finish,
        *,
        places: list[bytes],
        opened: Callable[[], BinaryIO] | None = None,
        member_of: str | None = None,
        within: Within | None = None,
        depth: int = 0,
    ) -> Iterator[TableStream]:
        """Yield the pieces of one content; raises `FormatError` when it cannot be read."""
        self._serial += 1
        source = Source(name, stream, self._serial, opened, self._options.encoding)
        source, packed = self._unpacked(source)
        account = Account(name, table_name(name))
        form = choose(source.head, self._options, account) if source.head.raw else None
        if form is None:
            table = delimited_table(source, account, self._options, places if not packed else [], finish, member_of)
            yield self._listed(table)
            return
        if form.family and not (self._alone and member_of is None):
            # letters and messages are named after those they are about: the report numbers them
            account.evidence = f"{form.id}-{source.serial:04d}"
        reading = Reading(form, source, account, finish, member_of, within, depth)
        yield from self._read(reading)

    def _unpacked(self, source: Source) -> tuple[Source, bool]:
        """Open what is compressed inside: a member that is itself a .gz, a stream compressed twice."""
        for _ in range(self._options.depth):
            packing = compression_of(source.head.raw)
            if packing is None:
                return source, False
            inner = Compressed(source, packing, self._options.bounds, self._budget)
            source = Source(source.name, inner, source.serial, None, self._options.encoding)
        return source, True

    def _read(self, reading: Reading) -> Iterator[TableStream]:
        form, account = reading.form, reading.account
        joiner = self._families.setdefault(form.group or form.id, Joiner()) if form.family else Joiner()
        with closing(items_of(reading, self._options)) as items:
            for item in items:
                if isinstance(item, Member):
                    yield from self._member(reading, item)
                    continue
                account.read += item.records.num_rows
                fresh = joiner.known(item.table) or self._fresh(item.table, account.evidence)
                joiner.add(item, fresh, reading.within if form.family else None)
                for known, table in joiner.due():
                    yield piece(known, table)
        if not form.family:
            for known, table in joiner.rest():
                yield piece(known, table)
        yield closed(reading)

    def _fresh(self, name: str, evidence: str) -> Known:
        known = Known(len(self.known) + 1, shown(name) or f"table_{len(self.known) + 1}", evidence)
        self.known.append(known)
        return known

    def _listed(self, table: TableStream) -> TableStream:
        """Enter a table that comes as a stream of its own."""
        if table.columns:
            table.known = self._fresh(table.name, table.evidence_name)
            table.known.columns = list(table.columns)
            table.batches = numbered(table.known, table.batches)
        return table

    def _member(self, reading: Reading, member: Member) -> Iterator[TableStream]:
        account = reading.account
        reason = None
        if reading.depth + 1 > self._options.depth:
            reason = "nested_too_deep"
        elif self._serial > MEMBERS:
            reason = "too_many_members"
        if reason:
            account.find()
            account.reject(0, member.place, b"", reason)
            return
        counted = Counted(member, self._options, self._budget)
        name = shown(member.name) or f"member_{self._serial}"
        container = reading.account.evidence
        try:
            yield from self._content(
                name,
                counted,
                lambda _: counted.receipt(),
                places=[],
                member_of=container,
                within=member.within or reading.within,
                depth=reading.depth + 1,
            )
        except (FormatError, EvidenceError) as error:
            locked = isinstance(error, EvidenceError) and "locked" in str(error)
            reason = "encrypted_member" if locked else "unknown_format"
            yield unread(self._serial, name, reason, lambda _: counted.receipt(), container)


def _teller(progress: Callable[[int, int], None] | None, before: int, total: int) -> Callable[[int], None] | None:
    if progress is None:
        return None
    tell = progress
    return lambda done: tell(before + done, total)
