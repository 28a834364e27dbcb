"""Annotated notes are the specification: what each says (category, assertion, subject), and what it does not say."""

from __future__ import annotations

import pytest

from colmate.catalogue import special_categories
from colmate.notes import Finding, read_notes


def said(text: str) -> set[tuple[str, str, str]]:
    (findings,) = read_notes([text])
    return {(item.category, item.assertion, item.subject) for item in findings}


ASSERTED = {
    "hiv_sti": [
        "porteuse sida", "SEROPOSITIF HIV", "vih + depuis 2011", "séropositive sous trithérapie", "hépatite C traitée",
        "CD4 à 350, charge virale en hausse", "syphilis en 2018", "sous Biktarvy", "sous PrEP",
        "sérologie VIH positive",
        "Ag HBs +", "condylomes récidivants", "arrête la PrEP", "traité pour morpions",
    ],
    "psychiatric": [
        "dépression sévère", "DEPRESSIVE", "bipolaire sous lithium", "schizophrène", "shizophrène connu",
        "hospitalisé en HDT", "SDT en 2020", "suivi psy", "sortie de HP", "Risperdal 2 mg", "tr. anxieux généralisé",
        "anorexie mentale", "EDM récidivant", "TOC envahissants", "paranoïaque", "déréalisation", "entend des voix",
        "unité fermée", "sous antidép",
    ],
    "suicide": [
        "TS en 2015", "2 TS médicamenteuses", "IMV il y a 3 ans", "tentative de suicide", "s'est défenestrée",
        "idées noires", "veut mourir", "T.S. par pendaison", "scarifications avant-bras",
        "veut ne plus se réveiller", "a accroché une corde au grenier", "se coupait les cuisses",
    ],
    "addiction": [
        "OH chronique", "éthylisme ancien", "alcoolique sevré", "toxicomane", "cannabis quotidien", "sous méthadone",
        "Subutex 8 mg", "suivie au CSAPA", "cure de sevrage en mars", "boit en cachette", "ancien héroïnomane",
        "exogénose", "lève le coude tous les soirs", "joue au PMU", "bouteilles cachées", "trois rhums chaque soir",
    ],
    "pregnancy_fertility": [
        "grossesse", "enceinte de 5 mois", "G2P1", "12 SA", "IVG 2012", "FCS à répétition", "PMA en cours",
        "FIV 2 échecs", "accouchement sous X", "don d'ovocytes", "mifépristone ce jour", "fausse couche en mai",
        "perdu les eaux à 3h", "retour de couches", "allaite encore", "début de la stim", "tombée enceinte",
        "hydrosalpinx",
    ],
    "sexual_life": [
        "homosexuel", "lesbienne", "HSH", "transgenre FtM", "prostituée", "impuissance", "partenaires multiples",
        "couple de femmes", "hormonothérapie de transition", "fait sa transition", "avoue l'avoir trompée",
        "à voile et à vapeur",
    ],
    "religion": [
        "musulmane voilée", "catholique non pratiquante", "témoin de Jéhovah, refus de transfusion", "juif pratiquant",
        "fait le ramadan", "ne mange pas de porc", "casher", "sans porc", "protestant évangélique",
        "entrée au carmel", "brûle des cierges", "M. le curé", "salle du Royaume",
    ],
    "ethnic_origin": [
        "d'origine maghrébine", "gitan", "ne parle pas français", "sans-papiers", "demandeur d'asile", "AME en cours",
        "origine africaine", "Roms du camp", "besoin d'un interprète",
        "d'origine méditerranéenne", "arrivé d'Indochine en 55", "phototype VI", "protection subsidiaire",
    ],
    "politics_union": [
        "délégué CGT", "syndicaliste", "gilet jaune", "militante", "conseillère municipale", "vote RN",
        "élu municipal", "ancien maire",
    ],
    "genetic": [
        "BRCA1 +", "mucoviscidose", "drépanocytose", "trisomie 21", "parents consanguins", "maladie génétique rare",
        "porteur sain", "myopathie de Duchenne",
    ],
    "serious_illness": [
        "tumeur au cerveau", "cancer du sein", "K poumon métastatique", "soins palliatifs", "chimio en cours",
        "Alzheimer débutant", "dialysé", "leucémie", "SLA", "AVC en 2019", "greffe de rein",
    ],
    "disability": [
        "patiente sourde", "autiste", "en fauteuil roulant", "TDAH", "handicap moteur", "aveugle", "tétraplégique",
        "langue des signes",
    ],
    "health_other": [
        "Levothyrox", "diabète type 2", "HTA", "allergique à la pénicilline", "asthme", "ALD 30", "opérée du genou",
    ],
    "criminal": [
        "incarcéré à Fresnes", "sortie de prison", "en maison d'arrêt", "suivi SPIP", "bracelet électronique",
        "injonction de soins", "GAV hier", "condamné pour trafic de stup", "détenu",
    ],
    "violence_abuse": [
        "violences conjugales", "battue par son mari", "mari violent", "VIF", "inceste dans l'enfance",
        "enfant placé à l'ASE", "ordonnance de protection", "viol en 2010", "information préoccupante faite",
        "coups portés par le conjoint",
    ],
    "social_vulnerability": [
        "C2S", "CMU", "RSA", "SDF", "sous tutelle", "curatelle renforcée", "touche l'AAH", "dossier MDPH",
        "surendettée",
        "sans domicile",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("category", "text"), [(key, text) for key, texts in ASSERTED.items() for text in texts])
def test_asserted_about_the_patient(category: str, text: str) -> None:
    assert (category, "asserted", "patient") in said(text)


@pytest.mark.parametrize(
    "text",
    ["patiente chiante", "emmerdeur", "mythomane", "très manipulatrice", "casse-couilles", "hypocondriaque", "pue",
     "patient agressif à l'accueil", "capricieuse", "menteur"],
)  # fmt: skip
def test_a_judgement_is_the_carers(text: str) -> None:
    assert ("judgement", "asserted", "carer") in said(text)


def test_every_category_has_sentences_and_cues() -> None:
    assert {*ASSERTED, "judgement"} == set(special_categories())
    assert all(kind.cues for kind in special_categories().values())


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("pas de VIH", "hiv_sti"), ("sérologie VIH négative", "hiv_sti"), ("VIH -", "hiv_sti"), ("VIH: neg", "hiv_sti"),
        ("dépistage négatif VIH", "hiv_sti"), ("pas de VIH, VHB, VHC", "hiv_sti"), ("VHC éliminé", "hiv_sti"),
        ("n'est pas enceinte", "pregnancy_fertility"), ("grossesse exclue", "pregnancy_fertility"),
        ("test de grossesse négatif", "pregnancy_fertility"), ("aucune idée suicidaire", "suicide"),
        ("pas d'idées noires", "suicide"), ("nie toute prise de drogue", "addiction"), ("OH 0", "addiction"),
        ("pas d'alcool", "addiction"), ("ne boit pas", "addiction"), ("absence de dépression", "psychiatric"),
        ("pas de colère ni dépression", "psychiatric"), ("sans handicap", "disability"), ("ATCD cancer : non",
        "serious_illness"),
        ("jamais incarcéré", "criminal"), ("pas de violences", "violence_abuse"), ("n'a plus la CMU",
        "social_vulnerability"),
        ("pas d'allergie", "health_other"), ("n'est plus syndiqué", "politics_union"),
        ("dépistage VIH fait, nég", "hiv_sti"), ('"VIH -"', "hiv_sti"), ("VIH - VHB -", "hiv_sti"),
        ("ADN HPV non détecté", "hiv_sti"), ("TPE non retenu", "hiv_sti"), ("OH 0, T 12", "addiction"),
        ("plus un joint depuis mai", "addiction"), ("pas une goutte depuis Noël", "addiction"),
        ("ne jeûne plus", "religion"), ("rien de volontaire", "suicide"),
    ],
)  # fmt: skip
def test_negated(text: str, category: str) -> None:
    assert said(text) == {(category, "negated", "patient")}


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("VIH ?", "hiv_sti"), ("dépistage VIH", "hiv_sti"), ("sérologie VIH demandée", "hiv_sti"),
        ("suspicion de TDAH", "disability"), ("éliminer une grossesse", "pregnancy_fertility"),
        ("serait homosexuelle d'après sa mère", "sexual_life"), ("d'après sa mère elle est enceinte",
        "pregnancy_fertility"),
        ("selon le voisin, alcoolique", "addiction"), ("risque suicidaire", "suicide"), ("cancer probable",
        "serious_illness"),
        ("dépression possible", "psychiatric"), ("aurait fait de la prison", "criminal"), ("peut-être enceinte",
        "pregnancy_fertility"),
        ("violences suspectées", "violence_abuse"), ("sa mère pense qu'il se drogue", "addiction"),
        ("drogue, dixit la voisine", "addiction"), ("évoque une schizophrénie débutante", "psychiatric"),
        ("bipolarité à confirmer", "psychiatric"), ("test de grossesse", "pregnancy_fertility"),
        ("consultation génétique", "genetic"), ("refuse l'IVG", "pregnancy_fertility"),
        ("il paraît qu'elle est voilée", "religion"),
        ("bipolaire ??", "psychiatric"), ("dépression pas exclue", "psychiatric"), ("se prostituerait", "sexual_life"),
        ("SEP ? IRM prévue", "serious_illness"), ("caryotype demandé", "genetic"),
        ("OH ++ ?", "addiction"), ("la mère me dit que c'est la dépression qui recommence", "psychiatric"),
    ],
)  # fmt: skip
def test_supposed_or_heard(text: str, category: str) -> None:
    assert (category, "hypothetical", "patient") in said(text)
    assert not {item for item in said(text) if item[0] == category and item[1] == "asserted"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mère musulmane voilée", ("religion", "asserted", "relative")),
        ("frère schizophrène, toxicomane", ("addiction", "asserted", "relative")),
        ("cancer du sein chez sa mère", ("serious_illness", "asserted", "relative")),
        ("ATCD familiaux : cancer du côlon", ("serious_illness", "asserted", "relative")),
        ("suicide de son frère", ("suicide", "asserted", "relative")),
        ("fils en prison", ("criminal", "asserted", "relative")),
        ("mari alcoolique", ("addiction", "asserted", "relative")),
        ("cancer (père)", ("serious_illness", "asserted", "relative")),
        ("décès de sa mère par suicide", ("suicide", "asserted", "relative")),
        ("père : VIH ?", ("hiv_sti", "hypothetical", "relative")),
        ("sa fille n'est pas enceinte", ("pregnancy_fertility", "negated", "relative")),
        ("mère chiante", ("judgement", "asserted", "relative")),
        ("mère envahissante", ("judgement", "asserted", "relative")),
        ("battue par son mari alcoolique", ("addiction", "asserted", "relative")),
        ("grand-mère victime de violences", ("violence_abuse", "asserted", "relative")),
        ("s'occupe de son père Alzheimer", ("serious_illness", "asserted", "relative")),
        ("belle-sœur trisomique", ("genetic", "asserted", "relative")),
        ("amputation de jambe aussi chez le cousin", ("disability", "asserted", "relative")),
        ("hép C chronique peut-être chez la tante", ("hiv_sti", "hypothetical", "relative")),
        ("selon la voisine sa sœur serait repartie en HP", ("psychiatric", "hypothetical", "relative")),
        ("fils a été placé", ("violence_abuse", "asserted", "relative")),
        ("son mari a une maîtresse", ("sexual_life", "asserted", "relative")),
    ],
)
def test_about_a_relative(text: str, expected: tuple[str, str, str]) -> None:
    category = expected[0]
    assert {item for item in said(text) if item[0] == category} == {expected}


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("vit avec sa mère, dépressive", "psychiatric"), ("mère de 3 enfants, dépressive", "psychiatric"),
        ("dépressive depuis le décès de sa mère", "psychiatric"), ("battue par son père", "violence_abuse"),
        ("accompagnée par sa sœur, patiente sourde", "disability"), ("mère porteuse", "pregnancy_fertility"),
        ("jeune fille enceinte", "pregnancy_fertility"), ("famille turque", "ethnic_origin"),
        ("reste de déchirure du jumeau interne", "health_other"), ("battue par son ex", "violence_abuse"),
        ("mère décédée, dépression depuis", "psychiatric"), ("homosexuel, sa mère ne le sait pas", "sexual_life"),
    ],
)  # fmt: skip
def test_relatives_named_around_who_are_not_described(text: str, category: str) -> None:
    assert (category, "asserted", "patient") in said(text)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("VIH non traité", "hiv_sti"), ("ne pas parler du VIH devant sa mère", "hiv_sti"),
        ("alcoolique non sevré", "addiction"), ("bipolaire, pas de suivi", "psychiatric"),
        ("sa famille n'est pas au courant de la séropositivité", "hiv_sti"),
        ("schizophrène non observant", "psychiatric"), ("demandeur d'asile - rdv non honoré", "ethnic_origin"),
        ("idées suicidaires - téléphone à vérifier", "suicide"), ("encarté au PS / rdv non honoré",
        "politics_union"), ("refuse toute transfusion, témoin de Jéhovah", "religion"),
        ("anapath : mélanome 0,8 mm", "serious_illness"), ("retrait de permis", "criminal"),
        ("pas de fracture à la radio, entorse", "health_other"),
    ],
)  # fmt: skip
def test_negations_of_something_else(text: str, category: str) -> None:
    assert (category, "asserted", "patient") in said(text)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("TS 4 min, TCA normal", "suicide"), ("temps de saignement allongé", "suicide"), ("TS, TP, TCA à faire",
        "suicide"),
        ("prend ts les jours", "suicide"), ("25-OH vit D basse", "addiction"), ("25 OH D3", "addiction"),
        ("17-OH progestérone", "addiction"), ("alcool à 70°", "addiction"), ("gel hydroalcoolique", "addiction"),
        ("sevrage ventilatoire", "addiction"), ("cure thermale à Dax", "addiction"),
        ("poussée d'IVG, OAP", "pregnancy_fertility"), ("insuffisance ventriculaire gauche (IVG)",
        "pregnancy_fertility"),
        ("travaille chez Renault SA", "pregnancy_fertility"), ("dans l'enceinte de l'hôpital", "pregnancy_fertility"),
        ("2 amp par jour", "pregnancy_fertility"), ("violet de gentiane", "violence_abuse"),
        ("douleur violente", "violence_abuse"), ("coup de soleil", "violence_abuse"), ("joue du violon",
        "violence_abuse"),
        ("adresse IP 10.0.0.1", "violence_abuse"), ("syndicat de copropriété", "politics_union"),
        ("syndicat d'initiative", "politics_union"), ("arrêt de travail 3 jours", "criminal"),
        ("arrêt maladie", "criminal"), ("gardien de prison", "criminal"), ("porte condamnée", "criminal"),
        ("s'est fait cambrioler", "criminal"), ("rue de l'Église", "religion"), ("12 place des Juifs", "religion"),
        ("allergie au porc", "religion"), ("fait de la voile", "religion"), ("lycée catholique", "religion"),
        ("sportif pratiquant", "religion"), ("voir le Dr Juif", "religion"), ("vaccin hépatite B", "hiv_sti"),
        ("toxo séropositive", "hiv_sti"), ("psychomotricienne", "psychiatric"), ("dépression du segment ST",
        "psychiatric"),
        ("dépression atmosphérique", "psychiatric"), ("pile au lithium", "psychiatric"), ("HP pylori +", "psychiatric"),
        ("Mme GAY", "sexual_life"), ("hormonothérapie pour cancer du sein", "sexual_life"), ("CD-ROM", "ethnic_origin"),
        ("voyage en Afrique", "ethnic_origin"), ("bain turc", "ethnic_origin"), ("âme sœur", "ethnic_origin"),
        ("demande de mutation", "genetic"), ("place handicapé", "disability"), ("douleur sourde", "disability"),
        ("essai en double aveugle", "disability"), ("terminal de paiement", "serious_illness"),
        ("ligue contre le cancer", "serious_illness"), ("assurance maladie", "health_other"),
        ("manipulateur radio", "judgement"), ("veine difficile", "judgement"), ("douleur insupportable", "judgement"),
        ("clé RSA", "social_vulnerability"), ("rdv le 12 sep 2021", "serious_illness"),
        ("condamné pour violences", "violence_abuse"),
    ],
)  # fmt: skip
def test_traps(text: str, category: str) -> None:
    assert category not in {item[0] for item in said(text)}


@pytest.mark.parametrize(
    "text",
    ["", " ", "RAS", "appeler après 18h", "carte vitale à jour", "a déménagé rue des Lilas", "préfère le matin", "???",
     "pas de rendez-vous le mercredi", "code portail 1234A", "12/05/2020", "mutuelle à jour", "parents séparés"],
)  # fmt: skip
def test_clean(text: str) -> None:
    assert said(text) == set()


def test_the_notes_the_press_quoted() -> None:
    assert said("catholique non pratiquante car ses 2 frères se sont suicidés") == {
        ("religion", "asserted", "patient"),
        ("suicide", "asserted", "relative"),
    }
    assert said("serait homosexuelle d'après sa mère") == {("sexual_life", "hypothetical", "patient")}


def test_places_are_those_of_the_note_and_the_cue_is_the_catalogues() -> None:
    text = "Sœur suivie ; patient SÉROPOSITIF"
    (found,) = next(iter(read_notes([text])))
    assert found == Finding("hiv_sti", "asserted", "patient", 22, 33, "seropo*")
    assert text[found.start : found.end] == "SÉROPOSITIF"


@pytest.mark.parametrize(
    "text",
    ["ATCD dépression", "TS en 1998", "ancien héroïnomane", "sevré depuis 2010", "cancer du sein il y a 10 ans",
     "IVG 2012", "ex toxicomane", "a fait de la prison", "était alcoolique", "violée dans l'enfance",
     "FCS l'an dernier", "séjour en HP dans les années 90"],
)  # fmt: skip
def test_what_was(text: str) -> None:
    (findings,) = read_notes([text])
    assert findings
    assert all(item.past and item.subject == "patient" for item in findings)


@pytest.mark.parametrize(
    "text",
    ["VIH depuis 2011", "séropo, le sait depuis 2004", "12/03/2015 : dépression", "ATCD familiaux : cancer",
     "enceinte, terme prévu mai 2020", "bipolaire", "alcoolique non sevré", "battue par son ex",
     "son ex la menace de mort"],
)  # fmt: skip
def test_what_is(text: str) -> None:
    (findings,) = read_notes([text])
    assert findings
    assert not any(item.past for item in findings)


@pytest.mark.parametrize(
    "text",
    ["abdomen souple, dépressible, indolore", "ventre depressible", "CRO en attente de frappe", "frappe du courrier",
     "frappe en cours au secrétariat"],
)  # fmt: skip
def test_a_belly_and_a_typist_disclose_nothing(text: str) -> None:
    assert said(text) == set()


# what a specialty, a trade or the street calls it: told, and by its side the same word where it tells nothing
TOLD = [
    ("hyphéma post-traumatique", "health_other"), ("orgelet à répétition", "health_other"),
    ("nodule sur une corde vocale", "health_other"), ("reprise carieuse sur 36", "health_other"),
    ("canine luxée", "health_other"), ("dlr tho depuis hier", "health_other"), ("hypoTA orthostatique", "health_other"),
    ("foie stéatosique", "health_other"), ("HP éradiqué", "health_other"), ("calcul expulsé ce matin, JJ retirée",
    "health_other"),
    ("fuites à l'effort, rééduc périnée", "health_other"), ("écharde sous l'ongle du pouce", "health_other"),
    ("genou comme un pamplemousse", "health_other"), ("arcade ouverte", "health_other"),
    ("dépression du ST en latéral", "health_other"), ("ferritine 9", "health_other"), ("BLSE", "health_other"),
    ("broches au poignet à retirer", "health_other"), ("piquée par une guêpe", "health_other"),
    ("trésorière de son parti", "politics_union"), ("a rendu son écharpe", "politics_union"),
    ("candidate sur liste citoyenne", "politics_union"), ("tractait au marché", "politics_union"),
    ("emporté par un crabe", "serious_illness"), ("passé en soins pall", "serious_illness"),
    ("rayons finis, sein gauche", "serious_illness"), ("sourd comme un pot", "disability"),
    ("jambe artificielle", "disability"), ("dort en cellule", "criminal"), ("perquisition au domicile", "criminal"),
    ("revend du shit", "criminal"), ("plants de cannabis", "criminal"), ("déféré ce matin", "criminal"),
    ("en permission ce soir, retour à la maison d'arrêt", "criminal"), ("pris en train de voler", "criminal"),
    ("enfant de la DDASS", "violence_abuse"), ("souffre-douleur de sa classe", "violence_abuse"),
    ("coups de ceinturon", "violence_abuse"), ("confisque son téléphone", "violence_abuse"),
    ("dort dans sa voiture", "social_vulnerability"), ("pas de quoi manger", "social_vulnerability"),
    ("trois hivers dehors", "social_vulnerability"), ("logement infesté", "social_vulnerability"),
    ("langue de vipère", "judgement"), ("sacré loustic", "judgement"), ("joue la diva", "judgement"),
]  # fmt: skip
NOT_TOLD = [
    ("descend du tracteur", "politics_union"), ("labos en grève jeudi", "politics_union"),
    ("syndicat interhospitalier", "politics_union"), ("rdv salle T21", "genetic"), ("gaucher contrarié", "genetic"),
    ("demi-frère consanguin", "genetic"), ("toux grasse, muco en sachets", "genetic"),
    ("pied de Charcot", "serious_illness"), ("venir avc son interprète", "serious_illness"),
    ("SLA du prestataire, ticket ouvert", "serious_illness"), ("lot de gants en fin de vie", "serious_illness"),
    ("n'entend pas arrêter", "disability"), ("doppler TSA", "disability"), ("surdité brusque", "disability"),
    ("écrou du vélo desserré", "criminal"), ("clé détenue par le cadre", "criminal"), ("26 condamnée", "criminal"),
    ("bénévole : extrait de casier judiciaire", "criminal"), ("sent les coups du bébé", "violence_abuse"),
    ("frappe au but", "violence_abuse"), ("main courante descellée", "violence_abuse"),
    ("séquestre osseux", "violence_abuse"), ("tuteur de stage", "social_vulnerability"),
    ("douleur isolée", "social_vulnerability"), ("autorité de tutelle", "social_vulnerability"),
    ("dette d'heures", "social_vulnerability"), ("polype à l'hystéro", "judgement"),
    ("boulets de charbon", "judgement"),
    ("la borne vitale est en panne", "judgement"), ("comédienne en tournée", "judgement"),
    ("coupure de courant", "health_other"), ("vitre fracturée", "health_other"), ("anticorps rougeole",
    "health_other"),
    ("brin de muguet du 1er mai", "health_other"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "category"), TOLD)
def test_what_other_words_tell(text: str, category: str) -> None:
    assert category in {item[0] for item in said(text)}


@pytest.mark.parametrize(("text", "category"), NOT_TOLD)
def test_where_the_same_words_tell_nothing(text: str, category: str) -> None:
    assert category not in {item[0] for item in said(text)}
