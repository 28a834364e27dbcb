"""An invented report with figures like those published about the laboratories' leak of 2021."""

from __future__ import annotations

from typing import Any

import pytest

from colmate.model import Report


def _months() -> dict[str, int]:
    """69 months, January 2015 to October 2020 without April 2016: a slow growth with a summer hollow."""
    keys = [f"{year}-{month:02d}" for year in range(2015, 2021) for month in range(1, 13)][:70]
    season = [1.1, 1.0, 1.08, 0.98, 0.95, 1.0, 0.86, 0.62, 1.05, 1.12, 1.06, 0.97]
    counts = {key: int((4200 + 78 * index) * season[index % 12]) for index, key in enumerate(keys)}
    del counts["2016-04"]
    return counts


COLUMNS: list[tuple[str, str, str | None, int, int, int]] = [
    ("ID_PAT", "patient_id", "patient", 491_835, 491_835, 479_911),
    ("NUM_SECU", "nir", "patient", 489_838, 489_701, 478_000),
    ("NOM", "last_name", "patient", 491_802, 491_802, 98_431),
    ("NOM_JF", "birth_name", "patient", 214_377, 214_377, 71_002),
    ("PRENOM", "first_name", "patient", 491_688, 491_688, 14_209),
    ("CIV", "title", "patient", 490_112, 490_112, 8),
    ("DT_NAIS", "birth_date", "patient", 491_520, 491_166, 33_870),
    ("ADR1", "address", "patient", 470_233, 470_233, 391_008),
    ("CP", "postcode", "patient", 472_001, 471_880, 5_902),
    ("VILLE", "city", "patient", 472_644, 472_644, 11_320),
    ("TEL", "phone", "patient", 270_569, 268_114, 231_405),
    ("TEL_P", "phone", "patient", 159_591, 159_020, 141_877),
    ("MAIL", "email", "patient", 55_738, 55_611, 52_930),
    ("LOGIN", "login", "account", 401_220, 401_220, 398_114),
    ("MDP", "password", "account", 14_997, 14_997, 14_802),
    ("DT_PREL", "care_date", "patient", 488_316, 488_316, 2_121),
    ("GR_SANG", "blood_group", "patient", 61_004, 60_997, 8),
    ("MEDECIN", "professional_name", "professional", 455_108, 455_108, 9_412),
    ("CP_MED", "postcode", "professional", 451_770, 451_433, 1_204),
    ("MUTUELLE", "insurer", "insured", 322_871, 322_871, 640),
    ("COMM1", "free_text", "patient", 41_220, 41_220, 29_733),
    ("COMM2", "free_text", "patient", 9_874, 9_874, 8_120),
    ("LABO", "organisation_name", None, 491_835, 491_835, 28),
    ("ZZ_09", "empty", None, 0, 0, 0),
]

SPECIAL: list[tuple[str, str | None, int, int, int, int, int, list[str]]] = [
    ("serious_illness", "9", 3_912, 4_105, 611, 288, 140, ["free_text"]),
    ("pregnancy_fertility", "9", 2_480, 2_733, 95, 160, 22, ["free_text"]),
    ("hiv_sti", "9", 901, 914, 1_204, 318, 15, ["free_text", "lab_test"]),
    ("disability", "9", 655, 670, 12, 8, 31, ["free_text"]),
    ("psychiatric", "9", 402, 415, 28, 51, 19, ["free_text"]),
    ("genetic", "9", 88, 91, 40, 77, 63, ["free_text"]),
    ("criminal", "10", 7, 7, 0, 1, 2, ["free_text"]),
    ("judgement", None, 63, 66, 0, 0, 1, ["free_text"]),
]

EXPOSURE: list[tuple[str, str, int, int]] = [
    ("last_name", "civil_status", 480_081, 491_802),
    ("first_name", "civil_status", 480_019, 491_688),
    ("birth_date", "civil_status", 479_733, 491_166),
    ("birth_name", "civil_status", 209_870, 214_377),
    ("nir", "nir", 478_033, 489_701),
    ("address", "contact", 459_612, 470_233),
    ("postcode", "contact", 461_190, 471_880),
    ("phone", "contact", 352_907, 361_114),
    ("email", "contact", 54_621, 55_611),
    ("login", "access", 391_470, 401_220),
    ("password", "access", 14_702, 14_997),
    ("insurer", "financial", 315_209, 322_871),
    ("care_date", "health", 476_420, 488_316),
    ("blood_group", "health", 59_606, 60_997),
    ("free_text", "health", 47_811, 49_960),
    ("patient_id", "", 480_123, 491_835),
]


def sample() -> dict[str, Any]:
    """The report as a document, for tests that change a part of it."""
    departments = {"56": 172_844, "45": 105_627, "27": 98_410, "22": 29_288, "35": 28_110, "41": 15_006}
    departments |= {"28": 4_870, "44": 3_911, "29": 3_120, "75": 902, "72": 640, "18": 511, "76": 488, "974": 37}
    departments |= {"2A": 12, "2B": 9, "971": 21, "99": 46, "unknown": 16_271}
    decades = {"1910": 320, "1920": 14_205, "1930": 41_880, "1940": 69_377, "1950": 77_016, "1960": 71_350}
    decades |= {"1970": 62_918, "1980": 63_540, "1990": 44_207, "2000": 20_116, "2010": 14_804, "unknown": 390}
    return {
        "schema": "colmate-report/1",
        "case": {
            "id": "2026-11-21-labo-7f3a",
            "title": "Laboratoires de biologie, fichier mis en vente",
            "created": "2026-11-21T21:52:00Z",
            "colmate": "0.1.0",
            "engine": "duckdb",
        },
        "evidence": [
            {
                "name": "export_patients.csv",
                "sha256": "9c1185a5c5e9fc54612808977ee8f548b2258d31f4c5a2b6fb4cfbf3b5f2a1d0",
                "bytes": 214_880_417,
                "format": "csv",
                "encoding": "cp1252",
                "dialect": {"delimiter": ";", "quote": '"', "escape": '"', "header": True},
                "records_found": 491_840,
                "records_read": 491_835,
                "records_rejected": 5,
                "bytes_accounted": 214_880_417,
                "member_of": None,
                "notes": ["padded:38", "nul_bytes:2", "a note in words"],
                "reject_reasons": {"too_many_fields": 4, "unclosed_quote": 1},
            }
        ],
        "tables": [
            {
                "name": "export_patients",
                "evidence": "export_patients.csv",
                "records": 491_835,
                "duplicates": 214,
                "columns": [
                    {
                        "name": name,
                        "position": position,
                        "semantic_type": kind,
                        "role": role,
                        "confidence": 0.99 if filled else 1.0,
                        "filled": filled,
                        "valid": valid,
                        "distinct": distinct,
                    }
                    for position, (name, kind, role, filled, valid, distinct) in enumerate(COLUMNS, 1)
                ],
                "keys": [{"column": "ID_PAT", "references": None}],
            }
        ],
        "records": {"found": 491_840, "read": 491_835, "rejected": 5, "duplicates": 214},
        "persons": {
            "count": 480_123,
            "interval": [479_791, 480_502],
            "by_role": {"patient": 478_960, "professional": 1_140, "relative": 23},
            "by_role_interval": {"patient": [478_630, 479_340], "relative": [21, 24]},
            "minors": 13_478,
            "deceased": 265,
            "test_records": 12,
            "insufficient_records": 31,
            "conflicts": {"two_numbers": 41, "weak_link": 1203},
            "reachable_by": {"email": 54_621, "mobile": 155_330, "post": 459_612, "none": 9_044},
            "by_department": departments,
            "by_birth_decade": decades,
            "by_sex": {"F": 276_991, "M": 202_804, "unknown": 328},
            "method": ["Fellegi-Sunter linkage on civil identity, identifiers and contact details."],
        },
        "period": {"first": "2015-01-05", "last": "2020-10-30", "by_month": _months()},
        "exposure": [
            {"semantic_type": kind, "category": category, "persons": persons, "records": records}
            for kind, category, persons, records in EXPOSURE
        ],
        "special_categories": [
            {
                "category": category,
                "article": article,
                "persons": persons,
                "asserted": asserted,
                "negated": negated,
                "hypothetical": hypothetical,
                "about_relatives": relatives,
                "interval": [persons - 7, persons + 9],
                "from": sources,
            }
            for category, article, persons, asserted, negated, hypothetical, relatives, sources in SPECIAL
        ],
        "relatives": {
            "at_least": 1_204,
            "at_most": 1_377,
            "patients": 1_150,
            "held": 312,
            "by_kin": {"mother": 611, "brother": 404, "family": 188},
            "by_category": {"serious_illness": 702, "addiction": 391},
            "method": [
                "Relatives of whom notes tell are counted by patient and kind of kin; a note is no record of "
                "theirs and adds to no count of persons.",
            ],
        },
        "severity": {
            "method": "enisa-2013",
            "persons": {"low": 0, "medium": 412, "high": 1_106, "very_high": 478_605},
            "case": {"dpc": 4, "ei": 1.0, "cb": 1.0, "score": 5.0, "band": "very_high"},
            "assumptions": [
                "The controllers are laboratories: being in the file says that a person had blood tests (DPC +2).",
                "The file was offered for sale: unknown recipients (+0.5) and malicious intent (+0.5).",
            ],
            "notify_authority": True,
            "notify_persons": True,
        },
        "harms": [
            {"harm": "targeted_phishing", "persons": 470_008, "because": ["email", "phone", "professional_name"]},
            {"harm": "identity_theft", "persons": 477_905, "because": ["nir", "birth_date", "last_name"]},
            {"harm": "account_takeover", "persons": 14_702, "because": ["login", "password"]},
            {"harm": "blackmail", "persons": 7_940, "because": ["hiv_sti", "psychiatric", "pregnancy_fertility"]},
            {"harm": "discrimination", "persons": 8_260, "because": ["serious_illness", "disability"]},
        ],
        "controllers": [
            {
                "label": f"LABO-{number:02d}",
                "records": 41_000 - 1_263 * number,
                "persons": 40_100 - 1_240 * number,
                "special_category_persons": 760 - 23 * number,
                "interval": [40_090 - 1_240 * number, 40_130 - 1_240 * number],
            }
            for number in range(1, 29)
        ],
        "authenticity": {
            "verdict": "consistent",
            "tests": [{"test": "nir_key", "passed": 0.9997, "of": 489_838, "log_likelihood_ratio": 12.3}],
        },
        "origin": None,
        "timings": {"intake": 3.1, "columns": 1.2, "subjects": 8.04, "notes": 5.0, "exposure": 1.0, "report": 0.8},
    }


@pytest.fixture
def document() -> dict[str, Any]:
    """The sample as a document of its own."""
    return sample()


@pytest.fixture
def report(document: dict[str, Any]) -> Report:
    """The sample."""
    return Report.model_validate(document)
