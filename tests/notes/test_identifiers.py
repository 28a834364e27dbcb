"""Identifiers inside notes: what is found, what only looks like one; the filter keeps every note that holds one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colmate.catalogue import semantic_types
from colmate.columns.recogniser import recognisers
from colmate.engine import Engine
from colmate.notes import NoteTable, scan
from colmate.notes.identifiers import identified, kinds, may_identify


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(threads=1) as opened:
        yield opened


def held(engine: Engine, notes: list[str]) -> list[set[str]]:
    texts = engine.memtable(pa.table({"note": range(len(notes)), "text": notes}), "held")
    found: dict[int, set[str]] = defaultdict(set)
    for row in engine.rows(identified(engine, texts, recognisers())):
        found[row["note"]].add(row["semantic_type"])
    return [found[place] for place in range(len(notes))]


# numbers are made up; their keys are right
WITH = {
    "nir": ["NIR 1 85 05 78 006 084 91 à vérifier", "secu 185057800608491"],
    "phone": ["tél 06 12 34 56 78", "06.12.34.56.78", "joindre au 0612345678", "+33 6 12 34 56 78",
              "TEL 06/12/34/56/78"],
    "email": ["mail jean.dupont@exemple.fr", "JEAN@EXEMPLE.FR"],
    "iban": ["FR76 3000 6000 0112 3456 7890 189 pour le remboursement", "RIB FR7630006000011234567890189"],
    "address": ["habite 12 rue des Lilas", "12 bis, avenue de la République", "25 PLACE DU MARCHE", "2 allée des Pins"],
    "password": ["mdp : Soleil2024!", "mot de passe Azerty12", "code d'accès serveur 7fG4kk", "MDP=chat-noir"],
    "professional_name": ["suivi par le Dr Lefèvre", "DR LEFEVRE", "docteur lefevre"],
    "full_name": ["Mme Dupont a appelé", "MME DURAND VIENDRA", "mme martin rappellera", "M. d'Artagnan",
                  "Mme DE LA TOUR"],
}  # fmt: skip
WITHOUT = [
    "rdv le 01/02/2020 12:30", "rdv 01 02 2020 12", "dossier 0123456789", "rue de l'Église", "mot de passe oublié",
    "mdp envoyé par mail", "code portail 1234A", "Mme est venue", "MME VIENDRA DEMAIN", "mme viendra demain",
    "dr le matin", "vu par le Dr AL", "m. pénible", "3 places handicapé", "le docteur passera", "NIR 185057800608492",
    "FR76 3000 6000 0112 3456 7890 188", "0000000000", "TA 14/8, 75 kg", "@", "",
]  # fmt: skip


@pytest.mark.parametrize(("semantic_type", "notes"), list(WITH.items()))
def test_found(engine: Engine, semantic_type: str, notes: list[str]) -> None:
    assert held(engine, notes) == [{semantic_type}] * len(notes)


def test_what_only_looks_like_one(engine: Engine) -> None:
    assert {note: found for note, found in zip(WITHOUT, held(engine, WITHOUT), strict=True) if found} == {}


def test_every_kind_is_a_semantic_type_with_its_reason() -> None:
    judged = recognisers()
    for kind in kinds():
        assert kind.semantic_type in semantic_types()
        assert kind.why
        assert kind.sure is (kind.semantic_type in judged)


PIECES = [note for notes in WITH.values() for note in notes] + WITHOUT + [" ", "\n", ";", "é", "12", "\u00a0"]


@settings(deadline=None, max_examples=20)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=5).map("".join), min_size=1, max_size=60))
def test_the_filter_loses_nothing(engine: Engine, notes: list[str]) -> None:
    texts = engine.memtable(pa.table({"note": range(len(notes)), "text": notes}), "pieces")
    kept = {row["note"] for row in engine.rows(texts.filter(may_identify(texts["text"])))}
    assert {place for place, found in enumerate(held(engine, notes)) if found} <= kept


def test_each_place_of_a_case_is_told_once_and_nothing_else(engine: Engine) -> None:
    notes = ["tél 06 12 34 56 78 ou 06 12 34 56 79", None, "Mme Dupont, dépressive", "RAS"]
    table = engine.memtable(pa.table({"record": [5, 6, 7, 8], "c2": notes}), "case")
    found = scan(engine, [NoteTable(3, table, ["c2"])], recognisers=recognisers())
    assert sorted(tuple(row.values()) for row in engine.rows(found.identifiers)) == [
        (3, 5, "c2", "phone"),
        (3, 7, "c2", "full_name"),
    ]
    assert [row["record"] for row in engine.rows(found.findings)] == [7]
