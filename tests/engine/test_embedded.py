"""The engine: sealed datasets, no network, errors that quote nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
import pytest

from colmate.engine import Engine, ascii_fold, memory_limit
from colmate.errors import CaseDamagedError, CaseKeyError, EvidenceError, InternalError

KEY = b"0" * 32
VALUE = "MARGUERITE-INVENTED"


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    path = tmp_path / "d.parquet"
    with Engine(KEY) as engine:
        engine.write(pa.table({"c0": [VALUE, None, "é"]}).to_reader(), path)
    return path


def test_a_dataset_comes_back_with_the_key(sealed: Path) -> None:
    with Engine(KEY) as engine:
        table = engine.read(sealed)
        assert engine.count(table) == 3
        assert engine.rows(table.filter(table.c0 == "é").select(x=ascii_fold(table.c0))) == [{"x": "e"}]


def test_another_key_is_told_as_such(sealed: Path) -> None:
    with Engine(b"1" * 32) as engine, pytest.raises(CaseKeyError, match="the key does not open"):
        engine.read(sealed)


def test_a_cut_dataset_is_told_as_such(sealed: Path) -> None:
    sealed.write_bytes(sealed.read_bytes()[:-40])
    with Engine(KEY) as engine, pytest.raises((CaseDamagedError, CaseKeyError), match=r"d\.parquet"):
        engine.rows(engine.read(sealed))


def test_a_missing_dataset_is_told_as_such(tmp_path: Path) -> None:
    with Engine(KEY) as engine, pytest.raises(CaseDamagedError, match=r"none\.parquet is missing"):
        engine.read(tmp_path / "none.parquet")


def test_a_dataset_is_complete_or_absent(tmp_path: Path) -> None:
    def broken() -> object:
        yield pa.record_batch({"c0": ["a"]})
        raise OSError("the source went away")

    reader = pa.RecordBatchReader.from_batches(pa.schema([("c0", pa.string())]), broken())
    with Engine(KEY) as engine, pytest.raises(Exception, match=r"x\.parquet|went away"):
        engine.write(reader, tmp_path / "x.parquet")
    assert not (tmp_path / "x.parquet").exists()


def test_a_fault_of_the_source_is_told_in_its_own_words(tmp_path: Path) -> None:
    def changed() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"c0": ["a"]})
        raise EvidenceError("leak.csv changed while it was read")

    reader = pa.RecordBatchReader.from_batches(pa.schema([("c0", pa.string())]), changed())
    with Engine(KEY) as engine, pytest.raises(EvidenceError, match="changed while it was read"):
        engine.write(reader, tmp_path / "x.parquet")
    assert not (tmp_path / "x.parquet").exists()


def test_the_engines_own_words_never_reach_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLMATE_DEBUG", raising=False)
    with Engine() as engine:
        table = engine.memtable(pa.table({"c0": [VALUE]}), "t")
        with pytest.raises(InternalError) as caught:
            engine.rows(table.select(n=table.c0.cast("int64")))
    assert VALUE not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
        "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
        "SET disabled_filesystems = ''",
        "SET allow_unsigned_extensions = true",
        "INSTALL spatial",
    ],
)
def test_the_engine_opens_no_door(statement: str) -> None:
    with Engine(KEY) as engine, pytest.raises(duckdb.Error):
        engine.connection.execute(statement)


def test_distinct_rows_look_at_every_column() -> None:
    with Engine() as engine:
        table = engine.memtable(pa.table({"a": ["x", "x", "x"], "b": ["1", "1", None]}), "t")
        assert engine.distinct_rows(table) == 2


def test_memory_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLMATE_MEMORY", "2")
    assert memory_limit() == 2_000_000_000
    monkeypatch.setenv("COLMATE_MEMORY", "plenty")
    assert memory_limit() > 1 << 28


def test_ibis_shares_the_connection() -> None:
    with Engine() as engine:
        table = engine.materialise(ibis.range(5).unnest().name("n").as_table(), "numbers")
        assert engine.connection.execute('SELECT sum(n) FROM "numbers"').fetchall() == [(10,)]
        engine.drop("numbers")
        with pytest.raises(InternalError):
            engine.count(table)
