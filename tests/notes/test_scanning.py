"""The filter loses nothing; the findings of a case are those of reading every note; hostile notes cost little."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from random import Random

import pyarrow as pa
import pytest
from benchmarks.notes_fr.text import read
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.columns.recogniser import recognisers
from colmate.engine import Engine
from colmate.notes import NoteTable, read_notes, scan
from colmate.notes.anchors import rarest
from colmate.notes.cues import cue_book
from colmate.notes.phrases import ways
from colmate.notes.reading import read_note
from colmate.notes.scanning import worth_reading
from tests.notes.test_reading import ASSERTED


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(threads=1) as opened:
        yield opened


def passes(engine: Engine, texts: list[str]) -> list[bool]:
    """Tell of each text whether it comes through the filter."""
    table = engine.materialise(engine.memtable(pa.table({"text": sorted(set(texts))}), "texts"), "distinct")
    kept = {row["text"] for row in engine.rows(worth_reading(engine, table, named=False))}
    return [text in kept for text in texts]


def test_a_text_that_holds_an_identifier_alone_is_kept_and_not_read(engine: Engine) -> None:
    texts = ["séropositif", "tel 06 39 98 00 01", "RAS"]
    table = engine.materialise(engine.memtable(pa.table({"text": texts}), "texts"), "distinct")
    cues = {row["text"]: row["cue"] for row in engine.rows(worth_reading(engine, table, named=True))}
    assert cues == {texts[0]: True, texts[1]: False}


SENTENCES = [text for texts in ASSERTED.values() for text in texts]
FILLER = st.sampled_from(
    ["", " ", ", ", "\n", "\r\n", "\t", " : ", "pas de ", "RAS ", "\u00a0", "’", "mère ", "x", "É", "œ", "\u200b"]
)


def wording(source: str, random: Random) -> str:
    """One wording of a phrase, at random: options, what may be missing, ends of words, words in gaps."""
    said = ""
    while source:
        gap = re.match(r"~(\d) ", source)
        if gap:
            said += "".join(random.choice(("un ", "le ", "2 ")) for _ in range(random.randint(0, int(gap[1]))))
            source = source[gap.end() :]
            continue
        sign, source = random.choice(list(ways(source)))
        said += {"*": random.choice(("", "x", "s")), "#": random.choice("0179")}.get(sign, sign)
    return re.sub(" ", lambda _: random.choice((" ", " ", "-", "\t", " '")), said)


@pytest.mark.parametrize("seed", range(4))
def test_the_filter_lets_every_phrase_of_the_catalogue_through(engine: Engine, seed: int) -> None:
    random = Random(seed)
    texts = [f"vu ce jour ({wording(cue.phrase.source, random)})" for cue in cue_book().cues]
    shouted = [text.upper() if seed % 2 else text for text in texts]
    assert [text for text, passed in zip(texts, passes(engine, shouted), strict=True) if not passed] == []


def test_an_anchor_is_a_word_without_which_the_phrase_cannot_be() -> None:
    table = {
        "refus* ~3 transfusion*": {("transfusion", True)},
        "(sans|pas de) porc": {("porc", False)},
        "sero ?positi*": {("sero", False), ("seropositi", True)},
        "(vit|couche) (avec|a) (sdf|squat*)": {("sdf", False), ("squat", True)},
        "g#p#": {("g#p#", False)},
        "pas de mutuelle": frozenset(),
        "##? ?s.?a": frozenset(),
    }
    assert {source: rarest(source) for source in table} == table


def test_every_note_of_the_development_parts_is_read_or_says_nothing(engine: Engine) -> None:
    texts = [note.text for part in ("dev", "dev-2a") for note in read(part)]
    lost = [text for text, passed in zip(texts, passes(engine, texts), strict=True) if not passed]
    assert len(lost) > 50
    assert not any(read_notes(lost))


@settings(deadline=None, max_examples=12)
@given(st.lists(st.lists(st.sampled_from(SENTENCES) | FILLER, max_size=6).map("".join), min_size=1, max_size=150))
def test_the_filter_loses_nothing(engine: Engine, texts: list[str]) -> None:
    for text, passed in zip(texts, passes(engine, texts), strict=True):
        assert passed or not read_note(text)


@settings(deadline=None, max_examples=12)
@given(st.lists(st.text(alphabet=st.characters(codec="utf-8")), min_size=1, max_size=80), st.sampled_from(SENTENCES))
def test_the_filter_loses_nothing_among_any_characters(engine: Engine, noise: list[str], sentence: str) -> None:
    texts = [part + sentence + part[::-1] for part in noise]
    for text, passed in zip(texts, passes(engine, texts), strict=True):
        assert passed or not read_note(text)


def test_scan_is_reading_every_note(engine: Engine) -> None:
    notes = [*SENTENCES, None, "", "RAS", *SENTENCES[:20]]
    table = engine.memtable(pa.table({"record": range(1, len(notes) + 1), "c0": notes, "c1": notes[::-1]}), "canonical")
    found = engine.rows(scan(engine, [NoteTable(3, table, ["c0", "c1"])]).findings.drop("past", "several"))
    expected = set()
    for field, texts in (("c0", notes), ("c1", notes[::-1])):
        for record, findings in enumerate(read_notes(text or "" for text in texts), 1):
            expected |= {(3, record, field, item.category, item.assertion, item.subject, item.kin) for item in findings}
    assert {tuple(row.values()) for row in found} == expected
    assert len(found) == len(expected)
    assert list(found[0]) == ["table", "record", "field", "category", "assertion", "subject", "kin"]


def test_scan_of_nothing_is_an_empty_dataset(engine: Engine) -> None:
    table = engine.memtable(pa.table({"record": [1], "c0": ["RAS"]}), "nothing")
    for tables in ([], [NoteTable(1, table, ["c0"])]):
        scanned = scan(engine, tables, recognisers=recognisers())
        assert engine.rows(scanned.findings) == engine.rows(scanned.identifiers) == []


def test_what_was_and_what_is(engine: Engine) -> None:
    notes = ["ATCD dépression", "ATCD dépression ; dépressive ce jour", "bipolaire"]
    table = engine.memtable(pa.table({"record": range(1, 4), "c0": notes}), "times")
    rows = engine.rows(scan(engine, [NoteTable(1, table, ["c0"])]).findings)
    assert {row["record"]: row["past"] for row in rows} == {1: True, 2: False, 3: False}


def test_which_relatives_a_note_tells_of(engine: Engine) -> None:
    notes = ["mère VIH, frères bipolaires", "mère VIH. maman séropositive"]
    table = engine.memtable(pa.table({"record": range(1, 3), "c0": notes}), "near")
    rows = engine.rows(scan(engine, [NoteTable(1, table, ["c0"])]).findings)
    assert {(row["record"], row["category"], row["kin"], row["several"]) for row in rows} == {
        (1, "hiv_sti", "mother", False), (1, "psychiatric", "brother", True), (2, "hiv_sti", "mother", False),
    }  # fmt: skip


def test_progress_tells_distinct_notes(engine: Engine) -> None:
    told: list[tuple[float, float]] = []
    table = engine.memtable(pa.table({"record": [1, 2, 3], "c0": ["VIH", "VIH", "sida"]}), "few")
    scan(engine, [NoteTable(1, table, ["c0"])], lambda done, total: told.append((done, total)))
    assert told == [(2, 2)]


@pytest.mark.parametrize(
    "text",
    ["vih " * 250_000, "a" * 1_000_000, "pas de " * 140_000 + "vih", "mère " * 200_000 + "folle", "(" * 1_000_000,
     "vih," * 250_000, "œ" * 1_000_000, "refuse " * 150_000 + "transfusion", "\n" * 1_000_000],
)  # fmt: skip
def test_a_hostile_megabyte_is_read_in_seconds(text: str) -> None:
    started = time.process_time()
    read_note(text)
    assert time.process_time() - started < 20


def test_a_cue_far_inside_a_long_note_is_found() -> None:
    long = "rien a signaler ce jour. " * 40_000
    assert [item.category for item in read_note(long + "patient séropositif. " + long)] == ["hiv_sti"]
