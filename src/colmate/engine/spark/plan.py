"""An Ibis expression divided between Spark and its workers' engine.

Joins, groups, windows and unions are Spark's. What works on one row at a time (a chain of selections and filters) goes
to the workers' engine as one query wherever it says more than Spark is sure to do alike: texts, patterns,
fingerprints, divisions, conversions. Numbers that a join or a group computes on its way are computed in a selection of
their own first, for the same reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops

__all__ = ["Chain", "divided"]

# what Spark does as the embedded engine does, for signed integers, booleans and texts
PLAIN = (
    ops.Field, ops.Literal, ops.Equals, ops.NotEquals, ops.Less, ops.LessEqual, ops.Greater, ops.GreaterEqual,
    ops.Between, ops.And, ops.Or, ops.Not, ops.IsNull, ops.NotNull, ops.Coalesce, ops.IfElse, ops.SearchedCase,
    ops.SimpleCase, ops.InValues, ops.BitwiseAnd, ops.BitwiseOr, ops.BitwiseXor,
)  # fmt: skip
ORDERED = (ops.Less, ops.LessEqual, ops.Greater, ops.GreaterEqual, ops.Between)
WIDE = (ops.Add, ops.Subtract, ops.Multiply, ops.Modulus)
BY_ROW = (ops.Project, ops.Filter)
# what looks at more than its row
BEYOND = (ops.Reduction, ops.Analytic, ops.WindowFunction, ops.Subquery)

Place = Callable[["Chain", ops.Relation], ops.Relation]


@dataclass(frozen=True)
class Chain:
    """Selections, filters and unions of them: all that stands between ``top`` and ``base``."""

    top: ops.Relation
    base: ops.Relation

    def needed(self) -> list[str]:
        """Return the columns of the base that are looked at."""
        names = list(self.base.schema.names)
        clear = self._clear()
        if self.top in clear:
            return names
        inside = [node for node in self.top.find(ops.Relation, filter=self._above) if node not in clear]
        if any(isinstance(node, ops.Union) and clear & {node.left, node.right} for node in inside):
            return names
        used = {field.name for field in self.top.find(ops.Field) if field.rel in clear}
        return [name for name in names if name in used] or names[:1]

    def over(self, table: ops.Relation) -> ops.Relation:
        """Return the same over another table."""
        return self.top.replace({self.base: table})

    def values(self) -> Iterator[ops.Value]:
        """Yield all that is computed."""
        for node in self.top.find(BY_ROW, filter=self._above):
            yield from _values(node)

    def _above(self, node: ops.Node) -> bool:
        return bool(node != self.base)

    def _clear(self) -> set[ops.Relation]:
        """Return the base, and the filters that hand on all of its columns."""
        clear = {self.base}
        filters = self.top.find(ops.Filter, filter=self._above)
        while more := {one for one in filters if one.parent in clear} - clear:
            clear |= more
        return clear


def divided(relation: ops.Relation, place: Place) -> ops.Relation:
    """Return ``relation`` for Spark alone; ``place`` is given each chain for the workers, with its base divided."""
    known: dict[ops.Relation, ops.Relation] = {}

    def visit(node: ops.Relation) -> ops.Relation:
        if node not in known:
            known[node] = settle(node)
        return known[node]

    def settle(node: ops.Relation) -> ops.Relation:
        if isinstance(node, ops.PhysicalTable):
            return node
        chain = Chain(node, _base(node))
        if chain.base != node and any(_foreign(value) for value in chain.values()):
            return place(chain, visit(chain.base))
        return node.replace({below: visit(below) for below in _below(node)})

    return visit(relation.replace(_relation_lowered))


def _base(node: ops.Relation) -> ops.Relation:
    """Return what the selections, filters and unions of a node begin with; the node itself where it is none."""
    if _by_row(node):
        return _base(node.parent)
    if isinstance(node, ops.Union) and not node.distinct:
        left, right = _base(node.left), _base(node.right)
        if left == right and left not in (node.left, node.right):
            return left
    return node


def _relation_lowered(node: ops.Node, kwargs: dict[str, Any] | None) -> ops.Node:
    again: ops.Node = node.__recreate__(kwargs) if kwargs else node
    return _lowered(again) if isinstance(again, ops.Relation) else again


def _values(node: ops.Relation) -> tuple[ops.Value, ...]:
    return tuple(node.values.values()) if isinstance(node, ops.Project) else tuple(node.predicates)


def _by_row(node: ops.Relation) -> bool:
    return isinstance(node, BY_ROW) and not any(value.find(BEYOND, filter=ops.Value) for value in _values(node))


def _foreign(value: ops.Value) -> bool:
    return any(not _plain(node) for node in value.find(ops.Value, filter=ops.Value))


def _plain(node: ops.Value) -> bool:
    if isinstance(node, ops.Cast):
        return _signed(node.arg.dtype) and _signed(node.to)
    if isinstance(node, WIDE):
        return bool(node.dtype.is_int64()) and all(_signed(side.dtype) for side in (node.left, node.right))
    if isinstance(node, ops.Literal):
        return not (node.dtype.is_floating() or node.dtype.is_unsigned_integer())
    if isinstance(node, ORDERED) and any(arg.dtype.is_unsigned_integer() for arg in node.args):
        return False
    return isinstance(node, PLAIN)


def _signed(kind: dt.DataType) -> bool:
    return bool(kind.is_signed_integer())


def _below(node: ops.Node) -> list[ops.Relation]:
    """Return the relations directly below a node."""
    found: dict[ops.Relation, None] = {}
    trail: list[Any] = list(node.__children__)
    while trail:
        one = trail.pop()
        if isinstance(one, ops.Relation):
            found[one] = None
        else:
            trail.extend(one.__children__)
    return list(found)


def _lowered(node: ops.Relation) -> ops.Relation:
    """Return a node whose joins and groups compute nothing that is foreign to Spark, a selection doing it instead."""
    if isinstance(node, ops.DropColumns):
        kept = {name: ops.Field(node.parent, name) for name in node.schema.names}
        return ops.Project(node.parent, kept)
    if isinstance(node, ops.JoinChain) and any(_foreign(value) for value in node.values.values()):
        return _joined_first(node)
    if isinstance(node, ops.Aggregate):
        return _computed_first(node)
    return node


def _joined_first(node: ops.JoinChain) -> ops.Relation:
    fields = {f for value in node.values.values() for f in value.find(ops.Field, filter=ops.Value)}
    names = {f: f"joined_{place}" for place, f in enumerate(sorted(fields, key=lambda f: (str(f.rel.schema), f.name)))}
    plain = node.copy(values={name: f for f, name in names.items()})
    swap = {f: ops.Field(plain, name) for f, name in names.items()}
    return ops.Project(plain, {name: _swapped(value, swap) for name, value in node.values.items()})


def _computed_first(node: ops.Aggregate) -> ops.Relation:
    wanted: dict[ops.Value, str] = {}
    for value in (*node.groups.values(), *(arg for metric in node.metrics.values() for arg in _reduced(metric))):
        if not isinstance(value, ops.Field) and _foreign(value) and not value.find(BEYOND, filter=ops.Value):
            wanted.setdefault(value, f"computed_{len(wanted)}")
    if not wanted:
        return node
    every = (*node.groups.values(), *node.metrics.values())
    used = dict.fromkeys(f.name for value in every for f in value.find(ops.Field, filter=ops.Value))
    values = {name: ops.Field(node.parent, name) for name in used} | {name: value for value, name in wanted.items()}
    first = ops.Project(node.parent, values)
    swap: dict[ops.Value, ops.Value] = {value: ops.Field(first, name) for value, name in wanted.items()}
    swap |= {ops.Field(node.parent, name): ops.Field(first, name) for name in used}
    # a count of rows refers to the table itself
    stars = {ops.CountStar(node.parent): ops.CountStar(first)}
    groups = {name: _swapped(value, swap) for name, value in node.groups.items()}
    metrics = {name: _swapped(value, swap | stars) for name, value in node.metrics.items()}
    return ops.Aggregate(first, groups, metrics)


def _reduced(metric: ops.Value) -> Iterator[ops.Value]:
    for node in metric.find(ops.Reduction, filter=ops.Value):
        values = (arg for arg in node.__children__ if isinstance(arg, ops.Value))
        yield from (value.arg if isinstance(value, ops.SortKey) else value for value in values)


def _swapped(value: ops.Value, swap: dict[Any, Any]) -> ops.Value:
    if value in swap:
        found: ops.Value = swap[value]
        return found
    changed: ops.Value = value.replace(lambda node, kwargs: _swap(node, kwargs, swap), filter=ops.Value)
    return changed


def _swap(node: Any, kwargs: Any, swap: dict[Any, Any]) -> Any:
    if node in swap:
        return swap[node]
    return node.__recreate__(kwargs) if kwargs else node
