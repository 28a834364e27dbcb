"""One resource as records: its own, those of the lists of persons and results in it, and those it contains."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from colmate.intake.compression import Plain
from colmate.intake.readers.fhir.datatypes import Cells, plain_text, snake
from colmate.intake.readers.fhir.meanings import PERSONS, table_of
from colmate.intake.readers.fhir.persons import HANDLED, addresses, identifiers, person, points
from colmate.intake.readers.fhir.references import resolve
from colmate.intake.readers.json_data.values import scalar
from colmate.intake.reading import Member, Within

__all__ = ["Record", "kind_of", "records"]

# lists that are records of their own, and the column that refers to the resource they stand in
LISTS: Final = {("Patient", "contact"): "patient", ("Observation", "component"): "observation"}
# what every resource has, and says nothing of anybody
TECHNICAL: Final = frozenset(("resourceType", "contained", "implicitRules", "meta", "id"))
PATIENT: Final = frozenset(("subject", "patient", "beneficiary", "for", "individual"))
# bodies that have addresses, numbers and contact points as persons have them
BODIES: Final = {"Organization", "Location", "PractitionerRole", "HealthcareService"}
PLACES: Final = {"address": addresses, "telecom": points, "identifier": identifiers}
SHORT: Final = 1 << 20
ENDINGS: Final = {
    "application/pdf": "pdf",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/rtf": "rtf",
    "text/rtf": "rtf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/json": "json",
    "application/fhir+json": "json",
    "application/dicom": "dcm",
}
NESTED: Final = 8


@dataclass
class Record:
    """A record of the table for ``kind``, and the files in it (with why one is damaged, if it is)."""

    kind: str
    row: dict[str, str]
    members: list[Member]
    damaged: int = 0


def kind_of(value: Any) -> str | None:
    """Return the type of a resource, None when ``value`` is none."""
    kind = value.get("resourceType") if type(value) is dict else None
    return kind if type(kind) is str and kind.isascii() and kind.isalpha() and len(kind) <= 40 else None


def records(value: dict[str, Any], kind: str, key: str, place: int, depth: int = 0) -> Iterator[Record]:
    """Yield the records of a resource of type ``kind`` with the key ``key``; ``place``: its position in the file."""
    cells = Cells(key)
    cells.put("id", key)
    _technical(cells, value)
    if kind in PERSONS:
        person(cells, value)
    rest = {
        name: item
        for name, item in value.items()
        if name not in TECHNICAL and not (kind in PERSONS and name in HANDLED)
    }
    lists = [(name, rest.pop(name)) for name in list(rest) if (kind, name) in LISTS]
    _elements(cells, kind, rest)
    yield _record(kind, cells, place)
    for name, items in lists:
        yield from _listed(kind, name, items, key, cells, place)
    contained = value.get("contained")
    if type(contained) is list and depth < NESTED:
        for number, inner in enumerate(contained):
            if inner_kind := kind_of(inner):
                # it has no life of its own, so its key is within that of the resource around it
                own = inner.get("id")
                inner_key = f"{key.split('#')[0]}#{own if type(own) is str else number}"
                yield from records(inner, inner_kind, inner_key, place, depth + 1)


def _technical(cells: Cells, value: dict[str, Any]) -> None:
    meta = value.get("meta")
    if type(meta) is dict:
        cells.put("meta_last_updated", scalar(meta.get("lastUpdated")))
        for name in ("security", "tag", "source"):
            cells.walk(f"meta_{name}", meta.get(name))


def _elements(cells: Cells, kind: str, rest: dict[str, Any]) -> None:
    for name, item in rest.items():
        if name in PATIENT and type(item) is dict:
            _patient(cells, item)
        elif name in PLACES and kind in BODIES:
            PLACES[name](cells, item)
        elif name in {"extension", "modifierExtension"}:
            cells.extensions("", item)
        elif name[:1] == "_":
            if type(item) is dict:
                cells.extensions(f"{snake(name)}_", item.get("extension"))
        elif kind != "Binary" or name not in {"data", "contentType"}:
            cells.walk(snake(name), item)
    if kind == "Binary" and type(rest.get("data")) is str:
        cells.attachments.append(("content", rest))


def _patient(cells: Cells, item: dict[str, Any]) -> None:
    """Put the key of the patient in the column that all tables have for it; another subject in its own."""
    given = item.get("reference")
    key, other = resolve(given, "patient", cells.owner, item.get("type")) if type(given) is str else ("", "")
    known = not key or key.startswith("Patient/") or "/" not in key or "#" in key
    column = "patient" if known else "subject"
    cells.put(column, key)
    identifier = item.get("identifier")
    cells.put("patient_identifier", other or (scalar(identifier.get("value")) if type(identifier) is dict else ""))
    cells.put(f"{column}_display", scalar(item.get("display")))


def _listed(kind: str, name: str, items: Any, key: str, outer: Cells, place: int) -> Iterator[Record]:
    for number, item in enumerate(items if type(items) is list else [items], 1):
        if type(item) is not dict or not item:
            continue
        own = f"{kind}.{name}"
        cells = Cells(f"{key}.{name}.{number}")
        cells.put("id", cells.owner)
        cells.put(LISTS[kind, name], key)
        if LISTS[kind, name] != "patient":
            for patient in outer.texts.get("patient", [])[:1]:
                cells.put("patient", patient)
        if own in PERSONS:
            person(cells, item)
            item = {one: value for one, value in item.items() if one not in HANDLED}
        cells.members("", item, 1)
        yield _record(own, cells, place)


def _record(kind: str, cells: Cells, place: int) -> Record:
    table, members, damaged = table_of(kind), [], 0
    for number, (name, item) in enumerate(cells.attachments, 1):
        for key in item:
            if key not in {"data", "resourceType", "id", "meta"} and not key.startswith("_"):
                cells.walk(f"{name}_{snake(key)}", item[key])
        data = item.get("data")
        if type(data) is not str or not data:
            continue
        content = _decoded(data)
        if content is None:
            damaged += 1
            cells.put(f"{name}_data", data)
            continue
        mime = scalar(item.get("contentType")).split(";")[0].strip().lower()
        if mime in {"text/plain", "text/html", "text/markdown"} and len(content) <= SHORT:
            text = content.decode("utf-8") if _is_utf8(content) else content.decode("cp1252", "replace")
            cells.put("text", plain_text(text) if mime == "text/html" else text)
            continue
        shown = f"{table}-{place}-{number}.{ENDINGS.get(mime, 'bin')}"
        within = Within(table, "id", cells.owner)
        members.append(Member(shown, Plain(io.BytesIO(content)), len(data), place, within))
    return Record(kind, cells.row(), members, damaged)


def _decoded(data: str) -> bytes | None:
    packed = "".join(data.split())
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
