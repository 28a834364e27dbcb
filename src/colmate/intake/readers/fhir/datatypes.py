"""The data types of FHIR R4 as columns (https://hl7.org/fhir/R4/datatypes.html), told from their shape.

A value is known by the elements it has, so resources of any type, of any profile, can be laid out without a table of
their elements. What repeats is joined with " | " in one cell.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Any, Final

from colmate.intake.readers.fhir.references import resolve
from colmate.intake.readers.fhir.systems import code_kind, identifier_column
from colmate.intake.readers.json_data.values import scalar

__all__ = ["JOIN", "Cells", "plain_text", "snake"]

JOIN: Final = " | "
DEEPEST: Final = 30
CONCEPT: Final = {"coding", "text", "id", "extension"}
PERIOD: Final = {"start", "end", "id", "extension", "_start", "_end"}
TAGS: Final = re.compile(r"<(?:/?(?:p|div|br|tr|li|h[1-6]|table)\b[^<>]*)>", re.IGNORECASE)
OTHER_TAGS: Final = re.compile(r"<[^<>]*>")


@lru_cache(4096)
def snake(name: str) -> str:
    """Return an element's name in lower case with underscores: "birthDate" is "birth_date"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", name[:200]).strip("_").lower() or "x"


def plain_text(markup: str) -> str:
    """Return what a narrative says, without its tags."""
    text = html.unescape(OTHER_TAGS.sub("", TAGS.sub("\n", markup)))
    return "\n".join(line for line in (line.strip() for line in text.split("\n")) if line)


class Cells:
    """The cells of one resource: ``put`` texts under their columns, ``walk`` values of any type.

    ``owner`` is the resource's key; ``attachments`` the files met on the way, with their columns.
    """

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.texts: dict[str, list[str]] = {}
        self.attachments: list[tuple[str, dict[str, Any]]] = []

    def put(self, name: str, text: str) -> None:
        """Add a text to a cell."""
        if text:
            known = self.texts.get(name)
            if known is None:
                self.texts[name] = [text]
            else:
                known.append(text)

    def put_once(self, name: str, text: str) -> None:
        """Add a text to a cell that does not have it yet."""
        known = self.texts.get(name, ())
        if len(known) > 50 or text not in known:
            self.put(name, text)

    def row(self) -> dict[str, str]:
        """Return the record."""
        return {name: texts[0] if len(texts) == 1 else JOIN.join(texts) for name, texts in self.texts.items()}

    def walk(self, name: str, value: Any, depth: int = 0) -> None:
        """Lay out a value under the column ``name`` and columns that begin with it."""
        kind = type(value)
        if kind is str:
            self.put(name, value)
        elif kind is list:
            for item in value:
                self.walk(name, item, depth + 1)
        elif kind is dict:
            if depth < DEEPEST:
                self._complex(name, value, depth)
        else:
            self.put(name, scalar(value))

    def members(self, prefix: str, value: dict[str, Any], depth: int) -> None:
        """Lay out the elements of a value one by one."""
        for key, item in value.items():
            if key == "extension" or key == "modifierExtension":
                self.extensions(prefix, item, depth + 1)
            elif key[:1] == "_":
                if type(item) is dict:
                    self.extensions(f"{prefix}{snake(key)}_", item.get("extension"), depth + 1)
            else:
                self.walk(prefix + snake(key), item, depth + 1)

    def extensions(self, prefix: str, values: Any, depth: int = 0) -> None:
        """Lay out extensions under the last part of their URL."""
        if type(values) is not list or depth > DEEPEST:
            return
        for one in values:
            if type(one) is not dict:
                continue
            url = one.get("url")
            name = prefix + snake(url.rstrip("/").rsplit("/", 1)[-1] if isinstance(url, str) else "extension")
            if "insee" in name:
                name = f"{prefix}insee_code"
            for key, item in one.items():
                if key == "extension":
                    self.extensions(f"{name}_", item, depth + 1)
                elif key[:5] == "value":
                    coded = "insee" in name and type(item) is dict and "code" in item
                    self.walk(name, item["code"] if coded else item, depth + 1)

    def _complex(self, name: str, value: dict[str, Any], depth: int) -> None:
        if "coding" in value or (len(value) == 1 and "text" in value):
            self.concept(name, value)
        elif "reference" in value or (value.keys() <= {"identifier", "display", "type"} and "display" in value):
            self.reference(name, value)
        elif "system" in value and "code" in value and "value" not in value:
            self._coding(name, value)
            self.put(name, scalar(value.get("display")))
        elif "value" in value and ("unit" in value or "code" in value or "comparator" in value):
            self._quantity(name, value)
        elif "value" in value and "system" in value and value.keys().isdisjoint(("rank", "assigner_")):
            self._identifier(name, value)
        elif value and value.keys() <= PERIOD:
            self.put(f"{name}_start", scalar(value.get("start")))
            self.put(f"{name}_end", scalar(value.get("end")))
        elif "contentType" in value or ("data" in value and isinstance(value["data"], str)):
            self.attachments.append((name, value))
        elif "div" in value:
            self.put("narrative", plain_text(scalar(value["div"]) if type(value["div"]) is str else ""))
        else:
            self.members(f"{name}_", value, depth)

    def concept(self, name: str, value: dict[str, Any]) -> None:
        """Lay out a CodeableConcept: what it is called, and its codes by their systems."""
        codings = value.get("coding")
        text = value.get("text")
        shown = text if type(text) is str else ""
        for coding in codings if type(codings) is list else ():
            if type(coding) is dict:
                shown = shown or scalar(coding.get("display"))
                self._coding(name, coding)
        self.put(name, shown)

    def _coding(self, name: str, coding: dict[str, Any]) -> None:
        code = coding.get("code")
        if code is None:
            return
        system = coding.get("system")
        kind = code_kind(system)
        self.put(f"{name}_{kind or 'code'}", scalar(code))

    def reference(self, name: str, value: dict[str, Any]) -> None:
        """Lay out a Reference: the key it leads to, or the identifier it gives, and what it displays."""
        given = value.get("reference")
        identifier = value.get("identifier")
        if type(given) is str:
            key, other = resolve(given, name, self.owner, value.get("type"))
            self.put(name, key)
            self.put(f"{name}_identifier", other)
        if type(identifier) is dict:
            self.put(f"{name}_identifier", scalar(identifier.get("value")))
        self.put(f"{name}_display", scalar(value.get("display")))

    def _quantity(self, name: str, value: dict[str, Any]) -> None:
        self.put(name, scalar(value.get("comparator")) + scalar(value["value"]))
        self.put(f"{name}_unit", scalar(value.get("unit") or value.get("code")))

    def _identifier(self, name: str, value: dict[str, Any]) -> None:
        column = identifier_column(value)
        self.put(
            name if column == "identifier" else f"{name}_{column}" if name != "identifier" else column,
            scalar(value["value"]),
        )
