"""Slices are written in order, whoever finishes first."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest

from colmate.replicas.writing import write


def test_order_hash_and_results(tmp_path: Path) -> None:
    def rendered(start: int) -> tuple[bytes, int, int]:
        time.sleep(0.02 if start % 2 == 0 else 0)
        return f"{start};".encode(), start * 10, start + 1

    seen: list[int] = []
    done: list[tuple[int, int]] = []
    digest = write(tmp_path / "x", b"head;", rendered, range(7), 7, lambda *step: done.append(step), seen.append)
    content = (tmp_path / "x").read_bytes()
    assert content == b"head;0;1;2;3;4;5;6;"
    assert digest == hashlib.sha256(content).hexdigest()
    assert seen == [start * 10 for start in range(7)]
    assert done == [(start + 1, 7) for start in range(7)]


def test_a_failing_slice_removes_the_file(tmp_path: Path) -> None:
    def rendered(start: int) -> tuple[bytes, None, int]:
        if start == 2:
            raise RuntimeError("slice")
        return b"x", None, start

    with pytest.raises(RuntimeError, match="slice"):
        write(tmp_path / "x", b"", rendered, range(5), 5, lambda *_: None, lambda _: None)
    assert not list(tmp_path.iterdir())
