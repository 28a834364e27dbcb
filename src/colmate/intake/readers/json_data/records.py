"""From a stream of JSON text to chunks: the path of every document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from colmate.intake.accounting import Account
from colmate.intake.evidence import Source, Utf8
from colmate.intake.names import column_names, shown, table_name
from colmate.intake.readers.json_data.documents import Document, Parser, unwatched
from colmate.intake.readers.json_data.exports import is_action, is_hit
from colmate.intake.readers.json_data.layout import Layout, layout_of
from colmate.intake.readers.json_data.lines import runs_by_line
from colmate.intake.readers.json_data.runs import Run
from colmate.intake.readers.json_data.structure import Structure
from colmate.intake.readers.json_data.tables import KEY, NUMBER, OWN_KEYS, PARENT, Tables, joined_name
from colmate.intake.readers.json_data.values import scalar
from colmate.intake.reading import Chunk, Options

__all__ = ["read"]

NOTHING: Final = (b"{}", b"[]", b"null")
TABLES: Final = 100
WORD: Final = re.compile(r"[^\W\d][\w .'/-]{0,60}")


def _documents(source: Source, account: Account, options: Options) -> tuple[Layout, Utf8, Iterator[Document | Run]]:
    """Return the layout of a content, its text, and its documents; what is between them is booked on the way."""
    head = source.head
    layout = layout_of(head.text, whole=head.whole)
    text = source.utf8(account)
    if layout.lines:
        return layout, text, runs_by_line(text, account, options, Parser(account))
    return layout, text, Structure(text, account, options, layout).runs()


def read(source: Source, account: Account, options: Options) -> Iterator[Chunk]:
    """Yield the tables of a JSON content."""
    layout, text, found = _documents(source, account, options)
    reading = _Reading(table_name(source.name), account, layout, text)
    more = True
    while more:
        with unwatched():
            more = reading.take_next(found)
        if reading.tables.full:
            yield from reading.tables.take()
    reading.finish()
    yield from reading.tables.take()


class _Reading:
    """Where the documents of one content go."""

    def __init__(self, name: str, account: Account, layout: Layout, text: Utf8) -> None:
        self.tables = Tables(account)
        self._name = name
        self._account = account
        self._layout = layout
        self._text = text
        self._parser = Parser(account)
        self._indices: dict[str, str] = {}
        self._action: dict[str, Any] = {}
        self._owners: dict[int, tuple[str, str]] = {}
        self._belonged = "", 0
        self._paths: dict[tuple[str, ...], str] = {}
        self._first: dict[str, tuple[Document, list[Any]]] = {}
        self._names: dict[str, tuple[str, ...]] = {}

    def take_next(self, found: Iterator[Document | Run]) -> bool:
        """Take the next document, or many at once; False when there are no more."""
        document = next(found, None)
        if isinstance(document, Run):
            self.take_run(document)
        elif document is not None:
            self.take(document)
        return document is not None

    def take(self, document: Document) -> None:
        """Take one document: its records to their tables, or it to the rejects."""
        if document.text in NOTHING or (self._dropped(document)):
            self._account.consume("blank", document.size)
            return
        value, problem = None, document.problem
        if not problem:
            value, problem = self._parser.parse(document.text)
        if problem:
            self._reject(document, problem)
            return
        if value is None or value in ({}, []):
            self._account.consume("blank", document.size)  # nothing, with blanks in it
            return
        self.tables.size += len(document.text)
        if type(value) is list:
            self._row(document, value)
            return
        if type(value) is dict and self._layout.lines and is_action(value):
            self._account.consume("statement", document.size)
            self._action = next(iter(value.values()))
            return
        self._put(document, value)

    def take_run(self, run: Run) -> None:
        """Take the records of many documents."""
        document = run.around
        self.tables.size += len(document.text)
        self._account.find(run.size)
        self._account.consume("record", document.size)
        extra: dict[str, str] = {}
        table = self._placed(document, extra)
        if run.columns is not None:
            if self.tables.add_columns(table, run.columns, run.size, extra):
                return
            run = run._replace(values=self._parser.several(document.text) or [])
        if run.keys is not None:
            self.tables.add_all(table, run.values, {KEY: list(run.keys), **_repeated(extra, run.values)})
            # theirs stand between the documents
            self.tables.keys += len(run.keys) - 1
            self._count(document)
            return
        for hits, values in _grouped(run):
            about = _repeated(extra, values)
            if hits is None:
                self.tables.add_all(table, values, about)
                continue
            self.tables.keys += sum(map(len, values))
            ids: list[dict[str, str]] = [{} for _ in values]
            found = [self._hit(value, value["_source"], own) for value, own in zip(values, ids, strict=True)]
            if any(ids):
                about["_id"] = [own.get("_id") for own in ids]
            self.tables.add_all(found[0][0], [source for _, source in found], about)
        self._count(document)

    def finish(self) -> None:
        """The content is over."""
        for table in list(self._first):
            self._settle(table, None)

    def _reject(self, document: Document, problem: str) -> None:
        if problem == "truncated_json" and self._text.stopped:
            problem = self._text.stopped
        self._account.find()
        self._account.reject(document.line, document.position, document.text, problem)
        self._account.consume("reject", document.size)

    def _dropped(self, document: Document) -> bool:
        """Tell whether a document is what tools say of a whole export, or of a search."""
        around = document.holder and not document.owner and not document.size
        return bool(around and (self._layout.tables or self._layout.search))

    def _put(self, document: Document, value: Any, names: tuple[str, ...] = ()) -> None:
        """Take a document that is one record with the records in it. ``names``: of its columns if it is a list."""
        self._account.find()
        self._account.consume("record", document.size)
        extra = {} if document.key is None else {KEY: document.key}
        table = self._placed(document, extra)
        if self._owners.get(document.holder) == (NUMBER, str(document.holder)) and not document.size:
            extra[NUMBER] = str(document.holder)
        if type(value) is dict and is_hit(value):
            self.tables.keys += len(value)
            table, value = self._hit(value, value["_source"], extra)
        elif type(value) is dict and self._action:
            action, self._action = self._action, {}
            if type(value.get("doc")) is dict:
                self.tables.keys += len(value)
                value = value["doc"]
            table, value = self._hit(action, value, extra)
        elif names:
            value = dict(zip(names, value, strict=False)) | {
                f"column_{place}": value[place - 1] for place in range(len(names) + 1, len(value) + 1)
            }
        self.tables.add(table, value, extra)
        self._count(document)

    def _placed(self, document: Document, extra: dict[str, str]) -> str:
        """Return the table of a document, and put into ``extra`` what it belongs to."""
        table = self._table(document)
        if document.owner and not self._layout.tables and not self._layout.search:
            self._belong(table, document, extra)
        return table

    def _count(self, document: Document) -> None:
        keys, self.tables.keys = self.tables.keys, 0
        if document.text[:1] == b"{":
            self._account.note("key_repeated", self._parser.repeated(document.text, keys))

    def _table(self, document: Document) -> str:
        """Return the table of a document, by the keys that lead to it."""
        if self._layout.tables and document.owner:
            owner, _ = self._parser.parse(document.owner)
            return self._index(scalar(owner.get("name"))) if type(owner) is dict else self._name
        if not document.path:
            return self._name
        known = self._paths.get(document.path)
        if known is None:
            known = ""
            for key in document.path[-4:]:
                known = joined_name(known, key)
            if len(self._paths) >= TABLES:
                return self._name
            self._paths[document.path] = known
        return known

    def _index(self, name: str) -> str:
        """Return the table for a name that the file itself gives, up to so many."""
        if name not in self._indices:
            if len(self._indices) >= TABLES:
                return self._name
            self._indices[name] = shown(name) or self._name
        return self._indices[name]

    def _belong(self, table: str, document: Document, extra: dict[str, str]) -> None:
        """Refer a record to the object around its list."""
        known = self._owners.get(document.holder)
        if known is None:
            owner, _ = self._parser.parse(document.owner)
            fields = owner if type(owner) is dict else {}
            column = next((name for name in OWN_KEYS if type(fields.get(name)) in (str, int)), NUMBER)
            known = column, str(document.holder) if column == NUMBER else scalar(fields[column])
            self._owners[document.holder] = known
        extra[PARENT] = known[1]
        if (table, document.holder) != self._belonged:
            self._belonged = table, document.holder
            outer = self._table(document._replace(path=document.path[:-1]))
            self.tables.own(outer, known[0])
            self.tables.refer(table, outer, known[0])

    def _hit(self, about: dict[str, Any], source: dict[str, Any], extra: dict[str, str]) -> tuple[str, dict[str, Any]]:
        """Return the table and the value of a document of Elasticsearch."""
        own = about.get("_id")
        if own is not None and "_id" not in source:
            extra["_id"] = scalar(own)
        index = about.get("_index")
        return self._index(index) if isinstance(index, str) and index else self._name, source

    def _row(self, document: Document, value: list[Any]) -> None:
        """Take a list as a record; the first one of a table may be its header, which the second tells."""
        table = self._table(document)
        if table in self._names:
            self._put(document, value, self._names[table])
        elif table in self._first:
            self._settle(table, value)
            self._put(document, value, self._names[table])
        else:
            self._first[table] = document, value

    def _settle(self, table: str, second: list[Any] | None) -> None:
        document, first = self._first.pop(table)
        if second is not None and is_header(first, second):
            self._account.consume("header", document.size)
            self._names[table] = column_names(first)
        else:
            self._names[table] = ()
            self._put(document, first)


def _index(value: dict[str, Any]) -> str | None:
    """Return the index of a document of Elasticsearch, None for other records."""
    if "_source" not in value or not is_hit(value):
        return None
    index = value["_index"]
    return index if isinstance(index, str) else ""


def _repeated(extra: dict[str, str], values: list[dict[str, Any]]) -> dict[str, list[str | None]]:
    return {name: [text] * len(values) for name, text in extra.items()}


def _grouped(run: Run) -> Iterator[tuple[str | None, list[dict[str, Any]]]]:
    """Yield the records of a run by the index they come from, None for those of no index."""
    if b'"_source"' not in run.around.text:
        yield None, run.values
        return
    for index, group in groupby(run.values, _index):
        yield index, list(group)


def is_header(first: list[Any], second: list[Any]) -> bool:
    """Tell whether a list names the columns of those behind it: words only, and they have other things."""
    if not first or len(second) > len(first) or not all(type(cell) is str and WORD.fullmatch(cell) for cell in first):
        return False
    if len(set(first)) < len(first):
        return False
    return any(type(cell) is not str or not WORD.fullmatch(cell) for cell in second)
