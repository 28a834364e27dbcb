"""Asking the process that opens workbooks, and living with its end."""

from __future__ import annotations

import atexit
import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import cache
from typing import IO, Any, Final

import pyarrow as pa

from colmate.intake.readers.spreadsheets.worker import HEADER

__all__ = ["Broken", "Sheet", "sheets_of"]

MEMORY: Final = 6 << 30
PATIENCE: Final = 600.0  # seconds that one answer may take
LARGEST: Final = 1 << 30  # bytes of one answer


@dataclass(frozen=True)
class Sheet:
    """A sheet: its grid begins at ``row`` and ``column`` (from 0); ``merged``: first and last row and column."""

    name: str
    hidden: bool
    row: int = 0
    column: int = 0
    width: int = 0
    merged: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(frozen=True)
class Broken:
    """What could not be read: "encrypted", "damaged" (the workbook), "damaged_sheet" or "sheet_too_large"."""

    reason: str
    sheet: int | None = None


def sheets_of(content: bytes) -> Generator[Sheet | pa.RecordBatch | Broken]:
    """Yield each sheet of a workbook, then its rows as batches of text columns; `Broken` where something is wrong."""
    first: int | None = 0
    while first is not None:
        conversation = _Conversation(first)
        yield from conversation.sheets(content)
        first = conversation.following


class _Conversation:
    """One request; when the process dies over a sheet, ``following`` is the one to go on with."""

    def __init__(self, first: int) -> None:
        self.place = first
        self.following: int | None = None

    def sheets(self, content: bytes) -> Iterator[Sheet | pa.RecordBatch | Broken]:
        """Yield what the process tells."""
        first = self.place
        known: list[dict[str, Any]] = []
        helper = _helper()
        finished = False
        try:
            helper.ask(first, content)
            opened = helper.told()
            if "error" in opened:
                finished = True
                yield Broken(opened["error"])
                return
            known = opened["sheets"]
            for self.place in range(first, len(known)):
                yield from self._sheet(helper, known[self.place])
            finished = True
        except EOFError:
            yield Broken("sheet_too_large" if known else "too_large", self.place if known else None)
            if known and self.place + 1 < len(known):
                self.following = self.place + 1
        finally:
            if not finished:
                helper.end()

    def _sheet(self, helper: _Helper, known: dict[str, Any]) -> Iterator[Sheet | pa.RecordBatch | Broken]:
        sheet = Sheet(known["name"], known["hidden"])
        told = False
        while True:
            kind, payload = helper.receive()
            if kind == b"A":
                with pa.ipc.open_stream(payload) as reader:
                    yield from reader
                continue
            facts = json.loads(payload)
            if "done" not in facts:
                merged = tuple(tuple(one) for one in facts["merged"])
                told = True
                yield Sheet(sheet.name, sheet.hidden, facts["row"], facts["column"], facts["width"], merged)
                continue
            if facts.get("failed"):
                if not told:
                    yield sheet
                yield Broken("damaged_sheet", self.place)
            return


class _Helper:
    """The process, started once and used for all workbooks as long as it lives."""

    def __init__(self) -> None:
        code = (
            f"import sys; sys.path[:] = {sys.path!r}\n"
            f"from colmate.intake.readers.spreadsheets.worker import serve\nserve({MEMORY})"
        )
        # what a library says of its end may hold values of the file
        self._process = subprocess.Popen(  # noqa: S603 (the interpreter that runs, and nothing of the file)
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def ask(self, first: int, content: bytes) -> None:
        """Send a workbook; sheets before ``first`` are left out of the answer."""
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101
        request = json.dumps({"first": first}).encode("ascii")
        try:
            for kind, payload in ((b"J", request), (b"C", content)):
                stdin.write(HEADER.pack(kind, len(payload)))
                stdin.write(payload)
            stdin.flush()
        except OSError:
            raise EOFError from None

    def told(self) -> dict[str, Any]:
        """Return a fact."""
        facts = json.loads(self.receive()[1])
        assert isinstance(facts, dict)  # noqa: S101
        return facts

    def receive(self) -> tuple[bytes, bytes]:
        """Return the next frame of the answer."""
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101
        alarm = threading.Timer(PATIENCE, self._process.kill)
        alarm.daemon = True
        alarm.start()
        try:
            kind, size = HEADER.unpack(_exactly(stdout, HEADER.size))
            if size > LARGEST:
                raise EOFError
            return kind, _exactly(stdout, size)
        finally:
            alarm.cancel()

    def end(self) -> None:
        """End the process."""
        _forget()
        self._process.kill()
        with contextlib.suppress(OSError):
            self._process.communicate()


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


@cache
def _started() -> _Helper:
    helper = _Helper()
    atexit.register(helper.end)
    return helper


def _forget() -> None:
    if _started.cache_info().currsize:
        atexit.unregister(_started().end)
    _started.cache_clear()


def _helper() -> _Helper:
    if not _started().alive:
        _started().end()
    return _started()
