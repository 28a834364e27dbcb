"""Candidate pairs of profiles: those that share a key of some rule. Everything else is never compared.

Each rule is a fingerprint of traits that one slip of the pen, a move or a marriage leaves alone. A key that too many
profiles share (a default date, a placeholder, a switchboard's number) is dropped, the largest first, until the rule
keeps within its allowance of pairs: skewed keys cannot explode. Which rules found a pair is kept as a bit mask; it is
what the estimate of missed pairs rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from colmate.engine import Engine, fingerprint, fingerprint_number
from colmate.subjects.likeness import DAYS, FIRSTS, SURNAMES, YEARS, Likeness, letters

__all__ = ["LARGE", "RULES", "Rule", "candidates", "rules_mask"]

CONTACTS = ("email", "mobile", "landline", "place")
LARGEST_BLOCK = 200
# pairs a rule may make, for each profile; and at least
ALLOWANCE, ALLOWANCE_LEAST = 0.6, 200_000
# one trait alone brings strangers together as the square of the profiles, persons as their number: beyond so many
# profiles the rules that ask for one are allowed less and less, beyond the second nothing
WIDE_FULL, WIDE_UP_TO = 50_000, 150_000
# from so many on chance makes more pairs than persons do
LARGE = 1_000_000


@dataclass(frozen=True)
class Rule:
    """A rule: its name, the traits it needs, and its keys (several where a trait has two values).

    ``allowance`` is how many pairs it may make, for each profile. A rule ``without`` a trait makes up for its
    absence: it looks for those who lack the trait only. A ``wide`` rule asks for little: it is for files of up to
    `WIDE_UP_TO` profiles, where a single trait still tells few apart from one person. In a file of `LARGE` and more
    its pairs are to be ``alike`` as well.
    """

    name: str
    needs: tuple[str, ...]
    keys: Callable[[ir.Table], list[ir.IntegerValue]]
    allowance: float = ALLOWANCE
    without: str | None = None
    wide: bool = False
    alike: Likeness | None = None


def _key(*parts: ir.IntegerValue) -> ir.IntegerValue:
    """One fingerprint of several numbers or fingerprints, null where one is null, combined by exclusive or."""
    mixed = [part if part.type().is_unsigned_integer() else fingerprint_number(part.cast("int64")) for part in parts]
    key = mixed[0]
    for other in mixed[1:]:
        key = key ^ other
    return ibis.and_(*(part.notnull() for part in parts)).ifelse(key, ibis.null("uint64"))


def _either_name(t: ir.Table, *parts: ir.Value) -> list[ir.IntegerValue]:
    return [_key(t.by_name, *parts), _key(t.by_used, *parts)]


def _print(text: ir.StringValue) -> ir.IntegerValue:
    return text.notnull().ifelse(fingerprint(text), ibis.null("uint64"))


def _alone(trait: str, t: ir.Table) -> list[ir.IntegerValue]:
    return [_key(t[trait])]


def _first_or_none(t: ir.Table) -> ir.IntegerValue:
    return t.by_first.fill_null(0)


RULES = (
    Rule("nir", ("nir",), lambda t: [_key(t.nir)]),
    Rule("date_name", ("born", "name"), lambda t: _either_name(t, t.born), alike=FIRSTS),
    Rule(
        "date_first_department",
        ("born", "first", "department"),
        lambda t: [_key(t.born, t.by_first, t.department)],
        alike=SURNAMES,
    ),
    Rule("date_first", ("born", "first"), lambda t: [_key(t.born, t.by_first)], 0.15, alike=SURNAMES),
    Rule("names_year", ("name", "first", "born"), lambda t: _either_name(t, t.by_first, t.born // 10000), alike=DAYS),
    Rule("names_day", ("name", "first", "born"), lambda t: _either_name(t, t.by_first, t.born % 10000), alike=YEARS),
    Rule(
        "names_postcode",
        ("name", "first", "postcode"),
        lambda t: _either_name(t, t.by_first, t.postcode),
        without="born",
    ),
    Rule("names", ("name", "first"), lambda t: _either_name(t, t.by_first), without="born"),
    Rule("mobile_first", ("mobile",), lambda t: [_key(t.mobile, _first_or_none(t))]),
    Rule("landline_first", ("landline",), lambda t: [_key(t.landline, _first_or_none(t))]),
    Rule("email_first", ("email",), lambda t: [_key(t.email, _first_or_none(t))]),
    Rule("email_mobile", ("email", "mobile"), lambda t: [_key(t.email, t.mobile)]),
    Rule("contact_year", ("born",), lambda t: [_key(t[kind], t.born // 10000) for kind in CONTACTS], alike=DAYS),
    # an initial, a nickname, a name heard wrong, fields exchanged, a date with one figure wrong
    Rule("date", ("born",), lambda t: [_key(t.born)], wide=True),
    Rule("both_names", ("name", "first"), lambda t: _either_name(t, t.by_first), wide=True),
    Rule("name_year", ("name", "born"), lambda t: _either_name(t, t.born // 10000), wide=True),
    Rule("name_day", ("name", "born"), lambda t: _either_name(t, t.born % 10000), wide=True),
    Rule("first_month", ("first", "born"), lambda t: [_key(t.by_first, t.born // 100)], wide=True),
    Rule("first_day", ("first", "born"), lambda t: [_key(t.by_first, t.born % 10000)], wide=True),
    Rule("name_postcode", ("name", "postcode"), lambda t: _either_name(t, t.postcode), wide=True),
    Rule("first_postcode", ("first", "postcode"), lambda t: [_key(t.by_first, t.postcode)], wide=True),
    *(Rule(kind, (kind,), partial(_alone, kind), wide=True) for kind in CONTACTS),
)
LOCAL = "local"


def candidates(
    engine: Engine, profiles: ir.Table, filled: Mapping[str, int], count: int, locals_: ir.Table | None
) -> ir.Table:
    """Return a temporary table of distinct pairs ``l`` < ``r`` (mentions of profiles) with ``rules``, a bit mask.

    ``filled`` counts the profiles that have each trait; ``count`` is the number of profiles; ``locals_`` gives
    ``mention`` and ``local`` (fingerprint of a local number). Bit i is rule i of `RULES`; the next is the local's.
    """
    made, large = [], count >= LARGE
    keep = engine.park if large else engine.materialise
    slim = keep(_slim(profiles, large), "blocking")
    for bit, rule in enumerate(RULES):
        missing = count - filled.get(rule.without, 0) if rule.without else 0
        affordable = not rule.wide or count <= WIDE_UP_TO
        if affordable and all(filled.get(trait) for trait in rule.needs) and (missing or not rule.without):
            alike = rule.alike if large else None
            keyed = _keyed(slim, rule, alike)
            made.append(_pairs(engine, keyed, f"pairs_{rule.name}", bit, _allowance(rule, count), alike))
    engine.drop("blocking")
    if locals_ is not None:
        allowed = max(ALLOWANCE_LEAST, ALLOWANCE * count)
        made.append(_pairs(engine, locals_.rename(key="local"), "pairs_local", len(RULES), allowed))
    if not made:
        empty = pa.schema([("l", pa.int64()), ("r", pa.int64()), ("rules", pa.int64())]).empty_table()
        return engine.materialise(engine.memtable(empty, "no_pairs"), "candidates")
    everything = _union(made)
    pairs = everything.group_by("l", "r").agg(rules=everything.rules.bit_or())
    kept = engine.materialise(pairs, "candidates")
    engine.drop(*(f"pairs_{name}" for name in [*(rule.name for rule in RULES), LOCAL]))
    return kept


def _allowance(rule: Rule, count: int) -> float:
    """How many pairs ``rule`` may make in a file of ``count`` profiles."""
    if rule.wide:
        return ALLOWANCE_LEAST * min(1.0, WIDE_FULL / max(1, count)) ** 3
    return max(ALLOWANCE_LEAST, rule.allowance * count)


def _slim(profiles: ir.Table, large: bool) -> ir.Table:
    """What keys are made of, as numbers: every rule goes over the profiles twice."""
    printed = {trait: _print(profiles[trait]) for trait in ("nir", "postcode", "department")}
    begun = {
        "first_letters": letters(profiles["first"], profiles.rest),
        "name_letters": letters(profiles.name, profiles.used),
    }
    return profiles.select(
        "mention", "born", "by_name", "by_used", "by_first", *CONTACTS, **printed, **(begun if large else {})
    )


def _keyed(slim: ir.Table, rule: Rule, alike: Likeness | None) -> ir.Table:
    """Give each profile its keys under ``rule``; of a rule that makes up for a trait, the keys of those without it.

    With ``alike``, each row also has what is looked at: ``trait``.
    """

    def keys(some: ir.Table) -> ir.Table:
        trait = {"trait": alike.trait(some)} if alike else {}
        keyed = (some.select("mention", key=key, **trait) for key in rule.keys(some))
        return _union([one.filter(one.key.notnull()) for one in keyed])

    everyone = keys(slim)
    if rule.without is None:
        return everyone
    return everyone.semi_join(keys(slim.filter(slim[rule.without].isnull())), "key")


def rules_mask(mask: int) -> ir.IntegerValue:
    """A bit mask of rules as a column: the engine would give a bare number its smallest type."""
    return ibis.literal(mask, "int32").cast("int64")


def _union(tables: list[ir.Table]) -> ir.Table:
    return tables[0] if len(tables) == 1 else ibis.union(*tables, distinct=False)


def _pairs(
    engine: Engine, keyed: ir.Table, name: str, bit: int, allowance: float, alike: Likeness | None = None
) -> ir.Table:
    """Materialise the pairs of one rule, leaving out the largest blocks beyond its allowance, and those not ``alike``.

    Most blocks have two members: their smallest and their largest, known from the grouping itself.
    """
    traits = {"least": keyed.trait.min(), "most": keyed.trait.max()} if alike else {}
    grouped = keyed.group_by("key").agg(size=keyed.count(), l=keyed.mention.min(), r=keyed.mention.max(), **traits)
    blocks = engine.materialise(grouped.filter(grouped["size"].between(2, LARGEST_BLOCK)), "blocks")
    largest = _largest_block(engine, blocks, allowance)
    two = blocks.filter((blocks["size"] == 2) & (blocks.l < blocks.r) & (largest >= 2))
    larger = blocks.filter(blocks["size"].between(3, largest))
    kept = engine.materialise(keyed.semi_join(larger, "key"), "blocked")
    left, right = kept, kept.view()
    several = left.join(right, [left.key == right.key, left.mention < right.mention])
    if alike:
        two = two.filter(alike.near(two["least"], two.most).fill_null(True))
        several = several.filter(alike.near(several.trait, several.trait_right).fill_null(True))
    pairs = ibis.union(two.select("l", "r"), several.select(l="mention", r="mention_right"), distinct=False)
    made = engine.materialise(pairs.mutate(rules=rules_mask(1 << bit)), name)
    engine.drop("blocks", "blocked")
    return made


def _largest_block(engine: Engine, blocks: ir.Table, allowance: float) -> int:
    """Return the size of the largest block that the rule's allowance admits, smaller blocks first."""
    sizes = engine.rows(blocks.group_by("size").agg(keys=blocks.count()).order_by("size"))
    made, largest = 0, 1
    for row in sizes:
        made += row["keys"] * row["size"] * (row["size"] - 1) // 2
        if made > allowance:
            break
        largest = row["size"]
    return largest
