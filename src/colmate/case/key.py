"""The key of a case: 32 random bytes in a file outside the case folder, readable by its owner alone.

Without the key the datasets are noise; destroying the key destroys the case. Sub-keys for each use are derived
from it, so that no two purposes share a key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from colmate.errors import CaseKeyError

__all__ = ["CaseKey", "create", "default_path", "load", "resolve"]

ENVIRONMENT = "COLMATE_KEY"
HEADER = "colmate-key-1"
SIZE = 32


class CaseKey:
    """The secret of one case; its text form never shows the bytes."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def derive(self, purpose: str) -> bytes:
        """Return the 32-byte sub-key for ``purpose`` (HMAC-SHA-256, as the expand step of RFC 5869)."""
        return hmac.new(self._secret, purpose.encode() + b"\x01", hashlib.sha256).digest()

    def check(self, case_id: str) -> str:
        """Return the public value by which a case recognises its key without holding it."""
        return hmac.new(self.derive("check"), case_id.encode(), hashlib.sha256).hexdigest()

    def __repr__(self) -> str:
        return "CaseKey(…)"


def default_path(case_id: str) -> Path:
    """Return where the key of ``case_id`` lies unless told otherwise: the user's data folder (XDG)."""
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "colmate" / "keys" / f"{case_id}.key"


def resolve(case_id: str, given: Path | None) -> Path:
    """Return the key's path: the option, else ``COLMATE_KEY``, else the default for this case."""
    if given is not None:
        return given
    if named := os.environ.get(ENVIRONMENT):
        return Path(named)
    return default_path(case_id)


def create(path: Path, folder: Path) -> CaseKey:
    """Make a new key at ``path``, owner-only; ``folder`` is the case, which must not contain it."""
    if path.resolve().is_relative_to(folder.resolve()):
        raise CaseKeyError("the key must lie outside the case folder: choose another place with --key")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CaseKeyError(f"the key file cannot be made ({error.strerror}): choose another place with --key") from None
    secret = secrets.token_bytes(SIZE)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{HEADER} {base64.b64encode(secret).decode('ascii')}\n")
        file.flush()
        os.fsync(file.fileno())
    return CaseKey(secret)


def load(path: Path) -> CaseKey:
    """Read the key at ``path``; raises `CaseKeyError` when it is missing, open to others, or no key."""
    try:
        mode = path.stat().st_mode
        # a key file is one short line: reading more would only serve a wrong path
        with path.open(encoding="ascii", errors="replace") as file:
            text = file.read(200)
    except OSError:
        raise CaseKeyError(f"the case's key is not at {path}: say where it is with --key or {ENVIRONMENT}") from None
    if stat.S_IMODE(mode) & 0o077:
        raise CaseKeyError(f"the key file {path} can be read by others: make it yours alone with chmod 600")
    header, _, encoded = text.strip().partition(" ")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except ValueError:
        secret = b""
    if header != HEADER or len(secret) != SIZE:
        raise CaseKeyError(f"{path} is not a Colmate key")
    return CaseKey(secret)
