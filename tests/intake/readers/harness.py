"""What the tests of the readers share: a content read by one format, its books proven."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from colmate.intake.accounting import Account
from colmate.intake.compression import Plain
from colmate.intake.evidence import Source
from colmate.intake.reading import Declared, Format, Member, Options

Row = dict[str, str]


@dataclass
class Found:
    """What a reader gave: rows by table (every column of the table in each row, '' where empty), and the rest."""

    account: Account
    tables: dict[str, list[Row]] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    declared: dict[str, Declared] = field(default_factory=dict)
    members: list[tuple[Member, bytes]] = field(default_factory=list)

    @property
    def rejects(self) -> list[tuple[int, int, bytes, str]]:
        return [
            (row["line"], row["position"], row["verbatim"], row["reason"]) for row in self.account.rejects().to_pylist()
        ]


def read_with(form: Format, content: bytes | Path, name: str = "leak", serial: int = 1, **options: Any) -> Found:
    """Return what ``form`` reads in ``content`` (bytes, or a file on the disk); fails when the books do not balance."""
    given = Options(**options)
    account = Account(name, name)
    if isinstance(content, Path):
        # read before it is given away: nobody closes a file of a test
        data = io.BytesIO(content.read_bytes())
        source = Source(name, Plain(data), serial, lambda: content.open("rb"), given.encoding)
    else:
        source = Source.of(content, name, serial, given.encoding)
    found = Found(account)
    for item in form.read(source, account, given):
        if isinstance(item, Member):
            parts: list[bytes] = []
            while part := item.content.read(1 << 20):
                parts.append(part)
            found.members.append((item, b"".join(parts)))
            continue
        columns = found.columns.setdefault(item.table, [])
        known = set(columns)
        columns.extend(one for one in item.records.column_names if one not in known)
        assert all(kind == pa.string() for kind in item.records.schema.types)
        assert len(set(item.records.column_names)) == item.records.num_columns
        found.tables.setdefault(item.table, []).extend(item.records.to_pylist())
        account.read += item.records.num_rows
        if item.declared:
            found.declared[item.table] = item.declared
    for table, rows in found.tables.items():
        found.tables[table] = [{one: row.get(one) or "" for one in found.columns[table]} for row in rows]
    account.balance(account.bytes.total() if source.to_book is None else source.to_book, account.found)
    return found
