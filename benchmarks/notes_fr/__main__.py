"""Score Colmate and its peers: ``python -m benchmarks.notes_fr [PART|both] [--peers PYTHON] [--traps]``.

The parts are dev, test, dev-2a and dev-2b; of traps: dev-3a, dev-3b, dev-4a, dev-4b, dev-5a, test-2; both: dev, test.

``--peers`` names the interpreter in which EDS-NLP, Presidio and ``fr_core_news_sm`` are installed (this one unless
told); a peer that is not there is skipped with a sentence.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.notes_fr import peers
from benchmarks.notes_fr.score import Counts, FindingLike, Score, macro, score, score_identifiers
from benchmarks.notes_fr.text import CATEGORIES, HALVES, IDENTIFIERS, PARTS, TRAPS, Identifier, Note, read
from colmate import Finding, read_notes
from colmate.notes.cues import cue_book

# Colmate's cues, judged by the words around them as EDS-NLP does; the seconds are EDS-NLP's alone
QUALIFIED = "Colmate's cues, EDS-NLP's qualifiers"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables of the parts that are asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks.notes_fr", description=__doc__)
    parser.add_argument("part", choices=(*PARTS, *HALVES, *TRAPS, "both"), default="both", nargs="?")
    parser.add_argument("--peers", type=Path, default=Path(sys.executable), metavar="PYTHON")
    parser.add_argument("--traps", action="store_true", help="also each trap (of dev and the parts a only)")
    asked = parser.parse_args(arguments)
    for part in PARTS if asked.part == "both" else (asked.part,):
        notes = read(part)
        print(f"\n## {part}: {len(notes):,} notes")
        scores = _scores(notes, asked.peers)
        _headline(scores)
        _categories({name: of for name, of in scores.items() if name != QUALIFIED})
        if asked.traps and (part == "dev" or part.endswith("a")):
            _traps(scores["Colmate"])
        _identifiers(notes, asked.peers)
    return 0


def _scores(notes: Sequence[Note], interpreter: Path) -> dict[str, Score]:
    scores = {"Colmate": score(notes, read_notes), "keywords": score(notes, peers.keywords)}
    texts = [note.text for note in notes]
    asked: dict[str, tuple[str, Sequence[object]]] = {
        "EDS-NLP": ("edsnlp", texts),
        QUALIFIED: ("qualifiers", list(zip(texts, _spans(texts), strict=True))),
    }
    for name, (peer, given) in asked.items():
        answer = peers.ask(peer, interpreter, given)
        if isinstance(answer, str):
            print(f"\n{answer}")
        else:
            scores[name] = _answered(notes, answer)
    return scores


def _answered(notes: Sequence[Note], answer: peers.Answer) -> Score:
    found = [[peers.Found(**finding) for finding in findings] for findings in answer.found]
    result = score(notes, lambda _: _given(found))
    result.seconds = answer.seconds
    return result


def _given(found: Iterable[Sequence[FindingLike]]) -> Iterator[Sequence[FindingLike]]:
    return iter(found)


def _spans(texts: Iterable[str]) -> Iterator[list[peers.Span]]:
    """What Colmate finds in each text, without what it makes of it: only the reading that a cue has of itself."""
    cues = {(cue.category, cue.phrase.source): cue for cue in cue_book().cues}

    def own(finding: Finding) -> str:
        cue = cues[finding.category, finding.cue]
        return "negated" if cue.denied else "hypothetical" if cue.weak else ""

    for found in read_notes(texts):
        yield [(each.category, each.start, each.end, own(each)) for each in found]


def _headline(scores: dict[str, Score]) -> None:
    print(
        "\nMacro-F1 of what is mentioned, of that in the notes by hand, in the traps alone (behind it their micro-F1),"
        "\nof what is told of the patient; then shares (and the F1 of what is told as over), of the traps those exactly"
        "\nright.\n"
    )
    print(
        "| | mentioned | by hand | in traps | micro | told | assertion | subject | past | F1 of past "
        "| traps | traps without a label | traps whole | CPU |"
    )
    print(f"|---|{'---|' * 13}")
    for name, of in scores.items():
        figures = (
            of.macro_f1, macro(of.by_hand), of.trapped_macro_f1, of.trapped_micro_f1, of.told_macro_f1,
        )  # fmt: skip
        macros = " | ".join(f"{figure:.3f}" for figure in figures)
        read, trapped = (of.assertion, of.subject, of.past), (of.traps, of.traps_empty, of.traps_whole)
        shares, traps = (" | ".join(f"{share.value:.1%}" for share in each) for each in (read, trapped))
        print(f"| {name} | {macros} | {shares} | {of.over.f1:.2f} | {traps} | {of.seconds:.1f} s |")
    one = next(iter(scores.values()))
    print(f"\n{one.traps.of} notes set a trap, {one.traps_empty.of} of them without a label: silence is right there.")
    print(
        f"Patients counted by category in the other notes: {one.misread:.1%} too many or too few (standard deviation)."
    )


def _categories(scores: dict[str, Score]) -> None:
    print("\nEach cell: precision / recall / F1 of the category being mentioned.\n")
    print(f"| category | notes | {' | '.join(scores)} |\n|---|---|{'---|' * len(scores)}")
    for category in CATEGORIES:
        counts = [of.mentioned[category] for of in scores.values()]
        notes = counts[0].right + counts[0].missed
        print(f"| {category} | {notes} | {' | '.join(_cell(each) for each in counts)} |")


def _cell(counts: Counts) -> str:
    return f"{counts.precision:.2f} / {counts.recall:.2f} / {counts.f1:.2f}"


def _traps(of: Score) -> None:
    print("\n| trap | notes | right |\n|---|---|---|")
    for trap, share in sorted(of.by_trap.items()):
        print(f"| {trap} | {share.of} | {share.right} |")


def _identifiers(notes: Sequence[Note], interpreter: Path) -> None:
    answer = peers.ask("presidio", interpreter, [note.text for note in notes])
    if isinstance(answer, str):
        print(f"\n{answer}")
        return
    counts = score_identifiers(notes, [[Identifier(**span) for span in spans] for spans in answer.found])
    print(f"\nIdentifiers, Presidio with fr_core_news_sm, {answer.seconds:.1f} s of processor:\n")
    print("| type | labelled | precision / recall / F1 |\n|---|---|---|")
    for kind in IDENTIFIERS:
        each = counts.get(kind, Counts())
        print(f"| {kind} | {each.right + each.missed} | {_cell(each)} |")


if __name__ == "__main__":
    sys.exit(main())
