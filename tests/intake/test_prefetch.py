"""Working ahead in a thread: order, errors, and an end when nobody listens any more."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from colmate.errors import EvidenceError
from colmate.intake.prefetch import prefetch


def _threads() -> int:
    return sum(thread.name == "colmate-intake" for thread in threading.enumerate())


def test_items_come_in_order() -> None:
    assert list(prefetch(iter(range(100)))) == list(range(100))
    assert _threads() == 0


def test_an_error_comes_in_its_turn() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise EvidenceError("changed")

    items = prefetch(broken())
    assert next(items) == 1
    with pytest.raises(EvidenceError):
        next(items)
    assert _threads() == 0


def test_the_thread_ends_when_the_consumer_gives_up() -> None:
    made: list[int] = []

    def endless() -> Iterator[int]:
        while True:
            made.append(len(made))
            yield made[-1]

    items = prefetch(endless(), ahead=2)
    assert next(items) == 0
    items.close()
    assert _threads() == 0
    assert len(made) < 10
