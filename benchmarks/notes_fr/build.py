"""Write the parts from the hand-written sources: ``python -m benchmarks.notes_fr.build``.

``dev`` and ``test`` come from ``sources/``; ``dev-2a`` and ``dev-2b`` from ``dev-2.txt``, halved by hash; the parts of
traps from files of their own, by author.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.notes_fr.degrade import degrade
from benchmarks.notes_fr.grammar import Writer, plan
from benchmarks.notes_fr.text import (
    AUTHORS,
    HALVES,
    HOME,
    PARTS,
    TRAPS,
    Draft,
    Note,
    by_hand,
    halves_by_hand,
    lay_out,
    number,
    plain,
    split,
    traps_by_author,
    write,
)

SIZES = {"dev": 1500, "test": 2300}


def build() -> dict[str, list[Note]]:
    """Both parts, the same on every machine; no two notes are alike but for case, accents and punctuation."""
    drafts: dict[str, list[Draft]] = {part: [] for part in PARTS}
    seen: set[str] = set()
    written = list(by_hand())
    groups: dict[str, list[str]] = {}
    for group, draft in written:
        groups.setdefault(group, []).append(draft.text)
    parts = {group: split(texts, group) for group, texts in groups.items()}
    for group, draft in written:
        if plain(draft.text) in seen:
            raise ValueError(f"written twice: {draft.text}")
        seen.add(plain(draft.text))
        drafts[parts[group][draft.text]].append(draft)
    for part in PARTS:
        drafts[part] += _generated(part, SIZES[part] - len(drafts[part]), seen)
    return {
        part: [lay_out(draft, f"{part}-{turn:04d}") for turn, draft in enumerate(drafts[part], 1)] for part in PARTS
    }


def build_halves(others: dict[str, list[Note]]) -> dict[str, list[Note]]:
    """The halves of the second development part, without the notes that another part holds already."""
    return _laid_out(HALVES, halves_by_hand(), others)


def build_traps(others: dict[str, list[Note]]) -> dict[str, list[Note]]:
    """The parts of traps, without the notes that another part holds already."""
    return _laid_out(TRAPS, ((AUTHORS[author], draft) for author, draft in traps_by_author()), others)


def _laid_out(
    names: Sequence[str], written: Iterable[tuple[str, Draft]], others: dict[str, list[Note]]
) -> dict[str, list[Note]]:
    seen = {plain(note.text) for notes in others.values() for note in notes}
    drafts: dict[str, list[Draft]] = {name: [] for name in names}
    for name, draft in written:
        if plain(draft.text) not in seen:
            seen.add(plain(draft.text))
            drafts[name].append(draft)
    return {
        name: [lay_out(draft, f"{name}-{turn:04d}") for turn, draft in enumerate(drafts[name], 1)] for name in names
    }


def _generated(part: str, count: int, seen: set[str]) -> list[Draft]:
    writer, made = Writer(part), []
    for category in plan(count):
        draft = writer.note(category)
        while plain(draft.text) in seen:
            draft = writer.note(category)
        seen.add(plain(draft.text))
        degrade(draft, number("degrade", part, writer.turn))
        made.append(draft)
    return made


def main(home: Path = HOME) -> int:
    """Write both files and say what is in them."""
    built = build()
    built |= build_halves(built)
    built |= build_traps(built)
    for part, notes in built.items():
        write(home / f"{part}.jsonl", notes)
        kinds = Counter(note.kind for note in notes)
        traps = Counter(note.trap for note in notes if note.trap)
        print(f"{part}: {len(notes)} notes, {dict(kinds)}, {sum(traps.values())} traps of {len(traps)} kinds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
