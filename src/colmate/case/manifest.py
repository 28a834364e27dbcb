"""The manifest: what the case is, which stages are finished, and the hash of everything they wrote."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from colmate.errors import CaseDamagedError

__all__ = ["Manifest", "Seal", "Stage", "digest", "write_atomic"]

FORMAT = "colmate-case/1"
BLOCK = 1 << 22


class Seal(BaseModel):
    """Size in bytes and SHA-256 of a file of the case."""

    model_config = ConfigDict(extra="forbid")
    bytes: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Seal:
        """Compute the seal of the file at ``path``."""
        return cls(bytes=path.stat().st_size, sha256=digest(path))


class Input(BaseModel):
    """A file as it was given: enough to tell, when a run goes on, that it is still the same."""

    model_config = ConfigDict(extra="forbid")
    name: str
    bytes: int
    modified_ns: int


class Stage(BaseModel):
    """One finished stage: when, how long (seconds), and the files it wrote."""

    model_config = ConfigDict(extra="forbid")
    finished: str
    seconds: float
    files: dict[str, Seal] = Field(default_factory=dict)


class Manifest(BaseModel):
    """The content of ``manifest.json``."""

    model_config = ConfigDict(extra="forbid")
    format: str = FORMAT
    id: str
    title: str
    created: str
    colmate: str
    engine: str
    key_check: str
    inputs: list[Input]
    options: dict[str, Any] = Field(default_factory=dict)
    stages: dict[str, Stage] = Field(default_factory=dict)
    custody_lines: int = 0
    custody_head: str = ""

    def save(self, path: Path, key: bytes) -> None:
        """Write the manifest, sealed with ``key``; a reader sees the old one or the new one, never half."""
        document = self.model_dump(mode="json")
        document["mac"] = _mac(document, key)
        write_atomic(path, json.dumps(document, ensure_ascii=False, indent=2) + "\n")

    @classmethod
    def read(cls, path: Path) -> tuple[Manifest, str]:
        """Return the manifest and its seal, which `authentic` judges once the key is known."""
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            mac = str(document.pop("mac", ""))
            manifest = cls.model_validate(document)
        except FileNotFoundError:
            raise CaseDamagedError(f"{path.parent} is not a case: it has no manifest.json") from None
        except (OSError, ValueError, AttributeError, TypeError, ValidationError):
            raise CaseDamagedError("manifest.json cannot be read: it was cut or changed") from None
        if manifest.format != FORMAT:
            raise CaseDamagedError("manifest.json is of a format that this version of Colmate does not know")
        return manifest, mac

    def authentic(self, mac: str, key: bytes) -> bool:
        """Tell whether ``mac`` is this manifest's seal under ``key``."""
        return hmac.compare_digest(mac, _mac(self.model_dump(mode="json"), key))


def _mac(document: dict[str, Any], key: bytes) -> str:
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def digest(path: Path) -> str:
    """Return the SHA-256 of the file at ``path``, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomic(path: Path, text: str) -> None:
    """Write ``text`` so that ``path`` holds all of it or what it held before, even through a power cut."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
