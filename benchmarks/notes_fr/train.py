"""Learn the model that tells in which sense a cue stands: ``python -m benchmarks.notes_fr.train [--across]``.

Every cue of the parts that are read (dev, dev-2a, dev-3a, dev-4a, dev-5a), traps and neighbours left aside, is an
example: does it lie in a label of its category? Without an option the weights are written where the reader finds them.
``--across`` writes nothing: each author of dev-4a is judged by a model that has not seen them.

scikit-learn is needed here and nowhere else (`pip install ".[train]"`; BSD, wheels for Linux and macOS).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from benchmarks.notes_fr.text import AUTHORS, Note, lay_out, read, traps_by_author
from colmate.notes import weighing
from colmate.notes.cues import Match, Reaches, cue_book, others, reaches
from colmate.notes.folding import fold
from colmate.notes.senses import senses
from colmate.notes.settings import disclosing
from colmate.notes.spelling import corrected

WEIGHTS = Path(weighing.__file__).with_name("weights.json")
ORDINARY = ("dev", "dev-2a")
# how far the weights may go, and how often a feature must have been seen: chosen by ``--across``
LOOSE, SEEN = 1.0, 3
# what a note of dev-5a counts for: its authors chose words for their other senses, which are rarer elsewhere
CHOSEN = 0.3
# weights smaller than this are left out
SMALL = 0.02
# true cues that may be lost: what is removed is told for each share
SHARES = (0.01, 0.025, 0.05)


@dataclass(frozen=True)
class Example:
    """The features of one cue; ``told``: it discloses; ``kept``: without the model its category would be found."""

    features: dict[str, float]
    told: bool
    kept: bool
    weight: float = 1.0


def examples(notes: Iterable[Note], weight: float = 1.0) -> Iterator[Example]:
    """Yield each cue that is right or wrong; one of a category that is tolerated, or told elsewhere, is neither."""
    for note in notes:
        folded = corrected(fold(note.text))
        found = cue_book().every(folded.text)
        reach = reaches(found)
        gold = {label.category for label in note.findings}
        unweighed = cue_book().matches(folded.text, weighed=False)
        seen = {match.cue.category for match in disclosing(note.text, folded, unweighed)}
        for match in found:
            start, end = folded.span(match.start, match.end)
            kind = match.cue.category
            told = any(one.category == kind and one.start < end and start < one.end for one in note.findings)
            if told or kind not in gold | set(note.tolerated):
                yield Example(_features(folded.text, match, reach), told, kind in seen, weight)


def _features(folded: str, match: Match, reach: Reaches) -> dict[str, float]:
    where = (folded, match.cue.category, match.start, match.end)
    summed: dict[str, float] = defaultdict(float)
    for name, value in weighing.features(*where, senses().near(*where), others(match, reach)):
        summed[name] += value
    return summed


def learn(some: Sequence[Example]) -> dict[str, float]:
    """Return the weight of each feature, and of none the bias."""
    seen = Counter(name for one in some for name in one.features)
    rows = [{name: value for name, value in one.features.items() if seen[name] >= SEEN} for one in some]
    vectors = import_module("sklearn.feature_extraction").DictVectorizer()
    matrix = vectors.fit_transform(rows)
    model = import_module("sklearn.linear_model").LogisticRegression(C=LOOSE, max_iter=500, tol=1e-4)
    model.fit(matrix, [one.told for one in some], sample_weight=[one.weight for one in some])
    named = zip(vectors.get_feature_names_out(), model.coef_[0], strict=True)
    kept = {str(name): round(float(weight), 2) for name, weight in named if abs(weight) >= SMALL}
    return {weighing.BIAS: round(float(model.intercept_[0]), 2), **dict(sorted(kept.items()))}


def _odds(known: dict[str, float], one: Example) -> float:
    return known[weighing.BIAS] + sum(known.get(name, 0.0) * value for name, value in one.features.items())


def across(ordinary: Sequence[Example], authors: dict[str, list[Example]]) -> None:
    """Print what the model would remove of wrong findings, and lose of true ones, of authors it has not seen.

    The rules have seen them, so fewer wrong ones are left to it than on notes that are new to both.
    """
    judged: list[tuple[float, bool]] = []
    for held in authors:
        known = learn([*ordinary, *(one for name, some in authors.items() if name != held for one in some)])
        judged += [(_odds(known, one), one.told) for one in authors[held] if one.kept]
    true, wrong = (sorted(odds for odds, told in judged if told is kind) for kind in (True, False))
    print(f"{len(true)} true cues and {len(wrong)} wrong ones that the reader lets through")
    for share in SHARES:
        limit = true[int(share * len(true))]
        removed = sum(odds < limit for odds in wrong) / len(wrong)
        print(f"{share:.1%} of the true ones lost, {removed:.1%} of the wrong ones removed, from odds of {limit:.2f}")


def _by_author(part: str) -> dict[str, list[Note]]:
    found: dict[str, list[Note]] = {}
    for author, draft in traps_by_author():
        if AUTHORS[author] == part:
            found.setdefault(author, []).append(lay_out(draft, author))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Learn, and write the weights or tell how they would do."""
    parser = argparse.ArgumentParser(prog="benchmarks.notes_fr.train", description=__doc__)
    parser.add_argument("--across", action="store_true", help="judge each author by a model that has not seen them")
    asked = parser.parse_args(arguments)
    ordinary = [one for part in (*ORDINARY, "dev-3a") for one in examples(read(part))]
    ordinary += examples(read("dev-5a"), CHOSEN)
    authors = {author: list(examples(notes)) for author, notes in _by_author("dev-4a").items()}
    if asked.across:
        across(ordinary, authors)
        return 0
    known = learn([*ordinary, *(one for some in authors.values() for one in some)])
    WEIGHTS.write_text(json.dumps(known, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(known):,} weights, {WEIGHTS.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
