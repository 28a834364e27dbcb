"""Files made to hurt who reads them: each is read, or refused in a sentence, in little time and memory.

What the fuzzer (`benchmarks.fuzz`) and the search for superlinear time found is kept here as rules.
"""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from colmate import intake
from colmate.errors import EvidenceError, FormatError
from colmate.intake.choosing import choose
from colmate.intake.evidence import Source
from colmate.intake.readers import formats
from colmate.intake.reading import Chunk, Options

from .harness import Found, read_with
from .samples import SAMPLES
from .test_archives import opened, zipped

CSV = b"nom;age\nRoux;41\n"
FORMS = {form.id: form for form in formats()}
# processor time that 200 KB may take at most; what is quadratic here took more than fifteen seconds
SECONDS = 5
SIZE = 200_000


def _read(name: str, data: bytes) -> Found | None:
    """Read with one reader; None when it refuses in a sentence."""
    try:
        return read_with(FORMS[name], data)
    except (FormatError, EvidenceError):
        return None


# --- time ------------------------------------------------------------------------------------------------------------

# a beginning, what is repeated after it, an end
REPEATED: dict[str, tuple[str, bytes, bytes, bytes]] = {
    "statements without a semicolon": ("sql", b"-- MySQL dump\n", b"INSERT ALLa \r\n", b""),
    "quotes that are escaped and never closed": ("sql", b"", b"\\'", b""),
    "a line that is nearly a name": ("hprim_medecin", b"7\r\nROUX\r\nAnne", b"'****LAB****", b""),
    "a tag that is never closed": ("hprim_medecin", SAMPLES["hprim_medecin"][:200], b" ", b"<p" + b" " * 50_000),
    "attributes without a value": ("hprim_xml", SAMPLES["hprim_xml"][:57], b"&#0;2147483647\0", b"</x>"),
    "line ends within a damaged document": ("json", b'[{"a": 1}, {"a": [{"a": 2}', b"\n\t", b"]"),
}


@pytest.mark.parametrize("name", REPEATED)
def test_time_does_not_grow_faster_than_the_content(name: str) -> None:
    form, begin, unit, end = REPEATED[name]
    start = time.process_time()
    _read(form, begin + unit * (SIZE // len(unit)) + end)
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize("commas", [60_000, 1_000_000])
@pytest.mark.parametrize("before", [0, 1])
def test_a_line_that_is_too_wide_costs_itself_only(tmp_path: Path, commas: int, before: int) -> None:
    path = tmp_path / "leak.csv"
    path.write_bytes(b"nom;age\n" + b"Blanc;7\n" * before + b"a;" * commas + b"\n" + b"Roux;41\n" * 1000)
    (table,) = intake.read(path)
    assert (table.columns, table.records.num_rows) == (("nom", "age"), 1000 + before)
    assert table.evidence.reject_reasons == {"too_many_fields": 1}


def test_a_table_that_is_too_wide_is_refused_in_little_time(tmp_path: Path) -> None:
    path = tmp_path / "leak.csv"
    path.write_bytes(b"a;" * 2_000_000)
    start = time.process_time()
    with pytest.raises(FormatError, match=r"table of 2000001 columns, more than the 50000 that can be read$"):
        intake.read(path)
    assert time.process_time() - start < SECONDS


def test_records_with_a_key_of_their_own_each_cost_no_more_than_others() -> None:
    data = b"[" + b",".join(b'{"k%d":1}' % place for place in range(10_000)) + b"]"
    account = intake.accounting.Account("leak", "leak")
    start = time.process_time()
    chunks = list(FORMS["json"].read(Source.of(data), account, Options()))
    assert time.process_time() - start < SECONDS
    assert sum(chunk.records.num_rows for chunk in chunks if isinstance(chunk, Chunk)) == 10_000


@pytest.mark.parametrize(
    "unit", [b"a", b"\n", b"\r\n", b" ", b"'", b'"', b"<", b"[", b"{", b"a ", b"--\n", b"\\'", b"a:"]
)
@pytest.mark.parametrize("begin", [b"", b"Objet :", b"-- \n", b"<a ", b"H|"])
def test_a_format_is_told_in_time_whatever_is_repeated(begin: bytes, unit: bytes) -> None:
    data = begin + unit * (SIZE // len(unit))
    start = time.process_time()
    choose(Source.of(data).head, Options(), intake.accounting.Account("leak", "leak"))
    assert time.process_time() - start < SECONDS


# --- SQL: COPY of CSV ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "lines", "rows", "rejected"),
    [
        ("(a, b) FROM stdin CSV", b"1,x\n2,y\n", [("1", "x"), ("2", "y")], 0),
        ("(a, b) FROM stdin CSV", b"1,x\n2,\ry\n3,z\n", [("1", "x"), ("3", "z")], 1),
        ("(a, b) FROM stdin CSV", b"1,x\n\n2,y\n", [("1", "x"), ("2", "y")], 0),
        ("(a) FROM stdin CSV", b"1\n\n3\n", [("1",), ("",), ("3",)], 0),
        ("(a, b) FROM stdin CSV DELIMITER E'\\t'", b"\t\n1\tx\n", [("", ""), ("1", "x")], 0),
    ],
    ids=["plain", "stray-return", "empty-line", "empty-line-is-a-null", "only-tabs"],
)
def test_copied_csv_loses_no_line(options: str, lines: bytes, rows: list[tuple[str, ...]], rejected: int) -> None:
    content = f"COPY t {options};\n".encode() + lines + b"\\.\nCREATE TABLE u (a int);\n"
    found = read_with(FORMS["sql"], content)
    assert [tuple(row.values()) for row in found.tables["t"]] == rows
    assert len(found.rejects) == rejected


def test_copied_csv_is_handed_out_on_the_way() -> None:
    content = b"COPY t (a, b) FROM stdin CSV;\n" + b"1,Roux\n" * 120_000 + b"\\.\n"
    source = Source.of(content)
    chunks = list(FORMS["sql"].read(source, intake.accounting.Account("leak", "leak"), Options()))
    assert len(chunks) > 2


@pytest.mark.parametrize("block", [1, 7, 61, 1000])
def test_the_head_of_an_insert_may_come_in_many_blocks(block: int) -> None:
    content = b"INSERT INTO [p] ([" + b"n" * 300 + b"], [nom]) VALUES (1,'Roux')"
    assert read_with(FORMS["sql"], content, block=block).tables == read_with(FORMS["sql"], content).tables != {}


# --- archives --------------------------------------------------------------------------------------------------------


def _nameless() -> bytes:
    """A zip whose second member has no name, as zipfile does not write it."""
    data = zipped({"a.csv": CSV, "b": CSV})
    place, central = data.index(b"PK\x03\x04", 4), data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    local = bytearray(data[place : data.index(b"PK\x01\x02")])
    local[30:31] = b"\0"
    entry = bytearray(data[central : data.index(b"PK\x05\x06")])
    entry[46:47] = b"\0"
    return data[:place] + local + data[data.index(b"PK\x01\x02") : central] + entry + data[data.index(b"PK\x05\x06") :]


def test_a_member_without_a_name_is_read_like_the_others() -> None:
    records, reasons = opened(_nameless())
    assert sum(records.values()) == 2
    assert not any(reasons.values())


def _overlapping(members: int, size: int) -> bytes:
    """A zip whose members are all the same bytes (D. Fifield, "A better zip bomb", 2019)."""
    text = CSV * (size // len(CSV))
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(text) + packer.flush()
    facts = (zlib.crc32(text), len(packed), len(text))
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, *facts, 5, 0) + b"a.csv" + packed
    listed = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, *facts, 5, 0, 0, 0, 0, 0, 0) + b"a.csv"
        for _ in range(members)
    )
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, members, members, len(listed), len(local), 0)
    return local + listed + end


def _sparse(size: int) -> bytes:
    """A tar with a member that is one hole."""
    header = bytearray(tarfile.TarInfo("a.csv").tobuf(tarfile.GNU_FORMAT))
    header[156:157], header[483:495], header[148:156] = b"S", b"%011o\0" % size, b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + bytes(1024)


def _in_archives(levels: int, size: int) -> bytes:
    data = zipped({f"{number}.csv": CSV * (size // len(CSV)) for number in range(4)})
    for _ in range(levels):
        data = zipped({f"{number}.zip": data for number in range(4)})
    return data


BOMBS: dict[str, Callable[[], bytes]] = {
    "members that lie over each other": lambda: _overlapping(50, 1 << 18),
    "a member that is a hole": lambda: _sparse(1 << 30),
    "archives within archives": lambda: _in_archives(3, 1 << 16),
    "a stream packed thrice": lambda: gzip.compress(gzip.compress(gzip.compress(CSV * 400_000, 9), 9), 9),
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_comes_out_of_a_file_is_bounded_together(name: str) -> None:
    data = BOMBS[name]()
    bounds = intake.Bounds(ratio=200, free=1 << 20)
    records, reasons = opened(data, bounds=bounds)
    assert any("decompression_bomb" in some for some in reasons.values())
    assert sum(records.values()) * len(CSV) < 4 << 20


def test_a_dictionary_that_stands_for_terabytes_is_a_bomb() -> None:
    once = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int8()), pa.array(["x" * 1000]))
    buffer = io.BytesIO()
    with pa.ipc.new_file(buffer, pa.schema([("a", once.type)])) as writer:
        for _ in range(9):
            writer.write_batch(pa.record_batch([once], ["a"]))
    found = read_with(FORMS["arrow"], buffer.getvalue(), bounds=intake.Bounds(ratio=200, free=1 << 20))
    assert [reason for *_, reason in found.rejects] == ["decompression_bomb"]


def _pax(length: bytes) -> bytes:
    entry = tarfile.TarInfo("x")
    entry.type, entry.size = tarfile.XHDTYPE, 512
    return entry.tobuf(tarfile.USTAR_FORMAT) + length.ljust(512, b"\0") + bytes(1024)


def _long_names(count: int) -> bytes:
    entry = tarfile.TarInfo("x")
    entry.type, entry.size = tarfile.GNUTYPE_LONGNAME, 4
    return (entry.tobuf(tarfile.GNU_FORMAT) + b"abc\0".ljust(512, b"\0")) * count + bytes(1024)


def _claimed(size: int) -> bytes:
    entry = tarfile.TarInfo("x")
    entry.type, entry.size = tarfile.GNUTYPE_LONGNAME, size
    return entry.tobuf(tarfile.GNU_FORMAT) + bytes(4096)


@pytest.mark.parametrize(
    "data",
    [_pax(b"99999999999999999999999 path=a\n"), _long_names(3000), _claimed(1 << 40)],
    ids=["a length beyond all integers", "names of names of names", "a name of a terabyte"],
)
def test_an_absurd_header_of_a_tar_is_damage(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLMATE_DEBUG", "1")
    assert opened(data)[1]["leak.bin"] == {"damaged_archive": 1}


# --- packages --------------------------------------------------------------------------------------------------------


def test_a_directory_that_leads_before_the_beginning_is_damage() -> None:
    data = bytearray(SAMPLES["docx"])
    place = data.index(b"PK\x05\x06")
    data[place + 16 : place + 20] = struct.pack("<L", struct.unpack_from("<L", data, place + 16)[0] + 100)
    found = read_with(FORMS["docx"], bytes(data))
    assert {reason for *_, reason in found.rejects} == {"damaged_document"}


def test_a_part_of_a_workbook_named_nul_is_passed_over() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, zipfile.ZipFile(io.BytesIO(SAMPLES["xlsx"])) as sample:
        for name in sample.namelist():
            archive.writestr(name, sample.read(name))
        archive.writestr("n", b"x")
    # without the directory the parts are found by their headers
    data = buffer.getvalue()
    place = data.rindex(b"PK\x03\x04")
    found = read_with(FORMS["xlsx"], data[: place + 30] + b"\0x")
    assert [row["nom"] for row in found.tables["F"]] == ["Roux", "Blanc"]


# --- many ------------------------------------------------------------------------------------------------------------

MANY: dict[str, Callable[[int], bytes]] = {
    "tables of a dump": lambda count: b"-- MySQL dump\n" + b"".join(
        b"CREATE TABLE t%d (a int);\nINSERT INTO t%d VALUES (1);\n" % (number, number) for number in range(count)
    ),
    "columns of one name": lambda count: b'[{"a": 1, "b": [' + b",".join([b"1"] * 9) + b"]}, {" + b",".join(
        b'"c%s": 1' % (b" " * number) for number in range(count // 20)
    ) + b"}]",
}  # fmt: skip


@pytest.mark.parametrize("name", MANY)
def test_many_tables_or_columns_take_no_longer_each(name: str) -> None:
    start = time.process_time()
    opened(MANY[name](8000))
    assert time.process_time() - start < 2 * SECONDS
