"""Small invented leaks of several tables that belong together: a database's tables, a file each, with known truth."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from tests import leaks

PATIENTS = 60
DOCTORS = 4
# every third patient has one stay more
STAYS = PATIENTS + PATIENTS // 3
MINED = 97  # numbers begin here, so that no two tables count alike

Cells = Sequence[object]


def write(folder: Path, name: str, header: Sequence[str], rows: Sequence[Cells]) -> Path:
    """Write one table as delimited text and return its path."""
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, delimiter=";").writerows([header, *rows])
    return path


def rpps(number: int) -> str:
    """Return an invented RPPS number with its right key (Luhn)."""
    body = f"1000{number:06}"
    doubled = [int(figure) * (2 if place % 2 == 0 else 1) for place, figure in enumerate(reversed(body))]
    return body + str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def stay_patient(stay: int) -> int:
    """Return the place of the patient whose stay this is."""
    return stay if stay < PATIENTS else (stay - PATIENTS) * 3


def clinic(folder: Path) -> list[Path]:
    """Write a clinic's database: patients, stays, results two references away, doctors, contacts, users, notes."""
    folder.mkdir(parents=True, exist_ok=True)
    people = [leaks.row(number) for number in range(PATIENTS)]
    patients = [
        [MINED + n, *person[:9], n % DOCTORS + 1] for n, person in enumerate(people)
    ]  # fmt: skip
    header = ["id", *leaks.HEADER[:9], "medecin_id"]
    made = [write(folder, "patients", header, patients)]
    doctors = [[n + 1, name, first, rpps(n), speciality, f"019900{n:04}"] for n, (name, first, speciality) in enumerate(
        [("MERCADIER", "HELENE", "cardiologie"), ("TRONCHET", "PIERRE", "médecine générale"),
         ("VALADIER", "CLAIRE", "psychiatrie"), ("ROUSSELOT", "DENIS", "oncologie")])]  # fmt: skip
    made.append(write(folder, "medecins", ["id", "nom", "prenom", "rpps", "specialite", "telephone"], doctors))
    stays = [
        [5000 + s, MINED + stay_patient(s), s % DOCTORS + 1, f"2023-{s % 12 + 1:02}-{s % 27 + 1:02}", f"U{s % 7:02}"]
        for s in range(STAYS)
    ]
    made.append(write(folder, "sejours", ["id", "patient_id", "medecin_id", "date_entree", "unite"], stays))
    results = [
        [20_000 + 2 * s + k, 5000 + s, code, result]
        for s in range(STAYS)
        for k, (code, result) in enumerate([("718-7", f"{11 + s % 5}.{s % 10}"), ("2345-7", f"{4 + s % 3}.{s % 10}")])
    ]
    made.append(write(folder, "resultats", ["id", "sejour_id", "code_loinc", "resultat"], results))
    # the first ten stays have a diagnosis that shames: ten patients, two references away
    diagnoses = [[n + 1, 5000 + n, "F20.0" if n < 10 else "I10"] for n in range(40)]
    made.append(write(folder, "diagnostics", ["id", "sejour_id", "code_cim10"], diagnoses))
    notes = [
        [n + 1, MINED + n, "Patiente enceinte de trois mois, suivi prévu." if n % 4 == 0 else "Rappeler avant 10 h."]
        for n in range(40)
    ]
    made.append(write(folder, "observations", ["id", "patient_id", "texte"], notes))
    contacts = [
        [n + 1, MINED + n * 2, people[n * 2][0], first, f"06399{80_000 + n:05}", link]
        for n, (first, link) in enumerate(
            [("MARCEL", "père"), ("ODILE", "mère"), ("YVON", "conjoint"), ("GERMAINE", "mère"), ("LUCETTE", "soeur")]
        )
    ]
    made.append(write(folder, "contacts", ["id", "patient_id", "nom", "prenom", "telephone", "lien"], contacts))
    users = [
        [1, "hmercadier", "5f4dcc3b5aa765d61d8327deb882cf99", "h.mercadier@example.fr"],
        [2, "accueil1", "0cc175b9c0f1b6a831c399e269772661", "accueil1@example.fr"],
        [3, "compta", "92eb5ffee6ae2fec3ad71c777531578f", "compta@example.fr"],
    ]
    made.append(write(folder, "utilisateurs", ["id", "login", "mot_de_passe", "email"], users))
    bills = [[n + 1, 5000 + n, f"{23 + n % 9}.50", f"2023-{n % 12 + 1:02}-28"] for n in range(STAYS)]
    made.append(write(folder, "factures", ["id", "sejour_id", "montant", "date_facture"], bills))
    return made + nomenclatures(folder)


def nomenclatures(folder: Path) -> list[Path]:
    """Write tables about nobody: towns, drugs, insurers, establishments, given names, parameters, a log of numbers."""
    towns = [[f"{56000 + n}", town, f"{56000 + n // 3 * 10}"] for n, town in enumerate(
        ["VANNES", "LORIENT", "AURAY", "PONTIVY", "HENNEBONT", "PLOEMEUR", "GUIDEL",
         "QUIBERON", "SARZEAU", "SENE"])]  # fmt: skip
    drugs = [["3400930000120", "DOLIPRANE 500 mg, comprimé"], ["3400932000009", "KARDEGIC 75 mg, poudre"],
             ["3400935000013", "AMOXICILLINE 1 g, comprimé"], ["3400936000012", "LEVOTHYROX 50 µg"]]  # fmt: skip
    insurers = [[f"01{n}", f"CPAM {town}", f"{n + 1} rue de la Gare", f"{56000 + n * 100}", town, f"02990{n:05}"]
                for n, town in enumerate(["VANNES", "LORIENT", "BREST", "QUIMPER", "RENNES"])]  # fmt: skip
    sites = [[f"560000{n:03}", name, f"{n + 3} avenue Foch", "56000", "VANNES", f"029911{n:04}", f"{word}@example.fr"]
             for n, (name, word) in enumerate([("CLINIQUE OCEANE", "accueil"), ("CENTRE HOSPITALIER DE VANNES", "dir"),
                                               ("LABORATOIRE DU GOLFE", "labo"),
                                               ("EHPAD LES PINS", "ehpad")])]  # fmt: skip
    names = [[first, "MF"[n % 2], 1000 + n * 37] for n, first in enumerate(
        ["MARIE", "JEAN", "JEANNE", "PIERRE", "SOLENE", "LOIC", "AGATHE", "KARIM", "NADIA", "BAPTISTE",
         "ODILE", "YVON"])]  # fmt: skip
    settings = [
        ["version", "4.2.1"],
        ["langue", "fr"],
        ["mode_test", "0"],
        ["delai_session", "900"],
        ["theme", "clair"],
    ]
    log = [[n, f"2023-05-{n % 27 + 1:02} 10:{n % 60:02}:00", n * 3 % 100, "UPDATE"] for n in range(1, 60)]
    return [
        write(folder, "communes", ["code_insee", "nom", "code_postal"], towns),
        write(folder, "medicaments", ["cip", "libelle"], drugs),
        write(folder, "organismes", ["code", "nom", "adresse", "code_postal", "ville", "telephone"], insurers),
        write(folder, "etablissements",
              ["finess", "raison_sociale", "adresse", "code_postal", "ville", "telephone", "email"], sites),
        write(folder, "prenoms", ["prenom", "sexe", "nombre"], names),
        write(folder, "parametres", ["cle", "valeur"], settings),
        write(folder, "journal", ["id", "horodatage", "ligne", "action"], log),
    ]  # fmt: skip
