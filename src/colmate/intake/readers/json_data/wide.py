"""Many objects at once, a column at a time: the same names and texts as `tables` gives record by record.

What differs from record to record (a member missing, null, an object here and a list there) is kept apart by the kind
of value; what would need to look at one record as a whole (two members of one name) is left to that.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, repeat
from typing import Any, Final

from colmate.intake.readers.json_data.exports import SIMPLE, plain
from colmate.intake.readers.json_data.values import JOIN, NESTED, is_keyed, scalar
from colmate.intake.reading import SPARSE

__all__ = ["Flat", "flatten"]

FEW: Final = 100  # columns that cost little, however empty

Column = list["str | None"]
Objects = list[dict[str, Any]]


class _Missing:
    """Stands for a member that an object does not have."""


MISSING: Final = _Missing()
NOTHING: Final[dict[str, Any]] = {}


class Flat:
    """``columns`` of text, None where a record has none; ``lists``: their name, and (place of the record, items)."""

    def __init__(self, count: int, taken: Iterable[str]) -> None:
        self.columns: dict[str, Column] = {}
        self.lists: list[tuple[str, list[tuple[int, Any]]]] = []
        self.keys = 0
        self._count = count
        self._taken = set(taken)

    def take(self, prefix: str, values: Objects, depth: int) -> bool:
        """Take the members of objects, ``NOTHING`` where a record has no such object; False for what is odd."""
        members = sum(map(len, values))
        self.keys += members
        names = dict.fromkeys(chain.from_iterable(values))
        if len(names) > FEW and len(names) * len(values) > SPARSE * members:
            return False
        for key in names:
            column = list(map(dict.get, values, repeat(key), repeat(MISSING)))
            if not self._member(prefix + key if prefix else key or "_", column, depth):
                return False
        return True

    def _member(self, name: str, column: list[Any], depth: int) -> bool:
        if name in self._taken:
            return False
        self._taken.add(name)
        kinds = set(map(type, column))
        nested = kinds & {dict, list}
        if kinds - nested - {_Missing}:
            self._text(name, column, kinds)
        if list in nested:
            self._arrays(name, column)
        return dict not in nested or self._objects(name, column, depth)

    def _text(self, name: str, column: list[Any], kinds: set[type]) -> None:
        """Take the plain values of a column."""
        if kinds <= {str, type(None)}:
            self.columns[name] = column
        elif kinds == {int}:
            self.columns[name] = list(map(str, column))
        else:
            other = (dict, list, _Missing)
            self.columns[name] = [None if type(item) in other else scalar(item) for item in column]

    def _arrays(self, name: str, column: list[Any]) -> None:
        """Take the lists of a column: joined where their items are plain, else as records of a table of their own."""
        texts: Column = [None] * self._count
        entries: list[tuple[int, Any]] = []
        told = False
        for place, items in enumerate(column):
            if type(items) is not list:
                continue
            if items and type(items[0]) is dict and next(iter(items[0]), "$")[:1] != "$":
                entries.append((place, items))
                continue
            text = self._joined(items)
            if text is None:
                entries.append((place, items))
            else:
                texts[place], told = text, True
        if entries:
            self.lists.append((name, entries))
        if told:
            self._merge(name, texts)

    def _joined(self, items: list[Any]) -> str | None:
        if set(map(type, items)) <= {str}:
            return JOIN.join(items)
        texts = []
        for item in items:
            kind = type(item)
            if kind is str:
                texts.append(item)
                continue
            text = plain(item) if kind is dict else None if kind is list else scalar(item)
            if text is None:
                return None
            self.keys += len(item) if kind is dict else 0
            texts.append(text)
        return JOIN.join(texts)

    def _merge(self, name: str, texts: Column) -> None:
        """Put texts into the column of that name, which holds none in their places."""
        known = self.columns.get(name, texts)
        self.columns[name] = [one if two is None else two for one, two in zip(known, texts, strict=True)]

    def _objects(self, name: str, column: list[Any], depth: int) -> bool:
        """Take the objects of a column: their members are columns, unless they stand for a value or a list."""
        if depth >= NESTED:
            return False
        if (wrapped := _unwrapped(column)) is not None:
            self.keys += len(column)
            self.columns[name] = wrapped
            return True
        objects: Objects = [item if type(item) is dict else NOTHING for item in column]
        if _are_plain(objects, list(map(type, column)).count(dict)):
            return self.take(name + ".", objects, depth + 1)
        texts: Column = [None] * self._count
        told = False
        entries: list[tuple[int, Any]] = []
        for place, item in enumerate(column):
            if type(item) is not dict:
                continue
            text = self._instead(item)
            if text is not None:
                texts[place], told, objects[place] = text, True, NOTHING
            elif len(item) > 2 and type(next(iter(item.values()))) is dict and is_keyed(item):
                self.keys += len(item)
                entries.append((place, item))
                objects[place] = NOTHING
        if entries:
            self.lists.append((name, entries))
        if told:
            self._merge(name, texts)
        return not any(objects) or self.take(name + ".", objects, depth + 1)

    def _instead(self, item: dict[str, Any]) -> str | None:
        """Return the text that an object stands for: none for an empty one, a value of MongoDB."""
        if not item:
            return ""
        if len(item) > 3 or next(iter(item))[:1] != "$":
            return None
        text = plain(item)
        if text is not None:
            self.keys += len(item) + sum(len(inner) for inner in item.values() if type(inner) is dict)
        return text


def _unwrapped(column: list[Any]) -> Column | None:
    """Return the texts that objects of one kind stand for ({"$oid": "…"}), None if any is another or none."""
    if set(map(type, column)) != {dict} or set(map(len, column)) != {1}:
        return None
    names = set(chain.from_iterable(column))
    name = names.pop()
    texts: list[Any] = list(map(dict.get, column, repeat(name)))
    if names or set(map(type, texts)) != {str} or (name not in SIMPLE and name != "$date"):
        return None
    # a day and an hour are what they say; a number of milliseconds is looked at
    return texts if name != "$date" or all("T" in text for text in texts) else None


def _are_plain(objects: Objects, count: int) -> bool:
    """Tell whether none of ``count`` objects is empty, stands for a value, or is a list under keys."""
    if sum(map(bool, objects)) != count or any(key[:1] == "$" for key in set(chain.from_iterable(objects))):
        return False
    return max(map(len, objects)) < 3 or dict not in set(map(type, chain.from_iterable(map(dict.values, objects))))


def flatten(values: Objects, taken: Iterable[str]) -> Flat | None:
    """Return what many objects hold; None where they have to be looked at one by one.

    ``taken``: names that their columns cannot have.
    """
    flat = Flat(len(values), taken)
    return flat if flat.take("", values, 0) else None
