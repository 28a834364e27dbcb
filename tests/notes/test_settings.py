"""Surnames, workplaces and notices disclose nothing; the same words elsewhere do."""

from __future__ import annotations

import time

import pytest

from colmate.notes import read_note


@pytest.mark.parametrize(
    "text",
    [
        "Mme Sida Fatoumata, dossier à créer",
        "M. Crohn a appelé",
        "psychologue en CMP, bilan",
        "éducateur en IME, certificat",
        "travaille en soins palliatifs",
        "affiche violences conjugales à poser",
        "journée mondiale du sida, stand dans le hall",
        "formation violences conjugales le 12/06 pour l'équipe",
        "chien avec un cancer, vétérinaire prévenu",
    ],
)
def test_names_jobs_and_notices(text: str) -> None:
    assert not [finding for finding in read_note(text) if finding.category != "health_other"], text


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Mme enceinte de 3 mois", "pregnancy_fertility"),
        ("suivie par psychologue au CMP", "psychiatric"),
        ("travaille en ESAT", "disability"),
        ("éducateur PJJ présent", "criminal"),
        ("Mme Morvan, séropositive", "hiv_sti"),
        ("ne pas parler du VIH", "hiv_sti"),
    ],
)
def test_the_same_words_about_the_patient(text: str, category: str) -> None:
    assert category in {finding.category for finding in read_note(text)}


def test_a_note_of_nothing_but_settings_costs_little() -> None:
    started = time.process_time()
    read_note("affiche sida chien cancer, " * 20_000)
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("remplaçant incompétent, ne plus adresser", set()),
        ("le kiné est agressif", set()),
        ("agressif avec le kiné", {"judgement"}),
        ("vu par le remplaçant, insupportable", {"judgement"}),
        ("secrétaire : insupportable", {"judgement"}),
        ("stomie depuis 2015", {"health_other"}),
        ("cancer du côlon, stomie", {"serious_illness"}),
        ("cancer du côlon, diabète", {"serious_illness", "health_other"}),
        ("enfant placé ASE", {"violence_abuse"}),
    ],
)
def test_what_is_another_s_or_a_part_of_what_is_said_already(text: str, categories: set[str]) -> None:
    assert {finding.category for finding in read_note(text)} == categories
