"""The books: what does not add up is a fault of ours, and says so."""

from __future__ import annotations

import pyarrow as pa
import pytest

from colmate.errors import InternalError
from colmate.intake import cells
from colmate.intake.accounting import REJECTS, Account, Receipt
from colmate.intake.careful import Grammar


def _account() -> Account:
    account = Account("leak.csv", "leak")
    account.consume("header", 10)
    account.consume("record", 80)
    account.consume("reject", 10)
    account.read = 4
    account.reject(6, 90, b"x;y;z", "too_many_fields")
    return account


def test_books_that_balance() -> None:
    account = _account()
    account.note("padded", 2)
    account.note("never", 0)
    account.balance(100, 5)
    evidence = account.entry(Receipt("0" * 64, 100, 100), "csv")
    assert (evidence.records_found, evidence.records_read, evidence.records_rejected) == (5, 4, 1)
    assert (evidence.bytes_accounted, evidence.notes) == (100, ["padded:2"])
    assert account.rejects().schema == REJECTS
    (reject,) = account.rejects().to_pylist()
    assert tuple(reject.values()) == ("leak.csv", "leak", 6, 90, b"x;y;z", "too_many_fields")


@pytest.mark.parametrize(("size", "found"), [(101, 5), (99, 5), (100, 6), (100, 4)])
def test_books_that_do_not_balance(size: int, found: int) -> None:
    with pytest.raises(InternalError, match="accounting of"):
        _account().balance(size, found)


def test_bytes_that_were_not_consumed() -> None:
    with pytest.raises(InternalError, match="only 99 of 100 bytes"):
        _account().entry(Receipt("0" * 64, 100, 99), "csv")


GRAMMAR = Grammar(b";", b'"', b"", 2)


@pytest.mark.parametrize(
    ("data", "rows", "blank"),
    [
        (b"a;b\nc;d\n", 2, 0),
        (b"a;b\r\n\r\nc;d", 2, 2),
        (b'"a;""b""";"c\n\nd"\n\n"";""\n', 2, 1),
    ],
)
def test_the_proof_of_a_block(data: bytes, rows: int, blank: int) -> None:
    parsed = cells.parse(data, GRAMMAR, cells.well_formed(data, GRAMMAR))
    assert parsed is not None
    assert (parsed[0].num_rows, parsed[1]) == (rows, blank)


@pytest.mark.parametrize("data", [b"a;b;c\n", b"a\n", b"\xff;b\n", b'a;"b"c\n'])
def test_a_block_that_cannot_be_proven(data: bytes) -> None:
    assert cells.parse(data, GRAMMAR, cells.well_formed(data, GRAMMAR)) is None


def test_a_parser_that_loses_a_byte_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = pa.table({"c0": ["a", "c"], "c1": ["b", ""]})
    monkeypatch.setattr(cells, "_arrow", lambda *_: wrong)
    assert cells.parse(b"a;b\nc;d\n", GRAMMAR, cells.well_formed(b"a;b\nc;d\n", GRAMMAR)) is None
