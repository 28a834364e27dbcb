"""The query engine behind an Ibis backend: DuckDB, embedded.

The one place that knows which engine runs. Stages write Ibis expressions; what Ibis cannot say is here, as a
builtin function or as a method of `Engine`. Datasets are encrypted Parquet; spill files are encrypted too; the
engine may not reach the network nor load anything unsigned.
"""

from __future__ import annotations

import base64
import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa
from splink import DuckDBAPI
from splink.internals.exceptions import SplinkException

from colmate.errors import CaseDamagedError, CaseKeyError, ColmateError, InternalError, ResourceError

__all__ = ["Engine", "ascii_fold", "damerau", "fingerprint", "fingerprint_number", "jaro_winkler", "translate"]

KEY_NAME = "case"
MEMORY_DEFAULT = 5 << 30
# a fixed size keeps the peak of memory flat: the writer holds one row group a thread
ROW_GROUP = 122_880
_COMPILED: dict[str, str] = {}


@ibis.udf.scalar.builtin(name="strip_accents")
def ascii_fold(value: str) -> str:
    """Return the text without its diacritics: "é" → "e" (ligatures stay)."""


@ibis.udf.scalar.builtin(name="translate")
def translate(value: str, source: str, target: str) -> str:
    """Return the text with each character of ``source`` replaced by its counterpart in ``target``, or removed."""


@ibis.udf.scalar.builtin(name="damerau_levenshtein")
def damerau(left: str, right: str) -> int:
    """Number of insertions, deletions, substitutions and transpositions between two texts."""


@ibis.udf.scalar.builtin(name="jaro_winkler_similarity")
def jaro_winkler(left: str, right: str) -> float:
    """Jaro-Winkler similarity, 0 to 1."""


@ibis.udf.scalar.builtin(name="hash", signature=((dt.string,), dt.uint64))
def fingerprint(value):  # type: ignore[no-untyped-def]
    """64-bit fingerprint of a text, the same in every run; the fingerprint of null is a number too."""


@ibis.udf.scalar.builtin(name="hash", signature=((dt.int64,), dt.uint64))
def fingerprint_number(value):  # type: ignore[no-untyped-def]
    """64-bit fingerprint of an integer, the same in every run; the fingerprint of null is a number too."""


def memory_limit() -> int:
    """Bytes the engine may use: ``COLMATE_MEMORY`` (in GB) or the smaller of 5 GiB and half of the machine."""
    if given := os.environ.get("COLMATE_MEMORY"):
        with contextlib.suppress(ValueError):
            return max(1 << 28, int(float(given) * 1e9))
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(MEMORY_DEFAULT, machine // 2)


def _openssl_module() -> Path:
    """Return the signed extension that brings OpenSSL's AES; DuckDB checks its signature as it loads it."""
    import duckdb_extension_httpfs

    root = Path(duckdb_extension_httpfs.__file__).parent
    found = sorted(root.rglob("httpfs.duckdb_extension"))
    if not found:
        raise InternalError("the engine's encryption module is missing: install colmate again")
    return found[0]


class Engine:
    """One connection to the engine, for one case.

    ``key`` (32 bytes) opens and seals datasets; without it nothing can be written. ``spill`` is the folder for
    temporary files (encrypted, removed by `close`).
    """

    name = "duckdb"

    def __init__(self, key: bytes | None = None, spill: Path | None = None, threads: int | None = None) -> None:
        config: dict[str, Any] = {
            "memory_limit": f"{memory_limit() // (1 << 20)}MiB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
        }
        if threads:
            config["threads"] = threads
        self.spill = spill
        self._parked: set[Path] = set()
        config["temp_directory"] = str(spill) if spill else ""
        self.connection = duckdb.connect(config=config)
        self.connection.execute(f"LOAD '{_openssl_module()}'")
        self.connection.execute("SET temp_file_encryption = true")
        # the extension also speaks HTTP and S3: close that door for good
        self.connection.execute("SET disabled_filesystems = 'HTTPFileSystem,S3FileSystem,HuggingFaceFileSystem'")
        if key is not None:
            self.connection.execute(f"PRAGMA add_parquet_key('{KEY_NAME}', '{_parquet_key(key)}')")
        self.backend = ibis.duckdb.from_connection(self.connection)
        # the engine's own bar would write over ours, and where nobody looks
        self.connection.execute("SET enable_progress_bar = false")
        self.connection.execute("SET lock_configuration = true")
        self.sealed = key is not None

    def read(self, path: Path) -> ir.Table:
        """Return the dataset at ``path`` as a lazy table."""
        view = f"dataset:{path.name}"
        sealed = f", encryption_config = {{footer_key: '{KEY_NAME}'}}" if self.sealed else ""
        with _clear_errors(path.name):
            self.connection.execute(
                f"CREATE OR REPLACE TEMPORARY VIEW {_identifier(view)} AS "
                f"SELECT * FROM read_parquet('{_quoted(path)}'{sealed})"
            )
            return self.backend.table(view)

    def write(self, data: ir.Table | pa.RecordBatchReader, path: Path) -> None:
        """Write ``data`` as one encrypted Parquet file; the name appears only when the file is complete."""
        part = path.with_name(path.name + ".part")
        if isinstance(data, ir.Table):
            self._copy(self._text(data), part, path.name)
        else:
            self._copy_incoming(data, part, path.name)
        part.replace(path)

    def _copy(self, query: str, part: Path, what: str) -> None:
        with _clear_errors(what):
            self.connection.execute(f"COPY ({query}) TO '{_quoted(part)}' ({self._options()})")

    def _copy_incoming(self, data: pa.RecordBatchReader, part: Path, what: str) -> None:
        faults: list[ColmateError] = []

        def watched() -> Iterator[pa.RecordBatch]:
            try:
                yield from data
            except ColmateError as error:
                faults.append(error)
                raise

        self.connection.register("incoming", pa.RecordBatchReader.from_batches(data.schema, watched()))
        try:
            self._copy("SELECT * FROM incoming", part, what)
        except ColmateError:
            # the engine tells of its source's fault in words of its own: the source knows better
            if faults:
                raise faults[0] from None
            raise
        finally:
            self.connection.unregister("incoming")

    def _options(self) -> str:
        options = ["FORMAT parquet", f"ROW_GROUP_SIZE {ROW_GROUP}"]
        if self.sealed:
            options.append(f"ENCRYPTION_CONFIG {{footer_key: '{KEY_NAME}'}}")
        return ", ".join(options)

    def memtable(self, data: pa.Table, name: str) -> ir.Table:
        """Make an Arrow table known to the engine under ``name`` and return it."""
        self.connection.register(name, data)
        return self.backend.table(name)

    def compiled(self, key: str, build: Callable[[], ir.Table]) -> str:
        """Return the engine's own text of an expression over tables of fixed names, written once for a process.

        Writing out an expression of thousands of terms takes longer than running it on a sample.
        """
        if key not in _COMPILED:
            _COMPILED[key] = self._text(build())
        return _COMPILED[key]

    def view(self, expression: ir.Table, name: str) -> ir.Table:
        """Give ``expression`` a name without computing it, and return it; a view of that name is replaced."""
        with _clear_errors(name):
            self.connection.execute(f"CREATE OR REPLACE TEMPORARY VIEW {_identifier(name)} AS {self._text(expression)}")
            return self.backend.table(name)

    def materialise(self, expression: ir.Table | str, name: str) -> ir.Table:
        """Compute ``expression`` once into a temporary table (in memory, spilling) and return it."""
        with _clear_errors(name):
            self.connection.execute(
                f"CREATE OR REPLACE TEMPORARY TABLE {_identifier(name)} AS {self._text(expression)}"
            )
            return self.backend.table(name)

    def park(self, expression: ir.Table, name: str) -> ir.Table:
        """Compute ``expression`` once, out of memory where that is safe, and return it.

        For wide intermediate results that are read several times, a few columns each time: a sealed file in the
        spill folder, removed by `close`. Without a key or a spill folder it is a temporary table.
        """
        if not self.sealed or self.spill is None:
            return self.materialise(expression, name)
        self.spill.mkdir(parents=True, exist_ok=True)
        path = self.spill / f"{name}.parquet"
        self.write(expression, path)
        self._parked.add(path)
        return self.read(path)

    def splink(self) -> DuckDBAPI:
        """Return what Splink needs to work on this engine's connection."""
        return DuckDBAPI(connection=self.connection)

    def guard(self, what: str) -> contextlib.AbstractContextManager[None]:
        """Return a context in which the engine's errors become sentences without values."""
        return _clear_errors(what)

    def _text(self, expression: ir.Table | str) -> str:
        """Write out ``expression`` for the engine, each select one of its own.

        Merged, as Ibis does by default, a text that is made once would be made again at each of its uses; and the
        merging itself takes most of the time that a wide expression needs.
        """
        if isinstance(expression, str):
            return expression
        merged = ibis.options.sql.fuse_selects
        ibis.options.sql.fuse_selects = False
        try:
            text: str = self.backend.compile(expression)
            return text
        finally:
            ibis.options.sql.fuse_selects = merged

    def drop(self, *names: str) -> None:
        """Forget temporary tables."""
        for name in names:
            self.connection.execute(f"DROP TABLE IF EXISTS {_identifier(name)}")

    def arrow(self, expression: ir.Table | str) -> pa.Table:
        """Compute ``expression`` and return it as an Arrow table: for aggregates and small results only."""
        with _clear_errors("a query"):
            return self.connection.execute(self._text(expression)).to_arrow_table()

    def batches(self, expression: ir.Table, size: int = 8192) -> Iterator[pa.RecordBatch]:
        """Compute ``expression`` and yield it in Arrow batches of ``size`` rows; run nothing else meanwhile."""
        with _clear_errors("a query"):
            yield from self.connection.execute(self._text(expression)).to_arrow_reader(size)

    def rows(self, expression: ir.Table | str) -> list[dict[str, Any]]:
        """Compute ``expression`` and return it as a list of dictionaries: for aggregates only."""
        found: list[dict[str, Any]] = self.arrow(expression).to_pylist()
        return found

    def count(self, table: ir.Table) -> int:
        """Return the number of rows."""
        return int(self.rows(table.aggregate(n=table.count()))[0]["n"])

    def distinct_rows(self, table: ir.Table) -> int:
        """Return how many different rows ``table`` has, by a 64-bit hash of each whole row.

        Among 20 million rows the chance that two different ones share a hash is about 1 in 90,000.
        """
        row = ibis.struct({name: table[name] for name in table.columns})
        return int(self.rows(table.aggregate(n=row.hash().nunique()))[0]["n"])

    def close(self) -> None:
        """Close the connection; the engine removes its spill files."""
        self.connection.close()
        for path in self._parked:
            path.unlink(missing_ok=True)
        self._parked.clear()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _parquet_key(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


@contextlib.contextmanager
def _clear_errors(what: str) -> Iterator[None]:
    """Turn the engine's errors into sentences of ours; the engine's own text may quote values, so it is dropped."""
    try:
        yield
    except SplinkException as error:
        # Splink quotes the whole query: look at what the engine said, and keep none of it
        with _clear_errors(what):
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


def _io_error(what: str, text: str) -> Exception:
    if "No space" in text or "disk" in text.lower():
        return ResourceError(f"the disk is full: free some space, then run the same command again ({what})")
    if "No files found" in text or "No such file" in text:
        return CaseDamagedError(f"{what} is missing from the case")
    return CaseDamagedError(f"{what} cannot be read or written by the engine")
