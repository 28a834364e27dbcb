"""How the documents of a JSON text are put together, told from its beginning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import from_json

from colmate.intake.readers.json_data.brackets import Brackets
from colmate.intake.readers.json_data.recovery import is_malformed
from colmate.intake.readers.json_data.values import is_keyed

__all__ = ["Layout", "layout_of", "opens_json", "partial"]

BLANKS: Final = b" \t\r\n\x1e\x00"
# an object with a key or nothing, a list of objects, of lists, of strings or of numbers
OPENING: Final = re.compile(
    rb"(?:\[\s*){0,4}(?:\{\s*(?:\"(?:[^\"\\\r\n]|\\.){0,300}\"\s*:|\})|\[\s*\])"
    rb"|(?:\[\s*){1,4}(?:\"(?:[^\"\\\r\n]|\\.){0,100000}\"\s*[,\]]|(?:-?\d[\d.eE+-]*|true|false|null)\s*[,\]])"
)
# what scripts put before: var x = …, window.data = …, callback(…
SCRIPT: Final = re.compile(rb"(?:(?:var|let|const)\s+)?[A-Za-z_$][\w.$\[\]\"']{0,60}\s*[=(]\s*(?=[\[{])")
NESTED: Final = 3
SEEN: Final = 2_000


@dataclass(frozen=True)
class Layout:
    """``lines``: a document a line. ``root``: what the outermost object is: "document", "object" around lists of
    records, or "map" of records by key. ``objects`` and ``maps``: the paths of such objects in it. ``tables``: items
    of the outermost list are tables (phpMyAdmin). ``lead``: bytes of script before the JSON.
    """

    lines: bool = False
    root: str = "document"
    objects: frozenset[tuple[str, ...]] = frozenset()
    maps: frozenset[tuple[str, ...]] = frozenset()
    tables: bool = False
    search: bool = False
    lead: int = 0


def opens_json(head: bytes) -> bool:
    """Tell whether a text begins like JSON of records: an object, a list, or either behind a script's assignment."""
    text = head.lstrip(BLANKS)
    if lead := SCRIPT.match(text):
        text = text[lead.end() :]
    opening = OPENING.match(text)
    if not opening or opening[0].endswith(b":"):
        return bool(opening)
    # brackets are met in any text: what is in them has to be JSON, too
    return not is_malformed(text[:SEEN].split(b"\n")[0])


def layout_of(head: bytes, *, whole: bool) -> Layout:
    """Return the layout of a text whose beginning is ``head``."""
    if _has_lines(head, whole=whole):
        return Layout(lines=True)
    blank = len(head) - len(head.lstrip(BLANKS))
    script = SCRIPT.match(head, blank)
    lead = script.end() if script else 0
    start = lead or blank
    if head[start : start + 1] == b"[":
        return Layout(tables=b'"type":"header"' in head[: start + 200].replace(b" ", b""), lead=lead)
    if not _alone(head, start):
        return Layout(lead=lead)
    objects: set[tuple[str, ...]] = set()
    maps: set[tuple[str, ...]] = set()
    _survey(partial(head[start:]), (), objects, maps)
    if not maps and len(Brackets().scan(head, start).upto(0)[0]) < 2:
        objects.add(())  # too large for a record: whatever lists it has are read as they go by
    root = "map" if () in maps else "object" if () in objects else "document"
    return Layout(root=root, objects=frozenset(objects), maps=frozenset(maps), search=("hits",) in objects, lead=lead)


def _has_lines(head: bytes, *, whole: bool) -> bool:
    lines = head.split(b"\n")
    if not whole:
        lines = lines[:-1]
    kept = [line for line in (line.strip(BLANKS) for line in lines) if line]
    if len(kept) < 2:
        return False
    good = sum(1 for line in kept if (line[:1], line[-1:]) in ((b"{", b"}"), (b"[", b"]")) and len(line) > 2)
    cut = whole and kept[-1][:1] == kept[0][:1] and kept[-1][-1:] not in (b"}", b"]")
    return good >= 0.6 * (len(kept) - cut) and good + cut >= 2


def _alone(head: bytes, start: int) -> bool:
    """Tell whether the first value is the only one, as far as the beginning shows."""
    places, _ = Brackets().scan(head, start).upto(0)
    return len(places) < 2 or not head[places[1] + 1 :].strip(BLANKS + b");")


def partial(text: bytes) -> Any:
    """Return the value that a text begins, as far as it goes; None when it makes no sense."""
    try:
        return from_json(text, allow_partial="trailing-strings")
    except ValueError:
        return None


def _survey(value: Any, path: tuple[str, ...], objects: set[tuple[str, ...]], maps: set[tuple[str, ...]]) -> bool:
    """Note which objects around records there are; return whether ``value`` is one or a list of records."""
    if isinstance(value, list):
        return any(isinstance(item, (dict, list)) for item in value[:10])
    if not isinstance(value, dict) or len(path) > NESTED:
        return False
    if is_keyed(value):
        maps.add(path)
        return True
    around = False
    for key, item in value.items():
        around = _survey(item, (*path, key), objects, maps) or around
    if around:
        objects.add(path)
    return around
