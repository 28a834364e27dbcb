"""The engine's errors as sentences of ours: its own text may quote values of the file, so none of it is kept."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import duckdb
from splink.internals.exceptions import SplinkException

from colmate.errors import CaseDamagedError, CaseKeyError, InternalError, ResourceError

__all__ = ["clear_errors"]


@contextlib.contextmanager
def clear_errors(what: str) -> Iterator[None]:
    """Turn the engine's errors into sentences of ours; the engine's own text may quote values, so it is dropped."""
    try:
        yield
    except SplinkException as error:
        # Splink quotes the whole query: look at what the engine said, and keep none of it
        with clear_errors(what):
            raise error.__cause__ or InternalError(f"linkage failed on {what}") from None
    except duckdb.OutOfMemoryException:
        raise ResourceError(
            f"memory ran out while working on {what}: give more with COLMATE_MEMORY (in GB) or free disk for spilling"
        ) from None
    except duckdb.IOException as error:
        raise _io_error(what, str(error)) from None
    except duckdb.InvalidInputException as error:
        text = str(error)
        if "AES tag" in text or "encrypted" in text or "key" in text:
            raise CaseKeyError(f"the key does not open {what}, or {what} was changed") from None
        raise CaseDamagedError(f"{what} cannot be read: it was cut or changed") from None
    except duckdb.Error as error:
        # a developer may ask for the engine's words; by default they stay out, for they may quote values
        cause = error if os.environ.get("COLMATE_DEBUG") else None
        raise InternalError(f"the engine failed on {what} ({type(error).__name__})") from cause
    except Exception as error:
        if not type(error).__module__.startswith(("pyspark.", "py4j.")):
            raise
        raise _spark_error(what, error) from (error if os.environ.get("COLMATE_DEBUG") else None)


def _spark_error(what: str, error: Exception) -> Exception:
    text = str(error)
    if "AES tag" in text or "add_parquet_key" in text:
        return CaseKeyError(f"the key does not open {what}, or {what} was changed")
    if "No files found" in text or "No such file" in text:
        return CaseDamagedError(f"Spark's workers do not see {what}: the case must lie where all of them can read it")
    if "No space" in text:
        return ResourceError(f"the disk is full: free some space, then run the same command again ({what})")
    if "OutOfMemory" in text or "Out of Memory" in text:
        return ResourceError(f"memory ran out while working on {what}: give Spark more, or COLMATE_MEMORY (in GB)")
    return InternalError(f"Spark failed on {what} ({type(error).__name__})")


def _io_error(what: str, text: str) -> Exception:
    if "No space" in text or "disk" in text.lower():
        return ResourceError(f"the disk is full: free some space, then run the same command again ({what})")
    if "No files found" in text or "No such file" in text:
        return CaseDamagedError(f"{what} is missing from the case")
    return CaseDamagedError(f"{what} cannot be read or written by the engine")
