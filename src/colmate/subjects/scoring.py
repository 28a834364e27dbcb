"""How likely two profiles are one person: Splink's Fellegi-Sunter model with a prior for French civil identity.

The prior (``prior.json``) holds, for each comparison, its levels with m and u. Comparisons whose traits the file does
not have are left out. Frequencies of values come from the file itself, steadied by the country's where the file is
small; a given name's frequency is that of its decade of birth, for JEAN is common among the old only.
"""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import ibis
import ibis.expr.types as ir
from splink import Linker

from colmate.engine import Engine
from colmate.subjects import vocabulary
from colmate.subjects.frequencies import given_names, surnames

__all__ = ["FREQUENCIES", "Scorer", "frequencies", "lent", "log_odds", "prior", "probability", "settle_odds"]

# the country's frequencies weigh as much as this many profiles: names differ from place to place, days do not
STEADY, STEADY_DAYS = 600, 2_000
# a record that has a value is no frequency of it: the others are
OWN = 1
# share of a surname that no list holds, of a given name, and of a day among the births of some eighty years
RARE_SURNAME, RARE_GIVEN, ONE_DAY = 2e-6, 1e-5, 1 / 29_000
# a telephone, address or e-mail that more profiles share is no household's: a practice's, a placeholder
HOUSEHOLD = 12
# a given name met this often is a name in use, not a slip; and one that meets its like
KNOWN_LEAST, KNOWN_SHARE, COMMON_SHARE = 20, 5e-5, 5e-4
# pairs less likely than this say nothing of the count
LEAST_WEIGHT = -14.0
# a comparison that weighs this much against (one in a thousand) contradicts by itself
AGAINST = -10.0
NODE = (
    "mention", "name", "used", "first", "rest", "sex", "born", "nir", "standing", "email", "mobile", "landline",
    "place", "postcode", "department", "by_name", "by_used", "by_first",
)  # fmt: skip
# what `frequencies` adds to the traits
FREQUENCIES: Mapping[str, str] = {
    **dict.fromkeys(("tf_name", "tf_used", "tf_first", "tf_born", "tf_postcode", "tf_department"), "float64"),
    **dict.fromkeys(("tf_email", "tf_mobile", "tf_landline", "tf_place"), "float64"),
    "known": "boolean", "common": "boolean", "given_sex": "string",
}  # fmt: skip
CONTACTS = ("email", "mobile", "landline", "place")


@cache
def _prior_text() -> str:
    text = files("colmate.subjects").joinpath("prior.json").read_text(encoding="utf-8")
    return text.replace("{called}", vocabulary.called())


def prior(filled: set[str]) -> dict[str, Any]:
    """Return the shipped model for the traits that exist, each comparison with its levels; a fresh copy."""
    model: dict[str, Any] = copy.deepcopy(json.loads(_prior_text()))
    model["comparisons"] = [one for one in model["comparisons"] if set(one["needs"]) & filled]
    return model


def settle_odds(model: dict[str, Any], match: float) -> None:
    """Set u of the levels that are given by odds: one person to several who share the value, in a file of any size.

    Who shares a telephone is a household: as many in a large file as in a small one, unlike chance.
    """
    for one in model["comparisons"]:
        for level in one["comparison_levels"]:
            if odds := level.get("odds"):
                level["u_probability"] = level["m_probability"] * match / odds


def log_odds(probability: float) -> float:
    """Match weight (base 2) of a probability strictly between 0 and 1."""
    return math.log2(probability / (1 - probability))


def probability(weight: ir.NumericValue) -> ir.NumericValue:
    """Probability of a match weight (base 2)."""
    return 1 / (1 + ibis.literal(2.0) ** (-weight))


def _plain(level: dict[str, Any]) -> dict[str, Any]:
    """Return the level as Splink knows it."""
    return {key: value for key, value in level.items() if key not in ("settled", "chance", "odds", "label_fr")}


def _settings(model: dict[str, Any], parts: bool) -> dict[str, Any]:
    comparisons = [
        {
            "output_column_name": one["output_column_name"],
            "comparison_levels": [_plain(level) for level in one["comparison_levels"]],
        }
        for one in model["comparisons"]
    ]
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "mention",
        "probability_two_random_records_match": model["probability_two_random_records_match"],
        "comparisons": comparisons,
        "blocking_rules_to_generate_predictions": [],
        "retain_matching_columns": parts,
        "retain_intermediate_calculation_columns": parts,
    }


@dataclass
class Scorer:
    """Scores pairs of profiles. ``nodes`` is a temporary table with the traits and frequencies of the profiles."""

    engine: Engine
    model: dict[str, Any]
    nodes: ir.Table

    @property
    def comparisons(self) -> list[str]:
        """The names of the comparisons, in the model's order."""
        return [one["output_column_name"] for one in self.model["comparisons"]]

    def score(self, pairs: ir.Table, name: str) -> ir.Table:
        """Return the temporary table ``name``: l, r, rules, ``evidence``: the weight (base 2) without the prior's."""
        if not self.model["comparisons"]:
            return self.engine.materialise(pairs.mutate(evidence=ibis.literal(0.0).cast("float32")), name)
        base = log_odds(self.model["probability_two_random_records_match"])
        made = self._predict(pairs, parts=False, least=LEAST_WEIGHT)
        scored = made.select(
            l=made.mention_l,
            r=made.mention_r,
            rules=made.match_key,
            evidence=(made.match_weight - base).cast("float32"),
        )
        kept = self.engine.materialise(scored, name)
        self.engine.drop(made.get_name())
        return kept

    def contradictions(self, pairs: ir.Table, name: str) -> ir.Table:
        """Return the temporary table ``name``: l, r, ``evidence``, ``trait``: the comparison that speaks against most.

        ``trait`` is null where none contradicts by itself.
        """
        if not self.model["comparisons"]:
            nothing = pairs.mutate(evidence=ibis.literal(0.0).cast("float32"), trait=ibis.null("string"))
            return self.engine.materialise(nothing.drop("rules"), name)
        base = log_odds(self.model["probability_two_random_records_match"])
        made = self._predict(pairs, parts=True, least=None)
        weights = {name: made[f"mw_{name}"] for name in self.comparisons}
        most = ibis.least(*weights.values(), ibis.literal(AGAINST))
        trait = ibis.cases(*((weight == most, name) for name, weight in weights.items()), else_=ibis.null("string"))
        scored = made.select(
            l=made.mention_l, r=made.mention_r, evidence=(made.match_weight - base).cast("float32"), trait=trait
        )
        kept = self.engine.materialise(scored, name)
        self.engine.drop(made.get_name())
        return kept

    def parts(self, pairs: ir.Table, name: str) -> ir.Table:
        """Return the temporary table ``name``: l, r, and for each comparison ``gamma_…`` and ``weight_…`` (base 2).

        The weight holds what the frequency of the value adds; the prior's is in none.
        """
        made = self._predict(pairs, parts=True, least=None)
        kept = self.engine.materialise(made.select(l=made.mention_l, r=made.mention_r, **self._compared(made)), name)
        self.engine.drop(made.get_name())
        return kept

    def levels(self, pairs: ir.Table, name: str) -> ir.Table:
        """Return the temporary table ``name``: rules, ``evidence``, ``gamma_…`` and ``weight_…`` of each comparison.

        A gamma is the place of the level that fits, counted from the last (0: ELSE), -1 where a trait is missing.
        """
        base = log_odds(self.model["probability_two_random_records_match"])
        made = self._predict(pairs, parts=True, least=None)
        told = made.select(**self._compared(made), rules=made.match_key, evidence=made.match_weight - base)
        kept = self.engine.materialise(told, name)
        self.engine.drop(made.get_name())
        return kept

    def _compared(self, made: ir.Table) -> dict[str, ir.Value]:
        """The level of each comparison and its weight, which holds what the frequency of the value adds."""
        told: dict[str, ir.Value] = {}
        for one in self.comparisons:
            adjusted = f"mw_tf_adj_{one}"
            told[f"gamma_{one}"] = made[f"gamma_{one}"]
            told[f"weight_{one}"] = made[f"mw_{one}"] + (made[adjusted] if adjusted in made.columns else 0.0)
        return told

    def _predict(self, pairs: ir.Table, parts: bool, least: float | None) -> ir.Table:
        blocked = pairs.select(match_key=pairs.rules, join_key_l=pairs.l, join_key_r=pairs.r)

        def work(engine: Engine, nodes: ir.Table, known: ir.Table) -> ir.Table:
            with engine.guard("linkage"):
                api = engine.splink()
                frame = api.register(nodes.get_name(), dataset_display_name="nodes")
                linker = Linker(frame, _settings(self.model, parts), log_level=None, validate_settings=False)
                self._lend_frequencies(linker, api, nodes)
                linker.table_management.register_blocked_pairs_for_predict(api.register(known.get_name()))
                made = linker.inference.predict(threshold_match_weight=least, warning_mode="never")
            return engine.backend.table(made.physical_name)

        return self.engine.by_pair(self.nodes, blocked, work)

    def _lend_frequencies(self, linker: Any, api: Any, nodes: ir.Table) -> None:
        # the nodes bring their frequencies: Splink need not count them again
        levels = [level for one in self.model["comparisons"] for level in one["comparison_levels"]]
        for column in {level["tf_adjustment_column"] for level in levels if "tf_adjustment_column" in level}:
            empty = api.register(nodes.get_name(), table_name=f"frequencies_{column}")
            linker.table_management.register_term_frequency_lookup(empty, column)


def frequencies(engine: Engine, profiles: ir.Table, chosen: ir.Table, name: str) -> ir.Table:
    """Return the temporary table ``name``: the traits of the ``chosen`` profiles (column ``mention``) with frequencies.

    ``profiles`` holds all profiles: frequencies are theirs, so that they depend on no blocking.
    """
    some = profiles.semi_join(chosen, "mention").select(*NODE)
    some = some.mutate(decade=some.born // 100_000)
    surname, given = _surnames(engine, profiles), _given(engine, profiles)
    joined = some.left_join(surname.rename(name="word", tf_name="share"), "name").drop("name_right")
    joined = joined.left_join(surname.rename(used="word", tf_used="share"), "used").drop("used_right")
    joined = joined.left_join(
        given, [joined["first"] == given.word, joined.decade.fill_null(0) == given.born_decade]
    ).drop("word", "born_decade")
    for trait in ("born", "postcode", "department", *CONTACTS):
        share = _shares(engine, profiles, trait)
        joined = joined.left_join(share, trait).drop(f"{trait}_right")
    joined = joined.mutate(known=joined.known.fill_null(False), common=joined.common.fill_null(False))
    nodes = engine.materialise(joined, name)
    shared = (f"tf_{trait}" for trait in ("surnames", "given", "born", "postcode", "department", *CONTACTS))
    engine.drop(*shared)
    return nodes


def lent(engine: Engine, profiles: ir.Table, known: ir.Table, name: str) -> ir.Table:
    """Return the temporary table ``name``: the traits of ``profiles`` with the frequencies ``known`` of them."""
    return engine.materialise(profiles.select(*NODE).inner_join(known, "mention"), name)


def _surnames(engine: Engine, profiles: ir.Table) -> ir.Table:
    counted = profiles.filter(profiles.name.notnull()).group_by(word=profiles.name).agg(times=ibis._.count())
    country = engine.memtable(surnames(), "country_surnames")
    total = counted.aggregate(total=counted.times.sum()).as_scalar()
    both = counted.mutate(joined=counted.word.replace(" ", "")).left_join(country, ibis._.joined == country.word)
    share = (both.times - OWN + STEADY * both.share.fill_null(RARE_SURNAME)) / (total + STEADY)
    return engine.materialise(both.select("word", share=share), "tf_surnames")


def _given(engine: Engine, profiles: ir.Table) -> ir.Table:
    """Share of each given name among those born in the same decade (0: date unknown), and whether it is in use."""
    some = profiles.filter(profiles["first"].notnull())
    counted = some.group_by(word=some["first"], born_decade=(some.born // 100_000).fill_null(0)).agg(
        times=ibis._.count()
    )
    decade = ibis.window(group_by="born_decade")
    country = engine.memtable(given_names(), "country_given").rename(country="word")
    both = counted.mutate(
        total=counted.times.sum().over(decade),
        overall=counted.times.sum().over(ibis.window(group_by="word")),
        everyone=counted.times.sum().over(ibis.window()),
    ).left_join(country, ibis._.word == country.country)
    share = (both.times - OWN + STEADY * both.share.fill_null(RARE_GIVEN)) / (both.total + STEADY)
    often = both.overall >= KNOWN_LEAST
    made = both.select(
        "word",
        "born_decade",
        "given_sex",
        tf_first=share,
        known=both["known"].fill_null(False) | (often & (both.overall >= KNOWN_SHARE * both.everyone)),
        common=both["common"].fill_null(False) | (often & (both.overall >= COMMON_SHARE * both.everyone)),
    )
    return engine.materialise(made, "tf_given")


def _shares(engine: Engine, profiles: ir.Table, trait: str) -> ir.Table:
    """How often a value is met, as a share of those that have one; of contacts, those of more than a household."""
    some = profiles.filter(profiles[trait].notnull())
    counted = some.group_by(trait).agg(times=ibis._.count())
    total = counted.aggregate(total=counted.times.sum()).as_scalar()
    if trait == "born":
        share = (counted.times - OWN + STEADY_DAYS * ONE_DAY) / (total + STEADY_DAYS)
    else:
        share = counted.times / total
    told = counted.mutate(share=share)
    if trait in CONTACTS:
        told = told.filter(told.times > HOUSEHOLD)
    return engine.materialise(told.select(trait, **{f"tf_{trait}": told.share}), f"tf_{trait}")
