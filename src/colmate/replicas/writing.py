"""Writing a large file in slices: rendered by two threads, written and hashed in order by one."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

__all__ = ["write"]

THREADS = 2

Result = TypeVar("Result")


def write(
    out: Path,
    header: bytes,
    rendered: Callable[[int], tuple[bytes, Result, int]],
    starts: Sequence[int],
    total: int,
    progress: Callable[[int, int], None],
    taken: Callable[[Result], None],
) -> str:
    """Write the header and the slice of every start, in order; return the SHA-256 of the file.

    ``rendered`` gives the bytes of a slice, what ``taken`` wants to know of it, and the records written with it.
    At most three slices are in memory. A file that could not be finished is removed.
    """
    digest = hashlib.sha256(header)
    try:
        with out.open("xb") as file, ThreadPoolExecutor(THREADS) as pool:
            file.write(header)
            waiting: deque[Future[tuple[bytes, Result, int]]] = deque()
            ahead = iter(starts)
            for _ in range(len(starts)):
                while len(waiting) < THREADS + 1 and (start := next(ahead, None)) is not None:
                    waiting.append(pool.submit(rendered, start))
                content, result, done = waiting.popleft().result()
                file.write(content)
                digest.update(content)
                taken(result)
                progress(done, total)
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    return digest.hexdigest()
