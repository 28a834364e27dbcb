"""A PDF whose table of objects is missing or wrong (a file that was cut, mostly) gets one from its objects."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["LARGEST", "rebuilt"]

LARGEST: Final = 256 << 20
OBJECTS: Final = 500_000
_OBJECT: Final = re.compile(rb"(?<!\d)(\d{1,7})\s{1,3}(\d{1,5})\s{1,3}obj\b")
_ROOT: Final = re.compile(rb"/Root\s{1,3}(\d{1,7})\s{1,3}\d{1,5}\s{1,3}R")
_PAGES_OF: Final = re.compile(rb"/Pages\s{1,3}(\d{1,7})\s{1,3}\d{1,5}\s{1,3}R")
_PAGE: Final = re.compile(rb"/Type\s{0,3}/Page(?![a-zA-Z])")
_CATALOG: Final = re.compile(rb"/Type\s{0,3}/Catalog(?![a-zA-Z])")
# the dictionary of a page or a catalog is short
DICTIONARY: Final = 8192


def rebuilt(data: bytes) -> bytes | None:
    """Return the file with a table of the objects that are in it (ISO 32000-1, §7.5.4) and a catalog; None in vain.

    The catalog of the file stays where it and its tree of pages are there; else one is made of all pages.
    """
    if len(data) > LARGEST or b"/Encrypt" in data:
        return None
    marks = list(_OBJECT.finditer(data))[:OBJECTS]
    places = {int(mark[1]): (mark.start(), int(mark[2])) for mark in marks}
    if not places:
        return None
    root = _root(data, places)
    added = b""
    if root is None:
        ordered = sorted(places, key=lambda number: places[number])
        pages = [number for number in ordered if _is(_PAGE, data, places[number][0])]
        if not pages:
            return None
        root, tree = max(places) + 2, max(places) + 1
        kids = b" ".join(b"%d %d R" % (number, places[number][1]) for number in pages)
        made = {tree: b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids),
                root: b"<< /Type /Catalog /Pages %d 0 R >>" % tree}  # fmt: skip
        for number, body in made.items():
            places[number] = (len(data) + 1 + len(added), 0)
            added += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data) + 1 + len(added)
    table = b"".join(b"%d 1\n%010d %05d n \n" % (number, *place) for number, place in sorted(places.items()))
    size = max(places) + 1
    end = b"trailer\n<< /Size %d /Root %d %d R >>\nstartxref\n%d\n%%%%EOF\n" % (size, root, places[root][1], start)
    return data + b"\n" + added + b"xref\n0 1\n0000000000 65535 f \n" + table + end


def _is(pattern: re.Pattern[bytes], data: bytes, place: int) -> bool:
    end = data.find(b"endobj", place, place + DICTIONARY)
    return bool(pattern.search(data, place, end if end >= 0 else place + DICTIONARY))


def _root(data: bytes, places: dict[int, tuple[int, int]]) -> int | None:
    """Return the number of a catalog whose tree of pages is in the file."""
    named = [int(found[1]) for found in _ROOT.finditer(data)][-10:]
    catalogs = [number for number, (place, _) in places.items() if _is(_CATALOG, data, place)][-10:]
    for number in (*reversed(named), *reversed(catalogs)):
        if number in places:
            place = places[number][0]
            tree = _PAGES_OF.search(data, place, place + DICTIONARY)
            if tree and int(tree[1]) in places:
                return number
    return None
