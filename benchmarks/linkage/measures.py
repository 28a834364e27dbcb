"""The measures of linkage as tables: noise levels, poor files, public sets beside the peers, coverage."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from statistics import fmean

from benchmarks.linkage.families import CONTACTS, SHARES, shared
from benchmarks.linkage.noise import HEADERS, LEVELS, SHAPES, File, Level, make
from benchmarks.linkage.peers import PEERS, Absent
from benchmarks.linkage.scores import Score
from benchmarks.linkage.sets import ABSENT, public_sets, typed
from benchmarks.linkage.trial import Trial, run
from benchmarks.truth import Line

__all__ = ["MEASURES", "coverage", "families", "febrl", "levels", "poor"]

# how much work: records of a file, seeds of the coverage; set by the environment
RECORDS = int(os.environ.get("COLMATE_LINKAGE_RECORDS", "4000"))
SEEDS = int(os.environ.get("COLMATE_LINKAGE_SEEDS", "8"))
WORST = LEVELS[-1]
TO_BEAT = 0.996
TYPES = {
    "birth_name": "birth_name", "used_name": "used_name", "first_name": "first_name", "birth_date": "birth_date",
    "nir": "nir", "email": "email", "landline": "phone", "mobile": "phone", "address": "address",
    "postcode": "postcode", "city": "city", "patient_id": "patient_id",
}  # fmt: skip


def levels() -> Iterator[Line]:
    """The five levels of noise, several seeds each, and the peers on the published and the worst."""
    for level in LEVELS:
        trials = [run(make(seed, RECORDS, level)) for seed in range(1, 4)]
        error = fmean(abs(trial.count / trial.score.true - 1) for trial in trials)
        allowed = 0.003 if level == LEVELS[0] else 0.01
        yield Line(level.name, f"count within {allowed:.1%}", _told(trials), error < allowed)
    for level in (LEVELS[0], WORST):
        file = make(1, RECORDS, level)
        types = {HEADERS[name]: kind for name, kind in TYPES.items() if HEADERS[name] in file.records.column_names}
        yield from _peers(file, types, level.name)


def poor() -> Iterator[Line]:
    """Files that state little, with the errors of the middle level."""
    for shape in SHAPES:
        trials = [run(make(seed, RECORDS, LEVELS[2], shape)) for seed in range(1, 4)]
        yield Line(shape, "", _told(trials), True)


def families() -> Iterator[Line]:
    """E-mail and telephone alone, which some families share: the interval holds the truth, for nothing else can."""
    for what in (CONTACTS, CONTACTS[1:]):
        for share in SHARES:
            trials = [run(shared(seed, RECORDS // 2, share, what)) for seed in range(1, 4)]
            name = f"{share:.0%} of families share {' and '.join(what)}"
            yield Line(name, "interval holds", _told(trials), all(trial.covered for trial in trials))


def febrl() -> Iterator[Line]:
    """The public sets with the columns recognised, and with the types given; then the peers."""
    for name, file in public_sets().items():
        if file is None:
            yield Line(name, "", f"left out: {ABSENT[name]}", True)
            continue
        for how, types in (("types recognised", None), ("types given", typed(name))):
            trial = run(file, types)
            target = f"F1 above {TO_BEAT}" if name == "febrl3" else ""
            met = name != "febrl3" or trial.score.f1 > TO_BEAT
            yield Line(f"{name}, {how}", target, _told([trial]), met)
        yield from _peers(file, typed(name), name)


def coverage() -> Iterator[Line]:
    """How often the 95 % interval holds the truth: over seeds at each level, and over all."""
    every: list[Trial] = []
    for level in LEVELS:
        trials = [run(make(1000 + seed, RECORDS // 2, level)) for seed in range(SEEDS)]
        every += trials
        yield _coverage(level, trials)
    share = fmean(trial.covered for trial in every)
    doubt = 1.96 * math.sqrt(share * (1 - share) / len(every))
    told = f"{share:.1%} of {len(every)} files (± {doubt:.1%})"
    yield Line("all levels", "93 % to 98 %", told, share + doubt >= 0.93 and share - doubt <= 0.98)


def _coverage(level: Level, trials: list[Trial]) -> Line:
    held = sum(trial.covered for trial in trials)
    width = fmean((trial.high - trial.low) / trial.score.true for trial in trials)
    bias = fmean(trial.count / trial.score.true - 1 for trial in trials)
    return Line(level.name, "", f"{held} of {len(trials)}; width {width:.2%}, mean error {bias:+.2%}", True)


def _told(trials: Iterable[Trial]) -> str:
    some = list(trials)
    scores = [trial.score for trial in some]
    errors = ", ".join(f"{trial.count / trial.score.true - 1:+.2%}" for trial in some)
    held = sum(trial.covered for trial in some)
    cost = f"{fmean(trial.seconds for trial in some):.1f} CPU s"
    return f"{_figures(scores)}, count {errors}, interval holds {held} of {len(some)}, {cost}"


def _figures(scores: list[Score]) -> str:
    parts = {"F1": [one.f1 for one in scores], "P": [one.precision for one in scores],
             "R": [one.recall for one in scores], "B³": [one.cubed for one in scores]}  # fmt: skip
    return " ".join(f"{name} {fmean(values):.4f}" for name, values in parts.items())


def _peers(file: File, types: Mapping[str, str], name: str) -> Iterator[Line]:
    for peer, link in PEERS.items():
        try:
            found = link(file, types)
        except Absent as why:
            told = f"left out: {why}"
        except Exception as error:  # a peer that fails is told, and the others go on
            told = f"failed: {type(error).__name__}"
        else:
            told = f"{_figures([found])}, count {found.error:+.2%}"
        yield Line(f"· {peer} ({name})", "", told, True)


MEASURES: dict[str, Callable[[], Iterator[Line]]] = {
    "levels": levels,
    "poor": poor,
    "families": families,
    "febrl": febrl,
    "coverage": coverage,
}
