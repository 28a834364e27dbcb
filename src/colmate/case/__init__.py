"""The case folder: everything about one leak, encrypted, with its chain of custody.

::

    my-leak.case/
      manifest.json      what the case is, stages finished, hash of every file (sealed with the key)
      custody.jsonl      who did what, when, with which version; each line seals the one before
      sections/*.json    each stage's figures: counts only, no personal value
      datasets/*.parquet each stage's data, encrypted
      report.json, report.html

The key lies outside the folder (`colmate.case.key`).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from colmate.case import key as keys
from colmate.case.custody import Custody, now
from colmate.case.manifest import Input, Manifest, Seal, Stage, write_atomic
from colmate.engine import Engine, open_engine
from colmate.errors import CaseDamagedError, CaseError, CaseExistsError, CaseKeyError, UsageError

__all__ = ["Case", "describe_inputs"]


def describe_inputs(paths: Sequence[Path]) -> list[Input]:
    """Return name, size and time of change of each file given."""
    described = []
    for path in paths:
        status = path.stat()
        described.append(Input(name=path.name, bytes=status.st_size, modified_ns=status.st_mtime_ns))
    return described


class Case:
    """An open case. Make one with `create` or `open`; close it, or use it in ``with``."""

    def __init__(self, folder: Path, manifest: Manifest, key: keys.CaseKey, lock: IO[str]) -> None:
        self.folder = folder
        self.manifest = manifest
        self._key = key
        self._lock = lock
        self.custody = Custody(folder / "custody.jsonl", key.derive("custody"), manifest.colmate)
        self.spill = folder / "spill"

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        title: str,
        version: str,
        engine: str,
        inputs: list[Input],
        options: dict[str, Any],
        key_path: Path | None = None,
    ) -> Case:
        """Make the case in ``folder``, which must not exist or be empty, and its key."""
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CaseExistsError(f"{folder} is there already and is not empty: choose another folder with --case")
        case_id = secrets.token_hex(8)
        path = keys.resolve(case_id, key_path)
        key = keys.load(path) if path.exists() else keys.create(path, folder)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        for name in ("sections", "datasets"):
            (folder / name).mkdir(mode=0o700)
        manifest = Manifest(
            id=case_id,
            title=title,
            created=now(),
            colmate=version,
            engine=engine,
            key_check=key.check(case_id),
            inputs=inputs,
            options=options,
        )
        case = cls(folder, manifest, key, _lock(folder))
        case.log("create", {"inputs": [item.model_dump() for item in inputs], "options": options})
        return case

    @classmethod
    def open(cls, folder: Path, *, key_path: Path | None = None) -> Case:
        """Open the case in ``folder``; raises `CaseError` kinds for a wrong key or a changed manifest."""
        if not folder.is_dir():
            raise UsageError(f"there is no case at {folder}")
        manifest, mac = Manifest.read(folder / "manifest.json")
        key = keys.load(keys.resolve(manifest.id, key_path))
        if key.check(manifest.id) != manifest.key_check:
            raise CaseKeyError("this key does not open this case: it is the key of another one")
        if not manifest.authentic(mac, key.derive("manifest")):
            raise CaseDamagedError("manifest.json was changed after Colmate wrote it")
        return cls(folder, manifest, key, _lock(folder))

    def engine(self, threads: int | None = None, name: str = "duckdb") -> Engine:
        """Return an engine that reads and writes this case's datasets; close it after use."""
        self._clean()
        self.spill.mkdir(mode=0o700)
        return open_engine(name, self._key.derive("datasets"), self.spill, threads)

    def dataset(self, name: str) -> Path:
        """Return the path of the dataset ``name``."""
        return self.folder / "datasets" / f"{name}.parquet"

    def finished(self, stage: str) -> bool:
        """Tell whether ``stage`` is finished."""
        return stage in self.manifest.stages

    def section(self, stage: str) -> Any:
        """Return the figures that a finished stage left."""
        return json.loads((self.folder / "sections" / f"{stage}.json").read_text(encoding="utf-8"))

    def finish(
        self, stage: str, section: Any, datasets: Sequence[str], seconds: float, extra: Sequence[str] = ()
    ) -> None:
        """Record that ``stage`` is done: its figures, its datasets and other files, and the time it took."""
        path = self.folder / "sections" / f"{stage}.json"
        write_atomic(path, json.dumps(section, ensure_ascii=False) + "\n")
        written = [path, *(self.dataset(name) for name in datasets), *(self.folder / name for name in extra)]
        files = {str(item.relative_to(self.folder)): Seal.of(item) for item in written}
        self.manifest.stages[stage] = Stage(finished=now(), seconds=round(seconds, 3), files=files)
        self.log(stage, {"seconds": round(seconds, 3), "files": {k: v.sha256 for k, v in files.items()}})

    def log(self, action: str, details: dict[str, Any] | None = None) -> None:
        """Write ``action`` into the chain of custody, and let the manifest remember the chain's end."""
        self.custody.append(action, details)
        self.manifest.custody_lines, self.manifest.custody_head = self.custody.state()
        self.manifest.save(self.folder / "manifest.json", self._key.derive("manifest"))

    def check_custody(self) -> int:
        """Return the number of lines of the chain of custody; raises `CaseDamagedError` where it breaks."""
        return self.custody.verify(self.manifest.custody_lines, self.manifest.custody_head)

    def check_files(self) -> int:
        """Compare every file of the case with its seal; returns their number, raises `CaseDamagedError`."""
        count = 0
        for stage in self.manifest.stages.values():
            for name, seal in stage.files.items():
                path = self.folder / name
                if not path.is_file():
                    raise CaseDamagedError(f"{name} is missing from the case")
                if path.stat().st_size != seal.bytes:
                    raise CaseDamagedError(f"{name} was cut or extended after it was written")
                if Seal.of(path) != seal:
                    raise CaseDamagedError(f"{name} was changed after it was written")
                count += 1
        return count

    def _clean(self) -> None:
        """Remove what a killed run left half written: spill files and parts of files."""
        shutil.rmtree(self.spill, ignore_errors=True)
        for part in self.folder.rglob("*.part"):
            part.unlink(missing_ok=True)

    def close(self) -> None:
        """Remove temporary files and let others open the case."""
        with contextlib.suppress(OSError):
            self._clean()
        self._lock.close()

    def __enter__(self) -> Case:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _lock(folder: Path) -> IO[str]:
    """Hold the case for this process alone: two runs would write over each other."""
    file = os.fdopen(os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise CaseError(f"{folder} is in use by another run of Colmate: wait for it to end") from None
    return file
