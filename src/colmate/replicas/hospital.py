"""The replica ``hospital-2024``: the base of a hospital system, put on a forum in November 2024.

Published of the leak (19 November 2024, the press): 758,912 persons, taken through a privileged account of software
whose table and column names are public. The rest is invented. The leak is a MySQL dump of related tables; a folder
of CSV files with the same rows can be asked for, to try what reads tables apart from what reads SQL.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from colmate.replicas import dump, hospital_care, hospital_plan, hospital_truth, tables, truth
from colmate.replicas.dump import Column, Reference, Table
from colmate.replicas.hospital_cells import RENDERERS, row_counts
from colmate.replicas.hospital_people import World
from colmate.replicas.notes_grammar import bank
from colmate.replicas.render import lines
from colmate.replicas.tables import Ints
from colmate.replicas.writing import write

__all__ = ["generate", "schema"]

STEP = 32_768
Progress = Callable[[int, int], None]
Slice = tuple[str, int, int]


@cache
def schema() -> tuple[Table, ...]:
    """The tables of ``data/hospital_schema.toml``, by name."""
    return tuple(_table(name, entry) for name, entry in tables.data("hospital_schema").items())


def _table(name: str, entry: dict[str, Any]) -> Table:
    columns = tuple(
        Column(column, kind, meaning, role or None, tuple(accept.split()))
        for column, kind, meaning, role, accept in entry["columns"]
    )
    references = tuple(Reference(*reference) for reference in entry.get("references", []))
    indexes = tuple(entry.get("indexes", []))
    return Table(name, entry["engine"], columns, entry["primary"], indexes, references, entry.get("subject"))


def generate(out: Path, scale: float, seed: int, progress: Progress) -> dict[str, Any]:
    """Write the dump at ``out`` and its truth beside it; return the truth. See ``colmate.replicas.generate``."""
    world = _world(scale, seed)
    counts = row_counts(world)
    slices = _slices(counts)
    done = np.cumsum([stop - start for _, start, stop in slices])

    def rendered(index: int) -> tuple[bytes, tuple[str, Ints], int]:
        name, start, stop = slices[index]
        table = _by_name(name)
        columns = RENDERERS[name](world, slice(start, stop))
        content = dump.inserts(table, columns)
        if start == 0:
            content = dump.opening(table, counts[name]) + content
        if stop == counts[name]:
            content += dump.closing(table)
        if index == len(slices) - 1:
            content += dump.finish()
        return content, (name, _filled(columns)), int(done[-1] if index == len(slices) - 1 else done[index])

    gathered = _Filled()
    digest = write(out, dump.start("hospital"), rendered, range(len(slices)), int(done[-1]), progress, gathered.add)
    return _told(out, world, scale, seed, digest, gathered)


def generate_folder(out: Path, scale: float, seed: int) -> dict[str, Any]:
    """Write one CSV file a table into the new folder ``out``, and the truth beside the folder; return the truth."""
    world = _world(scale, seed)
    counts = row_counts(world)
    gathered, digest = _Filled(), hashlib.sha256()
    out.mkdir()
    for table in schema():
        header = (",".join(column.name for column in table.columns) + "\n").encode()
        free = range(len(table.columns))
        with (out / f"{table.name}.csv").open("xb") as file:
            file.write(header)
            for start in range(0, counts[table.name], STEP):
                cut = slice(start, min(start + STEP, counts[table.name]))
                columns = RENDERERS[table.name](world, cut)
                gathered.add((table.name, _filled(columns)))
                content = lines(columns, ",", "\n", list(free))
                digest.update(content)
                file.write(content)
    return _told(out, world, scale, seed, digest.hexdigest(), gathered)


def _world(scale: float, seed: int) -> World:
    rng = np.random.default_rng([seed, 2024])
    plan = hospital_plan.make(rng, seed, scale)
    texts = bank(seed, 20_000)
    return World(plan, hospital_care.make(rng, plan, texts), texts)


def _by_name(name: str) -> Table:
    return next(table for table in schema() if table.name == name)


def _slices(counts: dict[str, int]) -> list[Slice]:
    """The parts in which the dump is written, in order; a table without rows has one all the same."""
    return [
        (table.name, start, min(start + STEP, counts[table.name]))
        for table in schema()
        for start in (range(0, counts[table.name], STEP) if counts[table.name] else [0])
    ]


def _filled(columns: list[Any]) -> Ints:
    return np.array([len(column) - truth.empty_cells(column) for column in columns], dtype=np.int64)


class _Filled:
    """Filled cells by table, added up over the slices."""

    def __init__(self) -> None:
        self.tables: dict[str, Ints] = {}

    def add(self, part: tuple[str, Ints]) -> None:
        name, filled = part
        self.tables[name] = self.tables.get(name, np.zeros(len(filled), dtype=np.int64)) + filled


def _told(out: Path, world: World, scale: float, seed: int, digest: str, filled: _Filled) -> dict[str, Any]:
    head = {"replica": "hospital-2024", "seed": seed, "scale": scale, "sha256": digest}
    result = head | hospital_truth.write(out, world, schema(), filled.tables)
    truth.save(out, result)
    return result
