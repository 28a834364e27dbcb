"""The body of a clinical document: sections with their narrative, coded entries, and what is attached."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

from colmate.intake.readers.cda.narrative import narrative
from colmate.intake.readers.cda.people import Row, first, kids, put, text
from colmate.intake.readers.cda.tables import DOCUMENT, DOCUMENTS, OBSERVATIONS, SECTION, SECTIONS

__all__ = ["Attachment", "Body", "attachments"]

# clinical statements (CDA R2, section 4.3.6), and what names the product of one
STATEMENTS: Final = frozenset(
    {
        "observation",
        "act",
        "procedure",
        "substanceAdministration",
        "supply",
        "encounter",
        "organizer",
        "regionOfInterest",
        "manufacturedMaterial",
    }
)
# code systems: CIM-10 (WHO, and as the French agency publishes it), LOINC, CCAM, ATC, CIP, UCD
SYSTEMS: Final[Mapping[str, str]] = {
    "2.16.840.1.113883.6.3": "diagnosis",
    "2.16.840.1.113883.6.90": "diagnosis",
    "1.2.250.1.213.2.1": "diagnosis",
    "2.16.840.1.113883.6.1": "lab",
    "1.2.250.1.213.2.5": "procedure",
    "2.16.840.1.113883.6.73": "drug",
    "1.2.250.1.213.2.3.1": "drug",
    "1.2.250.1.213.2.3.2": "drug",
}
# the same by name, where an editor has an OID of its own
NAMES: Final[Mapping[str, str]] = {
    "cim-10": "diagnosis",
    "cim10": "diagnosis",
    "icd-10": "diagnosis",
    "icd10": "diagnosis",
    "loinc": "lab",
    "nabm": "lab",
    "ccam": "procedure",
    "ngap": "procedure",
    "atc": "drug",
    "cip": "drug",
    "cip13": "drug",
    "ucd": "drug",
}
LABELS: Final = {"diagnosis": "diagnosis", "lab": "lab_test", "drug": "drug"}
ENDINGS: Final = {
    "application/pdf": "pdf",
    "text/rtf": "rtf",
    "application/rtf": "rtf",
    "text/plain": "txt",
    "text/html": "html",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "image/gif": "gif",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/dicom": "dcm",
    "application/zip": "zip",
}
BLANKS: Final = re.compile(r"\s+")
ENCODED: Final = re.compile(r"[A-Za-z0-9+/_=-]*\Z")


@dataclass(frozen=True)
class Attachment:
    """A file in the document: ``packed`` as text; ``content`` None when that cannot be decoded."""

    name: str
    packed: str
    content: io.BytesIO | None


@dataclass
class Body:
    """Adds the sections and entries of a document by ``add`` (table, record)."""

    document: str
    add: Callable[[str, Row], None]
    sections: int = 0
    references: dict[str, str] = field(default_factory=dict)

    def read(self, root: Element) -> None:
        """Add all that stands in the body; sections in sections each for themselves."""
        self.references = {one.attrib["ID"]: text(one) for one in root.iter() if "ID" in one.attrib}
        for body in root.iter("nonXMLBody"):
            block = first(body, "text")
            if block is not None and block.attrib.get("representation") != "B64":
                self._section({"text": narrative(block)})
        todo: list[tuple[Element, str]] = [(root, "")]
        while todo:
            element, section = todo.pop()
            if element.tag == "section":
                section = self._of(element)
            elif element.tag in STATEMENTS:
                self._statement(element, section)
            if element.tag not in {"text", "recordTarget"}:
                todo.extend((child, section) for child in reversed(element))

    def _of(self, element: Element) -> str:
        code = first(element, "code")
        return self._section(
            {
                "title": text(first(element, "title")),
                "code": code.attrib.get("code", "") if code is not None else "",
                "code_label": code.attrib.get("displayName", "") if code is not None else "",
                "text": narrative(first(element, "text")),
            }
        )

    def _section(self, row: Row) -> str:
        self.sections += 1
        key = f"{self.document}-{self.sections}"
        self.add(SECTIONS, {DOCUMENT: self.document, SECTION: key, **row})
        return key

    def _statement(self, element: Element, section: str) -> None:
        row: Row = {"kind": element.tag}
        self._code(row, first(element, "code"), "")
        for value in kids(element, "value"):
            self._value(row, value)
        self._times(row, first(element, "effectiveTime"))
        put(row, "text", self._said(first(element, "text")))
        dose = first(element, "doseQuantity")
        if dose is not None:
            put(row, "dose", _quantity(dose))
        put(row, "name", text(first(element, "name")))
        put(row, "interpretation", _attribute(first(element, "interpretationCode"), "code"))
        put(row, "method", _attribute(first(element, "methodCode"), "displayName"))
        put(row, "reference_range", _range(first(element, "referenceRange/observationRange/value")))
        if element.attrib.get("negationInd") == "true":
            row["negated"] = "true"
        if len(row) > 1:
            self.add(OBSERVATIONS, {DOCUMENT: self.document, SECTION: section, **row})

    def _code(self, row: Row, code: Element | None, before: str) -> None:
        if code is None:
            return
        for one in (code, *kids(code, "translation")):
            kind = SYSTEMS.get(one.attrib.get("codeSystem", "")) or NAMES.get(
                one.attrib.get("codeSystemName", "").lower(), ""
            )
            label = one.attrib.get("displayName", "")
            put(row, f"{kind}_code" if kind else f"{before}code", one.attrib.get("code", ""))
            put(row, LABELS.get(kind, f"{before}label"), label)
            if not kind and one.attrib.get("code"):
                put(row, f"{before}code_system", one.attrib.get("codeSystemName") or one.attrib.get("codeSystem", ""))
        put(row, f"{before}original_text", self._said(first(code, "originalText")))

    def _value(self, row: Row, value: Element) -> None:
        if value.attrib.get("representation") == "B64":
            return
        if "code" in value.attrib or "displayName" in value.attrib or len(list(kids(value, "translation"))):
            self._code(row, value, "value_")
        elif "value" in value.attrib:
            put(row, "value", value.attrib["value"])
            put(row, "unit", value.attrib.get("unit", ""))
        elif len(value):
            put(row, "value", _range(value) or self._said(value))
        else:
            put(row, "value", text(value))

    def _times(self, row: Row, time: Element | None) -> None:
        put(row, "date", _attribute(time, "value") or _attribute(first(time, "low"), "value"))
        put(row, "end_date", _attribute(first(time, "high"), "value"))

    def _said(self, block: Element | None) -> str:
        """Return a text, or the part of the narrative that it refers to."""
        reference = first(block, "reference")
        target = _attribute(reference, "value")
        return " ".join(
            filter(None, (narrative(block), self.references.get(target[1:], "") if target[:1] == "#" else ""))
        )


def _attribute(element: Element | None, name: str) -> str:
    return element.attrib.get(name, "") if element is not None else ""


def _quantity(element: Element) -> str:
    return " ".join(filter(None, (element.attrib.get("value", ""), element.attrib.get("unit", "")))) or _range(element)


def _range(element: Element | None) -> str:
    if element is None:
        return ""
    ends = [_quantity(one) for one in kids(element, "low", "high") if "value" in one.attrib]
    return " - ".join(ends) or element.attrib.get("value", "") or text(element)


def attachments(root: Element, document: str) -> Iterator[Attachment]:
    """Yield the files in a document: the body where it is no XML, media of entries; their text is taken out of it."""
    number = 0
    for element in root.iter():
        if element.attrib.get("representation") == "B64" and element.text and element.text.strip():
            number += 1
            ending = ENDINGS.get(element.attrib.get("mediaType", "").partition(";")[0].strip().lower(), "bin")
            packed, element.text = element.text, None
            yield Attachment(f"{DOCUMENTS}-{document}-{number}.{ending}", packed, _decoded(packed))


def _decoded(packed: str) -> io.BytesIO | None:
    packed = BLANKS.sub("", packed)
    if not ENCODED.match(packed):
        return None
    packed = packed.rstrip("=").replace("-", "+").replace("_", "/")
    # a cut in the middle of a group of four: what is whole
    packed = packed[: len(packed) - (len(packed) % 4 == 1)]
    try:
        return io.BytesIO(base64.b64decode(packed + "=" * (-len(packed) % 4)))
    except (binascii.Error, ValueError):
        return None
