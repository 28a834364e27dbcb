"""The accounting that every format shares: each byte has a kind, each record is read or rejected.

A format's reader tells an `Account` what each stretch of the stream was; `Account.close` proves that the
stretches add up to the stream and that ``found = read + rejected``, on every run.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from colmate.errors import InternalError
from colmate.model import Dialect, Evidence

__all__ = ["REJECTS", "Account", "Kind", "Receipt"]

# "statement": what is text of the format but no record (DDL, SET, comments, tags); "container": a file read as a whole
Kind = Literal["bom", "preamble", "header", "record", "reject", "blank", "tail", "statement", "container"]

REJECTS = pa.schema(
    [
        ("evidence", pa.string()),
        ("table", pa.string()),
        ("line", pa.int64()),
        ("position", pa.int64()),
        ("verbatim", pa.binary()),
        ("reason", pa.string()),
    ]
)


@dataclass(frozen=True)
class Receipt:
    """What is known of the file itself: ``size`` bytes as received, ``accounted`` of them consumed."""

    sha256: str
    size: int
    accounted: int


class Account:
    """The books of one table: bytes by kind (of the decompressed stream), records, repairs and rejects."""

    def __init__(self, evidence: str, table: str) -> None:
        self.evidence = evidence
        self.table = table
        self.bytes: Counter[str] = Counter()
        self.notes: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.read = 0
        self.found = 0
        self.encoding: str | None = None
        self._rejects: list[tuple[int, int, bytes, str]] = []

    @property
    def rejected(self) -> int:
        """Records that could not be read."""
        return len(self._rejects)

    def find(self, records: int = 1) -> None:
        """Count records as they are recognised in the content, before it is known whether they can be read."""
        self.found += records

    def consume(self, kind: Kind, size: int) -> None:
        """Book ``size`` bytes of the stream under ``kind``."""
        self.bytes[kind] += size

    def note(self, code: str, count: int = 1) -> None:
        """Count a repair or a choice; ``code`` carries no value from the evidence."""
        if count:
            self.notes[code] += count

    def reject(self, line: int, position: int, verbatim: bytes, reason: str) -> None:
        """Keep what could not be read: 1-based ``line``, byte ``position`` in the stream, the bytes themselves."""
        self._rejects.append((line, position, verbatim, reason))
        self.reasons[reason] += 1

    def balance(self, stream_bytes: int, found: int) -> None:
        """Prove that all bytes of the stream and all records found are booked; `InternalError` otherwise."""
        booked = self.bytes.total()
        if booked != stream_bytes:
            raise InternalError(f"the accounting of {self.evidence} is off: {booked} bytes booked of {stream_bytes}")
        if found != self.read + self.rejected:
            raise InternalError(
                f"the accounting of {self.evidence} is off: {found} records found, {self.read} read, "
                f"{self.rejected} rejected"
            )

    def rejects(self) -> pa.Table:
        """Return the rejects in the order of the file, with the schema `REJECTS`."""
        lines, positions, verbatim, reasons = zip(*self._rejects, strict=True) if self._rejects else ((), (), (), ())
        size = len(self._rejects)
        columns = [
            pa.array([self.evidence] * size, pa.string()),
            pa.array([self.table] * size, pa.string()),
            pa.array(lines, pa.int64()),
            pa.array(positions, pa.int64()),
            pa.array(verbatim, pa.binary()),
            pa.array(reasons, pa.string()),
        ]
        return pa.Table.from_arrays(columns, schema=REJECTS)

    def entry(
        self,
        receipt: Receipt,
        form: str,
        *,
        encoding: str | None = None,
        dialect: Dialect | None = None,
        member_of: str | None = None,
    ) -> Evidence:
        """Return the manifest's entry; refuses (`InternalError`) a file of which some bytes were not consumed."""
        if receipt.accounted != receipt.size:
            raise InternalError(f"only {receipt.accounted} of {receipt.size} bytes of {self.evidence} were consumed")
        return Evidence(
            name=self.evidence,
            sha256=receipt.sha256,
            bytes=receipt.size,
            format=form,
            encoding=encoding,
            dialect=dialect,
            records_found=self.read + self.rejected,
            records_read=self.read,
            records_rejected=self.rejected,
            bytes_accounted=receipt.accounted,
            member_of=member_of,
            notes=[f"{code}:{count}" for code, count in sorted(self.notes.items())],
            reject_reasons=dict(sorted(self.reasons.items())),
        )
