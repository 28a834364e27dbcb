"""Several pieces of work at a time, each on an engine of its own: one query seldom keeps every processor busy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from queue import SimpleQueue
from typing import Protocol, TypeVar

__all__ = ["together"]

# seconds between two calls to give up
PATIENCE = 0.1


class Interruptible(Protocol):
    """What can be told to give up the query that it is running."""

    def interrupt(self) -> None:
        """Give up the query that is running, if one is."""


E = TypeVar("E", bound=Interruptible)
Item = TypeVar("Item")
Result = TypeVar("Result")


def together(engines: Sequence[E], work: Callable[[E, Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Yield what ``work`` makes of each item, in the order of ``items``, as many at a time as there are ``engines``.

    The first error ends it: what has not begun is left, what is running is given up, and only then is it raised.
    """
    idle: SimpleQueue[E] = SimpleQueue()
    for engine in engines:
        idle.put(engine)

    def one(item: Item) -> Result:
        engine = idle.get()
        try:
            return work(engine, item)
        finally:
            idle.put(engine)

    with ThreadPoolExecutor(len(engines)) as pool:
        begun = [pool.submit(one, item) for item in items]
        try:
            for each in begun:
                yield each.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            running = [each for each in begun if not each.done()]
            # a query in another thread does not see that somebody pressed Ctrl-C; it may also be about to begin
            while wait(running, PATIENCE).not_done:
                for engine in engines:
                    engine.interrupt()
            raise
