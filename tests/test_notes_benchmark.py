"""The benchmark of French notes: its files are what its sources make, its labels fit, its parts are apart."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from benchmarks.notes_fr import fiction, grammar, peers
from benchmarks.notes_fr.__main__ import _spans
from benchmarks.notes_fr.build import SIZES, build, build_halves, build_traps
from benchmarks.notes_fr.degrade import degrade
from benchmarks.notes_fr.peers import Found
from benchmarks.notes_fr.score import Counts, Score, score, score_identifiers
from benchmarks.notes_fr.text import (
    CATEGORIES,
    HALVES,
    HOME,
    IDENTIFIERS,
    PARTS,
    Draft,
    Gold,
    Identifier,
    Note,
    Piece,
    by_hand,
    lay_out,
    line,
    number,
    parse,
    plain,
    read,
    split,
)

NOTES = {part: read(part) for part in PARTS}
EVERY = [note for notes in NOTES.values() for note in notes]
BY_HAND = list(by_hand())


def test_the_published_files_are_what_the_sources_make() -> None:
    for part, notes in build().items():
        published = (HOME / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()
        assert [line(note) for note in notes] == published, f"run python -m benchmarks.notes_fr.build ({part})"


def test_there_is_enough_of_everything() -> None:
    assert {part: len(notes) for part, notes in NOTES.items()} == SIZES
    assert len(EVERY) >= 3600 and len(NOTES["test"]) >= 2100
    assert sum(note.kind == "hand" for note in EVERY) >= 500
    for notes in NOTES.values():
        spoken = Counter((each.category, each.assertion, each.subject) for note in notes for each in note.findings)
        for category in set(CATEGORIES) - {"judgement"}:
            readings = ((category, "asserted", "relative"), (category, "negated", "patient"))
            assert all(spoken[each] >= 2 for each in (*readings, (category, "hypothetical", "patient"))), category
            assert spoken[category, "asserted", "patient"] >= 20
        assert spoken["judgement", "asserted", "carer"] >= 50
        assert {each.type for note in notes for each in note.identifiers} == set(IDENTIFIERS)
        assert sum(not note.findings for note in notes) >= 100


def test_each_trap_is_set_several_times_and_in_both_parts() -> None:
    traps = Counter(note.trap for note in EVERY if note.trap)
    assert len(traps) >= 25
    assert min(traps.values()) >= 3
    assert all({note.trap for note in notes if note.trap} == set(traps) for notes in NOTES.values())


@pytest.mark.parametrize("part", PARTS)
def test_labels_fit_their_notes(part: str) -> None:
    for turn, note in enumerate(NOTES[part], 1):
        assert note.id == f"{part}-{turn:04d}" and note.kind in ("hand", "grammar")
        assert note.text and note.text == note.text.strip(), note
        for label in note.findings:
            cue = note.text[label.start : label.end]
            assert cue and cue == cue.strip(), note
            assert label.category in CATEGORIES
            assert label.assertion in ("asserted", "negated", "hypothetical")
            assert (label.subject == "carer") == (label.category == "judgement")
        for span in note.identifiers:
            assert span.type in IDENTIFIERS and note.text[span.start : span.end].strip()
        assert not set(note.tolerated) & {label.category for label in note.findings}
        assert not re.search(r"[\[\]{}<>]|de~", note.text.replace("bêta-hcg < 2", "").replace("BETA-HCG < 2", "")) or (
            "hcg <" in note.text.lower()
        ), note


def test_the_datasheet_counts_what_is_there() -> None:
    sheet = (HOME / "DATASHEET.md").read_text(encoding="utf-8")
    counted: dict[str, list[str]] = {}
    for notes in NOTES.values():
        labels = [label for note in notes for label in note.findings]
        said = Counter(label.assertion for label in labels)
        rows = {
            "notes": len(notes),
            "written by hand": sum(note.kind == "hand" for note in notes),
            "made by grammars": sum(note.kind == "grammar" for note in notes),
            "notes that speak of no category": sum(not note.findings for note in notes),
            "labels about a relative": sum(label.subject == "relative" for label in labels),
            "labels of something past": sum(label.past for label in labels),
            "labelled identifiers": sum(len(note.identifiers) for note in notes),
        }
        for name, count in rows.items():
            counted.setdefault(name, []).append(f"{count:,}")
        told = " / ".join(f"{said[each]:,}" for each in ("asserted", "negated", "hypothetical"))
        counted.setdefault("labels: asserted / negated / hypothetical", []).append(told)
    for name, values in counted.items():
        assert f"| {name} | {' | '.join(values)} |" in sheet, (name, values)


def test_no_note_is_there_twice() -> None:
    drafts = [plain(draft.text) for _, draft in BY_HAND]
    assert len(set(drafts)) == len(drafts)
    assert len({note.text for note in EVERY}) == len(EVERY)


def test_the_parts_share_no_frame_and_only_core_words() -> None:
    for key, of_dev in grammar.cues("dev").items():
        of_test = grammar.cues("test")[key]
        assert of_dev and of_test
        assert all(cue.core for cue in set(of_dev) & set(of_test)), key
        alone = [{cue.text for cue in cues if not cue.core} for cues in (of_dev, of_test)]
        assert not alone[0] & {cue.text for cue in of_test} and not alone[1] & {cue.text for cue in of_dev}
    for key, of_dev_frames in grammar.frames("dev").items():
        if key[0] != "kin":
            assert of_dev_frames and not set(of_dev_frames) & set(grammar.frames("test")[key]), key


def test_every_note_by_hand_is_in_the_part_its_hash_says() -> None:
    groups: dict[str, list[str]] = {}
    for group, draft in BY_HAND:
        groups.setdefault(group, []).append(draft.text)
    told = {text: part for group, texts in groups.items() for text, part in split(texts, group).items()}
    kept = {note.text: part for part, notes in NOTES.items() for note in notes if note.kind == "hand"}
    assert kept == told


def test_a_split_follows_from_the_names_alone() -> None:
    names = [f"phrase {turn}" for turn in range(50)]
    parts = split(names, "group")
    assert parts == split(reversed(names), "group")
    assert Counter(parts.values()) == {"dev": 21, "test": 29}
    assert parts != split(names, "another group")


@pytest.mark.parametrize("part", PARTS)
def test_no_frame_and_no_phrase_dominates(part: str) -> None:
    writer = grammar.Writer(part)
    for category in grammar.plan(SIZES[part]):
        writer.note(category)
    frames = [used for key, used in writer.used.items() if isinstance(key, tuple) and key[0] == "frame"]
    cues = [used for key, used in writer.used.items() if isinstance(key, tuple) and key[0] == "cue"]
    assert max(frames) <= 0.04 * SIZES[part]
    assert max(cues) <= 0.02 * SIZES[part]


def test_numbers_and_addresses_are_nobodys() -> None:
    for note in EVERY:
        for phone in re.findall(r"(?<!\d)(?:\+33 ?|0)([1-9](?:[ .]?\d\d){4})(?![ .]?\d)", note.text):
            assert re.sub(r"\D", "", phone).startswith(("19900", "63998")), note.text
        for span in note.identifiers:
            value = re.sub(r"\W", "", note.text[span.start : span.end]).upper()
            if span.type == "email":
                assert value.endswith("EXAMPLEFR")
            if span.type == "nir":
                assert value[5:10] == "99999" and 97 - int(value[:13]) % 97 == int(value[13:])
            if span.type == "iban":
                assert value[4:9] == "99999" and int(value[4:] + "1527" + value[2:4]) % 97 == 1
        assert all(address.endswith("@example.fr") for address in re.findall(r"\S+@[\w.]+\w", note.text))


def test_an_invented_identifier_is_always_the_same() -> None:
    assert fiction.identifier("nir", 7) == fiction.identifier("nir", 7)
    assert len({fiction.identifier("phone", seed) for seed in range(200)}) > 150


def test_marks_are_read_and_laid_out() -> None:
    draft = parse("@ts_other: [[suicide|np:TS]], tel {{phone:06 39 98 00 00}} ~ psychiatric")
    note = lay_out(draft, "x")
    assert note.text == "TS, tel 06 39 98 00 00"
    assert note.findings == (Gold("suicide", "negated", "patient", 0, 2, past=True),)
    assert note.identifiers == (Identifier("phone", 8, 22),)
    assert (note.trap, note.tolerated) == ("ts_other", ("health_other", "psychiatric"))


@pytest.mark.parametrize("wrong", ["[[unknown:x]]", "{{shoe:42}}", "x ~ unknown"])
def test_a_mark_that_names_nothing_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="unknown"):
        parse(wrong)


def test_forms_follow_the_gender() -> None:
    assert grammar.inflect("porteu<r|se> sain<|e>", 0) == "porteur sain"
    assert grammar.inflect("porteu<r|se> sain<|e>", 1) == "porteuse saine"
    assert grammar.inflect("juif|juive", 1) == "juive"


def test_degrading_leaves_identifiers_and_labels_where_they_were() -> None:
    for seed in range(300):
        pieces = [Piece("vient pour ", None), Piece("schizophrénie", ("psychiatric", "asserted", "patient", False))]
        draft = Draft([*pieces, Piece(" tel "), Piece("06 39 98 00 00", identifier="phone")], "grammar")
        degrade(draft, seed)
        note = lay_out(draft, "x")
        assert note.text[note.identifiers[0].start :] == "06 39 98 00 00"
        assert note.text[note.findings[0].start].lower() == "s" and len(note.findings) == 1


def _tiny() -> list[Note]:
    told = ("[[hiv_sti|p:VIH]] connu", "pas de [[suicide|n:TS]]", "père [[addiction|r:OH]]", "@veil: voile du palais")
    return [lay_out(parse(text), str(number(text))) for text in told]


def _reader(findings: list[list[Found]]) -> Iterator[list[Found]]:
    yield from findings


def test_the_scorer_on_a_table_worked_by_hand() -> None:
    found = [
        [Found("hiv_sti", "asserted", "patient", 0, 3, past=True)],
        [Found("suicide", "asserted", "patient", 7, 9, past=True), Found("psychiatric", "asserted", "patient", 0, 3)],
        [Found("addiction", "asserted", "relative", 0, 1), Found("health_other", "asserted", "relative", 0, 1)],
        [Found("religion", "asserted", "patient", 0, 5)],
    ]

    def reader(texts: Iterable[str]) -> Iterator[list[Found]]:
        assert len(list(texts)) == 4
        return _reader(found)

    result = score(_tiny(), reader)
    assert result.mentioned["hiv_sti"] == Counts(1, 0, 0)
    assert result.mentioned["suicide"] == Counts(1, 0, 0)
    assert result.told["suicide"] == Counts(0, 1, 0)
    assert result.told["addiction"] == Counts(0, 0, 0)
    assert result.mentioned["psychiatric"] == Counts(0, 1, 0)
    assert result.mentioned["health_other"] == Counts(0, 0, 0)  # tolerated
    assert (result.assertion.right, result.assertion.of) == (2, 3)
    assert (result.subject.right, result.subject.of) == (3, 3)
    assert (result.past.right, result.past.of) == (2, 3)
    assert result.over == Counts(right=1, wrong=1, missed=0)
    assert (result.traps.right, result.traps.of) == (0, 1)
    assert (result.traps_empty.right, result.traps_empty.of) == (0, 1)
    assert result.by_hand == result.mentioned
    assert result.macro_f1 == pytest.approx(3 / len(CATEGORIES))
    assert (result.trapped_macro_f1, result.trapped_micro_f1) == (0.0, 0.0)


# what the three notes of a trap bear and what is found in them; macro and micro F1 over the traps
TRAPPED = [
    ("nothing found where nothing is", ("@veil: voile du palais",), ((),), 1.0, 1.0),
    ("one right, one false alarm", ("@ts: [[suicide:TS]]", "@veil: voile"), (("suicide",), ("religion",)), 0.5, 2 / 3),
    ("one missed", ("@ts: [[suicide:TS]] [[addiction:OH]]",), (("suicide",),), 0.5, 2 / 3),
    ("what is tolerated does not count", ("@ts: [[suicide:TS]] ~ psychiatric",), (("suicide", "psychiatric"),), 1.0, 1),
    ("notes without a trap do not count", ("@ts: [[suicide:TS]]", "[[hiv_sti:VIH]]"), (("suicide",), ()), 1.0, 1.0),
    ("a category weighs as much as another",
     ("@ts: [[suicide:TS]]", "@ts: [[suicide:IMV]]", "@oh: [[addiction:OH]]", "@oh: 25 OH"),
     (("suicide",), ("suicide",), ("addiction",), ("addiction",)), (1 + 2 / 3) / 2, 6 / 7),
]  # fmt: skip


@pytest.mark.parametrize(("told", "texts", "found", "by_category", "together"), TRAPPED)
def test_the_f1_of_the_traps_alone(
    told: str, texts: tuple[str, ...], found: tuple[tuple[str, ...], ...], by_category: float, together: float
) -> None:
    notes = [lay_out(parse(text), str(number(text))) for text in texts]
    result = score(notes, lambda _: iter([[Found(each, "asserted", "patient", 0, 2) for each in of] for of in found]))
    assert result.trapped_macro_f1 == pytest.approx(by_category), told
    assert result.trapped_micro_f1 == pytest.approx(together), told


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        # off by a tenth, both ways, where one in a hundred is chance
        ({"religion": Counts(right=100, wrong=10), "suicide": Counts(right=90, missed=10)}, math.sqrt(0.01 - 0.001)),
        # as many too many as are missed: the count is right
        ({"religion": Counts(right=90, wrong=10, missed=10)}, 0.0),
        ({"religion": Counts(wrong=3)}, 0.0),
        ({}, 0.0),
    ],
)
def test_by_how_much_the_count_of_a_category_is_off(plain: dict[str, Counts], expected: float) -> None:
    assert Score(plain=plain).misread == pytest.approx(expected)


def test_a_reader_that_leaves_notes_unread_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        score(_tiny(), lambda _: iter([[]]))


def test_identifiers_are_scored_by_overlap() -> None:
    note = lay_out(parse("tel {{phone:06 39 98 00 00}} {{name:Odile}}"), "x")
    found = [[Identifier("phone", 0, 5), Identifier("email", 4, 9)]]
    counts = score_identifiers([note], found)
    assert counts == {"phone": Counts(1, 0, 0), "name": Counts(0, 0, 1), "email": Counts(0, 1, 0)}
    assert (counts["phone"].f1, counts["name"].precision, counts["email"].recall) == (1.0, 1.0, 1.0)


def test_keywords_are_found_wherever_they_stand() -> None:
    (found,) = peers.keywords(["Violon et VIH"])
    assert [(each.category, each.start, each.end) for each in found] == [("hiv_sti", 10, 13), ("violence_abuse", 0, 4)]


@pytest.mark.parametrize(("peer", "given"), [("edsnlp", ["x"]), ("qualifiers", [("x", [("suicide", 0, 1, "")])])])
def test_a_peer_that_is_not_there_is_told_in_a_sentence(tmp_path: Path, peer: str, given: list[object]) -> None:
    told = peers.ask(peer, tmp_path / "python", given)
    assert isinstance(told, str) and told.startswith(f"{peer} was not run")


def test_the_qualifiers_are_given_places_and_what_a_cue_says_by_itself_and_no_judgement() -> None:
    texts = ["mère séropositive", "RAS", "athée", "caryotype"]
    spans = dict(zip(texts, _spans(texts), strict=True))
    assert spans["mère séropositive"] == [("hiv_sti", 5, 17, "")]
    assert spans["RAS"] == []
    assert [[each[3] for each in spans[text]] for text in ("athée", "caryotype")] == [["negated"], ["hypothetical"]]


def test_the_second_development_part_is_what_its_notes_make_and_holds_no_note_of_another() -> None:
    for half, notes in build_halves(NOTES).items():
        published = (HOME / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()
        assert [line(note) for note in notes] == published, f"run python -m benchmarks.notes_fr.build ({half})"
        assert not {plain(note.text) for note in notes} & {plain(note.text) for note in EVERY}
        assert sum(note.trap is not None for note in notes) >= 150


def test_the_third_development_part_is_what_its_notes_make_all_of_it_traps() -> None:
    halves = {half: read(half) for half in HALVES}
    others = {plain(note.text) for notes in (NOTES | halves).values() for note in notes}
    for part, notes in build_traps(NOTES | halves).items():
        published = (HOME / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()
        assert [line(note) for note in notes] == published, f"run python -m benchmarks.notes_fr.build ({part})"
        assert not {plain(note.text) for note in notes} & others
        assert all(note.trap for note in notes)
        assert len({note.trap for note in notes}) >= 60
        # silence alone wins nothing: most notes of a trap disclose something
        assert sum(bool(note.findings) for note in notes) > len(notes) / 2
