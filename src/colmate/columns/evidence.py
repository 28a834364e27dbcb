"""What the content of each column shows: one query over the sample, one row of shares per column.

Every recogniser is weighed on every column, beside the words, the names and the sizes of its texts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from colmate.columns import calendar
from colmate.columns.lexicon import WORDS, lexicon, words
from colmate.columns.recogniser import Recogniser, recognisers
from colmate.columns.text import blank, fold, trimmed
from colmate.engine import Engine

__all__ = ["Evidence", "weigh"]

SAMPLE = "columns:sample"
TEXTS = "columns:texts"
CANONICAL = "columns:canonical"
# texts that take longer to weigh than the query takes to plan
WORTH_SPLITTING = 20_000


# forms that names of communes take and hardly anything else does
CITY = r"^(?:saint|sainte|st|ste) \w+|\w (?:sur|sous|les|lez|en) \w|\bcedex\b"


@dataclass(frozen=True)
class Evidence:
    """What a sample says of one column; every share is of its filled sampled cells, 0 to 1.

    ``filled``: sampled cells that say something; ``distinct``: distinct texts among them. ``shares``: share of valid
    values by semantic type; ``kinds``: number of distinct valid texts by semantic type. ``facts``: the shares and
    means of
    form, words and names, by the names of `_facts`.
    """

    filled: int = 0
    distinct: int = 0
    shares: dict[str, float] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)

    def share(self, semantic_type: str) -> float:
        """Return the share of valid values of a type (that of the type it is written like, where it is)."""
        known = recognisers().get(semantic_type)
        base = known.like if known and known.like else semantic_type
        # the order of day and month is the column's: take the one that reads more of its values
        other = self.fact("month_first_dates") if base == "date" else 0.0
        return max(self.shares.get(base, 0.0), other)

    def kind(self, semantic_type: str) -> int:
        """Return the number of distinct valid texts of a type."""
        known = recognisers().get(semantic_type)
        return self.kinds.get(known.like if known and known.like else semantic_type, 0)

    def fact(self, name: str) -> float:
        """Return a fact by name, 0 where the column is empty."""
        return self.facts.get(name, 0.0)


def weigh(engine: Engine, texts: pa.Table) -> dict[int, Evidence]:
    """Return the evidence of each column of a sample (``field``, ``value``, ``n``) by index, without the empty ones."""
    # the texts of a sample are one piece of work to the engine, which then keeps one processor busy
    split = texts.num_rows > WORTH_SPLITTING
    parts = [texts.filter(pc.equal(pc.bit_wise_and(texts["field"], 1), half)) for half in (0, 1)] if split else [texts]
    found: dict[int, Evidence] = {}
    for each in engine.together(_weighed, [part for part in parts if part.num_rows]):
        found |= each
    return found


def _weighed(engine: Engine, texts: pa.Table) -> dict[int, Evidence]:
    engine.memtable(texts, SAMPLE)
    lexicon(engine)
    table = engine.backend.table
    engine.prepared("columns:prepare", lambda: _prepared(engine), TEXTS)
    facts = engine.rows(engine.compiled("columns:facts", lambda: _facts(table(TEXTS))))
    # kept as a table: inlined into the checks, each canonical text would be made over and over
    engine.prepared("columns:canonical", lambda: _canonical_texts(table(TEXTS)), CANONICAL)
    shares = engine.rows(engine.compiled("columns:shares", lambda: _shares(table(CANONICAL))))
    engine.drop(TEXTS, CANONICAL)
    by_field = {row["field"]: row for row in shares}
    return {row["field"]: _evidence(row, by_field[row["field"]]) for row in facts}


def _prepared(engine: Engine) -> ir.Table:
    """Return the filled texts with their sizes, folded form and the kinds of name they are."""
    raw = engine.backend.table(SAMPLE)
    filled = raw.mutate(value=trimmed(raw.value)).filter(lambda t: ~blank(t.value))
    sized = filled.mutate(
        size=filled.value.length(),
        digits=filled.value.re_replace(r"\D+", "").length(),
        folded=fold(filled.value.substr(0, 200)),
    )
    split = sized.mutate(
        opening=sized.folded.re_extract(r"^(\S+)", 1),
        closing=sized.folded.re_extract(r"(\S+)$", 1),
        bare=sized.folded.re_replace(r"^(?:dr|docteur|pr|professeur|mme|madame|m|mr|monsieur|mlle|me) ", ""),
    )
    names = lexicon(engine)
    for prefix, key in (("whole", "bare"), ("opening", "opening"), ("closing", "closing")):
        known = names.select(
            **{f"{prefix}_{kind}": names[kind] for kind in ("first", "last", "city")}, **{f"{prefix}_word": names.word}
        )
        split = split.left_join(known, split[key] == known[f"{prefix}_word"])
    return split.mutate(tokens=split.folded.split(" "))


def _share(flag: ir.BooleanValue, weight: ir.IntegerColumn) -> ir.FloatingScalar:
    return flag.fill_null(False).ifelse(weight, 0).sum() / weight.sum()


def _facts(t: ir.Table) -> ir.Table:
    """Return one row a column: sizes, words, names, dates and numbers."""
    t = t.mutate(
        number=t.value.re_replace(r"[ \x{a0}\x{202f}]", "").replace(",", ".").try_cast("float64"),
        iso=calendar.to_iso(ibis.cases((t.size.between(6, 40) & t.digits.between(3, 24), t.value), else_="")),
        month_first_iso=calendar.to_iso(ibis.cases((t.size.between(6, 40), t.value), else_=""), "mdy"),
    )
    t = t.mutate(year=ibis.cases((calendar.is_date(t.iso), t.iso.substr(0, 4).try_cast("int32")), else_=None))
    several, number, year = t.opening != t.closing, t.number, t.year
    day_first, month_first = calendar.order_clues(t.value)
    flags = {
        "first": t.whole_first | (t.opening_first & t.value.contains("-")),
        "last": t.whole_last | (several & t.opening_last & t.closing_last & (t.digits == 0)),
        "city": t.whole_city | t.folded.re_search(CITY),
        "full": several & (t.digits == 0) & ((t.opening_first & t.closing_last) | (t.opening_last & t.closing_first)),
        "doctor": t.folded.re_search(r"^(?:dr|docteur|pr|professeur|doctor) \w"),
        "alpha": (t.digits == 0) & t.value.re_search(r"^[\p{L}][\p{L} .'’\-]*$"),
        "figures": t.value.re_search(r"^\d+$"),
        "spaced": t.value.contains(" "),
        "mixed": t.value.re_search(r"^\S{4,24}$") & t.value.re_search(r"\d") & t.value.re_search("[A-Za-z]"),
        "token": t.value.re_search(r"^\S{4,40}$"),
        "one_word": t.value.re_search(r"^\S+$"),
        "long": t.size > 40,
        "sentence": (t.tokens.length() >= 4) & (t.tokens.intersect(words("text")).length() >= 1),
        "lower": t.value.re_search(r"[a-z]") & ~t.value.re_search("[A-Z]"),
        "login_like": t.value.re_search(r"^[a-z]+[._\-]?[a-z]+\d{0,4}$"),
        "round_cp": t.value.re_search(r"^\d{4,5}$") & t.value.endswith("0"),
        "day_first": day_first,
        "month_first": month_first,
        "month_first_dates": calendar.is_date(t.month_first_iso, unknown_allowed=True),
        "midday": calendar.has_time(t.value),
        "separated": t.value.re_search(r"[/:\-]"),
        "phone_full": t.value.re_search(r"^(?:\(?0|\+|00)") & t.digits.between(10, 15),
        "nir_shape": t.value.re_search(
            r"^[1-478] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3}(?: ?\d\d)?$"
        ),
        "finess_form": t.value.re_search(r"^(?:\d\d|2[AB])0\d{6}$"),
        "zero_led": t.value.re_search(r"^0\d+$"),
        "decimal": t.value.re_search(r"^[+\-]?\d+[.,]\d+$"),
        "nir_damaged": t.value.re_search(r"^[12][.,]\d+[eE]\+1[234]$"),
        "serial": number.between(10_000, 60_000) & t.value.re_search(r"^\d{5}(?:[.,]\d+)?$"),
    }
    for word in WORDS:
        flags[f"word_{word}"] = t.tokens.intersect(words(word)).length() > 0
    shares = {name: _share(flag, t.n) for name, flag in flags.items()}
    return t.group_by("field").aggregate(
        filled=t.n.sum(),
        distinct=t.count(),
        size=(t.size * t.n).sum() / t.n.sum(),
        size_max=t.size.max(),
        size_min=t.size.min(),
        size_spread=t.size.std().fill_null(0.0),
        tokens=(t.tokens.length() * t.n).sum() / t.n.sum(),
        low=number.quantile(0.02),
        middle=number.quantile(0.5),
        high=number.quantile(0.98),
        year_low=year.quantile(0.02),
        year_middle=year.quantile(0.5),
        year_high=year.quantile(0.98),
        **shares,
    )


def _judging() -> list[Recogniser]:
    return [recogniser for recogniser in recognisers().values() if recogniser.like is None]


def _canonical_texts(t: ir.Table) -> ir.Table:
    """Return the canonical text of each value by each recogniser."""
    return t.select("field", "n", **{f"c_{r.semantic_type}": _gated(r, t) for r in _judging()})


def _shares(t: ir.Table) -> ir.Table:
    """Return one row a column: for each recogniser, the share of valid values and the number of distinct ones."""
    judged = t.select(
        "field", "n", **{f"v_{r.semantic_type}": r.accepts(t[f"c_{r.semantic_type}"]) for r in _judging()}
    )
    counts: dict[str, ir.Scalar] = {}
    for r in _judging():
        accepted = judged[f"v_{r.semantic_type}"]
        counts[f"s_{r.semantic_type}"] = _share(accepted, judged.n)
        counts[f"k_{r.semantic_type}"] = accepted.sum()
    return judged.group_by("field").aggregate(**counts)


def _gated(recogniser: Recogniser, t: ir.Table) -> ir.StringValue:
    low, high = recogniser.digits
    gate = t.size.between(*recogniser.lengths) & t.digits.between(low, high)
    return ibis.cases((gate, recogniser.canonical(t.value)), else_=ibis.null(str))


def _evidence(facts: dict[str, Any], shares: dict[str, Any]) -> Evidence:
    return Evidence(
        filled=int(facts.pop("filled")),
        distinct=int(facts.pop("distinct")),
        shares={name[2:]: float(value) for name, value in shares.items() if name.startswith("s_")},
        kinds={name[2:]: int(value or 0) for name, value in shares.items() if name.startswith("k_")},
        facts={name: float(value) for name, value in facts.items() if name != "field" and value is not None},
    )
