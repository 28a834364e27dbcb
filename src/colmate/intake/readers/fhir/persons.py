"""The parts of a person: names, addresses, contact points, identifiers (https://hl7.org/fhir/R4/datatypes.html).

FR Core (hl7.fr/ig/fhir/core): the name of use "official" is the one of birth, "usual" the one used; the
extension birth-list-given-name has all first names of birth; inseeCode the place's code.
"""

from __future__ import annotations

from typing import Any, Final

from colmate.intake.readers.fhir.datatypes import Cells
from colmate.intake.readers.fhir.systems import INS, identifier_column
from colmate.intake.readers.json_data.values import scalar

__all__ = ["HANDLED", "addresses", "identifiers", "person", "points"]

OTHERS: Final = 3

HANDLED: Final = frozenset(
    (
        "identifier",
        "name",
        "telecom",
        "address",
        "gender",
        "birthDate",
        "deceasedBoolean",
        "deceasedDateTime",
        "extension",
    )
)
FAMILY: Final = {"official": "birth_name", "usual": "used_name", "maiden": "birth_name"}
GIVEN: Final = {"official": "first_name", "usual": "used_first_name", "maiden": "first_name"}
# extensions by the last part of their URL
EXTENSIONS: Final = {"patient-birthPlace": "birth", "birthPlace": "birth"}
# the first figure of a national identifier says what the others are (annuaire santé)
NATIONAL: Final = {"8": "rpps", "0": "adeli"}
POINTS: Final = {"phone": "phone", "sms": "phone", "email": "email", "fax": "fax", "url": "url"}


def person(cells: Cells, value: dict[str, Any]) -> None:
    """Lay out what ``value`` (a patient, a professional, a relative) has of a person."""
    identifiers(cells, value.get("identifier"))
    names = _dicts(value.get("name"))
    # where a maiden name is told, the official one is the name of marriage
    married = any(item.get("use") == "maiden" for item in names)
    for item in names:
        _name(cells, item, married=married)
    points(cells, value.get("telecom"))
    addresses(cells, value.get("address"))
    cells.put("sex", scalar(value.get("gender")))
    cells.put("birth_date", scalar(value.get("birthDate")))
    cells.put("deceased", scalar(value.get("deceasedBoolean")))
    cells.put("death_date", scalar(value.get("deceasedDateTime")))
    _extensions(cells, value.get("extension"))


def identifiers(cells: Cells, value: Any) -> None:
    """Lay out identifiers, each in the column of its system or type."""
    for item in _dicts(value):
        _identifier(cells, item)


def points(cells: Cells, value: Any) -> None:
    """Lay out contact points, each in a column of its own: "phone", "phone_2", "email"."""
    for item in _dicts(value):
        _point(cells, item)


def addresses(cells: Cells, value: Any) -> None:
    """Lay out addresses: the first one, and others under names of their own."""
    for place, item in enumerate(_dicts(value)):
        address(cells, "" if not place else f"other_{place}_" if place < OTHERS else "others_", item)


def _dicts(value: Any) -> list[dict[str, Any]]:
    items = value if type(value) is list else [value]
    return [item for item in items if type(item) is dict]


def _texts(value: Any) -> list[str]:
    return (
        [item for item in value if type(item) is str] if type(value) is list else [value] if type(value) is str else []
    )


def _identifier(cells: Cells, item: dict[str, Any]) -> None:
    text = scalar(item.get("value")) if type(item.get("value")) is not dict else ""
    column = identifier_column(item)
    # an old number stays a number of the person's, but it is not the one that links
    cells.put_once(column if item.get("use") != "old" else f"old_{column}", text)
    if column == "national_id" and text[:1] in NATIONAL and text[1:].isdigit():
        cells.put_once(NATIONAL[text[0]], text[1:])
    system = item.get("system")
    if text and type(system) is str and INS in system:
        cells.put_once("ins_oid", system.removeprefix("urn:oid:"))
    elif column == "identifier":
        cells.put("identifier_system", scalar(system) if type(system) is str else "")


def _name(cells: Cells, item: dict[str, Any], *, married: bool) -> None:
    given_use = item.get("use")
    use = given_use if type(given_use) is str else ""
    if married and use == "official":
        use = "usual"
    family = item.get("family")
    old = "old_" if use in {"old", "anonymous"} else ""
    nick = "nickname" if use == "nickname" else ""
    cells.put_once(nick or FAMILY.get(use, f"{old}last_name"), family if type(family) is str else "")
    given = _texts(item.get("given"))
    column = nick or GIVEN.get(use, f"{old}first_name")
    for place, name in enumerate(given):
        cells.put_once(column if not place else f"{column}s_other", name)
    cells.put_once("title", " ".join(_texts(item.get("prefix"))))
    cells.put("suffix", " ".join(_texts(item.get("suffix"))))
    text = item.get("text")
    if type(text) is str and not old:
        cells.put("full_name", text)
    _extensions(cells, item.get("extension"))


def _point(cells: Cells, item: dict[str, Any]) -> None:
    """Lay out a phone, an address of e-mail…: each in a column of its own."""
    system, text = item.get("system"), item.get("value")
    if type(text) is not str:
        return
    base = POINTS.get(system, "contact") if type(system) is str else "email" if "@" in text else "phone"
    name, place = base, 2
    while name in cells.texts and place < 10:
        name = f"{base}_{place}"
        place += 1
    cells.put(name, text)


def address(cells: Cells, prefix: str, item: dict[str, Any]) -> None:
    """Lay out an Address under columns that begin with ``prefix``."""
    lines = _texts(item.get("line"))
    cells.put(f"{prefix}address", ", ".join(lines) or scalar(item.get("text")))
    for key, name in (
        ("postalCode", "postcode"),
        ("city", "city"),
        ("district", "district"),
        ("state", "state"),
        ("country", "country"),
    ):
        text = item.get(key)
        cells.put(prefix + name, text if type(text) is str else "")
    cells.extensions(prefix, item.get("extension"))


def _extensions(cells: Cells, values: Any) -> None:
    others = []
    for one in _dicts(values):
        url = one.get("url")
        last = url.rsplit("/", 1)[-1] if type(url) is str else ""
        if last in EXTENSIONS and type(one.get("valueAddress")) is dict:
            _birth_place(cells, one["valueAddress"])
        elif "reliability" in last:
            _reliability(cells, one)
        elif last.endswith("birth-list-given-name"):
            cells.put("first_names", scalar(one.get("valueString")))
        else:
            others.append(one)
    cells.extensions("", others)


def _birth_place(cells: Cells, place: dict[str, Any]) -> None:
    """Lay out the place of birth; the INSEE code is an extension, or in older versions the district."""
    address(cells, "birth_", place)
    district = cells.texts.pop("birth_district", None)
    if district and "birth_insee_code" not in cells.texts:
        cells.texts["birth_insee_code"] = district


def _reliability(cells: Cells, one: dict[str, Any]) -> None:
    for inner in _dicts(one.get("extension")):
        coding = inner.get("valueCoding")
        if type(coding) is dict:
            cells.put("identity_reliability", scalar(coding.get("code")))
        elif type(inner.get("valueCode")) is str:
            cells.put("identity_reliability", inner["valueCode"])
        else:
            cells.extensions("identity_", [inner])
