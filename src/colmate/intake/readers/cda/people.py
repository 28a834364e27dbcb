"""The persons and organisations of a clinical document: names, identifiers, addresses, telecommunications.

Sources: HL7 Clinical Document Architecture R2, chapter 4.2 (header participants) and HL7 v3 data types (PN, AD, TEL,
II); CI-SIS volet Structuration minimale des documents de santé (ANS): qualifiers of names (BR of birth, CL used, SP of
the spouse) and OIDs; the first character of an identifier of a professional or structure tells its kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from colmate.intake.readers.xml_data.columns import append

__all__ = [
    "INS",
    "address",
    "first",
    "identifiers",
    "kids",
    "name",
    "organisation",
    "professional_ids",
    "telecoms",
    "text",
    "put",
    "Row",
    "PERSON",
]

Row = dict[str, str]
# NIR and NIA of the INS, their test and demonstration ranges, and the old computed INS
INS: Final = frozenset(f"1.2.250.1.213.1.4.{last}" for last in ("8", "9", "10", "11", "2"))
PERSON: Final = "1.2.250.1.71.4.2.1"
STRUCTURE: Final = "1.2.250.1.71.4.2.2"
PERSON_KINDS: Final[Mapping[str, str]] = {"8": "rpps", "0": "adeli"}
STRUCTURE_KINDS: Final[Mapping[str, str]] = {"1": "finess", "2": "siren", "3": "siret"}
STREET: Final = (
    "houseNumber",
    "houseNumberNumeric",
    "buildingNumberSuffix",
    "streetNameType",
    "streetName",
    "streetNameBase",
)
MANY: Final = 9


def kids(element: Element | None, *names: str) -> Iterator[Element]:
    """Yield the children of these names; none for no element."""
    return (child for child in (element if element is not None else ()) if child.tag in names)


def first(element: Element | None, path: str) -> Element | None:
    """Return the first element at a path of names ("a/b"), if there is one."""
    for part in path.split("/"):
        element = next(kids(element, part), None)
        if element is None:
            return None
    return element


def text(element: Element | None) -> str:
    """Return the text of an element, blanks in a row as one."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def put(row: Row, column: str, value: str) -> None:
    """Set a value in the first free of column, column_2…, unless it is there; what is beyond is joined to the last."""
    if not value:
        return
    for time in range(1, MANY + 1):
        wanted = column if time == 1 else f"{column}_{time}"
        if row.get(wanted) == value:
            return
        if wanted not in row:
            row[wanted] = value
            return
    append(row, wanted, value)


def name(holder: Element | None) -> Row:
    """Return the parts of the names in a person: last, birth and used names, first names, title, or the whole."""
    row: Row = {}
    for one in kids(holder, "name"):
        for part in one:
            value, qualifiers = text(part), part.attrib.get("qualifier", "").split()
            put_name(row, part.tag, qualifiers, value)
        if not len(one):
            put(row, "full_name", text(one))
    if not row.get("first_name") and row.get("birth_first_names"):
        row["first_name"] = row["birth_first_names"]
    return row


def put_name(row: Row, tag: str, qualifiers: list[str], value: str) -> None:
    """Put one part of a name where it belongs."""
    if tag == "family":
        column = "birth_name" if "BR" in qualifiers else "used_name" if {"SP", "CL"} & {*qualifiers} else "last_name"
        put(row, column, value)
    elif tag == "given" and value:
        column = "birth_first_names" if "BR" in qualifiers else "first_name"
        row[column] = f"{row[column]} {value}" if column in row else value
    elif tag in {"prefix", "suffix"}:
        put(row, "title" if tag == "prefix" else "suffix", value)


def identifiers(element: Element | None, tag: str = "id") -> Iterator[tuple[str, str]]:
    """Yield the root (an OID) and the extension of each identifier of an element."""
    for one in kids(element, tag):
        root, extension = one.attrib.get("root", ""), one.attrib.get("extension", "")
        if extension or root:
            yield root, extension


def professional_ids(element: Element | None) -> Row:
    """Return the identifiers of a professional: RPPS, ADELI, or as they are."""
    row: Row = {}
    for root, extension in identifiers(element):
        kind = PERSON_KINDS.get(extension[:1]) if root == PERSON else None
        put(row, kind or "professional_id", extension[1:] if kind else extension)
    return row


def organisation(element: Element | None, before: str = "organisation_") -> Row:
    """Return an organisation: name, identifiers (FINESS, SIREN, SIRET), address, telecommunications."""
    row: Row = {}
    put(row, "organisation_name", text(first(element, "name")))
    for root, extension in identifiers(element):
        kind = STRUCTURE_KINDS.get(extension[:1]) if root == STRUCTURE else None
        put(row, kind or "organisation_id", extension[1:] if kind else extension)
    row.update({before + column: value for column, value in {**address(element), **telecoms(element)}.items()})
    return row


def address(holder: Element | None) -> Row:
    """Return an address: its lines, postcode, city, country, and the commune's code where it is given (county)."""
    row: Row = {}
    for one in kids(holder, "addr"):
        lines = [text(line) for line in kids(one, "streetAddressLine")]
        street = " ".join(filter(None, (text(part) for part in kids(one, *STREET))))
        further = [
            text(part)
            for part in kids(one, "additionalLocator", "unitID", "postBox", "precinct", "deliveryAddressLine")
        ]
        whole = one.text or "" if not len(one) else ""
        put(row, "address", ", ".join(filter(None, [*lines, street, *further, " ".join(whole.split())])))
        for tag, column in (
            ("postalCode", "postcode"),
            ("city", "city"),
            ("country", "country"),
            ("county", "commune_code"),
        ):
            put(row, column, text(first(one, tag)))
    return row


def telecoms(holder: Element | None) -> Row:
    """Return telephones and e-mail addresses, without the scheme of their URL."""
    row: Row = {}
    for one in kids(holder, "telecom"):
        scheme, colon, rest = one.attrib.get("value", "").partition(":")
        value = unquote(rest) if colon else scheme
        if scheme.lower() == "mailto" or ("@" in value and scheme.lower() != "tel"):
            put(row, "email", value)
        elif scheme.lower() in {"http", "https", "ftp", "file"}:
            put(row, "url", f"{scheme}:{rest}")
        else:
            put(row, "phone", value.strip())
    return row
