"""The naming systems of identifiers and codes, and what FHIR and FR Core say a value under each of them is.

Sources: HL7 FHIR R4, https://hl7.org/fhir/R4/identifier-registry.html and terminologies-systems.html; FR Core 2.1
(hl7.fr/ig/fhir/core); the OIDs of the agency for digital health (1.2.250.1.213, 1.2.250.1.71).
"""

from __future__ import annotations

from typing import Any, Final

__all__ = ["INS", "code_kind", "identifier_column"]

INS: Final = "1.2.250.1.213.1.4."
# by naming system, then by the type that the identifier has (HL7 v2-0203 and the French fr-core-cs-v2-0203)
SYSTEMS: Final = {
    "1.2.250.1.213.1.4.8": "nir",
    "1.2.250.1.213.1.4.9": "nir",
    "1.2.250.1.213.1.4.10": "nir",
    "1.2.250.1.213.1.4.11": "nir",
    "1.2.250.1.213.1.4.2": "ins_c",
    "1.2.250.1.71.4.2.1": "national_id",
    "1.2.250.1.71.4.2.2": "structure_id",
    "https://annuaire.sante.fr": "rpps",
    "https://rpps.esante.gouv.fr": "rpps",
    "http://rpps.esante.gouv.fr": "rpps",
    "https://finess.esante.gouv.fr": "finess",
    "http://finess.esante.gouv.fr": "finess",
    "https://sirene.fr": "siret",
    "http://sirene.fr": "siret",
}
TYPES: Final = {
    "INS-NIR": "nir",
    "INS-NIA": "nir",
    "INS-C": "ins_c",
    "NH": "nss",
    "PI": "ipp",
    "MR": "ipp",
    "RPPS": "rpps",
    "ADELI": "adeli",
    "IDNPS": "national_id",
    "FINEJ": "finess",
    "FINEG": "finess",
    "FINESS": "finess",
    "SIREN": "siren",
    "SIRET": "siret",
    "SIRE": "siren",
    "PPN": "passport_number",
    "NI": "national_identifier",
    "SS": "social_security_number",
    "DL": "driving_licence",
    "TAX": "tax_number",
    "MB": "insurer_member_id",
    "SN": "insurer_member_id",
    "VN": "stay_id",
    "AN": "account_number",
}
CODES: Final = (
    ("loinc", ("loinc.org", "2.16.840.1.113883.6.1")),
    ("icd10", ("icd-10", "icd10", "cim-10", "cim10", "2.16.840.1.113883.6.3", "2.16.840.1.113883.6.90")),
    ("atc", ("whocc.no/atc", "terminologie-atc", "2.16.840.1.113883.6.73")),
    ("cip", ("/cip", "1.2.250.1.213.2.3.1", "2.16.840.1.113883.3.1937.777.15")),
    ("ccam", ("ccam", "1.2.250.1.213.2.5")),
    ("snomed", ("snomed.info/sct", "2.16.840.1.113883.6.96")),
)
_kinds: dict[str, str] = {}


def identifier_column(identifier: dict[str, Any]) -> str:
    """Return the column for an identifier: by its system's OID or URL, else by its type, else "identifier"."""
    system = identifier.get("system")
    if isinstance(system, str):
        known = SYSTEMS.get(system.removeprefix("urn:oid:").rstrip("/"))
        if known:
            return known
    kind = identifier.get("type")
    codings = kind.get("coding") if isinstance(kind, dict) else None
    for coding in codings if isinstance(codings, list) else ():
        code = coding.get("code") if isinstance(coding, dict) else None
        if isinstance(code, str) and code.upper() in TYPES:
            return TYPES[code.upper()]
    return "identifier"


def code_kind(system: Any) -> str:
    """Return the short name of a code system ("icd10", "loinc"…), "" for one that means nothing here."""
    if not isinstance(system, str):
        return ""
    kind = _kinds.get(system)
    if kind is None:
        low = system.lower().removeprefix("urn:oid:")
        kind = next((name for name, marks in CODES if any(_is(low, mark) for mark in marks)), "")
        if len(_kinds) < 1_000:
            _kinds[system] = kind
    return kind


def _is(system: str, mark: str) -> bool:
    return system == mark if mark[0].isdigit() else mark in system
