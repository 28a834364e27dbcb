"""From files to tables: one `TableStream` a table, read as it is asked for, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa

from colmate import model
from colmate.errors import FormatError, InternalError
from colmate.intake.accounting import Account, Receipt
from colmate.intake.careful import Grammar
from colmate.intake.compression import Stream
from colmate.intake.decoding import repair_mojibake, to_utf8
from colmate.intake.delimited import Delimited
from colmate.intake.dialect import SEPARATOR_LINE, Dialect, Plan, detect, plan
from colmate.intake.encoding import Encoding, named
from colmate.intake.encoding import detect as detect_encoding
from colmate.intake.formats import other_format
from colmate.intake.header import WIDEST
from colmate.intake.joining import Known
from colmate.intake.names import column_names
from colmate.intake.prefetch import ReadAhead, prefetch
from colmate.intake.reading import Options
from colmate.intake.text import STAND_INS, Text

__all__ = ["Settlement", "TableStream", "delimited_table", "empty_table"]

HEAD: Final = 1 << 20
SAMPLE: Final = 1 << 18
LARGE_SAMPLE: Final = 1 << 21


@dataclass
class TableStream:
    """A piece of a table, to be read once, or the closing of an evidence's books.

    ``schema``: ``record`` (int64, from 1 in the table) and one text column ``c0``… for each of ``columns``. A table
    that is a stream of its own comes as one piece that closes its books too; others come in pieces, with a last one
    without columns that closes the books of their evidence. ``known`` is the table the piece belongs to. `evidence`
    and `rejects` are there when a piece that `closes` is exhausted.
    """

    name: str
    evidence_name: str
    columns: tuple[str, ...]
    batches: Iterator[pa.RecordBatch] = field(repr=False)
    _outcome: Callable[[], tuple[model.Evidence, pa.Table] | None] = field(repr=False)
    closes: bool = True
    known: Known | None = field(default=None, repr=False)

    @property
    def schema(self) -> pa.Schema:
        """Schema of the batches."""
        texts = [(f"c{place}", pa.string()) for place in range(len(self.columns))]
        return pa.schema([("record", pa.int64()), *texts])

    @property
    def evidence(self) -> model.Evidence:
        """The manifest's entry; `InternalError` before all batches were read."""
        return self._settled()[0]

    @property
    def rejects(self) -> pa.Table:
        """What could not be read (schema `colmate.intake.accounting.REJECTS`)."""
        return self._settled()[1]

    def _settled(self) -> tuple[model.Evidence, pa.Table]:
        outcome = self._outcome()
        if outcome is None:
            raise InternalError(f"the accounting of {self.evidence_name} was asked for before all of it was read")
        return outcome


class Settlement:
    """Where the outcome of a stream is laid down when all of it was read."""

    def __init__(self) -> None:
        self.outcome: tuple[model.Evidence, pa.Table] | None = None

    def __call__(self) -> tuple[model.Evidence, pa.Table] | None:
        """Return the outcome, None before it is there."""
        return self.outcome


def empty_table(
    account: Account, finish: Callable[[], Receipt], form: str, member_of: str | None = None
) -> TableStream:
    """Return the table of evidence without any record: an empty file, or an archive's own entry."""
    settlement = Settlement()

    def nothing() -> Iterator[pa.RecordBatch]:
        receipt = finish()
        settlement.outcome = account.entry(receipt, form, member_of=member_of), account.rejects()
        yield from ()

    return TableStream(account.table, account.evidence, (), nothing(), settlement)


@dataclass
class _Opened:
    """The beginning of a stream, understood."""

    text: Text
    plan: Plan
    buffer: bytes
    waiting: bytes
    final: bool
    taken: int


def delimited_table(
    stream: Stream,
    account: Account,
    options: Options,
    samples: list[bytes],
    finish: Callable[[Account], Receipt],
    member_of: str | None = None,
) -> TableStream:
    """Return the table of delimited text in ``stream``; ``samples`` are whole lines from elsewhere in it.

    ``finish`` is called when all was read and returns what is known of the file. Raises `FormatError` when the
    content is no delimited text.
    """
    raw, final = _head(stream, HEAD)
    if not raw and final:
        return empty_table(account, lambda: _closed(account, stream, finish), "empty", member_of)
    opened = _open(stream, raw, final, options, samples, account, account.evidence)
    return _table(stream, opened, options, account, finish, member_of)


def _closed(account: Account, stream: Stream, finish: Callable[[Account], Receipt]) -> Receipt:
    if stream.stopped:
        account.reject(1, 0, b"", stream.stopped)
    return finish(account)


def _head(stream: Stream, size: int) -> tuple[bytes, bool]:
    parts: list[bytes] = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts), size > 0


def _open(
    stream: Stream, raw: bytes, final: bool, options: Options, samples: list[bytes], account: Account, name: str
) -> _Opened:
    encoding = _encoding(raw, options, samples)
    text = Text(encoding)
    account.consume("bom", encoding.bom)
    head = text.widen(raw[encoding.bom :], final=final)
    # who asks for delimited text gets it, whatever it looks like
    if options.format is None and (found := other_format(head, trusted=options.delimiter is not None)):
        raise FormatError(f"{name} is not delimited text: it seems to be {found}")
    taken = len(raw)
    while not final and b"\n" not in head and b"\r" not in head and len(head) <= options.limit:
        more, final = _head(stream, max(len(raw), taken))
        taken += len(more)
        head += text.widen(more, final=final)
    lines = [] if encoding.wide else samples
    dialect = _dialect(head, final, options, lines, encoding)
    if len(dialect.delimiter) > 1 or dialect.delimiter >= b"\x80":
        stand_in = next(mark for mark in (*STAND_INS, b"\x06") if mark not in head or mark == b"\x06")
        text.stand(dialect.delimiter, stand_in)
        dialect = Dialect(stand_in, dialect.quote, dialect.escape)
    buffer, waiting = text.substitute(head, final=final)
    sample, whole = _sample(buffer, final)
    planned = plan(sample, dialect, whole=whole)
    if planned.width > WIDEST:
        raise FormatError(
            f"{name} would be a table of {planned.width} columns, more than the {WIDEST} that can be read"
        )
    return _Opened(text, planned, buffer, waiting, final, taken)


def _encoding(raw: bytes, options: Options, samples: list[bytes]) -> Encoding:
    return named(options.encoding, raw) if options.encoding else detect_encoding(raw, b"\n".join(samples))


def _sample(text: bytes, final: bool) -> tuple[bytes, bool]:
    """Return the part of the text on which the dialect is decided: more when the first lines are long."""
    ends = [place for mark in (b"\n", b"\r") if (place := text.find(mark)) >= 0]
    size = max(SAMPLE, 5 * min(ends, default=len(text)))
    return text[:size], final and len(text) <= size


def _dialect(head: bytes, final: bool, options: Options, samples: list[bytes], encoding: Encoding) -> Dialect:
    sample, whole = _sample(head, final)
    sample, whole = sample[:LARGE_SAMPLE], whole and len(sample) <= LARGE_SAMPLE
    given = options.delimiter
    ascii_over = "utf-8" if encoding.wide else encoding.name
    if given is None and (separator := _separator_line(sample)):
        return detect(sample, whole=whole, delimiter=separator)
    if given is None:
        return detect(sample, samples, whole=whole, encoding=ascii_over)
    given = {"tab": "\t", "\\t": "\t", "space": " "}.get(given, given)
    return detect(sample, whole=whole, delimiter=given.encode(ascii_over, "replace"))


def _separator_line(sample: bytes) -> bytes | None:
    """Return the delimiter that a first line "sep=;" (spreadsheets write it) names."""
    found = SEPARATOR_LINE.match(sample)
    mark = (found[1] or found[2]) if found else None
    return b"\t" if mark == b"\\t" else mark


def _table(
    stream: Stream,
    opened: _Opened,
    options: Options,
    account: Account,
    finish: Callable[[Account], Receipt],
    member_of: str | None,
) -> TableStream:
    text, planned = opened.text, opened.plan
    dialect = planned.dialect
    grammar = Grammar(dialect.delimiter, dialect.quote, dialect.escape, planned.width, planned.trailing)
    above = planned.preamble + planned.header
    ahead = ReadAhead(stream, options.block)
    reader = Delimited(
        ahead, text, grammar, account, header=planned.header_text, block=options.block, limit=options.limit
    )
    for kind, stretch in (
        ("preamble", opened.buffer[: planned.preamble]),
        ("header", opened.buffer[planned.preamble : above]),
    ):
        account.consume(kind, text.size(stretch))  # type: ignore[arg-type]
    reader.skip(opened.buffer[:above], text.encoding.bom)
    settlement = Settlement()

    def batches() -> Iterator[pa.RecordBatch]:
        with closing(ahead):
            yield from _numbered(prefetch(reader.batches(opened.buffer[above:], opened.waiting, final=opened.final)))
        receipt = finish(account)
        account.balance(opened.taken + reader.received, reader.ledger.found)
        settlement.outcome = (
            account.entry(
                receipt, "csv", encoding=text.encoding.name, dialect=_described(text, planned), member_of=member_of
            ),
            account.rejects(),
        )

    return TableStream(account.table, account.evidence, _names(opened), batches(), settlement)


def _numbered(tables: Iterator[pa.Table]) -> Iterator[pa.RecordBatch]:
    first = 1
    for table in tables:
        for batch in table.to_batches():
            record = pa.array(np.arange(first, first + batch.num_rows, dtype=np.int64))
            first += batch.num_rows
            yield pa.RecordBatch.from_arrays([record, *batch.columns], names=["record", *batch.schema.names])


def _names(opened: _Opened) -> tuple[str, ...]:
    planned = opened.plan
    cells = [_name(cell, opened.text) for cell in planned.names or ()][: planned.width]
    return column_names(cells + [""] * (planned.width - len(cells)))


def _name(cell: bytes, text: Text) -> str:
    def quiet(_code: str, _count: int) -> None:
        """Repairs of names are not counted."""

    if text.long:
        cell = cell.replace(text.stand_in, text.long)
    return repair_mojibake(to_utf8(cell, text.encoding, quiet), quiet).decode("utf-8")


def _described(text: Text, planned: Plan) -> model.Dialect:
    dialect = planned.dialect
    delimiter = text.long or dialect.delimiter
    quote = dialect.quote.decode("latin-1") or None
    return model.Dialect(
        delimiter=delimiter.decode("utf-8" if text.encoding.wide else text.encoding.name, "replace") or None,
        quote=quote,
        escape=dialect.escape.decode("latin-1") or quote,
        header=planned.names is not None,
    )
