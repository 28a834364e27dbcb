"""Write the parts from the hand-written sources: ``python -m benchmarks.notes_fr.build``.

``dev`` and ``test`` come from ``sources/``; ``dev-2a`` and ``dev-2b`` from ``dev-2.txt``, halved by hash.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from benchmarks.notes_fr.degrade import degrade
from benchmarks.notes_fr.grammar import Writer, plan
from benchmarks.notes_fr.text import (
    HALVES,
    HOME,
    PARTS,
    Draft,
    Note,
    by_hand,
    halves_by_hand,
    lay_out,
    number,
    plain,
    split,
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
    seen = {plain(note.text) for notes in others.values() for note in notes}
    drafts: dict[str, list[Draft]] = {half: [] for half in HALVES}
    for half, draft in halves_by_hand():
        if plain(draft.text) not in seen:
            seen.add(plain(draft.text))
            drafts[half].append(draft)
    return {
        half: [lay_out(draft, f"{half}-{turn:04d}") for turn, draft in enumerate(drafts[half], 1)] for half in HALVES
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
    for part, notes in (*built.items(), *build_halves(built).items()):
        write(home / f"{part}.jsonl", notes)
        kinds = Counter(note.kind for note in notes)
        traps = Counter(note.trap for note in notes if note.trap)
        print(f"{part}: {len(notes)} notes, {dict(kinds)}, {sum(traps.values())} traps of {len(traps)} kinds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
