"""Compressed evidence: by its content, whole, cut, damaged, or a bomb."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from colmate import intake

from .examples import read_bytes, rejects, rows

HEAD = b"nom;date_naissance\n"
CHANCE = random.Random(7)
BODY = b"".join(b"%x;19%02d-01-01\n" % (CHANCE.getrandbits(64), CHANCE.randrange(100)) for _ in range(60_000))
PLAIN = HEAD + BODY
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": lambda data: bytes(pa.compress(data, codec="zstd", asbytes=True)),
}


@pytest.mark.parametrize("name", PACKERS)
def test_compression_is_known_by_its_content(name: str) -> None:
    packed = PACKERS[name](PLAIN)
    table = read_bytes(packed, name="leak.txt")
    assert table.records.num_rows == 60_000
    assert table.evidence.bytes == table.evidence.bytes_accounted == len(packed)
    assert table.records.equals(read_bytes(PLAIN).records)


@pytest.mark.parametrize("name", ["gzip", "bzip2", "xz"])
def test_several_members_are_one_stream(name: str) -> None:
    pack = PACKERS[name]
    assert read_bytes(pack(PLAIN) + pack(BODY)).records.num_rows == 120_000


@pytest.mark.parametrize("name", PACKERS)
def test_a_cut_stream_gives_all_records_before_the_cut(name: str) -> None:
    packed = PACKERS[name](PLAIN)
    table = read_bytes(packed[: len(packed) * 2 // 3])
    assert 1_000 < table.records.num_rows < 42_000
    assert table.evidence.reject_reasons["truncated_stream"] == 1
    assert table.evidence.bytes_accounted == len(packed) * 2 // 3
    last = rejects(table)[-1]
    assert PLAIN[last[1] :].startswith(last[2])
    assert b"\n" not in last[2]


def test_a_damaged_stream_stops_where_it_is_damaged() -> None:
    packed = bytearray(gzip.compress(PLAIN))
    packed[len(packed) // 2] ^= 0xFF
    table = read_bytes(bytes(packed))
    assert set(table.evidence.reject_reasons) & {"damaged_stream"}
    assert table.evidence.bytes_accounted == len(packed)


def test_padding_after_the_stream_is_noted() -> None:
    assert read_bytes(gzip.compress(PLAIN) + b"\0" * 512).evidence.notes == ["bytes_after_the_end:1"]


def test_a_bomb_is_stopped(tmp_path: Path) -> None:
    packed = gzip.compress(HEAD + b"a;2001-01-01\n" * 2_000_000)
    path = tmp_path / "bomb.csv"
    path.write_bytes(packed)
    for stream in intake.open_tables([path], bounds=intake.Bounds(ratio=100, free=1 << 20)):
        assert 0 < sum(batch.num_rows for batch in stream.batches) < 2_000_000
        assert stream.evidence.reject_reasons == {"decompression_bomb": 1}
        assert stream.evidence.bytes_accounted == len(packed)


# --- zip ---------------------------------------------------------------------------------------------------------


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _tables(tmp_path: Path, data: bytes) -> dict[str, intake.Table]:
    path = tmp_path / "leak.zip"
    path.write_bytes(data)
    return {table.evidence.name: table for table in intake.read(path)}


def test_each_member_is_a_table(tmp_path: Path) -> None:
    tables = _tables(
        tmp_path, _zip({"a.csv": b"nom;age\nRoux;41\n", "b/c.csv.gz": gzip.compress(PLAIN), "__MACOSX/._a": b"x"})
    )
    assert list(tables) == ["a.csv", "b/c.csv.gz"]
    assert rows(tables["a.csv"]) == [("Roux", "41")]
    assert tables["a.csv"].evidence.member_of == "leak.zip"
    assert tables["a.csv"].evidence.bytes == 16
    assert (tables["b/c.csv.gz"].name, tables["b/c.csv.gz"].records.num_rows) == ("c", 60_000)


def test_refused_members_are_listed(tmp_path: Path) -> None:
    data = _zip(
        {"../../a.csv": b"nom;age\nRoux;41\n", "n.zip": _zip({"x": b"y\nz\n"}), "p.png": b"\x89PNG\r\n\x1a\n....."}
    )
    tables = _tables(tmp_path, data)
    assert tables["leak.zip"].evidence.reject_reasons == {"unsafe_path": 1}
    assert next(tables[name] for name in tables if name.startswith("unknown-")).evidence.reject_reasons == {
        "unknown_format": 1
    }
    assert tables["x"].evidence.member_of == "n.zip"
    assert tables["leak.zip"].evidence.bytes_accounted == len(data)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["leak.zip"]


def test_an_encrypted_member_is_a_reject(tmp_path: Path) -> None:
    data = bytearray(_zip({"a.csv": b"nom;age\nRoux;41\n"}))
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    assert _tables(tmp_path, bytes(data))["leak.zip"].evidence.reject_reasons == {"encrypted_member": 1}


def test_a_damaged_member_gives_what_can_be_read(tmp_path: Path) -> None:
    data = bytearray(_zip({"a.csv": PLAIN, "b.csv": b"nom;age\nRoux;41\n"}))
    data[len(data) // 2] ^= 0xFF
    tables = _tables(tmp_path, bytes(data))
    assert tables["a.csv"].evidence.reject_reasons["damaged_stream"] == 1
    assert rows(tables["b.csv"]) == [("Roux", "41")]


def test_an_archive_without_its_list_gives_what_its_members_say(tmp_path: Path) -> None:
    data = _zip({"a.csv": PLAIN, "b.csv": b"nom;age\nRoux;41\n"})
    tables = _tables(tmp_path, data[: data.index(b"PK\x01\x02") + 9])
    assert rows(tables["b.csv"]) == [("Roux", "41")]
    assert tables["a.csv"].records.num_rows == 60_000
    assert tables["leak.zip"].evidence.reject_reasons == {"truncated_archive": 1}
    cut = _tables(tmp_path, data[: len(data) // 2])
    assert 0 < cut["a.csv"].records.num_rows < 60_000
    assert cut["a.csv"].evidence.reject_reasons["truncated_stream"] == 1
