"""What data bases wrap around values and records when they write JSON.

MongoDB: Extended JSON v2, canonical and relaxed, and the older v1 (https://www.mongodb.com/docs/manual/reference/
mongodb-extended-json/): an object whose first key begins with "$" stands for a plain value. Elasticsearch: a document
is the ``_source`` of a hit (elasticdump, search responses), or the line after its action (bulk files).
"""

from __future__ import annotations

import datetime
from typing import Any, Final

from colmate.intake.values import text_of

__all__ = ["ACTIONS", "SIMPLE", "is_action", "is_hit", "plain"]

EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
SIMPLE: Final = ("$oid", "$numberLong", "$numberInt", "$numberDouble", "$numberDecimal", "$uuid", "$symbol", "$code")
EMPTY: Final = ("$undefined", "$minKey", "$maxKey")
ACTIONS: Final = {"index", "create", "update", "delete"}
NAMED: Final = {"_index", "_type", "_id", "routing", "_routing", "version", "pipeline", "retry_on_conflict"}


def plain(value: dict[str, Any]) -> str | None:
    """Return the plain value that an object of MongoDB's Extended JSON stands for, None when it is none."""
    if not value or len(value) > 3:
        return None
    name, item = next(iter(value.items()))
    if name[:1] != "$":
        return None
    if name in SIMPLE:
        return text_of(item) if not isinstance(item, (dict, list)) else None
    if name == "$date":
        return _date(item)
    if name in {"$binary", "$regularExpression", "$timestamp"}:
        return _composed(item)
    if name in {"$regex", "$options"}:
        return text_of(value.get("$regex"))
    if name in {"$ref", "$id"}:
        target = value.get("$id")
        return plain(target) if isinstance(target, dict) else text_of(target)
    return "" if name in EMPTY else None


def _date(item: Any) -> str | None:
    if isinstance(item, dict):
        item = item.get("$numberLong", item)
    if isinstance(item, str) and "T" in item:
        return item  # ISO 8601 already
    try:
        return text_of((EPOCH + datetime.timedelta(milliseconds=int(item))).replace(tzinfo=None))
    except (ValueError, OverflowError):
        return item if isinstance(item, str) else text_of(item)  # beyond the calendar
    except TypeError:
        return None


def _composed(item: Any) -> str | None:
    if isinstance(item, str):
        return item
    if not isinstance(item, dict):
        return None
    for name in ("base64", "pattern", "t"):
        if isinstance(item.get(name), (str, int)):
            return text_of(item[name])
    return None


def is_hit(value: dict[str, Any]) -> bool:
    """Tell whether an object is a document as Elasticsearch returns it."""
    return "_source" in value and "_index" in value and isinstance(value["_source"], dict)


def is_action(value: dict[str, Any]) -> bool:
    """Tell whether an object is the line before a document in a bulk file."""
    if len(value) != 1:
        return False
    name, item = next(iter(value.items()))
    return name in ACTIONS and isinstance(item, dict) and item.keys() <= NAMED
