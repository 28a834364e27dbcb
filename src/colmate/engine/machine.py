"""What the engine may use of the machine: memory, and the module that brings AES."""

from __future__ import annotations

import base64
import contextlib
import os
from pathlib import Path

from colmate.errors import InternalError

__all__ = ["memory_limit", "openssl_module", "parquet_key"]

MEMORY_DEFAULT = 5 << 30


def memory_limit() -> int:
    """Bytes the engine may use: ``COLMATE_MEMORY`` (in GB) or the smaller of 5 GiB and half of the machine."""
    if given := os.environ.get("COLMATE_MEMORY"):
        with contextlib.suppress(ValueError):
            return max(1 << 28, int(float(given) * 1e9))
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(MEMORY_DEFAULT, machine // 2)


def openssl_module() -> Path:
    """Return the signed extension that brings OpenSSL's AES; DuckDB checks its signature as it loads it."""
    import duckdb_extension_httpfs

    root = Path(duckdb_extension_httpfs.__file__).parent
    found = sorted(root.rglob("httpfs.duckdb_extension"))
    if not found:
        raise InternalError("the engine's encryption module is missing: install colmate again")
    return found[0]


def parquet_key(key: bytes) -> str:
    """Return a key (32 bytes) as the engine wants it written."""
    return base64.b64encode(key).decode("ascii")
