"""Working ahead: the next blocks are read and parsed while the consumer is still busy with the last one."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Generator, Iterator
from typing import Any, Final, Generic, TypeVar

from colmate.intake.compression import Stream

__all__ = ["ReadAhead", "prefetch"]

T = TypeVar("T")
AHEAD: Final = 2
END: Final = object()


class _Failure:
    def __init__(self, error: BaseException) -> None:
        self.error = error


class _Maker(threading.Thread, Generic[T]):
    """Makes items ahead of their use. No daemon (those die in the middle of C++): it ends itself with the program."""

    def __init__(self, items: Iterator[T], ahead: int) -> None:
        super().__init__(name="colmate-intake")
        self.ready: queue.Queue[Any] = queue.Queue(maxsize=ahead)
        self.given_up = threading.Event()
        self._items = items

    def run(self) -> None:
        """Make all items, until nobody wants them any more."""
        last: object = END
        try:
            for item in self._items:
                if not self._put(item):
                    return
        except BaseException as error:
            last = _Failure(error)  # whatever it is, the consumer must learn of it
        self._put(last)

    def _put(self, item: object) -> bool:
        while not self.given_up.is_set() and threading.main_thread().is_alive():
            with contextlib.suppress(queue.Full):
                self.ready.put(item, timeout=0.1)
                return True
        return False


def prefetch(items: Iterator[T], ahead: int = AHEAD) -> Generator[T, None, None]:
    """Yield ``items``, made in a thread of their own, at most ``ahead`` of them before they are asked for.

    An exception of the maker is raised here, in its turn. When the consumer gives up, the thread ends.
    """
    maker = _Maker(items, ahead)
    maker.start()
    try:
        while (item := maker.ready.get()) is not END:
            if isinstance(item, _Failure):
                raise item.error
            yield item
    finally:
        maker.given_up.set()
        maker.join()


class ReadAhead:
    """A stream that is read (hashed, decompressed) in a thread of its own, ``block`` bytes at a time."""

    def __init__(self, stream: Stream, block: int) -> None:
        self._stream = stream
        self._blocks = prefetch(_blocks(stream, block))

    @property
    def stopped(self) -> str | None:
        """Why the stream ended before its end; known when it has ended."""
        return self._stream.stopped

    def read(self, size: int) -> bytes:  # noqa: ARG002 (the blocks were read before they were asked for)
        """Return the next block, b"" at the end."""
        return next(self._blocks, b"")

    def close(self) -> None:
        """End the thread."""
        self._blocks.close()


def _blocks(stream: Stream, block: int) -> Iterator[bytes]:
    while data := stream.read(block):
        yield data
