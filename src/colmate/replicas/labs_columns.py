"""The columns of ``labs-2021``: header, semantic type, role, and how each becomes text.

Headers are invented in the style of laboratory software: short, French, some of them lying a little.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from colmate.replicas import labs_cells as cells
from colmate.replicas import labs_codes as codes
from colmate.replicas.labs_cells import HEALTH, Slice
from colmate.replicas.labs_plan import TITLES
from colmate.replicas.population import MALE
from colmate.replicas.render import blank, choose, day, digits, join, take
from colmate.replicas.tables import places

__all__ = ["COLUMNS", "Column"]


@dataclass(frozen=True)
class Column:
    """One column; ``accept`` are other semantic types that a careful reader could give it."""

    name: str
    semantic_type: str
    role: str | None
    render: Callable[[Slice], pa.Array]
    accept: tuple[str, ...] = ()


OPERATORS = ["AL", "MC", "JB", "SLG", "CD", "FT", "PG", "NM", "VB", "EK", "ADM"]
AMC = [f"{56 + i % 9 * 4:02d}{100_200 + 731 * i:06d}" for i in range(32)]
SCHEMES = ["01"] * 17 + ["02", "08", "91"]
CENTRES = ["0000", "0100", "0200", "4010", "5012", "9900"]
INSURERS = HEALTH["insurers"]["names"]
CODE = ("code", "number")


def _dossier(s: Slice) -> pa.Array:
    return digits(np.arange(s.start, s.stop) * 3 + 1_000_000, 9)


def _local(s: Slice) -> pa.Array:
    """Every return makes a new file, so the local number does not tell who came back."""
    return join("P", digits(s.lab, 2), digits(np.arange(s.start, s.stop) * 7_919 % 999_983, 6))


def _sex(s: Slice) -> pa.Array:
    return blank(choose(s.plan.people.sex[s.patient] == MALE, "M", "F"), s.real & (s.dice < 0.997))


def _birth_rank(s: Slice) -> pa.Array:
    second = s.plan.people.twin[s.patient] & (s.plan.people.slot[s.patient] == 3)
    return s.real_only(choose(second, "2", "1"))


def _country(s: Slice) -> pa.Array:
    return blank(choose(s.dice < 0.4, "FRANCE", "FR"), s.real & (s.dice < 0.55))


def _specialty(s: Slice) -> pa.Array:
    return take(pa.array(list(HEALTH["specialties"])), s.plan.doctors.specialty[s.doctor])


def _edited(s: Slice) -> pa.Array:
    return day(s.plan.care[s.cut] + (s.dice * 3).astype(np.int64))


def _where(s: Slice) -> pa.Array:
    return codes.words((s.dice * 100).astype(np.int64), ["LABO"] * 7 + ["DOM", "DOM", "CLIN"])


def _operator(s: Slice) -> pa.Array:
    return codes.words(s.lab * 3 + (s.dice * 10).astype(np.int64) % 5, OPERATORS)


COLUMNS: tuple[Column, ...] = (
    Column("LABO", "organisation_name", None, lambda s: take(pa.array(s.plan.labs), s.lab)),
    Column("FINESS_LAB", "finess", None, lambda s: codes.finess(s.lab)),
    Column("NUM_DOSS", "record_id", "patient", _dossier, ("stay_id", "patient_id", *CODE)),
    Column("NUM_PAT", "patient_id", "patient", _local, ("record_id", *CODE)),
    Column("CIVIL", "title", "patient", lambda s: take(pa.array(TITLES), s.title)),
    Column("NOM_PAT", "used_name", "patient", lambda s: s.name, ("last_name", "birth_name")),
    Column("NOM_JF", "birth_name", "patient", cells.born_name, ("last_name",)),
    Column("PREN", "first_name", "patient", lambda s: s.first),
    Column("DT_NAISS", "birth_date", "patient", cells.birth),
    Column("SEXE", "sex", "patient", _sex),
    Column("RG_NAISS", "family_rank", "patient", _birth_rank, CODE),
    Column("ADR1", "address", "patient", cells.street),
    Column("ADR2", "address", "patient", cells.complement, ("free_text",)),
    Column("CP", "postcode", "patient", lambda s: s.real_only(take(places().postcode, s.commune))),
    Column("VILLE", "city", "patient", lambda s: s.real_only(take(places().name, s.commune))),
    Column("PAYS", "country", "patient", _country),
    Column("TEL1", "phone", "patient", lambda s: cells.phone(s, "landline")),
    Column("TEL_PORT", "phone", "patient", lambda s: cells.phone(s, "mobile")),
    Column("MAIL", "email", "patient", cells.mail),
    Column("NUM_SECU", "nir", "patient", cells.number),
    Column("RANG_BENEF", "family_rank", "patient", cells.rank, CODE),
    Column("QUAL", "code", "patient", codes.quality, ("number", "family_rank", "entitlement")),
    Column("ASS_NOM", "last_name", "insured", lambda s: codes.holder(s, "name"), ("used_name",)),
    Column("ASS_PREN", "first_name", "insured", lambda s: codes.holder(s, "first")),
    Column("ASS_DTN", "birth_date", "insured", lambda s: codes.holder(s, "birth")),
    Column("REGIME", "insurance_body", "patient", codes.some("insured", 1, SCHEMES, 0.9), CODE),
    Column("CAISSE", "insurance_body", "patient", lambda s: codes.fund(s, 0), CODE),
    Column("CENTRE", "insurance_body", "patient", codes.some("insured", 1, CENTRES, 0.7), CODE),
    Column("LIB_CAISSE", "insurance_body", "patient", lambda s: codes.fund(s, 1), ("insurer", "organisation_name")),
    Column("EXO", "entitlement", "patient", codes.some("patient", 7, ["0"] * 14 + ["4"] * 4 + ["5", "9"], 0.85), CODE),
    Column("ALD", "entitlement", "patient", codes.flag(0.17, 1), ("boolean",)),
    Column("MUTUELLE", "insurer", "patient", codes.some("insured", 13, INSURERS, 0.55), ("organisation_name",)),
    Column("NUM_AMC", "insurer", "patient", codes.some("insured", 13, AMC, 0.45), ("insurance_body", *CODE)),
    Column("NUM_ADH", "insurer_member_id", "patient", codes.member, CODE),
    Column("DT_FIN_DR", "date", "patient", codes.end_of_rights),
    Column("MED_NOM", "professional_name", "professional", lambda s: codes.doctor(s, "name"), ("last_name",)),
    Column("MED_PREN", "first_name", "professional", lambda s: codes.doctor(s, "first"), ("professional_name",)),
    Column("MED_RPPS", "rpps", "professional", lambda s: codes.doctor(s, "rpps")),
    Column("MED_SPE", "specialty", "professional", _specialty),
    Column("MED_ADR", "address", "professional", lambda s: codes.doctor(s, "address")),
    Column("MED_CP", "postcode", "professional", lambda s: take(places().postcode, s.plan.doctors.commune[s.doctor])),
    Column("MED_VILLE", "city", "professional", lambda s: take(places().name, s.plan.doctors.commune[s.doctor])),
    Column("MED_TEL", "phone", "professional", lambda s: codes.doctor(s, "phone")),
    Column("MED_MAIL", "email", "professional", lambda s: codes.doctor(s, "mail")),
    Column("PRELEV", "professional_name", "professional", codes.sampler, ("full_name",)),
    Column("DT_PRELEV", "care_date", None, lambda s: day(s.plan.care[s.cut])),
    Column("DT_EDIT", "date", None, _edited, ("care_date", "timestamp")),
    Column("LIEU_PREL", "code", None, _where),
    Column("URGENT", "boolean", None, codes.flag(0.06, 2)),
    Column("GRP_SANG", "blood_group", "patient", codes.blood),
    Column("COMMENT1", "free_text", "patient", lambda s: codes.note(s, 0)),
    Column("COMMENT2", "free_text", "patient", lambda s: codes.note(s, 1)),
    Column("LOGIN", "login", "account", codes.login, ("code",)),
    Column("MDP", "password", "account", codes.password),
    Column("ENVOI_WEB", "boolean", None, lambda s: choose(s.fill("login"), "O", "N")),
    Column("ENVOI_MED", "boolean", None, codes.flag(0.9, 3)),
    Column("NB_DOSS", "number", None, lambda s: codes.plain_number(1 + (s.patient * 7_919 % 1000) ** 2 // 60_000)),
    Column("SOLDE", "number", "patient", codes.amount),
    Column("COD_TARIF", "code", None, lambda s: codes.words(s.lab + s.patient % 3, ["T1", "T2", "T3", "TC"])),
    Column("OP_SAISIE", "code", None, _operator),
    Column("TOP_FUSION", "empty", None, lambda s: pa.repeat("", s.stop - s.start)),
)  # fmt: skip
