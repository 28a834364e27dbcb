"""Ibis's compiler for Spark, with what Colmate's expressions need besides."""

from __future__ import annotations

from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.backends.sql.datatypes import PySparkType

__all__ = ["Compiler"]


class Types(PySparkType):
    """Spark's types, and the one that stands in for unsigned integers (see `kernels.stored`)."""

    @classmethod
    def from_ibis(cls, dtype: dt.DataType) -> sge.DataType:
        """Return the type of Spark that keeps values of ``dtype``."""
        if dtype.is_uint64():
            dtype = dt.Int64(nullable=dtype.nullable)
        found: sge.DataType = super().from_ibis(dtype)
        return found


class Compiler(PySparkCompiler):
    """Says ordered first and last values, and floating-point numbers, in Spark's words."""

    __slots__ = ()
    type_mapper = Types
    SIMPLE_OPS = {ops.BitOr: "bit_or"}  # noqa: RUF012 (Ibis reads it as it makes the class)

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: dt.DataType) -> Any:  # noqa: N802 (Ibis's own name)
        """Write a number as a double: a bare one would be a decimal, and rounded as such."""
        if dtype.is_floating():
            return self.cast(repr(float(value)), dt.float64)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_First(self, op: Any, *, arg: Any, where: Any, order_by: Any, include_null: bool) -> Any:  # noqa: N802
        """Return the value of the row with the smallest keys."""
        if not order_by:
            return super().visit_First(op, arg=arg, where=where, order_by=order_by, include_null=include_null)
        return self._outermost("min_by", arg, order_by)

    def visit_Last(self, op: Any, *, arg: Any, where: Any, order_by: Any, include_null: bool) -> Any:  # noqa: N802
        """Return the value of the row with the largest keys."""
        if not order_by:
            return super().visit_Last(op, arg=arg, where=where, order_by=order_by, include_null=include_null)
        return self._outermost("max_by", arg, order_by)

    def _outermost(self, name: str, arg: Any, order_by: Any) -> Any:
        keys = [key.this for key in order_by]
        by = keys[0] if len(keys) == 1 else self.f.struct(*keys)
        return sge.Filter(this=self.f[name](arg, by), expression=sge.Where(this=arg.is_(sge.null()).not_()))
