"""Archives: every member accounted for, nothing written to disk, nothing hostile followed."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import py7zr
import pytest
import pyzipper
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate import intake
from colmate.errors import EvidenceError, FormatError

CSV = b"nom;age\nRoux;41\nBlanc;7\n"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
Members = dict[str, bytes]


def zipped(members: Members) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(members: Members) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def seven(members: Members, password: str | None = None, header: bool = False) -> bytes:
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w", password=password, header_encryption=header) as archive:
        for name, content in members.items():
            archive.writestr(content, name)
    return buffer.getvalue()


def locked(members: Members, password: str) -> bytes:
    buffer = io.BytesIO()
    with pyzipper.AESZipFile(buffer, "w", compression=zipfile.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


PACKERS: dict[str, Callable[[Members], bytes]] = {
    "zip": zipped,
    "tar": tarred,
    "7z": seven,
    "tar.gz": lambda members: gzip.compress(tarred(members)),
    "tar.xz": lambda members: lzma.compress(tarred(members)),
}


def opened(data: bytes, name: str = "leak.bin", **options: Any) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Return the records of each evidence, and the reasons of each evidence's rejects."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        records: dict[str, int] = {}
        reasons: dict[str, dict[str, int]] = {}
        for piece in intake.open_tables([path], options=intake.Options(**options)):
            for _ in piece.batches:
                pass
            if piece.closes:
                entry = piece.evidence
                assert (
                    entry.records_found
                    == entry.records_read + entry.records_rejected
                    == entry.records_read + len(piece.rejects)
                )
                assert entry.bytes == entry.bytes_accounted
                records[entry.name] = entry.records_read
                reasons[entry.name] = entry.reject_reasons
        assert [one.name for one in Path(folder).iterdir()] == [name]
    return records, reasons


@pytest.mark.parametrize("packer", PACKERS)
def test_members_are_told_by_content_and_accounted_one_by_one(packer: str) -> None:
    data = PACKERS[packer]({"a.txt": CSV, "sub/b.csv.gz": gzip.compress(CSV), "p.csv": PICTURE, "._a": b"x"})
    records, reasons = opened(data)
    unknown = next(name for name in records if name.startswith("unknown-"))
    assert records == {"a.txt": 2, "sub/b.csv.gz": 2, unknown: 0, "leak.bin": 0}
    assert reasons[unknown] == {"unknown_format": 1}
    assert reasons["leak.bin"] == {}


@pytest.mark.parametrize("outer", PACKERS)
@pytest.mark.parametrize("inner", PACKERS)
def test_archives_in_archives(outer: str, inner: str) -> None:
    records, _ = opened(PACKERS[outer]({"in.bin": PACKERS[inner]({"a.csv": CSV}), "b.csv": CSV}))
    assert records == {"a.csv": 2, "in.bin": 0, "b.csv": 2, "leak.bin": 0}


def test_nesting_ends_at_the_depth_that_was_set() -> None:
    data = CSV
    for level in range(5):
        data = zipped({f"{level}.zip" if level else "a.csv": data})
    assert opened(data, depth=5)[0]["a.csv"] == 2
    records, reasons = opened(data, depth=3)
    assert "a.csv" not in records
    assert {"nested_too_deep": 1} in reasons.values()


PASSWORDS = {
    "zip, AES": locked({"a.csv": CSV}, "sésame"),
    "7z": seven({"a.csv": CSV}, "sésame"),
}


@pytest.mark.parametrize("form", PASSWORDS)
def test_a_password_opens_and_without_it_members_are_listed(form: str) -> None:
    assert opened(PASSWORDS[form], password="sésame")[0]["a.csv"] == 2
    assert opened(PASSWORDS[form])[1]["leak.bin"] == {"encrypted_member": 1}
    _, reasons = opened(PASSWORDS[form], password="faux")
    assert sum(sum(some.values()) for some in reasons.values()) >= 1


def test_an_archive_with_a_locked_list_asks_for_its_password() -> None:
    data = seven({"a.csv": CSV}, "sésame", header=True)
    assert opened(data, password="sésame")[0]["a.csv"] == 2
    with pytest.raises(EvidenceError, match="password"):
        opened(data)


def test_the_password_is_in_no_representation() -> None:
    assert "secret" not in repr(intake.Options(password="secret"))


@pytest.mark.parametrize("name", ["../a.csv", "/etc/a.csv", "b/../../a.csv", "C:\\a.csv", "..\\a.csv"])
def test_a_path_that_climbs_out_is_refused(name: str) -> None:
    for data in (zipped({name: CSV, "b.csv": CSV}), tarred({name: CSV, "b.csv": CSV})):
        records, reasons = opened(data)
        assert records["b.csv"] == 2
        assert reasons["leak.bin"] == {"unsafe_path": 1}


def test_links_and_devices_of_a_tar_are_refused() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for kind, target in ((tarfile.SYMTYPE, "/etc/passwd"), (tarfile.LNKTYPE, "b.csv"), (tarfile.CHRTYPE, "")):
            entry = tarfile.TarInfo(f"{kind.decode()}.csv")
            entry.type, entry.linkname = kind, target
            archive.addfile(entry)
    assert opened(buffer.getvalue())[1]["leak.bin"] == {"link_in_archive": 2, "special_file": 1}


@pytest.mark.parametrize("packer", ["zip", "7z", "tar.gz", "tar.xz"])
def test_a_bomb_is_stopped(packer: str) -> None:
    data = PACKERS[packer]({"a.csv": CSV + b"\n" * (40 << 20)})
    bounds = intake.Bounds(ratio=50, free=1 << 20)
    _, reasons = opened(data, bounds=bounds)
    assert any("decompression_bomb" in some for some in reasons.values())


@pytest.mark.parametrize("packer", PACKERS)
@settings(max_examples=25, deadline=None)
@given(cut=st.floats(0.02, 0.98), flip=st.none() | st.floats(0, 1))
def test_a_damaged_archive_is_told_never_a_crash(packer: str, cut: float, flip: float | None) -> None:
    lines = b"nom;age\n" + b"".join(b"Roux;%d\n" % number for number in range(5000))
    data = bytearray(PACKERS[packer]({"a.csv": lines, "b.csv": CSV}))
    if flip is None:
        data = data[: max(1, int(len(data) * cut))]
    else:
        data[int((len(data) - 1) * flip)] ^= 0x55
    try:
        records, reasons = opened(bytes(data))
    except (EvidenceError, FormatError):
        return
    whole = sum(records.values()) == 5002
    assert whole or any(reasons.values()) or flip is not None


def test_a_file_that_is_no_data_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(CSV)
    (tmp_path / "b.png").write_bytes(PICTURE)
    tables = {table.evidence.name: table for table in intake.read(tmp_path)}
    assert tables["a.csv"].records.num_rows == 2
    assert tables["unknown-0002"].evidence.reject_reasons == {"unknown_format": 1}
    assert tables["unknown-0002"].rejects["verbatim"].to_pylist() == [b"b.png"]
    with pytest.raises(FormatError, match="PNG picture"):
        intake.read(tmp_path / "b.png")


def test_letters_named_after_persons_are_numbered_in_the_report(tmp_path: Path) -> None:
    letter = b"{\\rtf1\\ansi Patient : Anne Roux\\par}"
    path = tmp_path / "leak.zip"
    path.write_bytes(zipped({"ROUX Anne.rtf": letter, "ROUX Anne.png": PICTURE, "a.csv": CSV}))
    names = []
    for piece in intake.open_tables([path]):
        for _ in piece.batches:
            pass
        if piece.closes:
            names.append(piece.evidence.name)
    assert sorted(names) == ["a.csv", "leak.zip", "rtf-0002", "unknown-0003"]
