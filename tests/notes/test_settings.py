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


# the same word, disclosing and not: its neighbours in the statement tell which
SENSES = [
    ("HP libre depuis 3 semaines, délirant", "HP de la salle d'attente grésille, sono à changer", "psychiatric"),
    ("dépression sous sertraline", "matelas à dépression HS au lit 4", "psychiatric"),
    ("laroxyl 50 le soir, humeur basse", "névralgie, laroxyl 10 gouttes", "psychiatric"),
    ("TS médicamenteuse la semaine dernière", "RDV TS de secteur jeudi avec la famille", "suicide"),
    ("fume des joints tous les soirs", "plaie index en refaisant les joints de la douche", "addiction"),
    ("enceinte de 3 mois", "a porté des enceintes de concert, dos bloqué", "pregnancy_fertility"),
    ("IVG médicamenteuse à 6 SA", "BNP haut, IVG sur cardiopathie", "pregnancy_fertility"),
    ("prend du viagra", "HTAP sildenafil 20 x3/j", "sexual_life"),
    ("porte le voile", "roue avant voilée du fauteuil", "religion"),
    ("excisée dans l'enfance au Mali", "excision fusiforme d'un naevus", "violence_abuse"),
    ("expulsé de son logement", "DIU expulsé, écho", "social_vulnerability"),
    ("phase terminale, fin de vie à domicile", "pile du boitier en fin de vie", "serious_illness"),
    ("condamné à 5 ans de prison", "se sait condamné, méta foie", "criminal"),
    ("sourd de naissance", "douleur sourde en FID", "disability"),
    ("vraiment simulateur", "simulateur de conduite ergo mardi", "judgement"),
    ("a stoppé la PrEP en juin", "la prep colo est à finir ce soir", "hiv_sti"),
    ("crêtes de coq sur la verge", "crêtes de coq à rempoter", "hiv_sti"),
    ("VHC traité en 2016", "VHC 3 au garage, pneus lisses", "hiv_sti"),
    ("accro au shit", "accro au macramé", "addiction"),
    ("sortie de cure, a rebu hier", "sortie de cure à Dax, genou mieux", "addiction"),
    ("prend de la poudre en soirée", "a pris la poudre d'escampette", "addiction"),
    ("TS de mars, revue ce jour", "48h de TS non payées", "suicide"),
    ("IMV hier soir au Temesta", "respirateur en mode IMV, PEEP 5", "suicide"),
    ("veut en finir avec la vie", "veut en finir avec ces travaux", "suicide"),
    ("bipolaire sous lithium", "trottinette au lithium, batterie fondue", "psychiatric"),
    ("en travail, col à 4", "en travail de nuit, fatigue", "pregnancy_fertility"),
    ("2 transferts négatifs", "2 transferts lit-fauteuil par jour", "pregnancy_fertility"),
    ("enceinte de 6 mois", "fumer hors de l'enceinte svp", "pregnancy_fertility"),
    ("femme trans, oestradiol", "bon de trans signé pour le taxi", "sexual_life"),
    ("fait des passes pour manger", "fait des passes au basket, pouce luxé", "sexual_life"),
    ("le pasteur de son église prie pour elle", "vaccins Pasteur en rupture", "religion"),
    ("le carême cette année", "arrive comme mars en carême", "religion"),
    ("gitane, vit en caravane", "fume 15 gitanes par jour", "ethnic_origin"),
    ("épouse turque", "WC à la turque, genou trop raide", "ethnic_origin"),
]  # fmt: skip


@pytest.mark.parametrize(("telling", "harmless", "category"), SENSES)
def test_the_neighbours_of_a_word_tell_its_sense(telling: str, harmless: str, category: str) -> None:
    assert category in {finding.category for finding in read_note(telling)}
    assert category not in {finding.category for finding in read_note(harmless)}


def test_neighbours_are_looked_for_in_the_same_statement() -> None:
    assert "disability" in {item.category for item in read_note("sourd de naissance. Douleur du genou")}
    assert "disability" not in {item.category for item in read_note("douleur plutôt sourde")}


@pytest.mark.parametrize(
    "text",
    ["porte condamnée au sous-sol", "fenêtre du couloir condamnée", "tiroir grippé", "logiciel en fin de vie",
     "sonnette sourde", "joint de robinet à refaire", "vélo volé", "panne de réveil"],
)  # fmt: skip
def test_what_is_said_of_a_thing_is_said_of_nobody(text: str) -> None:
    assert not read_note(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("la secrétaire est enceinte", False), ("remplace une collègue enceinte", False),
        ("notre interne est en burn out", False), ("enceinte, voir avec la secrétaire", True),
        ("patiente enceinte", True), ("le patient précédent est alcoolique", False),
    ],
)  # fmt: skip
def test_what_is_said_of_staff_is_no_patients(text: str, found: bool) -> None:
    assert bool(read_note(text)) is found


@pytest.mark.parametrize(
    "text",
    ["dermabrasions genou", "arcade ouverte", "hanche contuse", "écrasement gros orteil", "gêne à l'épaule",
     "bosse au front", "doigt coincé, pouce gonflé", "cheville tordue"],
)  # fmt: skip
def test_a_part_of_the_body_and_what_is_wrong_with_it(text: str) -> None:
    assert {item.category for item in read_note(text)} == {"health_other"}
