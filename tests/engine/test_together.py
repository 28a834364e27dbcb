"""Two pieces of work at a time: same order, same datasets, and an error ends them all."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pyarrow as pa
import pytest

from colmate.engine import Engine
from colmate.engine.together import together
from colmate.errors import UsageError

KEY = b"0" * 32


class Hand:
    """Something that works, and remembers whether it was told to stop."""

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def interrupt(self) -> None:
        self.stopped.set()


def test_results_come_in_the_order_of_the_items_whichever_is_done_first() -> None:
    both = threading.Barrier(2)

    def work(_hand: Hand, item: int) -> int:
        if item < 2:
            both.wait(10)  # only two at a time can pass
        time.sleep(0.02 if item % 2 == 0 else 0)
        return item * item

    assert list(together([Hand(), Hand()], work, range(20))) == [item * item for item in range(20)]


def test_no_hand_does_two_things_at_once() -> None:
    busy: dict[int, int] = {}

    def work(hand: Hand, _item: int) -> None:
        busy[id(hand)] = busy.get(id(hand), 0) + 1
        assert busy[id(hand)] == 1
        time.sleep(0.001)
        busy[id(hand)] -= 1

    assert len(list(together([Hand(), Hand()], work, range(50)))) == 50
    assert len(busy) == 2


def test_an_error_stops_what_runs_and_leaves_what_has_not_begun() -> None:
    hands, begun = [Hand(), Hand()], []

    def work(hand: Hand, item: int) -> None:
        begun.append(item)
        if item == 0:
            raise UsageError("no")
        assert hand.stopped.wait(10)  # only the one that runs beside it

    with pytest.raises(UsageError, match="no"):
        list(together(hands, work, range(50)))
    assert all(hand.stopped.is_set() for hand in hands)
    assert len(begun) < 5


def test_every_connection_reads_the_datasets_and_keeps_its_own_tables(tmp_path: Path) -> None:
    with Engine(KEY) as engine:
        engine.write(pa.table({"n": range(1000)}).to_reader(), tmp_path / "d.parquet")
        dataset = engine.read(tmp_path / "d.parquet")
        both = threading.Barrier(2)

        def work(beside: Engine, item: int) -> int:
            table = beside.materialise(dataset.filter(dataset.n < item), "mine")
            if item < 3:
                both.wait(10)  # the two tables are there at the same time, under one name
            return beside.count(table)

        assert list(engine.together(work, range(1, 20))) == list(range(1, 20))
        assert engine.count(engine.read(tmp_path / "d.parquet")) == 1000


def test_a_query_in_another_thread_is_given_up(tmp_path: Path) -> None:
    with Engine(KEY) as engine:
        engine.write(pa.table({"n": range(10)}).to_reader(), tmp_path / "d.parquet")

        def work(beside: Engine, item: int) -> None:
            if item:
                raise UsageError("no")
            beside.arrow("SELECT count(*) FROM range(1000000) a, range(100000000) b WHERE a.range * b.range = 7")

        started = time.monotonic()
        with pytest.raises(UsageError, match="no"):
            # the slow one has begun when the other fails: it comes first
            for _ in engine.together(work, (1, 0)):
                pass
        assert time.monotonic() - started < 30


def test_without_datasets_one_thing_comes_after_the_other() -> None:
    with Engine() as engine:
        table = engine.memtable(pa.table({"n": [1, 2, 3]}), "given")
        assert list(engine.together(lambda one, item: one.count(table) + item, [1, 2])) == [4, 5]
