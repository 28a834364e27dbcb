"""Tables as mysqldump writes them: comments, conditional comments, definitions, locks, and INSERTs of about a megabyte.

After what MySQL 5.7's mysqldump is known to write with its default options and ``--hex-blob`` (MySQL Reference Manual,
4.5.4): strings between apostrophes with backslash escapes, ``NULL`` bare, binary columns in hexadecimal, short ones
as ``_binary`` strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colmate.replicas.render import join

__all__ = ["Column", "Reference", "Table", "closing", "finish", "inserts", "opening", "start"]

STATEMENT = 1_000_000  # bytes: net_buffer_length is 1 MiB
NUMBERS = ("int", "smallint", "tinyint", "float")
# in the order of mysql_real_escape_string: the backslash first
ESCAPES = (("\\", "\\\\"), ("'", "\\'"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\0", "\\0"), ("\x1a", "\\Z"))


@dataclass(frozen=True)
class Column:
    """A column: its name and type in the database, and what it really holds."""

    name: str
    type: str
    semantic_type: str
    role: str | None
    accept: tuple[str, ...]

    @property
    def numeric(self) -> bool:
        """Whether values are written bare."""
        return self.type.startswith(NUMBERS)


@dataclass(frozen=True)
class Reference:
    """``column`` holds values of ``target`` (table.column); ``declared``: the dump says so."""

    column: str
    target: str
    declared: bool


@dataclass(frozen=True)
class Table:
    """A table of the database. ``subject``: whom its rows are about, None for nobody."""

    name: str
    engine: str
    columns: tuple[Column, ...]
    primary: str
    indexes: tuple[str, ...]
    references: tuple[Reference, ...]
    subject: str | None


def start(database: str) -> bytes:
    """The head of the dump."""
    return f"""-- MySQL dump 10.13  Distrib 5.7.44, for Linux (x86_64)
--
-- Host: localhost    Database: {database}
-- ------------------------------------------------------
-- Server version\t5.7.44-log

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;
""".encode()


def finish() -> bytes:
    """The end of the dump."""
    return b"""/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

-- Dump completed on 2024-11-12  3:12:47
"""


def opening(table: Table, rows: int) -> bytes:
    """What comes before a table's rows: its definition and the lock."""
    name = table.name
    lines = [f"  `{column.name}` {column.type}" for column in table.columns]
    lines.append(f"  PRIMARY KEY (`{table.primary}`)")
    keyed = [*table.indexes, *(reference.column for reference in table.references)]
    lines += [f"  KEY `{column}` (`{column}`)" for column in dict.fromkeys(keyed)]
    declared = [reference for reference in table.references if reference.declared]
    for place, reference in enumerate(declared, start=1):
        target, _, column = reference.target.partition(".")
        lines.append(
            f"  CONSTRAINT `{name}_ibfk_{place}` FOREIGN KEY (`{reference.column}`) REFERENCES `{target}` (`{column}`)"
        )
    serial = f" AUTO_INCREMENT={rows * 2 + 1}" if "AUTO_INCREMENT" in table.columns[0].type else ""
    body = ",\n".join(lines)
    return f"""
--
-- Table structure for table `{name}`
--

DROP TABLE IF EXISTS `{name}`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8 */;
CREATE TABLE `{name}` (
{body}
) ENGINE={table.engine}{serial} DEFAULT CHARSET=utf8mb4;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `{name}`
--

LOCK TABLES `{name}` WRITE;
/*!40000 ALTER TABLE `{name}` DISABLE KEYS */;
""".encode()


def closing(table: Table) -> bytes:
    """What comes after a table's rows."""
    return f"/*!40000 ALTER TABLE `{table.name}` ENABLE KEYS */;\nUNLOCK TABLES;\n".encode()


def literal(column: Column, cells: pa.Array) -> pa.Array:
    """The cells as SQL writes them; an empty cell is NULL, or an empty string where the column forbids that."""
    empty = "''" if "NOT NULL" in column.type else "NULL"
    if column.numeric:
        written = cells
    elif column.type.startswith("blob"):
        written = join("0x", cells)
    else:
        prefix = "_binary '" if column.type.startswith("varbinary") else "'"
        written = join(prefix, _escaped(cells), "'")
    return pc.if_else(pc.equal(cells, ""), empty, written)


def _escaped(cells: pa.Array) -> pa.Array:
    if pc.any(pc.match_substring_regex(cells, "[\\\\'\"\\n\\r\\x00\\x1a]")).as_py():
        for raw, escape in ESCAPES:
            cells = pc.replace_substring(cells, raw, escape)
    return cells


def inserts(table: Table, columns: Sequence[pa.Array]) -> bytes:
    """The rows as extended INSERTs of about a megabyte each, a line an INSERT."""
    if not len(columns[0]):
        return b""
    cells = [literal(column, values) for column, values in zip(table.columns, columns, strict=True)]
    cells[0] = join("(", cells[0])
    cells[-1] = join(cells[-1], "),")
    whole = pc.binary_join_element_wise(*cells, ",")
    _, offsets, content = whole.buffers()
    edges = np.frombuffer(offsets, dtype=np.int32, count=len(whole) + 1)
    text = content.to_pybytes()
    starts = np.flatnonzero(np.diff(edges[:-1] // STATEMENT, prepend=-1))
    bounds = [*edges[starts].tolist(), int(edges[-1])]
    head = f"INSERT INTO `{table.name}` VALUES ".encode()
    parts = [head + text[low : high - 1] + b";\n" for low, high in pairwise(bounds)]
    return b"".join(parts)
